//! `hinny kb crawl`: websites become pages of the knowledge.

use std::process::ExitCode;

use hinny_kb::{CrawlReport, IndexReport};
use serde::Deserialize;

use super::kb::{tell, with_bar};
use super::{Failure, load, site};
use crate::cli::{Crawl, Global, Reach};
use crate::config::Config;
use crate::control::Verb;
use crate::crawl::{Walk, Wrong};
use crate::say::say;

#[derive(Deserialize)]
struct Done {
    crawled: Vec<Walked>,
    index: IndexReport,
}

#[derive(Deserialize)]
struct Walked {
    url: String,
    report: CrawlReport,
}

pub fn run(global: &Global, command: Crawl) -> Result<ExitCode, Failure> {
    let config = load(global)?;
    let site = site(&config, command.site.site.as_deref())?;
    let walks = match command.urls.is_empty() {
        true => configured(&config, &site)?,
        false => command
            .urls
            .iter()
            .map(|url| walk(url, &command.reach))
            .collect(),
    };
    for walk in &walks {
        walk.check().map_err(Wrong::on_command_line)?;
    }
    let forget = command.forget;
    let verb = Verb::KbCrawl {
        site,
        walks,
        forget,
    };
    let value = with_bar(&config, verb)?;
    if command.json {
        say!("{value}");
    }
    let done: Done = serde_json::from_value(value)?;
    if !command.json {
        show(&done);
    }
    let whole = |walked: &Walked| walked.report.problems.is_empty() && walked.report.pages > 0;
    match done.index.problems.is_empty() && done.crawled.iter().all(whole) {
        true => Ok(ExitCode::SUCCESS),
        false => Ok(ExitCode::FAILURE),
    }
}

/// One walk as the command line says it.
pub fn walk(url: &str, reach: &Reach) -> Walk {
    Walk {
        url: url.to_owned(),
        hosts: reach.hosts.clone(),
        allow_private: reach.allow_private,
        pages: reach.pages,
        depth: reach.depth,
        minutes: reach.minutes,
        per_second: reach.per_second,
    }
}

fn configured(config: &Config, site: &str) -> Result<Vec<Walk>, Failure> {
    let walks = config.site(site).map(|site| site.knowledge.crawl.iter());
    let walks: Vec<Walk> = walks
        .into_iter()
        .flatten()
        .map(|one| one.walk.clone())
        .collect();
    match walks.is_empty() {
        true => Err("which website? Name its address, or set [[site.knowledge.crawl]]".into()),
        false => Ok(walks),
    }
}

fn show(done: &Done) {
    for Walked { url, report } in &done.crawled {
        for problem in &report.problems {
            eprintln!("{problem}");
        }
        say!(
            "{url}: {} pages ({} new, {} changed, {} removed, {} as before).",
            report.pages,
            report.added,
            report.changed,
            report.removed,
            report.unchanged
        );
        if report.closed > 0 {
            say!("robots.txt keeps {} addresses closed.", report.closed);
        }
        if let Some(why) = &report.stopped {
            say!("The walk was stopped: {why}.");
        }
    }
    tell(&done.index);
}
