//! `Misses`: which of a conversation's questions the bot missed, read from its log. From the skeleton alone, so an
//! erasure changes nothing, and by the same fold as every decision, so that logs of any age are understood.

use std::collections::{BTreeMap, HashMap};

use crate::dialogue::Dialogue;
use crate::event::{Event, Intent, Reason, Turn, Verdict, What};
use crate::ids::{Millis, Seq};
use crate::store::Why;

/// A question that the bot had no good answer for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Miss {
    pub question: Seq,
    /// When that turned out.
    pub at: Millis,
    pub why: Why,
    /// Where the bot's answer or draft stands, if there was one.
    pub answer: Option<Seq>,
}

/// What speaks against the answer to one question.
#[derive(Default)]
struct Doubts {
    /// It had none.
    missing: Option<(Millis, Why)>,
    not_helped: Option<Millis>,
    /// Where the answer stands that is marked, with when that was said.
    wrong: BTreeMap<Seq, Millis>,
    answer: Option<Seq>,
}

impl Doubts {
    /// The team's word counts the most, then the visitor's.
    fn worst(&self) -> Option<(Millis, Why)> {
        let wrong = self.wrong.values().max().map(|at| (*at, Why::Wrong));
        let not_helped = self.not_helped.map(|at| (at, Why::NotHelped));
        wrong.or(not_helped).or(self.missing)
    }
}

/// Gathers doubts while the log is read.
#[derive(Default)]
struct Misses {
    now: Dialogue,
    asked: BTreeMap<Seq, Doubts>,
    /// The questions that each turn was about.
    about: HashMap<Turn, Vec<Seq>>,
    /// The turns in which the bot answered, suggested or drafted something, by where that stands.
    said: HashMap<Seq, Turn>,
    /// The turn that the visitor had something to say to last.
    last: Turn,
}

/// The missed questions of one whole log, in their order.
pub fn misses(log: &[Event]) -> Vec<Miss> {
    let mut misses = Misses::default();
    for event in log {
        misses.hear(event);
        misses.judge(event);
        misses.weigh(event);
        misses.now.apply(&event.what);
    }
    let miss = |(question, doubts): (Seq, Doubts)| {
        let (at, why) = doubts.worst()?;
        let answer = doubts.answer;
        Some(Miss {
            question,
            at,
            why,
            answer,
        })
    };
    misses.asked.into_iter().filter_map(miss).collect()
}

impl Misses {
    /// What the visitor asks and the bot says.
    fn hear(&mut self, event: &Event) {
        match &event.what {
            What::VisitorSaid {
                intent: Intent::Question,
                ..
            } => {
                self.asked.insert(event.seq, Doubts::default());
            }
            What::BotAnswered {
                turn,
                questions,
                chosen,
                ..
            } => {
                self.say(event.seq, *turn, questions);
                self.with_turn(*turn, |doubts| doubts.answer = Some(event.seq));
                if chosen.is_some() {
                    self.with_turn(*turn, |doubts| doubts.missing = None);
                }
                self.last = *turn;
            }
            What::Suggested {
                turn, questions, ..
            } => {
                self.say(event.seq, *turn, questions);
                let missing = Some((event.at, Why::Suggested));
                self.with_turn(*turn, |doubts| doubts.missing = missing);
                self.last = *turn;
            }
            What::Drafted { turn } => {
                self.say(event.seq, *turn, &[]);
                self.with_turn(*turn, |doubts| doubts.answer = Some(event.seq));
            }
            _ => {}
        }
    }

    /// What the answerer made of it, and what a person was fetched for.
    fn judge(&mut self, event: &Event) {
        let missing = |reason| Some((event.at, Why::HandedOver(reason)));
        match &event.what {
            What::Judged { turn, verdict, .. } => {
                self.open(*turn);
                if *verdict != Verdict::Answer {
                    let missing = missing(Reason::LowConfidence);
                    self.with_turn(*turn, |doubts| doubts.missing = missing);
                }
            }
            What::AnswererFailed { turn } => {
                self.open(*turn);
                let missing = missing(Reason::AnswererDown);
                self.with_turn(*turn, |doubts| doubts.missing = missing);
            }
            // The site wants it so, whatever the bot knows.
            What::Escalated {
                reason: Reason::Policy,
                ..
            } => {}
            What::Escalated {
                reason, questions, ..
            } => {
                let asks = |seq: &Seq| self.asked.contains_key(seq);
                let rejected = !questions.is_empty() && !questions.iter().any(asks);
                match rejected && *reason != Reason::Asked {
                    true => self.with_turn(self.last, |doubts| doubts.missing = missing(*reason)),
                    false => self.with(questions, |doubts| doubts.missing = missing(*reason)),
                }
            }
            _ => {}
        }
    }

    /// What people think of it.
    fn weigh(&mut self, event: &Event) {
        match &event.what {
            What::AgentSaid {
                chosen: Some(chosen),
                ..
            } => self.with_said(chosen.verdict, |doubts| doubts.missing = None),
            What::AnswerMarked {
                of, wrong: true, ..
            } => self.with_said(*of, |doubts| {
                doubts.wrong.insert(*of, event.at);
            }),
            What::AnswerMarked { of, .. } => self.with_said(*of, |doubts| {
                doubts.wrong.remove(of);
            }),
            What::Helped { of, yes: false, .. } => {
                self.with_said(*of, |doubts| doubts.not_helped = Some(event.at));
            }
            _ => {}
        }
    }

    /// The turn is about all that is open, also what a person has already.
    fn open(&mut self, turn: Turn) {
        if let Some(open) = self.now.open.as_ref().filter(|open| open.turn == turn) {
            self.about.insert(turn, open.questions.clone());
        }
    }

    fn say(&mut self, seq: Seq, turn: Turn, questions: &[Seq]) {
        self.said.insert(seq, turn);
        self.about
            .entry(turn)
            .or_insert_with(|| questions.to_owned());
    }

    fn with_said(&mut self, seq: Seq, change: impl Fn(&mut Doubts)) {
        if let Some(turn) = self.said.get(&seq) {
            self.with_turn(*turn, change);
        }
    }

    fn with_turn(&mut self, turn: Turn, change: impl Fn(&mut Doubts)) {
        let questions = self.about.get(&turn).cloned().unwrap_or_default();
        self.with(&questions, change);
    }

    /// Only what is a question counts: a wish for a person is none.
    fn with(&mut self, questions: &[Seq], change: impl Fn(&mut Doubts)) {
        for question in questions {
            if let Some(doubts) = self.asked.get_mut(question) {
                change(doubts);
            }
        }
    }
}
