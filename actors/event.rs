//! `Event`: what happened in a conversation, as it is stored. The skeleton, without any words.
//!
//! Words live in bodies (see `body`), so that an erasure removes them and the log still folds to the same
//! state. Events are facts, in the past tense; a new meaning is a new kind, never a new use of an old one.

use hinny_bridges::{PostId, Thread};
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
        /// The visitor chose it from what was suggested to them; its questions were settled by that.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        chosen: Option<Chosen>,
    },
    /// Body: the words of the buttons. The visitor is asked what they mean: `choices` are candidates of the verdict
    /// at `verdict`; without any, only a person is offered. `questions` are settled by it.
    Suggested {
        message: MessageId,
        turn: Turn,
        questions: Vec<Seq>,
        verdict: Seq,
        choices: Vec<usize>,
    },
    /// Body: the words of the button. The visitor pressed it below the suggestions at `of`; without `chosen` they
    /// want none of them.
    VisitorChose {
        message: MessageId,
        of: Seq,
        chosen: Option<Chosen>,
    },
    /// Body: the answer with its sources, as it would have been given. The team decides whether the visitor gets it.
    Drafted {
        turn: Turn,
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
    /// Another thread was opened for the conversation while it had one: it is closed with a link to the active one.
    /// `posts` of ours stand in it already.
    TwinFound {
        thread: Thread,
        posts: Vec<PostId>,
    },
    /// The thread does not exist any more, or the team moved away from it.
    ThreadLost {
        thread: Thread,
    },
    /// Body: the agent's name. They answer from here on; `questions` were open and now wait for them.
    AgentTook {
        by: AgentId,
        questions: Vec<Seq>,
    },
    /// Body: the message. `held` is the line it was before somebody let it go.
    AgentSaid {
        message: MessageId,
        by: AgentId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        held: Option<Seq>,
        /// The words are the bot's, sent by a button.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        chosen: Option<Chosen>,
    },
    /// Body: a remark among colleagues. Never for the visitor.
    NoteWritten {
        by: AgentId,
    },
    /// Body: what hinny tells the team, for instance that it does not know a command.
    TeamTold {
        message: MessageId,
    },
    /// Body: the agent's name. They say that the bot's answer `of` was wrong, or that it was not after all.
    AnswerMarked {
        of: Seq,
        by: AgentId,
        wrong: bool,
    },
    /// The visitor says whether the bot's answer `of` helped; `message` is its name.
    Helped {
        of: Seq,
        message: MessageId,
        yes: bool,
    },
    /// Body: a comment, if there was one. The visitor gave the closed conversation 1 to 5 stars; the last word counts.
    Rated {
        stars: u8,
    },
    /// The visitor began anew: what they say from here on is another conversation.
    VisitorLeft,
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
    /// The body of `of` has a new version.
    MessageEdited {
        of: Seq,
        message: MessageId,
        by: By,
    },
    /// The body of `of` was removed.
    MessageDeleted {
        of: Seq,
        message: MessageId,
        by: By,
    },
    /// A note or a held line has a new body. Never for the visitor, like the line itself.
    NoteEdited {
        of: Seq,
        by: AgentId,
    },
    NoteDeleted {
        of: Seq,
        by: AgentId,
    },
    /// Body: the agent's name. They answer too; who has the conversation keeps it.
    AgentJoined {
        by: AgentId,
    },
    /// Body: the message. It stays with the team until somebody says that the visitor may have it.
    LineHeld {
        held: MessageId,
        by: AgentId,
        why: Held,
    },
    /// Somebody decided that a held line stays with the team.
    HeldDropped {
        of: Seq,
        by: AgentId,
    },
    /// Body: the agent's name. The visitor may say nothing more, until `until` or until somebody undoes it.
    /// `questions` were open and are settled by it.
    Blocked {
        by: AgentId,
        until: Option<Millis>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        questions: Vec<Seq>,
    },
    /// Body: the agent's name.
    Unblocked {
        by: AgentId,
    },
    /// The visitor had everything up to `upto` before their eyes; `of` is the newest of an agent's lines in it.
    VisitorSaw {
        upto: Seq,
        of: Seq,
    },
    /// An agent put a sign on a message, or took it away.
    Reacted {
        of: Seq,
        message: MessageId,
        by: AgentId,
        sign: String,
        on: bool,
    },
    /// What should have told the thread of event `of` was given up.
    DeliveryFailed {
        of: Seq,
        delivery: String,
    },
    /// Somebody wants it tried again. `of` is the event that told of the failure.
    DeliveryRetried {
        of: Seq,
        delivery: String,
    },
    /// Body: the draft of an entry, made from the event `question` and the event `answer`.
    FaqProposed {
        by: AgentId,
        question: Seq,
        answer: Seq,
    },
    /// Somebody wants the draft of `of` saved; that takes a moment.
    FaqConfirmed {
        of: Seq,
        by: AgentId,
    },
    FaqSaved {
        of: Seq,
        by: AgentId,
        entry: String,
    },
    /// The draft of `of`, or the entry made from it, is not wanted.
    FaqUndone {
        of: Seq,
        by: AgentId,
        entry: Option<String>,
    },
    /// The entry made from the draft of `of` is not live any more.
    FaqTakenOut {
        of: Seq,
    },
    /// The entry of `of` could not be saved or taken out.
    FaqFailed {
        of: Seq,
    },
}

