//! What a body must look like: known fields, the right types, the documented limits. The real Discord passes
//! over unknown fields; here they are refused, because they are mistakes of ours.

use serde_json::Value;

use super::rest::Refusal;

/// The longest message, in letters (<https://discord.com/developers/docs/resources/message#create-message>).
const LONGEST: usize = 2_000;

/// What a field may hold. `null` is allowed only where the documentation says so.
#[derive(Clone, Copy)]
enum Is {
    /// Text of at most so many letters.
    Text(usize),
    Number,
    /// A number or `null`.
    Perhaps,
    Flag,
    Id,
    List(usize),
    Object,
    /// Text or number of at most 25 signs.
    Nonce,
}

impl Is {
    fn fits(self, value: &Value) -> bool {
        match self {
            Is::Text(most) => value.as_str().is_some_and(|text| letters(text) <= most),
            Is::Number => value.is_u64() || value.is_i64(),
            Is::Perhaps => value.is_null() || value.is_u64(),
            Is::Flag => value.is_boolean(),
            Is::Id => value.is_u64() || value.as_str().is_some_and(|id| id.parse::<u64>().is_ok()),
            Is::List(most) => value.as_array().is_some_and(|list| list.len() <= most),
            Is::Object => value.is_object(),
            Is::Nonce => match value {
                Value::String(text) => !text.is_empty() && letters(text) <= 25,
                other => other.is_i64() || other.is_u64(),
            },
        }
    }
}

/// As the stricter of Discord's clients counts.
fn letters(text: &str) -> usize {
    text.encode_utf16().count()
}

fn fields(body: &Value, known: &[(&str, Is)]) -> Result<(), Refusal> {
    let Some(object) = body.as_object() else {
        return Err(Refusal::invalid("the body is no object"));
    };
    for (name, value) in object {
        match known.iter().find(|(known, _)| known == name) {
            None => return Err(Refusal::invalid(&format!("unknown field {name}"))),
            Some((_, is)) if !is.fits(value) => {
                return Err(Refusal::invalid(&format!("wrong value in {name}")));
            }
            Some(_) => {}
        }
    }
    Ok(())
}

/// A new message. `files` is the number of files that come with it.
pub fn new_message(body: &Value, files: usize) -> Result<(), Refusal> {
    fields(
        body,
        &[
            ("content", Is::Text(LONGEST)),
            ("nonce", Is::Nonce),
            ("enforce_nonce", Is::Flag),
            ("tts", Is::Flag),
            ("embeds", Is::List(0)),
            ("allowed_mentions", Is::Object),
            ("message_reference", Is::Object),
            ("components", Is::List(5)),
            ("attachments", Is::List(10)),
            ("flags", Is::Number),
        ],
    )?;
    common(body, files)?;
    if let Some(reference) = body.get("message_reference") {
        let known = [
            ("type", Is::Number),
            ("message_id", Is::Id),
            ("channel_id", Is::Id),
            ("guild_id", Is::Id),
            ("fail_if_not_exists", Is::Flag),
        ];
        fields(reference, &known)?;
    }
    filled(body, files)
}

/// An edit; what is absent stays as it was.
pub fn edit(body: &Value) -> Result<(), Refusal> {
    fields(
        body,
        &[
            ("content", Is::Text(LONGEST)),
            ("tts", Is::Flag),
            ("allowed_mentions", Is::Object),
            ("components", Is::List(5)),
            ("attachments", Is::List(10)),
            ("flags", Is::Number),
        ],
    )?;
    common(body, 0)
}

/// The first message of a forum post: no nonce there.
pub fn forum_message(body: &Value, files: usize) -> Result<(), Refusal> {
    fields(
        body,
        &[
            ("content", Is::Text(LONGEST)),
            ("tts", Is::Flag),
            ("embeds", Is::List(0)),
            ("allowed_mentions", Is::Object),
            ("components", Is::List(5)),
            ("attachments", Is::List(10)),
            ("flags", Is::Number),
        ],
    )?;
    common(body, files)?;
    filled(body, files)
}

pub fn new_thread(body: &Value, forum: bool) -> Result<(), Refusal> {
    let mut known = vec![
        ("name", Is::Text(100)),
        ("auto_archive_duration", Is::Number),
        ("rate_limit_per_user", Is::Perhaps),
        ("type", Is::Perhaps),
    ];
    if forum {
        known.extend([("message", Is::Object), ("applied_tags", Is::List(5))]);
    }
    fields(body, &known)?;
    let duration = body.get("auto_archive_duration").and_then(Value::as_u64);
    if !duration.is_none_or(|minutes| [60, 1_440, 4_320, 10_080].contains(&minutes)) {
        return Err(Refusal::invalid("auto_archive_duration"));
    }
    match body["name"].as_str() {
        Some(name) if !name.trim().is_empty() => Ok(()),
        _ => Err(Refusal::invalid("name")),
    }
}

