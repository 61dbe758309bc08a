//! `Phraser`: one site's model. Puts a question to it, takes its answer sentence by sentence, and stops at the
//! first thing that is not right.

use std::time::Duration;

use futures_util::{Stream, StreamExt};
use serde::{Deserialize, Serialize};
use tokio::time::{Instant, timeout_at};

use super::breaker::Breaker;
use super::budget::{Budget, Ledger};
use super::checks::{Checker, Refused};
use super::client::{Client, Piece, Trouble};
use super::prompt::{self, Message, NONE, Passage, Turn};
use super::sentences::{Cutter, Sentence};

pub use super::checks::Released;

/// More sentences than this are not read.
const MOST_SENTENCES: usize = 10;
/// So many bytes of text make at least one token; a prompt is counted as if each token were this short.
const BYTES_PER_TOKEN: u64 = 2;

/// The model of a site and what it may cost. There is no `Debug`: the key must not be shown.
#[derive(Clone)]
pub struct Model {
    /// For instance `https://api.openai.com/v1`.
    pub base_url: String,
    pub name: String,
    pub key: Option<String>,
    /// Hosts that answers may link to, besides those of the passages.
    pub hosts: Vec<String>,
    /// The most tokens of one answer.
    pub most_tokens: u32,
    /// Not sent if there is none; some models take no other than their own.
    pub temperature: Option<f32>,
    pub first_token_within: Duration,
    /// The whole answer; also the most that `first_token_within` can be.
    pub answer_within: Duration,
    pub budget: Budget,
}

/// A question with all that the model gets to see.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// Who asks, for the budget only; the model is not told.
    pub visitor: &'a str,
    pub question: &'a str,
    pub turns: &'a [Turn],
    pub passages: &'a [Passage],
}

/// How it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The whole answer passed its checks.
    Phrased(Vec<Released>),
    /// The model says that the passages do not answer.
    Declined,
    /// A sentence did not pass.
    Refused(Refused),
    /// The model failed.
    Trouble(Trouble),
    /// It failed too often lately and was not asked.
    Resting,
    /// The visitor or the site has spent the tokens of the day; it was not asked.
    OverBudget,
}

/// An outcome and what a verdict records of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    pub outcome: Outcome,
    pub record: Record,
}

/// What a verdict records of the model. None of its words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    pub model: String,
    /// Short hash of the whole prompt.
    pub prompt: String,
    /// How it ended, in words.
    pub outcome: String,
    /// What it has cost, as the server or our own estimate has it.
    pub tokens: u64,
}

/// Asks one site's model. Shared by all questions of the site.
pub struct Phraser {
    model: Model,
    client: Client,
    breaker: Breaker,
    ledger: Ledger,
}

/// What one question has taken from the model so far.
struct Reading<'a> {
    checker: Checker,
    cutter: Cutter,
    released: Vec<Released>,
    release: &'a mut (dyn FnMut(&Released) + Send),
}

impl Phraser {
    /// Fails only when the machine's TLS cannot be set up.
    pub fn new(model: Model) -> Result<Phraser, String> {
        Ok(Phraser {
            client: Client::new(&model)?,
            breaker: Breaker::default(),
            ledger: Ledger::new(model.budget),
            model,
        })
    }

    /// Asks the model. `release` gets each sentence as soon as it has passed; if the outcome is another than
    /// `Phrased`, no more comes and what came stays true, but is not the whole answer.
    pub async fn phrase(
        &self,
        ask: &Ask<'_>,
        release: &mut (dyn FnMut(&Released) + Send),
    ) -> Written {
        let messages = prompt::messages(ask.question, ask.turns, ask.passages);
        let mut tokens = 0;
        let outcome = self.outcome(ask, &messages, release, &mut tokens).await;
        let record = Record {
            model: self.model.name.clone(),
            prompt: prompt::hash(&messages),
            outcome: outcome.to_string(),
            tokens,
        };
        Written { outcome, record }
    }

    async fn outcome(
        &self,
        ask: &Ask<'_>,
        messages: &[Message],
        release: &mut (dyn FnMut(&Released) + Send),
        tokens: &mut u64,
    ) -> Outcome {
        let prompt = estimate(messages.iter().map(|message| message.content.len()).sum());
        let most = prompt + u64::from(self.model.most_tokens);
        let Some(mut reserved) = self.ledger.reserve(ask.visitor, most) else {
            return Outcome::OverBudget;
        };
        if !self.breaker.lets_pass(std::time::Instant::now()) {
            return Outcome::Resting;
        }
        let reading = Reading {
            checker: Checker::new(ask.passages, &self.model.hosts),
            cutter: Cutter::default(),
            released: Vec::new(),
            release,
        };
        let read = self.read(messages, prompt, reading, tokens).await;
        reserved.spend(*tokens);
        self.note(&read);
        read.unwrap_or_else(Outcome::Trouble)
    }

