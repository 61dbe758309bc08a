//! When the bot is not sure but has a guess: the visitor is asked what they mean, and chooses or wants a person.

use super::Plan;
use super::visitor::REJECTED;
use crate::dialogue::{Command, Words};
use crate::event::{Handling, Reason, Turn, Verdict, What};
use crate::ids::MessageId;

/// Who has chosen nothing from so many suggestions in a row gets a person instead of more of them.
const IN_A_ROW: usize = 2;

impl Plan {
    /// A person who is there already needs no guesses between them and the visitor.
    pub(super) fn may_suggest(&self) -> bool {
        matches!(self.now.handling, Handling::Bot | Handling::Closed)
            && self.now.talk.suggested < IN_A_ROW
            && !self.uncovered().is_empty()
    }

    pub(super) fn suggest(
        &mut self,
        turn: Turn,
        verdict: Verdict,
        generation: &str,
        choices: &[usize],
    ) {
        if !self.now.awaits(turn) {
            return;
        }
        let questions = self.uncovered();
        self.judged(turn, verdict, generation);
        let judged = self.now.seq;
        if self.now.handling == Handling::Closed {
            self.push(What::Reopened);
        }
        let what = What::Suggested {
            message: self.message_id(),
            turn,
            questions,
            verdict: judged,
            choices: choices.to_vec(),
        };
        self.push_words(what, Words::Offer);
    }

    /// Once: what was superseded or answered already is not open any more.
    pub(super) fn pick(&mut self, command: &Command) {
        let Command::Pick {
            message,
            of: Some(of),
            choice,
            known,
        } = command
        else {
            return;
        };
        let Some(offer) = self
            .now
            .talk
            .offer
            .clone()
            .filter(|open| open.seq == of.seq)
        else {
            return;
        };
        let chosen = choice.and_then(|button| offer.choice(button));
        let what = What::VisitorChose {
            message: MessageId::clone(message),
            of: offer.seq,
            chosen,
        };
        self.push_words(what, Words::Choice);
        let Some(chosen) = chosen.filter(|_| *known) else {
            return self.decline();
        };
        let what = What::BotAnswered {
            message: self.message_id(),
            turn: offer.turn,
            questions: Vec::new(),
            chosen: Some(chosen),
        };
        self.push_words(what, Words::Candidate(chosen));
    }

    /// None of them was right, which the visitor has just said. It counts like an answer that was not.
    pub(super) fn decline(&mut self) {
        let reason = match self.now.talk.rejected >= REJECTED {
            true => Reason::Repeated,
            false => Reason::LowConfidence,
        };
        self.escalate(reason, Some(self.now.seq));
    }
}
