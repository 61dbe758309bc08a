//! Which of the models of confidence speaks, and what it says: one for questions that are judged by their words
//! alone, one for best entries that have phrasings to learn from, and one for all others.

use std::collections::BTreeMap;

use crate::confidence;
use crate::features::{self, Features};
use crate::fuse::{self, Fused};
use crate::generation::Generation;
use crate::semantic::{self, Calibration, logistic};

/// A confidence and what it was computed from.
pub(crate) struct Sureness {
    pub confidence: f64,
    pub features: BTreeMap<String, f64>,
}

/// Among fewer entries than these everything looks close in meaning, for want of anything closer.
const FEW: usize = 8;

/// By the words alone.
pub(crate) fn of_words(generation: &Generation, words: &Features) -> Sureness {
    Sureness {
        confidence: confidence::confidence(words, generation.len()),
        features: features::named(&features::NAMES, words),
    }
}

/// By words and meaning.
pub(crate) fn of_fused(generation: &Generation, fused: &Fused, words: &Features) -> Sureness {
    if generation.len() < FEW {
        return of_words(generation, words);
    }
    match fused.of_phrased() {
        Some(phrased) => {
            let semantic = generation.semantic();
            let calibration = semantic.map_or_else(Calibration::default, |s| s.calibration);
            Sureness {
                confidence: calibration.apply(confidence::odds_of_phrased(&phrased)),
                features: features::named(&semantic::NAMES, &phrased),
            }
        }
        None => {
            let meaning = fused.of_any();
            let mut named = features::named(&features::NAMES, words);
            named.extend(features::named(&fuse::NAMES, &meaning));
            Sureness {
                confidence: logistic(confidence::odds_of_any(words, &meaning)),
                features: named,
            }
        }
    }
}
