//! Lets the learner work on an entry, outside of every mailbox, and tells the conversation how it ended.
//!
//! The commit that asks for it also sets an alarm; what a crash interrupts is begun again when that rings.

use std::sync::{Arc, Weak};

use crate::body::Body;
use crate::dialogue::{Draft, Pointed};
use crate::ids::{Cause, ConversationId, Seq, SiteId};
use crate::learner::{Learner, NotLearned};
use crate::order::{FaqOutcome, Order, Request};
use crate::shell::Shell;
use crate::store::About;
use crate::switchboard::Switchboard;

/// Saves the draft of event `of`, or takes its entry out, whichever its log asks for now.
pub async fn learn(
    shell: Arc<Shell>,
    switchboard: Weak<Switchboard>,
    site: SiteId,
    conversation: ConversationId,
    of: Seq,
) {
    let outcome = match work(&shell, &site, &conversation, of).await {
        Ok(Some(outcome)) => outcome,
        Ok(None) => return,
        Err(error) => {
            tracing::error!(conversation.id = %conversation, %error, "an entry could not be changed");
            FaqOutcome::Failed
        }
    };
    let Some(switchboard) = switchboard.upgrade() else {
        return;
    };
    let order = Order {
        site,
        cause: cause(&conversation, of, &outcome),
        conversation,
        request: Request::FaqSettled { of, outcome },
    };
    if let Err(refusal) = switchboard.handle(order).await {
        // The alarm is still set and will bring it up again.
        tracing::warn!(error = %refusal, "the end of work on an entry could not be stored");
    }
}

/// A failure may happen several times; success only once each way, and the conversation drops what comes late.
fn cause(conversation: &ConversationId, of: Seq, outcome: &FaqOutcome) -> Cause {
    let how = match outcome {
        FaqOutcome::Saved { .. } => "saved".to_owned(),
        FaqOutcome::TakenOut => "out".to_owned(),
        FaqOutcome::Failed => format!("failed:{}", crate::ids::random_id()),
    };
    Cause(format!("faq:{conversation}:{of}:{how}"))
}

/// `None` when there is nothing to do any more.
async fn work(
    shell: &Shell,
    site: &SiteId,
    conversation: &ConversationId,
    of: Seq,
) -> Result<Option<FaqOutcome>, NotLearned> {
    let about = shell.store.about(conversation, of).await;
    let about = about.map_err(|error| NotLearned(error.to_string()))?;
    let (Some(learner), Some(about)) = (&shell.learner, about) else {
        return Err(NotLearned("there is nothing to learn with".into()));
    };
    let body = about.entry.body.clone();
    match (pointed(about).draft(), body) {
        (Some(Draft::Learning { .. }), Some(Body::Faq(draft))) => {
            let key = key(conversation, of);
            let by = draft.author.clone();
            let link = link(shell, site, conversation).await;
            let saved = learner.save(site, &key, &draft, &by, conversation, link.as_deref());
            let entry = saved.await?;
            Ok(Some(FaqOutcome::Saved { entry }))
        }
        (Some(Draft::Unlearning), _) => {
            take_out(learner.as_ref(), site, &key(conversation, of)).await
        }
        _ => Ok(None),
    }
}

/// Where the conversation is talked about.
async fn link(shell: &Shell, site: &SiteId, conversation: &ConversationId) -> Option<String> {
    let thread = shell.store.thread_of(conversation).await.ok()??;
    let connection = &shell.sites.get(site)?.target.connection;
    let bridge = shell.bridges.get(connection)?;
    bridge.link(&thread).await
}

async fn take_out(
    learner: &dyn Learner,
    site: &SiteId,
    key: &str,
) -> Result<Option<FaqOutcome>, NotLearned> {
    learner.undo(site, key).await?;
    Ok(Some(FaqOutcome::TakenOut))
}

/// Names the draft for good, and says to whoever reads the file in which conversation it was made.
fn key(conversation: &ConversationId, of: Seq) -> String {
    format!("{conversation}-{of}")
}

fn pointed(about: About) -> Pointed {
    Pointed {
        seq: about.entry.event.seq,
        what: about.entry.event.what,
        later: about.later.into_iter().map(|event| event.what).collect(),
        written_in: about.written_in,
    }
}
