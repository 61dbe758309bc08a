//! What the configuration of a Hugo site says about addresses: patterns, languages, folders.
//! <https://gohugo.io/configuration/>

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Map, Value};
use walkdir::WalkDir;

use super::page::walked;
use super::permalinks::{Kind, Page, clean};
use super::small;

/// Where the configuration may be, in the order it is looked for.
pub(super) const FILES: [&str; 4] = [
    "hugo",
    "config/_default/hugo",
    "config/_default/config",
    "config",
];
pub(super) const ENDINGS: [&str; 4] = ["toml", "yaml", "yml", "json"];
/// Parts of the configuration that may have files of their own.
const PARTS: [&str; 2] = ["permalinks", "languages"];
/// Folders deeper than this are no sections.
const MAX_DEPTH: usize = 64;

/// What a site says about its addresses.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Hugo {
    /// Pages are files: `uglyURLs`.
    pub files: bool,
    /// The folder with the texts, with a slash at its end.
    pub content: String,
    keeps_case: bool,
    /// The first one is the default.
    languages: Vec<Language>,
    patterns: Vec<Pattern>,
    /// Folders with a page of their own, below the content; only where a pattern asks for them.
    sections: BTreeSet<String>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Language {
    name: String,
    /// Its folder with texts, with a slash at its end.
    pub content: String,
    /// What its addresses begin with.
    pub prefix: String,
    pub is_off: bool,
}

#[derive(Clone, Debug, PartialEq)]
struct Pattern {
    /// Of one language, or of all.
    language: Option<String>,
    kind: Kind,
    /// The section, as a path.
    section: String,
    text: String,
}

impl Default for Hugo {
    fn default() -> Self {
        Hugo::read(&Map::new())
    }
}

impl Hugo {
    /// The configuration of the project in this folder.
    pub fn of(folder: &Path, file: &Path) -> Hugo {
        let mut tree = tree(file);
        for part in PARTS {
            let files =
                ENDINGS.map(|ending| folder.join(format!("config/_default/{part}.{ending}")));
            let Some(file) = files.iter().find(|file| file.is_file()) else {
                continue;
            };
            tree.insert(part.to_owned(), Value::Object(self::tree(file)));
        }
        let mut hugo = Hugo::read(&tree);
        if hugo
            .patterns
            .iter()
            .any(|pattern| pattern.text.contains(":sections"))
        {
            hugo.sections = hugo.found_sections(folder);
        }
        hugo
    }

    fn read(tree: &Map<String, Value>) -> Hugo {
        let content = folder(tree).unwrap_or_else(|| "content/".to_owned());
        let mut hugo = Hugo {
            files: truth(tree, "uglyurls"),
            keeps_case: truth(tree, "disablepathtolower"),
            languages: Vec::new(),
            patterns: Vec::new(),
            sections: BTreeSet::new(),
            content,
        };
        let known = Map::new();
        let known = tree
            .get("languages")
            .and_then(Value::as_object)
            .unwrap_or(&known);
        for (name, language) in known {
            let own = language.get("permalinks");
            hugo.patterns
                .extend(own.into_iter().flat_map(|own| patterns(own, Some(name))));
        }
        let all = tree.get("permalinks");
        hugo.patterns
            .extend(all.into_iter().flat_map(|all| patterns(all, None)));
        hugo.languages = hugo.spoken(tree, known);
        hugo
    }

    fn spoken(&self, tree: &Map<String, Value>, known: &Map<String, Value>) -> Vec<Language> {
        let usual = text(tree, "defaultcontentlanguage")
            .unwrap_or("en")
            .to_lowercase();
        let in_folder = truth(tree, "defaultcontentlanguageinsubdir");
        let off = tree.get("disablelanguages").and_then(Value::as_array);
        let is_off = |name: &str| {
            off.is_some_and(|off| off.iter().any(|other| other.as_str() == Some(name)))
        };
        let language = |name: &str| {
            let own = known.get(name).and_then(Value::as_object);
            let has_prefix = name != usual || in_folder;
            Language {
                name: name.to_owned(),
                content: own.and_then(folder).unwrap_or_else(|| self.content.clone()),
                prefix: match has_prefix {
                    true => name.to_owned(),
                    false => String::new(),
                },
                is_off: is_off(name) || own.is_some_and(|own| truth(own, "disabled")),
            }
        };
        let others = known.keys().filter(|name| **name != usual);
        let names = [&usual].into_iter().chain(others);
        names.map(|name| language(name)).collect()
    }

