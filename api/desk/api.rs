//! What the desk reads: lists, and one conversation with its log.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use hinny_actors::Speaks;
use hinny_actors::ids::{ConversationId, Millis, Seq, SiteId};
use hinny_actors::store::{AnswersWanted, Before, ConversationRow, Entry, ThreadState};
use serde::{Deserialize, Serialize};

use super::access::Agent;
use super::obstacle;
use super::rows::{Answer, Conversation, Failed, Numbered, Row};
use crate::app::{App, Shared};
use crate::error::{Code, Problem};
use crate::{files, index};

/// Lines of a list; older ones are found by their conversation.
const LIST: u32 = 200;

/// Answers on a page of the feed.
const FEED: u32 = 50;

/// Entries read at once.
const PAGE: u32 = 500;

#[derive(Deserialize)]
pub struct Which {
    #[serde(default)]
    state: Option<ThreadState>,
}

#[derive(Serialize)]
pub struct Threads {
    threads: Vec<Row>,
    /// What keeps the team from being told in its own place, in plain words.
    obstacle: Option<String>,
}

/// `GET /desk/api/threads?state=open|closed|all`
pub async fn threads(
    State(app): State<Shared>,
    agent: Agent,
    which: Result<Query<Which>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<Threads>, Problem> {
    let Query(which) =
        which.map_err(|_| Problem::new(Code::BadFrame, "`state` is open, closed or all."))?;
    let state = which.state.unwrap_or(ThreadState::Open);
    let rows = app.store().threads(&agent.site, state, LIST).await?;
    Ok(Json(Threads {
        threads: rows.into_iter().map(Row::from).collect(),
        obstacle: obstacle::told(&app, &agent.site),
    }))
}

/// `GET /desk/api/conversations/{id}`
pub async fn conversation(
    State(app): State<Shared>,
    agent: Agent,
    Path(id): Path<String>,
) -> Result<Json<Conversation>, Problem> {
    let row = agent.conversation(&app, &id).await?;
    let thread = app
        .store()
        .thread_row(&row.id)
        .await?
        .ok_or_else(Problem::not_found)?;
    let events = team_log(&app, &row).await?;
    let profile = app.store().profile(&row.visitor).await?;
    Ok(Json(Conversation::new(thread, profile, events)))
}

/// The whole log as the team sees it, up to where the row stands; the rest comes by the socket.
async fn team_log(app: &App, row: &ConversationRow) -> Result<Vec<Numbered>, Problem> {
    let mut events = Vec::new();
    let mut cursor = 0;
    while cursor < row.seq {
        let page = app.store().read(&row.id, cursor, PAGE).await?;
        let Some(end) = page.last().map(|entry| entry.event.seq) else {
            break;
        };
        events.extend(page.iter().filter_map(|entry| numbered(app, entry)));
        cursor = end;
    }
    Ok(events)
}

pub fn numbered(app: &App, entry: &Entry) -> Option<Numbered> {
    Some(Numbered {
        seq: entry.event.seq,
        at: entry.event.at,
        event: files::team(app, entry)?,
    })
}

#[derive(Serialize)]
pub struct Answers {
    answers: Vec<Answer>,
    /// There are older ones.
    more: bool,
    /// Who speaks first at this site, in plain words.
    speaks: String,
}

/// The last answer of the page before.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Older {
    at: Option<Millis>,
    conversation: String,
    seq: Seq,
}

/// `GET /desk/api/answers?at=…&conversation=…&seq=…`
pub async fn answers(
    State(app): State<Shared>,
    agent: Agent,
    older: Result<Query<Older>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<Answers>, Problem> {
    let unknown = |_| Problem::new(Code::BadFrame, "`at` and `seq` are numbers.");
    let Query(older) = older.map_err(unknown)?;
    let mut wanted = AnswersWanted::last(FEED + 1);
    if let Some(at) = older.at {
        wanted.before = Before {
            at,
            conversation: ConversationId(older.conversation),
            seq: older.seq,
        };
    }
    let mut rows = app.store().answers(&agent.site, &wanted).await?;
    let more = rows.len() > FEED as usize;
    rows.truncate(FEED as usize);
    Ok(Json(Answers {
        answers: rows.into_iter().map(Answer::from).collect(),
        more,
        speaks: speaks(&app, &agent.site),
    }))
}

fn speaks(app: &App, site: &SiteId) -> String {
    let knowledge = app.knowledge.get(site);
    let generation = knowledge.and_then(|knowledge| knowledge.library.generation());
    if generation.is_none_or(|generation| generation.is_small()) {
        return index::too_small();
    }
    let configured = app.config.site(site.as_str()).map(|site| site.speaks);
    match configured.unwrap_or_default() {
        Speaks::BotFirst => "The bot answers where it is sure.",
        Speaks::Drafts => "The bot writes drafts, and a person sends them.",
        Speaks::HumanFirst => "The team answers; the bot only looks things up for it.",
    }
    .to_owned()
}

#[derive(Serialize)]
pub struct FailedList {
    failed: Vec<Failed>,
}

/// `GET /desk/api/failed`
pub async fn failed(State(app): State<Shared>, agent: Agent) -> Result<Json<FailedList>, Problem> {
    let letters = app.store().dead_letters(Some(&agent.site)).await?;
    Ok(Json(FailedList {
        failed: letters.into_iter().map(Failed::from).collect(),
    }))
}

/// `POST /desk/api/failed/{delivery}/retry`
pub async fn retry(
    State(app): State<Shared>,
    agent: Agent,
    Path(delivery): Path<String>,
) -> Result<StatusCode, Problem> {
    let letters = app.store().dead_letters(Some(&agent.site)).await?;
    let wanted = letters
        .iter()
        .find(|letter| letter.delivery.0 == delivery)
        .ok_or_else(Problem::not_found)?;
    app.engine.retry(wanted).await?;
    Ok(StatusCode::NO_CONTENT)
}
