//! Confidence: how likely it is that the best entry is the right one, as a logistic regression over the
//! features. The coefficients were fitted by `kb/examples/fit.rs` on two public question sets (banking77
//! and hwu64) and are judged on others. Another model is another `confidence` and another name.

use crate::features::Features;

/// Names the model in the settings' hash, so that a replayed verdict knows what it was made with.
pub(crate) const MODEL: &str = "lexical-1";

/// The confidence in an entry that has exactly this question among its phrasings.
pub(crate) const EXACT: f64 = 0.99;

/// Fitted by the command in `kb/examples/fit.rs`: the constant term, then one per feature.
const BIAS: f64 = -4.114;
const WEIGHTS: [(&str, f64); 11] = [
    ("agree", 0.011),
    ("contained", 2.283),
    ("gap", 1.791),
    ("key", -0.403),
    ("known", 0.326),
    ("length", 0.242),
    ("matched", 1.236),
    ("phrase", 1.019),
    ("phrase_gap", 1.021),
    ("score", 0.647),
    ("share", 2.362),
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
        assert!(confidence(&[0.0; 11]) < 0.1);
    }
}
