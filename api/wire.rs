//! The wire protocol's frames; see `PROTOCOL.md`. Reading is strict: what is not known is refused with a
//! sentence that says what was wrong. Each frame is an example in `fixtures/wire`.

mod check;
mod client;

use std::borrow::Cow;

use hinny_actors::ids::{Millis, Seq};
use hinny_actors::view::{Author, VisitorEvent};
use hinny_bridges::text::Text;
use serde::Serialize;

pub use check::*;
pub use client::*;

use crate::error::{Code, Problem};
use crate::look::Brand;

/// The version spoken. There is no older one yet.
pub const PROTOCOL: u32 = 1;

/// The largest frame or body that is read.
pub const MAX_FRAME: usize = 64 * 1024;

/// The longest message, in characters.
pub const MAX_TEXT: usize = 4_000;

/// Files in one message.
pub const MAX_FILES: usize = 5;

/// What the server sends.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerFrame {
    Welcome {
        protocol: u32,
        #[serde(flatten)]
        session: SessionView,
        seq: Seq,
        handling: &'static str,
    },
    Event {
        seq: Seq,
        at: Millis,
        event: VisitorEvent,
    },
    CaughtUp {
        seq: Seq,
    },
    Ack {
        id: String,
        seq: Seq,
        conversation: String,
    },
    Refused {
        id: Option<String>,
        error: Code,
        detail: Cow<'static, str>,
        retry_after_ms: Option<u64>,
    },
    Typing {
        author: Author,
        on: bool,
    },
    Partial {
        text: Text,
    },
    Conversations {
        id: String,
        conversations: Vec<Line>,
    },
    Conversation {
        id: String,
        #[serde(flatten)]
        past: Past,
    },
    Pong {
        n: u64,
    },
    Bye {
        error: Code,
        detail: Cow<'static, str>,
        retry_after_ms: Option<u64>,
    },
}

/// One of the visitor's own conversations, in a list.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Line {
    pub id: String,
    /// The visitor's first words.
    pub first: String,
    pub handling: &'static str,
    /// The one that goes on.
    pub current: bool,
    pub opened_at: Millis,
    pub updated_at: Millis,
}

/// A conversation's log, as far as one answer goes: to `seq`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Past {
    pub conversation: Option<String>,
    pub seq: Seq,
    pub handling: &'static str,
    pub events: Vec<Numbered>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Numbered {
    pub seq: Seq,
    pub at: Millis,
    pub event: VisitorEvent,
}

/// Who the visitor is and where they are: the heart of a `welcome`, and the answer of `POST /v1/session`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SessionView {
    pub token: String,
    pub visitor: VisitorView,
    pub conversation: Option<String>,
    pub site: SiteView,
    pub limits: LimitsView,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct VisitorView {
    pub kind: &'static str,
    pub name: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SiteView {
    pub id: String,
    pub name: String,
    pub greeting: Option<String>,
    /// What the site shows of itself, if it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brand: Option<Brand>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LimitsView {
    pub text: usize,
    pub frame: usize,
    /// The largest file, in bytes.
    pub file: u64,
    /// Files in one message.
    pub files: usize,
    /// What files may be.
    pub types: &'static [&'static str],
}

impl LimitsView {
    /// `file` is what the operator allows.
    pub fn ours(file: u64) -> LimitsView {
        LimitsView {
            text: MAX_TEXT,
            frame: MAX_FRAME,
            file,
            files: MAX_FILES,
            types: hinny_actors::files::TYPES,
        }
    }
}

impl ServerFrame {
    pub fn refused(id: Option<String>, problem: Problem) -> Self {
        ServerFrame::Refused {
            id,
            error: problem.code,
            retry_after_ms: problem.retry_after_ms(),
            detail: problem.detail,
        }
    }

    pub fn bye(problem: Problem) -> Self {
        ServerFrame::Bye {
            error: problem.code,
            retry_after_ms: problem.retry_after_ms(),
            detail: problem.detail,
        }
    }

    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("frames have string keys and no failing parts")
    }
}

#[cfg(test)]
#[path = "wire_refusals.rs"]
mod refusals;
#[cfg(test)]
#[path = "wire_tests.rs"]
mod tests;
