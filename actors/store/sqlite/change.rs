//! A `Change` as rows, made before it is queued so that the writer only writes.

use hinny_bridges::{Target, Thread};

use super::codec::{json, kind_of};
use super::files::SaidFile;
use crate::body::{Body, FileRef};
use crate::event::{EVENT_VERSION, Event, Handling};
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
    pub lost: Option<String>,
    pub head: HeadRow,
}

pub(super) struct EventRow {
    pub conversation: String,
    pub seq: i64,
    pub at: Millis,
    pub kind: String,
    pub version: i64,
    pub what: String,
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
            opened: change.thread_opened.as_ref().map(opened).transpose()?,
            lost: change.thread_lost.as_ref().map(json).transpose()?,
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

fn opened((target, thread): &(Target, Thread)) -> Stored<ThreadRow> {
    Ok(ThreadRow {
        address: address(thread)?,
        target: json(target)?,
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
