//! The methods of the Telegram for tests. Unknown fields and wrong types are errors here, because they
//! are mistakes of hinny's; the real one would overlook them.

use std::{
    io,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    Json,
    body::{Body, Bytes},
    extract::{Path, State as Shares},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::{
    Shared, TOKEN,
    body::{self, Upload},
    faults::Fault,
    files, groups, messages, signs,
    state::{Call, State, bot},
    topics,
};

const CONFLICT: &str = "Conflict: terminated by other getUpdates request; \
    make sure that only one bot instance is running";

const WEBHOOK: &str = "Conflict: can't use getUpdates method while webhook is active; \
    use deleteWebhook to delete the webhook first";

/// What a method ends with: the result, or a status, a description and perhaps seconds to wait.
pub type Outcome = Result<Value, Failed>;

pub struct Failed {
    pub status: u16,
    pub description: String,
    pub retry_after: Option<u64>,
    /// The group that this one has become.
    pub moved_to: Option<i64>,
}

pub fn failed(status: u16, description: impl Into<String>) -> Failed {
    Failed {
        status,
        description: description.into(),
        retry_after: None,
        moved_to: None,
    }
}

pub fn too_many(seconds: u64) -> Failed {
    Failed {
        retry_after: Some(seconds),
        ..failed(429, format!("Too Many Requests: retry after {seconds}"))
    }
}

/// Files that came with a call, by the name of their part.
pub type Files = std::collections::HashMap<String, Upload>;

pub(super) async fn answer(
    Shares(shared): Shares<Arc<Shared>>,
    Path((bot, method)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if shared.look(|state| state.away) {
        return broken();
    }
    let method = method.to_lowercase();
    if bot != format!("bot{TOKEN}") || shared.look(|state| state.revoked) {
        return respond(Err(failed(401, "Unauthorized")));
    }
    let Some(call) = body::read(&headers, &body) else {
        return respond(Err(failed(400, "Bad Request: object expected")));
    };
    let (index, fault) = shared.change(|state| begin(state, &method, &call.params));
    let answer = faulty(&shared, &method, call, fault).await;
    let status = answer.as_ref().map_or(0, |answer| answer.status().as_u16());
    shared.change(|state| state.calls[index].status = status);
    answer.unwrap_or_else(broken)
}

/// Notes the call, and what is planned for it.
fn begin(state: &mut State, method: &str, params: &Value) -> (usize, Option<Fault>) {
    state.calls.push(Call {
        method: method.to_owned(),
        params: params.clone(),
        at: Instant::now(),
        status: 0,
    });
    (state.calls.len() - 1, state.take_fault(method))
}

/// The answer; none when the connection is to break.
async fn faulty(
    shared: &Shared,
    method: &str,
    call: body::Call,
    fault: Option<Fault>,
) -> Option<Response> {
    let chat = call.params["chat_id"].as_i64().unwrap_or_default();
    let outcome = match fault {
        None => run(shared, method, call).await,
        Some(Fault::TooMany(seconds)) => {
            let wait = Duration::from_secs(seconds);
            Err(too_many(
                shared.change(|state| state.refuse_for(chat, wait)),
            ))
        }
        Some(Fault::ServerError) => Err(failed(500, "Internal Server Error")),
        Some(Fault::Refuse(status, description)) => Err(failed(status, description)),
        Some(Fault::Reset) => return None,
        Some(Fault::Hang) => std::future::pending().await,
        Some(Fault::ResetAfterAccept) => {
            drop(run(shared, method, call).await);
            return None;
        }
        Some(Fault::HangAfterAccept) => {
            drop(run(shared, method, call).await);
            std::future::pending().await
        }
    };
    Some(respond(outcome))
}

/// An answer that breaks off, and the connection with it.
pub fn broken() -> Response {
    let reset = io::Error::from(io::ErrorKind::ConnectionReset);
    let body = Body::from_stream(futures_util::stream::once(async { Err::<Bytes, _>(reset) }));
    Response::new(body)
}

fn respond(outcome: Outcome) -> Response {
    match outcome {
        Ok(result) => Json(json!({"ok": true, "result": result})).into_response(),
        Err(failed) => {
            let mut body = json!({
                "ok": false,
                "error_code": failed.status,
                "description": failed.description,
            });
            if let Some(seconds) = failed.retry_after {
                body["parameters"] = json!({ "retry_after": seconds });
            }
            if let Some(chat) = failed.moved_to {
                body["parameters"] = json!({ "migrate_to_chat_id": chat });
            }
            let status = StatusCode::from_u16(failed.status).expect("a status of HTTP's");
            (status, Json(body)).into_response()
        }
    }
}

async fn run(shared: &Shared, method: &str, call: body::Call) -> Outcome {
    let (params, files) = (call.params, call.files);
    if method == "getupdates" {
        return get_updates(shared, read(params)?).await;
    }
    shared.change(|state| match method {
        "createforumtopic" => topics::create(state, read(params)?),
        "closeforumtopic" => topics::set_open(state, read(params)?, false),
        "reopenforumtopic" => topics::set_open(state, read(params)?, true),
        "editforumtopic" => topics::rename(state, read(params)?),
        "deleteforumtopic" => topics::delete(state, read(params)?),
        "sendmessage" => messages::send(state, read(params)?),
        "sendphoto" | "senddocument" => files::send(state, &method["send".len()..], params, files),
        "editmessagetext" => messages::edit_text(state, read(params)?),
        "editmessagecaption" => messages::edit_caption(state, read(params)?),
        "editmessagereplymarkup" => messages::edit_buttons(state, read(params)?),
        "deletemessage" => messages::delete(state, read(params)?),
        "setmessagereaction" => signs::react(state, read(params)?),
        "answercallbackquery" => signs::answer_query(state, read(params)?),
        "sendchataction" => signs::chat_action(state, read(params)?),
        "getfile" => files::get(state, read(params)?),
        "getuserprofilephotos" => files::profile_photos(state, read(params)?),
        _ => ask(state, method, params),
    })
}

/// The methods that only tell something.
fn ask(state: &mut State, method: &str, params: Value) -> Outcome {
    match method {
        "getme" => read::<Nothing>(params).map(|_| me(state)),
        "getwebhookinfo" => read::<Nothing>(params).map(|_| webhook(state)),
        "getchat" => groups::get_chat(state, read(params)?),
        "getchatmember" => groups::get_member(state, read(params)?),
        "getchatadministrators" => groups::get_admins(state, read(params)?),
        _ => Err(failed(404, "Not Found")),
    }
}

pub fn read<T: DeserializeOwned>(params: Value) -> Result<T, Failed> {
    serde_json::from_value(params).map_err(|error| failed(400, format!("Bad Request: {error}")))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

fn webhook(state: &State) -> Value {
    json!({
        "url": state.webhook, "has_custom_certificate": false,
        "pending_update_count": state.pending.len(),
    })
}

fn me(state: &State) -> Value {
    let mut me = bot();
    for (field, value) in [
        ("can_join_groups", true),
        ("can_read_all_group_messages", !state.privacy),
        ("supports_inline_queries", false),
        ("can_connect_to_business", false),
        ("has_main_web_app", false),
    ] {
        me[field] = value.into();
    }
    me
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GetUpdates {
    #[serde(default)]
    offset: i64,
    limit: Option<usize>,
    #[serde(default)]
    timeout: u64,
    allowed_updates: Option<Vec<String>>,
}

/// Long polling: answers as soon as there is something, and confirms what lies before the offset.
async fn get_updates(shared: &Shared, params: GetUpdates) -> Outcome {
    let mut changes = shared.subscribe();
    let own = shared.change(|state| {
        state.confirm(params.offset);
        if let Some(allowed) = &params.allowed_updates {
            state.allowed_updates = allowed.clone();
        }
        state.poll += 1;
        state.poll
    });
    let limit = params.limit.unwrap_or(100).clamp(1, 100);
    let until = tokio::time::Instant::now() + Duration::from_secs(params.timeout.min(50));
    loop {
        changes.mark_unchanged();
        if shared.look(|state| state.poll != own || state.away) {
            return Err(failed(409, CONFLICT));
        }
        if shared.look(|state| !state.webhook.is_empty()) {
            return Err(failed(409, WEBHOOK));
        }
        let found = found_updates(shared, limit);
        if !found.is_empty()
            || tokio::time::timeout_at(until, changes.changed())
                .await
                .is_err()
        {
            return Ok(found.into());
        }
    }
}

fn found_updates(shared: &Shared, limit: usize) -> Vec<Value> {
    let mut state = shared.lock();
    let mut found = std::mem::take(&mut state.repeated);
    found.extend(state.pending.iter().take(limit).cloned());
    found
}
