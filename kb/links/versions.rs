//! Docusaurus projects: which part of the site a file belongs to, and which of its versions is the latest.
//! <https://docusaurus.io/docs/versioning> and <https://docusaurus.io/docs/i18n/tutorial>

use std::path::Path;

use super::{setting, small};

/// The version that lies in `docs`, where the next one is written.
const CURRENT: &str = "current";
const PLUGIN: &str = "docusaurus-plugin-content-";
const QUOTES: [char; 3] = ['\'', '"', '`'];
/// So many versions are known at most.
const MOST: usize = 1_000;

/// What a site says about the versions and languages of its docs.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Versions {
    /// Where readers are sent; only this one is read unless another is asked for.
    pub latest: String,
    /// Versions with a place of their own on the site.
    places: Vec<(String, String)>,
    /// The language whose pages have no prefix.
    language: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    Docs,
    Blog,
    Pages,
}

/// Where a file lies in a project.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Part<'a> {
    pub kind: Kind,
    pub language: Option<&'a str>,
    version: Option<&'a str>,
    /// The path within the part.
    pub rest: &'a str,
}

impl<'a> Part<'a> {
    /// The part that holds this path; `None` above all parts, and beside them.
    pub fn of(path: &'a str) -> Option<Part<'a>> {
        let part = |kind, version, rest| Part {
            kind,
            language: None,
            version,
            rest,
        };
        let (first, rest) = path.split_once('/')?;
        match first {
            "docs" => Some(part(Kind::Docs, Some(CURRENT), rest)),
            "blog" => Some(part(Kind::Blog, None, rest)),
            "src" => Some(part(Kind::Pages, None, rest.strip_prefix("pages/")?)),
            "versioned_docs" => {
                let (version, rest) = rest.split_once('/')?;
                Some(part(
                    Kind::Docs,
                    Some(version.strip_prefix("version-")?),
                    rest,
                ))
            }
            "i18n" => Part::translated(rest),
            _ => None,
        }
    }

    fn translated(path: &'a str) -> Option<Part<'a>> {
        let (language, path) = path.split_once('/')?;
        let (plugin, rest) = path.strip_prefix(PLUGIN)?.split_once('/')?;
        let (kind, version, rest) = match plugin {
            "docs" => {
                let (version, rest) = rest.split_once('/')?;
                let version = version.strip_prefix("version-").unwrap_or(version);
                (Kind::Docs, Some(version), rest)
            }
            "blog" => (Kind::Blog, None, rest),
            "pages" => (Kind::Pages, None, rest),
            _ => return None,
        };
        Some(Part {
            kind,
            language: Some(language),
            version,
            rest,
        })
    }
}

impl Versions {
    /// What the files of a project say.
    pub fn of(folder: &Path, config: &str) -> Versions {
        let config = &without_comments(config);
        let known = match setting(config, "disableVersioning") {
            Some("true") => Vec::new(),
            _ => listed(&folder.join("versions.json")),
        };
        let only = blocks(config, "onlyIncludeVersions", ['[', ']']);
        let only = only.map(words).next();
        let published = |name: &&String| {
            only.as_ref()
                .is_none_or(|only| only.contains(&name.as_str()))
        };
        let told = setting(config, "lastVersion")
            .filter(|told| *told == CURRENT || known.iter().any(|name| name == told));
        let first = || known.iter().find(published).map(String::as_str);
        let latest = told.or_else(first).unwrap_or(CURRENT).to_owned();
        let place = |name: &str| {
            blocks(config, "versions", ['{', '}'])
                .flat_map(|options| blocks(options, name, ['{', '}']))
                .find_map(|version| quoted(version, "path"))
        };
        let names = known.iter().map(String::as_str).chain([CURRENT]);
        let placed = names.filter_map(|name| Some((name, place(name)?.trim_matches('/'))));
        Versions {
            places: placed
                .map(|(name, place)| (name.to_owned(), place.to_owned()))
                .collect(),
            latest,
            language: setting(config, "defaultLocale").map(str::to_owned),
        }
    }

    /// Whether the file is of a version that readers are not sent to.
    pub fn is_other(&self, part: &Part<'_>) -> bool {
        part.version.is_some_and(|version| version != self.latest)
    }

    /// Where a part begins on the site: `fr/docs/next`.
    pub fn begin(&self, part: &Part<'_>, docs_at: &str) -> String {
        let language = self.prefix(part.language);
        match part.kind {
            Kind::Docs => joined([language, docs_at, self.place(part.version)]),
            Kind::Blog => joined([language, "blog", ""]),
            Kind::Pages => language.to_owned(),
        }
    }

    /// Where a folder above all parts begins: `i18n/fr` is `fr`.
    pub fn begin_above(&self, folder: &str, docs_at: &str) -> String {
        let parts: Vec<&str> = folder.split('/').collect();
        match parts[..] {
            ["versioned_docs"] => docs_at.to_owned(),
            ["i18n", language] => self.prefix(Some(language)).to_owned(),
            ["i18n", language, plugin] if plugin.strip_prefix(PLUGIN) == Some("docs") => {
                joined([self.prefix(Some(language)), docs_at, ""])
            }
            _ => String::new(),
        }
    }

    fn prefix<'a>(&self, language: Option<&'a str>) -> &'a str {
        let other = language.filter(|name| self.language.as_deref() != Some(name));
        other.unwrap_or_default()
    }

