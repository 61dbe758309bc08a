//! Front matter: what the author says about a file at its top, in YAML between lines of `---` or in TOML between
//! lines of `+++`. Keys of the site generators are understood where they say what is published, and where.

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny};

use super::{Fault, faq::short_message, lines_in, yaml};
use crate::entry::Kind;

/// What the author says about the file.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct Front {
    pub kind: Option<Kind>,
    #[serde(deserialize_with = "word")]
    pub title: Option<String>,
    #[serde(deserialize_with = "word")]
    pub description: Option<String>,
    #[serde(deserialize_with = "word")]
    pub url: Option<String>,
    #[serde(deserialize_with = "word")]
    pub slug: Option<String>,
    #[serde(deserialize_with = "word")]
    pub id: Option<String>,
    #[serde(deserialize_with = "day")]
    date: Option<String>,
    #[serde(rename = "publishDate", deserialize_with = "day")]
    publish_date: Option<String>,
    #[serde(deserialize_with = "day")]
    lastmod: Option<String>,
    #[serde(deserialize_with = "word")]
    draft: Option<String>,
    #[serde(deserialize_with = "word")]
    unlisted: Option<String>,
    #[serde(deserialize_with = "word")]
    headless: Option<String>,
    #[serde(deserialize_with = "word")]
    published: Option<String>,
    #[serde(deserialize_with = "word")]
    hinny: Option<String>,
    search: Search,
}

/// MkDocs themes: `search: {exclude: true}`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(untagged)]
enum Search {
    Asked { exclude: bool },
    Other(IgnoredAny),
}

impl Default for Search {
    fn default() -> Self {
        Search::Other(IgnoredAny)
    }
}

impl Front {
    /// Whether the page's address does not follow from its path.
    pub fn moves(&self) -> bool {
        [&self.url, &self.slug, &self.id]
            .iter()
            .any(|key| key.is_some())
    }

    /// The day the page is from, as `2026-05-01`; in the order that Hugo looks for it.
    pub fn day(&self) -> Option<&str> {
        let days = [&self.date, &self.publish_date, &self.lastmod];
        days.into_iter().flatten().find_map(|day| day.get(..10))
    }

    /// Whether the author keeps the file from readers or from hinny.
    pub fn is_left_out(&self) -> bool {
        let says = |key: &Option<String>, word: &str| key.as_deref() == Some(word);
        let hidden = [&self.draft, &self.unlisted, &self.headless];
        hidden.iter().any(|key| says(key, "true"))
            || [&self.published, &self.hinny]
                .iter()
                .any(|key| says(key, "false"))
            || matches!(self.search, Search::Asked { exclude: true })
    }
}

/// Words as people write them: a number or a truth value counts as its text, a list or table as nothing.
fn word<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Scalar {
        Truth(bool),
        Whole(i64),
        Number(f64),
        Text(String),
        Other(IgnoredAny),
    }
    Ok(match Scalar::deserialize(deserializer)? {
        Scalar::Truth(value) => Some(value.to_string()),
        Scalar::Whole(value) => Some(value.to_string()),
        Scalar::Number(value) => Some(value.to_string()),
        Scalar::Text(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Scalar::Other(_) => None,
    })
}

/// A date of either language, as its text.
fn day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Day {
        Text(String),
        Toml(toml::value::Datetime),
        Other(IgnoredAny),
    }
    Ok(match Day::deserialize(deserializer)? {
        Day::Text(text) => Some(text.trim().to_owned()),
        Day::Toml(date) => Some(date.to_string()),
        Day::Other(_) => None,
    })
}

/// The front matter, if any, and where the text begins.
pub(crate) fn front_matter(text: &str) -> Result<(Front, usize), Fault> {
    for (fence, ends) in [("---", ["---", "..."]), ("+++", ["+++", "+++"])] {
        let Some((source, start)) = block(text, fence, ends) else {
            continue;
        };
        let front = match fence {
            _ if source.trim().is_empty() => Ok(Front::default()),
            "---" => of_yaml(source),
            _ => of_toml(source),
        };
        return front.map(|front| (front, start));
    }
    Ok((Front::default(), 0))
}