impl What {
    /// The name under which somebody may point at what was said here.
    pub fn own_name(&self, seq: Seq) -> Option<MessageId> {
        match self {
            What::VisitorSaid { message, .. }
            | What::BotAnswered { message, .. }
            | What::BotGreeted { message, .. }
            | What::Suggested { message, .. }
            | What::VisitorChose { message, .. }
            | What::AgentSaid { message, .. }
            | What::LineHeld { held: message, .. } => Some(message.clone()),
            What::NoteWritten { .. } => Some(MessageId(format!("e{seq}"))),
            _ => None,
        }
    }

    /// The event that this one is about, if it changes what another event means.
    pub fn refers(&self) -> Option<Seq> {
        match self {
            What::MessageEdited { of, .. }
            | What::MessageDeleted { of, .. }
            | What::NoteEdited { of, .. }
            | What::NoteDeleted { of, .. }
            | What::HeldDropped { of, .. }
            | What::Reacted { of, .. }
            | What::AnswerMarked { of, .. }
            | What::Helped { of, .. }
            | What::VisitorSaw { of, .. }
            | What::DeliveryFailed { of, .. }
            | What::DeliveryRetried { of, .. }
            | What::VisitorChose { of, .. }
            | What::FaqConfirmed { of, .. }
            | What::FaqSaved { of, .. }
            | What::FaqUndone { of, .. }
            | What::FaqTakenOut { of }
            | What::FaqFailed { of } => Some(*of),
            What::BotAnswered { chosen, .. } => chosen.map(|chosen| chosen.verdict),
            What::AgentSaid { held, chosen, .. } => held.or(chosen.map(|chosen| chosen.verdict)),
            _ => None,
        }
    }
}

/// An agent's id within the site, as the bridge or the desk knows them. Their name is in the body.
pub type AgentId = String;

/// Candidate `index` of the verdict at `verdict`, or the only one of the draft there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chosen {
    pub verdict: Seq,
    pub index: usize,
}

/// Whose doing it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    Visitor,
    Bot,
    Agent(AgentId),
}

/// Why a line was not sent to the visitor at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Held {
    /// Somebody else has the conversation.
    Colleague,
    /// It begins by mentioning a colleague.
    Mention,
    /// It answers a colleague.
    Reply,
    /// It looks as if it held a secret.
    Secret,
    /// The site sends only what is marked for the visitor.
    Unmarked,
    /// It was written in a thread that is not the one in use.
    OtherThread,
}

/// What a visitor's message wants. Told from its words before `decide`, which never sees them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Intent {
    Question,
    /// Asks for a person in words.
    Person,
    Greeting,
    Thanks,
    /// "Are you a bot?", "nice weather".
    SmallTalk,
    /// "No", "that did not help": the last answer was not the right one.
    Reject,
}

/// What the answerer makes of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Answer,
    /// One of the candidates is probably right: the visitor is asked which. Where a person is there already, only the
    /// team sees them.
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
    /// The bot's answers were not what the visitor looks for: they asked again, or said so twice, in words or by a
    /// button.
    Repeated,
    /// The answerer failed or took too long, or handling the message went wrong.
    AnswererDown,
    /// The team answers first: the site wants it so, or the bot knows too little yet.
    Policy,
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
