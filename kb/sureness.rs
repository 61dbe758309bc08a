//! Which of the models of confidence speaks, and what it says: one for questions that are judged by their words
//! alone, one for best entries that have phrasings to learn from, and one for all others.

use std::collections::BTreeMap;

use crate::confidence;
use crate::features::{self, Features};
use crate::fuse::{self, Fused};
use crate::generation::Generation;
use crate::semantic;

/// A confidence and what it was computed from.
pub(crate) struct Sureness {
    pub confidence: f64,
    pub features: BTreeMap<String, f64>,
}

/// By the words alone.
pub(crate) fn of_words(generation: &Generation, words: &Features) -> Sureness {
    Sureness {
        confidence: confidence::confidence(words, generation.len()),
        features: features::named(&features::NAMES, words),
    }
}

/// By words and meaning.
pub(crate) fn of_fused(generation: &Generation, fused: &Fused, words: &Features) -> Sureness {
    let calibrations = generation.semantic().map(|semantic| semantic.calibrations);
    let calibrations = calibrations.unwrap_or_default();
    match fused.of_phrased() {
        Some(phrased) => Sureness {
            confidence: calibrations
                .phrased
                .apply(confidence::odds_of_phrased(&phrased)),
            features: features::named(&semantic::NAMES, &phrased),
        },
        None => {
            let meaning = fused.of_any();
            let mut named = features::named(&features::NAMES, words);
            named.extend(features::named(&fuse::NAMES, &meaning));
            let odds = confidence::odds_of_any(words, &meaning);
            Sureness {
                confidence: calibrations.texts.apply(odds),
                features: named,
            }
        }
    }
}
