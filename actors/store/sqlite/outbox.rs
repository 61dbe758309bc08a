//! Deliveries, threads, parked commands and alarms.

use async_trait::async_trait;
use futures_util::FutureExt;
use hinny_bridges::{Post, PostId, Target, Thread};
use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use super::SqliteStore;
use super::change::address;
use super::codec::parsed;
use super::{due, posts};
use crate::ids::{Cause, ConversationId, DeliveryId, Millis, Seq, SiteId};
use crate::store::{Batch, Carried, Changed, DeadLetter, Fate, OutboxStore, Parked, Stored};

#[async_trait]
impl OutboxStore for SqliteStore {
    async fn due(
        &self,
        now: Millis,
        busy: &[ConversationId],
        shut: &[SiteId],
        limit: u32,
    ) -> Stored<Vec<Batch>> {
        due::batches(&mut *self.reader().await?, now, busy, shut, limit).await
    }

    async fn next_due(&self) -> Stored<Option<Millis>> {
        due::next(&mut *self.reader().await?).await
    }

    async fn posted(&self, thread: &Thread, posts: &[Post], at: Millis) -> Stored<()> {
        let args = (address(thread)?, posts.to_vec(), at);
        self.write(args, |conn, (thread, posts, at)| {
            posts::posted(conn, thread, posts, *at).boxed()
        })
        .await
    }

    async fn changed(&self, thread: &Thread, changed: &Changed, at: Millis) -> Stored<()> {
        let args = (address(thread)?, changed.clone(), at);
        self.write(args, |conn, (thread, changed, at)| {
            posts::changed(conn, thread, changed, *at).boxed()
        })
        .await
    }

    async fn doubt(&self, ids: &[DeliveryId]) -> Stored<()> {
        self.write(ids.to_vec(), |conn, ids| doubt(conn, ids).boxed())
            .await
    }

    async fn doubt_pending(&self) -> Stored<()> {
        self.write((), |conn, ()| doubt_pending(conn).boxed()).await
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

    async fn fate(&self, id: &DeliveryId) -> Stored<Option<Fate>> {
        let state: Option<String> = sqlx::query_scalar("SELECT state FROM delivery WHERE id = $1")
            .bind(id.as_str())
            .fetch_optional(&mut *self.reader().await?)
            .await?;
        Ok(state.map(|state| match state.as_str() {
            "sent" => Fate::Sent,
            "dead" => Fate::GivenUp,
            _ => Fate::Pending,
        }))
    }

    async fn thread_of(&self, conversation: &ConversationId) -> Stored<Option<Thread>> {
        let row = sqlx::query("SELECT address FROM thread WHERE conversation = $1 AND active = 1")
            .bind(conversation.as_str())
            .fetch_optional(&mut *self.reader().await?)
            .await?;
        row.map(|row| parsed(row.try_get("address")?, "a thread"))
            .transpose()
    }

    async fn open_threads(&self) -> Stored<Vec<(SiteId, ConversationId, Thread)>> {
        let rows = sqlx::query(
            "SELECT t.site, t.conversation, t.address FROM thread t \
             JOIN conversation c ON c.id = t.conversation \
             WHERE t.active = 1 AND c.state IN ('waiting', 'agent') ORDER BY c.updated_at",
        )
        .fetch_all(&mut *self.reader().await?)
        .await?;
        rows.iter().map(open_thread).collect()
    }

    async fn target_of(&self, thread: &Thread) -> Stored<Option<Target>> {
        let row = sqlx::query("SELECT target FROM thread WHERE address = $1")
            .bind(address(thread)?)
            .fetch_optional(&mut *self.reader().await?)
            .await?;
        row.map(|row| parsed(row.try_get("target")?, "a target"))
            .transpose()
    }

    async fn first_in(&self, thread: &Thread) -> Stored<Option<DeliveryId>> {
        posts::first_in(&mut *self.reader().await?, thread).await
    }

    async fn card_of(&self, thread: &Thread) -> Stored<Vec<Carried>> {
        posts::card_of(&mut *self.reader().await?, thread).await
    }

    async fn card_before(&self, thread: &Thread, seq: Seq) -> Stored<Vec<Carried>> {
        posts::card_before(&mut *self.reader().await?, thread, seq).await
    }

    async fn posts_of(&self, conversation: &ConversationId, seq: Seq) -> Stored<Vec<Carried>> {
        posts::of_event(&mut *self.reader().await?, conversation, seq).await
    }

    async fn carried_by(&self, thread: &Thread, post: &PostId) -> Stored<Vec<Carried>> {
        posts::carried_by(&mut *self.reader().await?, thread, post).await
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

pub(super) async fn delivered(
    conn: &mut SqliteConnection,
    ids: &[DeliveryId],
    at: Millis,
) -> Stored<()> {
    for id in ids {
        sqlx::query("UPDATE delivery SET state = 'sent', ended_at = $2 WHERE id = $1")
            .bind(id.as_str())
            .bind(at)
            .execute(&mut *conn)
            .await?;
    }
    Ok(())
}

async fn doubt(conn: &mut SqliteConnection, ids: &[DeliveryId]) -> Stored<()> {
    for id in ids {
        sqlx::query("UPDATE delivery SET doubt = 1 WHERE id = $1 AND state = 'pending'")
            .bind(id.as_str())
            .execute(&mut *conn)
            .await?;
    }
    Ok(())
}

async fn doubt_pending(conn: &mut SqliteConnection) -> Stored<()> {
    sqlx::query("UPDATE delivery SET doubt = 1, due_at = 0 WHERE state = 'pending'")
        .execute(conn)
        .await?;
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

fn open_thread(row: &SqliteRow) -> Stored<(SiteId, ConversationId, Thread)> {
    Ok((
        SiteId(row.try_get("site")?),
        ConversationId(row.try_get("conversation")?),
        parsed(row.try_get("address")?, "a thread")?,
    ))
}

fn dead_letter(row: &SqliteRow) -> Stored<DeadLetter> {
    let attempts: i64 = row.try_get("attempts")?;
    let target: Target = parsed(row.try_get("target")?, "a target")?;
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
