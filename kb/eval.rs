//! Measures a knowledge base against questions whose right entry is known: indexes it into a temporary
//! folder, asks everything once, and reports the figures of `metrics`.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::time::Instant;

use serde::{Deserialize, Serialize};

use crate::error::KbError;
use crate::generation::Generation;
use crate::index::{IndexJob, Problem};
use crate::judge::Verdict;
use crate::library::Library;
use crate::metrics::{self, EvalReport};
use crate::settings::Settings;

/// How deep the ranking is looked at, for `mrr_at_10`.
const DEPTH: usize = 10;

/// One line of a question file; without an `expect`, the right thing is not to answer.
#[derive(Clone, Debug, Deserialize)]
struct Question {
    query: String,
    expect: Option<String>,
}

/// What became of one question.
#[derive(Clone, Debug, Serialize)]
pub struct Outcome {
    pub query: String,
    pub expect: Option<String>,
    pub verdict: Verdict,
    pub confidence: f64,
    pub features: BTreeMap<String, f64>,
    /// Ids of the best entries, best first.
    pub ranked: Vec<String>,
    pub ms: f64,
}

impl Outcome {
    /// Whether the best entry is the expected one; with none expected, no entry is right.
    pub fn right(&self) -> bool {
        self.expect.is_some() && self.ranked.first() == self.expect.as_ref()
    }
}

/// One point of the curve: what a border at this confidence would mean.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct CurvePoint {
    pub border: f64,
    pub coverage: f64,
    pub wrong_rate: f64,
}

/// A report and what it was computed from.
#[derive(Clone, Debug, Serialize)]
pub struct Evaluation {
    pub report: EvalReport,
    /// `wrong_rate` against `coverage` for borders from 0 to 1.
    pub curve: Vec<CurvePoint>,
    /// What could not be indexed.
    pub problems: Vec<Problem>,
    pub outcomes: Vec<Outcome>,
}

/// Evaluates a knowledge file (any format that can be indexed) on a JSONL file of questions
/// `{"query": …, "expect": id or null}`.
pub fn evaluate(kb: &Path, queries: &Path, settings: &Settings) -> Result<Evaluation, KbError> {
    let questions = questions(queries)?;
    let temporary = tempfile::tempdir().map_err(KbError::io(&std::env::temp_dir()))?;
    let library = Library::open(temporary.path())?;
    let job = IndexJob {
        paths: vec![kb.to_owned()],
        ..IndexJob::default()
    };
    let indexed = library.index(&job, &mut |_| {})?;
    let generation = library.generation().expect("indexing has just set it");
    let deep = Settings {
        candidates: settings.candidates.max(DEPTH),
        ..*settings
    };
    let mut outcomes = Vec::with_capacity(questions.len());
    for question in questions {
        outcomes.push(ask(&generation, question, &deep)?);
    }
    Ok(Evaluation {
        report: metrics::report(&outcomes, generation.len(), settings.candidates),
        curve: curve(&outcomes),
        problems: indexed.problems,
        outcomes,
    })
}

fn questions(path: &Path) -> Result<Vec<Question>, KbError> {
    let file = File::open(path).map_err(KbError::io(path))?;
    let mut questions = Vec::new();
    for (index, line) in BufReader::new(file).lines().enumerate() {
        let line = line.map_err(KbError::io(path))?;
        if line.trim().is_empty() {
            continue;
        }
        let question = serde_json::from_str(&line).map_err(|error| KbError::Questions {
            path: path.to_owned(),
            line: index + 1,
            what: error.to_string(),
        })?;
        questions.push(question);
    }
    Ok(questions)
}

fn ask(
    generation: &Generation,
    question: Question,
    settings: &Settings,
) -> Result<Outcome, KbError> {
    let start = Instant::now();
    let judgement = generation.judge(&question.query, settings)?;
    let ms = start.elapsed().as_secs_f64() * 1_000.0;
    let ranked = judgement.candidates.into_iter();
    Ok(Outcome {
        query: question.query,
        expect: question.expect,
        verdict: judgement.verdict,
        confidence: judgement.confidence,
        features: judgement.features,
        ranked: ranked.map(|candidate| candidate.entry).collect(),
        ms,
    })
}

fn curve(outcomes: &[Outcome]) -> Vec<CurvePoint> {
    let all = outcomes.len().max(1) as f64;
    let point = |border: f64| {
        let answered = outcomes.iter().filter(|o| o.confidence >= border);
        let wrong = answered.clone().filter(|outcome| !outcome.right()).count();
        CurvePoint {
            border,
            coverage: answered.count() as f64 / all,
            wrong_rate: wrong as f64 / all,
        }
    };
    (0..=20).map(|n| point(f64::from(n) / 20.0)).collect()
}
