//! Changes into the database, many at once. First everything that decides is read, then `judge` decides in
//! memory (nobody else can write meanwhile), then the accepted ones are written table by table.

use std::collections::HashMap;

use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use super::change::{AlarmRow, BodyRow, DeliveryRow, EventRow, HeadRow, Rows, ThreadRow};
use super::files;
use super::rows::{Bound, Many, Script, placeholders};
use super::{inbound, posts};
use crate::store::{CommitError, Receipt, Stored};

pub(super) type Outcome = Result<Receipt, CommitError>;

/// What is in the database about the Changes of a group.
#[derive(Default)]
struct Known {
    /// By site and cause.
    causes: HashMap<(String, String), Receipt>,
    /// Site and seq by conversation.
    heads: HashMap<String, (String, i64)>,
}

/// Writes what can be written of `changes`, and says of each what became of it. Must be in a transaction;
/// an `Err` means that the transaction is of no use any more.
pub(super) async fn apply(conn: &mut SqliteConnection, changes: &[&Rows]) -> Stored<Vec<Outcome>> {
    let mut known = look(conn, changes).await?;
    let outcomes: Vec<Outcome> = changes
        .iter()
        .map(|change| judge(&mut known, change))
        .collect();
    let accepted: Vec<&Rows> = changes
        .iter()
        .zip(&outcomes)
        .filter(|(_, outcome)| matches!(outcome, Ok(receipt) if !receipt.repeated))
        .map(|(change, _)| *change)
        .collect();
    write(conn, &accepted).await?;
    Ok(outcomes)
}

/// Decides on one Change, and remembers an accepted one for those behind it in the same group.
fn judge(known: &mut Known, change: &Rows) -> Outcome {
    let key = (change.site.clone(), change.cause.clone());
    if let Some(first) = known.causes.get(&key) {
        return Ok(*first);
    }
    let Some((_, seq)) = known
        .heads
        .get_mut(&change.conversation)
        .filter(|(site, _)| *site == change.site)
    else {
        return Err(CommitError::Unknown);
    };
    if *seq != change.expected {
        return Err(CommitError::Conflict {
            actual: *seq as u64,
        });
    }
    *seq = change.last();
    let receipt = receipt(change.expected + 1, change.last(), false);
    let repeated = Receipt {
        repeated: true,
        ..receipt
    };
    known.causes.insert(key, repeated);
    Ok(receipt)
}

pub(super) fn receipt(first: i64, last: i64, repeated: bool) -> Receipt {
    Receipt {
        first: first as u64,
        last: last as u64,
        repeated,
    }
}

/// A join in this order, because SQLite reads the whole table for `(site, cause) IN (VALUES …)`.
pub(super) fn causes_sql(count: usize) -> String {
    let pairs = vec!["(?, ?)"; count].join(", ");
    format!(
        "SELECT c.site, c.cause, c.first, c.last FROM (VALUES {pairs}) AS v CROSS JOIN cause c \
         WHERE c.site = v.column1 AND c.cause = v.column2"
    )
}

pub(super) fn heads_sql(count: usize) -> String {
    let ids = placeholders(count);
    format!("SELECT id, site, seq FROM conversation WHERE id IN ({ids})")
}

/// Both questions in one trip; the rows of the first have one column more.
async fn look(conn: &mut SqliteConnection, changes: &[&Rows]) -> Stored<Known> {
    let mut script = Script::new();
    let count = changes.len();
    script.add(&causes_sql(count), count, |query| {
        changes.iter().fold(query, |query, change| {
            query.bind(&change.site).bind(&change.cause)
        })
    });
    script.add(&heads_sql(count), count, |query| {
        changes
            .iter()
            .fold(query, |query, change| query.bind(&change.conversation))
    });
    let mut known = Known::default();
    for row in script.fetch(conn).await? {
        match row.len() {
            4 => known.note_cause(&row)?,
            _ => known.note_head(&row)?,
        }
    }
    Ok(known)
}

impl Known {
    fn note_cause(&mut self, row: &SqliteRow) -> Stored<()> {
        let receipt = receipt(row.try_get("first")?, row.try_get("last")?, true);
        let key = (row.try_get("site")?, row.try_get("cause")?);
        self.causes.insert(key, receipt);
        Ok(())
    }

    fn note_head(&mut self, row: &SqliteRow) -> Stored<()> {
        let head = (row.try_get("site")?, row.try_get("seq")?);
        self.heads.insert(row.try_get("id")?, head);
        Ok(())
    }
}

