//! `Store`: what hinny keeps on disk, as verbs. The truth of a conversation changes by `commit` only.
//!
//! Small traits by who calls them, together one `Store`. Nothing here decides anything; a backend that
//! passes `suite` may take the place of the embedded one.

mod digest;
mod files;
mod insight;
mod sqlite;
#[cfg(test)]
pub(crate) mod suite;
mod words;

use async_trait::async_trait;
use hinny_bridges::{ConnectionId, Inbound, LiveThread, Post, PostId, Target, Thread};

use crate::body::{Context, Profile};
use crate::event::{Event, Handling};
use crate::ids::{
    ConversationId, DeliveryId, MessageId, Millis, Seq, SessionId, SiteId, VisitorId,
};
pub use digest::{Digest, DigestItem, DigestStore};
pub use files::{FileRow, FileStore};
pub use insight::*;
pub use sqlite::{OpenError, SqliteStore};
pub use words::*;

/// The log of conversations.
#[async_trait]
pub trait LogStore: Send + Sync {
    /// The visitor's current conversation, made if there is none. Two calls at once get the same one.
    /// A visitor whom the site never admitted is an error.
    async fn open(&self, site: &SiteId, visitor: &VisitorId, at: Millis) -> Stored<ConversationId>;

    /// The visitor's current conversation, if one was ever opened. Aliases are resolved.
    async fn current(&self, site: &SiteId, visitor: &VisitorId) -> Stored<Option<ConversationId>>;

    /// Writes one Change as a whole, or nothing of it. `Ok` means it is on disk.
    ///
    /// A cause that was seen before returns its first receipt and writes nothing. One conflicting or
    /// repeated Change leaves the others that are committed with it alone.
    async fn commit(&self, change: Change) -> Result<Receipt, CommitError>;

    /// The receipt of a cause, if it was committed.
    async fn receipt(&self, site: &SiteId, cause: &crate::ids::Cause) -> Stored<Option<Receipt>>;

    /// Skeletons in order, for folding.
    async fn history(&self, conversation: &ConversationId) -> Stored<Vec<Event>>;

    /// Events after `after` with their current bodies, in order, at most `limit`.
    async fn read(
        &self,
        conversation: &ConversationId,
        after: Seq,
        limit: u32,
    ) -> Stored<Vec<Entry>>;

    async fn conversation(&self, id: &ConversationId) -> Stored<Option<ConversationRow>>;

    /// The visitor's own conversations in which something was said, the last changed first. Aliases are resolved.
    async fn own_conversations(
        &self,
        site: &SiteId,
        visitor: &VisitorId,
        limit: u32,
    ) -> Stored<Vec<OwnConversation>>;

    /// Remembers where the visitor is now, and whether that is news. Then the card in the thread is written anew, after
    /// a while: who walks through many pages costs one change of the card, not many.
    async fn set_context(&self, id: &ConversationId, context: &Context, at: Millis)
    -> Stored<bool>;
}

/// What comes in from threads, and how it finds what it is about.
#[async_trait]
pub trait InboundStore: Send + Sync {
    /// The event in which this was said. A visitor chooses the names of their own messages, so whose it should be is
    /// part of the question.
    async fn message_seq(
        &self,
        conversation: &ConversationId,
        message: &MessageId,
        by_visitor: bool,
    ) -> Stored<Option<Seq>>;

    /// The event that this post is about, be it a member's message or one of ours.
    async fn at_post(
        &self,
        conversation: &ConversationId,
        thread: &Thread,
        post: &PostId,
    ) -> Stored<Option<Seq>>;

    /// An event, its words, and everything that happened to it later.
    async fn about(&self, conversation: &ConversationId, seq: Seq) -> Stored<Option<About>>;

    /// A member's own messages whose words this event holds, and that are still there.
    async fn reply_posts(
        &self,
        conversation: &ConversationId,
        seq: Seq,
    ) -> Stored<Vec<(Thread, PostId)>>;

    /// Threads that know a post of this name, whoever wrote it.
    async fn threads_with(&self, post: &PostId) -> Stored<Vec<Thread>>;

    /// Keeps what was handed in until it can be taken in, because that takes a while. Twice is once.
    async fn keep_inbound(&self, thread: &Thread, inbound: &Inbound) -> Stored<()>;

