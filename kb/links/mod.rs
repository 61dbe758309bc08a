//! Where a page of the documents is published. Each site generator has its own rules for addresses and anchors; one
//! file each tells those of its generator, and this one finds out which generator a folder belongs to.

mod docusaurus;
mod hugo;
mod hugo_config;
mod map;
mod mdbook;
mod mkdocs;
mod page;
mod permalinks;
mod rewrite;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_docusaurus;
#[cfg(test)]
mod tests_hugo;
mod versions;

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

pub(crate) use map::{Links, SiteMap};
pub(crate) use rewrite::absolute;

use hugo_config::Hugo;
use versions::Versions;

use crate::read::Front;
use crate::slug::Style;

/// Files of generators and package managers that have the endings of knowledge.
const MACHINERY: [&str; 11] = [
    "mkdocs.yml",
    "mkdocs.yaml",
    "hugo.yaml",
    "hugo.yml",
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
    /// Docusaurus: files that end with `.md` are no MDX.
    markdown: bool,
    versions: Versions,
    hugo: Hugo,
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
        let files = above.flat_map(|folder| {
            let files = config_files(folder).into_iter();
            files.map(move |(style, file)| (style, folder, file))
        });
        let found = files.into_iter().find_map(|(style, folder, file)| {
            let wanted = told.is_none_or(|told| told == style);
            let text = wanted.then(|| small(&file)).flatten()?;
            let sure = style != LinkStyle::Hugo || is_hugo(&file, &text);
            sure.then_some((style, folder, file, text))
        });
        match found {
            Some((LinkStyle::Hugo, folder, file, _)) => Generator::hugo(&root, folder, &file),
            Some((style, folder, _, text)) => Generator::configured(style, &root, folder, &text),
            None => Generator {
                style: told.unwrap_or_default(),
                ..Generator::default()
            },
        }
    }

    fn hugo(root: &Path, folder: &Path, file: &Path) -> Generator {
        Generator {
            style: LinkStyle::Hugo,
            content: String::new(),
            within: root.strip_prefix(folder).map(slashes).ok(),
            settings: Settings {
                hugo: Hugo::of(folder, file),
                ..Settings::default()
            },
        }
    }

    fn configured(style: LinkStyle, root: &Path, folder: &Path, text: &str) -> Generator {
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
            LinkStyle::Docusaurus => (
                "",
                Settings {
                    trailing_slash: says("trailingSlash").and_then(|word| word.parse().ok()),
                    docs_at: says("routeBasePath").map(|at| at.trim_matches('/').to_owned()),
                    markdown: matches!(says("format"), Some("detect" | "md")),
                    versions: Versions::of(folder, text),
                    ..Settings::default()
                },
            ),
            LinkStyle::Hugo | LinkStyle::Plain => ("", Settings::default()),
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
            LinkStyle::Hugo => hugo::page(self, relative, front),
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
            LinkStyle::Hugo => hugo::is_machinery(self, relative),
            LinkStyle::MkDocs | LinkStyle::Plain => false,
        }
    }

    /// Whether every page has to be looked into before its address is known.
    pub fn asks_pages(&self) -> bool {
        self.style == LinkStyle::Hugo && self.settings.hugo.has_patterns()
    }

    /// The address that a page gives itself, as it counts from the site.
    pub fn own(&self, relative: &str, front: &Front) -> Option<String> {
        let url = front.url.as_deref()?;
        Some(match self.style {
            LinkStyle::Hugo => hugo::own(self, relative, front, url),
            _ => url.to_owned(),
        })
    }

    /// Where the site has several versions, the one that is read, if this file is of another one.
    pub fn other_version(&self, relative: &str) -> Option<&str> {
        let is_other =
            self.style == LinkStyle::Docusaurus && docusaurus::is_other_version(self, relative);
        is_other.then_some(self.settings.versions.latest.as_str())
    }

    /// Whether it takes every Markdown file for MDX.
    pub fn reads_mdx(&self) -> bool {
        self.style == LinkStyle::Docusaurus && !self.settings.markdown
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
    const FILES: [(&str, LinkStyle); 7] = [
        ("docusaurus.config.js", LinkStyle::Docusaurus),
        ("docusaurus.config.ts", LinkStyle::Docusaurus),
        ("docusaurus.config.mjs", LinkStyle::Docusaurus),
        ("docusaurus.config.cjs", LinkStyle::Docusaurus),
        ("mkdocs.yml", LinkStyle::MkDocs),
        ("mkdocs.yaml", LinkStyle::MkDocs),
        ("book.toml", LinkStyle::MdBook),
    ];
    let files = FILES
        .iter()
        .map(|(name, style)| (*style, folder.join(name)));
    let hugo = hugo_config::FILES.iter().flat_map(|name| {
        let endings = hugo_config::ENDINGS.iter();
        endings.map(move |ending| (LinkStyle::Hugo, folder.join(format!("{name}.{ending}"))))
    });
    let files = files.chain(hugo);
    files.filter(|(_, file)| file.is_file()).collect()
}

/// Other programs have a `config.toml` too; Hugo's names the site's address.
fn is_hugo(file: &Path, text: &str) -> bool {
    let own = file.file_stem() == Some("hugo".as_ref())
        || file
            .parent()
            .is_some_and(|folder| folder.ends_with("config/_default"));
    own || setting(text, "baseURL").is_some()
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
