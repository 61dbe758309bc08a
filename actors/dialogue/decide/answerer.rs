//! What the answerer says, and how a person is fetched.

use super::Plan;
use crate::dialogue::{Command, Notice, OpenTurn, Words};
use crate::event::{BotMeanwhile, Handling, Reason, Turn, Verdict, What};
use crate::ids::Seq;
use crate::store::DeliveryKind;

impl Plan {
    pub(super) fn judge(&mut self, turn: Turn, verdict: Verdict, generation: &str) {
        if !self.now.awaits(turn) {
            return;
        }
        let questions = self.uncovered();
        self.judged(turn, verdict, generation);
        match verdict {
            Verdict::Answer => self.answer(turn, questions),
            Verdict::Suggest | Verdict::Unsure => self.give_up_turn(Reason::LowConfidence),
        }
    }

    /// The verdict is for the team. It is fetched for the first question; later ones wait for it already.
    pub(super) fn brief(&mut self, command: &Command) {
        let Command::Brief {
            turn,
            verdict,
            generation,
            bot,
            draft,
        } = command
        else {
            return;
        };
        if !self.now.awaits(*turn) {
            return;
        }
        let questions = self.uncovered();
        self.judged(*turn, *verdict, generation);
        if !self.is_with_person() {
            if self.now.handling == Handling::Closed {
                self.push(What::Reopened);
            }
            self.fetch_with(Reason::Policy, *bot, questions);
        }
        if *draft {
            let what = What::Drafted { turn: *turn };
            self.push_with(what, Some(Words::Answer), [DeliveryKind::Line]);
        }
    }

    pub(super) fn judged(&mut self, turn: Turn, verdict: Verdict, generation: &str) {
        let generation = generation.to_owned();
        let what = What::Judged {
            turn,
            verdict,
            generation,
        };
        self.push_words(what, Words::Verdict);
    }

    fn answer(&mut self, turn: Turn, questions: Vec<Seq>) {
        let with_person = matches!(self.now.handling, Handling::Waiting { .. });
        let message = self.message_id();
        let what = What::BotAnswered {
            message,
            turn,
            questions,
            chosen: None,
        };
        let deliver = with_person.then_some(DeliveryKind::Line);
        self.push_with(what, Some(Words::Answer), deliver);
    }

    /// The same answer a second time would not help either.
    pub(super) fn say_no_more(&mut self, turn: Turn, generation: &str) {
        if self.uncovered().is_empty() {
            return self.judge(turn, Verdict::Answer, generation);
        }
        if self.now.awaits(turn) {
            self.judged(turn, Verdict::Answer, generation);
            self.give_up_turn(Reason::Repeated);
        }
    }

    /// The visitor gets what there is, and a person for the rest.
    pub(super) fn answer_partly(&mut self, turn: Turn, generation: &str) {
        let questions = self.uncovered();
        if questions.is_empty() {
            return self.judge(turn, Verdict::Answer, generation);
        }
        if self.now.awaits(turn) {
            self.judged(turn, Verdict::Answer, generation);
            self.answer(turn, Vec::new());
            if self.now.handling == Handling::Closed {
                self.push(What::Reopened);
            }
            self.fetch(Reason::LowConfidence, questions);
        }
    }

    pub(super) fn fail_turn(&mut self, turn: Turn) {
        if self.now.awaits(turn) {
            self.push(What::AnswererFailed { turn });
            self.give_up_turn(Reason::AnswererDown);
        }
    }

    pub(super) fn answer_due(&mut self, turn: Turn, asked_here: bool) {
        match (self.now.awaits(turn), asked_here) {
            (false, _) => {}
            (true, true) => self.fail_turn(turn),
            (true, false) => self.ask_again = true,
        }
    }

    /// The bot has no answer for what is still open; if a person was fetched before, nothing more is needed.
    pub(super) fn give_up_turn(&mut self, reason: Reason) {
        match self.now.handling {
            Handling::Bot => self.escalate(reason, None),
            Handling::Closed => {
                self.push(What::Reopened);
                self.escalate(reason, None);
            }
            Handling::Waiting { .. } | Handling::Agent { .. } => {}
        }
    }

    /// What was being handled is lost; a question that is open must not wait for it, and a person must know.
    pub(super) fn hand_over(&mut self, written: bool) {
        if let Some(open) = &self.now.open {
            self.fail_turn(open.turn);
        } else {
            self.give_up_turn(Reason::AnswererDown);
        }
        self.tell_team(Notice::NotHandled);
        self.deliver_with_last(written.then_some(DeliveryKind::FailedSign));
    }

    /// Fetches a person for what is open and, with `asked`, for the event that asked for one.
    pub(super) fn escalate(&mut self, reason: Reason, asked: Option<Seq>) {
        let mut questions = self.uncovered();
        questions.extend(asked);
        self.fetch(reason, questions);
    }

    fn fetch(&mut self, reason: Reason, questions: Vec<Seq>) {
        let bot = match reason {
            Reason::Asked => BotMeanwhile::Silent,
            Reason::LowConfidence | Reason::Repeated | Reason::AnswererDown | Reason::Policy => {
                BotMeanwhile::Helping
            }
        };
        self.fetch_with(reason, bot, questions);
    }

    fn fetch_with(&mut self, reason: Reason, bot: BotMeanwhile, questions: Vec<Seq>) {
        let what = What::Escalated {
            reason,
            bot,
            questions,
        };
        let before = self.now.thread.is_some().then_some(DeliveryKind::OldCard);
        self.push_with(what, None, [DeliveryKind::Card].into_iter().chain(before));
    }

    /// Open questions that no person was fetched for yet.
    pub(super) fn uncovered(&self) -> Vec<Seq> {
        match &self.now.open {
            Some(OpenTurn {
                questions,
                with_person: false,
                ..
            }) => questions.clone(),
            _ => Vec::new(),
        }
    }
}