    fn found_sections(&self, folder: &Path) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for language in &self.languages {
            let content = folder.join(&language.content);
            let walk = WalkDir::new(&content).max_depth(MAX_DEPTH).into_iter();
            for item in walk.filter_map(Result::ok) {
                let name = item.file_name().to_string_lossy();
                let at = item
                    .path()
                    .parent()
                    .and_then(|at| at.strip_prefix(&content).ok());
                if let Some(at) = at.filter(|_| name.starts_with("_index.")) {
                    found.insert(walked(&super::slashes(at)).trim_end_matches('/').to_owned());
                }
            }
        }
        found
    }

    pub fn has_patterns(&self) -> bool {
        !self.patterns.is_empty()
    }

    /// The language of this name.
    pub fn language(&self, name: &str) -> Option<&Language> {
        let mut languages = self.languages.iter();
        languages.find(|language| language.name.eq_ignore_ascii_case(name))
    }

    /// The language by its folder, and the path within that; what lies elsewhere stays as it is.
    pub fn located<'a>(&self, path: &'a str) -> (&Language, &'a str) {
        let inside = |language: &&Language| path.starts_with(&language.content);
        let deepest = self.languages.iter().filter(inside).rev();
        match deepest.max_by_key(|language| language.content.len()) {
            Some(language) => (language, &path[language.content.len()..]),
            None => (&self.languages[0], path),
        }
    }

    /// Whether the texts of all languages lie below this folder.
    pub fn is_above(&self, folder: &str) -> bool {
        let mut languages = self.languages.iter();
        languages.any(|language| language.content != folder && language.content.starts_with(folder))
    }

    /// The pattern for a page: the one for the deepest section, of its language before that of all.
    pub fn pattern(&self, language: &Language, page: &Page<'_>) -> Option<&str> {
        let fits = |pattern: &&Pattern| {
            let own = pattern.language.as_ref();
            pattern.kind == page.kind
                && own.is_none_or(|name| *name == language.name)
                && page.lies_in(&pattern.section)
        };
        let fitting = self.patterns.iter().filter(fits);
        let best =
            fitting.max_by_key(|pattern| (pattern.language.is_some(), pattern.section.len()));
        best.map(|pattern| pattern.text.as_str())
    }

    pub fn is_section(&self, folder: &str) -> bool {
        self.sections.contains(folder)
    }

    /// A path as it stands in an address.
    pub fn clean(&self, path: &str) -> String {
        let clean = clean(path);
        match self.keeps_case {
            true => clean,
            false => clean.to_lowercase(),
        }
    }
}

/// The configuration in one file, with all keys in lower case, because Hugo does not tell them apart. A file that cannot
/// be read says nothing.
fn tree(file: &Path) -> Map<String, Value> {
    let text = small(file).unwrap_or_default();
    let value = match file.extension().and_then(|ending| ending.to_str()) {
        Some("toml") => toml::from_str::<toml::Value>(&text)
            .ok()
            .and_then(|tree| serde_json::to_value(tree).ok()),
        Some("json") => serde_json::from_str(&text).ok(),
        _ => serde_saphyr::from_str(&text).ok(),
    };
    match value.map(lower) {
        Some(Value::Object(tree)) => tree,
        _ => Map::new(),
    }
}

fn lower(value: Value) -> Value {
    match value {
        Value::Object(tree) => {
            let keys = tree.into_iter();
            Value::Object(
                keys.map(|(key, value)| (key.to_lowercase(), lower(value)))
                    .collect(),
            )
        }
        value => value,
    }
}

fn text<'a>(tree: &'a Map<String, Value>, key: &str) -> Option<&'a str> {
    tree.get(key)?.as_str()
}

fn truth(tree: &Map<String, Value>, key: &str) -> bool {
    tree.get(key).and_then(Value::as_bool).unwrap_or_default()
}

fn folder(tree: &Map<String, Value>) -> Option<String> {
    let folder = walked(text(tree, "contentdir")?);
    Some(format!("{}/", folder.trim_end_matches('/')))
}

/// `posts = "…"` is for pages; below `page` and `section` it says for which kind.
fn patterns(value: &Value, language: Option<&String>) -> Vec<Pattern> {
    let pattern = |kind, section: &str, text: &Value| {
        Some(Pattern {
            language: language.cloned(),
            kind,
            section: section.trim_matches(['/', ' ']).to_owned(),
            text: text.as_str()?.to_owned(),
        })
    };
    let Some(tree) = value.as_object() else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for (key, value) in tree {
        match (key.as_str(), value.as_object()) {
            ("page", Some(own)) => {
                found.extend(
                    own.iter()
                        .filter_map(|(key, text)| pattern(Kind::Page, key, text)),
                );
            }
            ("section", Some(own)) => {
                found.extend(
                    own.iter()
                        .filter_map(|(key, text)| pattern(Kind::Section, key, text)),
                );
            }
            _ => found.extend(pattern(Kind::Page, key, value)),
        }
    }
    found
}
