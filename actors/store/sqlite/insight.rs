//! Looking back: answers, what was missed, and whole skeletons for counting.

use async_trait::async_trait;
use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Row};

use super::codec::{self, ENTRY};
use super::{SqliteStore, answers};
use crate::body::Body;
use crate::event::Event;
use crate::ids::{ConversationId, Millis, Seq, SiteId};
use crate::missed::{Miss, misses};
use crate::store::{AnswerRow, AnswersWanted, Entry, InsightStore, Missed, Stored};

#[async_trait]
impl InsightStore for SqliteStore {
    async fn answers(&self, site: &SiteId, wanted: &AnswersWanted) -> Stored<Vec<AnswerRow>> {
        answers::list(&mut *self.reader().await?, site, wanted).await
    }

    async fn answer(&self, conversation: &ConversationId, seq: Seq) -> Stored<Option<AnswerRow>> {
        answers::one(&mut *self.reader().await?, conversation, seq).await
    }

    async fn missed(&self, site: &SiteId, since: Millis) -> Stored<Vec<Missed>> {
        missed(&mut *self.reader().await?, site, since).await
    }

    async fn skeletons(
        &self,
        site: &SiteId,
        since: Millis,
    ) -> Stored<Vec<(ConversationId, Vec<Event>)>> {
        let since_then = "e.at >= $2";
        logs(&mut *self.reader().await?, site, since_then, since).await
    }
}

/// Skeletons, conversation by conversation and in order.
async fn logs(
    conn: &mut SqliteConnection,
    site: &SiteId,
    which: &str,
    since: Millis,
) -> Stored<Vec<(ConversationId, Vec<Event>)>> {
    let sql = format!(
        "SELECT e.conversation, e.seq, e.at, e.version, e.what FROM event e \
         JOIN conversation c ON c.id = e.conversation \
         WHERE c.site = $1 AND {which} ORDER BY c.opened_at, e.conversation, e.seq"
    );
    let rows = sqlx::query(AssertSqlSafe(sql))
        .bind(site.as_str())
        .bind(since)
        .fetch_all(conn)
        .await?;
    let mut all: Vec<(ConversationId, Vec<Event>)> = Vec::new();
    for row in &rows {
        let conversation = ConversationId(row.try_get("conversation")?);
        let event = codec::event(row)?;
        match all.last_mut() {
            Some((last, events)) if *last == conversation => events.push(event),
            _ => all.push((conversation, vec![event])),
        }
    }
    Ok(all)
}

/// A log is read from its beginning, also where only its end is asked for: what came before says what an event means.
async fn missed(conn: &mut SqliteConnection, site: &SiteId, since: Millis) -> Stored<Vec<Missed>> {
    let went_on = "c.updated_at >= $2";
    let mut all = Vec::new();
    for (conversation, log) in logs(conn, site, went_on, since).await? {
        for miss in misses(&log).into_iter().filter(|miss| miss.at >= since) {
            all.push(told(conn, &conversation, miss).await?);
        }
    }
    all.sort_by_key(|missed| std::cmp::Reverse((missed.at, missed.seq)));
    Ok(all)
}

/// A missed question with its words and what was said to it.
async fn told(
    conn: &mut SqliteConnection,
    conversation: &ConversationId,
    miss: Miss,
) -> Stored<Missed> {
    let question = entry(conn, conversation, "e.seq = ?", miss.question).await?;
    let answer = match miss.answer {
        Some(seq) => entry(conn, conversation, "e.seq = ?", seq).await?,
        None => None,
    };
    Ok(Missed {
        conversation: conversation.clone(),
        seq: miss.question,
        at: miss.at,
        question: question.as_ref().map(words).unwrap_or_default(),
        why: miss.why,
        answer: answer.as_ref().map(words),
        reply: first_reply(conn, conversation, miss.question).await?,
    })
}

async fn first_reply(
    conn: &mut SqliteConnection,
    conversation: &ConversationId,
    after: Seq,
) -> Stored<Option<String>> {
    let said = entry(
        conn,
        conversation,
        "e.kind = 'agent_said' AND e.seq > ?",
        after,
    );
    Ok(said.await?.as_ref().map(words))
}

/// The first entry of a conversation that fits.
async fn entry(
    conn: &mut SqliteConnection,
    conversation: &ConversationId,
    which: &str,
    value: u64,
) -> Stored<Option<Entry>> {
    let sql = format!("{ENTRY} WHERE e.conversation = ? AND {which} ORDER BY e.seq LIMIT 1");
    let row = sqlx::query(AssertSqlSafe(sql))
        .bind(conversation.as_str())
        .bind(value as i64)
        .fetch_optional(conn)
        .await?;
    row.as_ref().map(codec::entry).transpose()
}

fn words(entry: &Entry) -> String {
    match &entry.body {
        Some(Body::Message { text, .. }) => text.to_plain(),
        _ => String::new(),
    }
}
