//! All pages of the indexed paths with their addresses, so that every file knows its own and those it links to.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::path::PathBuf;

use url::Url;

use super::page::{Path, encode, walked};
use super::{Generator, LinkStyle};
use crate::entry::Kind;
use crate::read::{Draft, Format, Front, front_matter};
use crate::scan::Found;
use crate::slug::Style;

/// Front matter is looked for in so many bytes.
const HEAD: u64 = 64 << 10;

/// Where everything is published.
#[derive(Default)]
pub(crate) struct SiteMap {
    base: Option<String>,
    generators: Vec<Generator>,
    /// By indexed path and by file; only where the address does not follow from the path.
    told: HashMap<(usize, String), Option<String>>,
}

impl SiteMap {
    pub fn new(base_url: Option<&str>, style: Option<LinkStyle>, roots: &[PathBuf]) -> SiteMap {
        SiteMap {
            base: base_url.map(|base| format!("{}/", base.trim_end_matches('/'))),
            generators: roots
                .iter()
                .map(|root| Generator::of(root, style))
                .collect(),
            told: HashMap::new(),
        }
    }

    /// Looks into the files for addresses that their authors gave them.
    pub fn learn(&mut self, found: &[Found]) {
        if self.base.is_none() {
            return;
        }
        let pages = found
            .iter()
            .filter(|file| file.format == Format::Markdown && file.page.is_none());
        for file in pages {
            let generator = self.generator(file.root);
            let all = generator.asks_pages();
            let Some(front) = head(&file.path).filter(|front| all || front.moves()) else {
                continue;
            };
            let page = match generator.own(&file.relative, &front) {
                Some(url) => self.own(&url),
                None => self.below_base(generator.page(&file.relative, &front)),
            };
            self.told.insert((file.root, file.relative.clone()), page);
        }
    }

    /// Names everything that links depend on besides the files themselves.
    pub fn key(&self) -> String {
        let mut told: Vec<_> = self
            .told
            .iter()
            .map(|((_, file), page)| (file, page))
            .collect();
        told.sort();
        let own = |generator: &&Generator| **generator != Generator::default();
        let generators: Vec<_> = self.generators.iter().filter(own).collect();
        let text = format!("{:?} {generators:?} {told:?}", self.base);
        blake3::hash(text.as_bytes()).to_hex()[..16].to_owned()
    }

    pub fn generator(&self, root: usize) -> &Generator {
        static PLAIN: std::sync::OnceLock<Generator> = std::sync::OnceLock::new();
        let plain = || PLAIN.get_or_init(Generator::default);
        self.generators.get(root).unwrap_or_else(plain)
    }

    /// How links of this file are made.
    pub fn links<'a>(&'a self, file: &'a Found) -> Links<'a> {
        Links {
            map: self,
            root: file.root,
            relative: &file.relative,
            fixed: file.page.is_some(),
            page: file
                .page
                .clone()
                .or_else(|| self.page(file.root, &file.relative)),
        }
    }

    fn page(&self, root: usize, relative: &str) -> Option<String> {
        match self.told.get(&(root, relative.to_owned())) {
            Some(page) => page.clone(),
            None => self.below_base(self.generator(root).page(relative, &Front::default())),
        }
    }

    fn below_base(&self, page: Option<String>) -> Option<String> {
        let (base, page) = (self.base.clone()?, page?);
        match page.starts_with("../") {
            true => Some(Url::parse(&base).ok()?.join(&encode(&page)).ok()?.into()),
            false => Some(base + &encode(&page)),
        }
    }

    /// An author's own address within the site; it may name a place on the page.
    fn own(&self, url: &str) -> Option<String> {
        if is_web(url) {
            return Some(url.to_owned());
        }
        let base = self.base.clone().filter(|_| !url.contains(':'))?;
        let url = url.trim_start_matches('/');
        Some(match url.split_once('#') {
            Some((page, place)) => format!("{base}{}#{}", encode(page), encode(place)),
            None => base + &encode(url),
        })
    }
}

fn is_web(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

fn head(path: &std::path::Path) -> Option<Front> {
    let mut bytes = Vec::new();
    File::open(path)
        .ok()?
        .take(HEAD)
        .read_to_end(&mut bytes)
        .ok()?;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let (front, _) = front_matter(&String::from_utf8_lossy(bytes)).ok()?;
    Some(front)
}

/// How the links of one file are made.
pub(crate) struct Links<'a> {
    map: &'a SiteMap,
    root: usize,
    relative: &'a str,
    /// The page's own address is known, whatever the file says.
    fixed: bool,
    page: Option<String>,
}

impl Links<'_> {
    pub fn anchors(&self) -> Style {
        self.map.generator(self.root).anchors()
    }

    /// Whether Markdown is read as MDX here.
    pub fn are_mdx(&self) -> bool {
        self.map.generator(self.root).reads_mdx()
    }

    /// The address that the file gives itself.
    pub fn own(&self, front: &Front) -> Option<String> {
        self.map.generator(self.root).own(self.relative, front)
    }

    /// The link of one entry, or why its own `url` cannot be one. Only web addresses are links, because
    /// they are shown to visitors.
    pub fn of(&self, draft: &Draft) -> Result<Option<String>, String> {
        let anchor = |page: String| match draft.anchor.as_deref() {
            Some(anchor) if !anchor.is_empty() && !page.contains('#') => {
                format!("{page}#{}", encode(anchor))
            }
            _ => page,
        };
        match draft.url.as_deref().filter(|_| !self.fixed) {
            None => {
                let page = self.page.clone();
                let is_page = draft.anchor.is_some() || draft.kind == Kind::Document;
                Ok(page.filter(|_| is_page).map(anchor))
            }
            Some(url) => match self.map.own(url) {
                Some(url) => Ok(Some(anchor(url))),
                None => Err("`url` must begin with https:// or http://".to_owned()),
            },
        }
    }

    /// The absolute address of a link in this file's text; `None` leaves it as it is.
    pub fn resolve(&self, href: &str) -> Option<String> {
        let page = self.page.as_deref().or(self.map.base.as_deref())?;
        if href.is_empty() || href.starts_with("//") || has_scheme(href) {
            return None;
        }
        let end = href.find(['#', '?']).unwrap_or(href.len());
        let (path, rest) = href.split_at(end);
        if !self.fixed && Path::of(path).is_markdown() {
            let path = percent_decoded(path);
            let target = match path.strip_prefix('/') {
                Some(path) => walked(path),
                None => walked(&format!("{}/{path}", Path::of(self.relative).folder)),
            };
            return self.map.page(self.root, &target).map(|page| page + rest);
        }
        if !self.fixed && is_asset(path) && !path.starts_with('/') {
            let folder = Path::of(self.relative).folder;
            return self
                .map
                .below_base(Some(walked(&format!("{folder}/{path}"))));
        }
        Url::parse(page).ok()?.join(href).ok().map(String::from)
    }
}

/// Pictures and files lie beside the text, wherever the page is.
fn is_asset(path: &str) -> bool {
    let extension = Path::of(path).extension.to_ascii_lowercase();
    const ASSETS: [&str; 10] = [
        "png", "jpg", "jpeg", "gif", "svg", "webp", "pdf", "zip", "mp4", "webm",
    ];
    ASSETS.contains(&extension.as_str())
}

fn has_scheme(href: &str) -> bool {
    let end = href.find([':', '/', '?', '#']);
    end.is_some_and(|at| href.as_bytes()[at] == b':')
}

fn percent_decoded(path: &str) -> String {
    path.replace("%20", " ")
}
