//! Expectations of a knowledge base: questions, and what must come of them. A team keeps them in a YAML file beside
//! its docs and has them checked whenever the docs change. No network and no language model takes part.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_saphyr::Spanned;

use crate::error::KbError;
use crate::generation::Generation;
use crate::judge::{Candidate, Judgement, Verdict};
use crate::personal::Person;
use crate::settings::Settings;

/// A file of expectations is small; a larger one was named by mistake.
const MAX_BYTES: u64 = 8 << 20;

/// One question and what must come of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Expectation {
    /// Where it stands in its file.
    pub line: usize,
    pub question: String,
    /// Who asks.
    person: Person,
    wanted: Wanted,
    /// Texts that the answer must have, whatever their case.
    says: Vec<String>,
    /// Texts that it must not have.
    never_says: Vec<String>,
}

#[derive(Clone, Debug, PartialEq)]
enum Wanted {
    /// This entry or document is the answer.
    Answer(String),
    /// It is the answer, or one of the candidates that are offered.
    Offer(String),
    /// Neither an answer nor suggestions.
    HandOver,
    /// No answer; suggestions are well.
    NoAnswer,
    /// Any answer at all.
    Some,
}

/// As it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    question: String,
    #[serde(default)]
    signed: BTreeMap<String, String>,
    expect: Option<String>,
    suggest: Option<String>,
    #[serde(default)]
    hand_over: bool,
    #[serde(default)]
    no_answer: bool,
    #[serde(default)]
    says: Texts,
    #[serde(default)]
    never_says: Texts,
}

/// One text or a list of them.
#[derive(Deserialize)]
#[serde(untagged)]
enum Texts {
    One(String),
    Many(Vec<String>),
}

impl Default for Texts {
    fn default() -> Self {
        Texts::Many(Vec::new())
    }
}

impl From<Texts> for Vec<String> {
    fn from(texts: Texts) -> Self {
        match texts {
            Texts::One(text) => vec![text],
            Texts::Many(texts) => texts,
        }
    }
}

/// What came of one question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Checked {
    pub file: PathBuf,
    pub line: usize,
    pub question: String,
    pub verdict: Verdict,
    pub confidence: f64,
    /// The entry that would be answered with, or that came nearest.
    pub entry: Option<String>,
    /// What is not as expected; empty if all is well.
    pub problems: Vec<String>,
}

impl Checked {
    pub fn passed(&self) -> bool {
        self.problems.is_empty()
    }
}

/// Reads a file of expectations: a YAML list.
pub fn expectations(path: &Path) -> Result<Vec<Expectation>, KbError> {
    let size = std::fs::metadata(path).map_err(KbError::io(path))?.len();
    if size > MAX_BYTES {
        return Err(wrong(path, 1, "it is too large for a file of expectations"));
    }
    let text = std::fs::read_to_string(path).map_err(KbError::io(path))?;
    let raws: Vec<Spanned<Raw>> = serde_saphyr::from_str(&text).map_err(|error| {
        let line = error.location().map_or(1, |place| place.line() as usize);
        let message = error.without_snippet().to_string();
        let first = message.lines().next().unwrap_or_default();
        wrong(path, line, format!("no list of expectations: {first}"))
    })?;
    let read = raws.into_iter().map(|raw| {
        let line = raw.referenced.line() as usize;
        expectation(raw.value, line).map_err(|what| wrong(path, line, what))
    });
    read.collect()
}

fn wrong(path: &Path, line: usize, what: impl Into<String>) -> KbError {
    KbError::Questions {
        path: path.to_owned(),
        line,
        what: what.into(),
    }
}

fn expectation(raw: Raw, line: usize) -> Result<Expectation, &'static str> {
    let (says, never_says): (Vec<_>, Vec<_>) = (raw.says.into(), raw.never_says.into());
    let texts = !says.is_empty() || !never_says.is_empty();
    let wanted = [
        raw.expect.map(Wanted::Answer),
        raw.suggest.map(Wanted::Offer),
        raw.hand_over.then_some(Wanted::HandOver),
        raw.no_answer.then_some(Wanted::NoAnswer),
    ];
    let mut wanted = wanted.into_iter().flatten();
    let wanted = match (wanted.next(), wanted.next()) {
        (_, Some(_)) => return Err("`expect`, `suggest`, `hand_over`, `no_answer`: one of them"),
        (Some(Wanted::Answer(entry)), None) => Wanted::Answer(entry),
        (Some(_), None) if texts => {
            return Err(
                "`says` and `never_says` are about an answer, so they go with `expect` only",
            );
        }
        (Some(wanted), None) => wanted,
        (None, None) if texts => Wanted::Some,
        (None, None) => {
            return Err("what is expected? Say `expect`, `suggest`, `hand_over: true` or `says`");
        }
    };
    if raw.question.trim().is_empty() {
        return Err("the question is empty");
    }
    Ok(Expectation {
        line,
        question: raw.question,
        person: Person { signed: raw.signed },
        wanted,
        says,
        never_says,
    })
}

