//! Vectors as they are kept: one byte per number. What this loses is far less than what two phrasings of
//! one question differ by.

use pulp::{Arch, Simd, WithSimd};

use crate::layout::WIDTH;

/// Bytes of a stored vector of the built-in model: its step, then its numbers.
pub const STORED: usize = stored(WIDTH);

/// Bytes of a stored vector of so many numbers.
pub const fn stored(width: usize) -> usize {
    4 + width
}

/// A direction; the product of two is the cosine between them.
#[derive(Clone, Debug, PartialEq)]
pub struct Vector {
    step: f32,
    numbers: Box<[i8]>,
}

/// Many vectors of one width beside each other, for going through them all.
#[derive(Clone, Debug, Default)]
pub struct Vectors {
    width: usize,
    steps: Vec<f32>,
    numbers: Vec<i8>,
}

impl Vector {
    /// Brings the numbers to length one and rounds them. Zeros stay zeros.
    pub fn of(numbers: &[f32]) -> Vector {
        let length = numbers.iter().map(|x| x * x).sum::<f32>().sqrt();
        let top = numbers.iter().map(|x| x.abs()).fold(0.0, f32::max);
        let scale = 127.0 / top.max(f32::MIN_POSITIVE);
        Vector {
            step: 1.0 / (scale * length.max(f32::MIN_POSITIVE)),
            numbers: numbers.iter().map(|x| (x * scale).round() as i8).collect(),
        }
    }

    /// How many numbers it has.
    pub fn width(&self) -> usize {
        self.numbers.len()
    }

    /// The numbers, about of length one.
    pub fn floats(&self) -> Vec<f32> {
        let numbers = self.numbers.iter();
        numbers
            .map(|number| self.step * f32::from(*number))
            .collect()
    }

    /// For a file.
    pub fn bytes(&self) -> Vec<u8> {
        let numbers = self.numbers.iter().map(|number| number.cast_unsigned());
        self.step.to_le_bytes().into_iter().chain(numbers).collect()
    }

    /// Back from a file; of less than four bytes it is the vector without numbers.
    pub fn read(bytes: &[u8]) -> Vector {
        let (step, numbers) = bytes.split_first_chunk::<4>().unwrap_or((&[0; 4], &[]));
        Vector {
            step: f32::from_le_bytes(*step),
            numbers: numbers.iter().map(|byte| byte.cast_signed()).collect(),
        }
    }

    /// The cosine between two; 0 if they are of different width.
    pub fn cosine(&self, other: &Vector) -> f32 {
        if self.width() != other.width() {
            return 0.0;
        }
        let sum = Arch::new().dispatch(One(&self.numbers, &other.numbers));
        sum as f32 * self.step * other.step
    }
}

impl Vectors {
    /// Adds one. The first one says how wide all are; another width is a mistake of the caller, and counts as zeros.
    pub fn push(&mut self, vector: &Vector) {
        if self.is_empty() {
            self.width = vector.width();
        }
        self.steps.push(vector.step);
        self.numbers.extend_from_slice(&vector.numbers);
        self.numbers.resize(self.steps.len() * self.width, 0);
    }

    pub fn len(&self) -> usize {
        self.steps.len()
    }

    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// How many numbers each has; 0 if there are none.
    pub fn width(&self) -> usize {
        self.width
    }

    /// One of them, which must be there.
    pub fn get(&self, at: usize) -> Vector {
        Vector {
            step: self.steps[at],
            numbers: self.numbers[at * self.width..][..self.width].into(),
        }
    }

    /// The cosine between each and this one; 0 if it is of another width.
    pub fn cosines(&self, other: &Vector) -> Vec<f32> {
        if self.width != other.width() || self.width == 0 {
            return vec![0.0; self.len()];
        }
        let sums = Arch::new().dispatch(All(&self.numbers, &other.numbers));
        let scaled = sums.into_iter().zip(&self.steps);
        scaled
            .map(|(sum, step)| sum as f32 * step * other.step)
            .collect()
    }
}

impl Extend<Vector> for Vectors {
    fn extend<T: IntoIterator<Item = Vector>>(&mut self, vectors: T) {
        for vector in vectors {
            self.push(&vector);
        }
    }
}

/// Whole numbers, so the sum is the same on every processor.
#[inline(always)]
fn product(a: &[i8], b: &[i8]) -> i32 {
    let pairs = a.iter().zip(b);
    pairs
        .map(|(a, b)| i32::from(i16::from(*a) * i16::from(*b)))
        .sum()
}

struct One<'a>(&'a [i8], &'a [i8]);

impl WithSimd for One<'_> {
    type Output = i32;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> i32 {
        product(self.0, self.1)
    }
}

struct All<'a>(&'a [i8], &'a [i8]);

impl WithSimd for All<'_> {
    type Output = Vec<i32>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> Vec<i32> {
        let rows = self.0.chunks_exact(self.1.len());
        rows.map(|one| product(one, self.1)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{STORED, Vector, Vectors};
    use crate::layout::WIDTH;

    fn vector(seed: usize) -> Vector {
        let numbers: Vec<f32> = (0..WIDTH).map(|n| ((n * seed) % 17) as f32 - 8.0).collect();
        Vector::of(&numbers)
    }

    #[test]
    fn a_vector_is_like_itself_and_survives_a_file() {
        let one = vector(3);
        assert!(
            (one.cosine(&one) - 1.0).abs() < 0.01,
            "{}",
            one.cosine(&one)
        );
        assert_eq!(Vector::read(&one.bytes()), one);
        assert_eq!(one.bytes().len(), STORED);
    }

    #[test]
    fn many_are_compared_as_one_by_one() {
        let mut many = Vectors::default();
        many.extend((1..9).map(vector));
        let alone: Vec<f32> = (1..9).map(|n| vector(n).cosine(&vector(2))).collect();
        assert_eq!(many.cosines(&vector(2)), alone);
        assert_eq!(many.get(1), vector(2));
    }

    #[test]
    fn nothing_is_like_nothing() {
        let zero = Vector::of(&[0.0; WIDTH]);
        assert_eq!(zero.cosine(&zero), 0.0);
        assert_eq!(zero.cosine(&vector(5)), 0.0);
        assert!(Vectors::default().cosines(&zero).is_empty());
    }

    #[test]
    fn vectors_of_another_width_have_nothing_in_common() {
        let short = Vector::of(&[1.0, 2.0, 3.0]);
        assert_eq!(Vector::read(&short.bytes()), short);
        assert_eq!(short.cosine(&vector(5)), 0.0);
        let mut many = Vectors::default();
        many.extend([short.clone(), short.clone()]);
        assert_eq!(many.cosines(&vector(5)), [0.0, 0.0]);
        assert!(many.cosines(&short)[1] > 0.99);
    }
}
