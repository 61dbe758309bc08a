//! The little linear algebra that is needed: the inverse of a positive definite matrix, and small systems.

/// Inverts a symmetric positive definite matrix in place, row by row of its lower triangle; false if it is
/// none.
pub(crate) fn invert(a: &mut [f64], n: usize) -> bool {
    if !decompose(a, n) {
        return false;
    }
    invert_triangle(a, n);
    // The inverse is the transposed inverse of the triangle times itself.
    let mut full = vec![0.0; n * n];
    for k in 0..n {
        let row = &a[k * n..k * n + k + 1];
        for (i, x) in row.iter().enumerate() {
            let out = &mut full[i * n..i * n + i + 1];
            for (out, y) in out.iter_mut().zip(row) {
                *out += x * y;
            }
        }
    }
    for i in 0..n {
        for j in 0..i {
            full[j * n + i] = full[i * n + j];
        }
    }
    a.copy_from_slice(&full);
    true
}

/// Cholesky's decomposition, into the lower triangle.
fn decompose(a: &mut [f64], n: usize) -> bool {
    for i in 0..n {
        let (before, rest) = a.split_at_mut(i * n);
        let row = &mut rest[..n];
        for j in 0..i {
            let other = &before[j * n..j * n + j + 1];
            row[j] = (row[j] - dot(&row[..j], &other[..j])) / other[j];
        }
        let square = row[i] - dot(&row[..i], &row[..i]);
        if square.is_nan() || square <= 0.0 {
            return false;
        }
        row[i] = square.sqrt();
    }
    true
}

/// The inverse of a lower triangle, in place.
fn invert_triangle(a: &mut [f64], n: usize) {
    let mut row = vec![0.0; n];
    for i in 0..n {
        let (before, rest) = a.split_at_mut(i * n);
        let own = &mut rest[..i + 1];
        let scale = 1.0 / own[i];
        row[..i].fill(0.0);
        for k in 0..i {
            let factor = own[k];
            for (sum, x) in row[..k + 1].iter_mut().zip(&before[k * n..]) {
                *sum += factor * x;
            }
        }
        for (own, sum) in own[..i].iter_mut().zip(&row) {
            *own = -sum * scale;
        }
        own[i] = scale;
    }
}

/// Several sums side by side, so that they need not wait for each other.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let (a, a_rest) = a.as_chunks::<8>();
    let (b, b_rest) = b.as_chunks::<8>();
    let mut sums = [0.0; 8];
    for (a, b) in a.iter().zip(b) {
        for n in 0..8 {
            sums[n] += a[n] * b[n];
        }
    }
    let rest: f64 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f64>() + rest
}

#[cfg(test)]
mod tests {
    use super::invert;

    #[test]
    fn the_inverse_times_the_matrix_is_one() {
        let n = 23;
        let at = |i: usize, j: usize| {
            let far = (i as f64 - j as f64).abs();
            (-far / 3.0).exp() + f64::from(u8::from(i == j)) * 0.2
        };
        let matrix: Vec<f64> = (0..n * n).map(|k| at(k / n, k % n)).collect();
        let mut inverse = matrix.clone();
        assert!(invert(&mut inverse, n));
        for i in 0..n {
            for j in 0..n {
                let sum: f64 = (0..n).map(|k| matrix[i * n + k] * inverse[k * n + j]).sum();
                assert!(
                    (sum - f64::from(u8::from(i == j))).abs() < 1e-9,
                    "{i} {j} {sum}"
                );
            }
        }
    }

    #[test]
    fn what_has_no_inverse_is_said_so() {
        assert!(!invert(&mut [1.0, 1.0, 1.0, 1.0], 2));
        assert!(!invert(&mut [f64::NAN], 1));
    }
}
