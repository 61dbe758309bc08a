//! How the OpenAI for tests streams, and how its streams go wrong.
//! <https://platform.openai.com/docs/api-reference/chat-streaming>

use std::{convert::Infallible, time::Duration};

use axum::{
    body::{Body, Bytes},
    http::StatusCode,
    response::Response,
};
use futures_util::{Stream, StreamExt, stream};
use serde_json::{Value, json};

use super::{MODEL, checks::refusal};

/// How a call can go wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// 429.
    TooMany,
    /// 500.
    ServerError,
    /// The request is taken, and no answer ever comes.
    Hang,
    /// The answer begins, and then nothing more comes.
    HangInside,
    /// The answer comes byte by byte, with so many milliseconds between two.
    Drip(u64),
    /// Something comes that is no JSON.
    BadJson,
    /// JSON comes that is no part of an answer.
    OtherJson,
    /// An error comes inside of the stream.
    ErrorInside,
    /// The connection breaks inside of the answer.
    Reset,
    /// The answer comes again and again, without end.
    Endless,
    /// One word without a blank or an end.
    EndlessWord,
    /// One event without an end, as fast as the line allows.
    EndlessEvent,
    /// Fields that other servers leave out are left out; otherwise all is well.
    Sparse,
}

/// A good stream.
pub fn whole(text: &str, usage: (usize, usize)) -> Response {
    let mut events = vec![event(&chunk(
        json!({"role": "assistant", "content": ""}),
        None,
    ))];
    events.extend(deltas(text));
    events.push(event(&chunk(json!({}), Some("stop"))));
    let (prompt, answer) = usage;
    let usage = json!({
        "prompt_tokens": prompt, "completion_tokens": answer, "total_tokens": prompt + answer,
    });
    let mut last = chunk(json!({}), None);
    last["choices"] = json!([]);
    last["usage"] = usage;
    events.push(event(&last));
    events.push("data: [DONE]\n\n".to_owned());
    respond(
        stream::iter(events)
            .map(Bytes::from)
            .map(Ok::<_, Infallible>),
    )
}

/// A call that goes wrong in this way.
pub async fn broken(fault: Fault, text: &str) -> Response {
    match fault {
        Fault::TooMany => refusal(StatusCode::TOO_MANY_REQUESTS, text, "rate_limit_error"),
        Fault::ServerError => refusal(StatusCode::INTERNAL_SERVER_ERROR, text, "server_error"),
        Fault::Hang => std::future::pending().await,
        Fault::Drip(every) => respond(drip(deltas(text).concat(), every)),
        Fault::Sparse => sparse(text),
        Fault::BadJson => begun(text, vec!["data: {\"choices\": [{\"del\n\n".into()]),
        Fault::OtherJson => begun("", vec!["data: [1, 2, 3]\n\n".into()]),
        Fault::ErrorInside => {
            let error = json!({"error": {"message": text, "type": "server_error"}});
            begun(text, vec![event(&error)])
        }
        Fault::HangInside => {
            let first = stream::iter(first_half(text)).map(Ok::<_, Infallible>);
            respond(first.chain(stream::pending()))
        }
        Fault::Reset => {
            let first = stream::iter(first_half(text)).map(Ok);
            let cut = std::io::Error::other("the connection breaks");
            respond(first.chain(stream::iter([Err(cut)])))
        }
        Fault::Endless => respond(forever(deltas(&format!("{text} ")).concat())),
        Fault::EndlessWord => respond(forever(event(&chunk(json!({"content": "aaaaaaaa"}), None)))),
        Fault::EndlessEvent => {
            respond(forever("data: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa".to_owned()))
        }
    }
}

fn begun(text: &str, then: Vec<String>) -> Response {
    let then = then.into_iter().map(Bytes::from);
    let all = first_half(text).into_iter().chain(then).collect::<Vec<_>>();
    respond(stream::iter(all).map(Ok::<_, Infallible>))
}

/// The answer without ids, indexes, times, usage and end.
fn sparse(text: &str) -> Response {
    let pieces =
        pieces(text).map(|piece| event(&json!({"choices": [{"delta": {"content": piece}}]})));
    let events: Vec<Bytes> = pieces.map(Bytes::from).collect();
    respond(stream::iter(events).map(Ok::<_, Infallible>))
}

fn first_half(text: &str) -> Vec<Bytes> {
    let events = deltas(text).into_iter().map(Bytes::from);
    let all: Vec<Bytes> = events.collect();
    all[..all.len() / 2].to_vec()
}

fn drip(text: String, every: u64) -> impl Stream<Item = Result<Bytes, Infallible>> {
    stream::iter(text.into_bytes()).then(move |byte| async move {
        tokio::time::sleep(Duration::from_millis(every)).await;
        Ok(Bytes::from(vec![byte]))
    })
}

fn forever(text: String) -> impl Stream<Item = Result<Bytes, Infallible>> {
    stream::repeat(Bytes::from(text)).map(Ok)
}

/// One event for each few letters, so that words and citations are cut anywhere.
fn deltas(text: &str) -> Vec<String> {
    let event = |piece: String| event(&chunk(json!({"content": piece}), None));
    pieces(text).map(event).collect()
}

fn pieces(text: &str) -> impl Iterator<Item = String> {
    let letters: Vec<char> = text.chars().collect();
    let pieces = letters.chunks(7).map(|piece| piece.iter().collect());
    pieces.collect::<Vec<String>>().into_iter()
}

fn chunk(delta: Value, finish: Option<&str>) -> Value {
    json!({
        "id": "chatcmpl-test", "object": "chat.completion.chunk", "created": 1_700_000_000, "model": MODEL,
        "choices": [{"index": 0, "delta": delta, "logprobs": null, "finish_reason": finish}],
        "usage": null,
    })
}

fn event(value: &Value) -> String {
    format!("data: {value}\n\n")
}

fn respond<E>(bytes: impl Stream<Item = Result<Bytes, E>> + Send + 'static) -> Response
where
    E: Into<Box<dyn std::error::Error + Send + Sync>> + 'static,
{
    Response::builder()
        .header("content-type", "text/event-stream")
        .body(Body::from_stream(bytes))
        .expect("the header is a constant")
}
