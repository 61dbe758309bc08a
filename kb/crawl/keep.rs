//! What becomes of a page that came: it is kept, or known already, or says that it is another one.

use std::collections::HashSet;

use url::Url;

use super::address::normal;
use super::fetch::{Fetched, NoAnswer};
use super::pages;
use super::state::Record;
use super::walk::Walk;
use super::web::{WebPage, web_page};
use crate::error::KbError;
use crate::read::Format;

impl Walk<'_> {
    pub fn page(&mut self, url: Url, depth: usize, answer: Fetched) -> Result<(), KbError> {
        let Some(format) = pages::format(&answer, &url) else {
            return self.without(&url);
        };
        if answer.body.len() > self.job.limits.page_bytes {
            return self.failed(&url, NoAnswer::Large(self.job.limits.page_bytes));
        }
        let content = match pages::content(&answer, format) {
            Ok(content) => content,
            Err(fault) => return self.failed(&url, fault.what),
        };
        let hash = blake3::hash(&answer.body).to_hex().to_string();
        if self.contents.contains(&hash) {
            // The same page under another address, for instance one for each visit.
            return self.without(&url);
        }
        let seen = match format {
            Format::Html => web_page(&String::from_utf8_lossy(&content), &url),
            _ => WebPage::default(),
        };
        let links = self.links(&seen);
        if self.is_elsewhere(&url, &seen, depth) || seen.no_index {
            links
                .into_iter()
                .for_each(|link| self.enqueue(link, depth + 1));
            return self.without(&url);
        }
        self.contents.insert(hash.clone());
        let record = Record {
            run: self.state.run,
            depth,
            file: pages::file_name(&url, format),
            hash,
            etag: answer.validators.etag,
            modified: answer.validators.modified,
            links: links.iter().map(Url::to_string).collect(),
            url: url.into(),
        };
        self.store(record, &content)
    }

    fn links(&self, page: &WebPage) -> Vec<Url> {
        let mut seen = HashSet::new();
        let links = page
            .links
            .iter()
            .filter(|_| !page.no_follow)
            .cloned()
            .map(normal);
        links
            .filter(|link| self.scope.holds(link) && seen.insert(link.to_string()))
            .collect()
    }

    /// Whether the page says that it is another one of this walk. Two pages that name each other are both kept.
    fn is_elsewhere(&mut self, url: &Url, page: &WebPage, depth: usize) -> bool {
        let canonical = page.canonical.clone().map(normal);
        let Some(canonical) = canonical.filter(|to| to != url && self.scope.holds(to)) else {
            return false;
        };
        if self.elsewhere.contains(canonical.as_str()) {
            return false;
        }
        self.elsewhere.insert(url.to_string());
        self.enqueue(canonical, depth);
        true
    }

    fn store(&mut self, record: Record, content: &[u8]) -> Result<(), KbError> {
        let before = self.state.records.get(&record.url);
        let is_there = |file: &str| self.job.folder.join(file).is_file();
        match before.map(|before| before.hash == record.hash && is_there(&before.file)) {
            Some(true) => self.report.unchanged += 1,
            Some(false) => self.report.changed += 1,
            None => self.report.added += 1,
        }
        pages::write(&self.job.folder, &record.file, content)?;
        self.follow(&record);
        self.state.keep(record)
    }
}
