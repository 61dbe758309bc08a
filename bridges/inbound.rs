//! What comes in: who did what where on a platform, told to an `Inbox`.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::text::Text;
use crate::{Channel, ConnectionId, PostId, Thread};

/// Something that happened on the platform.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inbound {
    pub connection: ConnectionId,
    /// Names what happened, and is made from the thing itself and not from the message that told of it: `said:POST`,
    /// `edited:POST:WHEN`, `deleted:POST`, so that an event and a later look at the history give the same name. A
    /// repeated id has no second effect.
    pub event_id: String,
    pub origin: Origin,
    pub agent: Person,
    /// Milliseconds since 1970, by the platform's clock.
    pub sent_at: i64,
    pub what: Happened,
}

/// Where it happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    Thread(Thread),
    /// In a channel, outside of any thread. A visitor who writes from a platform would come here too.
    Channel(Channel),
}

/// The closed list of what a bridge reports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Happened {
    Said(Said),
    /// A member changed what they had said.
    Edited {
        post: PostId,
        text: Text,
    },
    Deleted {
        post: PostId,
    },
    /// A member put a sign on a message (ours or one of theirs) or took it away. `sign` is the emoji itself.
    Reacted {
        post: PostId,
        sign: String,
        on: bool,
    },
    /// A button of ours was pressed. `action` is what `Button` had.
    Pressed {
        post: PostId,
        action: String,
    },
    Typing,
    /// Somebody deleted the thread; a platform that does not tell shows it at the next send.
    ThreadGone,
}

/// Words of a member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    pub post: PostId,
    pub text: Text,
    pub files: Vec<RemoteFile>,
    /// The post that this one answers.
    pub quotes: Option<PostId>,
    /// Set when the line seems meant for a colleague.
    pub aside: Option<Aside>,
}

impl Said {
    /// Words and nothing around them.
    pub fn words(post: PostId, text: Text) -> Self {
        Said {
            post,
            text,
            files: Vec::new(),
            quotes: None,
            aside: None,
        }
    }
}

/// Why a line seems meant for a colleague.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aside {
    /// It begins by mentioning a member, a role or everyone.
    Mention,
    /// It answers a member's message, not one of ours.
    Reply,
}

/// A file that a member sent. `handle` is what `Bridge::fetch` needs; it may be good for a day only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoteFile {
    pub name: String,
    /// Bytes, as the platform says; checked again while fetching.
    pub size: u64,
    pub handle: String,
}

/// A member of the team, as the platform knows them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Person {
    pub id: String,
    pub name: String,
    /// What the platform calls their picture, an address or an id; another picture is called something else. What
    /// `Bridge::face` needs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub avatar: Option<String>,
    /// Roles (Discord), user groups that the configuration names (Slack), `admin` (Telegram).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
    /// From another workspace, or a guest of this one.
    #[serde(default)]
    pub guest: bool,
}

impl Person {
    pub fn new(id: impl Into<String>, name: impl Into<String>) -> Self {
        Person {
            id: id.into(),
            name: name.into(),
            ..Person::default()
        }
    }
}

/// A thread in which a team still talks, and how far it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveThread {
    pub thread: Thread,
    /// The last message that was handed in, of whomever and whatever came of it.
    pub after: Option<PostId>,
    /// Messages that the visitor got: if one is not there any more, somebody deleted it meanwhile.
    pub kept: Vec<PostId>,
}

/// Where a bridge hands in what happened.
#[async_trait]
pub trait Inbox: Send + Sync {
    /// Returns `Ok` only when the inbound thing is on disk (or is known already, or is nobody's business).
    /// Only then may the bridge confirm it to its platform.
    async fn receive(&self, inbound: Inbound) -> Result<(), NotStored>;

    /// Whether the same thing was stored under an older name that events of this kind once had.
    async fn knows(&self, _inbound: &Inbound, _older_id: &str) -> Result<bool, NotStored> {
        Ok(false)
    }

    /// The threads to look through after a time without connection, for platforms that keep a history.
    async fn live(&self, _connection: &ConnectionId) -> Result<Vec<LiveThread>, NotStored> {
        Ok(Vec::new())
    }
}

/// The inbound thing is not stored: do not confirm it, fetch it again.
#[derive(Debug, thiserror::Error)]
#[error("not stored: {0}")]
pub struct NotStored(pub String);
