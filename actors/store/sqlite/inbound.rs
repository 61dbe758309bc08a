//! Members' messages: which event holds their words, what happened to it later, and how far a thread was read.

use async_trait::async_trait;
use futures_util::FutureExt;
use hinny_bridges::{ConnectionId, Inbound, LiveThread, PostId, Target, Thread};
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{AssertSqlSafe, Row};

use super::SqliteStore;
use super::change::{Rows, address};
use super::codec::{self, ENTRY, parsed};
use super::lobby;
use crate::event::Event;
use crate::ids::{ConversationId, MessageId, Millis, Seq};
use crate::store::{About, InboundStore, Stored};

/// A thread is compared with this many of its last messages, to find those that were deleted meanwhile.
const KEPT: i64 = 200;

#[async_trait]
impl InboundStore for SqliteStore {
    async fn message_seq(
        &self,
        conversation: &ConversationId,
        message: &MessageId,
        by_visitor: bool,
    ) -> Stored<Option<Seq>> {
        let seq: Option<i64> = sqlx::query_scalar(
            "SELECT MAX(seq) FROM event WHERE conversation = $1 AND message = $2 \
             AND (kind IN ('visitor_said', 'visitor_chose')) = $3",
        )
        .bind(conversation.as_str())
        .bind(message.as_str())
        .bind(i64::from(by_visitor))
        .fetch_one(&mut *self.reader().await?)
        .await?;
        Ok(seq.map(|seq| seq as u64))
    }

    async fn at_post(
        &self,
        conversation: &ConversationId,
        thread: &Thread,
        post: &PostId,
    ) -> Stored<Option<Seq>> {
        let seq: Option<i64> = sqlx::query_scalar(
            "SELECT MAX(seq) FROM (SELECT seq FROM reply_post \
             WHERE thread = $1 AND post = $2 AND conversation = $3 \
             UNION ALL SELECT d.seq FROM post p JOIN delivery d ON d.id = p.delivery \
             WHERE p.thread = $1 AND p.post = $2 AND d.conversation = $3) AS found",
        )
        .bind(address(thread)?)
        .bind(&post.0)
        .bind(conversation.as_str())
        .fetch_one(&mut *self.reader().await?)
        .await?;
        Ok(seq.map(|seq| seq as u64))
    }

    async fn about(&self, conversation: &ConversationId, seq: Seq) -> Stored<Option<About>> {
        let mut conn = self.reader().await?;
        let sql = AssertSqlSafe(format!("{ENTRY} WHERE e.conversation = $1 AND e.seq = $2"));
        let entry = sqlx::query(sql)
            .bind(conversation.as_str())
            .bind(seq as i64)
            .fetch_optional(&mut *conn)
            .await?;
        let Some(entry) = entry.as_ref().map(codec::entry).transpose()? else {
            return Ok(None);
        };
        let later = later(&mut conn, conversation, seq).await?;
        let posts = posts(&mut conn, conversation, seq, "").await?;
        Ok(Some(About {
            entry,
            later,
            written_in: posts.into_iter().next().map(|(thread, _)| thread),
        }))
    }

    async fn reply_posts(
        &self,
        conversation: &ConversationId,
        seq: Seq,
    ) -> Stored<Vec<(Thread, PostId)>> {
        let conn = &mut *self.reader().await?;
        posts(conn, conversation, seq, "AND gone = 0").await
    }

    async fn threads_with(&self, post: &PostId) -> Stored<Vec<Thread>> {
        let threads: Vec<String> = sqlx::query_scalar(
            "SELECT thread FROM reply_post WHERE post = $1 UNION SELECT thread FROM post WHERE post = $1 \
             UNION SELECT thread FROM inbound WHERE post = $1",
        )
        .bind(&post.0)
        .fetch_all(&mut *self.reader().await?)
        .await?;
        threads
            .iter()
            .map(|thread| parsed(thread, "a thread"))
            .collect()
    }

    async fn keep_inbound(&self, thread: &Thread, inbound: &Inbound) -> Stored<()> {
        let row = lobby::Row::new(thread, inbound)?;
        self.write(row, |conn, row| lobby::keep(conn, row).boxed())
            .await
    }

    async fn next_inbound(&self, thread: &Thread) -> Stored<Option<Inbound>> {
        lobby::next(&mut *self.reader().await?, thread).await
    }

    async fn drop_inbound(&self, inbound: &Inbound) -> Stored<()> {
        let args = (inbound.connection.0.clone(), inbound.event_id.clone());
        self.write(args, |conn, (connection, event)| {
            lobby::remove(conn, connection, event).boxed()
        })
        .await
    }

    async fn waiting_inbound(&self, connection: &ConnectionId) -> Stored<Vec<Thread>> {
        lobby::waiting(&mut *self.reader().await?, connection).await
    }

    async fn set_cursor(&self, thread: &Thread, post: &PostId) -> Stored<()> {
        let args = (address(thread)?, post.0.clone());
        self.write(args, |conn, (thread, post)| {
            set_cursor(conn, thread, post).boxed()
        })
        .await
    }

    async fn live_threads(
        &self,
        connection: &ConnectionId,
        since: Millis,
    ) -> Stored<Vec<LiveThread>> {
        let mut conn = self.reader().await?;
        let rows = sqlx::query(
            "SELECT t.address, t.target, t.cursor FROM thread t \
             JOIN conversation c ON c.id = t.conversation \
             WHERE t.active = 1 AND c.updated_at >= $1 ORDER BY c.updated_at DESC",
        )
        .bind(since)
        .fetch_all(&mut *conn)
        .await?;
        let mut live = Vec::new();
        for row in rows {
            let target: Target = parsed(row.try_get("target")?, "a target")?;
            if target.connection == *connection {
                live.push(live_thread(&mut conn, &row).await?);
            }
        }
        Ok(live)
    }
}

