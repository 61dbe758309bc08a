//! The daily digests: written down before they are told, so that each is told once.

use async_trait::async_trait;
use futures_util::FutureExt;
use hinny_bridges::{PostId, Thread};
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{AssertSqlSafe, Row};

use super::SqliteStore;
use super::codec::{json, parsed};
use crate::ids::{ConversationId, Millis, SiteId};
use crate::store::{Digest, DigestItem, DigestStore, Stored};

const DIGEST: &str = "SELECT id, site, day, begun_at, answers, drafted, suggested, handed_over, target, thread, attempts FROM digest";

#[async_trait]
impl DigestStore for SqliteStore {
    async fn has_digest(&self, site: &SiteId, day: &str) -> Stored<bool> {
        let found =
            sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM digest WHERE site = $1 AND day = $2)");
        let found = found.bind(site.as_str()).bind(day);
        Ok(found.fetch_one(&mut *self.reader().await?).await?)
    }

    async fn begin_digest(&self, digest: &Digest, due_at: Option<Millis>) -> Stored<()> {
        self.write((digest.clone(), due_at), |conn, (digest, due_at)| {
            begin(conn, digest, *due_at).boxed()
        })
        .await
    }

    async fn due_digests(&self, now: Millis) -> Stored<Vec<Digest>> {
        let which = "due_at IS NOT NULL AND due_at <= $1";
        read(&mut *self.reader().await?, which, now).await
    }

    async fn told_digests(&self, since: Millis) -> Stored<Vec<Digest>> {
        let which = "due_at IS NULL AND thread IS NOT NULL AND begun_at >= $1";
        read(&mut *self.reader().await?, which, since).await
    }

    async fn digest_opened(&self, id: &str, thread: &Thread) -> Stored<()> {
        let values = (id.to_owned(), json(thread)?);
        self.write(values, |conn, (id, thread)| {
            let sql = "UPDATE digest SET thread = $2 WHERE id = $1";
            let query = sqlx::query(sql).bind(id.clone()).bind(thread.clone());
            async move { query.execute(conn).await.map(drop).map_err(Into::into) }.boxed()
        })
        .await
    }

    async fn digest_shown(&self, id: &str, number: u32, post: &PostId, shown: &str) -> Stored<()> {
        let values = (id.to_owned(), number, post.0.clone(), shown.to_owned());
        self.write(values, |conn, (id, number, post, shown)| {
            let query = sqlx::query(
                "UPDATE digest_item SET post = $3, shown = $4 WHERE digest = $1 AND number = $2",
            )
            .bind(id.clone())
            .bind(i64::from(*number))
            .bind(post.clone())
            .bind(shown.clone());
            async move { query.execute(conn).await.map(drop).map_err(Into::into) }.boxed()
        })
        .await
    }

    async fn digest_due(&self, id: &str, attempts: u32, due_at: Option<Millis>) -> Stored<()> {
        let values = (id.to_owned(), attempts, due_at);
        self.write(values, |conn, (id, attempts, due_at)| {
            let sql = "UPDATE digest SET attempts = $2, due_at = $3 WHERE id = $1";
            let query = sqlx::query(sql)
                .bind(id.clone())
                .bind(i64::from(*attempts))
                .bind(*due_at);
            async move { query.execute(conn).await.map(drop).map_err(Into::into) }.boxed()
        })
        .await
    }
}

async fn begin(conn: &mut SqliteConnection, new: &Digest, due_at: Option<Millis>) -> Stored<()> {
    let done = sqlx::query(
        "INSERT INTO digest (id, site, day, begun_at, answers, drafted, suggested, handed_over, target, due_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (site, day) DO NOTHING",
    )
    .bind(&new.id)
    .bind(new.site.as_str())
    .bind(&new.day)
    .bind(new.begun_at)
    .bind(new.answers as i64)
    .bind(new.drafted as i64)
    .bind(new.suggested as i64)
    .bind(new.handed_over as i64)
    .bind(json(&new.target)?)
    .bind(due_at)
    .execute(&mut *conn)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(());
    }
    for item in &new.items {
        sqlx::query(
            "INSERT INTO digest_item (digest, number, conversation, seq) VALUES ($1, $2, $3, $4)",
        )
        .bind(&new.id)
        .bind(i64::from(item.number))
        .bind(item.conversation.as_str())
        .bind(item.seq as i64)
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}

async fn read(conn: &mut SqliteConnection, which: &str, at: Millis) -> Stored<Vec<Digest>> {
    let rows = sqlx::query(AssertSqlSafe(format!(
        "{DIGEST} WHERE {which} ORDER BY begun_at"
    )))
    .bind(at)
    .fetch_all(&mut *conn)
    .await?;
    let mut digests = Vec::with_capacity(rows.len());
    for row in &rows {
        let mut digest = digest(row)?;
        digest.items = items(conn, &digest.id).await?;
        digests.push(digest);
    }
    Ok(digests)
}

fn digest(row: &SqliteRow) -> Stored<Digest> {
    let thread: Option<String> = row.try_get("thread")?;
    Ok(Digest {
        id: row.try_get("id")?,
        site: SiteId(row.try_get("site")?),
        day: row.try_get("day")?,
        begun_at: row.try_get("begun_at")?,
        answers: row.try_get::<i64, _>("answers")? as u64,
        drafted: row.try_get::<i64, _>("drafted")? as u64,
        suggested: row.try_get::<i64, _>("suggested")? as u64,
        handed_over: row.try_get::<i64, _>("handed_over")? as u64,
        target: parsed(row.try_get("target")?, "the target of a digest")?,
        thread: thread
            .map(|text| parsed(&text, "the thread of a digest"))
            .transpose()?,
        attempts: row.try_get::<i64, _>("attempts")? as u32,
        items: Vec::new(),
    })
}

async fn items(conn: &mut SqliteConnection, digest: &str) -> Stored<Vec<DigestItem>> {
    let rows = sqlx::query(
        "SELECT number, conversation, seq, post, shown FROM digest_item WHERE digest = $1 ORDER BY number",
    )
    .bind(digest)
    .fetch_all(conn)
    .await?;
    let item = |row: &SqliteRow| {
        Ok(DigestItem {
            number: row.try_get::<i64, _>("number")? as u32,
            conversation: ConversationId(row.try_get("conversation")?),
            seq: row.try_get::<i64, _>("seq")? as u64,
            post: row.try_get::<Option<String>, _>("post")?.map(PostId),
            shown: row.try_get("shown")?,
        })
    };
    rows.iter().map(item).collect()
}
