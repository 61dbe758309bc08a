//! Vectors as they are kept: one byte per number. What this loses is far less than what two phrasings of
//! one question differ by.

use pulp::{Arch, Simd, WithSimd};

use crate::layout::WIDTH;

/// Bytes of a stored vector: its step, then its numbers.
pub const STORED: usize = 4 + WIDTH;

/// A direction; the product of two is the cosine between them.
#[derive(Clone, Debug, PartialEq)]
pub struct Vector {
    step: f32,
    numbers: [i8; WIDTH],
}

/// Many vectors beside each other, for going through them all.
#[derive(Clone, Debug, Default)]
pub struct Vectors {
    steps: Vec<f32>,
    numbers: Vec<[i8; WIDTH]>,
}

impl Vector {
    /// Brings the numbers to length one and rounds them. Zeros stay zeros.
    pub fn of(numbers: &[f32; WIDTH]) -> Vector {
        let length = numbers.iter().map(|x| x * x).sum::<f32>().sqrt();
        let top = numbers.iter().map(|x| x.abs()).fold(0.0, f32::max);
        let scale = 127.0 / top.max(f32::MIN_POSITIVE);
        Vector {
            step: 1.0 / (scale * length.max(f32::MIN_POSITIVE)),
            numbers: numbers.map(|x| (x * scale).round() as i8),
        }
    }

    /// The numbers, about of length one.
    pub fn floats(&self) -> [f32; WIDTH] {
        self.numbers.map(|number| self.step * f32::from(number))
    }

    /// For a file.
    pub fn bytes(&self) -> [u8; STORED] {
        let mut bytes = [0; STORED];
        bytes[..4].copy_from_slice(&self.step.to_le_bytes());
        for (byte, number) in bytes[4..].iter_mut().zip(self.numbers) {
            *byte = number.cast_unsigned();
        }
        bytes
    }

    /// Back from a file.
    pub fn read(bytes: &[u8; STORED]) -> Vector {
        let mut numbers = [0; WIDTH];
        for (number, byte) in numbers.iter_mut().zip(&bytes[4..]) {
            *number = byte.cast_signed();
        }
        Vector {
            step: f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]),
            numbers,
        }
    }

    /// The cosine between two.
    pub fn cosine(&self, other: &Vector) -> f32 {
        let sum = Arch::new().dispatch(One(&self.numbers, &other.numbers));
        sum as f32 * self.step * other.step
    }
}

impl Vectors {
    pub fn push(&mut self, vector: &Vector) {
        self.steps.push(vector.step);
        self.numbers.push(vector.numbers);
    }

    pub fn len(&self) -> usize {
        self.steps.len()
    }

    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// One of them, which must be there.
    pub fn get(&self, at: usize) -> Vector {
        Vector {
            step: self.steps[at],
            numbers: self.numbers[at],
        }
    }

    /// The cosine between each and this one.
    pub fn cosines(&self, other: &Vector) -> Vec<f32> {
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
fn product(a: &[i8; WIDTH], b: &[i8; WIDTH]) -> i32 {
    let pairs = a.iter().zip(b);
    pairs
        .map(|(a, b)| i32::from(i16::from(*a) * i16::from(*b)))
        .sum()
}

struct One<'a>(&'a [i8; WIDTH], &'a [i8; WIDTH]);

impl WithSimd for One<'_> {
    type Output = i32;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> i32 {
        product(self.0, self.1)
    }
}

struct All<'a>(&'a [[i8; WIDTH]], &'a [i8; WIDTH]);

impl WithSimd for All<'_> {
    type Output = Vec<i32>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> Vec<i32> {
        self.0.iter().map(|one| product(one, self.1)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{STORED, Vector, Vectors};
    use crate::layout::WIDTH;

    fn vector(seed: usize) -> Vector {
        Vector::of(&std::array::from_fn(|n| ((n * seed) % 17) as f32 - 8.0))
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
    }
}
