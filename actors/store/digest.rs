//! `DigestStore`: which days the teams were told of, how far that got, and what stands there now.

use async_trait::async_trait;
use hinny_bridges::{PostId, Target, Thread};

use super::Stored;
use crate::ids::{ConversationId, Millis, Seq, SiteId};

/// One site's day, as its team is told of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digest {
    /// At most 20 characters, so that its lines can be named after it.
    pub id: String,
    pub site: SiteId,
    /// Like `2026-11-22`.
    pub day: String,
    pub begun_at: Millis,
    /// How often the bot said something, of which the items are the last.
    pub answers: u64,
    /// How many of these were drafts for the team, and how many were suggestions.
    pub drafted: u64,
    pub suggested: u64,
    pub handed_over: u64,
    pub target: Target,
    pub thread: Option<Thread>,
    /// Tries so far that did not get to the end.
    pub attempts: u32,
    pub items: Vec<DigestItem>,
}

/// An answer in a digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DigestItem {
    pub number: u32,
    pub conversation: ConversationId,
    pub seq: Seq,
    /// Where it stands, once it does.
    pub post: Option<PostId>,
    /// What was last told of it.
    pub shown: Option<String>,
}

#[async_trait]
pub trait DigestStore: Send + Sync {
    /// Whether this day was looked at before.
    async fn has_digest(&self, site: &SiteId, day: &str) -> Stored<bool>;

    /// Writes a day down, to be told of from `due_at` on; never, without. A day that is there stays as it is.
    async fn begin_digest(&self, digest: &Digest, due_at: Option<Millis>) -> Stored<()>;

    /// Those that are to be told of now.
    async fn due_digests(&self, now: Millis) -> Stored<Vec<Digest>>;

    /// Those that were told of wholly and begun since then: they may show something old.
    async fn told_digests(&self, since: Millis) -> Stored<Vec<Digest>>;

    async fn digest_opened(&self, id: &str, thread: &Thread) -> Stored<()>;

    /// Item `number` stands in this post, and shows this.
    async fn digest_shown(&self, id: &str, number: u32, post: &PostId, shown: &str) -> Stored<()>;

    /// When to go on with it; `None` when all is done.
    async fn digest_due(&self, id: &str, attempts: u32, due_at: Option<Millis>) -> Stored<()>;
}