/// Asks every question of a file.
pub fn check(
    generation: &Generation,
    settings: &Settings,
    file: &Path,
) -> Result<Vec<Checked>, KbError> {
    let expectations = expectations(file)?;
    let mut names = HashSet::new();
    for entry in generation.entries() {
        let entry = entry?;
        names.extend([entry.id, entry.path].into_iter().chain(entry.url));
    }
    let check = |expectation: Expectation| {
        let judgement =
            generation.judge_for(&expectation.person, &expectation.question, settings)?;
        let problems = expectation.problems(&judgement, &names);
        Ok(Checked {
            file: file.to_owned(),
            line: expectation.line,
            question: expectation.question,
            verdict: judgement.verdict,
            confidence: judgement.confidence,
            entry: judgement.candidates.into_iter().next().map(|c| c.entry),
            problems,
        })
    };
    expectations.into_iter().map(check).collect()
}

impl Expectation {
    fn problems(&self, judgement: &Judgement, names: &HashSet<String>) -> Vec<String> {
        let mut problems = Vec::new();
        if let Wanted::Answer(name) | Wanted::Offer(name) = &self.wanted
            && !names.contains(name)
        {
            problems.push(format!("the knowledge has no entry or document `{name}`"));
        }
        if !self.is_met(judgement) {
            problems.push(format!("expected {}, got {}", self.wish(), told(judgement)));
        }
        if let Some(answer) = &judgement.answer {
            let answer = answer.markdown.to_lowercase();
            let has = |text: &&String| answer.contains(&text.to_lowercase());
            let missing = self.says.iter().filter(|text| !has(text));
            problems.extend(missing.map(|text| format!("the answer lacks “{text}”")));
            let too_much = self.never_says.iter().filter(has);
            problems.extend(too_much.map(|text| format!("the answer has “{text}”")));
        }
        problems
    }

    fn is_met(&self, judgement: &Judgement) -> bool {
        let first = judgement.candidates.first();
        let answered = judgement.verdict == Verdict::Answer;
        match &self.wanted {
            Wanted::Answer(name) => answered && first.is_some_and(|found| is(found, name)),
            Wanted::Offer(name) => match judgement.verdict {
                Verdict::Answer => first.is_some_and(|found| is(found, name)),
                Verdict::Suggest => judgement.candidates.iter().any(|found| is(found, name)),
                Verdict::Unsure => false,
            },
            Wanted::HandOver => judgement.verdict == Verdict::Unsure,
            Wanted::NoAnswer => !answered,
            Wanted::Some => answered,
        }
    }

    fn wish(&self) -> String {
        match &self.wanted {
            Wanted::Answer(name) => format!("the answer of `{name}`"),
            Wanted::Offer(name) => format!("`{name}` as the answer or as a suggestion"),
            Wanted::HandOver => "a hand-over".to_owned(),
            Wanted::NoAnswer => "no answer".to_owned(),
            Wanted::Some => "an answer".to_owned(),
        }
    }
}

fn is(found: &Candidate, name: &str) -> bool {
    found.entry == name || found.source.path == name || found.source.url.as_deref() == Some(name)
}

fn told(judgement: &Judgement) -> String {
    let entries: Vec<_> = judgement
        .candidates
        .iter()
        .map(|found| format!("`{}`", found.entry))
        .collect();
    match (judgement.verdict, entries.first()) {
        (Verdict::Answer, Some(first)) => {
            format!("the answer of {first} ({:.2} sure)", judgement.confidence)
        }
        (Verdict::Suggest, Some(_)) => format!(
            "suggestions ({:.2} sure): {}",
            judgement.confidence,
            entries.join(", ")
        ),
        (_, Some(first)) => format!(
            "a hand-over ({:.2} sure; nearest was {first})",
            judgement.confidence
        ),
        (_, None) => "a hand-over (nothing is near)".to_owned(),
    }
}
