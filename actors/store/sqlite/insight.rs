//! Looking back: answers, what was missed, and whole skeletons for counting.

use std::collections::BTreeMap;

use async_trait::async_trait;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{AssertSqlSafe, Row};

use super::codec::{self, ENTRY};
use super::{SqliteStore, answers};
use crate::body::Body;
use crate::event::{Event, Intent, What};
use crate::ids::{ConversationId, Millis, Seq, SiteId};
use crate::store::{AnswerRow, AnswersWanted, Entry, InsightStore, Missed, Stored, Why};

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
        let rows = sqlx::query(
            "SELECT e.conversation, e.seq, e.at, e.version, e.what FROM event e \
             JOIN conversation c ON c.id = e.conversation \
             WHERE c.site = $1 AND e.at >= $2 ORDER BY c.opened_at, e.conversation, e.seq",
        )
        .bind(site.as_str())
        .bind(since)
        .fetch_all(&mut *self.reader().await?)
        .await?;
        let mut all: Vec<(ConversationId, Vec<Event>)> = Vec::new();
        for row in &rows {
            let (conversation, event) = placed(row)?;
            match all.last_mut() {
                Some((last, events)) if *last == conversation => events.push(event),
                _ => all.push((conversation, vec![event])),
            }
        }
        Ok(all)
    }
}

fn placed(row: &SqliteRow) -> Stored<(ConversationId, Event)> {
    let conversation = ConversationId(row.try_get("conversation")?);
    Ok((conversation, codec::event(row)?))
}

async fn missed(conn: &mut SqliteConnection, site: &SiteId, since: Millis) -> Stored<Vec<Missed>> {
    let rows = sqlx::query(
        "SELECT e.conversation, e.seq, e.at, e.version, e.what FROM event e \
         JOIN conversation c ON c.id = e.conversation \
         WHERE e.kind IN ('escalated', 'answer_marked', 'helped') AND c.site = $1 AND e.at >= $2 \
         ORDER BY e.at DESC, e.conversation, e.seq DESC",
    )
    .bind(site.as_str())
    .bind(since)
    .fetch_all(&mut *conn)
    .await?;
    let mut all: BTreeMap<(ConversationId, Seq), Missed> = BTreeMap::new();
    for row in &rows {
        let (conversation, event) = placed(row)?;
        for found in told_by(conn, &conversation, &event).await? {
            // What was said of an answer says more than that a person came too, and the team's word the most.
            let known = all.entry((conversation.clone(), found.seq));
            known
                .and_modify(|known| {
                    if weight(found.why) > weight(known.why) {
                        *known = found.clone();
                    }
                })
                .or_insert(found);
        }
    }
    let mut all: Vec<Missed> = all.into_values().collect();
    all.sort_by_key(|missed| std::cmp::Reverse(missed.at));
    Ok(all)
}

fn weight(why: Why) -> u8 {
    match why {
        Why::HandedOver(_) => 0,
        Why::NotHelped => 1,
        Why::Wrong => 2,
    }
}

/// The questions that one event says were missed.
async fn told_by(
    conn: &mut SqliteConnection,
    conversation: &ConversationId,
    event: &Event,
) -> Stored<Vec<Missed>> {
    let (questions, why) = match &event.what {
        What::Escalated {
            questions, reason, ..
        } => (questions.clone(), Why::HandedOver(*reason)),
        What::AnswerMarked { of, wrong, .. } => {
            let marked = answers::mark(conn, conversation, *of).await?;
            let is_last = marked.is_some_and(|mark| *wrong && mark.at == event.at);
            match is_last {
                true => (answered(conn, conversation, *of).await?, Why::Wrong),
                false => return Ok(Vec::new()),
            }
        }
        What::Helped { of, yes: false, .. } => {
            (answered(conn, conversation, *of).await?, Why::NotHelped)
        }
        _ => return Ok(Vec::new()),
    };
    let mut all = Vec::new();
    for seq in questions {
        let missed = question(conn, conversation, seq, event.at, why).await?;
        all.extend(missed);
    }
    Ok(all)
}

/// A question with what was said to it; nothing for what only looks like one.
async fn question(
    conn: &mut SqliteConnection,
    conversation: &ConversationId,
    seq: Seq,
    at: Millis,
    why: Why,
) -> Stored<Option<Missed>> {
    let found = entry(conn, conversation, "e.seq = ?", seq).await?;
    let Some(entry) = found else {
        return Ok(None);
    };
    let What::VisitorSaid {
        intent: Intent::Question,
        turn,
        ..
    } = entry.event.what
    else {
        return Ok(None);
    };
    Ok(Some(Missed {
        conversation: conversation.clone(),
        seq,
        at,
        question: words(&entry),
        why,
        answer: said_by_bot(conn, conversation, turn.unwrap_or_default()).await?,
        reply: first_reply(conn, conversation, seq).await?,
    }))
}

/// The questions of the turn that this answer ended, also those that a person had already.
async fn answered(
    conn: &mut SqliteConnection,
    conversation: &ConversationId,
    answer: Seq,
) -> Stored<Vec<Seq>> {
    let found = entry(conn, conversation, "e.seq = ?", answer).await?;
    let Some(What::BotAnswered {
        turn, questions, ..
    }) = found.map(|entry| entry.event.what)
    else {
        return Ok(Vec::new());
    };
    if !questions.is_empty() {
        return Ok(questions);
    }
    let asked = "e.kind = 'visitor_said' AND e.what ->> 'turn' = ?";
    let asked = entry(conn, conversation, asked, turn).await?;
    Ok(asked.into_iter().map(|entry| entry.event.seq).collect())
}

async fn said_by_bot(
    conn: &mut SqliteConnection,
    conversation: &ConversationId,
    turn: u64,
) -> Stored<Option<String>> {
    let said = "e.kind IN ('bot_answered', 'drafted') AND e.what ->> 'turn' = ?";
    let said = entry(conn, conversation, said, turn).await?;
    Ok(said.as_ref().map(words))
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
