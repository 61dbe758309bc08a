//! What a site says in its own words instead of the packs'. A name that no pack knows is a mistake that is told, so that
//! no sentence is lost by a typo.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::Problems;
use crate::words::{self, CONSENT, FALLBACK, GREETING, Pack};

const LONGEST_SENTENCE: usize = 500;
const LONGEST_CONSENT: usize = 2_000;

/// Sentences by language and name.
pub type RawWords = BTreeMap<String, BTreeMap<String, RawSentence>>;

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum RawSentence {
    Text(String),
    /// One for each way in which the language counts.
    Forms(BTreeMap<String, String>),
}

/// `consent` is the text for languages without one of their own; `label` is how problems name the site.
pub(super) fn words(
    raw: RawWords,
    consent: Option<&str>,
    label: &str,
    problems: &mut Problems,
) -> BTreeMap<String, Pack> {
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
    match check_consent(consent, &all) {
        Ok(text) => ask_in_every_language(&mut all, text),
        Err(what) => problems.add(format!("{label}: {what}")),
    }
    all
}

fn ask_in_every_language(all: &mut BTreeMap<String, Pack>, consent: Option<&str>) {
    let Some(text) = consent else { return };
    for language in words::languages() {
        let said = all.entry(language.to_owned()).or_default();
        let asked = said.entry(CONSENT.to_owned());
        asked.or_insert_with(|| text.into());
    }
}

/// What visitors agree to is asked in every language, so there is a text for those without one of their own.
fn check_consent<'a>(
    consent: Option<&'a str>,
    words: &BTreeMap<String, Pack>,
) -> Result<Option<&'a str>, String> {
    let Some(text) = consent else {
        let translated = words.iter().find(|(_, own)| own.contains_key(CONSENT));
        return translated.map_or(Ok(None), |(language, _)| {
            Err(format!(
                "`words.{language}.consent` needs a `consent` of the site, for all other languages"
            ))
        });
    };
    length(text, LONGEST_CONSENT).map_err(|what| format!("`consent` {what}"))?;
    Ok(consent)
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
    if known.is_none() && name != GREETING && name != CONSENT {
        return Err("is no sentence of the chat; widget/words/en.json has them all".to_owned());
    }
    let counts = known.is_some_and(Value::is_object);
    let allowed = known.map(values).unwrap_or_default();
    let good = |text: &str| match name {
        CONSENT => length(text, LONGEST_CONSENT),
        _ => fits(text, &allowed),
    };
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

fn length(text: &str, longest: usize) -> Result<(), String> {
    match text.trim().is_empty() || text.chars().count() > longest {
        true => Err(format!("has 1 to {longest} characters")),
        false => Ok(()),
    }
}

fn fits(text: &str, allowed: &[String]) -> Result<(), String> {
    length(text, LONGEST_SENTENCE)?;
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
        asked(None, text)
    }

    fn asked(consent: Option<&str>, text: &str) -> (BTreeMap<String, Pack>, Vec<String>) {
        let raw: RawWords = toml::from_str(text).unwrap();
        let mut problems = Problems::default();
        let all = super::words(raw, consent, "shop", &mut problems);
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
    fn consent_is_asked_in_every_language() {
        let german = "[de]\nconsent = \"Gern, {wenn} Sie [mögen](/x).\"";
        let (all, problems) = asked(Some("Fine?"), german);
        assert_eq!(problems, [""; 0]);
        assert_eq!(all["de"]["consent"], "Gern, {wenn} Sie [mögen](/x).");
        assert!(words::languages().all(|language| all[language].contains_key("consent")));
        assert_eq!(asked(None, ""), (BTreeMap::new(), Vec::new()));
        let long = "x".repeat(2_001);
        for (consent, own, what) in [
            (None, german, "`words.de.consent` needs a `consent`"),
            (Some(" "), "", "`consent` has 1 to 2000 characters"),
            (Some(long.as_str()), german, "`consent` has 1 to 2000"),
        ] {
            let (_, problems) = asked(consent, own);
            assert!(
                problems.len() == 1 && problems[0].contains(what),
                "{problems:?}"
            );
        }
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
