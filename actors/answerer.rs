//! `Answerer`: turns a question into a judgement, outside of every mailbox.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use hinny_kb::llm::{Ask, Outcome, Passage, Phraser, Released, Turn, markdown};
use hinny_kb::{Candidate, Judgement, Library, Person, Settings, Source};
use tokio::sync::Semaphore;

use crate::ids::SiteId;

/// Finds answers. May be slow or break; the conversation never waits inside for it.
#[async_trait]
pub trait Answerer: Send + Sync {
    async fn answer(
        &self,
        site: &SiteId,
        person: &Person,
        question: &str,
    ) -> Result<Judgement, AnswererDown>;

    /// Whether any answer of this site depends on who asks, so that it is worth looking up.
    fn is_personal(&self, _site: &SiteId) -> bool {
        false
    }

    /// Whether this site has a model that phrases answers, so that it is worth looking up what surrounds them.
    fn phrases(&self, _site: &SiteId) -> bool {
        false
    }

    /// Lets the site's model phrase the answer of a judgement. The answer stays as it is if the model fails, is slow
    /// or says anything that the passages do not say. `so_far` gets all sentences that have passed, in Markdown,
    /// whenever there is one more.
    async fn phrase(
        &self,
        _site: &SiteId,
        _around: &Around,
        judgement: Judgement,
        _so_far: &mut (dyn FnMut(String) + Send),
    ) -> Judgement {
        judgement
    }
}

/// What surrounds a question: who asks, which is for the budget only, and what was said before.
#[derive(Clone, Debug)]
pub struct Around {
    pub visitor: String,
    pub turns: Vec<Turn>,
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
    fn judge(&self, person: &Person, question: &str) -> Result<Judgement, hinny_kb::KbError> {
        match self.library.generation() {
            Some(generation) => generation.judge_for(person, question, &self.settings),
            None => Ok(Judgement {
                small: true,
                ..Judgement::unsure(question, "", &self.settings)
            }),
        }
    }
}

/// A passage that matches this much worse than the best one is not shown to a model.
const WORSE: f64 = 0.5;

/// Answers from each site's own index, on threads of its own.
pub struct KbAnswerer {
    sites: HashMap<SiteId, Knowledge>,
    models: HashMap<SiteId, Phraser>,
    /// Searches that may run at once; more would only take the processors from each other.
    slots: Arc<Semaphore>,
}

impl KbAnswerer {
    /// `models`: of the sites that have one.
    pub fn new(sites: HashMap<SiteId, Knowledge>, models: HashMap<SiteId, Phraser>) -> Self {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        KbAnswerer {
            sites,
            models,
            slots: Arc::new(Semaphore::new(cores)),
        }
    }
}

#[async_trait]
impl Answerer for KbAnswerer {
    async fn answer(
        &self,
        site: &SiteId,
        person: &Person,
        question: &str,
    ) -> Result<Judgement, AnswererDown> {
        let knowledge = self
            .sites
            .get(site)
            .ok_or_else(|| AnswererDown(format!("site {site} has no knowledge")))?
            .clone();
        let (person, question) = (person.clone(), question.to_owned());
        let slot = self.slots.clone().acquire_owned().await.map_err(down)?;
        let search = move || {
            fail::fail_point!("answerer");
            let judgement = knowledge.judge(&person, &question);
            drop(slot);
            judgement
        };
        let searched = tokio::task::spawn_blocking(search).await.map_err(down)?;
        searched.map_err(down)
    }

    fn is_personal(&self, site: &SiteId) -> bool {
        let generation = self
            .sites
            .get(site)
            .and_then(|known| known.library.generation());
        generation.is_some_and(|generation| generation.manifest().personal.any)
    }

    fn phrases(&self, site: &SiteId) -> bool {
        self.models.contains_key(site)
    }

    async fn phrase(
        &self,
        site: &SiteId,
        around: &Around,
        mut judgement: Judgement,
        so_far: &mut (dyn FnMut(String) + Send),
    ) -> Judgement {
        let (Some(model), Some(answer)) = (self.models.get(site), &mut judgement.answer) else {
            return judgement;
        };
        let shown = shown(&judgement.candidates);
        let passages: Vec<Passage> = shown.iter().copied().map(passage).collect();
        let ask = Ask {
            visitor: &around.visitor,
            question: &judgement.query,
            turns: &around.turns,
            passages: &passages,
        };
        let mut passed = Vec::new();
        let mut release = |sentence: &Released| {
            passed.push(sentence.clone());
            so_far(markdown(&passed));
        };
        let written = model.phrase(&ask, &mut release).await;
        if let Outcome::Phrased(sentences) = written.outcome {
            answer.markdown = markdown(&sentences);
            answer.sources = sources(&sentences, &shown);
        }
        judgement.model = Some(written.record);
        judgement
    }
}

