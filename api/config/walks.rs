//! `[[site.knowledge.crawl]]`: websites that are walked on schedule.

use std::collections::HashSet;
use std::time::Duration;

use hinny_kb::is_private_host;
use serde::Deserialize;
use url::Url;

use super::{Problems, duration};
use crate::crawl::{Walk, Wrong};

/// Looking more often helps nobody and costs the site.
const OFTEN: Duration = Duration::from_secs(1);
/// What comes more seldom is forgotten.
const SELDOM: Duration = Duration::from_secs(365 * 24 * 60 * 60);

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
        let told = |Wrong { key, what }| format!("{label}: `knowledge.crawl.{key}`: {what}");
        walk.check().and_then(|()| public(&walk)).map_err(told)?;
        let every =
            every("knowledge.crawl", &raw.every).map_err(|what| format!("{label}: {what}"))?;
        Ok(Scheduled { walk, every })
    };
    let checked = raw.iter().map(one);
    let walks: Vec<Scheduled> = checked.filter_map(|walk| problems.take(walk)).collect();
    let mut urls = HashSet::new();
    for Scheduled { walk, .. } in &walks {
        if !urls.insert(&walk.url) {
            let url = &walk.url;
            problems.add(format!(
                "{label}: `knowledge.crawl.url`: \"{url}\" is there twice"
            ));
        }
    }
    walks
}

/// On schedule nobody is there to read that a request was refused.
fn public(walk: &Walk) -> Result<(), Wrong> {
    let is_private = Url::parse(&walk.url).is_ok_and(|url| is_private_host(&url));
    match is_private && !walk.allow_private {
        true => Err(Wrong {
            key: "url",
            what: format!(
                "\"{}\" is in a private network; set `allow_private = true` if that is meant",
                walk.url
            ),
        }),
        false => Ok(()),
    }
}

/// How often something is done.
pub(super) fn every(table: &str, text: &str) -> Result<Duration, String> {
    let wrong =
        || format!("`{table}.every` = \"{text}\": it is a time such as \"30m\", \"6h\" or \"1d\"");
    let every = duration::parse(text).ok_or_else(wrong)?;
    if every < OFTEN {
        return Err(format!(
            "`{table}.every` = \"{text}\": it is at least \"1s\""
        ));
    }
    if every > SELDOM {
        return Err(format!(
            "`{table}.every` = \"{text}\": it is at most \"365d\""
        ));
    }
    Ok(every)
}