    /// What waits in this thread and came first.
    async fn next_inbound(&self, thread: &Thread) -> Stored<Option<Inbound>>;

    /// It was taken in: its words do not wait any more.
    async fn drop_inbound(&self, inbound: &Inbound) -> Stored<()>;

    /// The threads of a connection in which something waits.
    async fn waiting_inbound(&self, connection: &ConnectionId) -> Stored<Vec<Thread>>;

    /// Remembers the last message that was handed in from this thread.
    async fn set_cursor(&self, thread: &Thread, post: &PostId) -> Stored<()>;

    /// Active threads of a connection whose conversations changed since then.
    async fn live_threads(
        &self,
        connection: &ConnectionId,
        since: Millis,
    ) -> Stored<Vec<LiveThread>>;
}

/// Deliveries and threads.
#[async_trait]
pub trait OutboxStore: Send + Sync {
    /// For each conversation whose head is due (its oldest pending delivery that is no sign or update of a card): all its pending deliveries in order.
    /// Hand-overs first, then what people said, the longest waiting first; signs and updates of cards last.
    /// Conversations in `busy` and of the sites in `shut` are left out.
    async fn due(
        &self,
        now: Millis,
        busy: &[ConversationId],
        shut: &[SiteId],
        limit: u32,
    ) -> Stored<Vec<Batch>>;

    /// When the next pending delivery becomes due.
    async fn next_due(&self) -> Stored<Option<Millis>>;

    /// Writes down posts; a delivery is sent when its last part is.
    async fn posted(&self, thread: &Thread, posts: &[Post], at: Millis) -> Stored<()>;

    /// Writes down what became of posts that were changed, and ticks off what asked for it.
    async fn changed(&self, thread: &Thread, changed: &Changed, at: Millis) -> Stored<()>;

    /// An attempt of these may have posted them; those that were sent after all are left alone.
    async fn doubt(&self, ids: &[DeliveryId]) -> Stored<()>;

    /// Whoever tried to send what is pending now is gone, and may have got as far as the platform. What it waited for
    /// may have been mended meanwhile, so all of it is due.
    async fn doubt_pending(&self) -> Stored<()>;

    /// For deliveries that need no post, such as closing a thread.
    async fn delivered(&self, ids: &[DeliveryId], at: Millis) -> Stored<()>;

    /// Tries the whole conversation again at `at`. `attempt` counts a failed try of the first delivery.
    async fn postpone(
        &self,
        head: &DeliveryId,
        at: Millis,
        attempt: bool,
        error: &str,
    ) -> Stored<()>;

    /// Gives up on a delivery: a dead letter, until somebody retries it.
    async fn bury(&self, id: &DeliveryId, error: &str, at: Millis) -> Stored<()>;

    async fn dead_letters(&self, site: Option<&SiteId>) -> Stored<Vec<DeadLetter>>;

    /// Puts a dead letter back; `false` if there is none with this id.
    async fn revive(&self, site: Option<&SiteId>, id: &DeliveryId, at: Millis) -> Stored<bool>;

    /// How far a delivery got; nothing when there is none with this id.
    async fn fate(&self, id: &DeliveryId) -> Stored<Option<Fate>>;

    async fn thread_of(&self, conversation: &ConversationId) -> Stored<Option<Thread>>;

    /// The active threads of conversations that a person has, or that wait for one.
    async fn open_threads(&self) -> Stored<Vec<(SiteId, ConversationId, Thread)>>;

    /// Where a thread was opened.
    async fn target_of(&self, thread: &Thread) -> Stored<Option<Target>>;

    /// What was posted first in this thread: it carries the card, whatever else it says.
    async fn first_in(&self, thread: &Thread) -> Stored<Option<DeliveryId>>;

    /// The posts of the newest card in this thread, in order.
    async fn card_of(&self, thread: &Thread) -> Stored<Vec<Carried>>;

    /// The posts of the card that stood in this thread before that of event `seq`, in order.
    async fn card_before(&self, thread: &Thread, seq: Seq) -> Stored<Vec<Carried>>;

    /// The posts that carry an event's line, in all threads the conversation ever had, in order.
    async fn posts_of(&self, conversation: &ConversationId, seq: Seq) -> Stored<Vec<Carried>>;

    /// What a post of ours carries, in order; nothing when it is not ours.
    async fn carried_by(&self, thread: &Thread, post: &PostId) -> Stored<Vec<Carried>>;

