//! Lines that wait for somebody to say whether the visitor may have them, and the bot's candidates.

use hinny_bridges::Thread;

use super::Plan;
use crate::dialogue::{Command, Notice, Pointed, Words};
use crate::event::{AgentId, Chosen, Handling, Held, What};
use crate::ids::Seq;
use crate::store::DeliveryKind;

impl Plan {
    /// The line stays with the team, and whoever wrote it learns why.
    pub(super) fn hold(&mut self, by: &AgentId, why: Held, via: Option<&Thread>) {
        let written_in_thread = via.is_some() && self.now.thread.is_some();
        let what = What::LineHeld {
            held: self.message_id(),
            by: by.clone(),
            why,
        };
        let deliver = written_in_thread.then_some(DeliveryKind::Held);
        // The notice with its buttons is in the other thread.
        let sign = (why == Held::OtherThread).then_some(DeliveryKind::FailedSign);
        self.push_with(what, Some(Words::Said), deliver.into_iter().chain(sign));
    }

    /// "Send anyway" and "join and send". A line that is not held any more was settled by somebody else.
    pub(super) fn send_held(&mut self, by: &AgentId, of: Option<&Pointed>) {
        let Some(of) = of.filter(|of| of.is_held()) else {
            return;
        };
        let What::LineHeld {
            by: writer, why, ..
        } = &of.what
        else {
            return;
        };
        self.join(by);
        let what = What::AgentSaid {
            message: self.message_id(),
            by: writer.clone(),
            held: Some(of.seq),
            chosen: None,
        };
        let stands_there = of.written_in.is_some() && of.written_in == self.now.thread;
        let notice = self.now.thread.is_some().then_some(DeliveryKind::Edit);
        let line = self.line_if(!stands_there);
        let sign = (*why == Held::OtherThread).then_some(DeliveryKind::FailedSign);
        let deliver = line.into_iter().chain(notice).chain(sign);
        self.push_with(what, None, deliver);
    }

    pub(super) fn drop_held(&mut self, by: &AgentId, of: Option<&Pointed>) {
        if let Some(of) = of.filter(|of| of.is_held()) {
            let deliver = self.now.thread.is_some().then_some(DeliveryKind::Edit);
            let (of, by) = (of.seq, by.clone());
            self.push_with(What::HeldDropped { of, by }, None, deliver);
        }
    }

    /// A candidate goes out as the agent's words, once.
    pub(super) fn choose(&mut self, command: &Command) {
        let Command::Choose {
            by,
            of,
            index,
            known,
            save,
        } = command
        else {
            return;
        };
        let Some(verdict) = of.as_ref().filter(|of| *known && has_candidates(&of.what)) else {
            return self.tell_team(Notice::CandidateGone);
        };
        let chosen = Chosen {
            verdict: verdict.seq,
            index: *index,
        };
        if is_sent(verdict, chosen) {
            return;
        }
        let is_draft = matches!(verdict.what, What::Drafted { .. });
        // Letting a draft go is a look, no taking: later questions are drafted too.
        if !(is_draft && matches!(self.now.handling, Handling::Waiting { .. })) {
            self.join(by);
        }
        let what = What::AgentSaid {
            message: self.message_id(),
            by: by.clone(),
            held: None,
            chosen: Some(chosen),
        };
        let deliver = self.told_of_choice(is_draft);
        self.push_with(what, Some(Words::Candidate(chosen)), deliver);
        if *save {
            self.propose(by, self.now.faq.pair);
        }
    }

    /// The words of a draft stand in the thread already.
    fn told_of_choice(&self, is_draft: bool) -> Option<DeliveryKind> {
        match is_draft {
            true => self.now.thread.is_some().then_some(DeliveryKind::Edit),
            false => self.line_if(true),
        }
    }

    /// Once, however often it is pressed.
    pub(super) fn mark(&mut self, by: &AgentId, of: Option<&Pointed>, wrong: bool) {
        let answer = of.filter(|of| is_by_bot(&of.what));
        let Some(answer) = answer.filter(|of| of.is_marked_wrong() != wrong) else {
            return;
        };
        let (of, by) = (answer.seq, by.clone());
        self.push_words(What::AnswerMarked { of, by, wrong }, Words::AgentName);
    }

    /// A draft of question and answer, for somebody to look at.
    pub(super) fn propose(&mut self, by: &AgentId, pair: Option<(Seq, Seq)>) {
        let Some((question, answer)) = pair else {
            return self.tell_team(Notice::NothingToLearn);
        };
        let what = What::FaqProposed {
            by: by.clone(),
            question,
            answer,
        };
        let deliver = self.now.thread.is_some().then_some(DeliveryKind::Line);
        self.push_with(what, Some(Words::FaqDraft { question, answer }), deliver);
    }
}

fn has_candidates(what: &What) -> bool {
    matches!(what, What::Judged { .. } | What::Drafted { .. })
}

/// What stands in the feed of what the bot said.
fn is_by_bot(what: &What) -> bool {
    matches!(
        what,
        What::BotAnswered { .. } | What::Drafted { .. } | What::Suggested { .. }
    )
}

fn is_sent(verdict: &Pointed, wanted: Chosen) -> bool {
    verdict.later.iter().any(
        |what| matches!(what, What::AgentSaid { chosen: Some(chosen), .. } if *chosen == wanted),
    )
}
