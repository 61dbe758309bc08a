//! What the visitor does.

use super::Plan;
use crate::dialogue::Words;
use crate::event::{BotMeanwhile, Handling, Intent, Reason, Turn, What};
use crate::ids::MessageId;
use crate::store::DeliveryKind;

/// So many answers may be rejected before a person is fetched.
pub(super) const REJECTED: usize = 2;

impl Plan {
    pub(super) fn say(&mut self, message: &MessageId, intent: Intent, again: bool, asks: bool) {
        let with_bot = self.now.handling == Handling::Bot && self.now.open.is_none();
        match intent {
            Intent::Question if again && with_bot => {
                self.said(message, intent, None, DeliveryKind::Line);
                self.escalate(Reason::Repeated, Some(self.now.seq));
            }
            Intent::Question => self.say_question(message),
            Intent::Person => {
                self.said(message, intent, None, DeliveryKind::Line);
                self.fetch_on_request();
            }
            Intent::Greeting | Intent::Thanks | Intent::SmallTalk => {
                self.say_courtesy(message, intent, asks);
            }
            Intent::Reject => self.say_reject(message, with_bot),
        }
    }

    /// "No" to an answer. A second one means that the bot will not find it; without an answer it is said of
    /// something else, and must not be lost.
    fn say_reject(&mut self, message: &MessageId, with_bot: bool) {
        let offered = self.now.talk.offer.is_some();
        let of_nothing = with_bot && self.now.talk.answers.is_empty() && !offered;
        if of_nothing || self.now.handling == Handling::Closed {
            return self.say_question(message);
        }
        let intent = Intent::Reject;
        self.said(message, intent, None, DeliveryKind::Line);
        if !with_bot {
            return;
        }
        if offered {
            return self.decline();
        }
        match self.now.talk.rejected >= REJECTED {
            true => self.escalate(Reason::Repeated, Some(self.now.seq)),
            false => self.greet(intent),
        }
    }

    pub(super) fn greet(&mut self, intent: Intent) {
        let message = self.message_id();
        let what = What::BotGreeted { message, intent };
        self.push_words(what, Words::Courtesy);
    }

    pub(super) fn say_question(&mut self, message: &MessageId) {
        if self.now.handling == Handling::Closed {
            self.push(What::Reopened);
        }
        let turn = match &self.now.handling {
            Handling::Bot | Handling::Closed => Some(self.now.turns + 1),
            Handling::Waiting { bot, .. } => match bot {
                BotMeanwhile::Helping => Some(self.now.turns + 1),
                BotMeanwhile::Silent => None,
            },
            Handling::Agent { .. } => None,
        };
        self.said(message, Intent::Question, turn, DeliveryKind::Line);
    }

    /// "Hello" and "thanks" are no questions: they reopen nothing and need no search. Who is greeted once is not
    /// greeted again for the next line of the same breath, unless it asks something.
    pub(super) fn say_courtesy(&mut self, message: &MessageId, intent: Intent, asks: bool) {
        let alone = self.now.open.is_none();
        let greeted = intent == Intent::Greeting && self.now.talk.greeted && !asks;
        self.said(message, intent, None, DeliveryKind::Line);
        let answered = match &self.now.handling {
            Handling::Bot => alone && !greeted,
            Handling::Closed => intent != Intent::Thanks,
            Handling::Waiting { .. } | Handling::Agent { .. } => false,
        };
        if answered {
            self.greet(intent);
        }
    }

    pub(super) fn request_person(&mut self, message: &MessageId) {
        self.push(What::PersonRequested {
            message: message.clone(),
        });
        self.fetch_on_request();
    }

    /// The visitor wants a person, and has just said so in the last event.
    pub(super) fn fetch_on_request(&mut self) {
        let asked = self.now.seq;
        match self.now.handling.clone() {
            Handling::Bot => self.escalate(Reason::Asked, Some(asked)),
            Handling::Closed => {
                self.push(What::Reopened);
                self.escalate(Reason::Asked, Some(asked));
            }
            Handling::Waiting {
                bot: BotMeanwhile::Helping,
                ..
            } => self.silence_bot(),
            Handling::Waiting { .. } | Handling::Agent { .. } => {}
        }
    }

    /// A person is on the way already; from here on the bot keeps out of it.
    pub(super) fn silence_bot(&mut self) {
        self.push(What::Escalated {
            reason: Reason::Asked,
            bot: BotMeanwhile::Silent,
            questions: Vec::new(),
        });
    }

    pub(super) fn said(
        &mut self,
        message: &MessageId,
        intent: Intent,
        turn: Option<Turn>,
        kind: DeliveryKind,
    ) {
        let to_person = matches!(
            self.now.handling,
            Handling::Waiting { .. } | Handling::Agent { .. }
        );
        let what = What::VisitorSaid {
            message: message.clone(),
            intent,
            turn,
        };
        self.push_with(what, Some(Words::Said), to_person.then_some(kind));
    }
}
