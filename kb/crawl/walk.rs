//! The walk itself: one page after the other, from the first page and the sitemap along the links, until nothing is left
//! or a limit is reached.

use std::collections::{HashMap, HashSet, VecDeque};
use std::time::Duration;

use tokio::time::Instant;
use url::Url;

use super::address::{Scope, normal};
use super::fetch::{Fetched, Fetcher, NoAnswer, Validators};
use super::robots::{Hosts, moved};
use super::state::{Record, State};
use super::{CrawlJob, CrawlReport, sitemap};
use crate::error::KbError;
use crate::index::{Problem, Progress};

/// A request that failed is made again so often.
const TRIES: u32 = 3;
/// A server that wants to be left alone for longer ends the walk.
const MAX_REST: Duration = Duration::from_secs(120);
/// Sitemaps that are read in one walk.
const MAX_SITEMAPS: usize = 100;
/// The same path with other questions, such as a calendar has for every day.
const MAX_VARIANTS: usize = 50;
/// Addresses that may wait, for each page that may be kept.
const WAITING_PER_PAGE: usize = 20;
/// Requests, for each page that may be kept.
const REQUESTS_PER_PAGE: usize = 5;

/// Walks a site and keeps its pages up to date in the job's folder. A walk that was broken off goes on.
pub async fn crawl(
    job: &CrawlJob,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<CrawlReport, KbError> {
    let fetcher = Fetcher::new(job.allow_private, sitemap::MAX_BYTES, job.limits.patience);
    let fetcher = fetcher.map_err(|what| KbError::Crawl { what })?;
    let mut walk = Walk {
        job,
        scope: Scope::of(job),
        fetcher,
        hosts: Hosts::new(job),
        state: State::open(&job.folder)?,
        waiting: VecDeque::new(),
        known: HashSet::new(),
        contents: HashSet::new(),
        elsewhere: HashSet::new(),
        variants: HashMap::new(),
        report: CrawlReport::default(),
        requests: 0,
        goes_on: false,
        begun: Instant::now(),
    };
    walk.begin().await?;
    while let Some((url, depth)) = walk.next() {
        progress(Progress {
            done: walk.state.done.len(),
            total: walk.state.done.len() + walk.waiting.len() + 1,
            file: url.to_string(),
        });
        walk.visit(url, depth).await?;
    }
    walk.end()
}

pub(super) struct Walk<'a> {
    pub job: &'a CrawlJob,
    pub scope: Scope,
    fetcher: Fetcher,
    hosts: Hosts,
    pub state: State,
    waiting: VecDeque<(Url, usize)>,
    /// Everything that waits or has waited.
    known: HashSet<String>,
    /// What the kept pages hold, by hash.
    pub contents: HashSet<String>,
    /// Pages that named another address as theirs.
    pub elsewhere: HashSet<String>,
    variants: HashMap<String, usize>,
    pub report: CrawlReport,
    requests: usize,
    /// The next walk takes up where this one was stopped.
    goes_on: bool,
    begun: Instant,
}

