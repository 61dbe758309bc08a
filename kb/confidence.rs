//! Confidence: how likely it is that the best entry is the right one, as a logistic regression over the
//! features. The coefficients were fitted by `kb/examples/fit.rs` on two public question sets (banking77
//! and hwu64) and are judged on others. Another model is another `confidence` and another name.

use crate::features::{self, Features};
use crate::fuse;
use crate::semantic::{self, Calibration};

/// Names the model in the settings' hash, so that a replayed verdict knows what it was made with.
pub(crate) const MODEL: &str = "meaning-4";

/// The confidence in an entry that has exactly this question among its phrasings.
pub(crate) const EXACT: f64 = 0.99;

/// For the words alone, fitted by an earlier form of `kb/examples/fit.rs`: the constant term, then one per feature.
pub(crate) const BIAS: f64 = -4.171;
pub(crate) const WEIGHTS: [(&str, f64); 9] = [
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

/// Fitted by the command in `kb/examples/fit.rs`, like the words' own before it.
pub(crate) const PHRASED_BIAS: f64 = -3.226;
pub(crate) const PHRASED: [(&str, f64); 6] = [
    ("dense", 1.464),
    ("foreign", 0.892),
    ("head", 1.195),
    ("head_gap", 3.306),
    ("head_share", 1.692),
    ("letters", 1.448),
];

pub(crate) const ANY_BIAS: f64 = -2.980;
pub(crate) const ANY: [(&str, f64); 13] = [
    ("contained", 0.370),
    ("gap", 0.760),
    ("known", 0.040),
    ("length", 0.000),
    ("matched", 0.830),
    ("phrase", 0.370),
    ("phrase_gap", 1.090),
    ("score", 0.270),
    ("share", 0.140),
    ("vector", 2.580),
    ("vector_foreign", 0.450),
    ("vector_gap", 2.840),
    ("vector_share", 1.460),
];

/// Less than this share of the question's telling words known: whatever fits, the question is about something
/// else. Among few entries nothing else competes for the rest of the words, so there it takes more.
const KNOWN: f64 = 0.4;
const KNOWN_OF_FEW: f64 = 0.5;
const FEW: usize = 20;

/// The most that such a question gets, below every sensible border for an answer.
pub(crate) const DOUBTFUL: f64 = 0.45;

/// The probability that the best of so many entries answers the question, by its words alone.
pub(crate) fn confidence(features: &Features, entries: usize, calibration: &Calibration) -> f64 {
    let confidence = calibration.apply(odds_of_words(features));
    let enough = match entries < FEW {
        true => KNOWN_OF_FEW,
        false => KNOWN,
    };
    match features[features::KNOWN] < enough {
        true => confidence.min(DOUBTFUL),
        false => confidence,
    }
}

/// The same on the scale of odds, before it is bent for one knowledge base.
pub(crate) fn odds_of_words(features: &Features) -> f64 {
    odds(BIAS, WEIGHTS.map(|(_, w)| w), features)
}

/// The same for a best entry whose phrasings something was learnt from, on the scale of odds.
pub(crate) fn odds_of_phrased(features: &semantic::Features) -> f64 {
    odds(PHRASED_BIAS, PHRASED.map(|(_, w)| w), features)
}

/// The same for any other best entry that meaning has a say in.
pub(crate) fn odds_of_any(words: &Features, meaning: &[f64; fuse::NAMES.len()]) -> f64 {
    let weights = ANY.map(|(_, w)| w);
    odds(ANY_BIAS, weights, words.iter().chain(meaning))
}

fn odds<'a, const N: usize>(
    bias: f64,
    weights: [f64; N],
    features: impl IntoIterator<Item = &'a f64>,
) -> f64 {
    let products = weights.iter().zip(features).map(|(w, x)| w * x);
    bias + products.sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::{Calibration, DOUBTFUL, WEIGHTS, confidence};
    use crate::features::{KNOWN, NAMES};

    #[test]
    fn every_feature_has_its_own_coefficient() {
        assert_eq!(WEIGHTS.map(|(name, _)| name), NAMES);
    }

    #[test]
    fn nothing_in_common_is_no_confidence() {
        assert!(confidence(&[0.0; 9], 100, &Calibration::default()) < 0.1);
    }

    #[test]
    fn a_question_whose_telling_words_are_unknown_is_never_answered() {
        let plain = Calibration::default();
        let confidence = |features: &_, entries| super::confidence(features, entries, &plain);
        let mut features = [1.0; 9];
        assert_eq!(NAMES[KNOWN], "known");
        assert!(confidence(&features, 2) > 0.9);
        features[KNOWN] = 0.45;
        assert_eq!(confidence(&features, 2), DOUBTFUL);
        assert!(confidence(&features, 100) > 0.9);
        features[KNOWN] = 0.35;
        assert_eq!(confidence(&features, 100), DOUBTFUL);
    }
}
