//! Puts what the words say and what the meaning says together: one score per entry, a plain sum, with weights
//! that suit FAQ entries and documents. Questions about a document share its words; questions about an
//! FAQ entry often share none.

use hinny_encoder::Vector;
use tantivy::DocId;

use crate::retrieve::{Hit, Ranking};
use crate::semantic::{self, Meaning, Phrased, Semantic};

/// What the words count beside the meaning, relative to a perfect match.
const WORDS_OF_FAQ: f64 = 0.2;
const WORDS_OF_DOCUMENTS: f64 = 0.8;
/// What the body counts for an entry that has phrasings.
const BODY: f64 = 0.1;
/// What it counts that an entry has the names in the question, such as an error code: more than any likeness.
const NAMED: f64 = 1.0;
/// The least closeness in meaning of an entry that shares no word with the question.
const CLOSE: f64 = 0.25;
/// How sharply the share of the best entry is taken.
const SHARPNESS: f64 = 8.0;

/// The names of what is known about a best entry without phrasings to learn from, after the lexical ones.
pub(crate) const NAMES: [&str; 4] = ["vector", "vector_foreign", "vector_gap", "vector_share"];

/// A question's ranking by words and meaning.
pub(crate) struct Fused {
    /// Best first.
    pub hits: Vec<Scored>,
    phrased: Option<(Phrased, Vec<DocId>)>,
    /// The closeness of the nearest sentence that is asked elsewhere.
    foreign: f64,
}

/// One entry in it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scored {
    pub hit: Hit,
    pub score: f64,
    /// The closeness in meaning alone.
    pub meaning: f64,
}

/// Scores every entry. `ranking` has those that share a word with the question; others stay only if they
/// come close in meaning.
pub(crate) fn fuse(
    semantic: &Semantic,
    question: &str,
    vector: &Vector,
    ranking: &Ranking,
) -> Fused {
    let meaning = semantic.find(question, vector);
    let mut hits = by_meaning(semantic, vector, &meaning);
    let perfect = ranking.perfect();
    for hit in &ranking.hits {
        let scored = &mut hits[hit.doc as usize];
        let words = match semantic.is_phrased(hit.doc) {
            true => WORDS_OF_FAQ,
            false => WORDS_OF_DOCUMENTS,
        };
        scored.hit = *hit;
        scored.score += words * hit.score / perfect + NAMED * hit.named;
    }
    hits.retain(|scored| scored.hit.score > 0.0 || scored.meaning >= CLOSE);
    // Equal scores keep the order of the source files.
    hits.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.hit.doc.cmp(&b.hit.doc)));
    Fused {
        hits,
        phrased: meaning.phrased,
        foreign: meaning.foreign,
    }
}

/// What each document gets before its words count.
fn by_meaning(semantic: &Semantic, vector: &Vector, meaning: &Meaning) -> Vec<Scored> {
    let windows = (0..).zip(&meaning.windows).map(|(doc, window)| Scored {
        hit: Hit::without_terms(doc),
        score: *window,
        meaning: *window,
    });
    let mut hits: Vec<Scored> = windows.collect();
    let Some((phrased, docs)) = &meaning.phrased else {
        for (hit, best) in hits.iter_mut().zip(semantic.phrasings(vector)) {
            if semantic.is_phrased(hit.hit.doc) {
                hit.score = best + BODY * hit.meaning;
                hit.meaning = best;
            }
        }
        return hits;
    };
    for (entry, doc) in docs.iter().enumerate() {
        let hit = &mut hits[*doc as usize];
        hit.score = phrased.score(entry) + BODY * hit.meaning;
        hit.meaning = phrased.dense[entry];
    }
    hits
}

impl Fused {
    /// The features of the best entry if it has phrasings that something was learnt from.
    pub fn of_phrased(&self) -> Option<semantic::Features> {
        let best = self.hits.first()?;
        let (phrased, docs) = self.phrased.as_ref()?;
        let entry = docs.binary_search(&best.hit.doc).ok()?;
        Some(phrased.features(entry, None))
    }

    /// What the meaning says about any other best entry.
    pub fn of_any(&self) -> [f64; NAMES.len()] {
        let Some(best) = self.hits.first() else {
            return [0.0; NAMES.len()];
        };
        let others = &self.hits[1..];
        let rival = others.iter().map(|other| other.meaning).fold(0.0, f64::max);
        let far = |other: &Scored| (SHARPNESS * (other.score - best.score)).exp();
        let mass: f64 = others.iter().map(far).sum();
        [
            best.meaning,
            best.meaning - self.foreign,
            best.meaning - rival,
            1.0 / (1.0 + mass),
        ]
    }
}
