//! What can go wrong with knowledge, one variant per thing a caller may do next. A broken source file
//! is not an error: it is a `Problem` in the report, and the rest is indexed.

use std::path::{Path, PathBuf};

use crate::index::Problem;

/// Why the knowledge could not be opened, built or asked.
#[derive(Debug, thiserror::Error)]
pub enum KbError {
    /// The disk refused; the path says where.
    #[error("{path}: {source}")]
    Io {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    /// A generation on disk cannot be read; indexing again builds a new one.
    #[error("the index in {path} is broken ({what}); index the knowledge again")]
    Broken { path: PathBuf, what: String },
    /// A path that was named does not exist; what was indexed before is untouched.
    #[error("{path}: there is no such file or folder; the index is left as it is")]
    Missing { path: PathBuf },
    /// Nothing could be read, and something is known; what was indexed before is untouched.
    #[error(
        "nothing could be read, so the index is left as it is:\n{}",
        lines(problems)
    )]
    Nothing { problems: Vec<Problem> },
    /// The entry cannot stand among the saved ones; a person has to look.
    #[error("“{question}” is answered in {path} already; change it there")]
    Known { question: String, path: String },
    /// Another process is indexing this library right now.
    #[error("another process is indexing {path}")]
    Busy { path: PathBuf },
    /// A site could not be walked at all.
    #[error("{what}")]
    Crawl { what: String },
    /// The server that makes the vectors; what was indexed before is untouched.
    #[error("{server} gave no vectors ({what}); the index is left as it is")]
    Embeddings { server: String, what: String },
    /// The search engine failed while building or reading.
    #[error("the search index failed")]
    Engine(#[from] tantivy::TantivyError),
    /// A question file of an evaluation cannot be used.
    #[error("{path}, line {line}: {what}")]
    Questions {
        path: PathBuf,
        line: usize,
        what: String,
    },
}

fn lines(problems: &[Problem]) -> String {
    let lines = problems.iter().map(|problem| format!("  {problem}"));
    lines.collect::<Vec<_>>().join("\n")
}

impl KbError {
    pub(crate) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> KbError + '_ {
        move |source| KbError::Io {
            path: path.to_owned(),
            source,
        }
    }

    pub(crate) fn broken(path: &Path, what: impl ToString) -> KbError {
        KbError::Broken {
            path: path.to_owned(),
            what: what.to_string(),
        }
    }
}
