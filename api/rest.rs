//! REST: what the socket does, for clients that have none. The same rules, the same words. What is said of a
//! conversation, and earlier ones, is in `about`.

mod about;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{FromRequestParts, Query, State};
use axum::http::StatusCode;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use hinny_actors::body::{Context, Page};
use hinny_actors::ids::{ConversationId, Seq};
use hinny_actors::store::ConversationRow;
use hinny_actors::{Topic, Wake};
use serde::{Deserialize, Serialize};

use crate::app::{App, Client, Origin, Shared};
use crate::error::{Code, Problem};
use crate::guest::{Guest, Papers, Said, Stored, past, set_context};
use crate::http::Body;
use crate::wire::{self, Past, SessionView, check_protocol, check_text, tidy_context};

pub use about::{conversations, helped, leave, one_conversation, rate};

/// A request with a good token in its header, from a page that may use the site.
pub struct Bearer(pub Guest);

impl FromRequestParts<Shared> for Bearer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Problem> {
        let Ok(Client(address)) = Client::from_request_parts(parts, app).await;
        app.limits.hello(address)?;
        let missing = || {
            Problem::new(
                Code::TokenInvalid,
                "Send `Authorization: Bearer` with the session's token.",
            )
        };
        let header = parts.headers.get(AUTHORIZATION).ok_or_else(missing)?;
        let token = header
            .to_str()
            .ok()
            .and_then(|value| value.strip_prefix("Bearer "));
        let guest = Guest::back(app, token.ok_or_else(missing)?, address).await?;
        Origin::of(app, &parts.headers).check(app.site(guest.site.as_str())?)?;
        Ok(Bearer(guest))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Begin {
    protocol: u32,
    site: String,
    #[serde(default)]
    token: Option<String>,
    #[serde(default)]
    identity: Option<String>,
    #[serde(default)]
    consent: bool,
}

/// `POST /v1/session`
pub async fn begin(
    State(app): State<Shared>,
    Client(address): Client,
    origin: Origin,
    Body(begin): Body<Begin>,
) -> Result<Json<SessionView>, Problem> {
    app.limits.hello(address)?;
    check_protocol(begin.protocol)?;
    let site = app.site(&begin.site)?;
    origin.check(site)?;
    let papers = Papers {
        token: begin.token.as_deref(),
        identity: begin.identity.as_deref(),
        consent: begin.consent,
        address,
    };
    let guest = Guest::admit(&app, site, papers).await?;
    let row = guest.conversation(&app).await?;
    Ok(Json(guest.view(
        &app,
        site,
        row.as_ref().map(|row| &row.id),
    )))
}

/// `DELETE /v1/session`: the token is worth nothing from then on, and open sockets look again.
pub async fn end(State(app): State<Shared>, Bearer(guest): Bearer) -> Result<StatusCode, Problem> {
    app.store().revoke(&guest.site, &guest.session.id).await?;
    let topic = Topic::Visitor(guest.session.visitor.clone());
    app.engine.feed().publish(&topic, Wake::Log);
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct After {
    #[serde(default)]
    after: Seq,
}

type AfterQuery = Result<Query<After>, QueryRejection>;

/// `GET /v1/conversation?after=N`
pub async fn conversation(
    State(app): State<Shared>,
    Bearer(guest): Bearer,
    after: AfterQuery,
) -> Result<Json<Past>, Problem> {
    let after = after_of(after)?;
    match guest.conversation(&app).await? {
        Some(row) => past(&app, row, after).await.map(Json),
        None => Ok(Json(Past {
            conversation: None,
            seq: 0,
            handling: "bot",
            events: Vec::new(),
        })),
    }
}

fn after_of(query: AfterQuery) -> Result<Seq, Problem> {
    let Query(After { after }) = query.map_err(|_| {
        Problem::new(
            Code::BadFrame,
            "`after` is a number, and the only parameter.",
        )
    })?;
    Ok(after)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Say {
    id: String,
    text: String,
    #[serde(default)]
    files: Vec<String>,
    #[serde(default)]
    page: Option<Page>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    id: String,
}

#[derive(Serialize)]
pub struct Receipt {
    id: String,
    seq: Seq,
    conversation: ConversationId,
}

/// `POST /v1/messages`
pub async fn say(
    State(app): State<Shared>,
    Bearer(guest): Bearer,
    Body(say): Body<Say>,
) -> Result<Json<Receipt>, Problem> {
    guest.may_say(&app, &say.id, &say.text, &say.files)?;
    let conversation = opened(&app, &guest).await?;
    if let Some(page) = say.page
        && let Some(row) = guest.conversation(&app).await?
    {
        note(&app, &guest, row, wire::Context::at(page)).await?;
    }
    let said = Said {
        id: &say.id,
        text: say.text,
        files: &say.files,
    };
    let stored = guest.say(&app, &conversation, said).await?;
    Ok(receipt(&app, say.id, stored))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edit {
    id: String,
    of: String,
    text: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Delete {
    id: String,
    of: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seen {
    seq: Seq,
}

/// `POST /v1/edit`
pub async fn edit(
    State(app): State<Shared>,
    Bearer(guest): Bearer,
    Body(edit): Body<Edit>,
) -> Result<Json<Receipt>, Problem> {
    check_text(&edit.text)?;
    let stored = guest.edit(&app, &edit.id, &edit.of, &edit.text).await?;
    Ok(receipt(&app, edit.id, stored))
}

/// `POST /v1/delete`
pub async fn delete(
    State(app): State<Shared>,
    Bearer(guest): Bearer,
    Body(delete): Body<Delete>,
) -> Result<Json<Receipt>, Problem> {
    let stored = guest.delete(&app, &delete.id, &delete.of).await?;
    Ok(receipt(&app, delete.id, stored))
}

/// `POST /v1/seen`
pub async fn seen(
    State(app): State<Shared>,
    Bearer(guest): Bearer,
    Body(seen): Body<Seen>,
) -> Result<StatusCode, Problem> {
    guest.saw(&app, seen.seq).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /v1/context`: nothing to do before there is a conversation.
pub async fn context(
    State(app): State<Shared>,
    Bearer(guest): Bearer,
    Body(said): Body<wire::Context>,
) -> Result<StatusCode, Problem> {
    guest.may_move(&app)?;
    if let Some(row) = guest.conversation(&app).await? {
        note(&app, &guest, row, said).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// The visitor's conversation, which knows when they agreed to what the site asks first.
async fn opened(app: &App, guest: &Guest) -> Result<ConversationId, Problem> {
    let conversation = guest.open(app).await?;
    if guest.session.agreed_at.is_none() {
        return Ok(conversation);
    }
    let row = guest.conversation(app).await?;
    if let Some(row) = row.filter(|row| row.context.agreed_at.is_none()) {
        let context = Context {
            agreed_at: guest.session.agreed_at,
            ..row.context
        };
        set_context(app, &guest.site, &row.id, &context).await?;
    }
    Ok(conversation)
}

/// What is said is new; the rest stays.
async fn note(
    app: &App,
    guest: &Guest,
    row: ConversationRow,
    said: wire::Context,
) -> Result<(), Problem> {
    let context = tidy_context(said, &row.context);
    set_context(app, &guest.site, &row.id, &context).await
}

/// `POST /v1/person`
pub async fn ask_person(
    State(app): State<Shared>,
    Bearer(guest): Bearer,
    Body(ask): Body<Ask>,
) -> Result<Json<Receipt>, Problem> {
    guest.may_ask(&app, &ask.id)?;
    let conversation = opened(&app, &guest).await?;
    let stored = guest.ask_person(&app, &conversation, &ask.id).await?;
    Ok(receipt(&app, ask.id, stored))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choose {
    id: String,
    of: String,
    #[serde(default)]
    choice: Option<usize>,
}

/// `POST /v1/choose`
pub async fn choose(
    State(app): State<Shared>,
    Bearer(guest): Bearer,
    Body(choose): Body<Choose>,
) -> Result<Json<Receipt>, Problem> {
    let stored = guest
        .choose(&app, &choose.id, &choose.of, choose.choice)
        .await?;
    Ok(receipt(&app, choose.id, stored))
}

fn receipt(app: &App, id: String, stored: Stored) -> Json<Receipt> {
    app.meter.acknowledged();
    Json(Receipt {
        id,
        seq: stored.seq,
        conversation: stored.conversation,
    })
}
