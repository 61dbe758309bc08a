//! What the ranking says about its own best entry, in a handful of cheap numbers between 0 and about 3. They
//! are what the confidence is computed from and what `--json` shows.

use std::collections::BTreeMap;

use crate::entry::Entry;
use crate::error::KbError;
use crate::retrieve::{Ranking, Retriever};

/// How many of the best entries are looked at phrasing by phrasing.
pub(crate) const LOOKED_AT: usize = 5;
/// Phrasings compared per entry.
const MAX_PHRASINGS: usize = 64;
/// How sharply the score's share of the best ten is taken.
const SHARPNESS: f64 = 4.0;

/// The names in the order of the model's coefficients.
pub(crate) const NAMES: [&str; 10] = [
    "known",
    "matched",
    "score",
    "gap",
    "share",
    "phrase",
    "phrase_gap",
    "contained",
    "agree",
    "length",
];

/// One number per name.
pub(crate) type Features = [f64; NAMES.len()];

/// How one entry's own words compare with the question.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Likeness {
    /// Cosine of the question and the best phrasing, terms weighted by how telling they are.
    pub phrase: f64,
    /// The share of that phrasing's weight that the question has.
    pub contained: f64,
}

/// Compares the question with every phrasing of an entry.
pub(crate) fn likeness(
    retriever: &Retriever,
    analyzer: &crate::analyze::Analyzer,
    ranking: &Ranking,
    entry: &Entry,
) -> Result<Likeness, KbError> {
    let own: f64 = ranking.terms.values().map(|weight| weight * weight).sum();
    let mut best = Likeness::default();
    for phrasing in entry.phrasings().take(MAX_PHRASINGS) {
        let mut terms = analyzer.terms(phrasing);
        terms.sort_unstable();
        terms.dedup();
        let (mut shared, mut theirs, mut has, mut mass) = (0.0, 0.0, 0.0, 0.0);
        for term in &terms {
            let weight = match ranking.terms.get(term) {
                Some(weight) => *weight,
                None => retriever.weight(term)?.0,
            };
            theirs += weight * weight;
            mass += weight;
            if ranking.terms.contains_key(term) {
                shared += weight * weight;
                has += weight;
            }
        }
        let phrase = shared / (own * theirs).sqrt().max(f64::MIN_POSITIVE);
        if phrase > best.phrase {
            best = Likeness {
                phrase,
                contained: has / mass.max(f64::MIN_POSITIVE),
            };
        }
    }
    Ok(best)
}

/// The features of a ranking whose first entries have these likenesses.
pub(crate) fn features(ranking: &Ranking, likenesses: &[Likeness]) -> Features {
    let Some(top) = ranking.hits.first() else {
        return Features::default();
    };
    let perfect = ranking.perfect();
    let second = ranking.hits.get(1).map_or(0.0, |hit| hit.score);
    let relative = |score: f64| score / perfect;
    let mass: f64 = ranking
        .hits
        .iter()
        .take(10)
        .map(|hit| (SHARPNESS * (hit.score - top.score) / top.score.max(f64::MIN_POSITIVE)).exp())
        .sum();
    let first = likenesses.first().copied().unwrap_or_default();
    let rival = likenesses
        .iter()
        .skip(1)
        .map(|likeness| likeness.phrase)
        .fold(0.0, f64::max);
    [
        ranking.known / ranking.mass.max(f64::MIN_POSITIVE),
        top.matched,
        relative(top.score),
        relative(top.score - second),
        1.0 / mass,
        first.phrase,
        first.phrase - rival,
        first.contained,
        f64::from(first.phrase >= rival),
        (1.0 + ranking.terms.len() as f64).ln(),
    ]
}

/// The features by name.
pub(crate) fn named(features: &Features) -> BTreeMap<String, f64> {
    NAMES
        .iter()
        .zip(features)
        .map(|(name, value)| ((*name).to_owned(), *value))
        .collect()
}