    /// Whose thread this is, also when it is not the active one any more.
    async fn owner_of(&self, thread: &Thread) -> Stored<Option<(SiteId, ConversationId)>>;

    /// Keeps a command whose handling panicked twice.
    async fn park(&self, parked: &Parked) -> Stored<()>;

    async fn parked(&self) -> Stored<Vec<Parked>>;
}

/// Durable timers.
#[async_trait]
pub trait AlarmStore: Send + Sync {
    /// Alarms whose time has come, the oldest first.
    async fn due_alarms(&self, now: Millis, limit: u32) -> Stored<Vec<Due>>;

    /// All that are set, for the first look after a start.
    async fn alarms(&self) -> Stored<Vec<Due>>;
}

/// Visitors and their sessions.
#[async_trait]
pub trait PeopleStore: Send + Sync {
    /// A new anonymous visitor with a session.
    async fn admit(&self, site: &SiteId, at: Millis) -> Stored<Session>;

    /// The session, unless it was revoked or belongs to another site.
    async fn session(&self, site: &SiteId, id: &SessionId) -> Stored<Option<Session>>;

    async fn revoke(&self, site: &SiteId, id: &SessionId) -> Stored<()>;

    /// The visitor agreed to what their site asks first. The first time is the one that is kept.
    async fn agree(&self, site: &SiteId, id: &SessionId, at: Millis) -> Stored<()>;

    /// Gives `session` (or a new one) to the person behind `profile.subject`.
    ///
    /// An anonymous session joins once: its visitor becomes an alias and its conversation is theirs, unless
    /// they have one already. A session that belongs to somebody else is left alone and a new one is made.
    async fn identify(
        &self,
        site: &SiteId,
        session: Option<&SessionId>,
        profile: &Profile,
        at: Millis,
    ) -> Stored<Identified>;

    async fn profile(&self, visitor: &VisitorId) -> Stored<Option<Profile>>;

    /// Stores the hash of a one-time login for the desk.
    async fn add_desk_login(&self, site: &SiteId, hash: &str, until: Millis) -> Stored<()>;

    /// Uses up a one-time login and makes a desk session out of it.
    async fn use_desk_login(
        &self,
        hash: &str,
        session_hash: &str,
        now: Millis,
    ) -> Stored<Option<SiteId>>;

    /// The desk session, unless it was made before `since`.
    async fn desk_session(&self, session_hash: &str, since: Millis) -> Stored<Option<DeskSession>>;

    async fn name_desk_session(&self, session_hash: &str, name: &str) -> Stored<()>;

    async fn end_desk_session(&self, session_hash: &str) -> Stored<()>;
}

/// What the desk and the operator look at.
#[async_trait]
pub trait DeskStore: Send + Sync {
    /// Conversations of a site that a person has or had to do with, the last changed first.
    async fn threads(
        &self,
        site: &SiteId,
        state: ThreadState,
        limit: u32,
    ) -> Stored<Vec<ThreadRow>>;

    async fn thread_row(&self, conversation: &ConversationId) -> Stored<Option<ThreadRow>>;

    /// What is stored and what waits, for metrics. Reads only.
    async fn counts(&self) -> Stored<Counts>;

    /// Writes and reads a little, and fails when the store cannot. For readiness; costs a synced write.
    async fn probe(&self) -> Stored<()>;

    /// Writes a complete, consistent copy to a new file while serving.
    async fn backup(&self, file: &std::path::Path) -> Stored<()>;

    /// Finishes what is waiting and closes the files.
    async fn close(&self);
}

/// All of it.
pub trait Store:
    LogStore
    + InboundStore
    + OutboxStore
    + AlarmStore
    + PeopleStore
    + DeskStore
    + FileStore
    + InsightStore
    + DigestStore
{
}

impl<T> Store for T where
    T: LogStore
        + InboundStore
        + OutboxStore
        + AlarmStore
        + PeopleStore
        + DeskStore
        + FileStore
        + InsightStore
        + DigestStore
{
}

/// Used by readers to tell at a glance who answers.
pub fn handling_name(handling: &Handling) -> &'static str {
    match handling {
        Handling::Bot => "bot",
        Handling::Waiting { .. } => "waiting",
        Handling::Agent { .. } => "agent",
        Handling::Closed => "closed",
    }
}
