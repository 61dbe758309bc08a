//! `Dialogue`: the state of one conversation, and the only place where it is decided what happens next.
//!
//! Pure and total. `apply` folds an event into the state, `decide` turns a command into events and what to do
//! about them. No clock, no network, no framework, no words: whatever a decision needs from outside comes in
//! with the command. Every command is defined in every state; `docs/internals/dialogue.md` lists them all.

mod command;
mod decide;
mod pointed;
#[cfg(test)]
mod properties;
mod refuse;
#[cfg(test)]
mod table;
mod talk;

use hinny_bridges::Thread;

use crate::event::{AgentId, Handling, Intent, Turn, What};
use crate::ids::{Millis, Seq};
pub use command::*;
pub use pointed::{Draft, Pointed};
pub use refuse::Refused;
pub use talk::{Offer, Talk};

/// The fold of a conversation's events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dialogue {
    pub seq: Seq,
    pub handling: Handling,
    /// Whose plain lines go to the visitor. Empty when nobody has taken the conversation.
    pub takers: Vec<AgentId>,
    /// The last turn given out.
    pub turns: Turn,
    pub open: Option<OpenTurn>,
    /// Where the team talks about it now.
    pub thread: Option<Thread>,
    pub blocked: Option<Block>,
    /// Agents' lines that the visitor has not had before their eyes yet.
    pub unseen: Vec<Seq>,
    pub faq: Faq,
    pub talk: Talk,
    /// The visitor has another conversation by now.
    pub left: bool,
}

/// Questions that are with the answerer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenTurn {
    pub turn: Turn,
    pub questions: Vec<Seq>,
    /// A person was fetched before these were asked, so an unsure bot may stay quiet about them.
    pub with_person: bool,
}

/// The team wants to hear no more of this visitor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    /// For good without it.
    pub until: Option<Millis>,
}

impl Block {
    pub fn holds(&self, now: Millis) -> bool {
        self.until.is_none_or(|until| now < until)
    }
}

/// What `!faq` works with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faq {
    pub question: Option<Seq>,
    /// The last question that an agent answered, and their answer.
    pub pair: Option<(Seq, Seq)>,
    /// The last draft.
    pub draft: Option<Seq>,
    /// The draft that is being saved or taken out.
    pub working: Option<Seq>,
}

impl Faq {
    fn apply(&mut self, seq: Seq, what: &What) {
        match what {
            What::FaqProposed { .. } => self.draft = Some(seq),
            What::FaqConfirmed { of, .. }
            | What::FaqUndone {
                of, entry: Some(_), ..
            } => self.working = Some(*of),
            What::FaqSaved { .. } | What::FaqTakenOut { .. } | What::FaqFailed { .. } => {
                self.working = None;
            }
            _ => {}
        }
    }
}

/// The part of the state that an event belongs to.
enum Side {
    Talk,
    Team,
    Faq,
    Nothing,
}

impl Side {
    fn of(what: &What) -> Side {
        match what {
            What::VisitorSaid { .. }
            | What::Judged { .. }
            | What::AnswererFailed { .. }
            | What::Escalated { .. }
            | What::Reopened
            | What::ThreadOpened { .. }
            | What::ThreadLost { .. }
            | What::VisitorSaw { .. } => Side::Talk,
            What::BotAnswered { .. } | What::Suggested { .. } | What::VisitorLeft => Side::Talk,
            What::AgentTook { .. }
            | What::AgentJoined { .. }
            | What::HandedBack { .. }
            | What::Closed { .. }
            | What::AgentSaid { .. }
            | What::MessageDeleted { .. }
            | What::Blocked { .. }
            | What::Unblocked { .. } => Side::Team,
            What::FaqProposed { .. } | What::FaqConfirmed { .. } => Side::Faq,
            What::FaqUndone { .. } | What::FaqSaved { .. } => Side::Faq,
            What::FaqTakenOut { .. } | What::FaqFailed { .. } => Side::Faq,
            What::PersonRequested { .. } | What::VisitorChose { .. } => Side::Nothing,
            What::Helped { .. } | What::Rated { .. } => Side::Nothing,
            What::BotGreeted { .. } | What::Drafted { .. } => Side::Nothing,
            What::AnswerMarked { .. } | What::NoteWritten { .. } => Side::Nothing,
            What::TeamTold { .. }
            | What::VisitorIdentified
            | What::MessageEdited { .. }
            | What::NoteEdited { .. }
            | What::NoteDeleted { .. }
            | What::LineHeld { .. }
            | What::HeldDropped { .. }
            | What::Reacted { .. }
            | What::DeliveryFailed { .. }
            | What::DeliveryRetried { .. }
            | What::TwinFound { .. } => Side::Nothing,
        }
    }
}

