//! `Event`: what happened in a conversation, as it is stored. The skeleton, without any words.
//!
//! Words live in bodies (see `body`), so that an erasure removes them and the log still folds to the same
//! state. Events are facts, in the past tense; a new meaning is a new kind, never a new use of an old one.

use hinny_bridges::Thread;
use serde::{Deserialize, Serialize};

use crate::ids::{MessageId, Millis, Seq};

/// The version written with every event; readers of older ones translate them when they load.
pub const EVENT_VERSION: u32 = 1;

/// One numbered entry of a conversation's log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    pub seq: Seq,
    pub at: Millis,
    pub what: What,
}

/// Counts the questions put to the answerer. A verdict belongs to the turn it was asked in.
pub type Turn = u64;

/// Everything that can happen in a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum What {
    /// Body: the message. `turn` is set when it was put to the answerer.
    VisitorSaid {
        message: MessageId,
        intent: Intent,
        turn: Option<Turn>,
    },
    /// The visitor pressed "talk to a person".
    PersonRequested {
        message: MessageId,
    },
    /// Body: the verdict with its candidates. Kept so that the decision can be replayed.
    Judged {
        turn: Turn,
        verdict: Verdict,
        generation: String,
    },
    /// The answerer broke or did not come back in time.
    AnswererFailed {
        turn: Turn,
    },
    /// Body: the answer with its sources. `questions` are settled by it; those that a person has already are not
    /// among them.
    BotAnswered {
        message: MessageId,
        turn: Turn,
        questions: Vec<Seq>,
    },
    /// Body: a short courtesy, for a greeting or thanks.
    BotGreeted {
        message: MessageId,
        intent: Intent,
    },
    /// A person is needed. `questions` are the events that now wait for that person.
    Escalated {
        reason: Reason,
        bot: BotMeanwhile,
        questions: Vec<Seq>,
    },
    /// The conversation has a thread on a platform now.
    ThreadOpened {
        thread: Thread,
    },
    /// The thread does not exist any more; the next line opens another.
    ThreadLost {
        thread: Thread,
    },
    /// Body: the agent's name. They answer from here on; `questions` were open and now wait for them.
    AgentTook {
        by: AgentId,
        questions: Vec<Seq>,
    },
    /// Body: the message.
    AgentSaid {
        message: MessageId,
        by: AgentId,
    },
    /// Body: a remark among colleagues. Never for the visitor.
    NoteWritten {
        by: AgentId,
    },
    /// Body: what hinny tells the team, for instance that it does not know a command.
    TeamTold {
        message: MessageId,
    },
    /// The bot answers again.
    HandedBack {
        by: AgentId,
    },
    Closed {
        by: AgentId,
    },
    /// A new question came after the end.
    Reopened,
    /// Body: the profile. The visitor proved who they are.
    VisitorIdentified,
}

/// An agent's id within the site, as the bridge or the desk knows them. Their name is in the body.
pub type AgentId = String;

/// What a visitor's message wants. Told from its words before `decide`, which never sees them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Intent {
    Question,
    /// Asks for a person in words.
    Person,
    Greeting,
    Thanks,
}

/// What the answerer makes of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Answer,
    /// One of the candidates is probably right; the team sees them on the card.
    Suggest,
    Unsure,
}

/// Why a person was fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The visitor wants a person.
    Asked,
    LowConfidence,
    /// The answerer failed or took too long, or handling the message went wrong.
    AnswererDown,
}

/// What the bot does while the visitor waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BotMeanwhile {
    Silent,
    /// New questions may still get confident answers, which never end the wait.
    Helping,
}

/// Who answers from here on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "handling", rename_all = "snake_case")]
pub enum Handling {
    Bot,
    Waiting { reason: Reason, bot: BotMeanwhile },
    Agent { by: AgentId },
    Closed,
}
