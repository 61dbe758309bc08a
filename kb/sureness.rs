//! Which of the models of confidence speaks, and what it says: one for questions that are judged by their words
//! alone, one for best entries that have phrasings to learn from, and one for all others.

use std::collections::BTreeMap;

use crate::confidence;
use crate::features::{self, Features};
use crate::fuse::{self, Fused};
use crate::generation::Generation;
use crate::retrieve::Ranking;
use crate::semantic;

/// A confidence and what it was computed from.
pub(crate) struct Sureness {
    pub confidence: f64,
    pub features: BTreeMap<String, f64>,
}

/// What it adds to the odds that the best entry alone has the names in the question.
const NAMED: f64 = 1.5;
/// An entry that shares less of the question's weight, and is less close in meaning, has nothing to do with it.
const MATCHED: f64 = 0.35;
const CLOSE: f64 = 0.3;
/// The most that such an entry gets, below every sensible border for a suggestion.
const FOREIGN: f64 = 0.15;

impl Sureness {
    /// Takes account of names such as error codes: the only entry that has the one asked for is probably meant,
    /// and one that nobody wrote about, though about others like it, is not answered.
    pub fn with_names(mut self, ranking: &Ranking) -> Sureness {
        let mut hits = ranking.hits.iter().map(|hit| hit.named);
        let best = hits.next().unwrap_or_default();
        if best > hits.fold(0.0, f64::max) {
            let odds = (self.confidence / (1.0 - self.confidence)).ln();
            self.confidence = semantic::logistic(odds + NAMED);
            self.features.insert("named".to_owned(), best);
        }
        if ranking.strange {
            self.confidence = self.confidence.min(confidence::DOUBTFUL);
            self.features.insert("strange".to_owned(), 1.0);
        }
        self
    }
}

/// By the words alone.
pub(crate) fn of_words(generation: &Generation, words: &Features) -> Sureness {
    let calibrations = generation.semantic().map(|semantic| semantic.calibrations);
    let calibration = calibrations.unwrap_or_default().words;
    Sureness {
        confidence: confidence::confidence(words, generation.len(), &calibration),
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
            let confidence = calibrations.texts.apply(odds);
            let foreign = words[features::MATCHED] < MATCHED && meaning[0] < CLOSE;
            Sureness {
                confidence: if foreign {
                    confidence.min(FOREIGN)
                } else {
                    confidence
                },
                features: named,
            }
        }
    }
}
