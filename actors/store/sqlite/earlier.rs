//! A visitor's own conversations: the current one and those before it.

use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{AssertSqlSafe, Row};

use super::codec::{self, ENTRY, parsed};
use crate::body::Body;
use crate::ids::{ConversationId, SiteId, VisitorId};
use crate::store::{OwnConversation, Stored};

/// The last changed first. Those in which nothing was said are left out.
pub(super) async fn list(
    conn: &mut SqliteConnection,
    site: &SiteId,
    visitor: &VisitorId,
    limit: u32,
) -> Stored<Vec<OwnConversation>> {
    let rows = sqlx::query(
        "SELECT c.id, c.current, c.handling, c.opened_at, c.updated_at FROM conversation c \
         WHERE c.site = $1 AND c.seq > 0 \
         AND c.visitor IN (SELECT $2 UNION SELECT visitor FROM alias WHERE person = $2) \
         ORDER BY c.updated_at DESC, c.id LIMIT $3",
    )
    .bind(site.as_str())
    .bind(visitor.as_str())
    .bind(i64::from(limit))
    .fetch_all(&mut *conn)
    .await?;
    let mut own = Vec::with_capacity(rows.len());
    for row in &rows {
        own.extend(told(conn, row).await?);
    }
    Ok(own)
}

async fn told(conn: &mut SqliteConnection, row: &SqliteRow) -> Stored<Option<OwnConversation>> {
    let id = ConversationId(row.try_get("id")?);
    let sql = format!(
        "{ENTRY} WHERE e.conversation = $1 AND e.kind = 'visitor_said' ORDER BY e.seq LIMIT 1"
    );
    let first = sqlx::query(AssertSqlSafe(sql))
        .bind(id.as_str())
        .fetch_optional(conn)
        .await?;
    let Some(first) = first.as_ref().map(codec::entry).transpose()? else {
        return Ok(None);
    };
    let current: i64 = row.try_get("current")?;
    Ok(Some(OwnConversation {
        first: match first.body {
            Some(Body::Message { text, .. }) => text.to_plain(),
            _ => String::new(),
        },
        handling: parsed(row.try_get("handling")?, &format!("conversation {id}"))?,
        current: current == 1,
        opened_at: row.try_get("opened_at")?,
        updated_at: row.try_get("updated_at")?,
        id,
    }))
}
