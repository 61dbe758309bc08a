//! Says why a judgement is as sure as it is: what spoke for the best entry and what against it, by how much, and
//! what that was calibrated with. All parts together are the confidence again, on the scale of odds.

use serde::{Deserialize, Serialize};

use crate::confidence;
use crate::generation::Generation;
use crate::judge::{Judgement, rounded};
use crate::semantic::{Calibration, logistic};

/// What the judgement of a question rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Basis {
    /// The question is one of the entry's own phrasings, or nothing was found at all.
    Exact,
    Nothing,
    /// Meaning and words, with what the entries' phrasings teach.
    Phrasings,
    /// Meaning and words, for entries that are found by their text.
    Texts,
    /// Words alone: the language is not English, or the encoder had no time.
    Words,
}

/// One reason.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reason {
    pub feature: String,
    pub value: f64,
    /// What it adds to the odds, compared with a middling question; below zero it speaks against.
    pub adds: f64,
    pub says: String,
}

/// Why a judgement is as sure as it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Explanation {
    pub basis: Basis,
    /// The odds of a middling question.
    pub start: f64,
    /// The strongest first.
    pub reasons: Vec<Reason>,
    /// Rules that are no matter of degree, such as an error code that the knowledge does not have.
    pub rules: Vec<String>,
    /// Questions that the knowledge was asked about itself to calibrate this; none if it is as for any other.
    pub self_questions: usize,
    /// The share of them that found their own entry.
    pub found: f64,
}

/// What each feature says, and its value for a middling question.
const FEATURES: [(&str, f64, &str); 18] = [
    (
        "contained",
        0.5,
        "how much of its closest phrasing or sentence the question has",
    ),
    ("dense", 0.5, "how close its phrasings are in meaning"),
    (
        "foreign",
        0.1,
        "how much closer it is than what people ask elsewhere",
    ),
    (
        "gap",
        0.15,
        "how far its words are ahead of the next entry's",
    ),
    ("head", 0.4, "what the phrasings teach about it"),
    ("head_gap", 0.25, "how far that is ahead of the next entry"),
    (
        "head_share",
        0.5,
        "its share of all that comes into question",
    ),
    (
        "known",
        0.7,
        "how much of the question the knowledge has words for",
    ),
    ("length", 1.5, "how long the question is"),
    ("letters", 0.4, "how alike it is in its letters"),
    (
        "matched",
        0.5,
        "how much of the question stands in the entry",
    ),
    (
        "phrase",
        0.4,
        "how alike its closest phrasing or sentence is in words",
    ),
    ("phrase_gap", 0.2, "how far that is ahead of the next entry"),
    ("score", 0.4, "how well its words match"),
    ("share", 0.5, "its share of all that matches in words"),
    ("vector", 0.5, "how close it is in meaning"),
    ("vector_gap", 0.2, "how far that is ahead of the next entry"),
    (
        "vector_share",
        0.5,
        "its share of all that comes into question",
    ),
];

fn feature(name: &str) -> (f64, &'static str) {
    let name = name.strip_prefix("vector_f").map_or(name, |_| "foreign");
    let known = FEATURES.iter().find(|(known, ..)| *known == name);
    known.map_or((0.0, ""), |(_, middle, says)| (*middle, says))
}

impl Generation {
    /// Explains a judgement that this generation gave.
    pub fn explain(&self, judgement: &Judgement) -> Explanation {
        let basis = basis(judgement);
        let calibrations = self.semantic().map(|semantic| semantic.calibrations);
        let calibration = match (basis, calibrations) {
            (Basis::Phrasings, Some(calibrations)) => calibrations.phrased,
            (Basis::Texts, Some(calibrations)) => calibrations.texts,
            (Basis::Words, Some(calibrations)) => calibrations.words,
            _ => Calibration::default(),
        };
        let (bias, weights) = model(basis);
        let mut start = calibration.slope * bias + calibration.offset;
        let mut reasons = Vec::new();
        for (name, weight) in weights {
            let value = judgement.features.get(*name).copied().unwrap_or_default();
            let (middle, says) = feature(name);
            let weight = calibration.slope * weight;
            start += weight * middle;
            reasons.push(Reason {
                feature: (*name).to_owned(),
                value,
                adds: rounded(weight * (value - middle)),
                says: says.to_owned(),
            });
        }
        reasons.retain(|reason| reason.adds != 0.0);
        reasons.sort_by(|a, b| b.adds.abs().total_cmp(&a.adds.abs()));
        Explanation {
            basis,
            start: rounded(start),
            rules: rules(
                judgement,
                start + reasons.iter().map(|r| r.adds).sum::<f64>(),
                basis,
            ),
            reasons,
            self_questions: calibration.questions,
            found: calibration.found,
        }
    }
}

fn basis(judgement: &Judgement) -> Basis {
    let has = |name| judgement.features.contains_key(name);
    match () {
        () if has("exact") => Basis::Exact,
        () if has("head") => Basis::Phrasings,
        () if has("vector") => Basis::Texts,
        () if has("contained") => Basis::Words,
        () => Basis::Nothing,
    }
}

fn model(basis: Basis) -> (f64, &'static [(&'static str, f64)]) {
    match basis {
        Basis::Phrasings => (confidence::PHRASED_BIAS, &confidence::PHRASED),
        Basis::Texts => (confidence::ANY_BIAS, &confidence::ANY),
        Basis::Words => (confidence::BIAS, &confidence::WEIGHTS),
        Basis::Exact | Basis::Nothing => (0.0, &[]),
    }
}

/// What was not a matter of degree. `odds` is what the reasons say together.
fn rules(judgement: &Judgement, odds: f64, basis: Basis) -> Vec<String> {
    let mut rules = Vec::new();
    let has = |name| judgement.features.contains_key(name);
    match basis {
        Basis::Exact => {
            rules.push("the question is word for word one of the entry's own".to_owned())
        }
        Basis::Nothing => rules.push("nothing in the knowledge comes near the question".to_owned()),
        _ => {}
    }
    if has("named") {
        let what = "it is the only entry with a name (such as an error code) that the question has";
        rules.push(what.to_owned());
    }
    if has("strange") {
        let what =
            "the question has a name (such as an error code) that the knowledge does not have";
        rules.push(what.to_owned());
    }
    if has("one_word") {
        let what = "one word, which the section mentions but does not have in its heading";
        rules.push(what.to_owned());
    }
    let degrees = !matches!(basis, Basis::Exact | Basis::Nothing);
    if degrees
        && !has("strange")
        && !has("one_word")
        && judgement.confidence + 0.01 < logistic(odds)
    {
        rules.push("too little of the question is known or near".to_owned());
    }
    if judgement.small {
        rules.push(
            "the knowledge is too small to be trusted with more than its own words".to_owned(),
        );
    }
    rules
}

#[cfg(test)]
mod tests {
    use super::feature;
    use crate::confidence::{ANY, PHRASED, WEIGHTS};

    #[test]
    fn every_feature_is_said_in_words() {
        let names = ANY
            .iter()
            .chain(&PHRASED)
            .chain(&WEIGHTS)
            .map(|(name, _)| name);
        for name in names {
            assert!(!feature(name).1.is_empty(), "{name}");
        }
    }
}
