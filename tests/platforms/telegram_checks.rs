//! What the Telegram for tests refuses in a text: limits, entities that break the documented rules, and
//! for the record, whom a text would ping (<https://core.telegram.org/bots/api#messageentity>).

use std::ops::Range;

use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entity {
    #[serde(rename = "type")]
    kind: String,
    offset: usize,
    length: usize,
    url: Option<String>,
    language: Option<String>,
    user: Option<Value>,
}

impl Entity {
    fn range(&self) -> Range<usize> {
        self.offset..self.offset + self.length
    }

    fn is_code(&self) -> bool {
        matches!(self.kind.as_str(), "code" | "pre")
    }
}

/// An error's description, or whom the text pings.
pub fn check_text(text: &str, entities: &[Value]) -> Result<Vec<String>, String> {
    if text.trim().is_empty() {
        return Err("Bad Request: message text is empty".to_owned());
    }
    if text.encode_utf16().count() > 4096 {
        return Err("Bad Request: message is too long".to_owned());
    }
    check_marks(text, entities)
}

/// The same for the words under a file.
pub fn check_caption(text: &str, entities: &[Value]) -> Result<Vec<String>, String> {
    if text.encode_utf16().count() > 1024 {
        return Err("Bad Request: message caption is too long".to_owned());
    }
    check_marks(text, entities)
}

/// Rows of buttons as (label, data) (<https://core.telegram.org/bots/api#inlinekeyboardbutton>).
pub fn check_buttons(markup: Option<&Value>) -> Result<Vec<Vec<(String, String)>>, String> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Markup {
        inline_keyboard: Vec<Vec<Button>>,
    }
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Button {
        text: String,
        callback_data: String,
    }
    let Some(markup) = markup else {
        return Ok(Vec::new());
    };
    let markup: Markup = serde_json::from_value(markup.clone())
        .map_err(|error| format!("Bad Request: can't parse inline keyboard: {error}"))?;
    for row in &markup.inline_keyboard {
        if row.len() > 8 || row.iter().any(|button| button.text.trim().is_empty()) {
            return Err("Bad Request: can't parse inline keyboard button".to_owned());
        }
        let wrong = |button: &Button| !(1..=64).contains(&button.callback_data.len());
        if row.iter().any(wrong) {
            return Err("Bad Request: BUTTON_DATA_INVALID".to_owned());
        }
    }
    let rows = markup.inline_keyboard.into_iter();
    let pair = |button: Button| (button.text, button.callback_data);
    Ok(rows
        .map(|row| row.into_iter().map(pair).collect())
        .collect())
}

fn check_marks(text: &str, entities: &[Value]) -> Result<Vec<String>, String> {
    let units: Vec<u16> = text.encode_utf16().collect();
    if entities.len() > 100 {
        return Err("Bad Request: too many entities".to_owned());
    }
    let parse = |entity: &Value| {
        let entity = serde_json::from_value(entity.clone());
        entity.map_err(|error| format!("Bad Request: can't parse MessageEntity: {error}"))
    };
    let entities = entities
        .iter()
        .map(parse)
        .collect::<Result<Vec<Entity>, _>>()?;
    for entity in &entities {
        check_entity(entity, &units)?;
    }
    check_nesting(&entities)?;
    let mut pinged = pings(&units, &entities);
    let users = entities.iter().filter_map(|entity| entity.user.as_ref());
    pinged.extend(users.map(|user| user["id"].to_string()));
    Ok(pinged)
}

fn check_entity(entity: &Entity, units: &[u16]) -> Result<(), String> {
    let wrong = |what: &str| Err(format!("Bad Request: entity {}: {what}", entity.kind));
    let inside_letter = |at: usize| {
        units
            .get(at)
            .is_some_and(|unit| (0xdc00..0xe000).contains(unit))
    };
    let end = entity.offset.saturating_add(entity.length);
    if entity.length == 0 || end > units.len() {
        return wrong("points outside of the text");
    }
    if inside_letter(entity.offset) || inside_letter(end) {
        return wrong("cuts a letter");
    }
    let web = |url: &String| url.starts_with("http://") || url.starts_with("https://");
    match entity.kind.as_str() {
        "text_link" if entity.url.as_ref().is_some_and(web) => Ok(()),
        "text_link" => wrong("is no web address"),
        "text_mention" => match entity.user.as_ref().and_then(|user| user["id"].as_i64()) {
            Some(_) => Ok(()),
            None => wrong("names nobody"),
        },
        "pre" if entity.url.is_none() => Ok(()),
        "bold" | "italic" | "code" | "blockquote"
            if entity.url.is_none() && entity.language.is_none() =>
        {
            Ok(())
        }
        _ => wrong("is not what a support desk sends"),
    }
}

fn check_nesting(entities: &[Entity]) -> Result<(), String> {
    for (index, one) in entities.iter().enumerate() {
        for other in &entities[index + 1..] {
            let (one_at, other_at) = (one.range(), other.range());
            let apart = one_at.end <= other_at.start || other_at.end <= one_at.start;
            let holds = |a: &Range<usize>, b: &Range<usize>| a.start <= b.start && b.end <= a.end;
            let nested = holds(&one_at, &other_at) || holds(&other_at, &one_at);
            let quote = one.kind == "blockquote" || other.kind == "blockquote";
            let code = one.is_code() || other.is_code();
            if !apart && (!nested || (code && !quote) || one.kind == other.kind) {
                return Err("Bad Request: entities cross".to_owned());
            }
        }
    }
    Ok(())
}

/// Names after an `@` that no code covers. Telegram drops marks of direction before it looks.
fn pings(units: &[u16], entities: &[Entity]) -> Vec<String> {
    let code: Vec<_> = entities.iter().filter(|entity| entity.is_code()).collect();
    let covered = |at: &usize| code.iter().any(|entity| entity.range().contains(at));
    let seen = |(at, unit): (usize, &u16)| {
        let letter = char::from_u32(u32::from(*unit)).unwrap_or('\u{fffd}');
        let dropped = ('\u{2028}'..='\u{202e}').contains(&letter) || letter == '\r';
        let shown = if covered(&at) { '\n' } else { letter };
        (!dropped).then_some(shown)
    };
    let letters: String = units.iter().enumerate().filter_map(seen).collect();
    let word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let mut found = Vec::new();
    for (at, _) in letters.match_indices('@') {
        let name: String = letters[at + 1..].chars().take_while(|c| word(*c)).collect();
        if !letters[..at].ends_with(word) && !name.is_empty() {
            found.push(name);
        }
    }
    found
}
