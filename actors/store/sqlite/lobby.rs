//! What was handed in and waits until it can be taken in.

use hinny_bridges::{ConnectionId, Happened, Inbound, Thread};
use sqlx::sqlite::SqliteConnection;

use super::codec::{json, parsed};
use crate::store::Stored;

pub(super) struct Row {
    thread: String,
    connection: String,
    event: String,
    post: Option<String>,
    inbound: String,
}

impl Row {
    pub(super) fn new(thread: &Thread, inbound: &Inbound) -> Stored<Self> {
        let post = match &inbound.what {
            Happened::Said(said) => Some(said.post.0.clone()),
            _ => None,
        };
        Ok(Row {
            thread: json(thread)?,
            connection: inbound.connection.0.clone(),
            event: inbound.event_id.clone(),
            post,
            inbound: json(inbound)?,
        })
    }
}

pub(super) async fn keep(conn: &mut SqliteConnection, row: &Row) -> Stored<()> {
    sqlx::query(
        "INSERT INTO inbound (thread, connection, event, post, inbound) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT DO NOTHING",
    )
    .bind(&row.thread)
    .bind(&row.connection)
    .bind(&row.event)
    .bind(&row.post)
    .bind(&row.inbound)
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) async fn next(conn: &mut SqliteConnection, thread: &Thread) -> Stored<Option<Inbound>> {
    let found: Option<String> = sqlx::query_scalar(
        "SELECT inbound FROM inbound WHERE thread = $1 ORDER BY position LIMIT 1",
    )
    .bind(json(thread)?)
    .fetch_optional(conn)
    .await?;
    found
        .map(|inbound| parsed(&inbound, "something inbound"))
        .transpose()
}

pub(super) async fn remove(
    conn: &mut SqliteConnection,
    connection: &str,
    event: &str,
) -> Stored<()> {
    sqlx::query("DELETE FROM inbound WHERE connection = $1 AND event = $2")
        .bind(connection)
        .bind(event)
        .execute(conn)
        .await?;
    Ok(())
}

pub(super) async fn waiting(
    conn: &mut SqliteConnection,
    connection: &ConnectionId,
) -> Stored<Vec<Thread>> {
    let threads: Vec<String> =
        sqlx::query_scalar("SELECT DISTINCT thread FROM inbound WHERE connection = $1")
            .bind(&connection.0)
            .fetch_all(conn)
            .await?;
    let thread = |address: &String| parsed(address, "a thread");
    threads.iter().map(thread).collect()
}
