//! What an entry's own phrasings teach: a ridge regression over all phrasings of the FAQ, which learns which
//! differences between them tell entries apart. Its kernel adds likeness of meaning and of letters. The
//! answer for a phrasing that is left out follows from the same solution, and so does the answer for
//! a whole entry that is hidden; that is how confidence is calibrated without any labelled question.

use hinny_encoder::{Vector, Vectors};

use crate::semantic::grams::Grams;
use crate::semantic::linear;

/// With more phrasings than this, solving would take too long, and each entry has rivals enough.
pub(crate) const MAX_PHRASINGS: usize = 1_000;
/// How fast the kernel falls with the angle.
const SHARPNESS: f32 = 3.0;
/// What likeness of letters counts in it.
const LETTERS: f32 = 0.1;
/// The ridge.
const RIDGE: f64 = 0.1;

/// The first bytes of its file.
const FILE: &[u8] = b"hinny head 1\n\0\0\0";

/// The solution, and what is needed to ask it.
pub(crate) struct Head {
    /// Number of the entry of each phrasing, counted among entries that have phrasings, in ascending order.
    pub owners: Vec<u32>,
    pub entries: usize,
    /// A row per phrasing, a column per entry.
    pub weights: Vec<f32>,
}

/// What leaving out says, a row per phrasing and a column per entry.
pub(crate) struct LeftOut {
    /// The phrasing alone is left out.
    pub itself: Vec<f64>,
    /// Its whole entry is left out.
    pub entry: Vec<f64>,
}

/// The kernel between one text and all phrasings.
pub(crate) fn kernel(cosines: &[f32], letters: &[f32]) -> Vec<f32> {
    let pairs = cosines.iter().zip(letters);
    pairs
        .map(|(cosine, letters)| (SHARPNESS * (cosine - 1.0)).exp() + LETTERS * letters)
        .collect()
}

impl Head {
    /// Solves for these phrasings; nothing if there are too many of them or fewer than two entries.
    pub fn fit(kernel: &[f32], owners: Vec<u32>) -> Option<(Head, LeftOut)> {
        let (count, entries) = (
            owners.len(),
            owners.last().map_or(0, |last| *last as usize + 1),
        );
        if count > MAX_PHRASINGS || entries < 2 {
            return None;
        }
        let mut inverse: Vec<f64> = kernel.iter().map(|x| f64::from(*x)).collect();
        let sizes = sizes(&owners, entries);
        let mean = count as f64 / entries as f64;
        for (n, owner) in owners.iter().enumerate() {
            inverse[n * count + n] += RIDGE * sizes[*owner as usize] as f64 / mean;
        }
        if !linear::invert(&mut inverse, count) {
            return None;
        }
        let solution = solution(&inverse, &owners, entries);
        let left_out = left_out(&inverse, &solution, &owners, entries);
        let head = Head {
            weights: solution.iter().map(|x| *x as f32).collect(),
            owners,
            entries,
        };
        Some((head, left_out))
    }

    /// For a file.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = FILE.to_vec();
        bytes.extend((self.owners.len() as u32).to_le_bytes());
        bytes.extend((self.entries as u32).to_le_bytes());
        bytes.extend(self.owners.iter().flat_map(|owner| owner.to_le_bytes()));
        bytes.extend(self.weights.iter().flat_map(|weight| weight.to_le_bytes()));
        bytes
    }

    /// Back from a file; nothing if it is cut or its numbers do not fit together.
    pub fn read(bytes: &[u8]) -> Option<Head> {
        let (numbers, []) = bytes.strip_prefix(FILE)?.as_chunks::<4>() else {
            return None;
        };
        let (&[count, entries], rest) = numbers.split_first_chunk::<2>()?;
        let [count, entries] = [count, entries].map(|four| u32::from_le_bytes(four) as usize);
        let (owners, weights) = rest.split_at_checked(count)?;
        let owners: Vec<u32> = owners
            .iter()
            .map(|four| u32::from_le_bytes(*four))
            .collect();
        let last = owners.last().map(|last| *last as usize + 1);
        let sound = weights.len() == count.checked_mul(entries)? && last == Some(entries);
        (sound && owners.is_sorted()).then(|| Head {
            weights: weights
                .iter()
                .map(|four| f32::from_le_bytes(*four))
                .collect(),
            owners,
            entries,
        })
    }

    /// What each entry gets for a text with this kernel: about 1 if it is meant, about 0 if not.
    pub fn ask(&self, kernel: &[f32]) -> Vec<f32> {
        let mut sums = vec![0.0; self.entries];
        for (weight, row) in kernel.iter().zip(self.weights.chunks_exact(self.entries)) {
            for (sum, x) in sums.iter_mut().zip(row) {
                *sum += weight * x;
            }
        }
        sums
    }
}

/// The kernel between all phrasings, row by row.
pub(crate) fn square(vectors: &Vectors, grams: &Grams, texts: &[&str]) -> Vec<f32> {
    let rows = texts.iter().enumerate().flat_map(|(n, text)| {
        let own: Vector = vectors.get(n);
        let mut row = kernel(&vectors.cosines(&own), &grams.likeness(text));
        row[n] = 1.0 + LETTERS;
        row
    });
    let mut square: Vec<f32> = rows.collect();
    let count = texts.len();
    // Letters that only one side knows make the two directions differ in the last digits.
    for i in 0..count {
        for j in 0..i {
            square[i * count + j] = square[j * count + i];
        }
    }
    square
}

