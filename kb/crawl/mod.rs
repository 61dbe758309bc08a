//! Walking a website: its pages become files in a folder, which is indexed like any other. Politely: robots.txt is
//! obeyed, one request at a time, and what has not changed is not sent again. Safely: only named hosts, no private
//! addresses unless that was allowed, and limits on everything that a site could make endless.

mod address;
mod fetch;
mod keep;
mod pages;
mod robots;
mod sitemap;
mod state;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_site;
mod walk;
mod web;

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};
use url::Url;

pub use address::is_private_host;
pub(crate) use state::stored;
pub use walk::crawl;

use crate::index::Problem;

/// What the crawler calls itself; robots.txt names it by the part before the slash.
pub(crate) const AGENT: &str = concat!("hinny/", env!("CARGO_PKG_VERSION"));
/// The name in robots.txt.
const NAME: &str = "hinny";

/// What to walk.
#[derive(Clone, Debug)]
pub struct CrawlJob {
    /// Where it begins. Pages below the folder of this address are fetched.
    pub url: Url,
    /// Where the pages and what is known of them are kept.
    pub folder: PathBuf,
    /// Other hosts whose pages may be fetched, as `docs.example.com` or `localhost:3000`.
    pub hosts: Vec<String>,
    /// Whether hosts may be in a private network or on this machine.
    pub allow_private: bool,
    pub limits: CrawlLimits,
}

/// Where a walk ends at the latest.
#[derive(Clone, Debug, PartialEq)]
pub struct CrawlLimits {
    pub pages: usize,
    /// Links from the first page, or from a page of the sitemap.
    pub depth: usize,
    /// One file.
    pub page_bytes: usize,
    /// Everything that is received.
    pub bytes: u64,
    pub time: Duration,
    /// Between two requests to one host. robots.txt may ask for more.
    pub pause: Duration,
    /// One request, until its last byte.
    pub patience: Duration,
}

impl Default for CrawlLimits {
    fn default() -> Self {
        CrawlLimits {
            pages: 2_000,
            depth: 16,
            page_bytes: 8 << 20,
            bytes: 1 << 30,
            time: Duration::from_secs(2 * 60 * 60),
            pause: Duration::from_millis(500),
            patience: Duration::from_secs(30),
        }
    }
}

/// What a walk did.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CrawlReport {
    /// Pages that are kept now.
    pub pages: usize,
    pub added: usize,
    pub changed: usize,
    pub unchanged: usize,
    /// Pages that are gone from the site.
    pub removed: usize,
    /// Addresses that robots.txt keeps closed.
    pub closed: usize,
    pub bytes: u64,
    /// Why it ended before the site did; nothing is taken for gone then.
    pub stopped: Option<String>,
    /// What could not be fetched.
    pub problems: Vec<Problem>,
}

/// The folder for the pages of one walk, below the folder of a site's walks.
pub fn crawl_folder(walks: &Path, url: &Url) -> PathBuf {
    let host = url
        .host_str()
        .unwrap_or("site")
        .replace(|c: char| !c.is_ascii_alphanumeric(), "-");
    let hash = blake3::hash(url.as_str().as_bytes()).to_hex();
    walks.join(format!("{host}-{}", &hash[..8]))
}

/// When a walk in this folder came to its end; `None` if it never did, or if the last one was broken off.
pub fn crawled_at(folder: &Path) -> Option<SystemTime> {
    state::ended(folder)
}

/// All walks that are kept below a folder.
pub fn crawl_folders(walks: &Path) -> Vec<PathBuf> {
    let items = std::fs::read_dir(walks).into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = items
        .map(|item| item.path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    folders
}

/// Everything of a walk that reads what servers send, for the tests of the parsers.
#[cfg(test)]
pub(crate) fn fuzzed(bytes: &[u8], url: &Url) {
    let listed = sitemap::read(bytes);
    assert!(listed.pages.len() <= 50_001);
    let rules = robotxt::Robots::parse(bytes, NAME);
    assert!(rules.is_url_allowed(&url.join("/robots.txt").expect("it is an address")));
    let page = web::web_page(&String::from_utf8_lossy(bytes), url);
    for link in page.links.into_iter().map(address::normal) {
        let name = pages::file_name(&link, crate::read::Format::Html);
        assert!(
            name.split('/').all(|part| !part.starts_with('.')) && !name.starts_with('/'),
            "{name}"
        );
    }
}
