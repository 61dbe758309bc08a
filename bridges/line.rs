//! What goes out: a line for a thread, the posts that carry it, and what may be done to them later.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::text::Text;

/// The longest `Button::action`, in bytes: Telegram's limit, the smallest of the three
/// (<https://core.telegram.org/bots/api#inlinekeyboardbutton>).
pub const LONGEST_ACTION: usize = 64;

/// One line for a thread. `delivery` is the outbox's id for it (at most 22 characters).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub delivery: String,
    pub author: LineAuthor,
    pub text: Text,
    /// Uploaded with the line, after its words.
    pub files: Vec<Attachment>,
    /// The post in the same thread that this line answers.
    pub quotes: Option<PostId>,
    /// Shown under the last post of the line, a row each.
    pub buttons: Vec<Vec<Button>>,
    /// Who is called by this line. Nothing in `text` ever calls anybody.
    pub mention: Option<Mention>,
    /// Parts of this line that an earlier attempt already posted, so that they are not said twice.
    pub parts_done: u32,
    /// Set when an earlier attempt may have posted this without our knowing: not before this time (milliseconds since
    /// 1970). The bridge looks for it first, where its platform allows that.
    pub doubt_since: Option<i64>,
}

impl Line {
    /// A line of plain words with nothing around them.
    pub fn new(delivery: impl Into<String>, author: LineAuthor, text: Text) -> Self {
        Line {
            delivery: delivery.into(),
            author,
            text,
            files: Vec::new(),
            quotes: None,
            buttons: Vec::new(),
            mention: None,
            parts_done: 0,
            doubt_since: None,
        }
    }
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

/// A file that goes out. Its type was found by looking at its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    pub name: String,
    pub mime: String,
    pub bytes: Bytes,
}

/// Something to press. `action` comes back unchanged with `Happened::Pressed`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Button {
    /// At most `LONGEST_ACTION` bytes of letters, digits, `:`, `-` and `_`.
    pub action: String,
    /// At most 75 characters (Slack's limit).
    pub label: String,
    pub look: Look,
}

/// How much a button stands out, where the platform can show that.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Look {
    #[default]
    Plain,
    Primary,
    Danger,
}

/// Whom a line calls.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mention {
    /// A member, by the platform's id (for Telegram: the number, or `@username`).
    Person(String),
    /// A role (Discord) or user group (Slack), by id. Telegram has neither.
    Role(String),
    /// Everyone who is there now (Slack, Discord). Telegram has no such mention.
    Here,
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

/// A thread that now exists, and what of its first line already stands in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    pub thread: crate::Thread,
    pub posts: Vec<Post>,
}

/// What is done to posts of ours, or (for `React`) to a member's own message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PostChange {
    /// The lines that these posts carry, as they are now. Too few posts: the rest is posted; too many: the last ones
    /// are deleted. Buttons that the lines do not have any more go away.
    Edit(Vec<Line>),
    Delete,
    React {
        sign: Sign,
        on: bool,
    },
}

/// What a reaction of ours says about a member's message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sign {
    /// The visitor had it before their eyes.
    Seen,
    /// It did not reach the visitor.
    Failed,
    /// It was taken back; the visitor does not see it any more.
    Recalled,
}

/// What becomes of a thread as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mark {
    Open,
    /// The conversation is closed: archive or close the thread.
    Done,
    /// This member answers from here on: they follow or join the thread, where the platform has that.
    Taken {
        by: String,
    },
}