impl Walk<'_> {
    async fn begin(&mut self) -> Result<(), KbError> {
        let start = normal(self.job.url.clone());
        let sitemaps = self.hosts.sitemaps(&self.fetcher, &start).await;
        let mut sitemaps = sitemaps.map_err(|error| KbError::Crawl {
            what: format!("{start}: {error}"),
        })?;
        if sitemaps.is_empty() {
            sitemaps.extend(start.join("/sitemap.xml"));
        }
        self.enqueue(start, 0);
        self.read_sitemaps(sitemaps).await;
        let current: Vec<Record> = self.state.current().cloned().collect();
        for record in current {
            self.contents.insert(record.hash.clone());
            self.follow(&record);
        }
        Ok(())
    }

    async fn read_sitemaps(&mut self, mut sitemaps: Vec<Url>) {
        let mut seen = HashSet::new();
        while let Some(url) = sitemaps.pop() {
            let known = self.scope.knows_host(&url) && seen.len() < MAX_SITEMAPS;
            if !known || !seen.insert(url.to_string()) {
                continue;
            }
            let listed = match self.ask(&url, &Validators::default()).await {
                Ok(answer) if answer.status == 200 => sitemap::read(&answer.body),
                Ok(answer) if (400..500).contains(&answer.status) && answer.status != 429 => {
                    continue;
                }
                Ok(answer) if (300..400).contains(&answer.status) => {
                    sitemaps.extend(moved(&url, &answer));
                    continue;
                }
                _ => {
                    // Without it, pages that nothing links to would be taken for gone.
                    self.stop(format!("the sitemap {url} cannot be read now"));
                    continue;
                }
            };
            sitemaps.extend(
                listed
                    .sitemaps
                    .iter()
                    .filter_map(|text| url.join(text).ok()),
            );
            for page in listed.pages.iter().filter_map(|text| url.join(text).ok()) {
                self.enqueue(normal(page), 0);
            }
        }
    }

    pub fn enqueue(&mut self, url: Url, depth: usize) {
        if !self.scope.holds(&url) || depth > self.job.limits.depth {
            return;
        }
        let text = url.to_string();
        if self.state.done.contains(&text) || self.known.contains(&text) {
            return;
        }
        if url.query().is_some() {
            let variants = self.variants.entry(url.path().to_owned()).or_default();
            *variants += 1;
            if *variants > MAX_VARIANTS {
                return;
            }
        }
        if self.waiting.len() < self.job.limits.pages.saturating_mul(WAITING_PER_PAGE) {
            self.known.insert(text);
            self.waiting.push_back((url, depth));
        }
    }

    pub fn follow(&mut self, record: &Record) {
        let links = record.links.iter().filter_map(|link| Url::parse(link).ok());
        links.for_each(|link| self.enqueue(link, record.depth + 1));
    }

    fn next(&mut self) -> Option<(Url, usize)> {
        if self.waiting.is_empty() {
            return None;
        }
        let limits = &self.job.limits;
        let (bytes, time) = (
            self.report.bytes >= limits.bytes,
            self.begun.elapsed() >= limits.time,
        );
        let why = if self.state.current().count() >= limits.pages {
            format!("{} pages are kept, which is the limit", limits.pages)
        } else if self.requests >= limits.pages.saturating_mul(REQUESTS_PER_PAGE) {
            "the site answers with too many addresses that are no new pages".to_owned()
        } else if bytes {
            format!(
                "{} MiB were received, which is the limit",
                limits.bytes >> 20
            )
        } else if time {
            format!(
                "{} minutes are over, which is the limit",
                limits.time.as_secs() / 60
            )
        } else {
            return self.waiting.pop_front();
        };
        self.goes_on = bytes || time;
        self.stop(why);
        None
    }

    fn stop(&mut self, why: String) {
        self.report.stopped.get_or_insert(why);
    }

    fn problem(&mut self, url: &Url, what: impl ToString) {
        self.report.problems.push(Problem {
            file: url.to_string(),
            line: None,
            what: what.to_string(),
        });
    }

    async fn visit(&mut self, url: Url, depth: usize) -> Result<(), KbError> {
        match self.hosts.allow(&self.fetcher, &url).await {
            Ok(true) => {}
            Ok(false) => {
                self.report.closed += 1;
                return self.without(&url);
            }
            Err(error) => return self.failed(&url, error),
        }
        let known = self.state.records.get(url.as_str());
        let known = known.filter(|record| self.job.folder.join(&record.file).is_file());
        let validators = known.map(Record::validators).unwrap_or_default();
        match self.ask(&url, &validators).await {
            Err(error) => self.failed(&url, error),
            Ok(answer) => match answer.status {
                304 => self.unchanged(&url, depth),
                200..300 => self.page(url, depth, answer),
                300..400 => {
                    if let Some(to) = moved(&url, &answer) {
                        self.enqueue(normal(to), depth + 1);
                    }
                    self.without(&url)
                }
                404 | 410 => self.without(&url),
                status => self.failed(&url, format!("the server answers with status {status}")),
            },
        }
    }

    /// One request, again after a pause where that may help.
    async fn ask(&mut self, url: &Url, known: &Validators) -> Result<Fetched, NoAnswer> {
        for attempt in 1.. {
            self.hosts.turn(url).await;
            self.requests += 1;
            let answer = self.fetcher.get(url, known).await;
            let rest = match &answer {
                Ok(answer) if matches!(answer.status, 429 | 502..=504) => answer.retry_after,
                Err(NoAnswer::Unreachable | NoAnswer::Slow) => None,
                _ => return self.received(answer),
            };
            let rest = rest.unwrap_or(self.job.limits.pause * 2_u32.pow(attempt));
            if rest > MAX_REST {
                self.stop(format!(
                    "the server asks to come again in {} seconds",
                    rest.as_secs()
                ));
                (self.goes_on, self.waiting) = (true, VecDeque::new());
            }
            if attempt >= TRIES || rest > MAX_REST {
                return self.received(answer);
            }
            self.hosts.rest(url, rest);
        }
        Err(NoAnswer::Unreachable)
    }

    fn received(&mut self, answer: Result<Fetched, NoAnswer>) -> Result<Fetched, NoAnswer> {
        if let Ok(answer) = &answer {
            self.report.bytes += answer.body.len() as u64;
        }
        answer
    }

    /// Nothing is kept under this address.
    pub fn without(&mut self, url: &Url) -> Result<(), KbError> {
        if self.state.gone(url.as_str())? {
            self.report.removed += 1;
        }
        self.state.seen(url.as_str())
    }

    /// What was known of the page stays, and so do the pages that it leads to.
    pub fn failed(&mut self, url: &Url, what: impl ToString) -> Result<(), KbError> {
        self.problem(url, what);
        match self.state.records.get(url.as_str()).cloned() {
            Some(record) => self.seen_again(record),
            None => self.state.seen(url.as_str()),
        }
    }

    fn unchanged(&mut self, url: &Url, depth: usize) -> Result<(), KbError> {
        self.report.unchanged += 1;
        match self.state.records.get(url.as_str()).cloned() {
            Some(record) => self.seen_again(Record { depth, ..record }),
            None => self.state.seen(url.as_str()),
        }
    }

    fn seen_again(&mut self, record: Record) -> Result<(), KbError> {
        self.contents.insert(record.hash.clone());
        self.follow(&record);
        let run = self.state.run;
        self.state.keep(Record { run, ..record })
    }

    /// Pages that were not met are gone, if the walk saw the whole site.
    fn end(mut self) -> Result<CrawlReport, KbError> {
        let met = self.state.current().count();
        if met == 0 && !self.state.records.is_empty() {
            self.stop("no page could be fetched; what was known is kept".to_owned());
        }
        if self.report.stopped.is_none() {
            let run = self.state.run;
            let old = self
                .state
                .records
                .values()
                .filter(|record| record.run != run);
            let old: Vec<String> = old.map(|record| record.url.clone()).collect();
            for url in old {
                self.report.removed += usize::from(self.state.gone(&url)?);
            }
        }
        self.report.pages = self.state.records.len();
        if !self.goes_on {
            self.state.finish()?;
        }
        Ok(self.report)
    }
}
