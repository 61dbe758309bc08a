//! From a question to a verdict: rank, look at the best entries, compute a confidence, compare it with the
//! borders. A judgement carries everything it was made of, so that it can be replayed.

use std::collections::{BTreeMap, HashSet};

use serde::{Deserialize, Serialize};
use tantivy::DocId;

use crate::confidence;
use crate::entry::{Entry, Kind, Source};
use crate::error::KbError;
use crate::features::{self, LOOKED_AT, Likeness};
use crate::fuse::{self, Fused};
use crate::generation::Generation;
use crate::language::{self, Language};
use crate::personal::{self, Person};
use crate::retrieve::{Hit, Ranking, Retriever};
use crate::settings::Settings;
use crate::sureness;

/// A question is cut after this many characters.
pub const MAX_QUERY_CHARS: usize = 4_000;

/// What to do with a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Give the answer.
    Answer,
    /// Offer the candidates and a person.
    Suggest,
    /// Hand over to a person.
    Unsure,
}

/// Where the verdicts part.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Borders {
    pub answer: f64,
    pub suggest: f64,
}

/// A verdict and everything it was made of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Judgement {
    pub verdict: Verdict,
    /// How likely it is that the first candidate is right, 0 to 1.
    pub confidence: f64,
    /// The question as it was used: one line, without control characters, cut to a bearable length.
    pub query: String,
    /// The generation that was asked; empty if there was none.
    pub generation: String,
    /// The question's language (ISO 639-1), if it says enough to be sure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Whether the knowledge has anything in that language; true while it is not sure which one it is.
    #[serde(default = "yes")]
    pub language_known: bool,
    pub settings_hash: String,
    /// What was proven about who asked, as far as any answer depends on it.
    #[serde(default, skip_serializing_if = "Person::is_nobody")]
    pub person: Person,
    /// The questions that were looked up one by one, if the visitor asked several in one message.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<String>,
    /// Which encoder took part, if one did.
    pub encoder: Option<String>,
    pub borders: Borders,
    /// What the confidence was computed from.
    pub features: BTreeMap<String, f64>,
    /// The best entries, best first.
    pub candidates: Vec<Candidate>,
    /// Present if the verdict is *answer*.
    pub answer: Option<Answer>,
    /// The knowledge is too small for a confidence: unless the question is one of its own phrasings, a person answers.
    #[serde(default, skip_serializing_if = "is_false")]
    pub small: bool,
    /// Present if a language model was to phrase the answer, whatever came of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<crate::llm::Record>,
}

/// One entry that might be meant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// The entry's id.
    pub entry: String,
    pub title: String,
    /// Its score relative to a perfect match of this question; only comparable within one judgement.
    pub score: f64,
    pub features: BTreeMap<String, f64>,
    pub source: Source,
    /// What it says, for a person who wants to send it.
    #[serde(default)]
    pub markdown: String,
}

/// What to tell the visitor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    pub markdown: String,
    pub sources: Vec<Source>,
}

impl Judgement {
    /// The judgement when there is no knowledge at all, or nothing in it fits.
    pub fn unsure(query: &str, generation: &str, settings: &Settings) -> Judgement {
        Judgement {
            verdict: Verdict::Unsure,
            confidence: 0.0,
            query: clean(query),
            generation: generation.to_owned(),
            language: None,
            language_known: true,
            settings_hash: settings.hash(),
            person: Person::default(),
            parts: Vec::new(),
            encoder: None,
            borders: Borders {
                answer: settings.answer,
                suggest: settings.suggest,
            },
            features: BTreeMap::new(),
            candidates: Vec::new(),
            answer: None,
            small: false,
            model: None,
        }
    }

    /// One word does not say what is asked of a section that only mentions it.
    fn doubt_one_word(&mut self, retriever: &Retriever, ranking: &Ranking, best: &Entry) {
        if let Some(word) = ranking.one_word()
            && !is_about(retriever, word, best)
        {
            self.confidence = self.confidence.min(confidence::DOUBTFUL);
            self.features.insert("one_word".to_owned(), 1.0);
        }
    }

    /// The answer is not given after all, because the visitor has had it already.
    pub fn withdraw(&mut self) {
        self.verdict = Verdict::Unsure;
        self.answer = None;
        self.features.insert(WITHDRAWN.to_owned(), 1.0);
    }

