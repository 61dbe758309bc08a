//! Who is at the desk: the cookie, its session, and that the request comes from our own page.

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header::{COOKIE, HOST, ORIGIN};
use axum::http::request::Parts;
use hinny_actors::clock;
use hinny_actors::ids::{ConversationId, SiteId};
use hinny_actors::store::{ConversationRow, DeskSession};
use hinny_bridges::Person;
use sha2::{Digest, Sha256};

use crate::app::{App, Shared};
use crate::config::Site;
use crate::error::{Code, Problem};

const COOKIE_NAME: &str = "hinny_desk";

/// How long a login lasts.
pub const SESSION_DAYS: u32 = 30;

/// The name of an agent who has not given one.
const NAMELESS: &str = "Team";

/// An agent with a session.
pub struct Agent {
    pub site: SiteId,
    pub name: String,
    /// The store knows the session by this hash only.
    pub session: String,
}

/// Logins and session tokens are random enough for a plain hash.
pub fn login_hash(token: &str) -> String {
    Sha256::digest(token.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// The header that gives a browser its session. Only our own pages send it, and no script can read it.
pub fn cookie(app: &App, token: &str, days: u32) -> String {
    let secure = match &app.config.public_url {
        Some(url) if url.scheme() == "https" => "; Secure",
        _ => "",
    };
    let age = u64::from(days) * 24 * 60 * 60;
    format!("{COOKIE_NAME}={token}; Path=/desk; HttpOnly; SameSite=Strict; Max-Age={age}{secure}")
}

/// The session behind a cookie's hash, while it lasts.
pub async fn session_of(app: &App, hash: &str) -> Result<Option<DeskSession>, Problem> {
    let lasts = i64::from(SESSION_DAYS) * 24 * 60 * 60 * 1000;
    let since = clock::now() - lasts;
    Ok(app.store().desk_session(hash, since).await?)
}

fn token(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|value| value.split(';'));
    pairs.find_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        (name == COOKIE_NAME).then_some(value)
    })
}

/// A page that calls must be ours. `Origin` is absent from plain reads and from programs.
pub fn check_origin(app: &App, headers: &HeaderMap) -> Result<(), Problem> {
    let Some(origin) = headers.get(ORIGIN) else {
        return Ok(());
    };
    let origin = origin.to_str().unwrap_or("null");
    let host = headers
        .get(HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or_default();
    let is_host = !host.is_empty()
        && (origin == format!("http://{host}") || origin == format!("https://{host}"));
    let public = app
        .config
        .public_url
        .as_ref()
        .map(|url| url.origin().ascii_serialization());
    match is_host || public.is_some_and(|public| public == origin) {
        true => Ok(()),
        false => Err(Problem::new(
            Code::OriginRefused,
            "Only the desk's own page may do this.",
        )),
    }
}

impl Agent {
    pub async fn of(app: &App, headers: &HeaderMap) -> Result<Agent, Problem> {
        check_origin(app, headers)?;
        let needed = || Problem::new(Code::LoginNeeded, "Ask for a link: hinny desk login");
        let session = login_hash(token(headers).ok_or_else(needed)?);
        let known = session_of(app, &session).await?.ok_or_else(needed)?;
        app.config.site(known.site.as_str()).ok_or_else(needed)?;
        let name = match known.name.is_empty() {
            true => NAMELESS.to_owned(),
            false => known.name,
        };
        Ok(Agent {
            site: known.site,
            name,
            session,
        })
    }

    pub fn site<'a>(&self, app: &'a App) -> Result<&'a Site, Problem> {
        app.site(self.site.as_str())
    }

    /// How the conversation's log names this agent.
    pub fn person(&self) -> Person {
        Person::new(format!("desk:{}", &self.session[..16]), self.name.clone())
    }

    /// A conversation of this agent's site; another site's does not exist for them.
    pub async fn conversation(&self, app: &App, id: &str) -> Result<ConversationRow, Problem> {
        let row = app.store().conversation(&ConversationId::from(id)).await?;
        row.filter(|row| row.site == self.site)
            .ok_or_else(Problem::not_found)
    }
}

impl FromRequestParts<Shared> for Agent {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Problem> {
        Agent::of(app, &parts.headers).await
    }
}
