//! What comes to a dialogue and what follows: commands without words, and decisions that name the words they need.

use hinny_bridges::{PostId, Thread};

use super::{OpenTurn, Pointed};
use crate::event::{AgentId, BotMeanwhile, By, Chosen, Held, Intent, Turn, Verdict, What};
use crate::ids::{DeliveryId, MessageId, Millis, Seq};
use crate::store::DeliveryKind;

/// What somebody wants of a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    Say {
        message: MessageId,
        intent: Intent,
        /// The same was asked before, and the bot has answered it.
        again: bool,
        /// More words seem to follow.
        unfinished: bool,
        /// There is a question mark in it, so that somebody waits for words.
        asks: bool,
    },
    RequestPerson {
        message: MessageId,
    },
    /// The answerer's verdict on a turn.
    Judge {
        turn: Turn,
        verdict: Verdict,
        generation: String,
        /// The visitor has had this answer already.
        again: bool,
        /// Only some of several questions could be answered.
        partial: bool,
        /// Without an answer, the visitor is asked about these candidates. None of them: only a person is offered.
        offer: Option<Vec<usize>>,
    },
    /// A button below what was suggested. `choice` counts the buttons; without it the visitor wants none of them.
    /// `known`: what the button stands for has words still.
    Pick {
        message: MessageId,
        of: Option<Pointed>,
        choice: Option<usize>,
        known: bool,
    },
    /// A button below an answer of the bot's: it helped, or it did not.
    Help {
        of: Option<Pointed>,
        yes: bool,
    },
    /// 1 to 5 stars for the conversation. `comment`: there are words too.
    Rate {
        stars: u8,
        comment: bool,
    },
    /// The visitor wants to begin anew.
    Leave,
    /// A verdict, where the bot does not answer visitors by itself. `draft`: the team gets to see what the bot would say.
    Brief {
        turn: Turn,
        verdict: Verdict,
        generation: String,
        bot: BotMeanwhile,
        draft: bool,
    },
    /// The answerer broke while it worked on a turn.
    FailTurn {
        turn: Turn,
    },
    /// The time for a turn is over. `asked_here`: this process put it to the answerer; if not, the one that did
    /// is gone, and the question deserves another try.
    AnswerDue {
        turn: Turn,
        asked_here: bool,
    },
    /// Handling a command went wrong twice: a person must look. `written`: it was a member's own message.
    HandOver {
        written: bool,
    },
    Reply {
        by: AgentId,
        line: TeamLine,
        /// Why a plain line should not go out by itself, told from its words.
        slip: Option<Held>,
        /// What the line answers.
        pointed: Option<Pointed>,
        /// Files came with it that could not be taken.
        refused: bool,
        /// The thread it was written in; `None` for the desk.
        via: Option<Thread>,
    },
    Edit {
        by: By,
        of: Option<Pointed>,
        words: NewWords,
        via: Option<Thread>,
    },
    Delete {
        by: By,
        of: Option<Pointed>,
        /// The platform's message is not there any more, so whoever did it was allowed to.
        gone: bool,
        via: Option<Thread>,
    },
    React {
        by: AgentId,
        of: Option<Pointed>,
        sign: String,
        on: bool,
        via: Option<Thread>,
    },
    Saw {
        upto: Seq,
    },
    /// A candidate of a verdict is to go out. `known`: there is such a candidate, with words.
    Choose {
        by: AgentId,
        of: Option<Pointed>,
        index: usize,
        known: bool,
        save: bool,
    },
    /// The bot's answer was wrong, or was not after all.
    Mark {
        by: AgentId,
        of: Option<Pointed>,
        wrong: bool,
    },
    SendHeld {
        by: AgentId,
        of: Option<Pointed>,
    },
    DropHeld {
        by: AgentId,
        of: Option<Pointed>,
    },
    Block {
        by: AgentId,
        until: Option<Millis>,
    },
    Unblock {
        by: AgentId,
    },
    /// `of` is the event that told of the failure.
    Retry {
        delivery: DeliveryId,
        of: Option<Pointed>,
    },
    DeliveryFailed {
        delivery: DeliveryId,
        of: Seq,
    },
    /// `possible`: somebody keeps frequent questions here.
    ProposeFaq {
        by: AgentId,
        possible: bool,
    },
    ConfirmFaq {
        by: AgentId,
        of: Option<Pointed>,
    },
    UndoFaq {
        by: AgentId,
        of: Option<Pointed>,
    },
    SettleFaq {
        of: Option<Pointed>,
        outcome: Settled,
    },
    /// Work on an entry did not end in time.
    LearnDue {
        of: Seq,
    },
    /// `posts` of ours stand in it already.
    NoteThread {
        thread: Thread,
        posts: Vec<PostId>,
    },
    LoseThread {
        thread: Thread,
    },
    Identify,
}

/// What a line in a thread is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TeamLine {
    /// For the visitor.
    Plain,
    /// For colleagues.
    Note,
    Take,
    /// Back to the bot.
    Back,
    Close,
    Help,
    /// Takes back the line that this one answers.
    Delete,
    /// Gives the line that this one answers new words.
    Edit,
    /// A command that is known but said wrongly.
    Misused(Notice),
    /// Starts like a command but is none; never sent to the visitor.
    Unknown,
}

/// What an edit makes of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NewWords {
    /// Nothing to see: some platforms tell of an edit when they only add a preview.
    Same,
    /// The visitor may have them.
    Fit,
    /// They look like something that was not meant for the visitor.
    Slip,
}

/// How work on an entry ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settled {
    Saved { entry: String },
    TakenOut,
    Failed,
}

/// What follows from a command.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decision {
    pub events: Vec<Planned>,
    /// Put these questions to the answerer, and set the alarm that says when it is due.
    pub ask: Option<OpenTurn>,
    /// Not before some quiet: the visitor may still be writing.
    pub wait: bool,
    /// No turn is open any more: the alarm is not needed.
    pub settled: bool,
    /// Let the learner work on the draft of this event, and set the alarm that says when it is due.
    pub learn: Option<Seq>,
    /// The learner is done: its alarm is not needed.
    pub learned: bool,
    /// Try this dead letter again.
    pub retry: Option<DeliveryId>,
}

/// An event to be committed, the words it takes, and what the thread is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    pub what: What,
    pub words: Option<Words>,
    pub deliver: Vec<DeliveryKind>,
}

/// Which words belong to an event. The shell has them; the dialogue never sees them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Words {
    /// The text that came with the command.
    Said,
    /// What the visitor says beside their stars.
    Comment,
    /// The same, for the event that is edited.
    Edited,
    Verdict,
    Answer,
    /// What the visitor is asked, and the buttons below it.
    Offer,
    /// The button that was pressed.
    Choice,
    /// What the bot says to a courtesy.
    Courtesy,
    AgentName,
    Profile,
    Notice(Notice),
    /// Why files could not be taken.
    RefusedFiles,
    Candidate(Chosen),
    FaqDraft {
        question: Seq,
        answer: Seq,
    },
}

/// What hinny tells the team by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    Help,
    UnknownCommand,
    BotAnswersAlready,
    ClosedAlready,
    HandedBack,
    /// A line or command went wrong twice; somebody has to say it again.
    NotHandled,
    /// The new words stay in the thread.
    EditKept,
    /// `!delete` and `!edit` work on one's own line that they answer.
    AnswerYourLine,
    BlockHow,
    Blocked {
        until: Option<Millis>,
    },
    NotBlocked,
    Unblocked,
    NothingToLearn,
    NoLearner,
    StillLearning,
    NothingToUndo,
    CandidateGone,
    VisitorLeft,
}
