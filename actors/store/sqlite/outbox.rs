//! Deliveries, posts, threads, parked commands and alarms.

use async_trait::async_trait;
use futures_util::FutureExt;
use hinny_bridges::{Part, Post, Thread};
use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use super::SqliteStore;
use super::change::address;
use super::codec::parsed;
use super::due;
use crate::ids::{Cause, ConversationId, DeliveryId, Millis, SiteId};
use crate::store::{Batch, DeadLetter, OutboxStore, Parked, Stored};

#[async_trait]
impl OutboxStore for SqliteStore {
    async fn due(&self, now: Millis, busy: &[ConversationId], limit: u32) -> Stored<Vec<Batch>> {
        due::batches(&mut *self.reader().await?, now, busy, limit).await
    }

    async fn next_due(&self) -> Stored<Option<Millis>> {
        due::next(&mut *self.reader().await?).await
    }

    async fn posted(&self, thread: &Thread, posts: &[Post], at: Millis) -> Stored<()> {
        let args = (address(thread)?, posts.to_vec(), at);
        self.write(args, |conn, (thread, posts, at)| {
            posted(conn, thread, posts, *at).boxed()
        })
        .await
    }

    async fn delivered(&self, ids: &[DeliveryId], at: Millis) -> Stored<()> {
        self.write((ids.to_vec(), at), |conn, (ids, at)| {
            delivered(conn, ids, *at).boxed()
        })
        .await
    }

    async fn postpone(
        &self,
        head: &DeliveryId,
        at: Millis,
        attempt: bool,
        error: &str,
    ) -> Stored<()> {
        let args = (head.clone(), at, attempt, error.to_owned());
        self.write(args, |conn, (head, at, attempt, error)| {
            postpone(conn, head, *at, *attempt, error).boxed()
        })
        .await
    }

    async fn bury(&self, id: &DeliveryId, error: &str, at: Millis) -> Stored<()> {
        let args = (id.clone(), error.to_owned(), at);
        self.write(args, |conn, (id, error, at)| {
            bury(conn, id, error, *at).boxed()
        })
        .await
    }

    async fn dead_letters(&self, site: Option<&SiteId>) -> Stored<Vec<DeadLetter>> {
        let rows = sqlx::query(
            "SELECT id, site, conversation, target, what, error, attempts, ended_at FROM delivery \
             WHERE state = 'dead' AND ($1 IS NULL OR site = $1) ORDER BY ended_at, position",
        )
        .bind(site.map(SiteId::as_str))
        .fetch_all(&mut *self.reader().await?)
        .await?;
        rows.iter().map(dead_letter).collect()
    }

    async fn revive(&self, site: Option<&SiteId>, id: &DeliveryId, at: Millis) -> Stored<bool> {
        let args = (site.cloned(), id.clone(), at);
        self.write(args, |conn, (site, id, at)| {
            revive(conn, site.as_ref(), id, *at).boxed()
        })
        .await
    }

    async fn thread_of(&self, conversation: &ConversationId) -> Stored<Option<Thread>> {
        let row = sqlx::query("SELECT address FROM thread WHERE conversation = $1 AND active = 1")
            .bind(conversation.as_str())
            .fetch_optional(&mut *self.reader().await?)
            .await?;
        row.map(|row| parsed(row.try_get("address")?, "a thread"))
            .transpose()
    }

    async fn is_fresh(&self, thread: &Thread, head: &DeliveryId) -> Stored<bool> {
        let posted: bool = sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM post WHERE thread = $1 AND delivery <> $2)",
        )
        .bind(address(thread)?)
        .bind(head.as_str())
        .fetch_one(&mut *self.reader().await?)
        .await?;
        Ok(!posted)
    }

    async fn owner_of(&self, thread: &Thread) -> Stored<Option<(SiteId, ConversationId)>> {
        let row = sqlx::query("SELECT site, conversation FROM thread WHERE address = $1")
            .bind(address(thread)?)
            .fetch_optional(&mut *self.reader().await?)
            .await?;
        row.map(|row| {
            Ok((
                SiteId(row.try_get("site")?),
                ConversationId(row.try_get("conversation")?),
            ))
        })
        .transpose()
    }

    async fn park(&self, parked: &Parked) -> Stored<()> {
        self.write(parked.clone(), |conn, parked| park(conn, parked).boxed())
            .await
    }

    async fn parked(&self) -> Stored<Vec<Parked>> {
        let rows = sqlx::query(
            "SELECT site, conversation, cause, what, at FROM parked ORDER BY at, cause",
        )
        .fetch_all(&mut *self.reader().await?)
        .await?;
        rows.iter().map(to_parked).collect()
    }
}

async fn posted(
    conn: &mut SqliteConnection,
    thread: &str,
    posts: &[Post],
    at: Millis,
) -> Stored<()> {
    for post in posts {
        for part in &post.carries {
            note_post(conn, thread, &post.id.0, part, at).await?;
            note_part(conn, part, at).await?;
        }
    }
    Ok(())
}

