//! `decide`: from a command in a state to events. Read it top down; each function is one command.

use hinny_bridges::Thread;

use crate::dialogue::{Command, Decision, Dialogue, Notice, OpenTurn, Planned, TeamLine, Words};
use crate::event::{AgentId, BotMeanwhile, Handling, Intent, Reason, Turn, Verdict, What};
use crate::ids::{MessageId, Seq};
use crate::store::DeliveryKind;

impl Dialogue {
    /// What follows from `command` now. Changes nothing; the caller commits the events and then applies them.
    pub fn decide(&self, command: &Command) -> Decision {
        let mut plan = Plan::new(self);
        match command {
            Command::Say { message, intent } => plan.say(message, *intent),
            Command::RequestPerson { message } => plan.request_person(message),
            Command::Judge {
                turn,
                verdict,
                generation,
            } => plan.judge(*turn, *verdict, generation),
            Command::FailTurn { turn } => plan.fail_turn(*turn),
            Command::AnswerDue { turn, asked_here } => plan.answer_due(*turn, *asked_here),
            Command::HandOver => plan.hand_over(),
            Command::Reply { by, line, via } => {
                // A thread must not be told what was written in it; the desk's page is no thread.
                let elsewhere = via.is_none() || via != &plan.now.thread;
                plan.reply(by, *line, elsewhere);
            }
            Command::NoteThread { thread } => plan.note_thread(thread),
            Command::LoseThread { thread } => plan.lose_thread(thread),
            Command::Nothing => {}
            Command::Identify => plan.push_words(What::VisitorIdentified, Words::Profile),
        }
        plan.finish(self)
    }
}

/// Events as they gather, with the state after them.
struct Plan {
    now: Dialogue,
    events: Vec<Planned>,
    ask_again: bool,
}

impl Plan {
    fn new(dialogue: &Dialogue) -> Self {
        Plan {
            now: dialogue.clone(),
            events: Vec::new(),
            ask_again: false,
        }
    }

    fn say(&mut self, message: &MessageId, intent: Intent) {
        match intent {
            Intent::Question => self.say_question(message),
            Intent::Person => {
                self.said(message, intent, None, DeliveryKind::Line);
                self.fetch_on_request();
            }
            Intent::Greeting | Intent::Thanks => self.say_courtesy(message, intent),
        }
    }