fn block<'a>(text: &'a str, fence: &str, ends: [&str; 2]) -> Option<(&'a str, usize)> {
    let rest = text.strip_prefix(fence)?;
    let rest = rest
        .strip_prefix('\n')
        .or_else(|| rest.strip_prefix("\r\n"))?;
    let offset = text.len() - rest.len();
    let mut end = 0;
    for line in rest.split_inclusive('\n') {
        if ends.contains(&line.trim_end()) {
            return Some((&rest[..end], offset + end + line.len()));
        }
        end += line.len();
    }
    None
}

fn of_yaml(source: &str) -> Result<Front, Fault> {
    serde_saphyr::from_str(source).map_err(|error| {
        let mut fault = yaml::fault(&error);
        fault.what = fault.what.replace("YAML of a FAQ", "front matter");
        fault.line = fault.line.map(|line| line + 1);
        fault
    })
}

fn of_toml(source: &str) -> Result<Front, Fault> {
    toml::from_str(source).map_err(|error: toml::de::Error| {
        let at = error.span().map_or(0, |span| span.start.min(source.len()));
        let what = format!("not valid front matter: {}", short_message(error.message()));
        Fault::at(lines_in(&source.as_bytes()[..at]) + 2, what)
    })
}

#[cfg(test)]
mod tests {
    use super::front_matter;

    #[test]
    fn yaml_and_toml_say_the_same() {
        let yaml =
            "---\ntitle: Paying\nslug: pay\ntags: [a, b]\ndate: 2026-01-01\nweight: 3\n---\ntext";
        let toml = "+++\ntitle = \"Paying\"\nslug = \"pay\"\ntags = [\"a\"]\ndate = 2026-01-01\n[menu.main]\nweight = 3\n+++\ntext";
        for text in [yaml, toml] {
            let (front, start) = front_matter(text).unwrap();
            assert_eq!(front.title.as_deref(), Some("Paying"));
            assert_eq!(front.slug.as_deref(), Some("pay"));
            assert_eq!(front.day(), Some("2026-01-01"));
            assert_eq!(&text[start..], "text");
            assert!(!front.is_left_out());
        }
    }

    #[test]
    fn drafts_and_what_is_not_for_hinny_are_left_out() {
        for line in [
            "draft: true",
            "unlisted: true",
            "headless: true",
            "published: false",
            "hinny: false",
            "search: {exclude: true}",
            "search:\n  exclude: true\n  boost: 2",
        ] {
            let (front, _) = front_matter(&format!("---\n{line}\n---\n")).unwrap();
            assert!(front.is_left_out(), "{line}");
        }
        for line in [
            "draft: false",
            "search: {boost: 2}",
            "search: yes",
            "hinny: true",
        ] {
            let (front, _) = front_matter(&format!("---\n{line}\n---\n")).unwrap();
            assert!(!front.is_left_out(), "{line}");
        }
        assert!(
            front_matter("+++\ndraft = true\n+++\n")
                .unwrap()
                .0
                .is_left_out()
        );
    }

    #[test]
    fn numbers_and_lists_are_no_reason_to_refuse_a_page() {
        let (front, _) = front_matter("---\ntitle: 2024\nid: 7\nslug: [x]\n---\n").unwrap();
        assert_eq!(front.title.as_deref(), Some("2024"));
        assert_eq!((front.id.as_deref(), front.slug), (Some("7"), None));
    }

    #[test]
    fn broken_toml_is_named_with_its_line() {
        let fault = front_matter("+++\ntitle = \"x\"\nslug = = 1\n+++\n").unwrap_err();
        assert_eq!(fault.line, Some(3));
    }

    #[test]
    fn a_rule_without_end_is_text() {
        assert_eq!(front_matter("---\nno end").unwrap().1, 0);
        assert_eq!(front_matter("+++\nno end").unwrap().1, 0);
    }
}