async fn note_post(
    conn: &mut SqliteConnection,
    thread: &str,
    post: &str,
    part: &Part,
    at: Millis,
) -> Stored<()> {
    sqlx::query(
        "INSERT INTO post (thread, post, delivery, part, at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT DO NOTHING",
    )
    .bind(thread)
    .bind(post)
    .bind(&part.delivery)
    .bind(i64::from(part.index))
    .bind(at)
    .execute(conn)
    .await?;
    Ok(())
}

async fn note_part(conn: &mut SqliteConnection, part: &Part, at: Millis) -> Stored<()> {
    let done = i64::from(part.index) + 1;
    sqlx::query(
        "UPDATE delivery SET parts_done = CASE WHEN parts_done < $2 THEN $2 ELSE parts_done END, \
         state = CASE WHEN $3 = 1 THEN 'sent' ELSE state END, \
         ended_at = CASE WHEN $3 = 1 THEN $4 ELSE ended_at END WHERE id = $1",
    )
    .bind(&part.delivery)
    .bind(done)
    .bind(i64::from(part.last))
    .bind(at)
    .execute(conn)
    .await?;
    Ok(())
}

async fn delivered(conn: &mut SqliteConnection, ids: &[DeliveryId], at: Millis) -> Stored<()> {
    for id in ids {
        sqlx::query("UPDATE delivery SET state = 'sent', ended_at = $2 WHERE id = $1")
            .bind(id.as_str())
            .bind(at)
            .execute(&mut *conn)
            .await?;
    }
    Ok(())
}

/// Only the head's time counts, so this holds the whole conversation back.
async fn postpone(
    conn: &mut SqliteConnection,
    head: &DeliveryId,
    at: Millis,
    attempt: bool,
    error: &str,
) -> Stored<()> {
    sqlx::query(
        "UPDATE delivery SET due_at = $2, attempts = attempts + $3, error = $4 \
         WHERE id = $1 AND state = 'pending'",
    )
    .bind(head.as_str())
    .bind(at)
    .bind(i64::from(attempt))
    .bind(error)
    .execute(conn)
    .await?;
    Ok(())
}

async fn bury(conn: &mut SqliteConnection, id: &DeliveryId, error: &str, at: Millis) -> Stored<()> {
    sqlx::query(
        "UPDATE delivery SET state = 'dead', error = $2, ended_at = $3 \
         WHERE id = $1 AND state = 'pending'",
    )
    .bind(id.as_str())
    .bind(error)
    .bind(at)
    .execute(conn)
    .await?;
    Ok(())
}

/// It keeps its place in the order, so it goes before everything that was said later.
async fn revive(
    conn: &mut SqliteConnection,
    site: Option<&SiteId>,
    id: &DeliveryId,
    at: Millis,
) -> Stored<bool> {
    let written = sqlx::query(
        "UPDATE delivery SET state = 'pending', attempts = 0, due_at = $3, ended_at = NULL \
         WHERE id = $1 AND state = 'dead' AND ($2 IS NULL OR site = $2)",
    )
    .bind(id.as_str())
    .bind(site.map(SiteId::as_str))
    .bind(at)
    .execute(conn)
    .await?;
    Ok(written.rows_affected() == 1)
}

async fn park(conn: &mut SqliteConnection, parked: &Parked) -> Stored<()> {
    sqlx::query(
        "INSERT INTO parked (site, conversation, cause, what, at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT DO NOTHING",
    )
    .bind(parked.site.as_str())
    .bind(parked.conversation.as_str())
    .bind(parked.cause.as_str())
    .bind(&parked.what)
    .bind(parked.at)
    .execute(conn)
    .await?;
    Ok(())
}

fn dead_letter(row: &SqliteRow) -> Stored<DeadLetter> {
    let attempts: i64 = row.try_get("attempts")?;
    let target: hinny_bridges::Target = parsed(row.try_get("target")?, "a target")?;
    Ok(DeadLetter {
        delivery: DeliveryId(row.try_get("id")?),
        site: SiteId(row.try_get("site")?),
        conversation: ConversationId(row.try_get("conversation")?),
        target: target.connection.0,
        what: parsed(row.try_get("what")?, "a delivery")?,
        error: row
            .try_get::<Option<String>, _>("error")?
            .unwrap_or_default(),
        attempts: attempts as u32,
        at: row.try_get("ended_at")?,
    })
}

fn to_parked(row: &SqliteRow) -> Stored<Parked> {
    Ok(Parked {
        site: SiteId(row.try_get("site")?),
        conversation: ConversationId(row.try_get("conversation")?),
        cause: Cause(row.try_get("cause")?),
        what: row.try_get("what")?,
        at: row.try_get("at")?,
    })
}
