//! A `Change` as rows, made before it is queued so that the writer only writes.

use hinny_bridges::{Post, Target, Thread};

use super::codec::{json, kind_of};
use super::files::SaidFile;
use crate::body::{Body, FileRef};
use crate::event::{EVENT_VERSION, Event, Handling, What};
use crate::ids::{Millis, Seq};
use crate::store::{AlarmName, Change, NewDelivery, StoreError, Stored, handling_name};

pub(super) struct Rows {
    pub site: String,
    pub conversation: String,
    pub expected: i64,
    pub cause: String,
    pub events: Vec<EventRow>,
    /// First words of the events above.
    pub bodies: Vec<BodyRow>,
    /// New words for older events.
    pub edits: Vec<BodyRow>,
    /// Files that are in the words.
    pub files: Vec<SaidFile>,
    pub deliveries: Vec<DeliveryRow>,
    pub alarms: Vec<AlarmRow>,
    pub opened: Option<ThreadRow>,
    pub twin: Option<ThreadRow>,
    pub lost: Option<String>,
    pub team: TeamRows,
    pub head: HeadRow,
}

pub(super) struct EventRow {
    pub conversation: String,
    pub seq: i64,
    pub at: Millis,
    pub kind: String,
    pub version: i64,
    pub what: String,
    pub refers: Option<i64>,
    pub message: Option<String>,
}

/// What a team's message or a deletion does to older rows.
#[derive(Default)]
pub(super) struct TeamRows {
    /// Thread, post and seq.
    pub reply_posts: Vec<(String, String, i64)>,
    /// Thread and post.
    pub gone: Vec<(String, String)>,
    /// Held lines that were sent: their words and posts belong to the newer event now.
    pub moved: Vec<(i64, i64)>,
    pub removed: Vec<i64>,
    pub revived: Vec<String>,
    /// The visitor began anew, so that this is not their current conversation any more.
    pub left: bool,
    pub at: Millis,
}

pub(super) struct BodyRow {
    pub conversation: String,
    pub seq: i64,
    pub body: String,
}

pub(super) struct DeliveryRow {
    pub id: String,
    pub site: String,
    pub conversation: String,
    pub seq: i64,
    pub what: String,
    pub target: String,
}

/// `set` is empty when the alarm is cleared.
pub(super) struct AlarmRow {
    pub conversation: String,
    pub name: &'static str,
    pub site: String,
    pub set: Option<(Millis, i64)>,
}

pub(super) struct ThreadRow {
    pub address: String,
    pub target: String,
    /// What stands in it already.
    pub posts: Vec<Post>,
}

/// What a Change makes of the conversation's own row.
#[derive(Clone)]
pub(super) struct HeadRow {
    pub conversation: String,
    pub seq: i64,
    pub state: &'static str,
    pub handling: String,
    pub with_person: bool,
    /// The last event's; 0 when the Change has no events.
    pub at: Millis,
}

impl Rows {
    pub(super) fn new(change: &Change) -> Stored<Rows> {
        numbered(change)?;
        let conversation = change.conversation.0.clone();
        let (edits, bodies) = bodies(change)?
            .into_iter()
            .partition(|body| body.seq <= change.expected_seq as i64);
        Ok(Rows {
            site: change.site.0.clone(),
            expected: change.expected_seq as i64,
            cause: change.cause.0.clone(),
            events: collect(&change.events, |event| event_row(&conversation, event))?,
            bodies,
            edits,
            files: files(change),
            deliveries: collect(&change.deliveries, |new| delivery_row(change, new))?,
            alarms: alarms(change),
            opened: thread_row(change.thread_opened.as_ref(), &change.posted)?,
            twin: thread_row(change.thread_twin.as_ref(), &[])?,
            lost: change.thread_lost.as_ref().map(json).transpose()?,
            team: team(change)?,
            head: head(change)?,
            conversation,
        })
    }

    pub(super) fn last(&self) -> i64 {
        self.expected + self.events.len() as i64
    }
}

/// The text that names a thread in the store.
pub(super) fn address(thread: &Thread) -> Stored<String> {
    json(thread)
}

/// Wrong numbers would tear the log, so they are refused before anything is written.
fn numbered(change: &Change) -> Stored<()> {
    let wanted = change.expected_seq + 1..;
    let right = wanted
        .zip(&change.events)
        .all(|(seq, event)| event.seq == seq);
    if right {
        return Ok(());
    }
    let text = format!("events do not follow {}", change.expected_seq);
    Err(StoreError::Failed(text))
}

