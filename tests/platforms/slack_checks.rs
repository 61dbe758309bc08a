//! What the Slack for tests refuses in a message: limits and shapes of Block Kit
//! (<https://docs.slack.dev/reference/block-kit/blocks>), and for the record, whom a message would call.

use serde_json::{Map, Value};

/// Errors of blocks have one word at Slack; what is wrong stands beside it.
type Checked = Result<(), String>;

const LONGEST_TEXT: usize = 3_000;
const MOST_BLOCKS: usize = 50;

pub fn check_blocks(blocks: &Value) -> Checked {
    let blocks = blocks.as_array().ok_or("blocks is no list")?;
    if blocks.is_empty() || blocks.len() > MOST_BLOCKS {
        return Err(format!("{} blocks", blocks.len()));
    }
    for block in blocks {
        match block["type"].as_str() {
            Some("rich_text") => rich_text(block)?,
            Some("actions") => actions(block)?,
            Some("section") => {
                only(block, &["type", "text", "block_id"])?;
                text_object(&block["text"], LONGEST_TEXT)?;
            }
            other => return Err(format!("a block of type {other:?}")),
        }
    }
    Ok(())
}

fn only(value: &Value, allowed: &[&str]) -> Checked {
    let fields: &Map<String, Value> = value.as_object().ok_or("no object")?;
    match fields.keys().find(|key| !allowed.contains(&key.as_str())) {
        Some(key) => Err(format!("unknown field {key}")),
        None => Ok(()),
    }
}

fn list<'a>(value: &'a Value, what: &str) -> Result<&'a Vec<Value>, String> {
    value.as_array().ok_or(format!("{what} is no list"))
}

fn length(text: &str) -> usize {
    text.encode_utf16().count()
}

fn text_object(text: &Value, longest: usize) -> Checked {
    only(text, &["type", "text", "emoji", "verbatim"])?;
    let words = text["text"].as_str().ok_or("text is no string")?;
    let kind = text["type"].as_str();
    match words.is_empty() || length(words) > longest {
        true => Err(format!("a text of {} characters", length(words))),
        false if matches!(kind, Some("plain_text" | "mrkdwn")) => Ok(()),
        false => Err(format!("a text of type {kind:?}")),
    }
}

fn actions(block: &Value) -> Checked {
    only(block, &["type", "elements", "block_id"])?;
    let elements = list(&block["elements"], "elements")?;
    if elements.is_empty() || elements.len() > 25 {
        return Err(format!("{} elements in one row", elements.len()));
    }
    let mut seen = Vec::new();
    for element in elements {
        only(element, &["type", "action_id", "text", "style", "value"])?;
        let id = element["action_id"]
            .as_str()
            .ok_or("action_id is no string")?;
        if id.is_empty() || length(id) > 255 || seen.contains(&id) {
            return Err(format!("the action_id {id:?}"));
        }
        seen.push(id);
        if element["type"] != "button" || element["text"]["type"] != "plain_text" {
            return Err("an element that is no button".to_owned());
        }
        text_object(&element["text"], 75)?;
        if !matches!(element["style"].as_str(), None | Some("primary" | "danger")) {
            return Err("a style that no button has".to_owned());
        }
    }
    Ok(())
}

fn rich_text(block: &Value) -> Checked {
    only(block, &["type", "elements", "block_id"])?;
    let elements = list(&block["elements"], "elements")?;
    if elements.is_empty() {
        return Err("rich text without elements".to_owned());
    }
    let mut letters = 0;
    for element in elements {
        letters += part(element)?;
    }
    match letters > LONGEST_TEXT {
        true => Err(format!("rich text of {letters} characters")),
        false => Ok(()),
    }
}

fn part(element: &Value) -> Result<usize, String> {
    let inner = list(&element["elements"], "elements")?;
    match element["type"].as_str() {
        Some("rich_text_section") => only(element, &["type", "elements"])?,
        Some("rich_text_quote" | "rich_text_preformatted") => {
            only(element, &["type", "elements", "border"])?;
        }
        Some("rich_text_list") => {
            only(
                element,
                &["type", "elements", "style", "indent", "offset", "border"],
            )?;
            if !matches!(element["style"].as_str(), Some("bullet" | "ordered")) {
                return Err("a list without style".to_owned());
            }
            return inner.iter().map(part).sum();
        }
        other => return Err(format!("rich text of type {other:?}")),
    }
    inner.iter().map(inline).sum()
}

