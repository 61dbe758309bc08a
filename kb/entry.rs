//! The unit of knowledge: one FAQ entry or one section of a document, with where it came from.

use serde::{Deserialize, Serialize};

use crate::personal::Requires;

/// What an entry was in its source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A question with its answer.
    Faq,
    /// A section of a document.
    Document,
}

/// One thing the knowledge can answer with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Unique in its generation: given by the author, or made of path and heading.
    pub id: String,
    pub kind: Kind,
    /// The question, or the path of headings that leads to the section.
    pub title: String,
    /// Other phrasings of the question.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alternates: Vec<String>,
    /// The answer or the section's text, in Markdown.
    pub body: String,
    /// The page to show as the source, if the author or the base URL gives one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The file within the indexed path.
    pub path: String,
    /// Whom it is for; without it, for everybody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requires: Option<Requires>,
}

/// From so many words on, a body says more than a title alone.
const LONG: usize = 20;

impl Entry {
    /// Whether it is found by its phrasings rather than by its text: an FAQ entry, unless it has one phrasing
    /// and much to say.
    pub(crate) fn is_phrased(&self) -> bool {
        let long = || self.body.split_whitespace().nth(LONG).is_some();
        self.kind == Kind::Faq && !(self.alternates.is_empty() && long())
    }

    /// Where this entry comes from, as shown below an answer.
    pub fn source(&self) -> Source {
        Source {
            title: self.title.clone(),
            url: self.url.clone(),
            path: self.path.clone(),
        }
    }

    /// The ways its author would ask for it: the title first, then the alternates.
    pub fn phrasings(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.title.as_str()).chain(self.alternates.iter().map(String::as_str))
    }
}

/// The origin of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Source {
    pub title: String,
    /// Absolute link, when a base URL is set or the entry carries its own.
    pub url: Option<String>,
    /// The file within the indexed path.
    pub path: String,
}