    /// The verdict says what the visitor had had, and not what the knowledge has.
    pub fn is_withdrawn(&self) -> bool {
        self.features.contains_key(WITHDRAWN)
    }

    /// So many entries know the question word by word.
    fn know(&mut self, entries: usize) {
        if entries > 0 {
            let one_of = 1.0 / entries as f64;
            self.confidence = rounded(confidence::EXACT * one_of);
            self.features.insert("exact".to_owned(), rounded(one_of));
        }
    }
}

/// The mark of what was withdrawn, among what the verdict was made of.
const WITHDRAWN: &str = "withdrawn";

/// A judgement from before languages were told apart says nothing against its own.
fn yes() -> bool {
    true
}

fn is_false(value: &bool) -> bool {
    !value
}

/// The question on one line without control characters, cut to `MAX_QUERY_CHARS`.
fn clean(query: &str) -> String {
    let start: String = query
        .chars()
        .take(MAX_QUERY_CHARS)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    start.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What a judgement says before anything is searched.
fn begun(generation: &Generation, person: &Person, query: &str, settings: &Settings) -> Judgement {
    let mut judgement = Judgement::unsure(query, generation.id(), settings);
    judgement.person = generation.manifest().personal.used(person);
    judgement.small = generation.is_small();
    judgement
}

/// Judges one question against one generation.
pub(crate) fn judge(
    generation: &Generation,
    person: &Person,
    query: &str,
    settings: &Settings,
) -> Result<Judgement, KbError> {
    let hidden = generation.manifest().personal.hidden(person);
    let mut judgement = begun(generation, person, query, settings);
    let engine = &generation.engine;
    let Some(segment) = &engine.segment else {
        return Ok(judgement);
    };
    let language = say_language(generation, &mut judgement);
    let retriever = Retriever::new(engine, segment, language)?;
    let mut ranking = retriever.rank(&judgement.query)?;
    let mut exact = engine.exact(&judgement.query)?;
    exact.retain(|doc| !hidden.contains(doc));
    // Who asks in an entry's own words has been understood.
    let fused = match exact.is_empty() && generation.embedder.knows(language) {
        true => by_meaning(generation, &judgement.query, &hidden, &mut ranking),
        false => None,
    };
    ranking.hits.retain(|hit| !hidden.contains(&hit.doc));
    put_first(&mut ranking, &exact);
    let mut looked_at = look(generation, &retriever, &ranking, settings)?;
    if looked_at.is_empty() {
        return Ok(judgement);
    }
    for (entry, _) in &mut looked_at {
        entry.body = personal::fill(entry, person);
    }
    let by = fused.as_ref();
    weigh(generation, &ranking, by, &looked_at, &mut judgement);
    judgement.doubt_one_word(&retriever, &ranking, &looked_at[0].0);
    judgement.know(exact.len());
    let scores = fused.map(|fused| fused.hits);
    judgement.verdict = verdict(&judgement, !exact.is_empty(), settings);
    conclude(&mut judgement, &ranking, scores, &looked_at, settings);
    Ok(judgement)
}

/// Whether an entry is about a word, and does not only mention it: it is an answer to a question, or a section that
/// has the word in its heading.
fn is_about(retriever: &Retriever, word: &str, entry: &Entry) -> bool {
    let heading = || retriever.analyzer.terms(&entry.title);
    entry.kind == Kind::Faq || heading().iter().any(|term| term == word)
}

/// Computes the confidence, and notes what it was computed from.
fn weigh(
    generation: &Generation,
    ranking: &Ranking,
    fused: Option<&Fused>,
    looked_at: &[(Entry, Likeness)],
    judgement: &mut Judgement,
) {
    let likenesses: Vec<Likeness> = looked_at.iter().map(|(_, likeness)| *likeness).collect();
    let words = features::features(ranking, &likenesses[..likenesses.len().min(LOOKED_AT)]);
    let sure = match fused {
        Some(fused) => sureness::of_fused(generation, fused, &words),
        None => sureness::of_words(generation, &words),
    };
    let sure = sure.with_names(ranking);
    judgement.encoder = fused.map(|_| generation.embedder.name().to_owned());
    judgement.features = sure.features;
    judgement.confidence = rounded(sure.confidence);
}

/// Notes the question's language, and gives the one in which it is searched: its own if the knowledge has it,
/// else that of most entries.
fn say_language(generation: &Generation, judgement: &mut Judgement) -> Language {
    let languages = &generation.manifest().languages;
    let usual = language::usual(languages);
    let Some(language) = language::detect(&judgement.query) else {
        return usual;
    };
    judgement.language_known = languages.contains_key(language.code());
    judgement.language = Some(language.code().to_owned());
    match judgement.language_known {
        true => language,
        false => usual,
    }
}

/// Puts the ranking into the order of words and meaning together. Nothing if no embedder has time.
fn by_meaning(
    generation: &Generation,
    query: &str,
    hidden: &HashSet<DocId>,
    ranking: &mut Ranking,
) -> Option<Fused> {
    let semantic = generation.semantic()?;
    let vector = generation.embedder.question(query, semantic.center())?;
    let mut fused = fuse::fuse(semantic, query, &vector, ranking);
    fused
        .hits
        .retain(|scored| !hidden.contains(&scored.hit.doc));
    ranking.hits = fused.hits.iter().map(|scored| scored.hit).collect();
    Some(fused)
}

/// Fills in the answer and the candidates.
fn conclude(
    judgement: &mut Judgement,
    ranking: &Ranking,
    scores: Option<Vec<fuse::Scored>>,
    looked_at: &[(Entry, Likeness)],
    settings: &Settings,
) {
    if judgement.verdict == Verdict::Answer
        && let Some((best, _)) = looked_at.first()
    {
        judgement.answer = Some(Answer {
            markdown: best.body.clone(),
            sources: vec![best.source()],
        });
    }
    judgement.candidates = candidates(ranking, looked_at, settings);
    let scores = scores.unwrap_or_default();
    for (candidate, scored) in judgement.candidates.iter_mut().zip(scores) {
        candidate.score = rounded(scored.score);
        let meaning = ("meaning".to_owned(), rounded(scored.meaning));
        candidate.features.extend([meaning]);
    }
}

/// Numbers are rounded before anything is decided by them, so that a stored judgement reads back the same.
pub(crate) fn rounded(number: f64) -> f64 {
    (number * 1e6).round() / 1e6
}

/// Small knowledge is trusted only where no confidence is needed. `exact`: the question is one of its phrasings.
fn verdict(judgement: &Judgement, exact: bool, settings: &Settings) -> Verdict {
    let trusted = exact || !judgement.small;
    if trusted && judgement.confidence >= settings.answer {
        Verdict::Answer
    } else if trusted && judgement.confidence >= settings.suggest {
        Verdict::Suggest
    } else {
        Verdict::Unsure
    }
}

/// Entries that know the question word by word stand before all others, even those that the search did
/// not find because the question has nothing but stop words.
fn put_first(ranking: &mut Ranking, exact: &[DocId]) {
    for doc in exact {
        if !ranking.hits.iter().any(|hit| hit.doc == *doc) {
            ranking.hits.push(Hit::without_terms(*doc));
        }
    }
    ranking.hits.sort_by_key(|hit| !exact.contains(&hit.doc));
}

/// Reads the best entries and compares their phrasings with the question.
fn look(
    generation: &Generation,
    retriever: &Retriever,
    ranking: &Ranking,
    settings: &Settings,
) -> Result<Vec<(Entry, Likeness)>, KbError> {
    let engine = &generation.engine;
    let wanted = settings
        .candidates
        .clamp(LOOKED_AT, Settings::MAX_CANDIDATES);
    let mut looked_at = Vec::new();
    for hit in ranking.hits.iter().take(wanted) {
        let entry = engine.entry(hit.doc)?;
        let likeness = features::likeness(retriever, ranking, &entry)?;
        looked_at.push((entry, likeness));
    }
    Ok(looked_at)
}

fn candidates(
    ranking: &Ranking,
    looked_at: &[(Entry, Likeness)],
    settings: &Settings,
) -> Vec<Candidate> {
    let perfect = ranking.perfect();
    let found = ranking.hits.iter().zip(looked_at).take(settings.candidates);
    found
        .map(|(hit, (entry, likeness))| Candidate {
            entry: entry.id.clone(),
            title: entry.title.clone(),
            score: rounded(hit.score / perfect),
            features: BTreeMap::from([
                ("matched".to_owned(), rounded(hit.matched)),
                ("phrase".to_owned(), rounded(likeness.phrase)),
                ("contained".to_owned(), rounded(likeness.contained)),
            ]),
            source: entry.source(),
            markdown: entry.body.clone(),
        })
        .collect()
}
