//! Coming and going: a one-time login becomes a session, an agent gets a name, a session ends.

use axum::Json;
use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use hinny_actors::clock;
use hinny_actors::ids::random_id;
use serde::{Deserialize, Serialize};

use super::access::{Agent, SESSION_DAYS, check_origin, cookie, login_hash};
use crate::app::{App, Client, Shared};
use crate::error::{Code, Problem};
use crate::http::Body;
use crate::wire::LimitsView;

/// The longest name of an agent, in characters.
const MAX_NAME: usize = 60;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Login {
    login: String,
}

#[derive(Serialize)]
pub struct Me {
    site: SiteView,
    agent: AgentView,
    limits: LimitsView,
}

#[derive(Serialize)]
struct SiteView {
    id: String,
    name: String,
}

#[derive(Serialize)]
struct AgentView {
    id: String,
    name: String,
}

fn view(app: &App, agent: &Agent) -> Result<Json<Me>, Problem> {
    let site = agent.site(app)?;
    Ok(Json(Me {
        site: SiteView {
            id: site.id.as_str().to_owned(),
            name: site.name.clone(),
        },
        agent: AgentView {
            id: agent.person().id,
            name: agent.name.clone(),
        },
        limits: LimitsView::ours(app.files.limit()),
    }))
}

/// `POST /desk/api/login`
pub async fn login(
    State(app): State<Shared>,
    Client(address): Client,
    mut headers: HeaderMap,
    Body(login): Body<Login>,
) -> Result<impl IntoResponse, Problem> {
    check_origin(&app, &headers)?;
    app.limits.session(address)?;
    let token = random_id();
    let (login, session) = (login_hash(&login.login), login_hash(&token));
    let used = app.store().use_desk_login(&login, &session, clock::now());
    let invalid = || {
        let detail = "This link was used before or is too old. Ask for a new one: hinny desk login";
        Problem::new(Code::LoginInvalid, detail)
    };
    used.await?.ok_or_else(invalid)?;
    let cookie = cookie(&app, &token, SESSION_DAYS);
    let value = cookie
        .parse()
        .expect("a cookie of ours has plain letters only");
    headers.insert(axum::http::header::COOKIE, value);
    let agent = Agent::of(&app, &headers).await?;
    Ok(([(SET_COOKIE, cookie)], view(&app, &agent)?))
}

/// `GET /desk/api/me`
pub async fn me(State(app): State<Shared>, agent: Agent) -> Result<Json<Me>, Problem> {
    view(&app, &agent)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Name {
    name: String,
}

/// `POST /desk/api/name`
pub async fn name(
    State(app): State<Shared>,
    agent: Agent,
    Body(name): Body<Name>,
) -> Result<StatusCode, Problem> {
    let name = name.name.trim();
    match name.chars().count() {
        0 => return Err(Problem::new(Code::Empty, "A name has at least one letter.")),
        1..=MAX_NAME if !name.chars().any(char::is_control) => {}
        _ => {
            let detail = format!("A name has at most {MAX_NAME} letters, on one line.");
            return Err(Problem::new(Code::TooLong, detail));
        }
    }
    app.store().name_desk_session(&agent.session, name).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /desk/api/logout`
pub async fn logout(State(app): State<Shared>, agent: Agent) -> Result<impl IntoResponse, Problem> {
    app.store().end_desk_session(&agent.session).await?;
    Ok((StatusCode::NO_CONTENT, [(SET_COOKIE, cookie(&app, "", 0))]))
}
