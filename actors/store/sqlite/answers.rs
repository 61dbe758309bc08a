//! The feed of the bot's answers: each with the question it answers and how sure the bot was.

use sqlx::Row;
use sqlx::sqlite::SqliteConnection;

use super::codec;
use super::log;
use crate::body::{Body, SourceLink};
use crate::event::{Turn, What};
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
            let first = questions.iter().copied().min().unwrap_or(event.seq);
            let about = between(conn, &conversation, first, event.seq).await?;
            answers.push(answer(conversation, event.seq, *turn, questions, &about));
        }
    }
    Ok(answers)
}

/// The entries from `first` to `last`: the questions, the verdict and the answer are among them.
async fn between(
    conn: &mut SqliteConnection,
    conversation: &ConversationId,
    first: Seq,
    last: Seq,
) -> Stored<Vec<Entry>> {
    let count = (last + 1 - first) as u32;
    log::read(conn, conversation, first.saturating_sub(1), count).await
}

/// Words that were erased are shown as nothing.
fn answer(
    conversation: ConversationId,
    seq: Seq,
    turn: Turn,
    questions: &[Seq],
    about: &[Entry],
) -> AnswerRow {
    let (answer, sources, at) = about
        .iter()
        .find(|entry| entry.event.seq == seq)
        .map(|entry| (words(entry), sources(entry), entry.event.at))
        .unwrap_or_default();
    let question: Vec<String> = about
        .iter()
        .filter(|entry| questions.contains(&entry.event.seq))
        .map(words)
        .collect();
    AnswerRow {
        conversation,
        seq,
        at,
        question: question.join("\n"),
        answer,
        confidence: about
            .iter()
            .find_map(|entry| confidence(entry, turn))
            .unwrap_or(0.0),
        sources,
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
