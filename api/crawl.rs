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
    /// What it means, or what is wrong with it.
    pub fn job(&self, config: &Config, site: &str) -> Result<CrawlJob, String> {
        let url = self.address()?;
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

    fn address(&self) -> Result<Url, String> {
        let no_url = || {
            format!(
                "`{}` is no address of a website; it begins with https://",
                self.url
            )
        };
        let url = Url::parse(&self.url).map_err(|_| no_url())?;
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
            return Err(no_url());
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(
                "an address with a password is not walked; it would stand in links".to_owned(),
            );
        }
        let rate = self.per_second.unwrap_or(1.0);
        if !(rate > 0.0 && rate <= MOST_PER_SECOND) {
            return Err(format!(
                "`per_second` is more than 0 and at most {MOST_PER_SECOND}"
            ));
        }
        Ok(url)
    }

    /// Whether it can be walked at all.
    pub fn check(&self) -> Result<(), String> {
        self.address().map(drop)
    }
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
