//! Hugo: a page is a folder; `_index.md` is its section, `index.md` is the bundle it lies in, and `slug` stands in place
//! of the last name, unless the configuration has a pattern for it. <https://gohugo.io/content-management/urls/>,
//! <https://gohugo.io/content-management/multilingual/> and <https://gohugo.io/configuration/permalinks/>

use super::Generator;
use super::hugo_config::Language;
use super::page::{Path, below};
use super::permalinks::{Kind, Page};
use crate::read::Front;

/// Folders of a project whose files are no pages.
const NO_CONTENT: [&str; 9] = [
    "archetypes",
    "assets",
    "config",
    "data",
    "i18n",
    "layouts",
    "public",
    "resources",
    "themes",
];

pub(super) fn page(site: &Generator, relative: &str, front: &Front) -> Option<String> {
    let whole = whole(site, relative);
    let (language, inner) = site.settings.hugo.located(&whole);
    let path = Path::of(inner);
    if !path.is_markdown() {
        return Some(from(&begin(site), &path.verbatim()));
    }
    let (language, name) = named(site, language, path.name);
    let page = Page::of(&site.settings.hugo, path.folder, name, front);
    let address = match site.settings.hugo.pattern(language, &page) {
        Some(pattern) => finished(site, &page.expand(pattern)?),
        None => usual(site, &page),
    };
    let address = below(&language.prefix, &address);
    Some(from(&begin(site), address.trim_start_matches('/')))
}

/// An address in the front matter may have the words of patterns. Without a slash at its start it counts from the
/// page's language.
pub(super) fn own(site: &Generator, relative: &str, front: &Front, url: &str) -> String {
    if url.contains("://") {
        return url.to_owned();
    }
    let whole = whole(site, relative);
    let (language, inner) = site.settings.hugo.located(&whole);
    let path = Path::of(inner);
    let (language, name) = named(site, language, path.name);
    let page = Page::of(&site.settings.hugo, path.folder, name, front);
    let expanded = page.expand(url).unwrap_or_else(|| url.to_owned());
    match url.starts_with('/') {
        true => expanded,
        false => below(&language.prefix, &expanded),
    }
}

/// What is no page, or is in a language that is not published.
pub(super) fn is_machinery(site: &Generator, relative: &str) -> bool {
    let whole = whole(site, relative);
    let (language, inner) = site.settings.hugo.located(&whole);
    let (language, _) = named(site, language, Path::of(inner).name);
    let is_project = site.within.as_deref() == Some("");
    let outside = match relative.split_once('/') {
        Some((folder, _)) => NO_CONTENT.contains(&folder),
        None => matches!(Path::of(relative).name, "hugo" | "config"),
    };
    language.is_off || is_project && outside
}

/// The path as seen from the project.
fn whole(site: &Generator, relative: &str) -> String {
    format!("{}{relative}", site.within.as_deref().unwrap_or_default())
}

/// The language of a file that names it, as `about.de.md` does, and the rest of the name.
fn named<'a>(
    site: &'a Generator,
    language: &'a Language,
    name: &'a str,
) -> (&'a Language, &'a str) {
    let told = name.rsplit_once('.').and_then(|(name, ending)| {
        let language = site.settings.hugo.language(ending)?;
        Some((language, name))
    });
    told.unwrap_or((language, name))
}

fn usual(site: &Generator, page: &Page<'_>) -> String {
    let folder = page.name_of(page.above());
    match page.kind {
        Kind::Section => below(&folder, ""),
        Kind::Page => {
            let name = page.front.slug.as_deref().unwrap_or(page.file_name());
            finished(site, &below(&folder, &page.name_of(name)))
        }
    }
}

fn finished(site: &Generator, address: &str) -> String {
    let address = address.trim_start_matches('/');
    let bare = address.trim_end_matches('/');
    match bare {
        "" => String::new(),
        bare if bare.ends_with(".html") => bare.to_owned(),
        bare if site.settings.hugo.files => format!("{bare}.html"),
        bare => format!("{bare}/"),
    }
}

/// Where the indexed folder is on the site.
fn begin(site: &Generator) -> String {
    let hugo = &site.settings.hugo;
    let Some(within) = site.within.as_deref() else {
        return String::new();
    };
    let (language, inner) = hugo.located(within);
    if hugo.is_above(within) || (inner.is_empty() && language.content == hugo.content) {
        return String::new();
    }
    let prefix = match inner == within {
        true => "",
        false => language.prefix.as_str(),
    };
    let address = below(prefix, &hugo.clean(inner));
    match address.trim_matches('/') {
        "" => String::new(),
        address => format!("{address}/"),
    }
}

/// An address as it counts from a folder of the site.
fn from(folder: &str, address: &str) -> String {
    let same = folder
        .split_inclusive('/')
        .zip(address.split_inclusive('/'));
    let same: usize = same.take_while(|(a, b)| a == b).map(|(a, _)| a.len()).sum();
    let up = folder[same..].matches('/').count();
    "../".repeat(up) + &address[same..]
}
