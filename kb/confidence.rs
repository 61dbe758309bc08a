//! Confidence: how likely it is that the best entry is the right one, as a logistic regression over the
//! features. The coefficients were fitted by `kb/examples/fit.rs` on two public question sets (banking77
//! and hwu64) and are judged on others. Another model is another `confidence` and another name.

use crate::features::{Features, NAMES};

/// Names the model in the settings' hash, so that a replayed verdict knows what it was made with.
pub(crate) const MODEL: &str = "lexical-1";

/// The confidence in an entry that has exactly this question among its phrasings.
pub(crate) const EXACT: f64 = 0.99;

/// Fitted by the command in `kb/examples/fit.rs`: the constant term, then one per feature.
const BIAS: f64 = -4.0;
const WEIGHTS: [f64; NAMES.len()] = [1.0, 1.0, 1.0, 2.0, 1.0, 2.0, 1.0, 1.0, 0.5, 0.0];

/// The probability that the best entry answers the question.
pub(crate) fn confidence(features: &Features) -> f64 {
    let sum: f64 = WEIGHTS.iter().zip(features).map(|(w, x)| w * x).sum();
    logistic(BIAS + sum)
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}
