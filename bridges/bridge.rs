//! The `Bridge` trait: what a platform is to the rest of hinny.
//!
//! A bridge carries lines into threads and brings replies out of them. It decides nothing about
//! conversations, stores nothing, and keeps no queue: the outbox calls `send` again when it must.

use std::time::Duration;

use async_trait::async_trait;
use serde::Serialize;

use crate::{
    Channel, Inbox, Line, Mark, Opened, Person, Post, PostChange, PostId, RemoteFile, Thread,
};

/// A batch that stopped: what had been posted before, and what to do about the rest.
#[derive(Debug, thiserror::Error)]
#[error("{error}")]
pub struct SendStopped {
    pub sent: Vec<Post>,
    #[source]
    pub error: SendError,
}

/// Why a call did not go through. Each variant is what the caller does next.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// Not before `retry_after`; says nothing about the line itself and counts as no attempt.
    #[error("the platform asks to wait {} s", retry_after.as_secs())]
    RateLimited { retry_after: Duration },
    /// The thread does not exist any more, or can never be written to again: open another.
    #[error("the thread is gone")]
    ThreadGone,
    /// The platform will never take this; a person has to look.
    #[error("refused: {0}")]
    Refused(String),
    /// The channel is gone or closed to us (deleted, bot removed, right lost): try again much later, tell the operator.
    /// Other channels of the connection may still work.
    #[error("no access: {0}")]
    NoAccess(String),
    /// The credential was not accepted: stop this connection and tell the operator.
    #[error("the credential was not accepted: {0}")]
    Unauthorized(String),
    /// Surely not sent: try again later.
    #[error("unreachable: {0}")]
    Unreachable(String),
    /// May have been sent or not; a repeat may show once more.
    #[error("the outcome is unknown: {0}")]
    Ambiguous(String),
}

/// Why a member's file cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// It is larger than the limit.
    #[error("the file is too large")]
    TooLarge,
    /// It is not there any more, or never was.
    #[error("the file cannot be had: {0}")]
    Gone(String),
    /// Try again later.
    #[error("unreachable: {0}")]
    Unreachable(String),
}

/// One thing that `hinny doctor` looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was looked at, for instance "the bot may open topics in Support".
    pub what: String,
    pub grade: Grade,
    /// What to click or change, when it is not good.
    pub fix: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    Good,
    /// Works, but a person should know.
    Doubtful,
    /// Does not work, or is not safe.
    Bad,
}

impl Finding {
    pub fn good(what: impl Into<String>) -> Self {
        Finding {
            what: what.into(),
            grade: Grade::Good,
            fix: None,
        }
    }

    pub fn doubtful(what: impl Into<String>, fix: impl Into<String>) -> Self {
        Finding {
            what: what.into(),
            grade: Grade::Doubtful,
            fix: Some(fix.into()),
        }
    }

    pub fn bad(what: impl Into<String>, fix: impl Into<String>) -> Self {
        Finding {
            what: what.into(),
            grade: Grade::Bad,
            fix: Some(fix.into()),
        }
    }
}

/// One platform. The list of verbs is closed: a need for another verb is first a need for a better type.
#[async_trait]
pub trait Bridge: Send + Sync {
    /// Makes a thread in `channel`, called `title` there, for a conversation whose first line is `first` (the hand-over
    /// card). A platform on which a thread hangs on a message posts that line as the message, and says so.
    async fn open(&self, channel: &Channel, title: &str, first: &Line)
    -> Result<Opened, SendError>;

    /// Sends a batch for one thread, in order. Short lines may be joined into one post, long ones split.
    async fn send(&self, thread: &Thread, batch: &[Line]) -> Result<Vec<Post>, SendStopped>;

    /// Changes posts that exist: those of one line in order, or one message of a member's for a reaction. Returns
    /// posts that were made or carry something else now. What is not there any more is no error.
    async fn change(
        &self,
        thread: &Thread,
        posts: &[PostId],
        change: &PostChange,
    ) -> Result<Vec<Post>, SendError>;

    /// Says what becomes of the thread as a whole.
    async fn mark(&self, thread: &Thread, mark: &Mark) -> Result<(), SendError>;

    /// A link to the thread for members of the team, if the platform can be asked for one.
    async fn link(&self, thread: &Thread) -> Option<String> {
        thread.link()
    }

    /// Shows for a few seconds that the visitor writes, where the platform has that. Best effort.
    async fn typing(&self, thread: &Thread) -> Result<(), SendError>;

    /// The bytes of a member's file, at most `limit`.
    async fn fetch(&self, file: &RemoteFile, limit: u64) -> Result<Vec<u8>, FetchError>;

    /// The bytes of a member's picture, at most `limit`.
    async fn face(&self, person: &Person, _limit: u64) -> Result<Vec<u8>, FetchError> {
        Err(FetchError::Gone(format!(
            "there is no picture of {}",
            person.id
        )))
    }

    /// Brings inbound things to `inbox`, in order per thread, until something fails. First what was missed while nobody
    /// listened, where the platform keeps a history. The caller waits and calls again.
    async fn listen(&self, inbox: &dyn Inbox) -> SendError;

    /// Asks the platform whether the credential works; for readiness.
    async fn check(&self) -> Result<(), SendError>;

    /// Looks at everything that has to be right before this connection works in these channels: token, scopes, intents,
    /// channel, rights, who can see the channel, clock. `agents_by_role` names roles that must exist.
    async fn examine(&self, channels: &[Channel], agents_by_role: &[String]) -> Vec<Finding>;
}