/// The candidates that a model may phrase an answer from.
fn shown(candidates: &[Candidate]) -> Vec<&Candidate> {
    let best = candidates.first().map_or(0.0, |best| best.score);
    let good = |candidate: &&Candidate| {
        candidate.score >= best * WORSE && !candidate.markdown.trim().is_empty()
    };
    candidates.iter().filter(good).collect()
}

fn passage(candidate: &Candidate) -> Passage {
    Passage {
        title: candidate.title.clone(),
        markdown: candidate.markdown.clone(),
        url: candidate.source.url.clone(),
    }
}

/// Where the sentences are from, each place once.
fn sources(sentences: &[Released], shown: &[&Candidate]) -> Vec<Source> {
    let mut all: Vec<Source> = Vec::new();
    for sentence in sentences {
        let source = &shown[sentence.passage].source;
        if !all.contains(source) {
            all.push(source.clone());
        }
    }
    all
}

fn down(error: impl std::fmt::Display) -> AnswererDown {
    AnswererDown(error.to_string())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use hinny_kb::llm::{Budget, Model};
    use hinny_kb::{Answer, Verdict};

    use super::*;

    /// A model whose server is not there.
    fn absent() -> Phraser {
        // Another test of this process may have installed it before.
        rustls::crypto::ring::default_provider()
            .install_default()
            .ok();
        let model = Model {
            base_url: "http://127.0.0.1:1/v1".to_owned(),
            name: "absent".to_owned(),
            key: None,
            hosts: Vec::new(),
            most_tokens: 100,
            temperature: None,
            first_token_within: Duration::from_secs(5),
            answer_within: Duration::from_secs(5),
            budget: Budget {
                visitor: 100_000,
                site: 100_000,
            },
        };
        Phraser::new(model).unwrap()
    }

    fn candidate(title: &str, score: f64) -> Candidate {
        Candidate {
            entry: title.to_owned(),
            title: title.to_owned(),
            score,
            features: Default::default(),
            source: Source {
                title: title.to_owned(),
                url: None,
                path: "faq.md".to_owned(),
            },
            markdown: "Refunds take 5 days.".to_owned(),
        }
    }

    #[tokio::test]
    async fn a_model_that_is_not_there_leaves_the_answer_and_is_recorded() {
        let site = SiteId::from("shop");
        let models = HashMap::from([(site.clone(), absent())]);
        let answerer = KbAnswerer::new(HashMap::new(), models);
        let mut judgement = Judgement::unsure("How long?", "g", &Settings::default());
        judgement.verdict = Verdict::Answer;
        judgement.answer = Some(Answer {
            markdown: "Refunds take 5 days.".to_owned(),
            sources: Vec::new(),
        });
        judgement.candidates.push(candidate("Refunds", 0.9));
        let around = Around {
            visitor: "ada".to_owned(),
            turns: Vec::new(),
        };
        assert!(answerer.phrases(&site) && !answerer.phrases(&SiteId::from("other")));
        let before = judgement.answer.clone();
        let judged = answerer
            .phrase(&site, &around, judgement, &mut |_| {})
            .await;
        assert_eq!(judged.answer, before);
        let record = judged.model.unwrap();
        assert_eq!((record.model.as_str(), record.prompt.len()), ("absent", 12));
        assert!(record.outcome.starts_with("failed: "), "{}", record.outcome);
    }

    #[test]
    fn a_model_sees_good_candidates_and_names_each_source_once() {
        let all = [
            candidate("a", 0.9),
            candidate("b", 0.5),
            candidate("c", 0.1),
        ];
        let shown = shown(&all);
        assert_eq!(shown.len(), 2);
        let sentence = |passage| Released {
            text: "x".to_owned(),
            passage,
            line: false,
        };
        let named = sources(&[1, 0, 1].map(sentence), &shown);
        let titles: Vec<_> = named.iter().map(|source| source.title.as_str()).collect();
        assert_eq!(titles, ["b", "a"]);
    }
}
