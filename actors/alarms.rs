//! Rings due alarms: wakes each conversation that has one, also after a restart.

use std::sync::Arc;

use futures_util::StreamExt;

use crate::clock;
use crate::ids::Cause;
use crate::order::{Order, Request};
use crate::shell::Shell;
use crate::store::{AlarmName, Due};
use crate::switchboard::Switchboard;

/// Alarms fetched in one look, and how many ring at once.
const LOOK: u32 = 256;
const AT_ONCE: usize = 32;

/// Runs until it is dropped. First everything that is set: whoever waited for it before is gone.
pub async fn run(shell: Arc<Shell>, switchboard: Arc<Switchboard>) {
    match shell.store.alarms().await {
        Ok(all) => ring_all(&switchboard, all).await,
        Err(error) => tracing::error!(%error, "alarms could not be read"),
    }
    loop {
        tokio::time::sleep(shell.timing.alarm_poll).await;
        match shell.store.due_alarms(clock::now(), LOOK).await {
            Ok(due) => ring_all(&switchboard, due).await,
            Err(error) => tracing::error!(%error, "alarms could not be read"),
        }
    }
}

async fn ring_all(switchboard: &Arc<Switchboard>, due: Vec<Due>) {
    let rings = due.into_iter().map(|due| ring(switchboard, due));
    futures_util::stream::iter(rings)
        .buffer_unordered(AT_ONCE)
        .collect::<()>()
        .await;
}

/// An alarm that could not be handled stays set and rings again.
async fn ring(switchboard: &Arc<Switchboard>, due: Due) {
    let conversation = due.conversation.clone();
    let cause = Cause::alarm(&conversation, due.alarm.name.as_str(), due.alarm.at);
    let request = match due.alarm.name {
        AlarmName::AnswerDue => Request::AnswerDue {
            turn: due.alarm.turn,
        },
        AlarmName::Learn => Request::LearnDue { of: due.alarm.turn },
    };
    let order = Order {
        site: due.site,
        conversation,
        cause,
        request,
    };
    let id = order.conversation.clone();
    if let Err(refusal) = switchboard.handle(order).await {
        tracing::warn!(conversation.id = %id, error = %refusal, "an alarm could not be handled");
    }
}
