//! Files of the Slack for tests: an address to upload to, sharing into a thread, and private addresses that want the
//! bot's token (<https://docs.slack.dev/messaging/working-with-files>).

use std::{sync::Arc, time::Duration};

use axum::{
    body::Bytes,
    extract::{Path, State as Shares},
    http::{HeaderMap, StatusCode},
    response::{Html, IntoResponse, Response},
};
use serde_json::{Value, json};

use super::{
    BOT_TOKEN, Shared,
    chat::{text, writable},
    methods::{Outcome, broken, failed},
    state::{Stash, State, signed_by_bot},
};

/// Nothing for methods that are no business of files.
pub(super) fn run(state: &mut State, method: &str, params: &Value) -> Option<Outcome> {
    Some(match method {
        "files.getUploadURLExternal" => ticket(state, params),
        "files.completeUploadExternal" => complete(state, params),
        "files.info" => info(state, params),
        "files.delete" => delete(state, params),
        _ => return None,
    })
}

fn ticket(state: &mut State, params: &Value) -> Outcome {
    let length = params["length"].as_u64().unwrap_or_default();
    if length == 0 {
        return Err(failed("invalid_arguments"));
    }
    if text(params, "filename").ends_with(".exe") {
        return Err(failed("file_type_not_allowed"));
    }
    let id = format!("F{:08}", state.number());
    state.files.push(Stash {
        id: id.clone(),
        name: text(params, "filename").to_owned(),
        mime: String::new(),
        length,
        bytes: None,
        shared: false,
    });
    let url = format!("http://{}/upload/{id}", state.address);
    Ok(json!({"upload_url": url, "file_id": id}))
}

fn complete(state: &mut State, params: &Value) -> Outcome {
    let channel = text(params, "channel_id").to_owned();
    if !channel.is_empty() {
        writable(state, &channel)?;
    }
    let thread = params["thread_ts"].as_str();
    if thread.is_some_and(|thread| state.message(&channel, thread).is_none()) {
        return Err(failed("thread_not_found"));
    }
    let mut shared = Vec::new();
    for wanted in params["files"].as_array().into_iter().flatten() {
        let id = wanted["id"].as_str().unwrap_or_default();
        let file = state
            .files
            .iter_mut()
            .find(|file| file.id == id && file.bytes.is_some());
        let file = file.ok_or_else(|| failed("file_not_found"))?;
        file.shared = true;
        shared.push(id.to_owned());
    }
    if shared.is_empty() {
        return Err(failed("invalid_arguments"));
    }
    let files: Vec<Value> = shared.iter().filter_map(|id| object(state, id)).collect();
    if !channel.is_empty() {
        let message = signed_by_bot(json!({
            "subtype": "file_share", "text": text(params, "initial_comment"), "files": files, "upload": true,
        }));
        state.add(&channel, thread, message);
    }
    let named: Vec<Value> = shared.iter().map(|id| json!({"id": id})).collect();
    Ok(json!({"files": named}))
}

fn info(state: &State, params: &Value) -> Outcome {
    let file = object(state, text(params, "file"));
    file.map(|file| json!({"file": file}))
        .ok_or_else(|| failed("file_not_found"))
}

fn delete(state: &mut State, params: &Value) -> Outcome {
    let id = text(params, "file").to_owned();
    let before = state.files.len();
    state.files.retain(|file| file.id != id);
    if state.files.len() == before {
        return Err(failed("file_not_found"));
    }
    state.messages.retain(|message| {
        let mut files = message.value["files"].as_array().into_iter().flatten();
        !files.any(|file| file["id"] == id.as_str())
    });
    Ok(json!({}))
}

/// A file as Slack shows it (<https://docs.slack.dev/reference/objects/file-object>).
pub(super) fn object(state: &State, id: &str) -> Option<Value> {
    let file = state.files.iter().find(|file| file.id == id)?;
    let url = format!("http://{}/files-pri/T0ACME-{id}/{id}", state.address);
    Some(json!({
        "id": id, "name": file.name, "title": file.name, "mimetype": file.mime, "size": file.length,
        "mode": "hosted", "is_external": false, "url_private": url,
        "url_private_download": format!("{url}?download=1"), "permalink": "https://acme-test.slack.com/files/x",
    }))
}

/// The bytes of an announced file. The address is its own permission: a token here is a token in the wrong place.
pub(super) async fn upload(
    Shares(shared): Shares<Arc<Shared>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    shared.change(|state| {
        if headers.contains_key("authorization") {
            state
                .violations
                .push("a token was sent to an upload address".to_owned());
        }
        let file = state.files.iter_mut().find(|file| file.id == id);
        match file {
            Some(file) if file.length == body.len() as u64 => {
                file.bytes = Some(body.to_vec());
                (StatusCode::OK, format!("OK - {}", body.len())).into_response()
            }
            Some(_) => StatusCode::BAD_REQUEST.into_response(),
            None => StatusCode::NOT_FOUND.into_response(),
        }
    })
}

/// The bytes for who has the token and the scope; for anybody else the page for logging in, as the real one does.
pub(super) async fn download(
    Shares(shared): Shares<Arc<Shared>>,
    Path((_, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    if shared.look(|state| state.away) {
        return broken();
    }
    let came = shared.until(Duration::from_secs(600), |state| {
        (!state.stuck).then_some(())
    });
    came.await;
    let token = headers
        .get("authorization")
        .and_then(|value| value.to_str().ok());
    let known = token == Some(&format!("Bearer {BOT_TOKEN}"));
    shared.change(|state| {
        let file = state.files.iter().find(|file| file.id == id);
        match file.and_then(|file| file.bytes.clone()) {
            _ if !known || !state.scopes.contains("files:read") => {
                Html("<!DOCTYPE html><title>Sign in</title>").into_response()
            }
            Some(bytes) => bytes.into_response(),
            None => StatusCode::NOT_FOUND.into_response(),
        }
    })
}

/// Pictures are public; who sends a token along has sent it to the wrong place.
pub(super) async fn picture(
    Shares(shared): Shares<Arc<Shared>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    shared.change(|state| {
        if headers.contains_key("authorization") {
            state
                .violations
                .push("a token went to the pictures".to_owned());
        }
        match state.pictures.get(&id) {
            Some(bytes) => bytes.clone().into_response(),
            None => StatusCode::NOT_FOUND.into_response(),
        }
    })
}