async fn write(conn: &mut SqliteConnection, changes: &[&Rows]) -> Stored<()> {
    let events: Vec<&EventRow> = changes.iter().flat_map(|change| &change.events).collect();
    let bodies: Vec<&BodyRow> = changes.iter().flat_map(|change| &change.bodies).collect();
    let said = files::said(changes);
    let heads = last_heads(changes);
    let deliveries: Vec<&DeliveryRow> = changes
        .iter()
        .flat_map(|change| &change.deliveries)
        .collect();
    let alarms = last_alarms(changes);
    let mut script = Script::new();
    script.add_many(&CAUSES, changes, bind_cause);
    script.add_many(&EVENTS, &events, bind_event);
    script.add_many(&BODIES, &bodies, bind_body);
    files::note_said(&mut script, &said);
    script.add_many(&HEADS, &heads, bind_head);
    script.add_many(&DELIVERIES, &deliveries, bind_delivery);
    alarms.add_to(&mut script);
    script.run(conn).await?;
    for edit in changes.iter().flat_map(|change| &change.edits) {
        self::edit(conn, edit).await?;
    }
    for change in changes {
        threads(conn, change).await?;
        inbound::apply(conn, change).await?;
        if change.team.left {
            leave(conn, &change.conversation).await?;
        }
    }
    Ok(())
}

/// The visitor's next words open another one.
async fn leave(conn: &mut SqliteConnection, conversation: &str) -> Stored<()> {
    sqlx::query("UPDATE conversation SET current = 0 WHERE id = $1")
        .bind(conversation)
        .execute(conn)
        .await?;
    Ok(())
}

const CAUSES: Many = Many {
    head: "INSERT INTO cause (site, cause, conversation, first, last)",
    columns: 5,
    tail: "",
};

fn bind_cause<'q>(query: Bound<'q>, change: &'q &Rows) -> Bound<'q> {
    query
        .bind(&change.site)
        .bind(&change.cause)
        .bind(&change.conversation)
        .bind(change.expected + 1)
        .bind(change.last())
}

const EVENTS: Many = Many {
    head: "INSERT INTO event (conversation, seq, at, kind, version, what, refers, message)",
    columns: 8,
    tail: "",
};

fn bind_event<'q>(query: Bound<'q>, event: &'q &EventRow) -> Bound<'q> {
    query
        .bind(&event.conversation)
        .bind(event.seq)
        .bind(event.at)
        .bind(&event.kind)
        .bind(event.version)
        .bind(&event.what)
        .bind(event.refers)
        .bind(&event.message)
}

const BODIES: Many = Many {
    head: "INSERT INTO body (version, conversation, seq, body)",
    columns: 4,
    tail: "",
};

fn bind_body<'q>(query: Bound<'q>, body: &'q &BodyRow) -> Bound<'q> {
    query
        .bind(1)
        .bind(&body.conversation)
        .bind(body.seq)
        .bind(&body.body)
}

async fn edit(conn: &mut SqliteConnection, body: &BodyRow) -> Stored<()> {
    sqlx::query(
        "INSERT INTO body (version, conversation, seq, body) VALUES \
         ((SELECT COALESCE(MAX(version), 0) + 1 FROM body WHERE conversation = $1 AND seq = $2), $1, $2, $3)",
    )
    .bind(&body.conversation)
    .bind(body.seq)
    .bind(&body.body)
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) const HEADS: Many = Many {
    head: "UPDATE conversation SET seq = v.column2, state = v.column3, handling = v.column4, \
           with_person = CASE WHEN v.column5 = 1 THEN 1 ELSE with_person END, \
           updated_at = CASE WHEN v.column6 > updated_at THEN v.column6 ELSE updated_at END FROM (",
    columns: 6,
    tail: ") AS v WHERE conversation.id = v.column1",
};

fn bind_head<'q>(query: Bound<'q>, head: &'q HeadRow) -> Bound<'q> {
    query
        .bind(&head.conversation)
        .bind(head.seq)
        .bind(head.state)
        .bind(&head.handling)
        .bind(i64::from(head.with_person))
        .bind(head.at)
}

/// One row per conversation, the last: a group may hold two Changes of the same one.
fn last_heads(changes: &[&Rows]) -> Vec<HeadRow> {
    let mut last: HashMap<&str, HeadRow> = HashMap::new();
    for change in changes {
        let mut head = change.head.clone();
        if let Some(before) = last.get(change.conversation.as_str()) {
            head.with_person |= before.with_person;
            head.at = head.at.max(before.at);
        }
        last.insert(&change.conversation, head);
    }
    last.into_values().collect()
}

const DELIVERIES: Many = Many {
    head: "INSERT INTO delivery (id, site, conversation, seq, what, target)",
    columns: 6,
    tail: "",
};

