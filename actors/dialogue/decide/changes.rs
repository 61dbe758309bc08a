//! What happens to words that were said before: edits, deletions, signs, and that somebody saw them.

use hinny_bridges::Thread;

use super::Plan;
use crate::dialogue::{Command, NewWords, Notice, Pointed, Words};
use crate::event::{AgentId, By, Handling, What};
use crate::ids::{MessageId, Seq};
use crate::store::DeliveryKind;

/// Put on one's own message, it takes the message back.
const RECALL: char = '\u{274c}';

/// A sign is one emoji; some of those are long.
const LONGEST_SIGN: usize = 32;

impl Plan {
    pub(super) fn edit(
        &mut self,
        by: &By,
        of: Option<&Pointed>,
        words: NewWords,
        via: Option<&Thread>,
    ) {
        let own = of.filter(|of| of.author().as_ref() == Some(by) && !of.is_gone());
        if let Some(of) = own.filter(|_| words != NewWords::Same) {
            self.replace(by, of, words == NewWords::Slip, via);
        }
    }

    /// New words for something of one's own. What stays with the team may say anything.
    pub(super) fn replace(&mut self, by: &By, of: &Pointed, slip: bool, via: Option<&Thread>) {
        let seq = of.seq;
        if let (true, By::Agent(by)) = (of.is_inside(), by) {
            let what = What::NoteEdited {
                of: seq,
                by: by.clone(),
            };
            let deliver = self.edit_there(via);
            self.push_with(what, Some(Words::Edited), deliver);
        } else if let Some(message) = of.message() {
            if slip && *by != By::Visitor {
                return self.tell_team(Notice::EditKept);
            }
            let what = What::MessageEdited {
                of: seq,
                message: message.clone(),
                by: by.clone(),
            };
            let deliver = self.edit_there(via).into_iter().chain(self.card_update());
            self.push_with(what, Some(Words::Edited), deliver);
        }
    }

    /// Where it was edited it stands already.
    fn edit_there(&self, via: Option<&Thread>) -> Option<DeliveryKind> {
        (self.is_elsewhere(via) && self.has_thread_or_card()).then_some(DeliveryKind::Edit)
    }

    /// `gone`: a platform's message is not there any more. Platforms do not always tell who did that, but they let
    /// only its author and administrators do it.
    pub(super) fn delete(
        &mut self,
        by: &By,
        of: Option<&Pointed>,
        gone: bool,
        via: Option<&Thread>,
    ) {
        let Some(of) = of.filter(|of| !of.is_gone()) else {
            return;
        };
        match (gone, of.author()) {
            (true, Some(By::Agent(_))) if of.written_in.is_some() => self.take_away(of, None),
            (false, Some(author)) if author == *by => self.recall(of, via),
            _ => {}
        }
    }

    /// Takes something back while the member's own message still stands on the platform.
    pub(super) fn recall(&mut self, of: &Pointed, via: Option<&Thread>) {
        let told = self.has_thread_or_card();
        let kind = match (&of.written_in, via) {
            (Some(_), _) => DeliveryKind::Recalled,
            (None, _) => DeliveryKind::Delete,
        };
        self.take_away(of, told.then_some(kind));
    }

    fn take_away(&mut self, of: &Pointed, deliver: Option<DeliveryKind>) {
        let Some(by) = of.author() else { return };
        let seq = of.seq;
        let card = self.card_update();
        if let Some(message) = of.message() {
            let what = What::MessageDeleted {
                of: seq,
                message: message.clone(),
                by,
            };
            self.push_with(what, None, deliver.into_iter().chain(card));
        } else if let (true, By::Agent(by)) = (of.is_inside(), by) {
            let deliver = match of.is_held() {
                // The notice with its button goes as well.
                true => self.now.thread.is_some().then_some(DeliveryKind::Delete),
                false => deliver,
            };
            self.push_with(What::NoteDeleted { of: seq, by }, None, deliver);
        }
    }

    /// A sign on one's own line may take it back; signs of who has the conversation are shown to the visitor.
    pub(super) fn react(&mut self, command: &Command) {
        let Command::React {
            by,
            of: Some(of),
            sign,
            on,
            via,
        } = command
        else {
            return;
        };
        if of.is_gone() || sign.is_empty() || sign.len() > LONGEST_SIGN {
            return;
        }
        let own = of.author() == Some(By::Agent(by.clone()));
        match (sign.starts_with(RECALL), of.message()) {
            (true, _) if own && *on => self.recall(of, via.as_ref()),
            (true, _) => {}
            (false, Some(message)) if self.is_taker(by) => {
                self.show_sign(by, of.seq, message, sign, *on)
            }
            (false, _) => {}
        }
    }

    fn show_sign(&mut self, by: &AgentId, of: Seq, message: &MessageId, sign: &str, on: bool) {
        self.push(What::Reacted {
            of,
            message: message.clone(),
            by: by.clone(),
            sign: sign.to_owned(),
            on,
        });
    }

    fn is_taker(&self, by: &AgentId) -> bool {
        matches!(self.now.handling, Handling::Agent { .. }) && self.now.takers.contains(by)
    }

    /// Only what an agent said is worth telling, and only once.
    pub(super) fn saw(&mut self, upto: Seq) {
        let upto = upto.min(self.now.seq);
        let newest = self.now.unseen.iter().rev().find(|seq| **seq <= upto);
        if let Some(of) = newest.copied() {
            let deliver = self.has_thread_or_card().then_some(DeliveryKind::Seen);
            self.push_with(What::VisitorSaw { upto, of }, None, deliver);
        }
    }
}