    /// Reads the stream to its end, or to the first sentence that does not pass.
    async fn read(
        &self,
        messages: &[Message],
        prompt: u64,
        mut reading: Reading<'_>,
        tokens: &mut u64,
    ) -> Result<Outcome, Trouble> {
        let last = Instant::now() + self.model.answer_within;
        let first = last.min(Instant::now() + self.model.first_token_within);
        let opened = timeout_at(first, self.client.ask(messages)).await;
        let mut pieces = opened.map_err(|_| Trouble::Late)??;
        // A server that takes no question costs nothing: the tries of a bad day must not spend the budget.
        *tokens = prompt;
        let (mut by, mut bytes) = (first, 0);
        while let Some(piece) = next(&mut pieces, by).await? {
            if !piece.text.is_empty() {
                by = last;
            }
            bytes += piece.text.len();
            *tokens = piece
                .tokens
                .unwrap_or((prompt + estimate(bytes)).max(*tokens));
            if let Some(outcome) = reading.take(&piece.text) {
                return Ok(outcome);
            }
        }
        Ok(reading.end())
    }

    /// Failures of the model count against it; what it writes does not.
    fn note(&self, read: &Result<Outcome, Trouble>) {
        let model = &self.model.name;
        match read {
            Ok(_) if self.breaker.succeeded() => tracing::info!(model, "the model answers again"),
            Ok(_) => {}
            Err(trouble) if self.breaker.failed(std::time::Instant::now()) => {
                tracing::warn!(model, %trouble, "the model failed too often and is left alone for a while");
            }
            Err(trouble) => tracing::warn!(model, %trouble, "the model failed"),
        }
    }
}

impl Reading<'_> {
    /// Takes what has come; gives the outcome if this is the end.
    fn take(&mut self, text: &str) -> Option<Outcome> {
        let sentences = self.cutter.push(text);
        if let Some(outcome) = self.sentences(sentences) {
            return Some(outcome);
        }
        let endless = self.cutter.is_endless();
        endless.then_some(Outcome::Refused(Refused::TooLong))
    }

    fn sentences(&mut self, sentences: Vec<Sentence>) -> Option<Outcome> {
        for sentence in sentences {
            if is_none(&sentence.text) {
                return Some(Outcome::Declined);
            }
            match self.checker.check(&sentence) {
                Err(why) => return Some(Outcome::Refused(why)),
                // Models that begin to repeat themselves do not stop.
                Ok(again) if self.released.iter().any(|old| old.text == again.text) => {
                    return Some(self.all());
                }
                Ok(new) => {
                    (self.release)(&new);
                    self.released.push(new);
                }
            }
            if self.released.len() >= MOST_SENTENCES {
                return Some(self.all());
            }
        }
        None
    }

    fn end(mut self) -> Outcome {
        let rest = std::mem::take(&mut self.cutter).finish();
        match self.sentences(rest) {
            Some(outcome) => outcome,
            None => self.all(),
        }
    }

    /// An empty text says that there is nothing to say.
    fn all(&mut self) -> Outcome {
        match self.released.is_empty() {
            true => Outcome::Declined,
            false => Outcome::Phrased(std::mem::take(&mut self.released)),
        }
    }
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Outcome::Phrased(sentences) => write!(f, "phrased in {} sentences", sentences.len()),
            Outcome::Declined => f.write_str("the passages do not answer"),
            Outcome::Refused(why) => write!(f, "refused: {why}"),
            Outcome::Trouble(trouble) => write!(f, "failed: {trouble}"),
            Outcome::Resting => f.write_str("not asked: it failed too often"),
            Outcome::OverBudget => f.write_str("not asked: the budget of the day is spent"),
        }
    }
}

async fn next(
    pieces: &mut (impl Stream<Item = Result<Piece, Trouble>> + Unpin),
    by: Instant,
) -> Result<Option<Piece>, Trouble> {
    let piece = timeout_at(by, pieces.next()).await;
    piece.map_err(|_| Trouble::Late)?.transpose()
}

fn is_none(sentence: &str) -> bool {
    let letters = sentence.trim_matches(|c: char| !c.is_alphabetic());
    letters == NONE
}

fn estimate(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX) / BYTES_PER_TOKEN
}
