//! The log: opening, committing and reading conversations.

use async_trait::async_trait;
use futures_util::FutureExt;
use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Row};

use super::SqliteStore;
use super::change::Rows;
use super::codec::{self, CONVERSATION, ENTRY, json};
use super::{commit, earlier, whereabouts};
use crate::body::Context;
use crate::event::{Event, Handling};
use crate::ids::{Cause, ConversationId, Millis, Seq, SiteId, VisitorId};
use crate::store::{
    Change, CommitError, ConversationRow, Entry, LogStore, OwnConversation, Receipt, StoreError,
    Stored, handling_name,
};

#[async_trait]
impl LogStore for SqliteStore {
    async fn open(&self, site: &SiteId, visitor: &VisitorId, at: Millis) -> Stored<ConversationId> {
        if let Some(current) = self.current(site, visitor).await? {
            return Ok(current);
        }
        let args = (site.clone(), visitor.clone(), at);
        self.write(args, |conn, (site, visitor, at)| {
            open(conn, site, visitor, *at).boxed()
        })
        .await
    }

    async fn current(&self, site: &SiteId, visitor: &VisitorId) -> Stored<Option<ConversationId>> {
        current(&mut *self.reader().await?, site, visitor).await
    }

    async fn commit(&self, change: Change) -> Result<Receipt, CommitError> {
        let rows = Rows::new(&change)?;
        self.writer()?.commit(rows).await
    }

    async fn receipt(&self, site: &SiteId, cause: &Cause) -> Stored<Option<Receipt>> {
        let row = sqlx::query("SELECT first, last FROM cause WHERE site = $1 AND cause = $2")
            .bind(site.as_str())
            .bind(cause.as_str())
            .fetch_optional(&mut *self.reader().await?)
            .await?;
        row.map(|row| {
            Ok(commit::receipt(
                row.try_get("first")?,
                row.try_get("last")?,
                true,
            ))
        })
        .transpose()
    }

    async fn history(&self, conversation: &ConversationId) -> Stored<Vec<Event>> {
        let rows = sqlx::query(
            "SELECT seq, at, version, what FROM event WHERE conversation = $1 ORDER BY seq",
        )
        .bind(conversation.as_str())
        .fetch_all(&mut *self.reader().await?)
        .await?;
        rows.iter().map(codec::event).collect()
    }

    async fn read(
        &self,
        conversation: &ConversationId,
        after: Seq,
        limit: u32,
    ) -> Stored<Vec<Entry>> {
        read(&mut *self.reader().await?, conversation, after, limit).await
    }

    async fn conversation(&self, id: &ConversationId) -> Stored<Option<ConversationRow>> {
        let sql = AssertSqlSafe(format!("{CONVERSATION} WHERE c.id = $1"));
        let row = sqlx::query(sql)
            .bind(id.as_str())
            .fetch_optional(&mut *self.reader().await?)
            .await?;
        row.as_ref()
            .map(|row| codec::conversation(row, "seq"))
            .transpose()
    }

    async fn own_conversations(
        &self,
        site: &SiteId,
        visitor: &VisitorId,
        limit: u32,
    ) -> Stored<Vec<OwnConversation>> {
        earlier::list(&mut *self.reader().await?, site, visitor, limit).await
    }

    async fn set_context(
        &self,
        id: &ConversationId,
        context: &Context,
        at: Millis,
    ) -> Stored<bool> {
        let args = (id.clone(), json(context)?, at);
        self.write(args, |conn, (id, context, at)| {
            whereabouts::set(conn, id, context, *at).boxed()
        })
        .await
    }
}

async fn read(
    conn: &mut SqliteConnection,
    conversation: &ConversationId,
    after: Seq,
    limit: u32,
) -> Stored<Vec<Entry>> {
    let sql = format!("{ENTRY} WHERE e.conversation = $1 AND e.seq > $2 ORDER BY e.seq LIMIT $3");
    let rows = sqlx::query(AssertSqlSafe(sql))
        .bind(conversation.as_str())
        .bind(after as i64)
        .bind(i64::from(limit))
        .fetch_all(conn)
        .await?;
    rows.iter().map(codec::entry).collect()
}

async fn current(
    conn: &mut SqliteConnection,
    site: &SiteId,
    visitor: &VisitorId,
) -> Stored<Option<ConversationId>> {
    let row = sqlx::query(
        "SELECT id FROM conversation WHERE current = 1 AND site = $1 \
         AND visitor = COALESCE((SELECT person FROM alias WHERE visitor = $2), $2)",
    )
    .bind(site.as_str())
    .bind(visitor.as_str())
    .fetch_optional(conn)
    .await?;
    row.map(|row| Ok(ConversationId(row.try_get("id")?)))
        .transpose()
}

/// Runs in the writer, where nobody can open another one between the look and the insert.
async fn open(
    conn: &mut SqliteConnection,
    site: &SiteId,
    visitor: &VisitorId,
    at: Millis,
) -> Stored<ConversationId> {
    if let Some(current) = current(conn, site, visitor).await? {
        return Ok(current);
    }
    let id = ConversationId::random();
    let written = sqlx::query(
        "INSERT INTO conversation (id, site, visitor, state, handling, context, opened_at, updated_at) \
         SELECT $1, v.site, COALESCE(a.person, v.id), $4, $5, $6, $7, $7 \
         FROM visitor v LEFT JOIN alias a ON a.visitor = v.id WHERE v.site = $2 AND v.id = $3",
    )
    .bind(id.as_str())
    .bind(site.as_str())
    .bind(visitor.as_str())
    .bind(handling_name(&Handling::Bot))
    .bind(json(&Handling::Bot)?)
    .bind(json(&Context::default())?)
    .bind(at)
    .execute(conn)
    .await?;
    match written.rows_affected() {
        1 => Ok(id),
        _ => Err(StoreError::Failed("there is no such visitor".to_owned())),
    }
}
