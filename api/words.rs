//! What the chat says, by language: the packs that `widget/words` holds, with a site's own sentences in them. A visitor's
//! browser fetches one of them. Which languages there are, and which sentences, is known from the packs alone.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::extract::{Path, RawQuery, State};
use axum::http::header::ACCESS_CONTROL_ALLOW_ORIGIN;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use hinny_bridges::text::Text;
use serde_json::Value;

use crate::app::Shared;
use crate::assets;
use crate::config::Site;
use crate::error::Problem;

const JSON: &str = "application/json";

/// A language's sentences by their names. One that counts has a form for each way of counting.
pub type Pack = BTreeMap<String, Value>;

/// The language that has every sentence first, and that is spoken where no other fits.
pub const FALLBACK: &str = "en";

/// What a site may say beside the sentences of the packs: its greeting, which is no one else's.
pub const GREETING: &str = "greeting";

/// And what its visitors agree to before they write, which is no sentence but a text with links.
pub const CONSENT: &str = "consent";

/// What stands in the built chat for its words.
const PLACE: &str = "HINNY_WORDS";

static PACKS: LazyLock<BTreeMap<String, Pack>> = LazyLock::new(|| {
    let built = include_str!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/widget/dist/widget-words.json"
    ));
    serde_json::from_str(built).expect("the build writes packs, and a test reads them")
});

/// The codes of all languages.
pub fn languages() -> impl Iterator<Item = &'static str> {
    PACKS.keys().map(String::as_str)
}

pub fn pack(language: &str) -> Option<&'static Pack> {
    PACKS.get(language)
}

/// A sentence as this site says it.
pub fn said<'a>(site: &'a Site, language: &str, name: &str) -> &'a str {
    let own = site.words.get(language).and_then(|own| own.get(name));
    let said = own.or_else(|| pack(language).and_then(|pack| pack.get(name)));
    said.and_then(Value::as_str).unwrap_or_default()
}

/// `GET /v1/sites/{site}/words/{language}`
pub async fn show(
    State(app): State<Shared>,
    Path((site, language)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let body = app.site(&site).and_then(|site| body(site, &language));
    let mut response = match body {
        Ok(body) => assets::cached(&headers, assets::tag(&body), JSON, body),
        Err(problem) => problem.into_response(),
    };
    // Every page may read it: nothing in it is a secret.
    response
        .headers_mut()
        .insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

fn body(site: &Site, language: &str) -> Result<Vec<u8>, Problem> {
    let language = known(language).ok_or_else(Problem::not_found)?;
    let pack = whole(Some(site), language);
    Ok(serde_json::to_vec(&pack).expect("words are JSON"))
}

/// `GET /widget-chat.js?{attempt},{site},{language}`: the chat with the words in it that it names. One file is fewer
/// bytes than two, and comes in one step. Its parts fetch the whole pack, once.
pub async fn chat(
    State(app): State<Shared>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let query = query.unwrap_or_default();
    let mut parts = query.split(',').skip(1);
    let site = parts.next().and_then(|site| app.config.site(site));
    let language = parts.next().and_then(known).unwrap_or(FALLBACK);
    let mut pack = whole(site, language);
    pack.retain(|name, _| is_named(assets::WIDGET_CHAT, name));
    // The names are those of the packs, so they need no quotes.
    let words = pack.iter().map(|(name, said)| format!("{name}:{said}"));
    let words = words.collect::<Vec<_>>().join(",");
    let words = format!("[\"{language}\",{{{words}}}]");
    let script = assets::WIDGET_CHAT.replacen(PLACE, &words, 1);
    let tag = assets::tag(script.as_bytes());
    assets::cached(&headers, tag, assets::JS, script)
}

/// Whether a script says a sentence: `.send`, or one of several as in `` `state_${x}` ``.
fn is_named(script: &str, name: &str) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let one = format!(".{name}");
    let plain = script.match_indices(&one);
    let mut plain = plain.map(|(at, _)| script[at + one.len()..].chars().next());
    let several = name.match_indices('_').map(|(at, _)| &name[..=at]);
    plain.any(|next| !next.is_some_and(word))
        || several
            .into_iter()
            .any(|stem| script.contains(&format!("`{stem}${{")))
}

/// The language that a code names.
fn known(code: &str) -> Option<&'static str> {
    languages().find(|language| *language == code)
}

/// A pack with what a site says otherwise.
fn whole(site: Option<&Site>, language: &'static str) -> Pack {
    let mut pack = PACKS[language].clone();
    let Some(site) = site else { return pack };
    if let Some(own) = site.words.get(language) {
        pack.extend(own.clone());
    }
    if let Some(Value::String(consent)) = pack.get(CONSENT) {
        let text = Text::from_markdown(consent);
        pack.insert(CONSENT.to_owned(), serde_json::json!(text));
    }
    pack
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_chat_has_one_place_for_its_words() {
        assert_eq!(assets::WIDGET_CHAT.matches(PLACE).count(), 1);
    }

    #[test]
    fn the_chat_gets_what_it_names() {
        let script = "t(e.send,`state_${x}`,e.close_all)";
        for (name, named) in [
            ("send", true),
            ("state_sending", true),
            ("state", false),
            ("close", false),
            ("close_all", true),
            ("end", false),
        ] {
            assert_eq!(is_named(script, name), named, "{name}");
        }
        let all = whole(None, FALLBACK);
        for needed in [
            "dir",
            "placeholder",
            "state_failed",
            "link_offline",
            "answering_bot",
        ] {
            assert!(
                all.contains_key(needed) && is_named(assets::WIDGET_CHAT, needed),
                "{needed}"
            );
        }
    }

    #[test]
    fn the_packs_are_there_and_have_the_same_sentences() {
        let english: Vec<&String> = pack(FALLBACK).unwrap().keys().collect();
        assert!(languages().count() >= 8, "{:?}", PACKS.keys());
        for language in languages() {
            let names: Vec<&String> = pack(language).unwrap().keys().collect();
            assert_eq!(names, english, "{language}");
        }
        assert!(!english.iter().any(|name| *name == GREETING));
    }
}
