//! `Answerer`: turns a question into a judgement, outside of every mailbox.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use hinny_kb::{Judgement, Library, Settings};
use tokio::sync::Semaphore;

use crate::ids::SiteId;

/// Finds answers. May be slow or break; the conversation never waits inside for it.
#[async_trait]
pub trait Answerer: Send + Sync {
    async fn answer(&self, site: &SiteId, question: &str) -> Result<Judgement, AnswererDown>;
}

#[derive(Debug, thiserror::Error)]
#[error("the answerer is down: {0}")]
pub struct AnswererDown(pub String);

/// A site's knowledge and how bold the bot is with it.
#[derive(Clone)]
pub struct Knowledge {
    pub library: Library,
    pub settings: Settings,
}

impl Knowledge {
    /// Without an index nothing is known, which is a verdict and no failure.
    fn judge(&self, question: &str) -> Result<Judgement, hinny_kb::KbError> {
        match self.library.generation() {
            Some(generation) => generation.judge(question, &self.settings),
            None => Ok(Judgement::unsure(question, "", &self.settings)),
        }
    }
}

/// Answers from each site's own index, on threads of its own.
pub struct KbAnswerer {
    sites: HashMap<SiteId, Knowledge>,
    /// Searches that may run at once; more would only take the processors from each other.
    slots: Arc<Semaphore>,
}

impl KbAnswerer {
    pub fn new(sites: HashMap<SiteId, Knowledge>) -> Self {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        KbAnswerer {
            sites,
            slots: Arc::new(Semaphore::new(cores)),
        }
    }
}

#[async_trait]
impl Answerer for KbAnswerer {
    async fn answer(&self, site: &SiteId, question: &str) -> Result<Judgement, AnswererDown> {
        let knowledge = self
            .sites
            .get(site)
            .ok_or_else(|| AnswererDown(format!("site {site} has no knowledge")))?
            .clone();
        let question = question.to_owned();
        let slot = self.slots.clone().acquire_owned().await.map_err(down)?;
        let search = move || {
            fail::fail_point!("answerer");
            let judgement = knowledge.judge(&question);
            drop(slot);
            judgement
        };
        let searched = tokio::task::spawn_blocking(search).await.map_err(down)?;
        searched.map_err(down)
    }
}

fn down(error: impl std::fmt::Display) -> AnswererDown {
    AnswererDown(error.to_string())
}
