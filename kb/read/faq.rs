//! What the FAQ formats share: the shape of an entry as people write it, a list of them bare or under
//! `entries:`, and the check that turns it into a draft.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::{Draft, Fault};
use crate::entry::Kind;
use crate::personal::{self, Requires};

const MAX_QUESTION_CHARS: usize = 1_000;
const MAX_ANSWER_BYTES: usize = 64 << 10;
const MAX_ALTERNATES: usize = 1_000;

/// An entry as written. Everything is optional here, so that a missing part is named by us with its
/// line; keys that we do not know are left alone, because exports from other tools have more columns.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct RawEntry {
    pub id: Option<String>,
    pub question: Option<String>,
    pub alternates: Option<Vec<String>>,
    pub answer: Option<String>,
    pub url: Option<String>,
    pub requires: Option<Requires>,
}

impl RawEntry {
    /// Checks an entry and gives it its line.
    pub fn draft(self, line: usize) -> Result<Draft, Fault> {
        let question = filled(self.question).ok_or_else(|| Fault::at(line, "no `question`"))?;
        let answer = filled(self.answer)
            .ok_or_else(|| Fault::at(line, format!("no `answer` to “{}”", short(&question))))?;
        let alternates: Vec<String> = self
            .alternates
            .into_iter()
            .flatten()
            .filter_map(|text| filled(Some(text)))
            .collect();
        if let Some(what) = personal::fault(&answer, self.requires.as_ref()) {
            return Err(Fault::at(line, what));
        }
        check_sizes(&question, &alternates, &answer).map_err(|what| Fault::at(line, what))?;
        Ok(Draft {
            line,
            id: filled(self.id),
            kind: Kind::Faq,
            title: question,
            alternates,
            body: answer,
            url: filled(self.url),
            anchor: None,
            requires: self.requires,
        })
    }
}

fn check_sizes(question: &str, alternates: &[String], answer: &str) -> Result<(), String> {
    let too_long = |text: &str| text.chars().count() > MAX_QUESTION_CHARS;
    if too_long(question) || alternates.iter().any(|text| too_long(text)) {
        return Err(format!(
            "a question has more than {MAX_QUESTION_CHARS} characters"
        ));
    }
    if alternates.len() > MAX_ALTERNATES {
        return Err(format!("more than {MAX_ALTERNATES} `alternates`"));
    }
    if answer.len() > MAX_ANSWER_BYTES {
        return Err(format!(
            "the answer is larger than {MAX_ANSWER_BYTES} bytes"
        ));
    }
    Ok(())
}

fn filled(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty())
}

/// The start of a text, for messages.
pub(crate) fn short(text: &str) -> String {
    let start: String = text.chars().take(60).collect();
    if start.len() < text.len() {
        format!("{start}…")
    } else {
        start
    }
}

/// A list of entries: bare, or the value of `entries` in a mapping.
pub(crate) struct List<T>(pub Vec<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ListVisitor(PhantomData))
    }
}

struct ListVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ListVisitor<T> {
    type Value = List<T>;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a list of entries with `question` and `answer`, bare or under `entries`")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<List<T>, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<List<T>, A::Error> {
        let mut items = None;
        while let Some(key) = map.next_key::<String>()? {
            if key == "entries" {
                items = Some(map.next_value::<Vec<T>>()?);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        items
            .map(List)
            .ok_or_else(|| serde::de::Error::missing_field("entries"))
    }
}

/// A parser's message on one line of bearable length.
pub(crate) fn short_message(message: &str) -> String {
    let line: String = message.chars().take(200).collect();
    line.replace('\n', " ")
}
