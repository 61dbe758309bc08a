//! What has come due: deliveries by conversation, and alarms.

use std::collections::{HashMap, HashSet};

use async_trait::async_trait;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{AssertSqlSafe, Row};

use super::SqliteStore;
use super::codec::parsed;
use super::rows::{kept, placeholders};
use crate::ids::{ConversationId, DeliveryId, Millis, SiteId};
use crate::store::{Alarm, AlarmStore, Batch, Delivery, Due, Stored};

/// The head of each conversation, which is the oldest pending delivery that is no extra, and the rank of the most
/// urgent one: hand-overs, what people said, extras. Says the same as `outbox::work` does of one conversation.
const HEADS: &str = "SELECT h.conversation, h.rank, d.site, d.due_at, d.position FROM \
     (SELECT conversation, MIN(rank) AS rank, \
     COALESCE(MIN(CASE WHEN rank < 2 THEN position END), MIN(position)) AS position FROM \
     (SELECT conversation, position, CASE what WHEN '\"card\"' THEN 0 \
     WHEN '\"card_update\"' THEN 2 WHEN '\"seen\"' THEN 2 WHEN '\"recalled\"' THEN 2 \
     WHEN '\"taken\"' THEN 2 WHEN '\"old_card\"' THEN 2 WHEN '\"failed_sign\"' THEN 2 \
     WHEN '\"close_twin\"' THEN 2 ELSE 1 END AS rank FROM delivery WHERE state = 'pending') p \
     GROUP BY conversation) h JOIN delivery d ON d.position = h.position";

pub(super) async fn batches(
    conn: &mut SqliteConnection,
    now: Millis,
    busy: &[ConversationId],
    shut: &[SiteId],
    limit: u32,
) -> Stored<Vec<Batch>> {
    let mut batches = due_heads(conn, now, busy, shut, limit).await?;
    let mut pending = pending(conn, &batches).await?;
    for batch in &mut batches {
        batch.deliveries = pending.remove(&batch.conversation).unwrap_or_default();
    }
    // A delivery that was sent between the two looks leaves an empty batch.
    batches.retain(|batch| !batch.deliveries.is_empty());
    Ok(batches)
}

/// Batches without their deliveries yet.
async fn due_heads(
    conn: &mut SqliteConnection,
    now: Millis,
    busy: &[ConversationId],
    shut: &[SiteId],
    limit: u32,
) -> Stored<Vec<Batch>> {
    let sql = format!(
        "{HEADS} WHERE d.due_at <= ? AND d.site NOT IN ({}) ORDER BY h.rank, d.position LIMIT ?",
        placeholders(shut.len())
    );
    let mut query = sqlx::query(AssertSqlSafe(sql)).persistent(kept(shut.len()));
    query = query.bind(now);
    for site in shut {
        query = query.bind(site.as_str());
    }
    let rows = query
        .bind(i64::from(limit) + busy.len() as i64)
        .fetch_all(conn)
        .await?;
    let busy: HashSet<&str> = busy.iter().map(ConversationId::as_str).collect();
    let mut batches = rows.iter().map(head).collect::<Stored<Vec<Batch>>>()?;
    batches.retain(|batch| !busy.contains(batch.conversation.as_str()));
    batches.truncate(limit as usize);
    Ok(batches)
}

fn head(row: &SqliteRow) -> Stored<Batch> {
    Ok(Batch {
        site: SiteId(row.try_get("site")?),
        conversation: ConversationId(row.try_get("conversation")?),
        deliveries: Vec::new(),
    })
}

async fn pending(
    conn: &mut SqliteConnection,
    batches: &[Batch],
) -> Stored<HashMap<ConversationId, Vec<Delivery>>> {
    let mut found: HashMap<ConversationId, Vec<Delivery>> = HashMap::new();
    if batches.is_empty() {
        return Ok(found);
    }
    let sql = format!(
        "SELECT d.id, d.conversation, d.target, d.seq, d.what, d.attempts, d.parts_done, d.due_at, \
         CASE d.doubt WHEN 1 THEN e.at END AS doubt_since FROM delivery d \
         JOIN event e ON e.conversation = d.conversation AND e.seq = d.seq \
         WHERE d.state = 'pending' AND d.conversation IN ({}) ORDER BY d.position",
        placeholders(batches.len())
    );
    let mut query = sqlx::query(AssertSqlSafe(sql)).persistent(kept(batches.len()));
    for batch in batches {
        query = query.bind(batch.conversation.as_str());
    }
    for row in query.fetch_all(conn).await? {
        let conversation = ConversationId(row.try_get("conversation")?);
        found.entry(conversation).or_default().push(delivery(&row)?);
    }
    Ok(found)
}

fn delivery(row: &SqliteRow) -> Stored<Delivery> {
    let seq: i64 = row.try_get("seq")?;
    let attempts: i64 = row.try_get("attempts")?;
    let parts_done: i64 = row.try_get("parts_done")?;
    Ok(Delivery {
        id: DeliveryId(row.try_get("id")?),
        target: parsed(row.try_get("target")?, "a target")?,
        seq: seq as u64,
        what: parsed(row.try_get("what")?, "a delivery")?,
        attempts: attempts as u32,
        parts_done: parts_done as u32,
        due_at: row.try_get("due_at")?,
        doubt_since: row.try_get("doubt_since")?,
    })
}

pub(super) async fn next(conn: &mut SqliteConnection) -> Stored<Option<Millis>> {
    let sql = format!("SELECT MIN(due_at) AS due_at FROM ({HEADS}) heads");
    let row = sqlx::query(AssertSqlSafe(sql)).fetch_one(conn).await?;
    Ok(row.try_get("due_at")?)
}

#[async_trait]
impl AlarmStore for SqliteStore {
    async fn due_alarms(&self, now: Millis, limit: u32) -> Stored<Vec<Due>> {
        let rows = sqlx::query(
            "SELECT site, conversation, name, at, turn FROM alarm WHERE at <= $1 ORDER BY at LIMIT $2",
        )
        .bind(now)
        .bind(i64::from(limit))
        .fetch_all(&mut *self.reader().await?)
        .await?;
        rows.iter().map(alarm).collect()
    }

    async fn alarms(&self) -> Stored<Vec<Due>> {
        let rows = sqlx::query("SELECT site, conversation, name, at, turn FROM alarm ORDER BY at")
            .fetch_all(&mut *self.reader().await?)
            .await?;
        rows.iter().map(alarm).collect()
    }
}

fn alarm(row: &SqliteRow) -> Stored<Due> {
    let turn: i64 = row.try_get("turn")?;
    let name: String = row.try_get("name")?;
    Ok(Due {
        site: SiteId(row.try_get("site")?),
        conversation: ConversationId(row.try_get("conversation")?),
        alarm: Alarm {
            name: parsed(&format!("\"{name}\""), "an alarm")?,
            at: row.try_get("at")?,
            turn: turn as u64,
        },
    })
}
