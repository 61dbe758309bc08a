//! `Core`: a conversation without its actor: decide, commit, perform.

use std::sync::{Arc, Weak};
use std::time::Duration;

use crate::compose::{self, Asked, Facts};
use crate::dialogue::{Command, Decision, Dialogue, OpenTurn, Planned, Refused, Words};
use crate::event::{Event, Turn, What};
use crate::feed::{Topic, Wake};
use crate::ids::{Cause, ConversationId, DeliveryId, Millis, SiteId};
use crate::order::{Order, Refusal, Request};
use crate::shell::Shell;
use crate::store::{Alarm, AlarmName, Change, CommitError, DeliveryKind, NewDelivery, Receipt};
use crate::switchboard::Switchboard;
use crate::{changes, digest, learning};

/// How often a commit that met another writer, or whose outcome is unknown, is decided anew.
const TRIES: usize = 5;

/// Work on an entry of the frequent questions that takes longer than this is begun again.
const LEARN_WITHIN: Duration = Duration::from_secs(120);

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
            let (shell, request) = (&self.shell, &order.request);
            let facts =
                compose::facts(shell, &self.site, &self.id, request, &dialogue, self.asked).await?;
            let command = compose::command(request, &facts);
            if let Some(refused) = dialogue.refuse(&command, facts.now) {
                return self.refuse(order, refused).await;
            }
            let decision = dialogue.decide(&command);
            if !is_worth_a_commit(&command, &decision) {
                self.count_stale(&command);
                return self.nothing(order, &dialogue).await;
            }
            let change = self.change(order, &dialogue, &decision, &facts).await?;
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

    /// What was carried out before it had to be refused stays carried out, however often it is sent again.
    async fn refuse(&self, order: &Order, refused: Refused) -> Result<Receipt, Refusal> {
        match self.shell.store.receipt(&self.site, &order.cause).await? {
            Some(receipt) => Ok(receipt),
            None => Err(refused.into()),
        }
    }

    /// A press that did something is found to be of no use when it comes again; its receipt stays the first one.
    async fn nothing(&self, order: &Order, dialogue: &Dialogue) -> Result<Receipt, Refusal> {
        let first = match order.request {
            Request::Choose { .. }
            | Request::Help { .. }
            | Request::Rate { .. }
            | Request::Leave => self.shell.store.receipt(&self.site, &order.cause).await?,
            _ => None,
        };
        Ok(first.unwrap_or(Receipt {
            first: dialogue.seq + 1,
            last: dialogue.seq,
            repeated: false,
        }))
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

    async fn change(
        &self,
        order: &Order,
        dialogue: &Dialogue,
        decision: &Decision,
        facts: &Facts,
    ) -> Result<Change, Refusal> {
        let mut change = self.empty_change(order, dialogue);
        for planned in &decision.events {
            self.add(&mut change, planned, order, facts).await?;
        }
        self.set_alarms(&mut change, dialogue, decision, facts.now);
        changes::note(&mut change, &order.request, decision);
        let mut after = dialogue.clone();
        change
            .events
            .iter()
            .for_each(|event| after.apply(&event.what));
        change.handling = after.handling;
        Ok(change)
    }

    /// One event with its words, and what the thread is told of it.
    async fn add(
        &self,
        change: &mut Change,
        planned: &Planned,
        order: &Order,
        facts: &Facts,
    ) -> Result<(), Refusal> {
        let seq = change.expected_seq + 1 + change.events.len() as u64;
        let (at, what) = (facts.now, planned.what.clone());
        if let Some(words) = planned.words {
            let body = compose::body(words, &order.request, facts, &self.shell, change).await?;
            // An edit gives new words to the event that it is about.
            let holder = match words {
                Words::Edited => what.refers().unwrap_or(seq),
                _ => seq,
            };
            change.bodies.extend(body.map(|body| (holder, body)));
        }
        change.events.push(Event { seq, at, what });
        if let Some(site) = self.shell.sites.get(&self.site) {
            let delivery = |what: &DeliveryKind| NewDelivery {
                id: DeliveryId::random(),
                target: site.target.clone(),
                seq,
                what: *what,
            };
            change
                .deliveries
                .extend(planned.deliver.iter().map(delivery));
        }
        Ok(())
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
                at: at + self.time_for(decision).as_millis() as Millis,
                turn: open.turn,
            });
        } else if decision.settled || stale {
            change.alarms_cleared.push(AlarmName::AnswerDue);
        }
        if let Some(draft) = decision.learn {
            change.alarms_set.push(Alarm {
                name: AlarmName::Learn,
                at: at + LEARN_WITHIN.as_millis() as Millis,
                turn: draft,
            });
        } else if decision.learned {
            change.alarms_cleared.push(AlarmName::Learn);
        }
    }

    /// When the alarm of an open turn rings. Nobody was asked about one that waits, so ringing asks about it.
    fn time_for(&self, decision: &Decision) -> Duration {
        match decision.wait {
            true => self.shell.timing.quiet,
            false => {
                let rules = self.shell.sites.get(&self.site);
                let own = rules.and_then(|rules| rules.answer_within);
                own.unwrap_or(self.shell.timing.answer_within)
            }
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
        if !change.deliveries.is_empty() || !change.revived.is_empty() {
            self.shell.outbox_bell.notify_one();
        }
        if change
            .events
            .iter()
            .any(|event| digest::is_shown(&event.what))
        {
            self.shell.digest_bell.notify_one();
        }
        if let Some(open) = decision.ask.filter(|_| !decision.wait) {
            self.ask(open, &order.request);
        }
        if let Some(draft) = decision.learn {
            let (shell, switchboard) = (self.shell.clone(), self.switchboard.clone());
            let work = learning::learn(
                shell,
                switchboard,
                self.site.clone(),
                self.id.clone(),
                draft,
            );
            self.shell.runtime.spawn(work);
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
        let talk = self.dialogue.as_ref().map(|dialogue| dialogue.talk.clone());
        let (shell, switchboard) = (self.shell.clone(), self.switchboard.clone());
        let (site, conversation) = (self.site.clone(), self.id.clone());
        self.shell.runtime.spawn(async move {
            let turn = open.turn;
            let asked = Asked {
                open,
                talk: talk.unwrap_or_default(),
                known,
            };
            let request = compose::judged(&shell, &site, &conversation, asked).await;
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
            What::Suggested { .. } => tally.suggested.add(1),
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

/// Some orders find nothing to do, such as a stale verdict or a second `!close`. A stale alarm is still put away, and
/// a press is remembered, because it is told only once.
fn is_worth_a_commit(command: &Command, decision: &Decision) -> bool {
    !decision.events.is_empty()
        || decision.ask.is_some()
        || decision.learn.is_some()
        || decision.retry.is_some()
        || matches!(
            command,
            Command::AnswerDue { .. } | Command::LearnDue { .. }
        )
}
