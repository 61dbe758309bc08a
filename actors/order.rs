//! `Order`: what somebody wants of a conversation, with the words; and how it is refused.

use hinny_bridges::text::Text;
use hinny_bridges::{Aside, Person, Post, PostId, Target, Thread};
use hinny_kb::Judgement;

use crate::action::Action;
use crate::body::{FileRef, Profile};
use crate::dialogue::Refused;
use crate::event::Turn;
use crate::ids::{Cause, ConversationId, DeliveryId, MessageId, Millis, Seq, SiteId};
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
    /// The text may be empty when there are files.
    Say {
        message: MessageId,
        text: String,
        files: Vec<FileRef>,
    },
    RequestPerson {
        message: MessageId,
    },
    /// A button below the suggestions `of`; without `choice`, the one for none of them.
    Choose {
        message: MessageId,
        of: MessageId,
        choice: Option<usize>,
    },
    /// Whether the bot's answer `of` helped.
    Help {
        of: MessageId,
        yes: bool,
    },
    /// 1 to 5 stars for a closed conversation; the comment may be empty.
    Rate {
        stars: u8,
        comment: String,
    },
    /// The visitor begins anew; this conversation becomes one of their earlier ones.
    Leave,
    /// A line of the team; one that starts with `!` is a command. `via` is the thread it was written in, `None`
    /// for the desk.
    Reply {
        by: Person,
        said: TeamSaid,
        via: Option<Thread>,
    },
    /// New words for what somebody said before.
    EditMessage {
        by: Editor,
        of: Pointer,
        text: Text,
        via: Option<Thread>,
    },
    /// Takes back what somebody said before. `gone`: the platform's message is not there any more.
    DeleteMessage {
        by: Editor,
        of: Pointer,
        gone: bool,
        via: Option<Thread>,
    },
    /// A button of ours was pressed.
    Press {
        by: Person,
        action: Action,
        via: Option<Thread>,
    },
    /// A member put a sign on a message, or took it away.
    React {
        by: Person,
        of: Pointer,
        sign: String,
        on: bool,
        via: Option<Thread>,
    },
    /// The visitor had everything up to `upto` before their eyes.
    Saw {
        upto: Seq,
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
    /// The visitor may say nothing more; for good without `until`.
    Block {
        by: Person,
        until: Option<Millis>,
    },
    Unblock {
        by: Person,
    },
    Identify {
        profile: Profile,
    },
    /// From the answerer.
    Judge {
        turn: Turn,
        judgement: Box<Judgement>,
        /// Only some of several questions could be answered.
        partial: bool,
    },
    FailTurn {
        turn: Turn,
    },
    /// From an alarm.
    AnswerDue {
        turn: Turn,
    },
    /// From the outbox. `posts` are what stands in the thread already.
    NoteThread {
        target: Target,
        thread: Thread,
        posts: Vec<Post>,
    },
    LoseThread {
        thread: Thread,
    },
    /// From the outbox, when it gave up.
    DeliveryFailed {
        delivery: DeliveryId,
        of: Seq,
    },
    /// From an alarm: the work on the draft of `of` did not end in time.
    LearnDue {
        of: Seq,
    },
    /// From the learner: what became of saving the draft of `of`, or of taking its entry out.
    FaqSettled {
        of: Seq,
        outcome: FaqOutcome,
    },
    /// From the outbox, the desk or the operator: a delivery that was given up is to be tried again.
    Retry {
        delivery: DeliveryId,
    },
    /// From the switchboard, after a command could not be handled. `written` is the member's message that was lost by
    /// that, if it was one.
    HandOver {
        written: Option<(Thread, PostId)>,
    },
}

/// What a member of the team wrote.
#[derive(Clone, Debug, Default)]
pub struct TeamSaid {
    pub text: Text,
    pub files: Vec<FileRef>,
    /// What the line answers.
    pub quotes: Option<Pointer>,
    /// The platform says that it seems meant for a colleague.
    pub aside: Option<Aside>,
    /// The platform's message; `None` for the desk.
    pub post: Option<PostId>,
    /// Files that could not be taken, each as a sentence that says why.
    pub refused: Vec<String>,
}

impl TeamSaid {
    /// Words and nothing around them, as they come from the desk.
    pub fn words(text: Text) -> Self {
        TeamSaid {
            text,
            ..TeamSaid::default()
        }
    }
}

/// Names something that was said: by its own id, or by the post in the thread that the request came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pointer {
    Message(MessageId),
    Post(PostId),
}

/// Who changes what was said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Editor {
    Visitor,
    Agent(Person),
}

/// How work on an entry of the frequent questions ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FaqOutcome {
    Saved { entry: String },
    TakenOut,
    Failed,
}

impl Request {
    /// The kind of request, for logs and dead letters. Never its words.
    pub fn name(&self) -> &'static str {
        match self {
            Request::Say { .. } => "say",
            Request::RequestPerson { .. } => "request_person",
            Request::Choose { .. } => "choose",
            Request::Help { .. } => "helped",
            Request::Rate { .. } => "rate",
            Request::Leave => "leave",
            Request::Reply { .. } => "reply",
            Request::EditMessage { .. } => "edit",
            Request::DeleteMessage { .. } => "delete",
            Request::Press { .. } => "press",
            Request::React { .. } => "react",
            Request::Saw { .. } => "saw",
            Request::Block { .. } => "block",
            Request::Unblock { .. } => "unblock",
            Request::DeliveryFailed { .. } => "delivery_failed",
            Request::LearnDue { .. } => "learn_due",
            Request::FaqSettled { .. } => "faq_settled",
            Request::Take { .. } => "take",
            Request::Back { .. } => "back",
            Request::Close { .. } => "close",
            Request::Identify { .. } => "identify",
            Request::Judge { .. } => "judge",
            Request::FailTurn { .. } => "fail_turn",
            Request::AnswerDue { .. } => "answer_due",
            Request::NoteThread { .. } => "note_thread",
            Request::LoseThread { .. } => "lose_thread",
            Request::Retry { .. } => "retry",
            Request::HandOver { .. } => "hand_over",
        }
    }
}

impl From<Refused> for Refusal {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Blocked { until } => Refusal::Blocked { until },
            Refused::NotYours => Refusal::NotYours,
            Refused::Left => Refusal::Left,
            Refused::InUse => Refusal::InUse,
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
    /// The team does not want to hear from this visitor, for good or until then.
    #[error("the visitor is blocked")]
    Blocked { until: Option<Millis> },
    /// Only who said something may change it.
    #[error("it is not theirs to change")]
    NotYours,
    #[error("the visitor has begun another conversation")]
    Left,
    #[error("somebody still has to do with this conversation")]
    InUse,
    /// Handling it went wrong twice. It is kept as a dead letter, and a person was fetched.
    #[error("it could not be handled; a person was told")]
    Parked,
    #[error("the server is stopping")]
    Stopping,
}
