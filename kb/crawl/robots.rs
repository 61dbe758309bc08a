//! What each host allows, and how fast: its robots.txt, read once in a walk.
//! <https://www.rfc-editor.org/rfc/rfc9309.html>

use std::collections::HashMap;
use std::time::Duration;

use robotxt::{AccessResult, Robots};
use tokio::time::Instant;
use url::Url;

use super::address::authority;
use super::fetch::{Fetched, Fetcher, NoAnswer, Validators};
use super::{CrawlJob, NAME};

/// A longer delay than this is not waited for between two pages.
const MAX_DELAY: Duration = Duration::from_secs(30);
/// robots.txt may be elsewhere, in so many steps.
const REDIRECTS: usize = 5;

/// All hosts of one walk.
pub(super) struct Hosts {
    pause: Duration,
    known: HashMap<String, Host>,
}

struct Host {
    robots: Robots,
    /// No request before this time.
    next: Instant,
}

impl Hosts {
    pub fn new(job: &CrawlJob) -> Hosts {
        Hosts {
            pause: job.limits.pause,
            known: HashMap::new(),
        }
    }

    /// Whether robots.txt allows this address.
    pub async fn allow(&mut self, fetcher: &Fetcher, url: &Url) -> Result<bool, NoAnswer> {
        let host = self.host(fetcher, url).await?;
        Ok(host.robots.is_url_allowed(url))
    }

    /// The sitemaps that robots.txt names.
    pub async fn sitemaps(&mut self, fetcher: &Fetcher, url: &Url) -> Result<Vec<Url>, NoAnswer> {
        let host = self.host(fetcher, url).await?;
        Ok(host.robots.sitemaps().to_vec())
    }

    async fn host(&mut self, fetcher: &Fetcher, url: &Url) -> Result<&Host, NoAnswer> {
        let name = authority(url);
        let is_known = self.known.contains_key(&name);
        if !is_known {
            let robots = read(fetcher, url).await?;
            let host = Host {
                robots,
                next: Instant::now() + self.pause,
            };
            self.known.insert(name.clone(), host);
        }
        Ok(&self.known[&name])
    }

    /// Waits until the host may be asked again.
    pub async fn turn(&mut self, url: &Url) {
        let Some(host) = self.known.get_mut(&authority(url)) else {
            return;
        };
        tokio::time::sleep_until(host.next).await;
        let delay = host.robots.crawl_delay().unwrap_or_default().min(MAX_DELAY);
        host.next = Instant::now() + self.pause.max(delay);
    }

    /// The host asked for quiet.
    pub fn rest(&mut self, url: &Url, time: Duration) {
        if let Some(host) = self.known.get_mut(&authority(url)) {
            host.next = host.next.max(Instant::now() + time);
        }
    }
}

/// A robots.txt that is not there allows everything; one that cannot be had now allows nothing.
async fn read(fetcher: &Fetcher, url: &Url) -> Result<Robots, NoAnswer> {
    let Ok(mut at) = robotxt::robots_url(url) else {
        return Ok(Robots::disallow_all());
    };
    for _ in 0..=REDIRECTS {
        let answer = match fetcher.get(&at, &Validators::default()).await {
            Err(NoAnswer::Large(_)) => return Ok(Robots::disallow_all()),
            answer => answer?,
        };
        let access = match answer.status {
            200..300 => AccessResult::Successful(&answer.body),
            300..400 => match moved(&at, &answer).filter(|to| authority(to) == authority(url)) {
                Some(to) => {
                    at = to;
                    continue;
                }
                None => AccessResult::Unavailable,
            },
            429 | 500.. => return Err(NoAnswer::Closed(answer.status)),
            _ => AccessResult::Unavailable,
        };
        return Ok(Robots::from_access(access, NAME));
    }
    Ok(Robots::from_access(AccessResult::TooManyRedirects, NAME))
}

/// Where an answer sends us.
pub(super) fn moved(from: &Url, answer: &Fetched) -> Option<Url> {
    from.join(answer.location.as_deref()?).ok()
}
