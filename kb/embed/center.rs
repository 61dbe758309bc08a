//! The middle of a model's vectors. Many models give all texts much the same direction, so that even foreign ones are
//! close; taken from the middle of sentences about everything under the sun, directions tell apart what
//! is alike, and cosines of all models mean much the same. See "All-but-the-Top" by Mu and Viswanath,
//! <https://arxiv.org/abs/1702.01417>. The built-in encoder needs none.

use hinny_encoder::Vector;

/// What is taken from each raw vector of length one; empty for the built-in encoder.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Center(Vec<f32>);

impl Center {
    /// The mean of these raw vectors.
    pub fn of(raw: &[Vec<f32>]) -> Center {
        let width = raw.first().map_or(0, Vec::len);
        let mut sums = vec![0.0; width];
        for numbers in raw {
            let length = length(numbers);
            let pairs = sums.iter_mut().zip(numbers);
            pairs.for_each(|(sum, x)| *sum += x / length);
        }
        let count = raw.len().max(1) as f32;
        Center(sums.into_iter().map(|sum| sum / count).collect())
    }

    /// How many numbers the model's vectors have; 0 for the built-in encoder.
    pub fn width(&self) -> usize {
        self.0.len()
    }

    /// A raw vector as it is compared.
    pub fn place(&self, raw: Vec<f32>) -> Vector {
        let length = length(&raw);
        let middle = self.0.iter().copied().chain(std::iter::repeat(0.0));
        let numbers = raw
            .iter()
            .zip(middle)
            .map(|(x, middle)| x / length - middle);
        Vector::of(&numbers.collect::<Vec<_>>())
    }

    /// For a file.
    pub fn bytes(&self) -> Vec<u8> {
        let count = (self.0.len() as u32).to_le_bytes();
        let numbers = self.0.iter().flat_map(|x| x.to_le_bytes());
        count.into_iter().chain(numbers).collect()
    }

    /// Back from a file, with what comes after it.
    pub fn read(bytes: &[u8]) -> Option<(Center, &[u8])> {
        let (count, rest) = bytes.split_first_chunk::<4>()?;
        let size = (u32::from_le_bytes(*count) as usize).checked_mul(4)?;
        let (numbers, rest) = rest.split_at_checked(size)?;
        let numbers = numbers.as_chunks::<4>().0.iter();
        let center = Center(numbers.map(|four| f32::from_le_bytes(*four)).collect());
        Some((center, rest))
    }
}

fn length(numbers: &[f32]) -> f32 {
    let squares = numbers.iter().map(|x| x * x).sum::<f32>();
    squares.sqrt().max(f32::MIN_POSITIVE)
}

#[cfg(test)]
mod tests {
    use super::Center;

    #[test]
    fn what_all_have_in_common_says_nothing() {
        let raw = [vec![9.0, 1.0, 0.0], vec![9.0, -1.0, 0.0]];
        let center = Center::of(&raw);
        let [one, two] = raw.map(|raw| center.place(raw));
        assert!(one.cosine(&two) < -0.9, "{}", one.cosine(&two));
        let bytes = center.bytes();
        let (read, rest) = Center::read(&bytes).unwrap();
        assert_eq!((read, rest), (center, &[][..]));
        assert!(Center::read(&[9, 0, 0, 0, 1]).is_none());
    }

    #[test]
    fn without_a_center_nothing_is_moved() {
        let one = Center::default().place(vec![3.0, 4.0]);
        assert!((one.floats()[1] - 0.8).abs() < 0.01);
        assert_eq!(Center::of(&[]), Center::default());
    }
}
