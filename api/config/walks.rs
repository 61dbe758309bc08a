//! `[[site.knowledge.crawl]]`: websites that are walked on schedule.

use std::time::Duration;

use serde::Deserialize;

use super::{Problems, duration};
use crate::crawl::Walk;

/// Looking more often helps nobody and costs the site.
const OFTEN: Duration = Duration::from_secs(1);

/// As it is written.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawWalk {
    pub url: String,
    #[serde(default = "RawWalk::daily")]
    pub every: String,
    #[serde(default)]
    pub hosts: Vec<String>,
    #[serde(default)]
    pub allow_private: bool,
    #[serde(default)]
    pub pages: Option<usize>,
    #[serde(default)]
    pub depth: Option<usize>,
    #[serde(default)]
    pub minutes: Option<u64>,
    #[serde(default)]
    pub per_second: Option<f64>,
}

impl RawWalk {
    fn daily() -> String {
        "1d".to_owned()
    }
}

/// A walk that comes again and again.
#[derive(Clone, Debug, PartialEq)]
pub struct Scheduled {
    pub walk: Walk,
    pub every: Duration,
}

pub(super) fn check(raw: &[RawWalk], label: &str, problems: &mut Problems) -> Vec<Scheduled> {
    let one = |raw: &RawWalk| {
        let walk = Walk {
            url: raw.url.clone(),
            hosts: raw.hosts.clone(),
            allow_private: raw.allow_private,
            pages: raw.pages,
            depth: raw.depth,
            minutes: raw.minutes,
            per_second: raw.per_second,
        };
        walk.check()
            .map_err(|what| format!("{label}: `knowledge.crawl`: {what}"))?;
        let every =
            every("knowledge.crawl", &raw.every).map_err(|what| format!("{label}: {what}"))?;
        Ok(Scheduled { walk, every })
    };
    let checked = raw.iter().map(one);
    checked.filter_map(|walk| problems.take(walk)).collect()
}

/// How often something is done.
pub(super) fn every(table: &str, text: &str) -> Result<Duration, String> {
    let wrong =
        || format!("`{table}.every` = \"{text}\": it is a time such as \"30m\", \"6h\" or \"1d\"");
    let every = duration::parse(text).ok_or_else(wrong)?;
    match every < OFTEN {
        true => Err(format!(
            "`{table}.every` = \"{text}\": it is at least \"1s\""
        )),
        false => Ok(every),
    }
}
