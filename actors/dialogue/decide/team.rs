//! What the team writes: lines, and commands in lines.

use hinny_bridges::Thread;

use super::Plan;
use crate::dialogue::{Command, Notice, Pointed, TeamLine, Words};
use crate::event::{AgentId, By, Handling, Held, What};
use crate::ids::Millis;
use crate::store::DeliveryKind;

impl Plan {
    pub(super) fn reply(&mut self, command: &Command) {
        let Command::Reply {
            by,
            line,
            slip,
            pointed,
            refused,
            via,
        } = command
        else {
            return;
        };
        match line {
            TeamLine::Plain => self.speak(by, *slip, via.as_ref()),
            TeamLine::Note => self.note(by, via.as_ref()),
            TeamLine::Take => self.take(by),
            TeamLine::Back => self.back(by),
            TeamLine::Close => self.close(by),
            TeamLine::Help => self.tell_team(Notice::Help),
            TeamLine::Misused(notice) => self.tell_team(*notice),
            TeamLine::Unknown => self.tell_team(Notice::UnknownCommand),
            TeamLine::Delete | TeamLine::Edit => {
                self.change_own(by, *line, *slip, pointed.as_ref(), via.as_ref());
            }
        }
        if *refused {
            self.note_refused_files(via.as_ref());
        }
    }

    /// What the visitor did not get wholly has its sign.
    fn note_refused_files(&mut self, via: Option<&Thread>) {
        let is_said = |what: &What| matches!(what, What::AgentSaid { .. });
        let said = self.events.last().filter(|last| is_said(&last.what));
        if said.is_some() && via.is_some() {
            self.deliver_with_last([DeliveryKind::FailedSign]);
        }
        self.tell_words(Words::RefusedFiles);
    }

    /// A line that is no command: to the visitor, unless something speaks against it.
    fn speak(&mut self, by: &AgentId, slip: Option<Held>, via: Option<&Thread>) {
        match self.why_not(by, slip, via) {
            // Where only marked lines are for the visitor, colleagues talk freely beside who has the conversation.
            Some(Held::Unmarked) if self.is_taken_by_others(by) => self.note(by, via),
            Some(why) => self.hold(by, why, via),
            None => {
                self.take_up(by);
                let deliver = self.line_if(self.is_elsewhere(via));
                let what = What::AgentSaid {
                    message: self.message_id(),
                    by: by.clone(),
                    held: None,
                    chosen: None,
                };
                self.push_with(what, Some(Words::Said), deliver);
                if self.now.left {
                    self.tell_team(Notice::VisitorLeft);
                }
            }
        }
    }

    fn why_not(&self, by: &AgentId, slip: Option<Held>, via: Option<&Thread>) -> Option<Held> {
        if slip == Some(Held::Unmarked) {
            return slip;
        }
        let twin = via.is_some() && self.now.thread.is_some() && self.is_elsewhere(via);
        if twin {
            return Some(Held::OtherThread);
        }
        match self.is_taken_by_others(by) {
            true => Some(Held::Colleague),
            false => slip,
        }
    }

    /// A thread must not be told what was written in it; the desk's page is no thread.
    pub(super) fn is_elsewhere(&self, via: Option<&Thread>) -> bool {
        via.is_none() || via != self.now.thread.as_ref()
    }

    pub(super) fn is_taken_by_others(&self, by: &AgentId) -> bool {
        matches!(self.now.handling, Handling::Agent { .. }) && !self.now.takers.contains(by)
    }

    fn note(&mut self, by: &AgentId, via: Option<&Thread>) {
        let deliver = self.line_if(self.is_elsewhere(via));
        let by = by.clone();
        self.push_with(What::NoteWritten { by }, Some(Words::Said), deliver);
    }

