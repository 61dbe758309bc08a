//! What an answer looks like once that is taken out which may differ: the ids that were sent, numbers and times.

use serde_json::Value;

/// Status and shape of an answer; two that are equal tell nothing apart.
pub fn shape(status: u16, kind: &str, body: &str, sent: &[&str]) -> String {
    let seen = match serde_json::from_str::<Value>(body) {
        Ok(json) => plain(&json, sent).to_string(),
        // The numbers go first: a counter may just stand at what is somebody's id.
        Err(_) => without(&still(body), sent),
    };
    format!("{status} {kind} {seen}")
}

/// A page or a list without the numbers in it, which count on; in no order.
fn still(text: &str) -> String {
    let mut lines: Vec<String> = text
        .lines()
        .map(|line| line.replace(|letter: char| letter.is_ascii_digit(), ""))
        .collect();
    lines.sort_unstable();
    lines.join("\n")
}

/// Keys whose values rise or change by themselves.
const MOVING: &[&str] = &[
    "seq",
    "at",
    "token",
    "url",
    "last",
    "updated_at",
    "handling",
];

pub fn plain(value: &Value, sent: &[&str]) -> Value {
    match value {
        Value::Object(object) => {
            let fields = object.iter().map(|(key, value)| {
                // Something new, such as a file just sent, has a new id.
                let moving = MOVING.contains(&key.as_str()) && !value.is_null()
                    || key == "id" && !sent.iter().any(|id| value == *id);
                let value = match moving {
                    true => "…".into(),
                    false => plain(value, sent),
                };
                (key.clone(), value)
            });
            Value::Object(fields.collect())
        }
        // A list of the caller's own grows with what they say themselves.
        Value::Array(list) if list.is_empty() => "none".into(),
        Value::Array(_) => "some".into(),
        Value::String(text) => without(text, sent).into(),
        other => other.clone(),
    }
}

fn without(text: &str, sent: &[&str]) -> String {
    let given = sent.iter().filter(|id| !id.is_empty());
    given.fold(text.to_owned(), |text, id| text.replace(id, "ID"))
}

/// An event without what is signed anew each time.
pub fn lasting(event: &Value) -> Value {
    match event {
        Value::Object(object) => {
            let fields = object
                .iter()
                .filter(|(key, _)| *key != "url" && *key != "avatar");
            Value::Object(
                fields
                    .map(|(key, value)| (key.clone(), lasting(value)))
                    .collect(),
            )
        }
        Value::Array(list) => list.iter().map(lasting).collect(),
        other => other.clone(),
    }
}
