//! `Core`: a conversation without its actor: decide, commit, perform.

use std::sync::{Arc, Weak};

use crate::clock;
use crate::compose;
use crate::dialogue::{Command, Decision, Dialogue, OpenTurn};
use crate::event::{Event, Turn, What};
use crate::feed::{Topic, Wake};
use crate::ids::{Cause, ConversationId, DeliveryId, Millis, SiteId};
use crate::order::{Order, Refusal, Request};
use crate::shell::Shell;
use crate::store::{Alarm, AlarmName, Change, CommitError, NewDelivery, Receipt};
use crate::switchboard::Switchboard;

/// How often a commit that met another writer, or whose outcome is unknown, is decided anew.
const TRIES: usize = 5;

pub struct Core {
    id: ConversationId,
    site: SiteId,
    /// The fold of the log; `None` when it must be read again.
    dialogue: Option<Dialogue>,
    /// The turn that this process put to the answerer.
    asked: Option<Turn>,
    shell: Arc<Shell>,
    /// Takes verdicts back to this conversation, which may have left memory meanwhile.
    switchboard: Weak<Switchboard>,
}

impl Core {
    pub fn new(
        id: ConversationId,
        site: SiteId,
        shell: Arc<Shell>,
        switchboard: Weak<Switchboard>,
    ) -> Self {
        Core {
            id,
            site,
            dialogue: None,
            asked: None,
            shell,
            switchboard,
        }
    }

    /// Whether a question is with the answerer, so that it is no time to leave memory.
    pub fn is_waiting(&self) -> bool {
        self.dialogue
            .as_ref()
            .is_some_and(|dialogue| dialogue.open.is_some())
    }

    /// Carries out one order. `Ok` means that it is on disk.
    pub async fn handle(&mut self, order: &Order) -> Result<Receipt, Refusal> {
        if order.site != self.site {
            return Err(Refusal::Unknown);
        }
        for _ in 0..TRIES {
            let dialogue = self.load().await?;
            fail::fail_point!("conversation_decide");
            let command = compose::command(&order.request, |turn| self.asked == Some(turn));
            let decision = dialogue.decide(&command);
            if !is_worth_a_commit(&command, &decision) {
                self.count_stale(&command);
                return Ok(nothing(&dialogue));
            }
            let change = self.change(order, &dialogue, &decision);
            match self.shell.store.commit(change.clone()).await {
                Ok(receipt) if receipt.repeated => return Ok(receipt),
                Ok(receipt) => {
                    self.perform(order, dialogue, decision, &change);
                    return Ok(receipt);
                }
                Err(CommitError::Unknown) => return Err(Refusal::Unknown),
                Err(CommitError::Store(error)) => return Err(Refusal::Storage(error)),
                // The next round reads the log again; if this was written after all, its cause says so.
                Err(CommitError::Conflict { .. } | CommitError::OutcomeUnknown(_)) => {
                    self.dialogue = None;
                }
            }
        }
        Err(Refusal::Busy)
    }

    async fn load(&mut self) -> Result<Dialogue, Refusal> {
        if let Some(dialogue) = &self.dialogue {
            return Ok(dialogue.clone());
        }
        let row = self.shell.store.conversation(&self.id).await?;
        row.filter(|row| row.site == self.site)
            .ok_or(Refusal::Unknown)?;
        let events = self.shell.store.history(&self.id).await?;
        let dialogue = Dialogue::fold(events.iter().map(|event| &event.what));
        self.dialogue = Some(dialogue.clone());
        Ok(dialogue)
    }

    fn change(&self, order: &Order, dialogue: &Dialogue, decision: &Decision) -> Change {
        let at = clock::now();
        let mut change = self.empty_change(order, dialogue);
        for planned in &decision.events {
            let seq = dialogue.seq + 1 + change.events.len() as u64;
            let what = planned.what.clone();
            change.events.push(Event { seq, at, what });
            let body = planned
                .words
                .and_then(|words| compose::body(words, &order.request));
            change.bodies.extend(body.map(|body| (seq, body)));
            if let (Some(what), Some(site)) = (planned.deliver, self.shell.sites.get(&self.site)) {
                let target = site.target.clone();
                let id = DeliveryId::random();
                change.deliveries.push(NewDelivery {
                    id,
                    target,
                    seq,
                    what,
                });
            }
        }
        self.set_alarms(&mut change, dialogue, decision, at);
        note_threads(&mut change, &order.request);
        let mut after = dialogue.clone();
        change
            .events
            .iter()
            .for_each(|event| after.apply(&event.what));
        change.handling = after.handling;
        change
    }