pub fn thread_change(body: &Value) -> Result<(), Refusal> {
    let known = [
        ("name", Is::Text(100)),
        ("archived", Is::Flag),
        ("locked", Is::Flag),
        ("auto_archive_duration", Is::Number),
    ];
    fields(body, &known)
}

/// An answer to a press: only the deferred update is used.
pub fn callback(body: &Value) -> Result<(), Refusal> {
    fields(body, &[("type", Is::Number)])?;
    match body["type"].as_u64() {
        Some(6) => Ok(()),
        _ => Err(Refusal::invalid("type")),
    }
}

/// The close code for a bad identify is 4002.
pub fn identify(body: &Value) -> Result<(), u16> {
    let known = [
        ("token", Is::Text(200)),
        ("intents", Is::Number),
        ("properties", Is::Object),
        ("compress", Is::Flag),
        ("large_threshold", Is::Number),
        ("shard", Is::List(2)),
        ("presence", Is::Object),
    ];
    let there = ["token", "intents", "properties"]
        .iter()
        .all(|name| body.get(name).is_some());
    match fields(body, &known) {
        Ok(()) if there => Ok(()),
        _ => Err(4_002),
    }
}

pub fn resume(body: &Value) -> Result<(), u16> {
    let known = [
        ("token", Is::Text(200)),
        ("session_id", Is::Text(200)),
        ("seq", Is::Number),
    ];
    fields(body, &known).map_err(|_| 4_002)
}

fn common(body: &Value, files: usize) -> Result<(), Refusal> {
    if let Some(allowed) = body.get("allowed_mentions") {
        allowed_mentions(allowed)?;
    }
    for row in list(body, "components") {
        row_of_buttons(row)?;
    }
    let attachments = list(body, "attachments");
    for attachment in attachments {
        let known = [
            ("filename", Is::Text(260)),
            ("description", Is::Text(1_024)),
        ];
        let mut rest = attachment.clone();
        let id = rest.as_object_mut().and_then(|object| object.remove("id"));
        let number = |id: &Value| id.is_u64() || Is::Id.fits(id);
        if !id.as_ref().is_some_and(number) {
            return Err(Refusal::invalid("attachments.id"));
        }
        fields(&rest, &known)?;
    }
    match files <= 10 {
        true => Ok(()),
        false => Err(Refusal::new(400, 30_015)),
    }
}

/// <https://discord.com/developers/docs/resources/message#allowed-mentions-object>
fn allowed_mentions(allowed: &Value) -> Result<(), Refusal> {
    let known = [
        ("parse", Is::List(3)),
        ("users", Is::List(100)),
        ("roles", Is::List(100)),
        ("replied_user", Is::Flag),
    ];
    fields(allowed, &known)?;
    for kind in list(allowed, "parse") {
        let name = kind.as_str().unwrap_or_default();
        let twice = ["users", "roles"].contains(&name) && !list(allowed, name).is_empty();
        if twice || !["users", "roles", "everyone"].contains(&name) {
            return Err(Refusal::invalid("allowed_mentions.parse"));
        }
    }
    let ids = list(allowed, "users").iter().chain(list(allowed, "roles"));
    match ids.clone().all(|id| Is::Id.fits(id)) {
        true => Ok(()),
        false => Err(Refusal::invalid("allowed_mentions")),
    }
}

/// <https://discord.com/developers/docs/components/reference#button>
fn row_of_buttons(row: &Value) -> Result<(), Refusal> {
    fields(row, &[("type", Is::Number), ("components", Is::List(5))])?;
    let buttons = list(row, "components");
    if row["type"] != 1 || buttons.is_empty() {
        return Err(Refusal::invalid("components.type"));
    }
    for button in buttons {
        let known = [
            ("type", Is::Number),
            ("style", Is::Number),
            ("label", Is::Text(80)),
            ("custom_id", Is::Text(100)),
            ("disabled", Is::Flag),
        ];
        fields(button, &known)?;
        let style = button["style"].as_u64().unwrap_or_default();
        let named = |field: &str| button[field].as_str().is_some_and(|text| !text.is_empty());
        if button["type"] != 2
            || !(1..=4).contains(&style)
            || !named("custom_id")
            || !named("label")
        {
            return Err(Refusal::invalid("components.button"));
        }
    }
    Ok(())
}

/// Discord takes no message without anything to see.
fn filled(body: &Value, files: usize) -> Result<(), Refusal> {
    let words = body["content"].as_str().unwrap_or_default();
    match words.trim().is_empty() && files == 0 {
        true => Err(Refusal::new(400, 50_006)),
        false => Ok(()),
    }
}

fn list<'a>(body: &'a Value, name: &str) -> &'a [Value] {
    body.get(name)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}
