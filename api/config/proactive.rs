//! `[[site.proactive]]`: a word to visitors who stay on a page for a while, beside the button. There is none unless a
//! site has rules for it.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;

use super::{Problems, duration};
use crate::words;

/// More would be read by nobody, and each costs every page a few bytes.
const MOST: usize = 10;
/// Characters of a pattern, and of a text, which has a few lines beside the button.
const LONGEST_PAGE: usize = 200;
const LONGEST: usize = 200;
/// Sooner than this nobody has read the page; later nobody is there.
const SOONEST: Duration = Duration::from_secs(1);
const LATEST: Duration = Duration::from_secs(60 * 60);

/// As it is written.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawProactive {
    pub page: String,
    #[serde(default = "RawProactive::after")]
    pub after: String,
    pub text: String,
    #[serde(default)]
    pub words: BTreeMap<String, String>,
}

impl RawProactive {
    fn after() -> String {
        "20s".to_owned()
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Proactive {
    /// What the path of the page must be: `*` is any part between two slashes, `**` anything.
    pub page: String,
    pub after: Duration,
    pub text: String,
    /// The text in other languages.
    pub words: BTreeMap<String, String>,
}

impl Proactive {
    /// The text for a visitor who reads this language.
    pub fn said(&self, language: &str) -> &str {
        self.words.get(language).unwrap_or(&self.text)
    }
}

/// `label` is how problems name the site.
pub(super) fn check(
    raw: Vec<RawProactive>,
    label: &str,
    problems: &mut Problems,
) -> Vec<Proactive> {
    if raw.len() > MOST {
        problems.add(format!("{label}: `proactive`: at most {MOST} rules"));
    }
    let one = |raw: RawProactive| rule(raw).map_err(|what| format!("{label}: `proactive`: {what}"));
    let rules = raw.into_iter().map(one);
    rules.filter_map(|rule| problems.take(rule)).collect()
}

fn rule(raw: RawProactive) -> Result<Proactive, String> {
    let page = raw.page;
    if !page.starts_with(['/', '*']) || page.len() > LONGEST_PAGE || page.contains(['?', '#']) {
        return Err(format!(
            "page = \"{page}\": it is a path such as \"/pricing\" or \"/docs/**\""
        ));
    }
    let after = duration::parse(&raw.after).filter(|after| (SOONEST..=LATEST).contains(after));
    let after = after.ok_or_else(|| format!("after = \"{}\": it is 1s to 1h", raw.after))?;
    let texts = raw.words.values().chain([&raw.text]);
    let unfit = |text: &&String| text.trim().is_empty() || text.chars().count() > LONGEST;
    if texts.into_iter().any(|text| unfit(&text)) {
        return Err(format!("a text has 1 to {LONGEST} characters"));
    }
    let known = |language: &&String| words::pack(language).is_some();
    if let Some(unknown) = raw.words.keys().find(|language| !known(language)) {
        return Err(format!("`words.{unknown}` is in no language of the chat"));
    }
    Ok(Proactive {
        page,
        after,
        text: raw.text,
        words: raw.words,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Vec<Proactive>, Vec<String>) {
        #[derive(Deserialize)]
        struct Rules {
            proactive: Vec<RawProactive>,
        }
        let raw: Rules = toml::from_str(text).unwrap();
        let mut problems = Problems::default();
        let rules = check(raw.proactive, "shop", &mut problems);
        (rules, problems.0)
    }

    #[test]
    fn a_rule_has_a_page_a_time_and_a_text_in_each_language() {
        let (rules, problems) = read(
            "[[proactive]]\npage = \"/docs/**\"\ntext = \"Lost?\"\nwords = { de = \"Verlaufen?\" }",
        );
        assert_eq!(problems, [""; 0]);
        assert_eq!(rules[0].after, Duration::from_secs(20));
        assert_eq!(
            (rules[0].said("de"), rules[0].said("fr")),
            ("Verlaufen?", "Lost?")
        );
    }

    #[test]
    fn what_could_never_be_shown_is_told() {
        let many = "[[proactive]]\npage = \"/\"\ntext = \"x\"\n".repeat(11);
        for (text, what) in [
            ("page = \"pricing\"\ntext = \"x\"", "it is a path"),
            ("page = \"/a?b=1\"\ntext = \"x\"", "it is a path"),
            (
                "page = \"/\"\ntext = \"x\"\nafter = \"0s\"",
                "it is 1s to 1h",
            ),
            (
                "page = \"/\"\ntext = \"x\"\nafter = \"soon\"",
                "it is 1s to 1h",
            ),
            ("page = \"/\"\ntext = \" \"", "1 to 200 characters"),
            (
                "page = \"/\"\ntext = \"x\"\nwords = { xx = \"y\" }",
                "`words.xx`",
            ),
        ] {
            let (_, problems) = read(&format!("[[proactive]]\n{text}"));
            assert!(
                problems.len() == 1 && problems[0].contains(what),
                "{problems:?}"
            );
        }
        assert!(read(&many).1[0].contains("at most 10 rules"));
    }
}
