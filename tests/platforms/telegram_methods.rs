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
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::{
    Shared, TOKEN,
    checks::check_text,
    state::{Call, Fault, Posted, State, Topic, bot},
};

const CONFLICT: &str = "Conflict: terminated by other getUpdates request; \
    make sure that only one bot instance is running";

/// What a method ends with: the result, or a status, a description and perhaps seconds to wait.
type Outcome = Result<Value, Failed>;

struct Failed {
    status: u16,
    description: String,
    retry_after: Option<u64>,
}

fn failed(status: u16, description: impl Into<String>) -> Failed {
    Failed {
        status,
        description: description.into(),
        retry_after: None,
    }
}

fn too_many(seconds: u64) -> Failed {
    Failed {
        status: 429,
        description: format!("Too Many Requests: retry after {seconds}"),
        retry_after: Some(seconds),
    }
}

pub(super) async fn answer(
    Shares(shared): Shares<Arc<Shared>>,
    Path((bot, method)): Path<(String, String)>,
    body: Bytes,
) -> Response {
    if shared.look(|state| state.away) {
        return broken();
    }
    let method = method.to_lowercase();
    let params = match body.is_empty() {
        true => Ok(json!({})),
        false => serde_json::from_slice::<Value>(&body),
    };
    if bot != format!("bot{TOKEN}") {
        return respond(Err(failed(401, "Unauthorized")));
    }
    let Ok(params) = params else {
        return respond(Err(failed(400, "Bad Request: object expected")));
    };
    let (index, fault) = shared.change(|state| begin(state, &method, &params));
    let answer = faulty(&shared, &method, params, fault).await;
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
    params: Value,
    fault: Option<Fault>,
) -> Option<Response> {
    let chat = params["chat_id"].as_i64().unwrap_or_default();
    let outcome = match fault {
        None => run(shared, method, params).await,
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
            drop(run(shared, method, params).await);
            return None;
        }
        Some(Fault::HangAfterAccept) => {
            drop(run(shared, method, params).await);
            std::future::pending().await
        }
    };
    Some(respond(outcome))
}

/// An answer that breaks off, and the connection with it.
fn broken() -> Response {
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
            let status = StatusCode::from_u16(failed.status).expect("a status of HTTP's");
            (status, Json(body)).into_response()
        }
    }
}

async fn run(shared: &Shared, method: &str, params: Value) -> Outcome {
    match method {
        "getupdates" => get_updates(shared, read(params)?).await,
        "getme" => read::<Nothing>(params).map(|_| me()),
        "getchat" => shared.change(|state| get_chat(state, read(params)?)),
        "createforumtopic" => shared.change(|state| create_topic(state, read(params)?)),
        "closeforumtopic" => shared.change(|state| set_open(state, read(params)?, false)),
        "reopenforumtopic" => shared.change(|state| set_open(state, read(params)?, true)),
        "sendmessage" => shared.change(|state| send_message(state, read(params)?)),
        _ => Err(failed(404, "Not Found")),
    }
}

fn read<T: DeserializeOwned>(params: Value) -> Result<T, Failed> {
    serde_json::from_value(params).map_err(|error| failed(400, format!("Bad Request: {error}")))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

fn me() -> Value {
    let mut me = bot();
    for (field, value) in [
        ("can_join_groups", true),
        ("can_read_all_group_messages", true),
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
    let mut changes = shared.changes.subscribe();
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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GetChat {
    chat_id: i64,
}

fn get_chat(state: &mut State, params: GetChat) -> Outcome {
    let is_forum = group(state, params.chat_id)?;
    Ok(json!({
        "id": params.chat_id, "title": "Support", "type": "supergroup", "is_forum": is_forum,
        "accent_color_id": 1, "max_reaction_count": 11,
        "accepted_gift_types": {
            "unlimited_gifts": false, "limited_gifts": false,
            "unique_gifts": false, "premium_subscription": false,
        },
    }))
}

/// Whether the group has topics.
fn group(state: &State, chat: i64) -> Result<bool, Failed> {
    let group = state.groups.iter().find(|group| group.0 == chat);
    group
        .map(|group| group.1)
        .ok_or_else(|| failed(400, "Bad Request: chat not found"))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CreateForumTopic {
    chat_id: i64,
    name: String,
}

fn create_topic(state: &mut State, params: CreateForumTopic) -> Outcome {
    if !group(state, params.chat_id)? {
        return Err(failed(400, "Bad Request: the chat is not a forum"));
    }
    if params.name.trim().is_empty() || params.name.chars().count() > 128 {
        return Err(failed(400, "Bad Request: TOPIC_TITLE_INVALID"));
    }
    state.spend(params.chat_id).map_err(too_many)?;
    let id = state.message_id();
    state.topics.push(Topic {
        id,
        chat: params.chat_id,
        name: params.name.clone(),
        open: true,
    });
    Ok(json!({"message_thread_id": id, "name": params.name, "icon_color": 7_322_096}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetForumTopic {
    chat_id: i64,
    message_thread_id: i32,
}

fn set_open(state: &mut State, params: SetForumTopic, open: bool) -> Outcome {
    group(state, params.chat_id)?;
    let topic = state.topic(params.message_thread_id);
    if topic.is_none_or(|topic| topic.chat != params.chat_id) {
        return Err(failed(400, "Bad Request: TOPIC_ID_INVALID"));
    }
    state.spend(params.chat_id).map_err(too_many)?;
    match state.set_open(params.message_thread_id, open) {
        true => Ok(true.into()),
        false => Err(failed(400, "Bad Request: TOPIC_NOT_MODIFIED")),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SendMessage {
    chat_id: i64,
    message_thread_id: Option<i32>,
    text: String,
    #[serde(default)]
    entities: Vec<Value>,
    link_preview_options: LinkPreviewOptions,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LinkPreviewOptions {
    is_disabled: bool,
}

fn send_message(state: &mut State, params: SendMessage) -> Outcome {
    group(state, params.chat_id)?;
    if !params.link_preview_options.is_disabled {
        return Err(failed(
            400,
            "Bad Request: previews fetch what visitors name",
        ));
    }
    if let Some(id) = params.message_thread_id {
        let topic = state.topic(id).filter(|topic| topic.chat == params.chat_id);
        let topic = topic.ok_or_else(|| failed(400, "Bad Request: message thread not found"))?;
        if !topic.open {
            return Err(failed(400, "Bad Request: TOPIC_CLOSED"));
        }
    }
    let pings = check_text(&params.text, &params.entities);
    let pings = pings.map_err(|description| failed(400, description))?;
    state.spend(params.chat_id).map_err(too_many)?;
    let mut message = state.message(params.chat_id, params.message_thread_id, bot());
    message["text"] = params.text.clone().into();
    message["entities"] = params.entities.clone().into();
    let id = message["message_id"]
        .as_i64()
        .and_then(|id| i32::try_from(id).ok());
    state.posts.push(Posted {
        id: id.expect("the server counts its messages itself"),
        topic: params.message_thread_id,
        text: params.text,
        entities: params.entities,
        at: Instant::now(),
        pings,
    });
    Ok(message)
}
