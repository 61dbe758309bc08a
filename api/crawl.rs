//! Walking websites for a site's knowledge: for `hinny kb crawl`, within the server or without one, and on schedule.

use std::path::PathBuf;
use std::time::Duration;

use hinny_kb::{
    CrawlJob, CrawlLimits, CrawlReport, KbError, Progress, crawl, crawl_folder, crawl_folders,
};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::config::Config;

/// The quickest walk: a site is somebody's, and other people want to read it too.
const MOST_PER_SECOND: f64 = 20.0;

/// The slowest walk; one that is slower never ends.
const LEAST_PER_SECOND: f64 = 0.01;
/// The longest walk.
const MOST_MINUTES: u64 = 7 * 24 * 60;

/// A key that has to be written otherwise.
#[derive(Debug, PartialEq)]
pub struct Wrong {
    pub key: &'static str,
    pub what: String,
}

impl Wrong {
    /// The same with the key as an option.
    pub fn on_command_line(self) -> String {
        match self.key {
            "url" => self.what,
            "hosts" => format!("--host: {}", self.what),
            key => format!("--{}: {}", key.replace('_', "-"), self.what),
        }
    }
}

/// One website to walk, as it is written. What is left out is `CrawlLimits::default`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Walk {
    pub url: String,
    pub hosts: Vec<String>,
    pub allow_private: bool,
    pub pages: Option<usize>,
    pub depth: Option<usize>,
    pub minutes: Option<u64>,
    pub per_second: Option<f64>,
}

impl Walk {
    /// What it means, or what is wrong with it, in the words of the command line.
    pub fn job(&self, config: &Config, site: &str) -> Result<CrawlJob, String> {
        self.check().map_err(Wrong::on_command_line)?;
        let url = self.address().map_err(Wrong::on_command_line)?;
        let usual = CrawlLimits::default();
        let pause = self
            .per_second
            .map(|rate| Duration::from_secs_f64(1.0 / rate));
        let limits = CrawlLimits {
            pages: self.pages.unwrap_or(usual.pages),
            depth: self.depth.unwrap_or(usual.depth),
            time: self
                .minutes
                .map_or(usual.time, |minutes| Duration::from_secs(minutes * 60)),
            pause: pause.unwrap_or(usual.pause),
            ..usual
        };
        Ok(CrawlJob {
            folder: crawl_folder(&folder(config, site), &url),
            url,
            hosts: self.hosts.clone(),
            allow_private: self.allow_private,
            limits,
        })
    }

    fn address(&self) -> Result<Url, Wrong> {
        let written = &self.url;
        let wrong = |what: &str| Wrong {
            key: "url",
            what: format!("\"{written}\" {what}"),
        };
        let no_url = "is no address of a website; it begins with https:// or http://";
        let url = Url::parse(written).map_err(|_| wrong(no_url))?;
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
            return Err(wrong(no_url));
        }
        if !url.username().is_empty() || url.password().is_some() {
            let what = "an address with a password is not walked; it would stand in links";
            return Err(Wrong {
                key: "url",
                what: what.to_owned(),
            });
        }
        Ok(url)
    }

    /// What is wrong with it, if anything is.
    pub fn check(&self) -> Result<(), Wrong> {
        self.address()?;
        let wrong = |key, what: String| Err(Wrong { key, what });
        if let Some(host) = self.hosts.iter().find(|host| !is_host(host)) {
            let what = format!("\"{host}\" is no host; write it like \"docs.example.com\"");
            return wrong("hosts", what);
        }
        let none = [
            ("pages", self.pages.map(|pages| pages as u64)),
            ("minutes", self.minutes),
        ];
        if let Some((key, _)) = none.into_iter().find(|(_, number)| *number == Some(0)) {
            return wrong(key, "it is at least 1".to_owned());
        }
        if self.minutes.is_some_and(|minutes| minutes > MOST_MINUTES) {
            return wrong(
                "minutes",
                format!("it is at most {MOST_MINUTES}, which is a week"),
            );
        }
        let rate = self.per_second.unwrap_or(LEAST_PER_SECOND);
        if !(LEAST_PER_SECOND..=MOST_PER_SECOND).contains(&rate) {
            let what = format!("it is {LEAST_PER_SECOND} to {MOST_PER_SECOND}, for instance 2");
            return wrong("per_second", what);
        }
        Ok(())
    }
}

/// A host as it stands in `hosts`, with its port where that is not the usual one.
fn is_host(host: &str) -> bool {
    let url = Url::parse(&format!("https://{host}/"));
    let spelled = |url: Url| match (url.host_str(), url.port()) {
        (Some(name), Some(port)) => format!("{name}:{port}"),
        (Some(name), None) => name.to_owned(),
        (None, _) => String::new(),
    };
    url.is_ok_and(|url| spelled(url).eq_ignore_ascii_case(host))
}

/// Where the pages of a site's walks lie.
pub fn folder(config: &Config, site: &str) -> PathBuf {
    config.data.join("knowledge").join(site).join("crawled")
}

/// The folders of all walks that were made for a site.
pub fn folders(config: &Config, site: &str) -> Vec<PathBuf> {
    crawl_folders(&folder(config, site))
}

/// Walks one website; what was there before is brought up to date.
pub async fn walk(
    config: &Config,
    site: &str,
    walk: &Walk,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<CrawlReport, String> {
    let job = walk.job(config, site)?;
    let walked = crawl(&job, progress).await;
    walked.map_err(|error| match error {
        KbError::Busy { .. } => format!("{} is being walked already", walk.url),
        error => error.to_string(),
    })
}

/// Forgets a walk with its pages; `false` if there was none.
pub fn forget(config: &Config, site: &str, walk: &Walk) -> Result<bool, String> {
    let folder = walk.job(config, site)?.folder;
    match std::fs::remove_dir_all(&folder) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(format!("{}: {error}", folder.display())),
    }
}
