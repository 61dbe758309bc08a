//! What a card tells of a conversation, gathered from the log, the visitor's profile and their browser.

use hinny_kb::{Candidate, Judgement};

use super::{CANDIDATES, anonymous};
use crate::body::{Body, Context, Profile};
use crate::clock;
use crate::event::{Event, Handling, Reason, What};
use crate::ids::{Millis, Seq};
use crate::outbox::lines::Scene;
use crate::store::{Entry, StoreError};
use crate::view;

/// The transcript on a card goes back this many events.
const TRANSCRIPT: u32 = 40;

pub(super) struct Facts {
    pub name: String,
    /// Verified: the site's own server signed it.
    pub profile: Option<Profile>,
    /// As the browser says.
    pub context: Context,
    pub handling: Handling,
    pub taken_by: Option<String>,
    pub closed_by: Option<String>,
    pub block: Option<Block>,
    /// What became of the thread before this one.
    pub before: Option<Before>,
    pub why: Option<Reason>,
    /// When the person was fetched.
    pub at: Millis,
    pub verdict: Option<Offer>,
    pub transcript: Vec<Entry>,
}

/// Why this is not the conversation's first thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Before {
    /// Deleted, or closed to us.
    Gone,
    /// The configuration names another place now.
    Moved,
}

/// The visitor may say nothing.
pub(super) struct Block {
    pub by: Option<String>,
    pub until: Option<Millis>,
}

/// Answers that the bot was not sure of.
pub(super) struct Offer {
    pub seq: Seq,
    pub judgement: Box<Judgement>,
}

impl Facts {
    pub(super) async fn gather(scene: &Scene<'_>, upto: Seq) -> Result<Facts, StoreError> {
        let (row, profile) = scene.visitor().await?;
        let log = scene.shell.store.history(scene.conversation).await?;
        let fetched = last(&log, |event| {
            event.seq <= upto && matches!(event.what, What::Escalated { .. })
        });
        let name = profile.as_ref().and_then(|profile| {
            let named = profile.name.clone();
            named.or_else(|| profile.email.clone())
        });
        Ok(Facts {
            name: name.unwrap_or_else(|| anonymous(&row.visitor)),
            profile,
            context: row.context,
            taken_by: named(scene, &log, |what| matches!(what, What::AgentTook { .. })).await?,
            closed_by: named(scene, &log, |what| matches!(what, What::Closed { .. })).await?,
            block: block(scene, &log).await?,
            before: before(scene, &log),
            why: fetched.and_then(|event| reason(&event.what)),
            at: fetched.map_or(row.opened_at, |event| event.at),
            verdict: offer(scene, &log, upto, &row.handling).await?,
            handling: row.handling,
            transcript: transcript(scene, upto).await?,
        })
    }

    /// The best answers of the bot, while somebody may still want to send one.
    pub(super) fn candidates(&self) -> &[Candidate] {
        let all = match &self.verdict {
            Some(offer) => offer.judgement.candidates.as_slice(),
            None => &[],
        };
        &all[..all.len().min(CANDIDATES)]
    }
}

fn last(log: &[Event], is_it: impl Fn(&Event) -> bool) -> Option<&Event> {
    log.iter().rev().find(|event| is_it(event))
}

fn reason(what: &What) -> Option<Reason> {
    match what {
        What::Escalated { reason, .. } => Some(*reason),
        _ => None,
    }
}

/// The name in the body of the last such event.
async fn named(
    scene: &Scene<'_>,
    log: &[Event],
    is_it: impl Fn(&What) -> bool,
) -> Result<Option<String>, StoreError> {
    let Some(event) = last(log, |event| is_it(&event.what)) else {
        return Ok(None);
    };
    let entry = scene.entry(event.seq).await?;
    Ok(entry.as_ref().and_then(view::agent_name))
}

fn before(scene: &Scene<'_>, log: &[Event]) -> Option<Before> {
    let is_here = |event: &Event| match &event.what {
        What::ThreadOpened { thread } => Some(thread) == scene.thread,
        _ => false,
    };
    let end = log.iter().position(is_here).unwrap_or(log.len());
    let lost = log[..end]
        .iter()
        .rev()
        .find_map(|event| match &event.what {
            What::ThreadLost { thread } => Some(thread),
            _ => None,
        })?;
    Some(match scene.is_here(lost) {
        true => Before::Gone,
        false => Before::Moved,
    })
}

async fn block(scene: &Scene<'_>, log: &[Event]) -> Result<Option<Block>, StoreError> {
    let is_it = |event: &Event| matches!(event.what, What::Blocked { .. } | What::Unblocked { .. });
    let Some(What::Blocked { until, .. }) = last(log, is_it).map(|event| &event.what) else {
        return Ok(None);
    };
    if until.is_some_and(|until| until <= clock::now()) {
        return Ok(None);
    }
    let by = named(scene, log, |what| matches!(what, What::Blocked { .. })).await?;
    Ok(Some(Block { by, until: *until }))
}

/// The last verdict that was neither answered with nor drafted from, unless one of its candidates was sent or nobody
/// waits for one any more.
async fn offer(
    scene: &Scene<'_>,
    log: &[Event],
    upto: Seq,
    handling: &Handling,
) -> Result<Option<Offer>, StoreError> {
    let judged = last(log, |event| {
        event.seq <= upto && matches!(event.what, What::Judged { .. })
    });
    let unsure = judged.filter(|event| !was_used(log, &event.what));
    let is_wanted = matches!(handling, Handling::Waiting { .. } | Handling::Agent { .. });
    let Some(event) = unsure.filter(|event| is_wanted && !was_chosen(log, event.seq)) else {
        return Ok(None);
    };
    let entry = scene.entry(event.seq).await?;
    Ok(match entry.and_then(|entry| entry.body) {
        Some(Body::Verdict { judgement }) => Some(Offer {
            seq: event.seq,
            judgement,
        }),
        _ => None,
    })
}

/// The bot's own words came of it, for the visitor or for the team.
fn was_used(log: &[Event], judged: &What) -> bool {
    let What::Judged { turn: wanted, .. } = judged else {
        return false;
    };
    let used = |event: &Event| match &event.what {
        What::BotAnswered { turn, .. } | What::Drafted { turn } => turn == wanted,
        _ => false,
    };
    log.iter().any(used)
}

fn was_chosen(log: &[Event], verdict: Seq) -> bool {
    let chose = |event: &Event| match &event.what {
        What::AgentSaid { chosen, .. } | What::BotAnswered { chosen, .. } => {
            chosen.is_some_and(|chosen| chosen.verdict == verdict)
        }
        _ => false,
    };
    log.iter().any(chose)
}

async fn transcript(scene: &Scene<'_>, upto: Seq) -> Result<Vec<Entry>, StoreError> {
    let after = upto.saturating_sub(u64::from(TRANSCRIPT));
    let read = scene
        .shell
        .store
        .read(scene.conversation, after, TRANSCRIPT);
    let mut entries = read.await?;
    entries.retain(|entry| entry.event.seq <= upto);
    Ok(entries)
}