fn collect<T, R>(values: &[T], row: impl Fn(&T) -> Stored<R>) -> Stored<Vec<R>> {
    values.iter().map(row).collect()
}

fn event_row(conversation: &str, event: &Event) -> Stored<EventRow> {
    let (kind, what) = kind_of(&event.what)?;
    Ok(EventRow {
        conversation: conversation.to_owned(),
        seq: event.seq as i64,
        at: event.at,
        kind,
        version: i64::from(EVENT_VERSION),
        what,
        refers: event.what.refers().map(|seq| seq as i64),
        message: event.what.own_name(event.seq).map(|name| name.0),
    })
}

fn bodies(change: &Change) -> Stored<Vec<BodyRow>> {
    collect(&change.bodies, |(seq, body)| {
        Ok(BodyRow {
            conversation: change.conversation.0.clone(),
            seq: *seq as i64,
            body: json(body)?,
        })
    })
}

fn files(change: &Change) -> Vec<SaidFile> {
    let of = |(seq, body): &(Seq, Body)| {
        let files = match body {
            Body::Message { files, .. } => files.as_slice(),
            _ => &[],
        };
        let said = |file: &FileRef| SaidFile {
            id: file.id.0.clone(),
            conversation: change.conversation.0.clone(),
            seq: *seq as i64,
        };
        files.iter().map(said).collect::<Vec<_>>()
    };
    change.bodies.iter().flat_map(of).collect()
}

fn delivery_row(change: &Change, new: &NewDelivery) -> Stored<DeliveryRow> {
    Ok(DeliveryRow {
        id: new.id.0.clone(),
        site: change.site.0.clone(),
        conversation: change.conversation.0.clone(),
        seq: new.seq as i64,
        what: json(&new.what)?,
        target: json(&new.target)?,
    })
}

/// Cleared ones first, so that clearing and setting the same alarm sets it.
fn alarms(change: &Change) -> Vec<AlarmRow> {
    let row = |name: AlarmName, set| AlarmRow {
        conversation: change.conversation.0.clone(),
        name: name.as_str(),
        site: change.site.0.clone(),
        set,
    };
    let cleared = change.alarms_cleared.iter().map(|name| row(*name, None));
    let set = change
        .alarms_set
        .iter()
        .map(|alarm| row(alarm.name, Some((alarm.at, alarm.turn as i64))));
    cleared.chain(set).collect()
}

fn thread_row(named: Option<&(Target, Thread)>, posts: &[Post]) -> Stored<Option<ThreadRow>> {
    let Some((target, thread)) = named else {
        return Ok(None);
    };
    Ok(Some(ThreadRow {
        address: address(thread)?,
        target: json(target)?,
        posts: posts.to_vec(),
    }))
}

fn team(change: &Change) -> Stored<TeamRows> {
    let moved = change.events.iter().filter_map(|event| match event.what {
        What::AgentSaid {
            held: Some(held), ..
        } => Some((held as i64, event.seq as i64)),
        _ => None,
    });
    Ok(TeamRows {
        reply_posts: collect(&change.reply_posts, |row| {
            Ok((address(&row.thread)?, row.post.0.clone(), row.seq as i64))
        })?,
        gone: collect(&change.posts_gone, |(thread, post)| {
            Ok((address(thread)?, post.0.clone()))
        })?,
        moved: moved.collect(),
        removed: change
            .bodies_removed
            .iter()
            .map(|seq| *seq as i64)
            .collect(),
        left: change
            .events
            .iter()
            .any(|event| event.what == What::VisitorLeft),
        revived: change.revived.iter().map(|id| id.0.clone()).collect(),
        at: crate::clock::now(),
    })
}

fn head(change: &Change) -> Stored<HeadRow> {
    let last: Seq = change.expected_seq + change.events.len() as u64;
    let person = matches!(
        change.handling,
        Handling::Waiting { .. } | Handling::Agent { .. }
    );
    Ok(HeadRow {
        conversation: change.conversation.0.clone(),
        seq: last as i64,
        state: handling_name(&change.handling),
        handling: json(&change.handling)?,
        with_person: person || change.thread_opened.is_some(),
        at: change.events.last().map_or(0, |event| event.at),
    })
}
