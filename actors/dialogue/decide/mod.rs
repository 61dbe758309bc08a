//! `decide`: from a command in a state to events. Each file is one side: what comes from there, a function each.

mod answerer;
mod changes;
mod faq;
mod feedback;
mod held;
mod suggest;
mod team;
mod visitor;

use hinny_bridges::{PostId, Thread};

use crate::dialogue::{Command, Decision, Dialogue, Notice, OpenTurn, Planned, Pointed, Words};
use crate::event::{Handling, Verdict, What};
use crate::ids::{DeliveryId, MessageId, Seq};
use crate::store::DeliveryKind;

impl Dialogue {
    /// What follows from `command` now. Changes nothing; the caller commits the events and then applies them.
    pub fn decide(&self, command: &Command) -> Decision {
        let mut plan = Plan::new(self);
        plan.hear_visitor_or_bot(command);
        plan.hear_buttons(command);
        plan.hear_team(command);
        plan.hear_us(command);
        plan.finish(self)
    }
}

/// Events as they gather, with the state after them.
struct Plan {
    now: Dialogue,
    events: Vec<Planned>,
    ask_again: bool,
    wait: bool,
    learn: Option<Seq>,
    retry: Option<DeliveryId>,
}

impl Plan {
    fn new(dialogue: &Dialogue) -> Self {
        Plan {
            now: dialogue.clone(),
            events: Vec::new(),
            ask_again: false,
            wait: false,
            learn: None,
            retry: None,
        }
    }

    fn hear_visitor_or_bot(&mut self, command: &Command) {
        match command {
            Command::Say {
                message,
                intent,
                again,
                unfinished,
                asks,
            } => {
                self.wait = *unfinished;
                self.say(message, *intent, *again, *asks);
            }
            Command::RequestPerson { message } => self.request_person(message),
            Command::Saw { upto } => self.saw(*upto),
            Command::Identify => {
                let deliver = self.card_update();
                self.push_with(What::VisitorIdentified, Some(Words::Profile), deliver);
            }
            Command::Judge {
                turn,
                verdict,
                generation,
                again,
                partial,
                offer,
            } => match (verdict, offer) {
                (Verdict::Answer, _) if *again => self.say_no_more(*turn, generation),
                (Verdict::Answer, _) if *partial => self.answer_partly(*turn, generation),
                (Verdict::Suggest | Verdict::Unsure, Some(choices)) if self.may_suggest() => {
                    self.suggest(*turn, *verdict, generation, choices);
                }
                _ => self.judge(*turn, *verdict, generation),
            },
            Command::Brief { .. } => self.brief(command),
            Command::FailTurn { turn } => self.fail_turn(*turn),
            Command::AnswerDue { turn, asked_here } => self.answer_due(*turn, *asked_here),
            _ => {}
        }
    }

    /// What the visitor presses.
    fn hear_buttons(&mut self, command: &Command) {
        match command {
            Command::Pick { .. } => self.pick(command),
            Command::Help { of, yes } => self.helped(of.as_ref(), *yes),
            Command::Rate { stars, comment } => self.rate(*stars, *comment),
            Command::Leave => self.leave(),
            _ => {}
        }
    }

    fn hear_team(&mut self, command: &Command) {
        match command {
            Command::Reply { .. } => self.reply(command),
            Command::Edit { by, of, words, via } => {
                self.edit(by, of.as_ref(), *words, via.as_ref());
            }
            Command::Delete { by, of, gone, via } => {
                self.delete(by, of.as_ref(), *gone, via.as_ref());
            }
            Command::React { .. } => self.react(command),
            Command::Choose { .. } => self.choose(command),
            Command::Mark { by, of, wrong } => self.mark(by, of.as_ref(), *wrong),
            Command::SendHeld { by, of } => self.send_held(by, of.as_ref()),
            Command::DropHeld { by, of } => self.drop_held(by, of.as_ref()),
            Command::Block { by, until } => self.block(by, *until),
            Command::Unblock { by } => self.unblock(by),
            Command::ProposeFaq { by, possible } => self.propose_faq(by, *possible),
            Command::ConfirmFaq { by, of } => self.confirm_faq(by, of.as_ref()),
            Command::UndoFaq { by, of } => self.undo_faq(by, of.as_ref()),
            _ => {}
        }
    }

    fn hear_us(&mut self, command: &Command) {
        match command {
            Command::HandOver { written } => self.hand_over(*written),
            Command::NoteThread { thread, posts } => self.note_thread(thread, posts),
            Command::LoseThread { thread } => self.lose_thread(thread),
            Command::Retry { delivery, of } => self.retry(delivery, of.as_ref()),
            Command::DeliveryFailed { delivery, of } => self.delivery_failed(delivery, *of),
            Command::SettleFaq { of, outcome } => self.settle_faq(of.as_ref(), outcome),
            Command::LearnDue { of } => {
                self.learn = self.now.faq.working.filter(|working| working == of);
            }
            _ => {}
        }
    }

