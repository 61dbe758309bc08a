//! What a visitor says of a conversation, and their earlier ones.

use axum::Json;
use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};

use super::{AfterQuery, Bearer, Receipt, after_of, receipt};
use crate::app::Shared;
use crate::error::Problem;
use crate::http::Body;
use crate::wire::{Line, Past};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Helped {
    id: String,
    of: String,
    yes: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    id: String,
    stars: u8,
    #[serde(default)]
    comment: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Leave {
    id: String,
    conversation: String,
}

#[derive(Serialize)]
pub struct Conversations {
    conversations: Vec<Line>,
}

/// `POST /v1/helped`
pub async fn helped(
    State(app): State<Shared>,
    Bearer(guest): Bearer,
    Body(said): Body<Helped>,
) -> Result<Json<Receipt>, Problem> {
    let stored = guest.helped(&app, &said.id, &said.of, said.yes).await?;
    Ok(receipt(&app, said.id, stored))
}

/// `POST /v1/rate`
pub async fn rate(
    State(app): State<Shared>,
    Bearer(guest): Bearer,
    Body(rate): Body<Rate>,
) -> Result<Json<Receipt>, Problem> {
    let stored = guest.rate(&app, &rate.id, rate.stars, &rate.comment);
    let stored = stored.await?;
    Ok(receipt(&app, rate.id, stored))
}

/// `POST /v1/leave`
pub async fn leave(
    State(app): State<Shared>,
    Bearer(guest): Bearer,
    Body(leave): Body<Leave>,
) -> Result<Json<Receipt>, Problem> {
    let stored = guest.leave(&app, &leave.id, &leave.conversation).await?;
    Ok(receipt(&app, leave.id, stored))
}

/// `GET /v1/conversations`
pub async fn conversations(
    State(app): State<Shared>,
    Bearer(guest): Bearer,
) -> Result<Json<Conversations>, Problem> {
    let conversations = guest.conversations(&app).await?;
    Ok(Json(Conversations { conversations }))
}

/// `GET /v1/conversations/{id}?after=N`
pub async fn one_conversation(
    State(app): State<Shared>,
    Bearer(guest): Bearer,
    Path(id): Path<String>,
    after: AfterQuery,
) -> Result<Json<Past>, Problem> {
    guest.past(&app, &id, after_of(after)?).await.map(Json)
}
