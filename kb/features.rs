//! What the ranking says about its own best entry, in a handful of cheap numbers between 0 and about 3. They
//! are what the confidence is computed from and what `--json` shows.

use std::collections::BTreeMap;

use crate::entry::Entry;
use crate::error::KbError;
use crate::judge::rounded;
use crate::retrieve::{Ranking, Retriever};

/// How many of the best entries are looked at phrasing by phrasing.
pub(crate) const LOOKED_AT: usize = 5;
/// Phrasings and sentences compared per entry.
const MAX_TEXTS: usize = 64;
/// How sharply the score's share of the best ten is taken.
const SHARPNESS: f64 = 4.0;

/// The names in the order of the model's coefficients.
pub(crate) const NAMES: [&str; 9] = [
    "contained",
    "gap",
    "known",
    "length",
    "matched",
    "phrase",
    "phrase_gap",
    "score",
    "share",
];

/// Where the share of the question's weight stands that the knowledge base knows at all.
pub(crate) const KNOWN: usize = 2;
/// Where the share stands that the best entry has.
pub(crate) const MATCHED: usize = 4;

/// One number per name.
pub(crate) type Features = [f64; NAMES.len()];

/// How one entry's own words compare with the question.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Likeness {
    /// Cosine of the question and the best phrasing or sentence, terms weighted by how telling they are.
    pub phrase: f64,
    /// The share of that phrasing's weight that the question has.
    pub contained: f64,
}

/// Compares the question with every phrasing of an entry and every sentence of its body.
pub(crate) fn likeness(
    retriever: &Retriever,
    ranking: &Ranking,
    entry: &Entry,
) -> Result<Likeness, KbError> {
    let own: f64 = ranking.terms.values().map(|weight| weight * weight).sum();
    let mut best = Likeness::default();
    let prose = prose(&entry.body);
    let sentences = prose.split_terminator(['.', '?', '!', '\n']);
    for text in entry.phrasings().chain(sentences).take(MAX_TEXTS) {
        let overlap = overlap(retriever, ranking, text)?;
        let phrase = overlap.shared_squares / (own * overlap.squares).sqrt();
        if phrase > best.phrase {
            best.phrase = phrase;
            best.contained = overlap.shared / overlap.mass;
        }
    }
    Ok(best)
}

/// A Markdown text without its code blocks: an example in a guide is not what the guide is about.
fn prose(markdown: &str) -> String {
    let mut in_code = false;
    let lines = markdown.lines().filter(|line| {
        let fence = line.trim_start().starts_with("```");
        in_code ^= fence;
        !in_code && !fence
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Sums over the distinct terms of one text.
#[derive(Default)]
struct Overlap {
    mass: f64,
    squares: f64,
    /// The same over those terms that the question has as well.
    shared: f64,
    shared_squares: f64,
}

fn overlap(retriever: &Retriever, ranking: &Ranking, text: &str) -> Result<Overlap, KbError> {
    let mut terms = retriever.analyzer.terms(text);
    terms.sort_unstable();
    terms.dedup();
    let mut sums = Overlap::default();
    for term in &terms {
        let asked = ranking.terms.get(term).copied();
        let weight = match asked {
            Some(weight) => weight,
            None => retriever.weight(term)?.0,
        };
        sums.mass += weight;
        sums.squares += weight * weight;
        if asked.is_some() {
            sums.shared += weight;
            sums.shared_squares += weight * weight;
        }
    }
    Ok(sums)
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
        first.contained,
        relative(top.score - second),
        ranking.known / ranking.mass.max(f64::MIN_POSITIVE),
        (1.0 + ranking.terms.len() as f64).ln(),
        top.matched,
        first.phrase,
        first.phrase - rival,
        relative(top.score),
        1.0 / mass,
    ]
}

/// Features by name.
pub(crate) fn named(names: &[&str], features: &[f64]) -> BTreeMap<String, f64> {
    names
        .iter()
        .zip(features)
        .map(|(name, value)| ((*name).to_owned(), rounded(*value)))
        .collect()
}
