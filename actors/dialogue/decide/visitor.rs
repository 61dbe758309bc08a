//! What the visitor does.

use super::Plan;
use crate::dialogue::Words;
use crate::event::{BotMeanwhile, Handling, Intent, Reason, Turn, What};
use crate::ids::MessageId;
use crate::store::DeliveryKind;

impl Plan {
    pub(super) fn say(&mut self, message: &MessageId, intent: Intent) {
        match intent {
            Intent::Question => self.say_question(message),
            Intent::Person => {
                self.said(message, intent, None, DeliveryKind::Line);
                self.fetch_on_request();
            }
            Intent::Greeting | Intent::Thanks => self.say_courtesy(message, intent),
        }
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

    /// "Hello" and "thanks" are no questions: they reopen nothing and need no search.
    pub(super) fn say_courtesy(&mut self, message: &MessageId, intent: Intent) {
        let alone = self.now.open.is_none();
        self.said(message, intent, None, DeliveryKind::Line);
        let answered = match &self.now.handling {
            Handling::Bot => alone,
            Handling::Closed => intent == Intent::Greeting,
            Handling::Waiting { .. } | Handling::Agent { .. } => false,
        };
        if answered {
            let message = self.message_id();
            self.push_words(
                What::BotGreeted { message, intent },
                Words::Courtesy(intent),
            );
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
