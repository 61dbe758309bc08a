//! A language model may phrase an answer, and never invent one. It gets the question, the last turns and the
//! passages that were found, numbered; what it writes is cut into sentences, and each is released only after
//! its citation, its links and its words have passed their checks. At the first failure nothing more is taken
//! from it, and the caller falls back on the answer that needs no model. Safety never rests on the model.
//!
//! Which file answers which question:
//! - `prompt`: what the model is told, and the hash that verdicts record.
//! - `client`: how it is asked, with limits on time and bytes.
//! - `sentences`: where a sentence ends in a text that is still coming.
//! - `checks`: what a sentence must be like; `support`: whether its passage says it.
//! - `render`: how released sentences become an answer.
//! - `breaker` and `budget`: when it is not asked at all.
//! - `embeddings`: how a server is asked for vectors, which `kb/embed` compares.

pub(crate) mod breaker;
mod budget;
mod checks;
mod client;
mod embeddings;
mod phraser;
mod prompt;
#[cfg(test)]
mod property_tests;
mod render;
mod sentences;
mod support;

pub use budget::Budget;
pub use checks::Refused;
pub use client::Trouble;
pub(crate) use embeddings::EmbeddingsClient;
pub use phraser::{Ask, Model, Outcome, Phraser, Record, Released, Written};
pub use prompt::{Passage, Turn};
pub use render::markdown;
pub use support::{Support, Unsupported};
