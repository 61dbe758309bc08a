//! Knowledge: reads FAQ files and documents, indexes them into generations on disk, ranks entries for a
//! question and judges how likely the best one is right. All of that is synchronous and uses the caller's thread;
//! only the model and the walks over websites wait for others. It knows nothing of conversations or platforms.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod analyze;
#[cfg(test)]
mod answers_tests;
mod assemble;
mod chunk;
mod confidence;
mod crawl;
mod draft;
mod embed;
mod engine;
mod entry;
mod error;
mod eval;
#[cfg(test)]
mod eval_tests;
mod expect;
#[cfg(test)]
mod expect_tests;
mod explain;
mod features;
mod fuse;
#[cfg(test)]
mod fuzz_tests;
pub mod gaps;
mod gather;
mod generation;
mod identifiers;
mod index;
#[cfg(test)]
mod index_tests;
mod judge;
mod language;
#[cfg(test)]
mod language_tests;
mod library;
#[cfg(test)]
mod library_tests;
mod links;
pub mod llm;
mod mask;
mod metrics;
mod personal;
#[cfg(test)]
mod property_tests;
mod read;
mod retrieve;
mod saved;
#[cfg(test)]
mod saved_tests;
mod scan;
mod self_questions;
mod semantic;
mod settings;
mod slug;
mod sureness;
mod typos;

pub use crawl::{
    CrawlJob, CrawlLimits, CrawlReport, crawl, crawl_folder, crawl_folders, crawled_at,
    is_private_host,
};
pub use draft::{Origin, Proposal, propose, write_proposals};
pub use embed::{Embedder, EmbeddingServer, Embeddings};
pub use entry::{Entry, Kind, Source};
pub use error::KbError;
pub use eval::{CurvePoint, Evaluation, Outcome, evaluate};
pub use expect::{Checked, Expectation, check as check_expectations, expectations};
pub use explain::{Basis, Explanation, Reason};
pub use generation::{FileRecord, Generation, Manifest};
pub use index::{IndexJob, IndexReport, Problem, Progress};
pub use judge::{Answer, Borders, Candidate, Judgement, MAX_QUERY_CHARS, Verdict};
pub use library::Library;
pub use links::LinkStyle;
pub use mask::mask;
pub use metrics::EvalReport;
pub use personal::{Person, Personal, Requires};
pub use read::{PdfReader, read_pdf};
pub use retrieve::MAX_TERMS;
pub use saved::{Lesson, Saved};
pub use semantic::SMALLEST;
pub use settings::{Boldness, Settings};
pub use slug::Slugs as Anchors;
