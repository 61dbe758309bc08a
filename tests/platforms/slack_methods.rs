//! The front door of the Slack for tests: tokens, scopes, arguments, limits and planned faults; what a method does
//! stands in `slack_chat` and `slack_files`. Unknown methods, unknown arguments and wrong types are errors here,
//! because they are mistakes of a client's; the real one would overlook some.

use std::{io, sync::Arc, time::Duration, time::Instant};

use axum::{
    Json,
    body::{Body, Bytes},
    extract::{Path, State as Shares},
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri},
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value, json};

use super::{
    APP_TOKEN, BOT_TOKEN, Shared, chat, files,
    specs::{Kind, METHODS, Spec},
    state::{Call, Fault, State},
};

/// What a method ends with: the answer without `ok`, or Slack's word for what is wrong.
pub(super) type Outcome = Result<Value, Failed>;

pub(super) struct Failed {
    pub(super) word: &'static str,
    pub(super) more: Value,
    retry_after: Option<u64>,
}

pub(super) fn failed(word: &'static str) -> Failed {
    failed_with(word, json!({}))
}

pub(super) fn failed_with(word: &'static str, more: Value) -> Failed {
    Failed {
        word,
        more,
        retry_after: None,
    }
}

fn too_many(seconds: u64) -> Failed {
    Failed {
        retry_after: Some(seconds),
        ..failed("ratelimited")
    }
}

pub(super) async fn answer(
    Shares(shared): Shares<Arc<Shared>>,
    Path(name): Path<String>,
    verb: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if shared.look(|state| state.away) {
        return broken();
    }
    let request = Request {
        spec: METHODS.iter().find(|spec| spec.method == name),
        token: bearer(&headers),
        params: params(&verb, &uri, &headers, &body),
    };
    let (index, fault) = shared.change(|state| begin(state, &name, &request.params));
    let outcome = faulty(&shared, &request, fault).await;
    let error = outcome.as_ref().and_then(|outcome| outcome.as_ref().err());
    let error = error.map(|failed| failed.word.to_owned());
    let (date, granted) = shared.look(|state| (state.date.clone(), granted(state)));
    let response = outcome.map(|outcome| respond(outcome, date.as_deref(), &granted));
    let status = response
        .as_ref()
        .map_or(0, |response| response.status().as_u16());
    shared.change(|state| {
        state.calls[index].status = status;
        state.calls[index].error = error;
    });
    response.unwrap_or_else(broken)
}

struct Request {
    spec: Option<&'static Spec>,
    token: Option<String>,
    params: Result<Map<String, Value>, &'static str>,
}

fn begin(
    state: &mut State,
    method: &str,
    params: &Result<Map<String, Value>, &'static str>,
) -> (usize, Option<Fault>) {
    state.calls.push(Call {
        method: method.to_owned(),
        params: params.clone().unwrap_or_default().into(),
        at: Instant::now(),
        status: 0,
        error: None,
    });
    (state.calls.len() - 1, state.take_fault(method))
}

/// The outcome; none when the connection is to break.
async fn faulty(shared: &Shared, request: &Request, fault: Option<Fault>) -> Option<Outcome> {
    let run = || shared.change(|state| run(state, request));
    Some(match fault {
        None => run(),
        Some(Fault::TooMany(seconds)) => {
            shared.change(|state| state.refuse_for(&key(request), seconds));
            Err(too_many(seconds))
        }
        Some(Fault::ServerError) => Err(failed("")),
        Some(Fault::Refuse(word)) => Err(failed(word)),
        Some(Fault::Reset) => return None,
        Some(Fault::Hang) => std::future::pending().await,
        Some(Fault::ResetAfterAccept) => {
            drop(run());
            return None;
        }
        Some(Fault::HangAfterAccept) => {
            drop(run());
            std::future::pending().await
        }
    })
}

/// What shares a limit: a method, or the messages into one channel.
fn key(request: &Request) -> String {
    let method = request.spec.map_or("", |spec| spec.method);
    match (method, &request.params) {
        ("chat.postMessage", Ok(params)) => format!("posts {}", params["channel"]),
        _ => method.to_owned(),
    }
}

fn run(state: &mut State, request: &Request) -> Outcome {
    let Some(spec) = request.spec else {
        return Err(failed("unknown_method"));
    };
    let method = spec.method;
    let app = method == "apps.connections.open";
    match request.token.as_deref() {
        Some(BOT_TOKEN) if state.revoked => return Err(failed("token_revoked")),
        Some(BOT_TOKEN) if !app => {}
        Some(APP_TOKEN) if app => {}
        Some(BOT_TOKEN | APP_TOKEN) => return Err(failed("not_allowed_token_type")),
        Some(_) => return Err(failed("invalid_auth")),
        None => return Err(failed("not_authed")),
    }
    let params = request.params.as_ref().map_err(|word| failed(word))?;
    let typed = typed(params, spec)?;
    check_scope(state, spec.scope, &typed)?;
    state
        .spend(method, spec.a_minute, Duration::from_secs(60))
        .map_err(too_many)?;
    if method == "chat.postMessage" {
        // About one a second; a second one may follow closely.
        state
            .spend(&key(request), 3, Duration::from_secs(2))
            .map_err(too_many)?;
    }
    match files::run(state, method, &typed) {
        Some(outcome) => outcome,
        None => chat::run(state, method, &typed),
    }
}

