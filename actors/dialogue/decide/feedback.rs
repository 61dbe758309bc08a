//! What the visitor thinks of it: whether an answer helped, stars at the end, and the wish to begin anew.

use super::Plan;
use super::visitor::REJECTED;
use crate::dialogue::{Pointed, Words};
use crate::event::{Handling, Intent, Reason, What};
use crate::store::DeliveryKind;

impl Plan {
    /// Said once of each answer. A "no" is worth as much as one in words: the second one fetches a person.
    pub(super) fn helped(&mut self, of: Option<&Pointed>, yes: bool) {
        let said = |what: &What| matches!(what, What::Helped { .. });
        let Some(of) = of.filter(|of| !of.later.iter().any(said)) else {
            return;
        };
        let What::BotAnswered { message, .. } = &of.what else {
            return;
        };
        let with_bot = self.now.handling == Handling::Bot && self.now.open.is_none();
        let counts = self.now.talk.answers.contains(&of.seq);
        self.push(What::Helped {
            of: of.seq,
            message: message.clone(),
            yes,
        });
        if yes || !with_bot || !counts {
            return;
        }
        match self.now.talk.rejected >= REJECTED {
            true => self.escalate(Reason::Repeated, Some(self.now.seq)),
            false => self.greet(Intent::Reject),
        }
    }

    /// Only what has ended can be rated. The thread is told, and stays closed.
    pub(super) fn rate(&mut self, stars: u8, comment: bool) {
        if self.now.handling != Handling::Closed || !(1..=5).contains(&stars) {
            return;
        }
        let told = self.now.thread.is_some();
        let deliver = [DeliveryKind::Line, DeliveryKind::Close];
        self.push_with(
            What::Rated { stars },
            comment.then_some(Words::Comment),
            deliver.into_iter().filter(|_| told),
        );
    }

    pub(super) fn leave(&mut self) {
        if !self.now.left {
            self.push(What::VisitorLeft);
        }
    }
}
