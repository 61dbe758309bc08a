//! What is refused to the visitor or to the desk with an answer, because somebody waits for one. Everything else that
//! may not be is decided in silence.

use super::{Command, Dialogue, Pointed};
use crate::event::{By, Handling, What};
use crate::ids::Millis;

/// Why a command is not carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    Blocked {
        until: Option<Millis>,
    },
    NotYours,
    /// The visitor has another conversation by now.
    Left,
    /// A person has it, or an answer is on its way, which the visitor must not miss.
    InUse,
}

impl Dialogue {
    /// Whether `command` is refused at the time `now`.
    pub fn refuse(&self, command: &Command, now: Millis) -> Option<Refused> {
        if self.left && is_visitors(command) {
            return Some(Refused::Left);
        }
        match command {
            Command::Say { .. } | Command::RequestPerson { .. } => self.shut_out(now),
            Command::Pick { of, choice, .. } => self
                .shut_out(now)
                .or_else(|| not_offered(of.as_ref(), *choice)),
            Command::Help { of, .. } => self.shut_out(now).or_else(|| not_answered(of.as_ref())),
            Command::Rate { .. } => self.shut_out(now),
            // A block is the conversation's: nobody gets rid of it by beginning anew.
            Command::Leave => self.shut_out(now).or_else(|| self.in_use()),
            Command::Edit { by, of, via, .. } => match by {
                By::Visitor => self.shut_out(now).or_else(|| not_theirs(by, of.as_ref())),
                By::Bot | By::Agent(_) if via.is_none() => not_theirs(by, of.as_ref()),
                By::Bot | By::Agent(_) => None,
            },
            Command::Delete { by, of, via, .. } if via.is_none() => not_theirs(by, of.as_ref()),
            _ => None,
        }
    }

    /// What was asked is not answered yet, or somebody of the team has to do with it.
    fn in_use(&self) -> Option<Refused> {
        let idle = matches!(self.handling, Handling::Bot | Handling::Closed);
        (self.open.is_some() || !idle).then_some(Refused::InUse)
    }

    /// Whether the visitor may say nothing now.
    pub fn shut_out(&self, now: Millis) -> Option<Refused> {
        let block = self.blocked.filter(|block| block.holds(now))?;
        Some(Refused::Blocked { until: block.until })
    }
}

/// What the visitor wants of the conversation they are in. That it was left is no news to who leaves it.
fn is_visitors(command: &Command) -> bool {
    match command {
        Command::Say { .. } | Command::RequestPerson { .. } | Command::Pick { .. } => true,
        Command::Help { .. } | Command::Rate { .. } => true,
        Command::Edit { by, .. } | Command::Delete { by, .. } => *by == By::Visitor,
        _ => false,
    }
}

/// Only the bot's answers can have helped.
fn not_answered(of: Option<&Pointed>) -> Option<Refused> {
    let answered = of.is_some_and(|of| matches!(of.what, What::BotAnswered { .. }));
    (!answered).then_some(Refused::NotYours)
}

fn not_theirs(by: &By, of: Option<&Pointed>) -> Option<Refused> {
    let theirs = of.is_some_and(|of| of.author().as_ref() == Some(by));
    (!theirs).then_some(Refused::NotYours)
}

/// There never was such a button. One that is of no use any more is pressed in vain, and that is no mistake.
fn not_offered(of: Option<&Pointed>, choice: Option<usize>) -> Option<Refused> {
    let offered = of.is_some_and(|of| match &of.what {
        What::Suggested { choices, .. } => choice.is_none_or(|button| button < choices.len()),
        _ => false,
    });
    (!offered).then_some(Refused::NotYours)
}
