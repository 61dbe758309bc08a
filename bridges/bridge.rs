//! The `Bridge` trait and its words: what a platform is to the rest of hinny.
//!
//! A bridge carries lines into threads and brings replies out of them. It decides nothing about
//! conversations, stores nothing, and keeps no queue: the outbox calls `send` again when it must.

use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::text::Text;

/// Names one credential with one listener, for instance `telegram`. It comes from the configuration.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ConnectionId(pub String);

/// Where a site's threads are opened: a connection and a channel behind it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Target {
    pub connection: ConnectionId,
    pub channel: Channel,
}

/// The platform's place in which threads are opened.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "platform", rename_all = "snake_case")]
pub enum Channel {
    Desk,
    Telegram(TelegramChannel),
}

/// A forum supergroup.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TelegramChannel {
    pub chat: i64,
}

/// A place on a platform where one conversation is talked about.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "platform", rename_all = "snake_case")]
pub enum Thread {
    Desk(DeskThread),
    Telegram(TelegramThread),
}

impl Thread {
    /// Whether this thread is in `channel`.
    pub fn is_in(&self, channel: &Channel) -> bool {
        match (self, channel) {
            (Thread::Desk(_), Channel::Desk) => true,
            (Thread::Telegram(thread), Channel::Telegram(channel)) => thread.chat == channel.chat,
            (Thread::Desk(_) | Thread::Telegram(_), _) => false,
        }
    }
}

/// The desk knows its threads by the delivery that opened them.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DeskThread {
    pub id: String,
}

/// A forum topic.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TelegramThread {
    pub chat: i64,
    pub topic: i32,
}

/// One line for a thread. `delivery` is the outbox's id for it (at most 22 characters).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub delivery: String,
    pub author: LineAuthor,
    pub text: Text,
    /// Parts of this line that an earlier attempt already posted, so that they are not said twice.
    pub parts_done: u32,
}

/// Who speaks in a line; the bridge decides how its platform shows that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LineAuthor {
    Visitor {
        name: String,
    },
    Bot,
    /// The team's own words said somewhere else, for instance at the desk.
    Agent {
        name: String,
    },
    /// hinny itself: the hand-over card, notices, hints.
    Hinny,
}

/// The platform's name of one message, unique within the connection.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PostId(pub String);

/// One platform message that now exists, and what it carries. Lines may share a post or span several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Post {
    pub id: PostId,
    pub carries: Vec<Part>,
}

/// Part `index` (from 0) of a line; `last` marks the one that completes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    pub delivery: String,
    pub index: u32,
    pub last: bool,
}

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
    /// The thread does not exist any more: open another.
    #[error("the thread is gone")]
    ThreadGone,
    /// The platform will never take this; a person has to look.
    #[error("refused: {0}")]
    Refused(String),
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

/// Something that happened on the platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inbound {
    pub connection: ConnectionId,
    /// The platform's id of the event; a repeated id must have no second effect.
    pub event_id: String,
    pub origin: Origin,
    pub agent: Person,
    /// Milliseconds since 1970, by the platform's clock.
    pub sent_at: i64,
    pub what: Happened,
}

/// Where it happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    Thread(Thread),
    /// In a channel, outside of any thread. A visitor who writes from a platform would come here too.
    Channel(Channel),
}

/// The closed list of what a bridge reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happened {
    Said { post: PostId, text: Text },
}

/// A member of the team, as the platform knows them.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Person {
    pub id: String,
    pub name: String,
}

/// Where a bridge hands in what happened.
#[async_trait]
pub trait Inbox: Send + Sync {
    /// Returns `Ok` only when the inbound thing is on disk (or is known already, or is nobody's business).
    /// Only then may the bridge confirm it to its platform.
    async fn receive(&self, inbound: Inbound) -> Result<(), NotStored>;
}

/// The inbound thing is not stored: do not confirm it, fetch it again.
#[derive(Debug, thiserror::Error)]
#[error("not stored: {0}")]
pub struct NotStored(pub String);

/// One platform. The list of verbs is closed: a need for another verb is first a need for a better type.
#[async_trait]
pub trait Bridge: Send + Sync {
    /// Makes an empty thread in `channel`, called `title` there.
    async fn open(
        &self,
        channel: &Channel,
        title: &str,
        delivery: &str,
    ) -> Result<Thread, SendError>;

    /// Sends a batch for one thread, in order. Short lines may be joined into one post, long ones split.
    async fn send(&self, thread: &Thread, batch: &[Line]) -> Result<Vec<Post>, SendStopped>;

    /// Marks a thread as done on the platform (and `open = false → true` brings it back).
    async fn mark(&self, thread: &Thread, open: bool) -> Result<(), SendError>;

    /// Brings inbound things to `inbox`, in order, until something fails. The caller waits and calls again.
    async fn listen(&self, inbox: &dyn Inbox) -> SendError;

    /// Asks the platform whether the credential works; for readiness and `hinny doctor`.
    async fn check(&self) -> Result<(), SendError>;
}
