//! What a site says in its own words instead of the packs'. A name that no pack knows is a mistake that is told, so that
//! no sentence is lost by a typo.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::Problems;
use crate::words::{self, FALLBACK, GREETING, Pack};

const LONGEST_SENTENCE: usize = 500;

/// Sentences by language and name.
pub type RawWords = BTreeMap<String, BTreeMap<String, RawSentence>>;

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum RawSentence {
    Text(String),
    /// One for each way in which the language counts.
    Forms(BTreeMap<String, String>),
}

/// `label` is how problems name the site.
pub(super) fn words(raw: RawWords, label: &str, problems: &mut Problems) -> BTreeMap<String, Pack> {
    let english = words::pack(FALLBACK).cloned().unwrap_or_default();
    let mut all = BTreeMap::new();
    for (language, sentences) in raw {
        if words::pack(&language).is_none() {
            problems.add(format!("{label}: `words.{language}`: {}", no_language()));
            continue;
        }
        let mut own = Pack::new();
        for (name, sentence) in sentences {
            match check(&english, &name, sentence) {
                Ok(said) => drop(own.insert(name, said)),
                Err(what) => problems.add(format!("{label}: `words.{language}.{name}` {what}")),
            }
        }
        all.insert(language, own);
    }
    all
}

fn no_language() -> String {
    let known: Vec<&str> = words::languages().collect();
    format!("the languages are {}", known.join(", "))
}

fn check(english: &Pack, name: &str, sentence: RawSentence) -> Result<Value, String> {
    if name == "dir" {
        return Err("is decided by the language".to_owned());
    }
    let known = english.get(name);
    if known.is_none() && name != GREETING {
        return Err("is no sentence of the chat; widget/words/en.json has them all".to_owned());
    }
    let counts = known.is_some_and(Value::is_object);
    let allowed = known.map(values).unwrap_or_default();
    let good = |text: &str| fits(text, &allowed);
    match sentence {
        RawSentence::Text(text) => {
            good(&text)?;
            Ok(match counts {
                true => serde_json::json!({ "other": text }),
                false => text.into(),
            })
        }
        RawSentence::Forms(_) if !counts => Err("is one sentence, not several".to_owned()),
        RawSentence::Forms(forms) => {
            forms.values().try_for_each(|text| good(text))?;
            match forms.contains_key("other") {
                true => Ok(forms.into_iter().collect()),
                false => Err("needs a form `other`".to_owned()),
            }
        }
    }
}

fn fits(text: &str, allowed: &[String]) -> Result<(), String> {
    if text.trim().is_empty() || text.chars().count() > LONGEST_SENTENCE {
        return Err(format!("has 1 to {LONGEST_SENTENCE} characters"));
    }
    let strange = values(&text.into()).into_iter();
    match strange.into_iter().find(|value| !allowed.contains(value)) {
        Some(value) => Err(format!("knows no {{{value}}}")),
        None => Ok(()),
    }
}

/// What stands in braces in a sentence or in any of its forms.
fn values(sentence: &Value) -> Vec<String> {
    match sentence {
        Value::String(text) => text
            .split('{')
            .skip(1)
            .filter_map(|rest| rest.split_once('}'))
            .map(|(name, _)| name.to_owned())
            .collect(),
        Value::Object(forms) => forms.values().flat_map(values).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (BTreeMap<String, Pack>, Vec<String>) {
        let raw: RawWords = toml::from_str(text).unwrap();
        let mut problems = Problems::default();
        let all = words(raw, "shop", &mut problems);
        (all, problems.0)
    }

    #[test]
    fn a_site_says_it_in_its_own_words() {
        let (all, problems) = read(
            "[de]\nperson = \"Zur Crew\"\nunread = { one = \"Eine neu\", other = \"{n} neu\" }\n\
             greeting = \"Moin!\"\n[ja]\nunread = \"{n} 件\"",
        );
        assert_eq!(problems, [""; 0]);
        assert_eq!(all["de"]["person"], "Zur Crew");
        assert_eq!(all["de"]["unread"]["other"], "{n} neu");
        assert_eq!(all["de"]["greeting"], "Moin!");
        assert_eq!(all["ja"]["unread"]["other"], "{n} 件");
    }

    #[test]
    fn what_no_pack_knows_is_told() {
        let long = "x".repeat(501);
        for (text, what) in [
            ("[xx]\nsend = \"Go\"", "the languages are ar, de, en"),
            ("[en]\nsned = \"Go\"", "`words.en.sned` is no sentence"),
            ("[en]\ndir = \"rtl\"", "is decided by the language"),
            ("[en]\nsend = \" \"", "has 1 to 500 characters"),
            (&format!("[en]\nsend = \"{long}\""), "has 1 to 500"),
            ("[en]\nwrites = \"{nmae} types\"", "knows no {nmae}"),
            ("[en]\nunread = { one = \"1\" }", "needs a form `other`"),
            ("[en]\nsend = { other = \"Go\" }", "is one sentence"),
        ] {
            let (_, problems) = read(text);
            assert!(
                problems.len() == 1 && problems[0].contains(what),
                "{problems:?}"
            );
        }
    }
}
