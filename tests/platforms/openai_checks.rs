//! What the OpenAI for tests refuses, in the form of the real one's errors.
//! <https://platform.openai.com/docs/guides/error-codes>

use axum::{
    Json,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::{KEY, MODEL};

/// Everything that hinny sends. The real server takes more; a new one has to be put here.
const KNOWN: [&str; 6] = [
    "model",
    "messages",
    "max_completion_tokens",
    "temperature",
    "stream",
    "stream_options",
];

/// Why a call is refused, if it is.
pub fn wrong(headers: &HeaderMap, call: &Value) -> Option<(StatusCode, String)> {
    if let Some(wrong) = wrong_form(headers, call, &KNOWN) {
        return Some(wrong);
    }
    if call["model"] != MODEL {
        return Some((StatusCode::NOT_FOUND, "The model does not exist".into()));
    }
    if call["stream"] != true || call["stream_options"]["include_usage"] != true {
        return bad("only streams that tell their usage are expected here");
    }
    if !call["max_completion_tokens"]
        .as_u64()
        .is_some_and(|most| (1..=4_096).contains(&most))
    {
        return bad("max_completion_tokens is not a sensible number");
    }
    messages(&call["messages"])
}

/// What is wrong whatever is asked for; `known` are the fields that hinny sends.
pub fn wrong_form(
    headers: &HeaderMap,
    call: &Value,
    known: &[&str],
) -> Option<(StatusCode, String)> {
    let bearer = headers
        .get("authorization")
        .and_then(|key| key.to_str().ok());
    if bearer != Some(&format!("Bearer {KEY}")) {
        return Some((
            StatusCode::UNAUTHORIZED,
            "Incorrect API key provided".into(),
        ));
    }
    let json = headers
        .get("content-type")
        .and_then(|kind| kind.to_str().ok());
    if !json.is_some_and(|kind| kind.starts_with("application/json")) {
        return bad("the content type is not application/json");
    }
    let Some(fields) = call.as_object() else {
        return bad("We could not parse the JSON body of your request");
    };
    let unknown = fields.keys().find(|key| !known.contains(&key.as_str()))?;
    bad(&format!(
        "Unrecognized request argument supplied: {unknown}"
    ))
}

fn messages(messages: &Value) -> Option<(StatusCode, String)> {
    let Some([system, user]) = messages.as_array().map(Vec::as_slice) else {
        return bad("two messages are expected here");
    };
    if system["role"] != "system" || user["role"] != "user" {
        return bad("the rules come first, the data second");
    }
    let data = user["content"].as_str().map(serde_json::from_str::<Value>);
    let Some(Ok(data)) = data else {
        return bad("the data is one JSON value");
    };
    let passages = data["passages"].as_array().cloned().unwrap_or_default();
    let numbered = (1..)
        .zip(&passages)
        .all(|(number, passage)| passage["number"] == number);
    if passages.is_empty() || !numbered || !data["question"].is_string() {
        return bad("numbered passages and a question are expected");
    }
    None
}

pub fn bad(why: &str) -> Option<(StatusCode, String)> {
    Some((StatusCode::BAD_REQUEST, why.to_owned()))
}

/// An error as the real server words it.
pub fn refusal(status: StatusCode, why: &str, kind: &str) -> Response {
    let error = json!({"error": {"message": why, "type": kind, "param": null, "code": null}});
    (status, Json(error)).into_response()
}
