//! The values that go into the store and come out of it.

use hinny_bridges::{Post, PostId, Target, Thread};
use serde::{Deserialize, Serialize};

use crate::body::{Body, Context};
use crate::event::{Event, Handling};
use crate::ids::{Cause, ConversationId, DeliveryId, Millis, Seq, SessionId, SiteId, VisitorId};

pub type Stored<T> = Result<T, StoreError>;

/// The store could not do it. Nothing was written.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    #[error("the disk is full")]
    Full,
    #[error("the store is locked by another program")]
    Locked,
    #[error("the store failed: {0}")]
    Failed(String),
    /// A row that this version cannot read.
    #[error("the store holds something this version cannot read: {0}")]
    Unreadable(String),
}

/// Why a Change was not committed. Each variant is what the caller does next.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// Somebody else wrote meanwhile: load again and decide again.
    #[error("the conversation is at {actual} already")]
    Conflict { actual: Seq },
    #[error("there is no such conversation")]
    Unknown,
    /// Surely not written: tell the sender.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Written or not: load again and look the cause up.
    #[error("the outcome is not known: {0}")]
    OutcomeUnknown(String),
}

/// Everything one decision changes, written as a whole.
#[derive(Clone, Debug)]
pub struct Change {
    pub site: SiteId,
    pub conversation: ConversationId,
    /// The last seq the decision knew. 0 for a conversation without events.
    pub expected_seq: Seq,
    pub cause: Cause,
    /// Numbered from `expected_seq + 1`. May be empty: the cause is remembered all the same.
    pub events: Vec<Event>,
    pub bodies: Vec<(Seq, Body)>,
    pub deliveries: Vec<NewDelivery>,
    pub alarms_set: Vec<Alarm>,
    pub alarms_cleared: Vec<AlarmName>,
    /// Becomes the active thread.
    pub thread_opened: Option<(Target, Thread)>,
    /// What stands in the thread that was opened.
    pub posted: Vec<Post>,
    /// Belongs to the conversation too, but is not the active one.
    pub thread_twin: Option<(Target, Thread)>,
    /// Is active no longer.
    pub thread_lost: Option<Thread>,
    /// Events whose words are removed for good, in all versions.
    pub bodies_removed: Vec<Seq>,
    /// Platform messages of members, and the events that hold what they said.
    pub reply_posts: Vec<ReplyPost>,
    /// Platform messages of members that are not there any more.
    pub posts_gone: Vec<(Thread, PostId)>,
    /// Dead letters to be tried again.
    pub revived: Vec<DeliveryId>,
    /// Who answers after these events, for lists.
    pub handling: Handling,
}

impl Change {
    /// A Change with nothing in it yet.
    pub fn new(
        site: SiteId,
        conversation: ConversationId,
        expected_seq: Seq,
        cause: Cause,
        handling: Handling,
    ) -> Self {
        Change {
            site,
            conversation,
            expected_seq,
            cause,
            events: Vec::new(),
            bodies: Vec::new(),
            deliveries: Vec::new(),
            alarms_set: Vec::new(),
            alarms_cleared: Vec::new(),
            thread_opened: None,
            posted: Vec::new(),
            thread_twin: None,
            thread_lost: None,
            bodies_removed: Vec::new(),
            reply_posts: Vec::new(),
            posts_gone: Vec::new(),
            revived: Vec::new(),
            handling,
        }
    }
}

/// One message of a member and the event that holds its words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplyPost {
    pub thread: Thread,
    pub post: PostId,
    pub seq: Seq,
}

/// Where a Change stands in its conversation: the events from `first` to `last`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Equal to `last + 1` when the Change had no events.
    pub first: Seq,
    pub last: Seq,
    /// The cause had been committed before.
    pub repeated: bool,
}

/// An event with its current words; `None` when it has none or they were erased.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub event: Event,
    pub body: Option<Body>,
    /// The words are not the first ones.
    pub edited: bool,
}

