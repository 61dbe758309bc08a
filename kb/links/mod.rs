//! Where a page of the documents is published. Each site generator has its own rules for addresses and anchors; one
//! file each tells those of its generator, and this one finds out which generator a folder belongs to.

mod docusaurus;
mod hugo;
mod map;
mod mdbook;
mod mkdocs;
mod page;
mod rewrite;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_docusaurus;
mod versions;

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

pub(crate) use map::{Links, SiteMap};
pub(crate) use rewrite::absolute;

use versions::Versions;

use crate::read::Front;
use crate::slug::Style;

/// Files of generators and package managers that have the endings of knowledge.
const MACHINERY: [&str; 10] = [
    "mkdocs.yml",
    "mkdocs.yaml",
    "hugo.yaml",
    "hugo.json",
    "_category_.json",
    "_category_.yml",
    "package.json",
    "package-lock.json",
    "tsconfig.json",
    "sidebars.json",
];
/// How far above an indexed folder a generator's own file is looked for.
const PARENTS: usize = 3;
/// So much of a generator's file is looked at.
const MAX_CONFIG: u64 = 256 << 10;

/// Whose rules make the links of documents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LinkStyle {
    Docusaurus,
    MkDocs,
    MdBook,
    Hugo,
    /// The path without its extension; `index` and `README` are their folder's page.
    #[default]
    Plain,
}

impl LinkStyle {
    /// All of them, by the names they have in the configuration.
    pub const NAMES: [(&'static str, LinkStyle); 5] = [
        ("docusaurus", LinkStyle::Docusaurus),
        ("mkdocs", LinkStyle::MkDocs),
        ("mdbook", LinkStyle::MdBook),
        ("hugo", LinkStyle::Hugo),
        ("plain", LinkStyle::Plain),
    ];

    /// The style of this name, if there is one.
    pub fn named(name: &str) -> Option<LinkStyle> {
        let found = Self::NAMES.iter().find(|(known, _)| *known == name);
        found.map(|(_, style)| *style)
    }
}

/// The generator of one indexed path.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Generator {
    pub style: LinkStyle,
    /// The folder with the texts, below the indexed one: `docs/`, or nothing.
    content: String,
    /// The indexed folder as seen from the one with the generator's own file, if there is one: `docs/`.
    within: Option<String>,
    /// What the generator's file says where it differs from the defaults.
    settings: Settings,
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Settings {
    /// Pages are files instead of folders: `use_directory_urls: false`, `uglyURLs: true`.
    files: bool,
    trailing_slash: Option<bool>,
    /// Docusaurus: where the docs begin on the site.
    docs_at: Option<String>,
    versions: Versions,
}

impl Generator {
    /// The generator of an indexed path: the one that was told, or the one whose file is there.
    pub fn of(root: &Path, told: Option<LinkStyle>) -> Generator {
        let root = std::path::absolute(root).unwrap_or_else(|_| root.to_owned());
        let root = match root.is_dir() {
            true => root,
            false => root.parent().map(Path::to_owned).unwrap_or(root),
        };
        if told == Some(LinkStyle::Plain) {
            return Generator::default();
        }
        let above = root.ancestors().take(PARENTS + 1);
        let found = above.flat_map(config_files).find_map(|(style, file)| {
            let wanted = told.is_none_or(|told| told == style);
            let text = wanted.then(|| small(&file)).flatten()?;
            (style != LinkStyle::Hugo || is_hugo(&file, &text)).then_some((style, file, text))
        });
        match found {
            Some((style, file, text)) => Generator::configured(style, &root, &file, &text),
            None => Generator {
                style: told.unwrap_or_default(),
                ..Generator::default()
            },
        }
    }

    fn configured(style: LinkStyle, root: &Path, file: &Path, text: &str) -> Generator {
        let folder = file.parent().unwrap_or(root);
        let says = |key: &str| setting(text, key);
        let (content, settings) = match style {
            LinkStyle::MkDocs => (
                says("docs_dir").unwrap_or("docs"),
                Settings {
                    files: says("use_directory_urls") == Some("false"),
                    ..Settings::default()
                },
            ),
            LinkStyle::MdBook => (says("src").unwrap_or("src"), Settings::default()),
            LinkStyle::Hugo => (
                says("contentDir").unwrap_or("content"),
                Settings {
                    files: says("uglyURLs") == Some("true"),
                    ..Settings::default()
                },
            ),
            LinkStyle::Docusaurus => (
                "",
                Settings {
                    trailing_slash: says("trailingSlash").and_then(|word| word.parse().ok()),
                    docs_at: says("routeBasePath").map(|at| at.trim_matches('/').to_owned()),
                    versions: Versions::of(folder, text),
                    ..Settings::default()
                },
            ),
            LinkStyle::Plain => ("", Settings::default()),
        };
        let below = folder.join(content);
        Generator {
            style,
            content: below.strip_prefix(root).map(slashes).unwrap_or_default(),
            within: root.strip_prefix(folder).map(slashes).ok(),
            settings,
        }
    }

