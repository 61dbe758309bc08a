//! `Pointed`: what is known of the event that a command points at. It enters `decide` as data, like the clock.

use hinny_bridges::Thread;

use crate::event::{AgentId, By, What};
use crate::ids::{MessageId, Seq};

/// An event, and everything that happened to it later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pointed {
    pub seq: Seq,
    pub what: What,
    /// The events that refer to it, in order.
    pub later: Vec<What>,
    /// The thread where a member wrote it themselves; `None` for everything else.
    pub written_in: Option<Thread>,
}

/// Where the draft of an entry stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Draft {
    Open,
    /// Somebody works on it since this agent confirmed it.
    Learning {
        by: AgentId,
    },
    Saved {
        entry: String,
    },
    Unlearning,
    Over,
}

impl Pointed {
    /// From the events of a conversation, numbered from 1.
    pub fn find(log: &[What], seq: Seq, written_in: Option<Thread>) -> Option<Self> {
        let index = usize::try_from(seq).ok()?.checked_sub(1)?;
        let later = log.iter().filter(|what| what.refers() == Some(seq));
        Some(Pointed {
            seq,
            what: log.get(index)?.clone(),
            later: later.cloned().collect(),
            written_in,
        })
    }

    /// Its words were taken back.
    pub fn is_gone(&self) -> bool {
        let gone =
            |what: &What| matches!(what, What::MessageDeleted { .. } | What::NoteDeleted { .. });
        self.later.iter().any(gone)
    }

    /// It is a held line that still waits for somebody to decide.
    pub fn is_held(&self) -> bool {
        let settled =
            |what: &What| matches!(what, What::AgentSaid { .. } | What::HeldDropped { .. });
        matches!(self.what, What::LineHeld { .. })
            && !self.is_gone()
            && !self.later.iter().any(settled)
    }

    /// The last word about this answer of the bot's is that it was wrong.
    pub fn is_marked_wrong(&self) -> bool {
        let marks = self.later.iter().rev().find_map(|what| match what {
            What::AnswerMarked { wrong, .. } => Some(*wrong),
            _ => None,
        });
        marks == Some(true)
    }

    /// It stays with the team: a note, or a line that was held and not sent.
    pub fn is_inside(&self) -> bool {
        let sent = |what: &What| matches!(what, What::AgentSaid { .. });
        match self.what {
            What::NoteWritten { .. } => true,
            What::LineHeld { .. } => !self.later.iter().any(sent),
            _ => false,
        }
    }

    /// Who said it.
    pub fn author(&self) -> Option<By> {
        match &self.what {
            What::VisitorSaid { .. } => Some(By::Visitor),
            What::BotAnswered { .. } | What::BotGreeted { .. } => Some(By::Bot),
            What::AgentSaid { by, .. } | What::NoteWritten { by } | What::LineHeld { by, .. } => {
                Some(By::Agent(by.clone()))
            }
            _ => None,
        }
    }

    /// Its name, if the visitor can see it.
    pub fn message(&self) -> Option<&MessageId> {
        match &self.what {
            What::VisitorSaid { message, .. }
            | What::BotAnswered { message, .. }
            | What::BotGreeted { message, .. }
            | What::AgentSaid { message, .. } => Some(message),
            _ => None,
        }
    }

    /// For a draft: what became of it so far. `None` for anything else.
    pub fn draft(&self) -> Option<Draft> {
        if !matches!(self.what, What::FaqProposed { .. }) {
            return None;
        }
        let mut draft = Draft::Open;
        for what in &self.later {
            draft = match (what, draft) {
                (What::FaqConfirmed { by, .. }, _) => Draft::Learning { by: by.clone() },
                (What::FaqSaved { entry, .. }, _) => Draft::Saved {
                    entry: entry.clone(),
                },
                (What::FaqUndone { entry: Some(_), .. }, _) => Draft::Unlearning,
                (What::FaqUndone { entry: None, .. } | What::FaqTakenOut { .. }, _) => Draft::Over,
                (What::FaqFailed { .. }, Draft::Learning { .. }) => Draft::Open,
                (What::FaqFailed { .. }, Draft::Unlearning) => self.last_saved(),
                (_, draft) => draft,
            };
        }
        Some(draft)
    }

    fn last_saved(&self) -> Draft {
        let entry = self.later.iter().rev().find_map(|what| match what {
            What::FaqSaved { entry, .. } => Some(entry.clone()),
            _ => None,
        });
        entry.map_or(Draft::Over, |entry| Draft::Saved { entry })
    }
}