    fn place<'a>(&'a self, version: Option<&'a str>) -> &'a str {
        let version = version.unwrap_or_default();
        let told = self.places.iter().find(|(name, _)| name == version);
        match told {
            Some((_, place)) => place,
            None if version == self.latest => "",
            None if version == CURRENT => "next",
            None => version,
        }
    }
}

/// Names in `versions.json`, from the newest to the oldest.
fn listed(file: &Path) -> Vec<String> {
    let text = small(file).unwrap_or_default();
    let mut names: Vec<String> = serde_json::from_str(&text).unwrap_or_default();
    names.truncate(MOST);
    names
}

fn joined(parts: [&str; 3]) -> String {
    let parts = parts.iter().filter(|part| !part.is_empty());
    let parts: Vec<&str> = parts.copied().collect();
    parts.join("/")
}

fn without_comments(script: &str) -> String {
    let lines = script.lines();
    let lines = lines.filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

/// What stands between the brackets behind each `key:`.
fn blocks<'a>(text: &'a str, key: &str, brackets: [char; 2]) -> impl Iterator<Item = &'a str> {
    let opened = values(text, key).filter_map(move |value| value.strip_prefix(brackets[0]));
    opened.filter_map(move |value| {
        let mut depth = 1;
        let end = value.find(|letter| {
            depth += i32::from(letter == brackets[0]) - i32::from(letter == brackets[1]);
            depth == 0
        });
        Some(&value[..end?])
    })
}

/// The text in quotes behind `key:`.
fn quoted<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    let mut texts = values(text, key).filter(|value| value.starts_with(QUOTES));
    texts.find_map(|value| words(value).first().copied())
}

/// Everything that stands in quotes.
fn words(text: &str) -> Vec<&str> {
    text.split(QUOTES).skip(1).step_by(2).collect()
}

/// What follows each `key:` of a script, also where the key stands in quotes.
fn values<'a>(text: &'a str, key: &str) -> impl Iterator<Item = &'a str> {
    text.match_indices(key).filter_map(|(at, key)| {
        let before = text[..at].chars().next_back();
        let goes_on = |c: char| c.is_alphanumeric() || "_$.-".contains(c);
        let rest = text[at + key.len()..].trim_start_matches(QUOTES);
        let value = rest.trim_start().strip_prefix(':')?;
        (!before.is_some_and(goes_on)).then_some(value.trim_start())
    })
}
