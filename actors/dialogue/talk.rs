//! `Talk`: what went on between the visitor and the bot since a person had last to do with it.

use crate::event::{Chosen, Intent, Turn, What};
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
    /// What the visitor may still choose from.
    pub offer: Option<Offer>,
    /// How often something was suggested since the last answer.
    pub suggested: usize,
}

/// Suggestions that wait for the visitor. Whatever they say instead ends them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    pub seq: Seq,
    pub turn: Turn,
    /// What they were asked about.
    pub questions: Vec<Seq>,
    pub verdict: Seq,
    pub choices: Vec<usize>,
}

impl Offer {
    /// What the button stands for.
    pub fn choice(&self, button: usize) -> Option<Chosen> {
        let index = *self.choices.get(button)?;
        let verdict = self.verdict;
        Some(Chosen { verdict, index })
    }
}

impl Talk {
    pub fn apply(&mut self, seq: Seq, what: &What) {
        match what {
            What::VisitorSaid { intent, .. } => self.hear(*intent),
            What::Suggested { .. } => self.suggest(seq, what),
            What::VisitorChose { chosen, .. } => self.choose(*chosen),
            What::Helped { of, yes, .. } => self.judge(*of, *yes),
            What::BotGreeted { intent, .. } => self.greeted = *intent == Intent::Greeting,
            What::BotAnswered { questions, .. } => {
                keep(&mut self.answered, questions);
                keep(&mut self.doubtful, questions);
                keep(&mut self.answers, &[seq]);
                self.offer = None;
                self.suggested = 0;
            }
            What::Escalated { .. }
            | What::AgentTook { .. }
            | What::HandedBack { .. }
            | What::Closed { .. }
            | What::Reopened => *self = Talk::default(),
            _ => {}
        }
    }

    /// Asked again without choosing, the suggestions did not help.
    fn suggest(&mut self, seq: Seq, what: &What) {
        let What::Suggested {
            turn,
            questions,
            verdict,
            choices,
            ..
        } = what
        else {
            return;
        };
        keep(&mut self.doubtful, questions);
        self.suggested += 1;
        self.offer = Some(Offer {
            seq,
            turn: *turn,
            questions: questions.clone(),
            verdict: *verdict,
            choices: choices.clone(),
        });
    }

    fn choose(&mut self, chosen: Option<Chosen>) {
        let offer = self.offer.take();
        match (chosen, offer) {
            (Some(_), Some(offer)) => keep(&mut self.answered, &offer.questions),
            (Some(_), None) => {}
            (None, _) => self.rejected += 1,
        }
    }

    /// Of answers that are long past it makes no difference.
    fn judge(&mut self, of: Seq, helped: bool) {
        match (self.answers.contains(&of), helped) {
            (false, _) => {}
            (true, true) => self.content(),
            (true, false) => self.rejected += 1,
        }
    }

    /// The visitor has what they were looking for.
    fn content(&mut self) {
        self.rejected = 0;
        self.suggested = 0;
        self.doubtful.clear();
        self.answers.clear();
    }

    fn hear(&mut self, intent: Intent) {
        self.greeted = false;
        let offer = self.offer.take();
        match intent {
            Intent::Thanks => self.content(),
            Intent::Reject if offer.is_some() || !self.answers.is_empty() => self.rejected += 1,
            _ => {}
        }
    }
}

fn keep(list: &mut Vec<Seq>, new: &[Seq]) {
    list.extend(new);
    list.drain(..list.len().saturating_sub(KEPT));
}