    /// A twin loses: the first thread stays the active one.
    fn note_thread(&mut self, thread: &Thread, posts: &[PostId]) {
        let opened = thread.clone();
        match &self.now.thread {
            None => self.push(What::ThreadOpened { thread: opened }),
            Some(active) if active == thread => {}
            Some(_) => {
                let what = What::TwinFound {
                    thread: opened,
                    posts: posts.to_vec(),
                };
                self.push_with(what, None, [DeliveryKind::CloseTwin]);
            }
        }
    }

    /// Nobody is forgotten who waits for the team or talks with it: another thread is opened at once.
    fn lose_thread(&mut self, thread: &Thread) {
        if self.now.thread.as_ref() == Some(thread) {
            let deliver = self.is_with_person().then_some(DeliveryKind::Card);
            let thread = thread.clone();
            self.push_with(What::ThreadLost { thread }, None, deliver);
        }
    }

    fn delivery_failed(&mut self, delivery: &DeliveryId, of: Seq) {
        let deliver = [DeliveryKind::Failed, DeliveryKind::FailedSign];
        let told = self.now.thread.is_some();
        let delivery = delivery.0.clone();
        let what = What::DeliveryFailed { of, delivery };
        self.push_with(what, None, deliver.into_iter().filter(|_| told));
    }

    /// Once for each failure, however often it is pressed. The notice follows when the line has gone out.
    fn retry(&mut self, delivery: &DeliveryId, of: Option<&Pointed>) {
        let retried = |what: &What| matches!(what, What::DeliveryRetried { .. });
        let failure = of.filter(|of| matches!(of.what, What::DeliveryFailed { .. }));
        let Some(failure) = failure.filter(|of| !of.later.iter().any(retried)) else {
            return;
        };
        self.retry = Some(delivery.clone());
        let told = self.now.thread.is_some();
        let deliver = [DeliveryKind::Edit, DeliveryKind::FailedSign];
        let what = What::DeliveryRetried {
            of: failure.seq,
            delivery: delivery.0.clone(),
        };
        self.push_with(what, None, deliver.into_iter().filter(|_| told));
    }

    /// A thread may still have to be opened; its card will show only what was said before it.
    fn has_thread_or_card(&self) -> bool {
        self.is_with_person() || self.now.thread.is_some()
    }

    fn is_with_person(&self) -> bool {
        matches!(
            self.now.handling,
            Handling::Waiting { .. } | Handling::Agent { .. }
        )
    }

    fn card_update(&self) -> Option<DeliveryKind> {
        self.has_thread_or_card()
            .then_some(DeliveryKind::CardUpdate)
    }

    fn line_if(&self, elsewhere: bool) -> Option<DeliveryKind> {
        (elsewhere && self.has_thread_or_card()).then_some(DeliveryKind::Line)
    }

    fn tell_team(&mut self, notice: Notice) {
        self.tell_words(Words::Notice(notice));
    }

    fn tell_words(&mut self, words: Words) {
        let message = self.message_id();
        let deliver = self.now.thread.is_some().then_some(DeliveryKind::Line);
        self.push_with(What::TeamTold { message }, Some(words), deliver);
    }

    /// Messages of the bot, of the team and of hinny itself are named by their place in the log.
    fn message_id(&self) -> MessageId {
        MessageId(format!("e{}", self.now.seq + 1))
    }

    fn push(&mut self, what: What) {
        self.push_with(what, None, None);
    }

    fn push_words(&mut self, what: What, words: Words) {
        self.push_with(what, Some(words), None);
    }

    fn push_with(
        &mut self,
        what: What,
        words: Option<Words>,
        deliver: impl IntoIterator<Item = DeliveryKind>,
    ) {
        self.now.apply(&what);
        self.events.push(Planned {
            what,
            words,
            deliver: deliver.into_iter().collect(),
        });
    }

    fn finish(self, before: &Dialogue) -> Decision {
        let turn_of = |open: &Option<OpenTurn>| open.as_ref().map(|open| open.turn);
        let fresh = turn_of(&self.now.open) != turn_of(&before.open);
        Decision {
            settled: before.open.is_some() && self.now.open.is_none(),
            ask: self.now.open.filter(|_| fresh || self.ask_again),
            wait: self.wait && fresh,
            learn: self.learn,
            learned: before.faq.working.is_some() && self.now.faq.working.is_none(),
            retry: self.retry,
            events: self.events,
        }
    }
}
