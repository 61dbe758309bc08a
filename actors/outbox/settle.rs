//! What becomes of deliveries after trouble. One `match` over what is to be done next.

use std::time::Duration;

use hinny_bridges::{SendError, Target};

use super::Outbox;
use super::deliver::{Stop, Trouble};
use super::work::{self, is_extra, is_missed};
use crate::clock;
use crate::ids::{Cause, Millis};
use crate::order::Request;
use crate::retry;
use crate::store::{Batch, Delivery, StoreError};
use crate::tally::ObstacleKind;

/// After an unknown outcome the line may stand there already: the next try waits this many times the first pause,
/// so that repeats stay few while a platform is in trouble.
const AMBIGUOUS_PAUSE: u32 = 30;

/// A sign or an update that failed so often is not worth another try.
const EXTRA_TRIES: u32 = 6;

/// A platform that did not answer so often is worth a word; before that it may be a hiccup.
const SHORT_SILENCE: u32 = 2;

/// What stopped, and what is to wait because of it.
struct Trial<'a> {
    batch: &'a Batch,
    target: &'a Target,
    /// Its time is the whole conversation's.
    head: &'a Delivery,
    /// What was being done.
    at: &'a Delivery,
    /// A thread was to be opened.
    opening: bool,
}

impl Outbox {
    pub(super) async fn settle(&self, batch: &Batch, target: &Target, stop: Stop) {
        let Some(head) = work::head(&batch.deliveries) else {
            return;
        };
        let mut waiting = batch.deliveries.iter();
        let at = waiting.find(|one| Some(&one.id) == stop.at.as_ref());
        let at = at.unwrap_or(head);
        let trial = Trial {
            batch,
            target,
            head,
            at,
            opening: stop.opening,
        };
        let settled = match &stop.trouble {
            Trouble::Inside(why) => self.later(head, why).await,
            Trouble::NoOpening(wait) => {
                let why = "no thread may be opened there";
                self.postpone(head, *wait, false, why).await
            }
            Trouble::Platform(error) => {
                let unsure = matches!(error, SendError::Ambiguous(_));
                let noted = match unsure {
                    true => self.shell.store.doubt(&stop.unsure).await,
                    false => Ok(()),
                };
                noted.and(self.settle_platform(&trial, error).await)
            }
        };
        if let Err(error) = settled {
            // The rows are as they were, so the next look finds them again.
            tracing::error!(%error, "the outbox could not write down a failure");
            tokio::time::sleep(self.shell.timing.retry_first).await;
        }
    }

    async fn settle_platform(
        &self,
        trial: &Trial<'_>,
        error: &SendError,
    ) -> Result<(), StoreError> {
        let (head, why) = (trial.head, error.to_string());
        self.note_failure(trial, error);
        if is_extra(trial.at.what) && !self.is_worth_a_retry(head, error) {
            return self.let_go(trial.at).await;
        }
        self.judge(trial, error);
        match error {
            SendError::RateLimited { retry_after } => {
                self.postpone(head, *retry_after, false, &why).await
            }
            SendError::ThreadGone => self.lose_thread(trial).await,
            SendError::Refused(_) => self.give_up(trial, &why).await,
            SendError::NoAccess(_) | SendError::Unauthorized(_) => {
                let pause = self.shell.timing.retry_max;
                self.postpone(head, pause, false, &why).await
            }
            SendError::Unreachable(_) => self.later(head, &why).await,
            SendError::Ambiguous(_) => {
                let timing = &self.shell.timing;
                let least = (timing.retry_first * AMBIGUOUS_PAUSE).min(timing.retry_max);
                let pause = retry::pause(timing, head.attempts + 1).max(least);
                self.postpone(head, pause, true, &why).await
            }
        }
    }

    /// A right that is missing for a sign need not be missing for words.
    fn is_worth_a_retry(&self, head: &Delivery, error: &SendError) -> bool {
        match error {
            SendError::Refused(_) | SendError::NoAccess(_) => false,
            SendError::Unreachable(_) | SendError::Ambiguous(_) => head.attempts < EXTRA_TRIES,
            SendError::RateLimited { .. } | SendError::ThreadGone | SendError::Unauthorized(_) => {
                true
            }
        }
    }

