//! The feed of the bot's answers: each with the question it answers and how sure the bot was.

use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Row};

use super::codec::{self, ENTRY};
use super::rows::placeholders;
use crate::body::{Body, SourceLink};
use crate::event::{Event, Turn, What};
use crate::ids::{ConversationId, Seq, SiteId};
use crate::store::{AnswerRow, Entry, Stored};

pub(super) async fn list(
    conn: &mut SqliteConnection,
    site: &SiteId,
    limit: u32,
) -> Stored<Vec<AnswerRow>> {
    let rows = sqlx::query(
        "SELECT e.conversation, e.seq, e.at, e.version, e.what FROM event e \
         JOIN conversation c ON c.id = e.conversation \
         WHERE e.kind = 'bot_answered' AND c.site = $1 ORDER BY e.at DESC, e.seq DESC LIMIT $2",
    )
    .bind(site.as_str())
    .bind(i64::from(limit))
    .fetch_all(&mut *conn)
    .await?;
    let mut answers = Vec::with_capacity(rows.len());
    for row in rows {
        let conversation = ConversationId(row.try_get("conversation")?);
        let event = codec::event(&row)?;
        if let What::BotAnswered {
            turn, questions, ..
        } = &event.what
        {
            let about = about(conn, &conversation, &event, *turn, questions).await?;
            answers.push(answer(conversation, &event, *turn, &about));
        }
    }
    Ok(answers)
}

/// The questions, the verdict and the answer. A question that a person has already is none of `questions`,
/// but it is still the one that the turn was about.
async fn about(
    conn: &mut SqliteConnection,
    conversation: &ConversationId,
    answer: &Event,
    turn: Turn,
    questions: &[Seq],
) -> Stored<Vec<Entry>> {
    let sql = format!(
        "{ENTRY} WHERE e.conversation = ? AND (e.what ->> 'turn' = ? OR e.seq IN ({})) ORDER BY e.seq",
        placeholders(questions.len() + 1)
    );
    let mut query = sqlx::query(AssertSqlSafe(sql))
        .bind(conversation.as_str())
        .bind(turn as i64)
        .bind(answer.seq as i64);
    for question in questions {
        query = query.bind(*question as i64);
    }
    let rows = query.fetch_all(conn).await?;
    rows.iter().map(codec::entry).collect()
}

/// Words that were erased are shown as nothing.
fn answer(conversation: ConversationId, event: &Event, turn: Turn, about: &[Entry]) -> AnswerRow {
    let asked = about
        .iter()
        .filter(|entry| matches!(entry.event.what, What::VisitorSaid { .. }));
    let said = about.iter().find(|entry| entry.event.seq == event.seq);
    AnswerRow {
        conversation,
        seq: event.seq,
        at: event.at,
        question: asked.map(words).collect::<Vec<_>>().join("\n"),
        answer: said.map(words).unwrap_or_default(),
        confidence: about
            .iter()
            .find_map(|entry| confidence(entry, turn))
            .unwrap_or_default(),
        sources: said.map(sources).unwrap_or_default(),
    }
}

fn words(entry: &Entry) -> String {
    match &entry.body {
        Some(Body::Message { text, .. }) => text.to_plain(),
        _ => String::new(),
    }
}

fn sources(entry: &Entry) -> Vec<SourceLink> {
    match &entry.body {
        Some(Body::Message { sources, .. }) => sources.clone(),
        _ => Vec::new(),
    }
}

fn confidence(entry: &Entry, wanted: Turn) -> Option<f64> {
    match (&entry.event.what, &entry.body) {
        (What::Judged { turn, .. }, Some(Body::Verdict { judgement })) if *turn == wanted => {
            Some(judgement.confidence)
        }
        _ => None,
    }
}