async fn live_thread(conn: &mut SqliteConnection, row: &SqliteRow) -> Stored<LiveThread> {
    let address: String = row.try_get("address")?;
    let kept: Vec<String> = sqlx::query_scalar(
        "SELECT r.post FROM reply_post r \
         JOIN event e ON e.conversation = r.conversation AND e.seq = r.seq AND e.kind = 'agent_said' \
         WHERE r.thread = $1 AND r.gone = 0 ORDER BY r.seq DESC LIMIT $2",
    )
    .bind(&address)
    .bind(KEPT)
    .fetch_all(conn)
    .await?;
    let cursor: Option<String> = row.try_get("cursor")?;
    Ok(LiveThread {
        thread: parsed(&address, "a thread")?,
        after: cursor.map(PostId),
        kept: kept.into_iter().map(PostId).collect(),
    })
}

async fn later(
    conn: &mut SqliteConnection,
    conversation: &ConversationId,
    seq: Seq,
) -> Stored<Vec<Event>> {
    let rows = sqlx::query(
        "SELECT seq, at, version, what FROM event WHERE conversation = $1 AND refers = $2 ORDER BY seq",
    )
    .bind(conversation.as_str())
    .bind(seq as i64)
    .fetch_all(conn)
    .await?;
    rows.iter().map(codec::event).collect()
}

async fn posts(
    conn: &mut SqliteConnection,
    conversation: &ConversationId,
    seq: Seq,
    which: &'static str,
) -> Stored<Vec<(Thread, PostId)>> {
    let sql = format!(
        "SELECT thread, post FROM reply_post WHERE conversation = $1 AND seq = $2 {which} ORDER BY thread, post"
    );
    let rows = sqlx::query(AssertSqlSafe(sql))
        .bind(conversation.as_str())
        .bind(seq as i64)
        .fetch_all(conn)
        .await?;
    let post = |row: &SqliteRow| {
        let thread = parsed(row.try_get("thread")?, "a thread")?;
        Ok((thread, PostId(row.try_get("post")?)))
    };
    rows.iter().map(post).collect()
}

async fn set_cursor(conn: &mut SqliteConnection, thread: &str, post: &str) -> Stored<()> {
    sqlx::query("UPDATE thread SET cursor = $2 WHERE address = $1")
        .bind(thread)
        .bind(post)
        .execute(conn)
        .await?;
    Ok(())
}

/// What a Change does to members' messages and to older words. Part of its commit.
pub(super) async fn apply(conn: &mut SqliteConnection, change: &Rows) -> Stored<()> {
    for (thread, post, seq) in &change.team.reply_posts {
        note_post(conn, change, thread, post, *seq).await?;
    }
    for (thread, post) in &change.team.gone {
        sqlx::query("UPDATE reply_post SET gone = 1 WHERE thread = $1 AND post = $2")
            .bind(thread)
            .bind(post)
            .execute(&mut *conn)
            .await?;
    }
    for (from, to) in &change.team.moved {
        hand_on(conn, &change.conversation, *from, *to).await?;
    }
    for seq in &change.team.removed {
        remove(conn, &change.conversation, *seq).await?;
    }
    for id in &change.team.revived {
        revive(conn, change, id).await?;
    }
    Ok(())
}

async fn note_post(
    conn: &mut SqliteConnection,
    change: &Rows,
    thread: &str,
    post: &str,
    seq: i64,
) -> Stored<()> {
    sqlx::query(
        "INSERT INTO reply_post (thread, post, conversation, seq) VALUES ($1, $2, $3, $4) \
         ON CONFLICT DO NOTHING",
    )
    .bind(thread)
    .bind(post)
    .bind(&change.conversation)
    .bind(seq)
    .execute(conn)
    .await?;
    Ok(())
}

/// Words and posts of a held line become those of the event that sent it, so that they exist once only.
async fn hand_on(
    conn: &mut SqliteConnection,
    conversation: &str,
    from: i64,
    to: i64,
) -> Stored<()> {
    for sql in [
        "UPDATE body SET seq = $3 WHERE conversation = $1 AND seq = $2",
        "UPDATE reply_post SET seq = $3 WHERE conversation = $1 AND seq = $2",
        "UPDATE file SET seq = $3 WHERE conversation = $1 AND seq = $2",
    ] {
        sqlx::query(sql)
            .bind(conversation)
            .bind(from)
            .bind(to)
            .execute(&mut *conn)
            .await?;
    }
    Ok(())
}

/// All versions of the words; their files follow.
async fn remove(conn: &mut SqliteConnection, conversation: &str, seq: i64) -> Stored<()> {
    for sql in [
        "DELETE FROM body WHERE conversation = $1 AND seq = $2",
        "UPDATE file SET gone = 1 WHERE conversation = $1 AND seq = $2",
    ] {
        sqlx::query(sql)
            .bind(conversation)
            .bind(seq)
            .execute(&mut *conn)
            .await?;
    }
    Ok(())
}

/// It keeps its place in the order, so it goes before everything that was said later.
async fn revive(conn: &mut SqliteConnection, change: &Rows, id: &str) -> Stored<()> {
    sqlx::query(
        "UPDATE delivery SET state = 'pending', attempts = 0, due_at = $3, ended_at = NULL \
         WHERE id = $1 AND conversation = $2 AND state = 'dead'",
    )
    .bind(id)
    .bind(&change.conversation)
    .bind(change.team.at)
    .execute(conn)
    .await?;
    Ok(())
}