    async fn let_go(&self, at: &Delivery) -> Result<(), StoreError> {
        let done = std::slice::from_ref(&at.id);
        self.shell.store.delivered(done, clock::now()).await
    }

    /// The platform did what it was asked to.
    pub(super) fn served(&self, target: &Target) {
        self.lanes.note(target, Ok(()));
        if self.lanes.opens_threads(target) {
            self.shell.unhinder(target);
        }
    }

    /// The platform opened a thread.
    pub(super) fn opened(&self, target: &Target) {
        self.lanes.note_opening(target, Ok(()));
        self.shell.unhinder(target);
    }

    /// Keeps the books of the lane, and raises the alarm when it is stopped.
    fn judge(&self, trial: &Trial<'_>, error: &SendError) {
        let stopped = match trial.opening {
            true => self.lanes.note_opening(trial.target, Err(error)),
            false => self.lanes.note(trial.target, Err(error)),
        };
        let connection = &trial.target.connection;
        match error {
            SendError::Unauthorized(why) => self.hinder(trial, ObstacleKind::Unauthorized, why),
            SendError::NoAccess(why) => self.hinder(trial, ObstacleKind::NoAccess, why),
            SendError::Unreachable(why) if trial.head.attempts >= SHORT_SILENCE => {
                self.hinder(trial, ObstacleKind::Unreachable, why);
            }
            _ => {}
        }
        if stopped {
            tracing::error!(
                bridge.connection = connection.0,
                %error,
                "a platform refuses us again and again; nothing is sent there for a while"
            );
        }
    }

    fn hinder(&self, trial: &Trial<'_>, kind: ObstacleKind, why: &str) {
        self.shell.hinder(trial.target, kind, why);
    }

    /// Tells the conversation first: whoever dies before the dead letter is written gives up again and is the same
    /// cause.
    async fn give_up(&self, trial: &Trial<'_>, why: &str) -> Result<(), StoreError> {
        let at = trial.at;
        if !is_missed(at.what) {
            return self.let_go(at).await;
        }
        let request = Request::DeliveryFailed {
            delivery: at.id.clone(),
            of: at.seq,
        };
        let cause = Cause(format!("failed:{}:{}", at.id, at.due_at));
        if let Err(refusal) = self.tell(trial.batch, cause, request).await {
            return self.later(trial.head, &refusal.to_string()).await;
        }
        self.shell.tally.given_up.add(1);
        self.shell.store.bury(&at.id, why, clock::now()).await
    }

    async fn lose_thread(&self, trial: &Trial<'_>) -> Result<(), StoreError> {
        let conversation = &trial.batch.conversation;
        let thread = self.shell.store.thread_of(conversation).await?;
        let Some(thread) = thread else { return Ok(()) };
        let lose = |thread| Request::LoseThread { thread };
        match self.order(trial.batch, &thread, lose).await {
            // A platform that loses every thread we open is not to be filled with them.
            Ok(_) if trial.head.attempts > 0 => self.later(trial.head, "the thread is gone").await,
            Ok(_) => {
                let at_once = Duration::ZERO;
                self.postpone(trial.head, at_once, true, "the thread is gone")
                    .await
            }
            Err(refusal) => self.later(trial.head, &refusal.to_string()).await,
        }
    }

    async fn later(&self, head: &Delivery, why: &str) -> Result<(), StoreError> {
        let pause = retry::pause(&self.shell.timing, head.attempts + 1);
        self.postpone(head, pause, true, why).await
    }

    async fn postpone(
        &self,
        head: &Delivery,
        pause: Duration,
        attempt: bool,
        why: &str,
    ) -> Result<(), StoreError> {
        let at = clock::now() + pause.as_millis() as Millis;
        self.shell.store.postpone(&head.id, at, attempt, why).await
    }

    fn note_failure(&self, trial: &Trial<'_>, error: &SendError) {
        // Waiting for one's turn is no failure.
        if matches!(error, SendError::RateLimited { .. }) {
            return;
        }
        self.shell.tally.send_failures.add(1);
        tracing::warn!(
            delivery.id = %trial.at.id,
            delivery.what = ?trial.at.what,
            bridge.connection = trial.target.connection.0,
            attempts = trial.head.attempts + 1,
            %error,
            "a delivery failed"
        );
    }
}
