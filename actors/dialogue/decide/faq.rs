//! Entries of the frequent questions: proposed, looked at, saved, and taken out again.

use super::Plan;
use crate::dialogue::{Draft, Notice, Pointed, Settled};
use crate::event::{AgentId, What};
use crate::store::DeliveryKind;

impl Plan {
    pub(super) fn propose_faq(&mut self, by: &AgentId, possible: bool) {
        match possible {
            true => self.propose(by, self.now.faq.pair),
            false => self.tell_team(Notice::NoLearner),
        }
    }

    pub(super) fn confirm_faq(&mut self, by: &AgentId, of: Option<&Pointed>) {
        let Some(of) = of.filter(|of| of.draft() == Some(Draft::Open)) else {
            return;
        };
        if self.now.faq.working.is_some() {
            return self.tell_team(Notice::StillLearning);
        }
        let (of, by) = (of.seq, by.clone());
        self.push(What::FaqConfirmed { of, by });
        self.learn = Some(of);
    }

    /// `!faq undo`, or the button that says no.
    pub(super) fn undo_faq(&mut self, by: &AgentId, of: Option<&Pointed>) {
        let Some((of, draft)) = of.and_then(|of| Some((of.seq, of.draft()?))) else {
            return self.tell_team(Notice::NothingToUndo);
        };
        let by = by.clone();
        match draft {
            Draft::Over => self.tell_team(Notice::NothingToUndo),
            Draft::Learning { .. } | Draft::Unlearning => self.tell_team(Notice::StillLearning),
            Draft::Open => {
                let deliver = self.edit_if_thread();
                let entry = None;
                self.push_with(What::FaqUndone { of, by, entry }, None, deliver);
            }
            Draft::Saved { .. } if self.now.faq.working.is_some() => {
                self.tell_team(Notice::StillLearning);
            }
            Draft::Saved { entry } => {
                let deliver = self.edit_if_thread();
                let entry = Some(entry);
                self.push_with(What::FaqUndone { of, by, entry }, None, deliver);
                self.learn = Some(of);
            }
        }
    }

    pub(super) fn settle_faq(&mut self, of: Option<&Pointed>, outcome: &Settled) {
        let Some(of) = of.filter(|of| self.now.faq.working == Some(of.seq)) else {
            return;
        };
        let deliver = self.edit_if_thread();
        let (of, draft) = (of.seq, of.draft());
        match (outcome, draft) {
            (Settled::Saved { entry }, Some(Draft::Learning { by })) => {
                let entry = entry.clone();
                self.push_with(What::FaqSaved { of, by, entry }, None, deliver);
            }
            (Settled::TakenOut, Some(Draft::Unlearning)) => {
                self.push_with(What::FaqTakenOut { of }, None, deliver);
            }
            _ => self.push_with(What::FaqFailed { of }, None, deliver),
        }
    }

    fn edit_if_thread(&self) -> Option<DeliveryKind> {
        self.now.thread.is_some().then_some(DeliveryKind::Edit)
    }
}