    /// `!delete` and `!edit` stand in where a platform does not tell what happened to a message.
    fn change_own(
        &mut self,
        by: &AgentId,
        line: TeamLine,
        slip: Option<Held>,
        of: Option<&Pointed>,
        via: Option<&Thread>,
    ) {
        let by = By::Agent(by.clone());
        let own = of.filter(|of| of.author().as_ref() == Some(&by) && !of.is_gone());
        match (own, line) {
            (None, _) => self.tell_team(Notice::AnswerYourLine),
            (Some(of), TeamLine::Edit) => self.replace(&by, of, slip.is_some(), via),
            (Some(of), _) => self.recall(of, via),
        }
    }

    /// Takes the conversation if nobody has it.
    pub(super) fn take_up(&mut self, by: &AgentId) {
        if !matches!(self.now.handling, Handling::Agent { .. }) {
            self.take(by);
        }
    }

    /// `!take`: they answer from here on. Who had it before may go on answering too.
    fn take(&mut self, by: &AgentId) {
        let has_it = matches!(&self.now.handling, Handling::Agent { by: holder } if holder == by);
        if has_it {
            return;
        }
        let what = What::AgentTook {
            by: by.clone(),
            questions: self.uncovered(),
        };
        // Without a thread nobody could answer; where somebody waits already, one is on its way.
        let is_new = self.now.thread.is_none() && !self.is_with_person();
        let card = is_new.then_some(DeliveryKind::Card);
        self.push_with(what, Some(Words::AgentName), card);
        let deliver = [DeliveryKind::Taken, DeliveryKind::CardUpdate];
        self.deliver_with_last(deliver);
    }

    /// They answer too, beside who has it.
    pub(super) fn join(&mut self, by: &AgentId) {
        if !matches!(self.now.handling, Handling::Agent { .. }) {
            self.take(by);
        } else if self.is_taken_by_others(by) {
            let what = What::AgentJoined { by: by.clone() };
            self.push_with(what, Some(Words::AgentName), []);
            self.deliver_with_last([DeliveryKind::Taken, DeliveryKind::CardUpdate]);
        }
    }

    /// Only where a thread is, or will be.
    pub(super) fn deliver_with_last(&mut self, deliver: impl IntoIterator<Item = DeliveryKind>) {
        let told = self.now.thread.is_some();
        if let Some(last) = self.events.last_mut().filter(|_| told) {
            last.deliver.extend(deliver);
        }
    }

    fn back(&mut self, by: &AgentId) {
        match self.now.handling {
            Handling::Waiting { .. } | Handling::Agent { .. } => {
                let deliver = self.card_update();
                let what = What::HandedBack { by: by.clone() };
                self.push_with(what, Some(Words::AgentName), deliver);
                self.tell_team(Notice::HandedBack);
            }
            Handling::Bot => self.tell_team(Notice::BotAnswersAlready),
            Handling::Closed => self.tell_team(Notice::ClosedAlready),
        }
    }

    fn close(&mut self, by: &AgentId) {
        if self.now.handling == Handling::Closed {
            return;
        }
        let told = self.has_thread_or_card();
        let deliver = [DeliveryKind::CardUpdate, DeliveryKind::Close];
        let what = What::Closed { by: by.clone() };
        self.push_with(
            what,
            Some(Words::AgentName),
            deliver.into_iter().filter(|_| told),
        );
    }

    /// Blocking settles what was open, and ends the conversation.
    pub(super) fn block(&mut self, by: &AgentId, until: Option<Millis>) {
        let questions = self.uncovered();
        let what = What::Blocked {
            by: by.clone(),
            until,
            questions,
        };
        self.push_words(what, Words::AgentName);
        self.tell_team(Notice::Blocked { until });
        self.close(by);
    }

    pub(super) fn unblock(&mut self, by: &AgentId) {
        if self.now.blocked.is_none() {
            return self.tell_team(Notice::NotBlocked);
        }
        let deliver = self.card_update();
        let what = What::Unblocked { by: by.clone() };
        self.push_with(what, Some(Words::AgentName), deliver);
        self.tell_team(Notice::Unblocked);
    }
}