    fn empty_change(&self, order: &Order, dialogue: &Dialogue) -> Change {
        Change::new(
            self.site.clone(),
            self.id.clone(),
            dialogue.seq,
            order.cause.clone(),
            dialogue.handling.clone(),
        )
    }

    fn set_alarms(
        &self,
        change: &mut Change,
        dialogue: &Dialogue,
        decision: &Decision,
        at: Millis,
    ) {
        // A late ring finds nothing to do, and must leave the alarm of a newer turn alone.
        let stale = decision.events.is_empty() && dialogue.open.is_none();
        if let Some(open) = &decision.ask {
            change.alarms_set.push(Alarm {
                name: AlarmName::AnswerDue,
                at: at + self.shell.timing.answer_within.as_millis() as Millis,
                turn: open.turn,
            });
        } else if decision.settled || stale {
            change.alarms_cleared.push(AlarmName::AnswerDue);
        }
    }

    /// Only after the commit: the state moves on, readers are woken, questions go to the answerer.
    fn perform(&mut self, order: &Order, dialogue: Dialogue, decision: Decision, change: &Change) {
        let mut after = dialogue;
        for event in &change.events {
            after.apply(&event.what);
            self.count(&event.what);
        }
        self.dialogue = Some(after);
        if !change.events.is_empty() {
            let conversation = Topic::Conversation(self.id.clone());
            self.shell.feed.publish(&conversation, Wake::Log);
            let site = Topic::Site(self.site.clone());
            self.shell
                .feed
                .publish(&site, Wake::Changed(self.id.clone()));
        }
        if !change.deliveries.is_empty() {
            self.shell.outbox_bell.notify_one();
        }
        if let Some(open) = decision.ask {
            self.ask(open, &order.request);
        }
    }

    /// Puts the open questions to the answerer, on the side.
    fn ask(&mut self, open: OpenTurn, request: &Request) {
        self.asked = Some(open.turn);
        let known = match request {
            // The usual case: one question, whose words have just come in.
            Request::Say { text, .. } if open.questions.len() == 1 => Some(text.clone()),
            _ => None,
        };
        let (shell, switchboard) = (self.shell.clone(), self.switchboard.clone());
        let (site, conversation) = (self.site.clone(), self.id.clone());
        self.shell.runtime.spawn(async move {
            let turn = open.turn;
            let request = compose::judged(&shell, &site, &conversation, open, known).await;
            let cause = Cause::turn(&conversation, turn);
            let Some(switchboard) = switchboard.upgrade() else {
                return;
            };
            let order = Order {
                site,
                conversation,
                cause,
                request,
            };
            if let Err(refusal) = switchboard.handle(order).await {
                // The alarm for this turn is still set and will bring it up again.
                tracing::warn!(error = %refusal, "a verdict could not be stored");
            }
        });
    }

    fn count(&self, what: &What) {
        let tally = &self.shell.tally;
        match what {
            What::VisitorSaid { .. } => tally.said.add(1),
            What::BotAnswered { .. } => tally.answered.add(1),
            What::Escalated { .. } => tally.escalated.add(1),
            What::AgentSaid { .. } => tally.replied.add(1),
            _ => {}
        }
    }

    fn count_stale(&self, command: &Command) {
        if matches!(command, Command::Judge { .. } | Command::FailTurn { .. }) {
            self.shell.tally.stale_verdicts.add(1);
        }
    }
}

/// Some orders find nothing to do, such as a stale verdict or a second `!close`. A stale alarm is still put away.
fn is_worth_a_commit(command: &Command, decision: &Decision) -> bool {
    !decision.events.is_empty()
        || decision.ask.is_some()
        || matches!(command, Command::AnswerDue { .. })
}

fn nothing(dialogue: &Dialogue) -> Receipt {
    Receipt {
        first: dialogue.seq + 1,
        last: dialogue.seq,
        repeated: false,
    }
}

fn note_threads(change: &mut Change, request: &Request) {
    if change.events.is_empty() {
        return;
    }
    match request {
        Request::NoteThread { target, thread } => {
            change.thread_opened = Some((target.clone(), thread.clone()));
        }
        Request::LoseThread { thread } => change.thread_lost = Some(thread.clone()),
        _ => {}
    }
}
