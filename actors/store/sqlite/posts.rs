//! Which platform message carries which part of which delivery, and what becomes of that when posts are changed.

use hinny_bridges::{Part, Post, PostId, Thread};
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{AssertSqlSafe, Row};

use super::change::address;
use super::codec::parsed;
use super::outbox::delivered;
use crate::ids::{ConversationId, DeliveryId, Millis, Seq};
use crate::store::{Carried, Changed, Stored};

/// Rows of posts with their deliveries; `rowid` is the order in which they were written down.
const CARRIED: &str = "SELECT p.thread, p.post, p.delivery, p.part, d.seq, d.what FROM post p \
     JOIN delivery d ON d.id = p.delivery";

pub(super) async fn first_in(
    conn: &mut SqliteConnection,
    thread: &Thread,
) -> Stored<Option<DeliveryId>> {
    let first: Option<String> =
        sqlx::query_scalar("SELECT delivery FROM post WHERE thread = $1 ORDER BY rowid LIMIT 1")
            .bind(address(thread)?)
            .fetch_optional(conn)
            .await?;
    Ok(first.map(DeliveryId))
}

pub(super) async fn card_of(conn: &mut SqliteConnection, thread: &Thread) -> Stored<Vec<Carried>> {
    card_before(conn, thread, i64::MAX as Seq).await
}

/// A thread that was opened for something else has its card with that, in front.
pub(super) async fn card_before(
    conn: &mut SqliteConnection,
    thread: &Thread,
    seq: Seq,
) -> Stored<Vec<Carried>> {
    let sql = format!(
        "{CARRIED} WHERE p.thread = $1 AND d.seq < $2 AND p.delivery = COALESCE(\
         (SELECT q.delivery FROM post q JOIN delivery c ON c.id = q.delivery \
         WHERE q.thread = $1 AND c.what = '\"card\"' AND c.seq < $2 \
         ORDER BY c.position DESC LIMIT 1), \
         (SELECT q.delivery FROM post q WHERE q.thread = $1 ORDER BY q.rowid LIMIT 1)) \
         ORDER BY p.part"
    );
    let rows = sqlx::query(AssertSqlSafe(sql))
        .bind(address(thread)?)
        .bind(seq as i64)
        .fetch_all(conn)
        .await?;
    rows.iter().map(carried).collect()
}

pub(super) async fn of_event(
    conn: &mut SqliteConnection,
    conversation: &ConversationId,
    seq: Seq,
) -> Stored<Vec<Carried>> {
    let sql =
        format!("{CARRIED} WHERE d.conversation = $1 AND d.seq = $2 ORDER BY d.position, p.part");
    let rows = sqlx::query(AssertSqlSafe(sql))
        .bind(conversation.as_str())
        .bind(seq as i64)
        .fetch_all(conn)
        .await?;
    rows.iter().map(carried).collect()
}

pub(super) async fn carried_by(
    conn: &mut SqliteConnection,
    thread: &Thread,
    post: &PostId,
) -> Stored<Vec<Carried>> {
    let sql = format!("{CARRIED} WHERE p.thread = $1 AND p.post = $2 ORDER BY d.position, p.part");
    let rows = sqlx::query(AssertSqlSafe(sql))
        .bind(address(thread)?)
        .bind(&post.0)
        .fetch_all(conn)
        .await?;
    rows.iter().map(carried).collect()
}

fn carried(row: &SqliteRow) -> Stored<Carried> {
    let (seq, part): (i64, i64) = (row.try_get("seq")?, row.try_get("part")?);
    Ok(Carried {
        thread: parsed(row.try_get("thread")?, "a thread")?,
        post: PostId(row.try_get("post")?),
        delivery: DeliveryId(row.try_get("delivery")?),
        seq: seq as u64,
        what: parsed(row.try_get("what")?, "a delivery")?,
        part: part as u32,
    })
}

pub(super) async fn posted(
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

/// A line's last part says how many there are, so what stood behind it is gone. Rows that stay are left alone:
/// their order tells what was first in a thread.
pub(super) async fn changed(
    conn: &mut SqliteConnection,
    thread: &str,
    changed: &Changed,
    at: Millis,
) -> Stored<()> {
    for post in &changed.gone {
        forget(conn, thread, &post.0, &[]).await?;
    }
    for delivery in &changed.dropped {
        sqlx::query("DELETE FROM post WHERE thread = $1 AND delivery = $2")
            .bind(thread)
            .bind(delivery.as_str())
            .execute(&mut *conn)
            .await?;
    }
    for post in &changed.posts {
        forget(conn, thread, &post.id.0, &post.carries).await?;
        for part in &post.carries {
            note_post(conn, thread, &post.id.0, part, at).await?;
        }
        for part in post.carries.iter().filter(|part| part.last) {
            forget_behind(conn, thread, part).await?;
        }
    }
    delivered(conn, &changed.done, at).await
}

/// Forgets what a post carried, except for `kept`.
async fn forget(
    conn: &mut SqliteConnection,
    thread: &str,
    post: &str,
    kept: &[Part],
) -> Stored<()> {
    let rows = sqlx::query("SELECT delivery, part FROM post WHERE thread = $1 AND post = $2")
        .bind(thread)
        .bind(post)
        .fetch_all(&mut *conn)
        .await?;
    for row in rows {
        let (delivery, part): (String, i64) = (row.try_get("delivery")?, row.try_get("part")?);
        let stays = |kept: &Part| kept.delivery == delivery && i64::from(kept.index) == part;
        if kept.iter().any(stays) {
            continue;
        }
        sqlx::query(
            "DELETE FROM post WHERE thread = $1 AND post = $2 AND delivery = $3 AND part = $4",
        )
        .bind(thread)
        .bind(post)
        .bind(delivery)
        .bind(part)
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}

async fn forget_behind(conn: &mut SqliteConnection, thread: &str, part: &Part) -> Stored<()> {
    sqlx::query("DELETE FROM post WHERE thread = $1 AND delivery = $2 AND part > $3")
        .bind(thread)
        .bind(&part.delivery)
        .bind(i64::from(part.index))
        .execute(conn)
        .await?;
    Ok(())
}
