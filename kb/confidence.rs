//! Confidence: how likely it is that the best entry is the right one, as a logistic regression over the
//! features. The coefficients were fitted by `kb/examples/fit.rs` on two public question sets (banking77
//! and hwu64) and are judged on others. Another model is another `confidence` and another name.

use crate::features::Features;

/// Names the model in the settings' hash, so that a replayed verdict knows what it was made with.
pub(crate) const MODEL: &str = "lexical-1";

/// The confidence in an entry that has exactly this question among its phrasings.
pub(crate) const EXACT: f64 = 0.99;

/// Fitted by the command in `kb/examples/fit.rs`: the constant term, then one per feature.
const BIAS: f64 = -4.171;
const WEIGHTS: [(&str, f64); 9] = [
    ("contained", 2.336),
    ("gap", 1.857),
    ("known", 0.294),
    ("length", 0.195),
    ("matched", 1.218),
    ("phrase", 0.575),
    ("phrase_gap", 0.912),
    ("score", 0.768),
    ("share", 2.279),
];

/// The probability that the best entry answers the question.
pub(crate) fn confidence(features: &Features) -> f64 {
    let sum: f64 = WEIGHTS.iter().zip(features).map(|((_, w), x)| w * x).sum();
    logistic(BIAS + sum)
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

#[cfg(test)]
mod tests {
    use super::{WEIGHTS, confidence};
    use crate::features::NAMES;

    #[test]
    fn every_feature_has_its_own_coefficient() {
        assert_eq!(WEIGHTS.map(|(name, _)| name), NAMES);
    }

    #[test]
    fn nothing_in_common_is_no_confidence() {
        assert!(confidence(&[0.0; 9]) < 0.1);
    }
}