fn sizes(owners: &[u32], entries: usize) -> Vec<usize> {
    let mut sizes = vec![0; entries];
    for owner in owners {
        sizes[*owner as usize] += 1;
    }
    sizes
}

/// The value that the regression aims at.
fn aim(own: bool, entries: usize) -> f64 {
    f64::from(u8::from(own)) - 1.0 / entries as f64
}

fn solution(inverse: &[f64], owners: &[u32], entries: usize) -> Vec<f64> {
    let count = owners.len();
    let mut solution = vec![0.0; count * entries];
    for (row, out) in inverse
        .chunks_exact(count)
        .zip(solution.chunks_exact_mut(entries))
    {
        let all: f64 = row.iter().sum();
        out.fill(-all / entries as f64);
        for (x, owner) in row.iter().zip(owners) {
            out[*owner as usize] += x;
        }
    }
    solution
}

fn left_out(inverse: &[f64], solution: &[f64], owners: &[u32], entries: usize) -> LeftOut {
    let count = owners.len();
    let mut left_out = LeftOut {
        itself: vec![0.0; count * entries],
        entry: vec![0.0; count * entries],
    };
    let mut start = 0;
    while start < count {
        let same = owners[start..]
            .iter()
            .take_while(|owner| **owner == owners[start]);
        let size = same.count();
        let mut block: Vec<f64> = (0..size * size)
            .map(|k| inverse[(start + k / size) * count + start + k % size])
            .collect();
        let alone: Vec<f64> = (0..size).map(|k| block[k * size + k]).collect();
        let sound = linear::invert(&mut block, size);
        for n in 0..size {
            for entry in 0..entries {
                let at = (start + n) * entries + entry;
                let aim = aim(owners[start] as usize == entry, entries);
                left_out.itself[at] = aim - solution[at] / alone[n];
                let others = (0..size)
                    .map(|k| block[n * size + k] * solution[(start + k) * entries + entry]);
                left_out.entry[at] = if sound {
                    aim - others.sum::<f64>()
                } else {
                    aim
                };
            }
        }
        start += size;
    }
    left_out
}

#[cfg(test)]
mod tests {
    use super::Head;

    /// A kernel of points on a line.
    fn kernel(points: &[f32]) -> Vec<f32> {
        let row = |a: &f32| {
            points
                .iter()
                .map(|b| (-(a - b).abs()).exp())
                .collect::<Vec<_>>()
        };
        points.iter().flat_map(row).collect()
    }

    #[test]
    fn leaving_out_is_the_same_as_solving_without() {
        let points = [0.0, 0.4, 2.0, 2.1, 2.6, 5.0, 5.5];
        let owners = vec![0, 0, 1, 1, 1, 2, 2];
        let (_, left_out) = Head::fit(&kernel(&points), owners.clone()).unwrap();
        // The ridge depends on how many there are, so the comparison allows for a little.
        let without: Vec<f32> = points[2..].to_vec();
        let (head, _) = Head::fit(&kernel(&without), vec![0, 0, 0, 1, 1]).unwrap();
        let row: Vec<f32> = without
            .iter()
            .map(|b| (-(points[1] - b).abs()).exp())
            .collect();
        let asked = head.ask(&row);
        assert!(asked[0] > asked[1]);
        assert!(left_out.entry[3 + 1] > left_out.entry[3 + 2]);
        assert!(
            left_out.itself[3] > left_out.itself[4],
            "its sibling speaks for it"
        );
    }

    #[test]
    fn an_entry_answers_for_its_own_phrasings() {
        let points = [0.0, 0.4, 2.0, 2.1, 5.0];
        let (head, _) = Head::fit(&kernel(&points), vec![0, 0, 1, 1, 2]).unwrap();
        let row: Vec<f32> = points
            .iter()
            .map(|b| (-(2.2_f32 - b).abs()).exp())
            .collect();
        let asked = head.ask(&row);
        assert!(
            asked[1] > 0.4 && asked[0] < 0.1 && asked[2] < 0.1,
            "{asked:?}"
        );
    }

    #[test]
    fn a_head_survives_a_file_and_a_cut_one_is_refused() {
        let points = [0.0, 0.4, 2.0];
        let (head, _) = Head::fit(&kernel(&points), vec![0, 0, 1]).unwrap();
        let bytes = head.bytes();
        let read = Head::read(&bytes).unwrap();
        assert_eq!((read.owners, read.weights), (head.owners, head.weights));
        for end in 0..bytes.len() {
            assert!(Head::read(&bytes[..end]).is_none(), "{end}");
        }
    }

    #[test]
    fn one_entry_or_too_many_phrasings_teach_nothing() {
        assert!(Head::fit(&[1.0], vec![0]).is_none());
        assert!(Head::fit(&[], vec![]).is_none());
        assert!(Head::fit(&[], vec![0; 1_001]).is_none());
    }
}