    fn say_question(&mut self, message: &MessageId) {
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
    fn say_courtesy(&mut self, message: &MessageId, intent: Intent) {
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

    fn request_person(&mut self, message: &MessageId) {
        self.push(What::PersonRequested {
            message: message.clone(),
        });
        self.fetch_on_request();
    }

    /// The visitor wants a person, and has just said so in the last event.
    fn fetch_on_request(&mut self) {
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
    fn silence_bot(&mut self) {
        self.push(What::Escalated {
            reason: Reason::Asked,
            bot: BotMeanwhile::Silent,
            questions: Vec::new(),
        });
    }

    fn judge(&mut self, turn: Turn, verdict: Verdict, generation: &str) {
        if !self.now.awaits(turn) {
            return;
        }
        let questions = self.uncovered();
        let with_person = matches!(self.now.handling, Handling::Waiting { .. });
        self.push_words(
            What::Judged {
                turn,
                verdict,
                generation: generation.to_owned(),
            },
            Words::Verdict,
        );
        match verdict {
            Verdict::Answer => {
                let message = self.message_id();
                let what = What::BotAnswered {
                    message,
                    turn,
                    questions,
                };
                let deliver = with_person.then_some(DeliveryKind::Line);
                self.push_with(what, Some(Words::Answer), deliver);
            }
            Verdict::Suggest | Verdict::Unsure => self.give_up_turn(Reason::LowConfidence),
        }
    }

    fn fail_turn(&mut self, turn: Turn) {
        if self.now.awaits(turn) {
            self.push(What::AnswererFailed { turn });
            self.give_up_turn(Reason::AnswererDown);
        }
    }

    fn answer_due(&mut self, turn: Turn, asked_here: bool) {
        match (self.now.awaits(turn), asked_here) {
            (false, _) => {}
            (true, true) => self.fail_turn(turn),
            (true, false) => self.ask_again = true,
        }
    }

    /// The bot has no answer for what is still open; if a person was fetched before, nothing more is needed.
    fn give_up_turn(&mut self, reason: Reason) {
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
    fn hand_over(&mut self) {
        if let Some(open) = &self.now.open {
            self.fail_turn(open.turn);
        } else {
            self.give_up_turn(Reason::AnswererDown);
        }
        self.tell_team(Notice::NotHandled);
    }

    fn reply(&mut self, by: &AgentId, line: TeamLine, elsewhere: bool) {
        match line {
            TeamLine::Plain => {
                self.take(by);
                let deliver = self.line_if(elsewhere);
                let message = self.message_id();
                let by = by.clone();
                self.push_with(
                    What::AgentSaid {
                        message,
                        by,
                        held: None,
                        chosen: None,
                    },
                    Some(Words::Said),
                    deliver,
                );
            }
            TeamLine::Note => {
                let deliver = self.line_if(elsewhere);
                let by = by.clone();
                self.push_with(What::NoteWritten { by }, Some(Words::Said), deliver);
            }
            TeamLine::Take => self.take(by),
            TeamLine::Back => self.back(by),
            TeamLine::Close => self.close(by),
            TeamLine::Help => self.tell_team(Notice::Help),
            TeamLine::Unknown => self.tell_team(Notice::UnknownCommand),
        }
    }

    fn line_if(&self, elsewhere: bool) -> Option<DeliveryKind> {
        (elsewhere && self.has_thread_or_card()).then_some(DeliveryKind::Line)
    }

    /// A thread may still have to be opened; its card will show only what was said before it.
    fn has_thread_or_card(&self) -> bool {
        let with_person = matches!(
            self.now.handling,
            Handling::Waiting { .. } | Handling::Agent { .. }
        );
        with_person || self.now.thread.is_some()
    }

    /// A twin loses: the first thread stays the active one.
    fn note_thread(&mut self, thread: &Thread) {
        if self.now.thread.is_none() {
            let thread = thread.clone();
            self.push(What::ThreadOpened { thread });
        }
    }

    fn lose_thread(&mut self, thread: &Thread) {
        if self.now.thread.as_ref() == Some(thread) {
            let thread = thread.clone();
            self.push(What::ThreadLost { thread });
        }
    }

    fn take(&mut self, by: &AgentId) {
        let has_it = matches!(&self.now.handling, Handling::Agent { by: holder } if holder == by);
        if !has_it {
            let questions = self.uncovered();
            self.push_words(
                What::AgentTook {
                    by: by.clone(),
                    questions,
                },
                Words::AgentName,
            );
        }
    }

    fn back(&mut self, by: &AgentId) {
        match self.now.handling {
            Handling::Waiting { .. } | Handling::Agent { .. } => {
                self.push_words(What::HandedBack { by: by.clone() }, Words::AgentName);
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
        let deliver = self.has_thread_or_card().then_some(DeliveryKind::Close);
        let what = What::Closed { by: by.clone() };
        self.push_with(what, Some(Words::AgentName), deliver);
    }

    fn tell_team(&mut self, notice: Notice) {
        let message = self.message_id();
        let deliver = self.now.thread.is_some().then_some(DeliveryKind::Line);
        self.push_with(
            What::TeamTold { message },
            Some(Words::Notice(notice)),
            deliver,
        );
    }

    /// Fetches a person for what is open and, with `asked`, for the event that asked for one.
    fn escalate(&mut self, reason: Reason, asked: Option<Seq>) {
        let mut questions = self.uncovered();
        questions.extend(asked);
        let bot = match reason {
            Reason::Asked => BotMeanwhile::Silent,
            Reason::LowConfidence | Reason::AnswererDown => BotMeanwhile::Helping,
        };
        let what = What::Escalated {
            reason,
            bot,
            questions,
        };
        self.push_with(what, None, Some(DeliveryKind::Card));
    }

    /// Open questions that no person was fetched for yet.
    fn uncovered(&self) -> Vec<Seq> {
        match &self.now.open {
            Some(OpenTurn {
                questions,
                with_person: false,
                ..
            }) => questions.clone(),
            _ => Vec::new(),
        }
    }

    fn said(
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

    /// Messages of the bot and of hinny itself are named by their place in the log.
    fn message_id(&self) -> MessageId {
        MessageId(format!("e{}", self.now.seq + 1))
    }

    fn push(&mut self, what: What) {
        self.push_with(what, None, None);
    }

    fn push_words(&mut self, what: What, words: Words) {
        self.push_with(what, Some(words), None);
    }

    fn push_with(&mut self, what: What, words: Option<Words>, deliver: Option<DeliveryKind>) {
        self.now.apply(&what);
        self.events.push(Planned {
            what,
            words,
            deliver,
        });
    }

    fn finish(self, before: &Dialogue) -> Decision {
        let turn_of = |open: &Option<OpenTurn>| open.as_ref().map(|open| open.turn);
        let fresh = turn_of(&self.now.open) != turn_of(&before.open);
        Decision {
            settled: before.open.is_some() && self.now.open.is_none(),
            ask: self.now.open.filter(|_| fresh || self.ask_again),
            events: self.events,
        }
    }
}
