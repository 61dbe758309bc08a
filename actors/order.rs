//! `Order`: what somebody wants of a conversation, with the words; and how it is refused.

use hinny_bridges::text::Text;
use hinny_bridges::{Person, Target, Thread};
use hinny_kb::Judgement;

use crate::body::Profile;
use crate::event::Turn;
use crate::ids::{Cause, ConversationId, MessageId, SiteId};
use crate::store::StoreError;

/// A request to one conversation. The same cause may come any number of times and has one effect.
#[derive(Clone, Debug)]
pub struct Order {
    pub site: SiteId,
    pub conversation: ConversationId,
    pub cause: Cause,
    pub request: Request,
}

#[derive(Clone, Debug)]
pub enum Request {
    Say {
        message: MessageId,
        text: String,
    },
    RequestPerson {
        message: MessageId,
    },
    /// A line of the team; one that starts with `!` is a command. `via` is the thread it was written in, `None`
    /// for the desk.
    Reply {
        by: Person,
        text: Text,
        via: Option<Thread>,
    },
    Take {
        by: Person,
    },
    Back {
        by: Person,
    },
    Close {
        by: Person,
    },
    Identify {
        profile: Profile,
    },
    /// From the answerer.
    Judge {
        turn: Turn,
        judgement: Box<Judgement>,
    },
    FailTurn {
        turn: Turn,
    },
    /// From an alarm.
    AnswerDue {
        turn: Turn,
    },
    /// From the outbox.
    NoteThread {
        target: Target,
        thread: Thread,
    },
    LoseThread {
        thread: Thread,
    },
    /// From the switchboard, after a command could not be handled.
    HandOver,
}

impl Request {
    /// The kind of request, for logs and dead letters. Never its words.
    pub fn name(&self) -> &'static str {
        match self {
            Request::Say { .. } => "say",
            Request::RequestPerson { .. } => "request_person",
            Request::Reply { .. } => "reply",
            Request::Take { .. } => "take",
            Request::Back { .. } => "back",
            Request::Close { .. } => "close",
            Request::Identify { .. } => "identify",
            Request::Judge { .. } => "judge",
            Request::FailTurn { .. } => "fail_turn",
            Request::AnswerDue { .. } => "answer_due",
            Request::NoteThread { .. } => "note_thread",
            Request::LoseThread { .. } => "lose_thread",
            Request::HandOver => "hand_over",
        }
    }
}

/// Why an order was not carried out. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// Too much is waiting: try again in a moment, with the same cause.
    #[error("too much is waiting")]
    Busy,
    /// Not on disk: try again, with the same cause.
    #[error(transparent)]
    Storage(#[from] StoreError),
    #[error("there is no such conversation at this site")]
    Unknown,
    /// Handling it went wrong twice. It is kept as a dead letter, and a person was fetched.
    #[error("it could not be handled; a person was told")]
    Parked,
    #[error("the server is stopping")]
    Stopping,
}
