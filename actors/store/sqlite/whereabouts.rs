//! Where a visitor is: kept with the conversation, and told on the card in the thread, without flooding it.

use sqlx::sqlite::SqliteConnection;

use super::codec::json;
use crate::ids::{ConversationId, DeliveryId, Millis};
use crate::store::{DeliveryKind, StoreError, Stored};

/// The card waits so long for the visitor's next step, and so long after it was last written.
const SETTLE: Millis = 1_000;
const APART: Millis = 5_000;

/// Keeps a context, and whether it is another one than before.
pub(super) async fn set(
    conn: &mut SqliteConnection,
    id: &ConversationId,
    context: &str,
    at: Millis,
) -> Stored<bool> {
    let before: Option<String> =
        sqlx::query_scalar("SELECT context FROM conversation WHERE id = $1")
            .bind(id.as_str())
            .fetch_optional(&mut *conn)
            .await?;
    let Some(before) = before else {
        let error = "there is no such conversation".to_owned();
        return Err(StoreError::Failed(error));
    };
    if before == context {
        return Ok(false);
    }
    sqlx::query("UPDATE conversation SET context = $2 WHERE id = $1")
        .bind(id.as_str())
        .bind(context)
        .execute(&mut *conn)
        .await?;
    renew_card(conn, id, at).await?;
    Ok(true)
}

/// Asks for a new card, unless one is asked for already or nobody sees one.
async fn renew_card(conn: &mut SqliteConnection, id: &ConversationId, at: Millis) -> Stored<()> {
    let card = json(&DeliveryKind::CardUpdate)?;
    sqlx::query(
        "INSERT INTO delivery (id, site, conversation, seq, what, target, due_at) \
         SELECT $1, t.site, t.conversation, c.seq, $3, t.target, MAX($4, COALESCE((\
         SELECT MAX(ended_at) FROM delivery WHERE conversation = $2 AND what = $3) + $5, 0)) \
         FROM thread t JOIN conversation c ON c.id = t.conversation \
         WHERE t.conversation = $2 AND t.active = 1 AND c.state <> 'closed' AND NOT EXISTS (\
         SELECT 1 FROM delivery WHERE conversation = $2 AND state = 'pending' AND what = $3)",
    )
    .bind(DeliveryId::random().as_str())
    .bind(id.as_str())
    .bind(card)
    .bind(at + SETTLE)
    .bind(APART)
    .execute(conn)
    .await?;
    Ok(())
}
