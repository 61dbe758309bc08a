//! What a team looks back at: the bot's answers, what it had no answer for, and the numbers. Reads only.

use async_trait::async_trait;
use serde::Serialize;

use super::Stored;
use crate::body::SourceLink;
use crate::event::{Event, Reason, Verdict};
use crate::ids::{ConversationId, Millis, Seq, SiteId};

/// Which of the things that the bot said are wanted, the last first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswersWanted {
    pub since: Millis,
    /// Only older ones than this.
    pub before: Before,
    pub limit: u32,
}

/// A place in the list of answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Before {
    pub at: Millis,
    pub conversation: ConversationId,
    pub seq: Seq,
}

impl AnswersWanted {
    /// The last ones there are.
    pub fn last(limit: u32) -> Self {
        AnswersWanted::between(0, Millis::MAX, limit)
    }

    /// Those from `since` on and before `until`.
    pub fn between(since: Millis, until: Millis, limit: u32) -> Self {
        AnswersWanted {
            since,
            before: Before {
                at: until,
                conversation: ConversationId(String::new()),
                seq: 0,
            },
            limit,
        }
    }
}

/// How the bot said something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Said {
    /// To the visitor, also when they chose it.
    Answered,
    /// To the team, which may send it.
    Drafted,
    /// As something to choose from.
    Suggested,
}

/// What the bot said once, with the question that it belongs to and what the team says of it.
#[derive(Clone, Debug, PartialEq)]
pub struct AnswerRow {
    pub conversation: ConversationId,
    pub seq: Seq,
    pub at: Millis,
    pub said: Said,
    pub question: String,
    /// For suggestions, what there was to choose from.
    pub answer: String,
    pub confidence: f64,
    pub verdict: Verdict,
    pub sources: Vec<SourceLink>,
    /// Somebody said that it was wrong, and nobody took that back.
    pub wrong: Option<Mark>,
    /// What the visitor says of it, if they have said.
    pub helped: Option<bool>,
}

/// Who said so, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    pub by: String,
    pub at: Millis,
}

/// A question that the bot had no good answer for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missed {
    pub conversation: ConversationId,
    /// The question's place in the log.
    pub seq: Seq,
    /// When that turned out.
    pub at: Millis,
    pub question: String,
    pub why: Why,
    /// What the bot said, or would have said.
    pub answer: Option<String>,
    /// The first words of an agent after it.
    pub reply: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The team marked the answer as wrong.
    Wrong,
    /// The visitor said that the answer did not help.
    NotHelped,
    HandedOver(Reason),
    /// The visitor has chosen none of what the bot offered.
    Suggested,
}

/// Looks back.
#[async_trait]
pub trait InsightStore: Send + Sync {
    /// What the bot answered, drafted and suggested, the last first.
    async fn answers(&self, site: &SiteId, wanted: &AnswersWanted) -> Stored<Vec<AnswerRow>>;

    /// One of them.
    async fn answer(&self, conversation: &ConversationId, seq: Seq) -> Stored<Option<AnswerRow>>;

    /// Questions that turned out since then to have no good answer, the last first: see `missed`. Requests for a person
    /// are no questions.
    async fn missed(&self, site: &SiteId, since: Millis) -> Stored<Vec<Missed>>;

    /// The skeletons of a site since then, conversation by conversation and in order, for counting.
    async fn skeletons(
        &self,
        site: &SiteId,
        since: Millis,
    ) -> Stored<Vec<(ConversationId, Vec<Event>)>>;
}
