//! `hinny kb draft`: FAQ entries are proposed from a website or from files. Nothing of it is indexed: a person reads the
//! file first.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use hinny_kb::{CrawlJob, IndexJob, Problem, crawl, propose, write_proposals};
use serde_json::json;

use super::kb_crawl::walk;
use super::{Failure, load, runtime};
use crate::cli::{Draft, Global};
use crate::config::Config;
use crate::index;
use crate::say::say;

/// Of a website that is only looked at once.
const PAGES: usize = 200;

pub fn run(global: &Global, draft: Draft) -> Result<ExitCode, Failure> {
    if draft.out.exists() && !draft.force {
        let out = draft.out.display();
        return Err(format!(
            "{out} is there already; name another file with --out, or add --force"
        )
        .into());
    }
    let config = load(global)?;
    let is_web = |source: &&String| source.starts_with("https://") || source.starts_with("http://");
    let (urls, paths): (Vec<&String>, Vec<&String>) = draft.sources.iter().partition(is_web);
    let pages = tempfile::tempdir()?;
    let mut problems = Vec::new();
    let mut job = job(&config, &paths);
    for (number, url) in urls.into_iter().enumerate() {
        let folder = pages.path().join(number.to_string());
        problems.extend(fetch(&config, &draft, url, &folder)?);
        job.crawled.push(folder);
    }
    let (proposals, unread) = propose(&job)?;
    problems.extend(unread);
    write_proposals(&draft.out, &proposals, draft.force)?;
    for problem in &problems {
        eprintln!("{problem}");
    }
    match draft.json {
        true => say!(
            "{}",
            json!({ "file": draft.out, "proposals": proposals, "problems": problems })
        ),
        false => tell(proposals.len(), &draft.out),
    }
    Ok(ExitCode::SUCCESS)
}

/// Links are made as for the site's own index, where there is just one site.
fn job(config: &Config, paths: &[&String]) -> IndexJob {
    let configured = match config.sites.as_slice() {
        [site] => index::job(config, site),
        _ => IndexJob::default(),
    };
    IndexJob {
        paths: paths.iter().map(PathBuf::from).collect(),
        saved: None,
        crawled: Vec::new(),
        pdf: index::pdf(),
        ..configured
    }
}

fn fetch(
    config: &Config,
    draft: &Draft,
    url: &str,
    folder: &Path,
) -> Result<Vec<Problem>, Failure> {
    let mut reach = draft.reach.clone();
    reach.pages.get_or_insert(PAGES);
    let job = CrawlJob {
        folder: folder.to_owned(),
        ..walk(url, &reach).job(config, "")?
    };
    let mut progress = super::progress::Progress::new()?;
    let mut tell = |at: hinny_kb::Progress| progress.at(at.done, at.total, &at.file);
    let report = runtime()?.block_on(crawl(&job, &mut tell))?;
    progress.finish();
    Ok(report.problems)
}

fn tell(count: usize, out: &Path) {
    let out = out.display();
    match count {
        0 => say!("Nothing looks like a question with an answer. {out} is an empty list."),
        1 => say!("One proposal is in {out}. Read it before you index it."),
        count => say!("{count} proposals are in {out}. Read them before you index them."),
    }
}
