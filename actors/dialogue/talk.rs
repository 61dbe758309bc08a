//! `Talk`: what went on between the visitor and the bot since a person had last to do with it.

use crate::event::{Intent, What};
use crate::ids::Seq;

/// Older questions and answers than these are not thought of any more.
const KEPT: usize = 3;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Talk {
    /// The last questions that the bot answered, oldest first. A new one may go on with them.
    pub answered: Vec<Seq>,
    /// Those that the visitor has not given thanks for. Asked again, the answer did not help.
    pub doubtful: Vec<Seq>,
    /// The bot's answers to them.
    pub answers: Vec<Seq>,
    /// How often the visitor said that an answer was not the right one.
    pub rejected: usize,
    /// The bot has just greeted, and nothing came since.
    pub greeted: bool,
}

impl Talk {
    pub fn apply(&mut self, seq: Seq, what: &What) {
        match what {
            What::VisitorSaid { intent, .. } => self.hear(*intent),
            What::BotGreeted { intent, .. } => self.greeted = *intent == Intent::Greeting,
            What::BotAnswered { questions, .. } => {
                keep(&mut self.answered, questions);
                keep(&mut self.doubtful, questions);
                keep(&mut self.answers, &[seq]);
            }
            What::Escalated { .. }
            | What::AgentTook { .. }
            | What::HandedBack { .. }
            | What::Closed { .. }
            | What::Reopened => *self = Talk::default(),
            _ => {}
        }
    }

    fn hear(&mut self, intent: Intent) {
        self.greeted = false;
        match intent {
            Intent::Thanks => {
                self.rejected = 0;
                self.doubtful.clear();
                self.answers.clear();
            }
            Intent::Reject if !self.answers.is_empty() => self.rejected += 1,
            _ => {}
        }
    }
}

fn keep(list: &mut Vec<Seq>, new: &[Seq]) {
    list.extend(new);
    list.drain(..list.len().saturating_sub(KEPT));
}
