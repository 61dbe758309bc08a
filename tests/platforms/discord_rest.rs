//! The REST door: token, planned faults, limits, and then the route's own work
//! (<https://discord.com/developers/docs/reference>).

use std::{
    io,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    body::{Body, Bytes},
    extract::{Path, RawQuery, State as Shed},
    http::{HeaderMap, HeaderValue, Method, StatusCode},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::{
    Shared, TOKEN,
    form::{self, Upload},
    guild, limits, messages,
    state::{Call, Fault, State},
    threads,
};

/// An error of the API's
/// (<https://discord.com/developers/docs/topics/opcodes-and-status-codes#json-json-error-codes>).
#[derive(Clone, Debug)]
pub struct Refusal {
    pub status: u16,
    pub code: i64,
    pub detail: String,
}

impl Refusal {
    pub fn new(status: u16, code: i64) -> Self {
        Refusal {
            status,
            code,
            detail: String::new(),
        }
    }

    pub fn invalid(detail: &str) -> Self {
        Refusal {
            detail: detail.to_owned(),
            ..Refusal::new(400, 50_035)
        }
    }
}

/// Status and body; a body of `null` is none at all.
pub type Answer = Result<(u16, Value), Refusal>;

/// A call as the routes see it.
pub struct Asked {
    pub method: Method,
    pub path: Vec<String>,
    pub query: Vec<(String, String)>,
    pub body: Value,
    pub files: Vec<Upload>,
}

impl Asked {
    /// The id at this place of the path.
    pub fn id(&self, at: usize) -> Result<u64, Refusal> {
        let id = self.path.get(at).and_then(|part| part.parse().ok());
        id.ok_or(Refusal::invalid("this is no id"))
    }

    pub fn number(&self, name: &str) -> Result<Option<u64>, Refusal> {
        let given = self.query.iter().find(|(key, _)| key == name);
        given
            .map(|(_, value)| value.parse().map_err(|_| Refusal::invalid(name)))
            .transpose()
    }
}

pub async fn answer(
    Shed(shared): Shed<Arc<Shared>>,
    method: Method,
    Path(path): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    bytes: Bytes,
) -> Response {
    let content_type = headers.get("content-type");
    let content_type = content_type.and_then(|value| value.to_str().ok());
    let body = form::read(content_type.unwrap_or_default(), &bytes);
    let (route, major) = name(&method, &path);
    let greeted = match body {
        Some(_) => greeted(&route, &headers, shared.look(|state| state.revoked)),
        None => Err(Refusal::new(400, 50_109)),
    };
    let (json, files) = body.map_or((Value::Null, Vec::new()), |body| (body.json, body.files));
    let index = shared.change(|state| state.note_call(&route, &path, &json));
    let asked = Asked {
        method,
        path: path.split('/').map(str::to_owned).collect(),
        query: pairs(&query.unwrap_or_default()),
        body: json,
        files,
    };
    let response = served(&shared, &route, &major, greeted, asked).await;
    let status = response.status().as_u16();
    shared.change(|state| state.calls[index].status = status);
    response
}

impl State {
    /// Writes a call down before it is answered, and returns its place.
    fn note_call(&mut self, route: &str, path: &str, body: &Value) -> usize {
        self.calls.push(Call {
            route: route.to_owned(),
            path: path.to_owned(),
            body: body.clone(),
            at: Instant::now(),
            status: 0,
        });
        self.calls.len() - 1
    }
}

async fn served(
    shared: &Shared,
    route: &str,
    major: &str,
    greeted: Result<(), Refusal>,
    asked: Asked,
) -> Response {
    if let Err(refusal) = greeted {
        return refused(&refusal, None);
    }
    let fault = shared.change(|state| state.fault(route));
    let surprise =
        |wait, global| shared.change(|state| state.limits.surprise(route, major, wait, global));
    match fault {
        None => {}
        Some(Fault::TooMany(wait)) => return too_many(&surprise(wait, false)),
        Some(Fault::TooManyGlobal(wait)) => return too_many(&surprise(wait, true)),
        Some(Fault::ServerError(status)) => return refused(&Refusal::new(status, 0), None),
        Some(Fault::Refuse(status, code)) => return refused(&Refusal::new(status, code), None),
        Some(Fault::Reset) => return broken(),
        Some(Fault::Hang) => return std::future::pending().await,
        Some(Fault::ResetAfterAccept) => {
            worked(shared, route, major, &asked);
            return broken();
        }
        Some(Fault::HangAfterAccept) => {
            worked(shared, route, major, &asked);
            return std::future::pending().await;
        }
    }
    worked(shared, route, major, &asked)
}

/// The token, and the `User-Agent` without which Discord answers nobody. The answer to a press needs neither:
/// its address holds a token of its own.
fn greeted(route: &str, headers: &HeaderMap, revoked: bool) -> Result<(), Refusal> {
    if route == "POST interactions/callback" {
        return Ok(());
    }
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let agent = header("user-agent").unwrap_or_default();
    if !agent.starts_with("DiscordBot (") {
        return Err(Refusal::new(403, 40_333));
    }
    match !revoked && header("authorization") == Some(&format!("Bot {TOKEN}")) {
        true => Ok(()),
        false => Err(Refusal::new(401, 0)),
    }
}

fn worked(shared: &Shared, route: &str, major: &str, asked: &Asked) -> Response {
    shared.change(|state| {
        let free = route == "POST interactions/callback";
        let told = state.limits.count(route, major, Instant::now());
        if told.retry_after.is_some() && !free {
            return too_many(&told);
        }
        match work(state, route, asked) {
            Ok((status, body)) => {
                let status = StatusCode::from_u16(status).expect("the status is a known one");
                let mut response = match body {
                    Value::Null => status.into_response(),
                    body => (status, axum::Json(body)).into_response(),
                };
                tell(&mut response, &told);
                response
            }
            Err(refusal) => refused(&refusal, Some(&told)),
        }
    })
}

fn work(state: &mut State, route: &str, asked: &Asked) -> Answer {
    match route {
        "POST channels/messages" => messages::create(state, asked),
        "GET channels/messages" => messages::list(state, asked),
        "GET channels/messages/one" => messages::get(state, asked),
        "PATCH channels/messages" => messages::edit(state, asked),
        "DELETE channels/messages" => messages::delete(state, asked),
        "PUT channels/messages/reactions/@me" => messages::react(state, asked, true),
        "DELETE channels/messages/reactions/@me" => messages::react(state, asked, false),
        "GET channels/messages/reactions" => messages::who_reacted(state, asked),
        "POST channels/typing" => threads::typing(state, asked),
        "GET channels" => threads::get(state, asked),
        "PATCH channels" => threads::change(state, asked),
        "POST channels/messages/threads" => threads::from_message(state, asked),
        "POST channels/threads" => threads::post(state, asked),
        "PUT channels/thread-members" => threads::add_member(state, asked),
        "GET guilds/threads/active" => threads::active(state),
        _ => guild::work(state, route, asked),
    }
}

/// A route's name without ids, and the id that its limit counts by. Two routes differ only in what stands
/// at the end, so a single message is called `one` where that matters.
fn name(method: &Method, path: &str) -> (String, String) {
    let parts: Vec<&str> = path.split('/').collect();
    let is_id = |part: &str| part.parse::<u64>().is_ok();
    let emoji = |at: usize| at > 0 && parts[at - 1] == "reactions";
    let token = |at: usize| at == 2 && parts[0] == "interactions";
    let mut words: Vec<&str> = parts
        .iter()
        .enumerate()
        .filter(|(at, part)| !is_id(part) && !emoji(*at) && !token(*at))
        .map(|(_, part)| *part)
        .collect();
    if *method == Method::GET && words == ["channels", "messages"] && parts.len() == 4 {
        words.push("one");
    }
    let major = parts.get(1).filter(|part| is_id(part));
    (
        format!("{method} {}", words.join("/")),
        major.copied().unwrap_or_default().to_owned(),
    )
}

fn pairs(query: &str) -> Vec<(String, String)> {
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .collect()
}

fn refused(refusal: &Refusal, told: Option<&limits::Told>) -> Response {
    let status = StatusCode::from_u16(refusal.status).expect("the status is a known one");
    let message = format!("refused with {} {}", refusal.code, refusal.detail);
    let body = json!({"code": refusal.code, "message": message.trim()});
    let mut response = (status, axum::Json(body)).into_response();
    if let Some(told) = told {
        tell(&mut response, told);
    }
    response
}

fn too_many(told: &limits::Told) -> Response {
    let wait = told.retry_after.unwrap_or_default();
    let global = told.scope == "global";
    let body = json!({
        "message": "You are being rate limited.", "retry_after": wait, "global": global,
    });
    let mut response = (StatusCode::TOO_MANY_REQUESTS, axum::Json(body)).into_response();
    // The header is in whole seconds, the body is exact.
    set(&mut response, "retry-after", &wait.ceil().to_string());
    set(&mut response, "x-ratelimit-scope", told.scope);
    match global {
        true => set(&mut response, "x-ratelimit-global", "true"),
        false => tell(&mut response, told),
    }
    response
}

fn tell(response: &mut Response, told: &limits::Told) {
    set(response, "x-ratelimit-limit", &told.limit.to_string());
    set(response, "x-ratelimit-remaining", &told.left.to_string());
    set(
        response,
        "x-ratelimit-reset-after",
        &format!("{:.3}", told.reset_after),
    );
    set(response, "x-ratelimit-bucket", &told.bucket);
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let at = now.map_or(0.0, |now| now.as_secs_f64()) + told.reset_after;
    set(response, "x-ratelimit-reset", &format!("{at:.3}"));
}

fn set(response: &mut Response, name: &'static str, value: &str) {
    let value = HeaderValue::from_str(value).expect("the value is plain");
    response.headers_mut().insert(name, value);
}

/// An answer that breaks off, and the connection with it.
fn broken() -> Response {
    let reset = io::Error::from(io::ErrorKind::ConnectionReset);
    let body = Body::from_stream(futures_util::stream::once(async { Err::<Bytes, _>(reset) }));
    Response::new(body)
}

/// A file of the content network; the signature in the query is part of the address.
pub async fn file(Shed(shared): Shed<Arc<Shared>>, uri: axum::http::Uri) -> Response {
    let came = shared.until(Duration::from_secs(600), |state| {
        (!state.stuck).then_some(())
    });
    came.await;
    let address = uri.path_and_query().map_or("", |path| path.as_str());
    match shared.look(|state| state.files.get(address).cloned()) {
        Some(bytes) => bytes.into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
