//! Rows to values and back. JSON is kept as text, numbers as 64-bit integers.

use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::event::{EVENT_VERSION, Event, What};
use crate::ids::{ConversationId, SiteId, VisitorId};
use crate::store::{ConversationRow, Entry, StoreError, Stored};

/// Columns of a conversation `c`, with its owner's alias resolved.
pub(super) const CONVERSATION: &str = "SELECT c.id, c.site, COALESCE(a.person, c.visitor) AS owner, \
     c.seq, c.handling, c.context, c.opened_at, c.updated_at \
     FROM conversation c LEFT JOIN alias a ON a.visitor = c.visitor";

/// Events `e` with their current words; an edit has those of the event that it edits.
pub(super) const ENTRY: &str = "SELECT e.seq, e.at, e.version, e.what, b.body, b.version AS body_version FROM event e \
     LEFT JOIN body b ON b.conversation = e.conversation \
     AND b.seq = CASE WHEN e.kind IN ('message_edited', 'note_edited') THEN e.refers ELSE e.seq END \
     AND b.version = (SELECT MAX(version) FROM body WHERE conversation = e.conversation AND seq = \
     CASE WHEN e.kind IN ('message_edited', 'note_edited') THEN e.refers ELSE e.seq END)";

pub(super) fn json<T: Serialize>(value: &T) -> Stored<String> {
    serde_json::to_string(value).map_err(|error| StoreError::Failed(error.to_string()))
}

/// `what` names the place, for the operator who reads the error.
pub(super) fn parsed<T: DeserializeOwned>(text: &str, what: &str) -> Stored<T> {
    serde_json::from_str(text).map_err(|error| StoreError::Unreadable(format!("{what}: {error}")))
}

/// The kind is the tag that serde writes into the JSON.
pub(super) fn kind_of(what: &What) -> Stored<(String, String)> {
    let value =
        serde_json::to_value(what).map_err(|error| StoreError::Failed(error.to_string()))?;
    let kind = value["kind"].as_str().unwrap_or_default().to_owned();
    Ok((kind, value.to_string()))
}

/// Needs `seq`, `at`, `version` and `what`.
pub(super) fn event(row: &SqliteRow) -> Stored<Event> {
    let seq: i64 = row.try_get("seq")?;
    let version: i64 = row.try_get("version")?;
    if version > i64::from(EVENT_VERSION) {
        let text = format!("event {seq} was written by a newer hinny (version {version})");
        return Err(StoreError::Unreadable(text));
    }
    Ok(Event {
        seq: seq as u64,
        at: row.try_get("at")?,
        what: parsed(row.try_get("what")?, &format!("event {seq}"))?,
    })
}

/// Needs the columns of `event` and `body`.
pub(super) fn entry(row: &SqliteRow) -> Stored<Entry> {
    let event = event(row)?;
    let body: Option<String> = row.try_get("body")?;
    let body = body
        .map(|text| parsed(&text, &format!("the body of event {}", event.seq)))
        .transpose()?;
    let version: Option<i64> = row.try_get("body_version")?;
    let edited = version.is_some_and(|version| version > 1);
    Ok(Entry {
        event,
        body,
        edited,
    })
}

/// Needs the columns of `CONVERSATION`; `seq` names the column with the conversation's seq.
pub(super) fn conversation(row: &SqliteRow, seq: &str) -> Stored<ConversationRow> {
    let id: String = row.try_get("id")?;
    let seq: i64 = row.try_get(seq)?;
    let handling = parsed(row.try_get("handling")?, &format!("conversation {id}"))?;
    let context = parsed(row.try_get("context")?, &format!("conversation {id}"))?;
    Ok(ConversationRow {
        id: ConversationId(id),
        site: SiteId(row.try_get("site")?),
        visitor: VisitorId(row.try_get("owner")?),
        seq: seq as u64,
        handling,
        context,
        opened_at: row.try_get("opened_at")?,
        updated_at: row.try_get("updated_at")?,
    })
}
