//! What the desk and the operator look at.

use std::path::Path;

use async_trait::async_trait;
use futures_util::FutureExt;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Row};

use super::SqliteStore;
use super::codec::{self, parsed};
use super::migrate;
use super::open::{self, Settings};
use crate::body::{Body, Profile};
use crate::event::Handling;
use crate::ids::{ConversationId, SiteId};
use crate::store::{Counts, DeskStore, StoreError, Stored, ThreadRow, ThreadState};

/// A line of the list: the conversation, its person, the last thing said, and who took it last.
const LINES: &str = "SELECT c.id, c.site, v.id AS owner, c.seq AS head, c.handling, c.context, \
     c.opened_at, c.updated_at, c.with_person, v.subject, v.profile, \
     e.seq, e.at, e.version, e.what, b.body, b.version AS body_version, \
     (SELECT body FROM body WHERE conversation = c.id AND seq = \
       (SELECT seq FROM event WHERE conversation = c.id AND kind = 'agent_took' ORDER BY seq DESC LIMIT 1) \
       ORDER BY version DESC LIMIT 1) AS taker \
     FROM conversation c LEFT JOIN alias a ON a.visitor = c.visitor \
     JOIN visitor v ON v.id = COALESCE(a.person, c.visitor) \
     LEFT JOIN event e ON e.conversation = c.id AND e.seq = \
       (SELECT seq FROM event WHERE conversation = c.id \
        AND kind IN ('visitor_said', 'bot_answered', 'bot_greeted', 'agent_said') ORDER BY seq DESC LIMIT 1) \
     LEFT JOIN body b ON b.conversation = e.conversation AND b.seq = e.seq AND b.version = \
       (SELECT MAX(version) FROM body WHERE conversation = e.conversation AND seq = e.seq)";

#[async_trait]
impl DeskStore for SqliteStore {
    async fn threads(
        &self,
        site: &SiteId,
        state: ThreadState,
        limit: u32,
    ) -> Stored<Vec<ThreadRow>> {
        let wanted = match state {
            ThreadState::Open => "AND c.state <> 'closed'",
            ThreadState::Closed => "AND c.state = 'closed'",
            ThreadState::All => "",
        };
        let sql = format!(
            "{LINES} WHERE c.site = $1 AND c.with_person = 1 {wanted} ORDER BY c.updated_at DESC, c.id LIMIT $2"
        );
        let rows = sqlx::query(AssertSqlSafe(sql))
            .bind(site.as_str())
            .bind(i64::from(limit))
            .fetch_all(&mut *self.reader().await?)
            .await?;
        rows.iter().map(line).collect()
    }

    async fn thread_row(&self, conversation: &ConversationId) -> Stored<Option<ThreadRow>> {
        let row = sqlx::query(AssertSqlSafe(format!("{LINES} WHERE c.id = $1")))
            .bind(conversation.as_str())
            .fetch_optional(&mut *self.reader().await?)
            .await?;
        row.as_ref().map(line).transpose()
    }

    async fn counts(&self) -> Stored<Counts> {
        counts(&mut *self.reader().await?).await
    }

    async fn probe(&self) -> Stored<()> {
        if let Some(writer) = &self.writer {
            writer.run((), |conn, ()| beat(conn).boxed()).await?;
        }
        counts(&mut *self.reader().await?).await.map(|_| ())
    }

    async fn backup(&self, file: &Path) -> Stored<()> {
        if file.exists() {
            let text = format!("{} exists already: name a new file", file.display());
            return Err(StoreError::Failed(text));
        }
        // A connection of its own: a long copy must not keep a reader from others.
        let mut conn = open::reading(&self.file, Settings::default().busy)
            .pragma("query_only", "OFF")
            .connect()
            .await?;
        sound(&mut conn).await?;
        migrate::copy_to(&mut conn, file).await?;
        Ok(conn.close().await?)
    }

    async fn close(&self) {
        // The last connection to go tidies the log file up, and only the writing one may.
        self.readers.close().await;
        if let Some(writer) = &self.writer {
            writer.close().await;
        }
    }
}

/// A copy is made of sound files only: damage is better found now than when the copy is needed.
async fn sound(conn: &mut SqliteConnection) -> Stored<()> {
    let found: String = sqlx::query_scalar("PRAGMA integrity_check(1)")
        .fetch_one(conn)
        .await?;
    match found.as_str() {
        "ok" => Ok(()),
        found => Err(StoreError::Failed(format!(
            "the store's file is damaged, so no copy was made: {found}"
        ))),
    }
}

fn line(row: &SqliteRow) -> Stored<ThreadRow> {
    let conversation = codec::conversation(row, "head")?;
    let profile: Option<String> = row.try_get("profile")?;
    let profile: Option<Profile> = profile.map(|text| parsed(&text, "a profile")).transpose()?;
    let with_person: i64 = row.try_get("with_person")?;
    Ok(ThreadRow {
        visitor_name: profile.and_then(|profile| profile.name),
        identified: row.try_get::<Option<String>, _>("subject")?.is_some(),
        last: row
            .try_get::<Option<i64>, _>("seq")?
            .map(|_| codec::entry(row))
            .transpose()?,
        agent: agent(&conversation.handling, row)?,
        has_thread: with_person == 1,
        conversation,
    })
}

/// The name that the agent had when they took it, while they have it.
fn agent(handling: &Handling, row: &SqliteRow) -> Stored<Option<String>> {
    let taker: Option<String> = row.try_get("taker")?;
    let (Handling::Agent { .. }, Some(taker)) = (handling, taker) else {
        return Ok(None);
    };
    match parsed(&taker, "the body of a taking")? {
        Body::Agent { name } => Ok(Some(name)),
        _ => Ok(None),
    }
}

/// A real write, synced like any other, because only that tells whether the store can be written.
async fn beat(conn: &mut SqliteConnection) -> Stored<()> {
    sqlx::query(
        "INSERT INTO pulse (id, beats) VALUES (1, 1) \
         ON CONFLICT (id) DO UPDATE SET beats = pulse.beats + 1",
    )
    .execute(conn)
    .await?;
    Ok(())
}

async fn counts(conn: &mut SqliteConnection) -> Stored<Counts> {
    let row = sqlx::query(
        "SELECT (SELECT COUNT(*) FROM conversation) AS conversations, \
         (SELECT COUNT(*) FROM conversation WHERE state = 'waiting') AS waiting, \
         (SELECT COUNT(*) FROM delivery WHERE state = 'pending') AS pending, \
         (SELECT COUNT(*) FROM delivery WHERE state = 'dead') AS dead, \
         (SELECT COUNT(*) FROM parked) AS parked, \
         (SELECT COUNT(*) FROM alarm) AS alarms",
    )
    .fetch_one(conn)
    .await?;
    let count = |name: &str| -> Stored<u64> { Ok(row.try_get::<i64, _>(name)? as u64) };
    Ok(Counts {
        conversations: count("conversations")?,
        waiting: count("waiting")?,
        pending_deliveries: count("pending")?,
        dead_letters: count("dead")?,
        parked: count("parked")?,
        alarms: count("alarms")?,
    })
}
