//! The schedule: while the server runs, each site's documents and websites are looked at again every so often. Answers
//! go on meanwhile from the generation before. What fails is told in the log, the metrics and `/readyz`, and tried again
//! next time.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use hinny_actors::clock;
use hinny_actors::ids::{Millis, SiteId};
use hinny_kb::{IndexReport, crawled_at};
use serde::Serialize;

use crate::app::Shared;
use crate::config::Site;
use crate::config::walks::Scheduled;
use crate::{crawl, index};

/// How the last look at a site's sources went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Look {
    Running,
    Ok,
    /// The index is from the last time that went well.
    Failed,
}

/// What the schedule tells of itself.
#[derive(Default)]
pub struct Board {
    sites: Mutex<BTreeMap<SiteId, Noted>>,
}

/// The looks at one site's sources since the start.
#[derive(Clone, Debug, Default)]
pub struct Noted {
    pub last: Option<Look>,
    pub done: u64,
    pub failed: u64,
    /// When the last one that went well was over.
    pub good_at: Option<Millis>,
}

impl Board {
    pub fn all(&self) -> BTreeMap<SiteId, Noted> {
        self.sites
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn note(&self, site: &SiteId, look: Look) {
        let mut sites = self.sites.lock().unwrap_or_else(PoisonError::into_inner);
        let noted = sites.entry(site.clone()).or_default();
        noted.last = Some(look);
        match look {
            Look::Running => {}
            Look::Ok => {
                noted.done += 1;
                noted.good_at = Some(clock::now());
            }
            Look::Failed => noted.failed += 1,
        }
    }
}

/// Begins the schedule of every site that has one.
pub fn start(app: &Shared) {
    for site in &app.config.sites {
        let scheduled = site.knowledge.every.is_some() || !site.knowledge.crawl.is_empty();
        if scheduled {
            tokio::spawn(keep(app.clone(), site.clone()));
        }
    }
}

async fn keep(app: Shared, site: Site) {
    let mut closing = app.closing.clone();
    let mut plan = Plan::of(&app, &site);
    loop {
        let wait = plan.next().saturating_sub(now());
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            _ = closing.wait_for(|closing| *closing) => return,
        }
        app.pulse.board.note(&site.id, Look::Running);
        let look = tokio::select! {
            look = plan.carry_out(&app, &site) => look,
            // A walk goes on where it was after the next start.
            _ = closing.wait_for(|closing| *closing) => return,
        };
        app.pulse.board.note(&site.id, look);
    }
}

/// What failed is tried again so soon, unless its own time is shorter.
const AGAIN: Duration = Duration::from_secs(15 * 60);

/// When what is due, counted from 1970.
struct Plan {
    walks: Vec<(Scheduled, Duration)>,
    /// How often the paths are read.
    every: Option<Duration>,
    /// When they are read next: by themselves, or because it failed.
    index: Option<Duration>,
}

/// How long to wait for the next look.
fn pause(every: Duration, went_well: bool) -> Duration {
    match went_well {
        true => every,
        false => every.min(AGAIN),
    }
}

impl Plan {
    fn of(app: &Shared, site: &Site) -> Plan {
        let due = |scheduled: &Scheduled| {
            let job = scheduled.walk.job(&app.config, site.id.as_str()).ok();
            let ended = job.and_then(|job| crawled_at(&job.folder));
            ended.map_or(now(), |ended| since_1970(ended) + scheduled.every)
        };
        let walks = site.knowledge.crawl.iter();
        Plan {
            walks: walks
                .map(|scheduled| (scheduled.clone(), due(scheduled)))
                .collect(),
            // What changed while the server was down is read at once.
            index: site.knowledge.every.map(|_| now()),
            every: site.knowledge.every,
        }
    }

    fn next(&self) -> Duration {
        let walks = self.walks.iter().map(|(_, due)| *due);
        let all = walks.chain(self.index);
        all.min().unwrap_or(Duration::MAX)
    }

    /// The paths were read, or they were not.
    fn note_index(&mut self, went_well: bool, now: Duration) {
        let failed = (!went_well).then_some(AGAIN);
        let wait = self.every.map(|every| pause(every, went_well)).or(failed);
        self.index = wait.map(|wait| now + wait);
    }

    /// Does what is due, and indexes what came of it.
    async fn carry_out(&mut self, app: &Shared, site: &Site) -> Look {
        let mut look = Look::Ok;
        let id = site.id.as_str();
        for (scheduled, due) in self.walks.iter_mut().filter(|(_, due)| *due <= now()) {
            let walked = crawl::walk(&app.config, id, &scheduled.walk, &mut |_| {}).await;
            *due = now() + pause(scheduled.every, walked.is_ok());
            match walked {
                Ok(report) => {
                    let (pages, problems) = (report.pages, report.problems.len());
                    let (url, stopped) = (&scheduled.walk.url, report.stopped.as_deref());
                    tracing::info!(
                        site = id,
                        url,
                        pages,
                        problems,
                        stopped,
                        "a website was walked"
                    );
                }
                Err(error) => {
                    tracing::error!(site = id, error, "a website could not be walked");
                    look = Look::Failed;
                }
            }
        }
        let indexed = reindex(app, site).await;
        self.note_index(indexed.is_ok(), now());
        match indexed {
            Ok(report) => index::log(id, &report),
            Err(error) => {
                tracing::error!(site = id, error, "the knowledge could not be indexed");
                look = Look::Failed;
            }
        }
        look
    }
}

/// One index at a time: a command that indexes meanwhile is waited for.
async fn reindex(app: &Shared, site: &Site) -> Result<IndexReport, String> {
    let knowledge = app.knowledge.get(&site.id).ok_or("there is no such site")?;
    let (library, job) = (knowledge.library.clone(), index::job(&app.config, site));
    let work = move || library.index(&job, &mut |_| {});
    let done = tokio::task::spawn_blocking(work).await;
    let report = done.map_err(|_| "indexing broke off".to_owned())?;
    report.map_err(|error| error.to_string())
}

fn now() -> Duration {
    since_1970(SystemTime::now())
}

fn since_1970(time: SystemTime) -> Duration {
    time.duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_secs(86_400);
    const MINUTE: Duration = Duration::from_secs(60);

    #[test]
    fn what_failed_is_tried_again_soon_and_never_later_than_by_itself() {
        assert_eq!(pause(DAY, true), DAY);
        assert_eq!(pause(DAY, false), 15 * MINUTE);
        assert_eq!(pause(MINUTE, false), MINUTE);
    }

    #[test]
    fn an_index_that_failed_is_made_again_also_where_only_websites_are_scheduled() {
        let plan = |every| Plan {
            walks: Vec::new(),
            every,
            index: None,
        };
        let next = |mut plan: Plan, went_well| {
            plan.note_index(went_well, DAY);
            plan.next()
        };
        assert_eq!(next(plan(Some(DAY)), true), 2 * DAY);
        assert_eq!(next(plan(Some(DAY)), false), DAY + 15 * MINUTE);
        assert_eq!(next(plan(None), false), DAY + 15 * MINUTE);
        assert_eq!(next(plan(None), true), Duration::MAX);
    }
}