impl Default for Dialogue {
    fn default() -> Self {
        Dialogue {
            seq: 0,
            handling: Handling::Bot,
            turns: 0,
            takers: Vec::new(),
            open: None,
            thread: None,
            blocked: None,
            unseen: Vec::new(),
            faq: Faq::default(),
            talk: Talk::default(),
            left: false,
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
        self.talk.apply(self.seq, what);
        match Side::of(what) {
            Side::Talk => self.apply_talk(what),
            Side::Team => self.apply_team(what),
            Side::Faq => self.faq.apply(self.seq, what),
            Side::Nothing => {}
        }
    }

    fn apply_talk(&mut self, what: &What) {
        match what {
            What::VisitorSaid { turn, intent, .. } => self.hear(*intent, *turn),
            What::Judged { turn, .. } => self.drop_turn_with_person(*turn),
            What::AnswererFailed { turn } => self.drop_turn_with_person(*turn),
            What::BotAnswered { .. } | What::Suggested { .. } => self.open = None,
            What::Escalated { reason, bot, .. } => self.handle_by(Handling::Waiting {
                reason: *reason,
                bot: *bot,
            }),
            What::Reopened => self.handling = Handling::Bot,
            What::VisitorLeft => self.left = true,
            What::ThreadOpened { thread } => self.thread = Some(thread.clone()),
            What::ThreadLost { thread } => {
                self.thread.take_if(|active| active == thread);
            }
            What::VisitorSaw { upto, .. } => self.unseen.retain(|seq| seq > upto),
            _ => {}
        }
    }

    fn apply_team(&mut self, what: &What) {
        match what {
            What::AgentTook { by, .. } => {
                self.handle_by(Handling::Agent { by: by.clone() });
                self.join(by);
            }
            What::AgentJoined { by } => self.join(by),
            What::HandedBack { .. } => self.hand_back(),
            What::Closed { .. } => self.close(),
            What::AgentSaid { .. } => self.speak(),
            What::MessageDeleted { of, .. } => self.forget(*of),
            What::Blocked { until, .. } => {
                self.open = None;
                self.blocked = Some(Block { until: *until });
            }
            What::Unblocked { .. } => self.blocked = None,
            _ => {}
        }
    }

    fn hear(&mut self, intent: Intent, turn: Option<Turn>) {
        if intent == Intent::Question {
            self.faq.question = Some(self.seq);
        }
        self.open_turn(turn);
    }

    fn speak(&mut self) {
        self.unseen.push(self.seq);
        if let Some(question) = self.faq.question {
            self.faq.pair = Some((question, self.seq));
        }
    }

    fn forget(&mut self, of: Seq) {
        self.unseen.retain(|seq| *seq != of);
        self.faq.question.take_if(|seq| *seq == of);
        self.faq
            .pair
            .take_if(|(question, answer)| *question == of || *answer == of);
    }

    fn join(&mut self, by: &AgentId) {
        if !self.takers.contains(by) {
            self.takers.push(by.clone());
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
        if !matches!(handling, Handling::Agent { .. }) {
            self.takers.clear();
        }
        self.handling = handling;
    }

    /// What is still being looked up is the bot's alone again, and ends with it or with a new hand-over.
    fn hand_back(&mut self) {
        if let Some(open) = &mut self.open {
            open.with_person = false;
        }
        self.takers.clear();
        self.handling = Handling::Bot;
    }

    /// A question that is still with the bot when somebody closes keeps its right to an answer.
    fn close(&mut self) {
        self.open.take_if(|open| open.with_person);
        self.takers.clear();
        self.handling = Handling::Closed;
    }

    /// Whether this turn is the one that waits for its verdict.
    pub fn awaits(&self, turn: Turn) -> bool {
        self.open.as_ref().is_some_and(|open| open.turn == turn)
    }
}