    /// The address of a page below the base URL, not yet encoded; `None` if the generator does not publish it.
    pub fn page(&self, relative: &str, front: &Front) -> Option<String> {
        let below = relative.strip_prefix(self.content.as_str());
        let path = page::Path::of(below.unwrap_or(relative));
        if path.extension.eq_ignore_ascii_case("pdf") {
            return Some(path.verbatim());
        }
        match self.style {
            LinkStyle::Docusaurus => docusaurus::page(self, relative, front),
            LinkStyle::MkDocs => mkdocs::page(self, path),
            LinkStyle::MdBook => mdbook::page(path),
            LinkStyle::Hugo => hugo::page(self, path, front),
            LinkStyle::Plain => Some(path.plain()),
        }
    }

    /// Files with text that belong to the generator and not to the reader.
    pub fn is_machinery(&self, relative: &str) -> bool {
        let file = relative.rsplit('/').next().unwrap_or_default();
        if MACHINERY.contains(&file) {
            return true;
        }
        let path = page::Path::of(relative);
        match self.style {
            LinkStyle::MdBook => path.name == "SUMMARY",
            LinkStyle::Docusaurus => docusaurus::is_machinery(self, relative),
            LinkStyle::MkDocs | LinkStyle::Hugo | LinkStyle::Plain => false,
        }
    }

    /// Where the site has several versions, the one that is read, if this file is of another one.
    pub fn other_version(&self, relative: &str) -> Option<&str> {
        let is_other =
            self.style == LinkStyle::Docusaurus && docusaurus::is_other_version(self, relative);
        is_other.then_some(self.settings.versions.latest.as_str())
    }

    /// Whose anchors its headings get.
    pub fn anchors(&self) -> Style {
        match self.style {
            LinkStyle::MkDocs => Style::Python,
            LinkStyle::MdBook => Style::MdBook,
            LinkStyle::Docusaurus | LinkStyle::Hugo | LinkStyle::Plain => Style::GitHub,
        }
    }
}

/// A path with a slash behind each of its parts.
fn slashes(path: &Path) -> String {
    let parts = path.iter().map(|part| part.to_string_lossy());
    parts.map(|part| format!("{part}/")).collect()
}

/// The files in a folder that say which generator it is; in the order they are believed.
fn config_files(folder: &Path) -> Vec<(LinkStyle, PathBuf)> {
    const FILES: [(&str, LinkStyle); 13] = [
        ("docusaurus.config.js", LinkStyle::Docusaurus),
        ("docusaurus.config.ts", LinkStyle::Docusaurus),
        ("docusaurus.config.mjs", LinkStyle::Docusaurus),
        ("docusaurus.config.cjs", LinkStyle::Docusaurus),
        ("mkdocs.yml", LinkStyle::MkDocs),
        ("mkdocs.yaml", LinkStyle::MkDocs),
        ("book.toml", LinkStyle::MdBook),
        ("hugo.toml", LinkStyle::Hugo),
        ("hugo.yaml", LinkStyle::Hugo),
        ("hugo.json", LinkStyle::Hugo),
        ("config/_default/hugo.toml", LinkStyle::Hugo),
        ("config/_default/config.toml", LinkStyle::Hugo),
        ("config.toml", LinkStyle::Hugo),
    ];
    let files = FILES
        .iter()
        .map(|(name, style)| (*style, folder.join(name)));
    files.filter(|(_, file)| file.is_file()).collect()
}

/// Other programs have a `config.toml` too; Hugo's names the site's address.
fn is_hugo(file: &Path, text: &str) -> bool {
    !file.ends_with("config.toml") || setting(text, "baseURL").is_some()
}

fn small(file: &Path) -> Option<String> {
    let size = file.metadata().ok()?.len();
    (size <= MAX_CONFIG)
        .then(|| fs::read_to_string(file).ok())
        .flatten()
}

/// A value of one of the generators' files: `key: value` or `key = value` on a line of its own.
fn setting<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    let values = text.lines().filter_map(|line| {
        let (name, value) = line.split_once([':', '='])?;
        let name = name.trim().trim_matches(['"', '\'']);
        name.eq_ignore_ascii_case(key).then_some(value)
    });
    let mut values = values.map(|value| {
        let value = value
            .split(" #")
            .next()
            .unwrap_or_default()
            .split(" //")
            .next();
        value
            .unwrap_or_default()
            .trim()
            .trim_end_matches(',')
            .trim_matches(['"', '\''])
    });
    values.next()
}
