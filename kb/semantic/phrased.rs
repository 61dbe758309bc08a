//! What the FAQ's phrasings say about a question: closeness in meaning and in letters, and what the head has
//! learnt from them. The same numbers are made for visitors' questions and for the phrasings themselves.

/// How sharply the share of the best entry is taken.
const SHARPNESS: f64 = 8.0;
/// What the head and the letters count beside the meaning.
const HEAD: f64 = 2.0;
const LETTERS: f64 = 0.2;

/// The names in the order of the model's coefficients.
pub(crate) const NAMES: [&str; 6] = [
    "dense",
    "foreign",
    "head",
    "head_gap",
    "head_share",
    "letters",
];

/// One number per name.
pub(crate) type Features = [f64; NAMES.len()];

/// One number per entry that has phrasings.
#[derive(Clone, Debug, Default)]
pub(crate) struct Phrased {
    /// Half the best phrasing's cosine, half that of the middle of all of them.
    pub dense: Vec<f64>,
    /// The best phrasing's likeness in letters.
    pub letters: Vec<f64>,
    pub head: Vec<f64>,
    /// The cosine of the nearest sentence that is asked elsewhere.
    pub foreign: f64,
}

impl Phrased {
    /// What an entry gets before its body counts.
    pub fn score(&self, entry: usize) -> f64 {
        self.dense[entry] + HEAD * self.head[entry] + LETTERS * self.letters[entry]
    }

    /// The best entry, one of them left out if so wished.
    pub fn best(&self, hidden: Option<usize>) -> Option<usize> {
        let others = (0..self.head.len()).filter(|entry| Some(*entry) != hidden);
        others.max_by(|a, b| self.score(*a).total_cmp(&self.score(*b)).then(b.cmp(a)))
    }

    /// The features of an entry that is taken for the best one.
    pub fn features(&self, top: usize, hidden: Option<usize>) -> Features {
        let others =
            || (0..self.head.len()).filter(|entry| *entry != top && Some(*entry) != hidden);
        let rival = others().map(|n| self.head[n]).fold(f64::MIN, f64::max);
        let ahead = self.score(top);
        let mass: f64 = others()
            .map(|n| (SHARPNESS * (self.score(n) - ahead)).min(30.0).exp())
            .sum();
        [
            self.dense[top],
            self.dense[top] - self.foreign,
            self.head[top],
            if rival > f64::MIN {
                self.head[top] - rival
            } else {
                self.head[top]
            },
            1.0 / (1.0 + mass),
            self.letters[top],
        ]
    }
}

/// The greatest value per owner; `skip` names a value that does not count. Owners ascend.
pub(crate) fn greatest(
    values: &[f32],
    owners: &[u32],
    entries: usize,
    skip: Option<usize>,
) -> Vec<f64> {
    let mut greatest = vec![0.0_f64; entries];
    for (n, (value, owner)) in values.iter().zip(owners).enumerate() {
        let best = &mut greatest[*owner as usize];
        if Some(n) != skip && f64::from(*value) > *best {
            *best = f64::from(*value);
        }
    }
    greatest
}

#[cfg(test)]
mod tests {
    use super::{NAMES, Phrased, greatest};

    fn phrased() -> Phrased {
        Phrased {
            dense: vec![0.8, 0.3, 0.2],
            letters: vec![0.5, 0.0, 0.1],
            head: vec![0.9, 0.1, 0.0],
            foreign: 0.1,
        }
    }

    #[test]
    fn the_best_entry_is_far_ahead_until_it_is_hidden() {
        let phrased = phrased();
        assert_eq!(phrased.best(None), Some(0));
        assert_eq!(phrased.best(Some(0)), Some(1));
        let sure = phrased.features(0, None);
        let hidden = phrased.features(1, Some(0));
        for (n, name) in NAMES.iter().enumerate() {
            assert!(sure[n] > hidden[n], "{name}");
        }
    }

    #[test]
    fn the_greatest_value_counts_unless_it_is_left_out() {
        let owners = [0, 0, 2];
        assert_eq!(
            greatest(&[0.5, 0.25, -0.5], &owners, 3, None),
            [0.5, 0.0, 0.0]
        );
        assert_eq!(
            greatest(&[0.5, 0.25, 0.5], &owners, 3, Some(0)),
            [0.25, 0.0, 0.5]
        );
    }
}