fn inline(node: &Value) -> Result<usize, String> {
    let looks = &node["style"];
    if !looks.is_null() {
        only(looks, &["bold", "italic", "strike", "code"])?;
    }
    let text = node["text"].as_str().unwrap_or_default();
    match node["type"].as_str() {
        Some("text") => {
            only(node, &["type", "text", "style"])?;
            match text.is_empty() {
                true => Err("a text without letters".to_owned()),
                false => Ok(length(text)),
            }
        }
        Some("link") => {
            only(node, &["type", "text", "url", "style", "unsafe"])?;
            let url = node["url"].as_str().unwrap_or_default();
            let known = ["http://", "https://", "mailto:"];
            match known.iter().any(|scheme| url.starts_with(scheme)) {
                true => Ok(length(text)),
                false => Err(format!("a link to {url:?}")),
            }
        }
        Some("user") => only(node, &["type", "user_id", "style"]).map(|()| 0),
        Some("usergroup") => only(node, &["type", "usergroup_id", "style"]).map(|()| 0),
        Some("broadcast") => only(node, &["type", "range", "style"]).map(|()| 0),
        other => Err(format!("an element of type {other:?}")),
    }
}

pub fn check_metadata(metadata: &Value) -> Checked {
    only(metadata, &["event_type", "event_payload"])?;
    let kind = metadata["event_type"].as_str().unwrap_or_default();
    let plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    match !kind.is_empty() && kind.chars().all(plain) && metadata["event_payload"].is_object() {
        true => Ok(()),
        false => Err("metadata without a type or a payload".to_owned()),
    }
}

/// Whom the message would call: elements of rich text, and the markup of text fields.
pub fn pings(text: &str, blocks: &Value) -> Vec<String> {
    let mut found = Vec::new();
    for part in text.split('<').skip(1) {
        if part.starts_with(['@', '!']) {
            found.extend(part.split(['>', '|']).next().map(str::to_owned));
        }
    }
    called(blocks, &mut found);
    found
}

fn called(value: &Value, found: &mut Vec<String>) {
    let name = match value["type"].as_str() {
        Some("user") => value["user_id"].as_str(),
        Some("usergroup") => value["usergroup_id"].as_str(),
        Some("broadcast") => value["range"].as_str(),
        Some("mrkdwn") => value["text"]
            .as_str()
            .filter(|text| text.contains("<!") || text.contains("<@")),
        _ => None,
    };
    found.extend(name.map(str::to_owned));
    let inner = value.as_array().into_iter().flatten();
    inner
        .chain(value.as_object().into_iter().flat_map(Map::values))
        .for_each(|one| called(one, found));
}

/// The words of the blocks as a person sees them.
pub fn shown(blocks: &Value) -> String {
    let rich = list_or_none(blocks).filter(|block| block["type"] == "rich_text");
    let parts = rich.flat_map(|block| list_or_none(&block["elements"]).map(words));
    parts.collect::<Vec<_>>().join("\n")
}

fn list_or_none(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn words(part: &Value) -> String {
    if part["type"] == "rich_text_list" {
        let first = part["offset"].as_u64().unwrap_or(0) + 1;
        let items = list_or_none(&part["elements"]).zip(first..);
        let mark = |number: u64| match part["style"] == "ordered" {
            true => format!("{number}. "),
            false => "• ".to_owned(),
        };
        let lines = items.map(|(item, number)| format!("{}{}", mark(number), words(item)));
        return lines.collect::<Vec<_>>().join("\n");
    }
    let inner = list_or_none(&part["elements"]).map(|node| match node["type"].as_str() {
        Some("user") => format!("@{}", node["user_id"].as_str().unwrap_or_default()),
        Some("usergroup") => format!("@{}", node["usergroup_id"].as_str().unwrap_or_default()),
        Some("broadcast") => format!("@{}", node["range"].as_str().unwrap_or_default()),
        _ => node["text"].as_str().unwrap_or_default().to_owned(),
    });
    inner.collect()
}