fn bind_delivery<'q>(query: Bound<'q>, new: &'q &DeliveryRow) -> Bound<'q> {
    query
        .bind(&new.id)
        .bind(&new.site)
        .bind(&new.conversation)
        .bind(new.seq)
        .bind(&new.what)
        .bind(&new.target)
}

const ALARMS: Many = Many {
    head: "INSERT INTO alarm (conversation, name, site, at, turn)",
    columns: 5,
    tail: "ON CONFLICT (conversation, name) DO UPDATE SET at = excluded.at, turn = excluded.turn",
};

/// The last word on every alarm that some Changes touch.
#[derive(Default)]
struct Alarms<'a> {
    set: Vec<(&'a AlarmRow, i64, i64)>,
    /// By name.
    cleared: HashMap<&'a str, Vec<&'a AlarmRow>>,
}

pub(super) fn clear_sql(count: usize) -> String {
    let conversations = placeholders(count);
    format!("DELETE FROM alarm WHERE name = ? AND conversation IN ({conversations})")
}

fn last_alarms<'a>(changes: &[&'a Rows]) -> Alarms<'a> {
    let touched = changes.iter().flat_map(|change| &change.alarms);
    let last: HashMap<_, _> = touched
        .map(|alarm| ((&alarm.conversation, alarm.name), alarm))
        .collect();
    let mut alarms = Alarms::default();
    for alarm in last.into_values() {
        match alarm.set {
            Some((at, turn)) => alarms.set.push((alarm, at, turn)),
            None => alarms.cleared.entry(alarm.name).or_default().push(alarm),
        }
    }
    alarms
}

impl<'a> Alarms<'a> {
    fn add_to<'q>(&'q self, script: &mut Script<'q>) {
        for (name, cleared) in &self.cleared {
            let count = cleared.len();
            script.add(&clear_sql(count), count, move |query| {
                let query = query.bind(*name);
                cleared
                    .iter()
                    .fold(query, |query, alarm| query.bind(&alarm.conversation))
            });
        }
        script.add_many(&ALARMS, &self.set, |query, (alarm, at, turn)| {
            query
                .bind(&alarm.conversation)
                .bind(alarm.name)
                .bind(&alarm.site)
                .bind(*at)
                .bind(*turn)
        });
    }
}

async fn threads(conn: &mut SqliteConnection, change: &Rows) -> Stored<()> {
    if let Some(lost) = &change.lost {
        lose(conn, &change.conversation, lost).await?;
    }
    if let Some(twin) = &change.twin {
        note_twin(conn, change, twin).await?;
    }
    let Some(opened) = &change.opened else {
        return Ok(());
    };
    sqlx::query("UPDATE thread SET active = 0 WHERE conversation = $1 AND active = 1")
        .bind(&change.conversation)
        .execute(&mut *conn)
        .await?;
    // Another conversation's thread stays where it is: no row comes back then, and the Change fails.
    sqlx::query(
        "INSERT INTO thread (address, site, conversation, target, active) VALUES ($1, $2, $3, $4, 1) \
         ON CONFLICT (address) DO UPDATE SET active = 1, target = excluded.target \
         WHERE thread.conversation = excluded.conversation RETURNING address",
    )
    .bind(&opened.address)
    .bind(&change.site)
    .bind(&change.conversation)
    .bind(&opened.target)
    .fetch_one(&mut *conn)
    .await?;
    posts::posted(conn, &opened.address, &opened.posts, change.head.at).await
}

/// Whatever is known of the thread already stays as it is.
async fn note_twin(conn: &mut SqliteConnection, change: &Rows, twin: &ThreadRow) -> Stored<()> {
    sqlx::query(
        "INSERT INTO thread (address, site, conversation, target, active) VALUES ($1, $2, $3, $4, 0) \
         ON CONFLICT (address) DO NOTHING",
    )
    .bind(&twin.address)
    .bind(&change.site)
    .bind(&change.conversation)
    .bind(&twin.target)
    .execute(conn)
    .await?;
    Ok(())
}

/// Parts that were posted into a lost thread must be said again in the next one.
async fn lose(conn: &mut SqliteConnection, conversation: &str, address: &str) -> Stored<()> {
    sqlx::query("UPDATE thread SET active = 0 WHERE address = $1 AND conversation = $2")
        .bind(address)
        .bind(conversation)
        .execute(&mut *conn)
        .await?;
    sqlx::query("UPDATE delivery SET parts_done = 0 WHERE conversation = $1 AND state IN ('pending', 'dead')")
        .bind(conversation)
        .execute(conn)
        .await?;
    Ok(())
}
