//! The vectors of the OpenAI for tests: texts that share words point the same way, and words of two languages that
//! mean the same are one word to it, as to a model of many languages.
//! <https://platform.openai.com/docs/api-reference/embeddings/create>

use std::{
    collections::hash_map::DefaultHasher,
    hash::{Hash, Hasher},
    sync::Arc,
};

use axum::{
    Json,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::{EMBEDDINGS, Shared, checks};

/// Unlike the encoder in the binary.
const WIDTH: usize = 512;
/// What all vectors have in common, as those of many models do.
const COMMON: f32 = 2.0;
/// The real server's limit.
const MOST_TEXTS: usize = 2_048;
const KNOWN: [&str; 3] = ["model", "input", "encoding_format"];

/// Words that mean the same to it.
const SAME: [(&str, &str); 6] = [
    ("passwort", "password"),
    ("kennwort", "password"),
    ("vergessen", "forgot"),
    ("zurücksetzen", "reset"),
    ("versand", "shipping"),
    ("lieferung", "shipping"),
];

pub async fn embeddings(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let call: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let wrong = checks::wrong_form(&headers, &call, &KNOWN).or_else(|| wrong(&call));
    let tired = shared.change(|seen| {
        seen.complaints
            .extend(wrong.iter().map(|(_, why)| why.clone()));
        (!seen.tired.is_empty()).then(|| seen.tired.remove(0))
    });
    if let Some((status, why)) = wrong {
        return checks::refusal(status, &why, "invalid_request_error");
    }
    if let Some(status) = tired.and_then(|status| StatusCode::from_u16(status).ok()) {
        return checks::refusal(status, "try again later", "server_error");
    }
    let input = call["input"].as_array().cloned().unwrap_or_default();
    shared.change(|seen| seen.embedded += input.len());
    let vectors = input.iter().enumerate().map(|(index, text)| {
        let vector = vector(text.as_str().unwrap_or_default());
        json!({"object": "embedding", "index": index, "embedding": vector})
    });
    let data: Vec<Value> = vectors.collect();
    let usage = json!({"prompt_tokens": 1, "total_tokens": 1});
    let answer = json!({"object": "list", "data": data, "model": EMBEDDINGS, "usage": usage});
    Json(answer).into_response()
}

fn wrong(call: &Value) -> Option<(StatusCode, String)> {
    if call["model"] != EMBEDDINGS {
        return Some((StatusCode::NOT_FOUND, "The model does not exist".into()));
    }
    if call["encoding_format"] != "float" {
        return checks::bad("vectors as lists of numbers are expected here");
    }
    let texts = call["input"].as_array().cloned().unwrap_or_default();
    let fit = |text: &Value| text.as_str().is_some_and(|text| !text.trim().is_empty());
    match (1..=MOST_TEXTS).contains(&texts.len()) && texts.iter().all(fit) {
        true => None,
        false => checks::bad("'$.input' is invalid"),
    }
}

/// A direction for each word, and one for all of them.
fn vector(text: &str) -> Vec<f32> {
    let mut vector = vec![0.0; WIDTH];
    vector[0] = COMMON;
    let lower = text.to_lowercase();
    for word in lower.split(|c: char| !c.is_alphanumeric()) {
        let same = SAME.iter().find(|(own, _)| *own == word);
        let word = same.map_or(word, |(_, other)| *other);
        if word.chars().count() > 3 {
            let mut hasher = DefaultHasher::new();
            word.hash(&mut hasher);
            vector[1 + hasher.finish() as usize % (WIDTH - 1)] += 1.0;
        }
    }
    vector
}