/// An event and everything that happened to it later.
#[derive(Clone, Debug, PartialEq)]
pub struct About {
    pub entry: Entry,
    /// The events that refer to it, in order.
    pub later: Vec<Event>,
    /// The thread where a member wrote it themselves.
    pub written_in: Option<Thread>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ConversationRow {
    pub id: ConversationId,
    pub site: SiteId,
    /// Whose it is now, aliases resolved.
    pub visitor: VisitorId,
    pub seq: Seq,
    pub handling: Handling,
    pub context: Context,
    pub opened_at: Millis,
    pub updated_at: Millis,
}

/// One line in a visitor's list of their conversations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnConversation {
    pub id: ConversationId,
    /// The visitor's first words; empty when they were taken back.
    pub first: String,
    pub handling: Handling,
    /// The one that goes on.
    pub current: bool,
    pub opened_at: Millis,
    pub updated_at: Millis,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDelivery {
    pub id: DeliveryId,
    pub target: Target,
    /// The event it tells of.
    pub seq: Seq,
    pub what: DeliveryKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryKind {
    /// The hand-over card: who, where, why and the transcript. Goes first.
    Card,
    /// One event as a line.
    Line,
    /// Marks the thread as done.
    Close,
    /// Shows the card as things are now. Many that wait count as one.
    CardUpdate,
    /// Takes the buttons off the card that stood in the thread before that of event `seq`.
    OldCard,
    /// Says in the thread that event `seq` found too many where the conversation goes on, and closes it.
    CloseTwin,
    /// Shows the message that event `seq` is about with the words it has now.
    Edit,
    /// Takes the message that event `seq` is about out of the thread.
    Delete,
    /// A sign on the member's own message that event `seq` is about: the visitor has seen it.
    Seen,
    /// A sign on the member's own message that event `seq` is about: the visitor does not see it any more.
    Recalled,
    /// A line that tells what did not arrive, with a button to try again.
    Failed,
    /// A sign on the message that did not arrive, as long as that is so.
    FailedSign,
    /// Who took the conversation in event `seq` follows or joins the thread.
    Taken,
    /// Calls who has the conversation.
    Nudge,
    /// Tells why the line of event `seq` was not sent, with the button that sends it.
    Held,
}

/// All that waits for one conversation, in order.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    pub site: SiteId,
    pub conversation: ConversationId,
    pub deliveries: Vec<Delivery>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    pub id: DeliveryId,
    pub target: Target,
    pub seq: Seq,
    pub what: DeliveryKind,
    /// Failed tries so far.
    pub attempts: u32,
    /// Parts of a long line that are posted already.
    pub parts_done: u32,
    /// Not before this time.
    pub due_at: Millis,
    /// When its event happened, if an earlier attempt may have posted it without our knowing.
    pub doubt_since: Option<Millis>,
}

/// A post of ours, and a delivery of which it carries a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carried {
    pub thread: Thread,
    pub post: PostId,
    pub delivery: DeliveryId,
    /// The delivery's event.
    pub seq: Seq,
    pub what: DeliveryKind,
    pub part: u32,
}

/// How far a delivery got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Pending,
    Sent,
    GivenUp,
}

/// What became of posts that were changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changed {
    /// They exist and carry this now, whatever they carried before.
    pub posts: Vec<Post>,
    /// They do not exist any more.
    pub gone: Vec<PostId>,
    /// No post of this thread carries these any more.
    pub dropped: Vec<DeliveryId>,
    /// What is done with that.
    pub done: Vec<DeliveryId>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DeadLetter {
    pub delivery: DeliveryId,
    pub site: SiteId,
    pub conversation: ConversationId,
    /// The connection's name.
    pub target: String,
    pub what: DeliveryKind,
    pub error: String,
    pub attempts: u32,
    pub at: Millis,
}

/// A command that could not be handled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Parked {
    pub site: SiteId,
    pub conversation: ConversationId,
    pub cause: Cause,
    /// Which kind of command, never its words.
    pub what: String,
    pub at: Millis,
}

/// The kinds of durable timers. A conversation has at most one of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlarmName {
    AnswerDue,
    /// An entry of the frequent questions is to be written or taken out.
    Learn,
}

impl AlarmName {
    pub fn as_str(self) -> &'static str {
        match self {
            AlarmName::AnswerDue => "answer_due",
            AlarmName::Learn => "learn",
        }
    }
}

/// Setting an alarm again moves it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alarm {
    pub name: AlarmName,
    pub at: Millis,
    /// What it is about: the turn that must be answered.
    pub turn: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    pub site: SiteId,
    pub conversation: ConversationId,
    pub alarm: Alarm,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    pub id: SessionId,
    pub site: SiteId,
    /// Aliases resolved.
    pub visitor: VisitorId,
    pub identified: bool,
    /// When they agreed, in this browser, to what their site asks first.
    pub agreed_at: Option<Millis>,
}

/// The outcome of proving who one is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identified {
    pub session: Session,
    /// The conversation that came along from the anonymous session in this very call.
    pub joined: Option<ConversationId>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeskSession {
    pub site: SiteId,
    pub name: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ThreadState {
    Open,
    Closed,
    All,
}

/// A line of the desk's list.
#[derive(Clone, Debug, PartialEq)]
pub struct ThreadRow {
    pub conversation: ConversationRow,
    pub visitor_name: Option<String>,
    pub identified: bool,
    /// The last event in which somebody said something.
    pub last: Option<Entry>,
    /// The name of the agent who has it, if one does.
    pub agent: Option<String>,
    /// Whether a person ever had to do with it.
    pub has_thread: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    pub conversations: u64,
    pub waiting: u64,
    pub pending_deliveries: u64,
    pub dead_letters: u64,
    pub parked: u64,
    pub alarms: u64,
}
