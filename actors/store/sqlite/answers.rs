//! The feed of what the bot answered, drafted and suggested: each with its question and how sure the bot was.

use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{AssertSqlSafe, Row};

use super::codec::{self, ENTRY};
use super::rows::placeholders;
use crate::body::{Body, SourceLink};
use crate::event::{Event, Turn, Verdict, What};
use crate::ids::{ConversationId, Seq, SiteId};
use crate::store::{AnswerRow, AnswersWanted, Entry, Mark, Said, Stored};

/// The same words as those of the index, so that it is used.
const BY_BOT: &str = "kind IN ('bot_answered', 'drafted', 'suggested')";

/// Without anything to choose, only a person was offered.
const SAYS_SOMETHING: &str = "(e.kind <> 'suggested' OR e.what ->> 'choices' <> '[]')";

pub(super) async fn list(
    conn: &mut SqliteConnection,
    site: &SiteId,
    wanted: &AnswersWanted,
) -> Stored<Vec<AnswerRow>> {
    let before = &wanted.before;
    let rows = sqlx::query(AssertSqlSafe(format!(
        "SELECT e.conversation, e.seq, e.at, e.version, e.what FROM event e \
         JOIN conversation c ON c.id = e.conversation \
         WHERE e.{BY_BOT} AND {SAYS_SOMETHING} AND c.site = $1 AND e.at >= $2 \
         AND (e.at, e.conversation, e.seq) < ($3, $4, $5) \
         ORDER BY e.at DESC, e.conversation DESC, e.seq DESC LIMIT $6"
    )))
    .bind(site.as_str())
    .bind(wanted.since)
    .bind(before.at)
    .bind(before.conversation.as_str())
    .bind(before.seq as i64)
    .bind(i64::from(wanted.limit))
    .fetch_all(&mut *conn)
    .await?;
    let mut answers = Vec::with_capacity(rows.len());
    for row in &rows {
        answers.extend(told(conn, row).await?);
    }
    Ok(answers)
}

pub(super) async fn one(
    conn: &mut SqliteConnection,
    conversation: &ConversationId,
    seq: Seq,
) -> Stored<Option<AnswerRow>> {
    let row = sqlx::query(AssertSqlSafe(format!(
        "SELECT conversation, seq, at, version, what FROM event \
         WHERE conversation = $1 AND seq = $2 AND {BY_BOT}"
    )))
    .bind(conversation.as_str())
    .bind(seq as i64)
    .fetch_optional(&mut *conn)
    .await?;
    match row {
        Some(row) => told(conn, &row).await,
        None => Ok(None),
    }
}

/// An answer with all that belongs to it.
async fn told(conn: &mut SqliteConnection, row: &SqliteRow) -> Stored<Option<AnswerRow>> {
    let conversation = ConversationId(row.try_get("conversation")?);
    let event = codec::event(row)?;
    let (said, turn, questions) = match &event.what {
        What::BotAnswered {
            turn, questions, ..
        } => (Said::Answered, *turn, questions.as_slice()),
        What::Suggested {
            turn, questions, ..
        } => (Said::Suggested, *turn, questions.as_slice()),
        What::Drafted { turn } => (Said::Drafted, *turn, &[][..]),
        _ => return Ok(None),
    };
    let about = about(conn, &conversation, &event, turn, questions).await?;
    let wrong = mark(conn, &conversation, event.seq).await?;
    Ok(Some(AnswerRow {
        said,
        wrong,
        helped: helped(conn, &conversation, event.seq).await?,
        ..answer(conversation, &event, turn, &about)
    }))
}

/// Who said last that this answer was wrong, unless somebody took it back.
async fn mark(
    conn: &mut SqliteConnection,
    conversation: &ConversationId,
    answer: Seq,
) -> Stored<Option<Mark>> {
    let sql = format!(
        "{ENTRY} WHERE e.conversation = ? AND e.refers = ? AND e.kind = 'answer_marked' \
         ORDER BY e.seq DESC LIMIT 1"
    );
    let row = sqlx::query(AssertSqlSafe(sql))
        .bind(conversation.as_str())
        .bind(answer as i64)
        .fetch_optional(conn)
        .await?;
    let entry = row.as_ref().map(codec::entry).transpose()?;
    Ok(
        entry.and_then(|entry| match (entry.event.what, entry.body) {
            (What::AnswerMarked { wrong: true, .. }, body) => Some(Mark {
                by: match body {
                    Some(Body::Agent { name }) => name,
                    _ => "Somebody".to_owned(),
                },
                at: entry.event.at,
            }),
            _ => None,
        }),
    )
}

async fn helped(
    conn: &mut SqliteConnection,
    conversation: &ConversationId,
    answer: Seq,
) -> Stored<Option<bool>> {
    let row = sqlx::query(
        "SELECT seq, at, version, what FROM event \
         WHERE conversation = $1 AND refers = $2 AND kind = 'helped' ORDER BY seq LIMIT 1",
    )
    .bind(conversation.as_str())
    .bind(answer as i64)
    .fetch_optional(conn)
    .await?;
    let event = row.as_ref().map(codec::event).transpose()?;
    Ok(event.and_then(|event| match event.what {
        What::Helped { yes, .. } => Some(yes),
        _ => None,
    }))
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
    let judged = about.iter().find_map(|entry| judged(entry, turn));
    AnswerRow {
        conversation,
        seq: event.seq,
        at: event.at,
        said: Said::Answered,
        question: asked.map(words).collect::<Vec<_>>().join("\n"),
        answer: said.map(words).unwrap_or_default(),
        confidence: judged.map_or(0.0, |(confidence, _)| confidence),
        verdict: judged.map_or(Verdict::Answer, |(_, verdict)| verdict),
        wrong: None,
        helped: None,
        sources: said.map(sources).unwrap_or_default(),
    }
}

fn words(entry: &Entry) -> String {
    match &entry.body {
        Some(Body::Message { text, .. }) => text.to_plain(),
        Some(Body::Suggestions { choices, .. }) => choices.join(" \u{b7} "),
        _ => String::new(),
    }
}

fn sources(entry: &Entry) -> Vec<SourceLink> {
    match &entry.body {
        Some(Body::Message { sources, .. }) => sources.clone(),
        _ => Vec::new(),
    }
}

fn judged(entry: &Entry, wanted: Turn) -> Option<(f64, Verdict)> {
    match (&entry.event.what, &entry.body) {
        (What::Judged { turn, verdict, .. }, Some(Body::Verdict { judgement }))
            if *turn == wanted =>
        {
            Some((judgement.confidence, *verdict))
        }
        _ => None,
    }
}
