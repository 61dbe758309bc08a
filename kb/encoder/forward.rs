//! The model itself: a small BERT (6 layers, 12 heads), from the numbers of tokens to one vector of length one.

use pulp::{Arch, Simd, WithSimd};

use crate::layout::{Layer, Norm, WIDTH, WINDOW, Weights};
use crate::product::{Scratch, product};

const HEADS: usize = 12;
const HEAD: usize = WIDTH / HEADS;
/// Added to a variance before it divides.
const TINY: f32 = 1e-12;
/// The table of the bend reaches from minus to plus this; beyond, it is zero or the identity.
const REACH: f32 = 8.0;
/// Points of the table per unit.
const FINE: f32 = 512.0;

/// The weights and what is computed from them once.
pub(crate) struct Model {
    weights: Weights,
    bend: Vec<f32>,
}

/// Room for one forward pass, used again by the next.
#[derive(Default)]
pub(crate) struct Room {
    query: Vec<f32>,
    key: Vec<f32>,
    value: Vec<f32>,
    context: Vec<f32>,
    inner: Vec<f32>,
    added: Vec<f32>,
    scratch: Scratch,
}

impl Model {
    pub fn new(weights: Weights) -> Model {
        let points = (2.0 * REACH * FINE) as usize + 2;
        let bend =
            (0..points).map(|n| gelu(f64::from(n as u32) / f64::from(FINE) - f64::from(REACH)));
        Model {
            weights,
            bend: bend.collect(),
        }
    }

    /// The vector of one window of tokens, its marks included.
    pub fn forward(&self, tokens: &[u32], room: &mut Room) -> [f32; WIDTH] {
        let count = tokens.len().min(WINDOW);
        let mut states = self.weights.positions[..count * WIDTH].to_vec();
        for (token, state) in tokens.iter().zip(states.chunks_exact_mut(WIDTH)) {
            self.weights.add_word(*token, state);
        }
        self.weights.embedded.apply(&mut states);
        for layer in &self.weights.layers {
            self.layer(layer, &mut states, room);
        }
        mean(&states)
    }

    fn layer(&self, layer: &Layer, states: &mut [f32], room: &mut Room) {
        let scratch = &mut room.scratch;
        product(&layer.query, states, &mut room.query, scratch);
        product(&layer.key, states, &mut room.key, scratch);
        product(&layer.value, states, &mut room.value, scratch);
        room.context.clear();
        room.context.resize(states.len(), 0.0);
        Arch::new().dispatch(Attention {
            query: &room.query,
            key: &room.key,
            value: &room.value,
            context: &mut room.context,
        });
        product(&layer.mixed, &room.context, &mut room.added, scratch);
        layer.after_attention.add(states, &room.added);
        product(&layer.widen, states, &mut room.inner, scratch);
        for number in &mut room.inner {
            *number = self.bent(*number);
        }
        product(&layer.narrow, &room.inner, &mut room.added, scratch);
        layer.after_inner.add(states, &room.added);
    }

    /// GELU, read from the table between its two nearest points.
    fn bent(&self, x: f32) -> f32 {
        if x.abs() >= REACH {
            return x.max(0.0);
        }
        let place = (x + REACH) * FINE;
        let (at, part) = (place as usize, place.fract());
        self.bend[at] + part * (self.bend[at + 1] - self.bend[at])
    }
}

fn gelu(x: f64) -> f32 {
    (0.5 * x * (1.0 + libm::erf(x / std::f64::consts::SQRT_2))) as f32
}

impl Norm {
    fn add(&self, states: &mut [f32], added: &[f32]) {
        for (state, added) in states.iter_mut().zip(added) {
            *state += added;
        }
        self.apply(states);
    }

    fn apply(&self, states: &mut [f32]) {
        for row in states.chunks_exact_mut(WIDTH) {
            let mean = row.iter().sum::<f32>() / WIDTH as f32;
            let variance = row.iter().map(|x| (x - mean) * (x - mean)).sum::<f32>() / WIDTH as f32;
            let scale = 1.0 / (variance + TINY).sqrt();
            for ((x, gain), offset) in row.iter_mut().zip(&self.gain).zip(&self.offset) {
                *x = (*x - mean) * scale * gain + offset;
            }
        }
    }
}

/// The mean over all tokens, brought to length one.
fn mean(states: &[f32]) -> [f32; WIDTH] {
    let mut sum = [0.0; WIDTH];
    for row in states.chunks_exact(WIDTH) {
        for (sum, x) in sum.iter_mut().zip(row) {
            *sum += x;
        }
    }
    let length = sum.iter().map(|x| x * x).sum::<f32>().sqrt();
    sum.map(|x| x / length.max(f32::MIN_POSITIVE))
}

/// Every token looks at every other, in each head by itself.
struct Attention<'a> {
    query: &'a [f32],
    key: &'a [f32],
    value: &'a [f32],
    context: &'a mut [f32],
}

impl WithSimd for Attention<'_> {
    type Output = ();

    /// Plain loops over arrays: inlined here, they are compiled for the processor's widest registers.
    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let count = self.query.len() / WIDTH;
        let mut keys = [[0.0; WINDOW]; HEAD];
        for head in (0..WIDTH).step_by(HEAD) {
            for (token, row) in self.key.chunks_exact(WIDTH).enumerate() {
                for (n, keys) in keys.iter_mut().enumerate() {
                    keys[token] = row[head + n] / (HEAD as f32).sqrt();
                }
            }
            for token in 0..count {
                let at = token * WIDTH + head;
                let mut scores = [0.0; WINDOW];
                for (x, keys) in self.query[at..at + HEAD].iter().zip(&keys) {
                    for (score, key) in scores[..count].iter_mut().zip(&keys[..count]) {
                        *score += x * key;
                    }
                }
                shares(&mut scores[..count]);
                let mut sum = [0.0; HEAD];
                for (share, row) in scores.iter().zip(self.value.chunks_exact(WIDTH)) {
                    for (sum, x) in sum.iter_mut().zip(&row[head..head + HEAD]) {
                        *sum += share * x;
                    }
                }
                self.context[at..at + HEAD].copy_from_slice(&sum);
            }
        }
    }
}

/// Scores to shares of one.
#[inline(always)]
fn shares(scores: &mut [f32]) {
    let top = scores.iter().copied().fold(f32::MIN, f32::max);
    let mut sum = 0.0;
    for score in scores.iter_mut() {
        *score = (*score - top).exp();
        sum += *score;
    }
    for score in scores.iter_mut() {
        *score /= sum;
    }
}
