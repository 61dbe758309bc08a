//! `Dialogue`: the state of one conversation, and the only place where it is decided what happens next.
//!
//! Pure and total. `apply` folds an event into the state, `decide` turns a command into events and what to do
//! about them. No clock, no network, no framework, no words: whatever a decision needs from outside comes in
//! with the command. Every command is defined in every state; `docs/internals/dialogue.md` lists them all.

mod decide;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod table;

use hinny_bridges::Thread;

use crate::event::{AgentId, Handling, Intent, Turn, Verdict, What};
use crate::ids::{MessageId, Seq};
use crate::store::DeliveryKind;

/// The fold of a conversation's events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dialogue {
    pub seq: Seq,
    pub handling: Handling,
    /// The last turn given out.
    pub turns: Turn,
    pub open: Option<OpenTurn>,
    /// Where the team talks about it now.
    pub thread: Option<Thread>,
}

/// Questions that are with the answerer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenTurn {
    pub turn: Turn,
    pub questions: Vec<Seq>,
    /// A person was fetched before these were asked, so an unsure bot may stay quiet about them.
    pub with_person: bool,
}

/// What somebody wants of a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    Say {
        message: MessageId,
        intent: Intent,
    },
    RequestPerson {
        message: MessageId,
    },
    /// The answerer's verdict on a turn.
    Judge {
        turn: Turn,
        verdict: Verdict,
        generation: String,
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
    /// Handling a command went wrong twice: a person must look.
    HandOver,
    Reply {
        by: AgentId,
        line: TeamLine,
        /// The thread it was written in; `None` for the desk.
        via: Option<Thread>,
    },
    NoteThread {
        thread: Thread,
    },
    LoseThread {
        thread: Thread,
    },
    Identify,
    /// Nothing is decided about it.
    Nothing,
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
    /// Starts like a command but is none; never sent to the visitor.
    Unknown,
}

/// What follows from a command.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decision {
    pub events: Vec<Planned>,
    /// Put these questions to the answerer, and set the alarm that says when it is due.
    pub ask: Option<OpenTurn>,
    /// No turn is open any more: the alarm is not needed.
    pub settled: bool,
}

/// An event to be committed, the words it takes, and whether the thread is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    pub what: What,
    pub words: Option<Words>,
    pub deliver: Option<DeliveryKind>,
}

/// Which words belong to an event. The shell has them; the dialogue never sees them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Words {
    /// The text that came with the command.
    Said,
    Verdict,
    Answer,
    Courtesy(Intent),
    AgentName,
    Profile,
    Notice(Notice),
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
}

impl Default for Dialogue {
    fn default() -> Self {
        Dialogue {
            seq: 0,
            handling: Handling::Bot,
            turns: 0,
            open: None,
            thread: None,
        }
    }
}

impl Dialogue {
    /// The state after a whole log.
    pub fn fold<'a>(events: impl IntoIterator<Item = &'a What>) -> Self {
        let mut dialogue = Dialogue::default();
        for what in events {
            dialogue.apply(what);
        }
        dialogue
    }

    /// Takes in the next event.
    pub fn apply(&mut self, what: &What) {
        self.seq += 1;
        match what {
            What::VisitorSaid { turn, .. } => self.open_turn(*turn),
            What::Judged { turn, verdict, .. } => match verdict {
                Verdict::Answer => {}
                Verdict::Suggest | Verdict::Unsure => self.drop_turn_with_person(*turn),
            },
            What::AnswererFailed { turn } => self.drop_turn_with_person(*turn),
            What::BotAnswered { .. } => self.open = None,
            What::Escalated { reason, bot, .. } => self.handle_by(Handling::Waiting {
                reason: *reason,
                bot: *bot,
            }),
            What::AgentTook { by, .. } => self.handle_by(Handling::Agent { by: by.clone() }),
            What::HandedBack { .. } => self.hand_back(),
            What::Closed { .. } => self.close(),
            What::Reopened => self.handling = Handling::Bot,
            What::ThreadOpened { thread } => self.thread = Some(thread.clone()),
            What::ThreadLost { thread } => {
                if self.thread.as_ref() == Some(thread) {
                    self.thread = None;
                }
            }
            What::PersonRequested { .. }
            | What::BotGreeted { .. }
            | What::AgentSaid { .. }
            | What::NoteWritten { .. }
            | What::TeamTold { .. }
            | What::VisitorIdentified
            | What::MessageEdited { .. }
            | What::MessageDeleted { .. }
            | What::NoteEdited { .. }
            | What::NoteDeleted { .. }
            | What::AgentJoined { .. }
            | What::LineHeld { .. }
            | What::HeldDropped { .. }
            | What::Blocked { .. }
            | What::Unblocked { .. }
            | What::VisitorSaw { .. }
            | What::Reacted { .. }
            | What::DeliveryFailed { .. }
            | What::FaqProposed { .. }
            | What::FaqConfirmed { .. }
            | What::FaqSaved { .. }
            | What::FaqUndone { .. }
            | What::FaqTakenOut { .. }
            | What::FaqFailed { .. } => {}
        }
    }

    fn open_turn(&mut self, turn: Option<Turn>) {
        let Some(turn) = turn else { return };
        let mut questions = self
            .open
            .take()
            .map(|open| open.questions)
            .unwrap_or_default();
        questions.push(self.seq);
        self.turns = turn;
        self.open = Some(OpenTurn {
            turn,
            questions,
            with_person: matches!(self.handling, Handling::Waiting { .. }),
        });
    }

    fn drop_turn_with_person(&mut self, turn: Turn) {
        self.open
            .take_if(|open| open.turn == turn && open.with_person);
    }

    fn handle_by(&mut self, handling: Handling) {
        self.open = None;
        self.handling = handling;
    }

    /// What is still being looked up is the bot's alone again, and ends with it or with a new hand-over.
    fn hand_back(&mut self) {
        if let Some(open) = &mut self.open {
            open.with_person = false;
        }
        self.handling = Handling::Bot;
    }

    /// A question that is still with the bot when somebody closes keeps its right to an answer.
    fn close(&mut self) {
        self.open.take_if(|open| open.with_person);
        self.handling = Handling::Closed;
    }

    /// Whether this turn is the one that waits for its verdict.
    pub fn awaits(&self, turn: Turn) -> bool {
        self.open.as_ref().is_some_and(|open| open.turn == turn)
    }
}
