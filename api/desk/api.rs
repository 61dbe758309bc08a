//! What the desk reads: lists, and one conversation with its log.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use hinny_actors::store::{ConversationRow, Entry, ThreadState};
use serde::{Deserialize, Serialize};

use super::access::Agent;
use super::obstacle;
use super::rows::{Answer, Conversation, Failed, Numbered, Row};
use crate::app::{App, Shared};
use crate::error::{Code, Problem};
use crate::files;

/// Lines of a list; older ones are found by their conversation.
const LIST: u32 = 200;

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
}

/// `GET /desk/api/answers`
pub async fn answers(State(app): State<Shared>, agent: Agent) -> Result<Json<Answers>, Problem> {
    let rows = app.store().answers(&agent.site, LIST).await?;
    Ok(Json(Answers {
        answers: rows.into_iter().map(Answer::from).collect(),
    }))
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
