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
    let units: Vec<u16> = text.encode_utf16().collect();
    if text.trim().is_empty() {
        return Err("Bad Request: message text is empty".to_owned());
    }
    if units.len() > 4096 {
        return Err("Bad Request: message is too long".to_owned());
    }
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
    Ok(pings(&units, &entities))
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
