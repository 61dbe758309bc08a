//! How a call's parameters travel: as JSON, as a form, or as a form in parts with files
//! (<https://core.telegram.org/bots/api#making-requests>).

use std::collections::HashMap;

use axum::{body::Bytes, http::HeaderMap, http::header::CONTENT_TYPE};
use serde_json::{Map, Value, json};

/// A call as it came in.
#[derive(Debug, Default)]
pub struct Call {
    pub params: Value,
    /// Parts with a file, by the name of the part.
    pub files: HashMap<String, Upload>,
}

/// A file within a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    pub name: String,
    pub bytes: Bytes,
}

/// Parameters that are words even if they look like something else.
const WORDS: [&str; 11] = [
    "text",
    "caption",
    "name",
    "file_id",
    "callback_query_id",
    "action",
    "photo",
    "document",
    "url",
    "parse_mode",
    "title",
];

/// Nothing when the body is not what its type says.
pub fn read(headers: &HeaderMap, body: &Bytes) -> Option<Call> {
    let kind = headers.get(CONTENT_TYPE).map(|kind| kind.to_str());
    let kind = kind.and_then(Result::ok).unwrap_or_default();
    if body.is_empty() {
        return Some(Call {
            params: json!({}),
            files: HashMap::new(),
        });
    }
    if let Some(boundary) = kind.strip_prefix("multipart/form-data; boundary=") {
        return parts(boundary.trim_matches('"'), body);
    }
    let params = match kind.starts_with("application/x-www-form-urlencoded") {
        true => form(body),
        false => serde_json::from_slice(body).ok()?,
    };
    Some(Call {
        params,
        files: HashMap::new(),
    })
}

fn form(body: &Bytes) -> Value {
    let pairs = url::form_urlencoded::parse(body);
    let pairs = pairs.map(|(name, value)| (name.to_string(), typed(&name, &value)));
    Value::Object(pairs.collect())
}

/// In forms everything is a string, and what is more than a string is JSON in it.
fn typed(name: &str, value: &str) -> Value {
    let plain = || Value::from(value);
    match WORDS.contains(&name) {
        true => plain(),
        false => serde_json::from_str(value).unwrap_or_else(|_| plain()),
    }
}

/// RFC 7578, as far as clients of the Bot API use it.
fn parts(boundary: &str, body: &Bytes) -> Option<Call> {
    let border = format!("--{boundary}");
    let mut params = Map::new();
    let mut files = HashMap::new();
    let mut at = find(body, border.as_bytes(), 0)? + border.len();
    while !body[at..].starts_with(b"--") {
        let end = find(body, format!("\r\n{border}").as_bytes(), at)?;
        let part = body.slice(at + 2..end);
        let head_end = find(&part, b"\r\n\r\n", 0)?;
        let head = String::from_utf8_lossy(&part[..head_end]).into_owned();
        let content = part.slice(head_end + 4..);
        let name = attribute(&head, "name")?;
        match attribute(&head, "filename") {
            Some(file) => {
                let upload = Upload {
                    name: file,
                    bytes: content,
                };
                files.insert(name, upload);
            }
            None => {
                let value = typed(&name, std::str::from_utf8(&content).ok()?);
                params.insert(name, value);
            }
        }
        at = end + 2 + border.len();
    }
    Some(Call {
        params: Value::Object(params),
        files,
    })
}

fn find(within: &[u8], what: &[u8], from: usize) -> Option<usize> {
    let mut windows = within.get(from..)?.windows(what.len());
    windows
        .position(|window| window == what)
        .map(|at| at + from)
}

/// The value of `name="…"` in a part's heading; browsers' escapes are undone.
fn attribute(head: &str, name: &str) -> Option<String> {
    let (_, rest) = head.split_once(&format!("; {name}=\""))?;
    let (value, _) = rest.split_once('"')?;
    Some(value.replace("%22", "\"").replace("%0A", "\n"))
}
