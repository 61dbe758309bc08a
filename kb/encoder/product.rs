//! Matrix products with the widest instructions that the processor has, without unsafe code of our own. A panel
//! of weights is decoded once per product and used for all rows, so a short question pays little for
//! the four bits, and nothing but one panel is ever decoded.

use pulp::{Arch, Simd, WithSimd};

use crate::layout::{Matrix, PANEL};

/// Rows that are computed side by side; their sums stay in registers.
const TILE: usize = 12;

/// Room that products use again and again.
#[derive(Default)]
pub(crate) struct Scratch {
    /// The rows, in tiles, input by input.
    tiles: Vec<f32>,
    panel: Vec<f32>,
}

/// `rows` times the matrix plus its bias, into `out`.
pub(crate) fn product(matrix: &Matrix, rows: &[f32], out: &mut Vec<f32>, scratch: &mut Scratch) {
    let count = rows.len() / matrix.inputs;
    out.clear();
    out.resize(count * matrix.outputs, 0.0);
    transpose(rows, matrix.inputs, &mut scratch.tiles);
    scratch.panel.resize(matrix.inputs * PANEL, 0.0);
    Arch::new().dispatch(Product {
        matrix,
        tiles: &scratch.tiles,
        count,
        panel: &mut scratch.panel,
        out,
    });
    for row in out.chunks_exact_mut(matrix.outputs) {
        for (sum, bias) in row.iter_mut().zip(&matrix.bias) {
            *sum += bias;
        }
    }
}

/// The sizes of the tiles of so many rows: as few as possible, and about equal.
fn tiles(count: usize) -> impl Iterator<Item = usize> {
    let number = count.div_ceil(TILE);
    (0..number).map(move |n| (n + 1) * count / number - n * count / number)
}

fn transpose(rows: &[f32], inputs: usize, tiled: &mut Vec<f32>) {
    tiled.clear();
    let mut rest = rows;
    for size in tiles(rows.len() / inputs) {
        let (tile, after) = rest.split_at(size * inputs);
        rest = after;
        for input in 0..inputs {
            tiled.extend((0..size).map(|row| tile[row * inputs + input]));
        }
    }
}

struct Product<'a> {
    matrix: &'a Matrix,
    tiles: &'a [f32],
    count: usize,
    panel: &'a mut [f32],
    out: &'a mut [f32],
}

impl WithSimd for Product<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Matrix {
            inputs, outputs, ..
        } = *self.matrix;
        for number in 0..outputs / PANEL {
            self.matrix.decode(number, S::F32_LANES, self.panel);
            let (columns, _) = S::as_simd_f32s(self.panel);
            for (strip, column) in columns.chunks_exact(inputs).enumerate() {
                let at = number * PANEL + strip * S::F32_LANES;
                let (mut rest, mut first) = (self.tiles, 0);
                for size in tiles(self.count) {
                    let (tile, after) = rest.split_at(size * inputs);
                    rest = after;
                    let out = &mut self.out[first * outputs..];
                    any_tile(simd, size, column, tile, out, (outputs, at));
                    first += size;
                }
            }
        }
    }
}

/// Chooses the code that was compiled for this many rows.
#[inline(always)]
fn any_tile<S: Simd>(
    simd: S,
    size: usize,
    column: &[S::f32s],
    tile: &[f32],
    out: &mut [f32],
    place: (usize, usize),
) {
    match size {
        1 => one_tile::<S, 1>(simd, column, tile, out, place),
        2 => one_tile::<S, 2>(simd, column, tile, out, place),
        3 => one_tile::<S, 3>(simd, column, tile, out, place),
        4 => one_tile::<S, 4>(simd, column, tile, out, place),
        5 => one_tile::<S, 5>(simd, column, tile, out, place),
        6 => one_tile::<S, 6>(simd, column, tile, out, place),
        7 => one_tile::<S, 7>(simd, column, tile, out, place),
        8 => one_tile::<S, 8>(simd, column, tile, out, place),
        9 => one_tile::<S, 9>(simd, column, tile, out, place),
        10 => one_tile::<S, 10>(simd, column, tile, out, place),
        11 => one_tile::<S, 11>(simd, column, tile, out, place),
        _ => one_tile::<S, TILE>(simd, column, tile, out, place),
    }
}

/// One register of outputs for `ROWS` rows.
#[inline(always)]
fn one_tile<S: Simd, const ROWS: usize>(
    simd: S,
    column: &[S::f32s],
    tile: &[f32],
    out: &mut [f32],
    (outputs, at): (usize, usize),
) {
    let mut sums = [simd.splat_f32s(0.0); ROWS];
    for (weights, inputs) in column.iter().zip(tile.as_chunks::<ROWS>().0) {
        for row in 0..ROWS {
            sums[row] = simd.mul_add_e_f32s(simd.splat_f32s(inputs[row]), *weights, sums[row]);
        }
    }
    for (row, sum) in sums.into_iter().enumerate() {
        let place = row * outputs + at;
        simd.partial_store_f32s(&mut out[place..place + S::F32_LANES], sum);
    }
}