fn check_scope(state: &State, scope: &str, params: &Value) -> Result<(), Failed> {
    let channel = params["channel"].as_str().and_then(|id| state.channel(id));
    let room = match channel {
        Some(channel) if !channel.is_private => "channels",
        _ => "groups",
    };
    let scope = scope.replace('*', room);
    match scope.is_empty() || state.scopes.contains(scope.as_str()) {
        true => Ok(()),
        false => {
            let more = json!({"needed": scope, "provided": granted(state)});
            Err(failed_with("missing_scope", more))
        }
    }
}

fn granted(state: &State) -> String {
    let mut scopes: Vec<&str> = state.scopes.iter().copied().collect();
    scopes.sort_unstable();
    scopes.join(",")
}

fn bearer(headers: &HeaderMap) -> Option<String> {
    let value = headers.get("authorization")?.to_str().ok()?;
    value.strip_prefix("Bearer ").map(str::to_owned)
}

const FROM_JSON: &str = "\u{0}json";

/// Arguments from the query, a form, or JSON; the last is marked, because not every method takes it.
fn params(
    verb: &Method,
    uri: &Uri,
    headers: &HeaderMap,
    body: &Bytes,
) -> Result<Map<String, Value>, &'static str> {
    let kind = headers
        .get("content-type")
        .and_then(|kind| kind.to_str().ok())
        .unwrap_or_default();
    let mut found = Map::new();
    let form = |bytes: &[u8], found: &mut Map<String, Value>| {
        for (name, value) in url::form_urlencoded::parse(bytes) {
            found.insert(name.into_owned(), value.into_owned().into());
        }
    };
    form(uri.query().unwrap_or_default().as_bytes(), &mut found);
    if found.contains_key("token") {
        return Err("token_in_address");
    }
    if *verb == Method::POST && kind.starts_with("application/json") && !body.is_empty() {
        let Ok(Value::Object(object)) = serde_json::from_slice(body) else {
            return Err("invalid_json");
        };
        found.extend(object);
        found.insert(FROM_JSON.to_owned(), true.into());
    } else if kind.starts_with("application/x-www-form-urlencoded") {
        form(body, &mut found);
    } else if !body.is_empty() {
        return Err("invalid_post_type");
    }
    Ok(found)
}

fn typed(params: &Map<String, Value>, spec: &Spec) -> Result<Value, Failed> {
    let wrong = |name: &str| failed_with("invalid_arguments", json!({"argument": name}));
    let from_json = params.contains_key(FROM_JSON);
    if from_json && !spec.json && params.len() > 1 {
        return Err(wrong("this method takes no JSON"));
    }
    let mut typed = Map::new();
    for (name, value) in params.iter().filter(|(name, _)| *name != FROM_JSON) {
        let kind = spec.kind(name).ok_or_else(|| wrong(name))?;
        let value = match from_json {
            true => as_json(value, kind),
            false => as_text(value, kind),
        };
        typed.insert(name.clone(), value.ok_or_else(|| wrong(name))?);
    }
    let mut needed = spec.needed();
    match needed.find(|name| !typed.contains_key(*name)) {
        Some(name) => Err(wrong(name)),
        None => Ok(typed.into()),
    }
}

fn as_json(value: &Value, kind: Kind) -> Option<Value> {
    let fits = match kind {
        Kind::Text => value.is_string(),
        Kind::Flag => value.is_boolean(),
        Kind::Number => value.is_u64(),
        // slack_sdk sends these as text inside of JSON too.
        Kind::Data => {
            return value
                .as_str()
                .map_or(Some(value.clone()), |text| serde_json::from_str(text).ok());
        }
    };
    fits.then(|| value.clone())
}

fn as_text(value: &Value, kind: Kind) -> Option<Value> {
    let text = value.as_str()?;
    match kind {
        Kind::Text => Some(value.clone()),
        Kind::Flag => match text {
            "true" | "1" => Some(true.into()),
            "false" | "0" => Some(false.into()),
            _ => None,
        },
        Kind::Number => text.parse::<u64>().ok().map(Value::from),
        Kind::Data => serde_json::from_str(text).ok(),
    }
}

/// An answer that breaks off, and the connection with it.
pub(super) fn broken() -> Response {
    let reset = io::Error::from(io::ErrorKind::ConnectionReset);
    let body = Body::from_stream(futures_util::stream::once(async { Err::<Bytes, _>(reset) }));
    Response::new(body)
}

fn respond(outcome: Outcome, date: Option<&str>, granted: &str) -> Response {
    let mut response = match outcome {
        Ok(mut answer) => {
            answer["ok"] = true.into();
            Json(answer).into_response()
        }
        Err(Failed { word: "", .. }) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Err(failed) => {
            let mut body = json!({"ok": false, "error": failed.word});
            for (key, value) in failed.more.as_object().into_iter().flatten() {
                body[key] = value.clone();
            }
            let mut response = Json(body).into_response();
            if let Some(seconds) = failed.retry_after {
                *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
                response.headers_mut().insert("retry-after", seconds.into());
            }
            response
        }
    };
    if let Ok(scopes) = HeaderValue::from_str(granted) {
        response.headers_mut().insert("x-oauth-scopes", scopes);
    }
    if let Some(date) = date.and_then(|date| HeaderValue::from_str(date).ok()) {
        response.headers_mut().insert("date", date);
    }
    response
}
