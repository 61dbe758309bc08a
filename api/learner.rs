//! Learning: what the team answered in a thread becomes an entry of the site's file of saved entries, and is live
//! when this returns. The conversation decides that and when; the file and the index are `kb`'s.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use hinny_actors::body::FaqDraft;
use hinny_actors::ids::{ConversationId, Millis, SiteId};
use hinny_actors::learner::{Learner, NotLearned};
use hinny_actors::{Knowledge, clock};
use hinny_bridges::text::Text;
use hinny_kb::{IndexJob, KbError, Lesson, Library, Saved, mask};
use tokio::sync::Mutex;

use crate::config::Config;
use crate::index;

/// Where each site's saved entries go.
pub struct Shelves {
    sites: HashMap<SiteId, Arc<Shelf>>,
    /// The address that people use.
    base: String,
}

struct Shelf {
    saved: Saved,
    library: Library,
    job: IndexJob,
    /// One change of the file at a time.
    turn: Mutex<()>,
}

impl Shelves {
    pub fn new(config: &Config, knowledge: &HashMap<SiteId, Knowledge>) -> Self {
        let shelf = |site: &crate::config::Site| {
            let shelf = Shelf {
                saved: Saved::at(index::saved(config, site.id.as_str())),
                library: knowledge.get(&site.id)?.library.clone(),
                job: index::job(config, site),
                turn: Mutex::new(()),
            };
            Some((site.id.clone(), Arc::new(shelf)))
        };
        Shelves {
            sites: config.sites.iter().filter_map(shelf).collect(),
            base: config.base(),
        }
    }

    /// Changes a site's file and makes the change live, on a thread that may wait for the disk.
    async fn change(
        &self,
        site: &SiteId,
        change: impl FnOnce(&Saved) -> Result<bool, KbError> + Send + 'static,
    ) -> Result<(), NotLearned> {
        let shelf = self.sites.get(site).cloned();
        let shelf = shelf.ok_or_else(|| NotLearned(format!("there is no site {site}")))?;
        let turn = shelf.turn.lock().await;
        let work = {
            let shelf = shelf.clone();
            move || {
                change(&shelf.saved)?;
                // Also when nothing had to be changed: a crash may have come between the file and the index.
                shelf.library.renew(shelf.saved.path(), &shelf.job)
            }
        };
        let done = tokio::task::spawn_blocking(work).await;
        drop(turn);
        let report = done.map_err(|_| NotLearned("the work broke off".to_owned()))?;
        let report = report.map_err(|error| NotLearned(error.to_string()))?;
        for problem in &report.problems {
            tracing::warn!(site = %site, %problem, "left out of the index");
        }
        Ok(())
    }
}

#[async_trait]
impl Learner for Shelves {
    fn draft(&self, question: &Text, answer: &Text, names: &[String]) -> FaqDraft {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let (question, answer) = (question.to_plain(), answer.to_markdown());
        let covered = (mask(&question, &names), mask(&answer, &names));
        FaqDraft {
            masked: covered != (question, answer),
            question: covered.0,
            answer: covered.1,
            author: String::new(),
        }
    }

    async fn save(
        &self,
        site: &SiteId,
        key: &str,
        draft: &FaqDraft,
        by: &str,
        said_in: &ConversationId,
        link: Option<&str>,
    ) -> Result<String, NotLearned> {
        let (entry, draft) = (key.to_owned(), draft.clone());
        let by = by.to_owned();
        // The desk has every conversation, also those of platforms whose links need more than the thread.
        let link = match link {
            Some(link) => link.to_owned(),
            None => format!("{}/desk#c={said_in}", self.base),
        };
        let date = date(clock::now());
        let add = move |saved: &Saved| {
            saved.add(&Lesson {
                key: &entry,
                question: &draft.question,
                answer: &draft.answer,
                by: &by,
                date: &date,
                link: Some(&link),
            })
        };
        self.change(site, add).await?;
        Ok(key.to_owned())
    }

    async fn undo(&self, site: &SiteId, entry: &str) -> Result<(), NotLearned> {
        let entry = entry.to_owned();
        self.change(site, move |saved| saved.remove(&entry)).await
    }
}

/// The day, as people all over the world read it.
fn date(now: Millis) -> String {
    let day =
        jiff::Timestamp::from_millisecond(now).map(|now| now.strftime("%Y-%m-%d").to_string());
    day.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::raw::RawConfig;
    use crate::demo;

    fn shelves(data: &std::path::Path) -> (Shelves, Library, SiteId) {
        let mut config = demo::config(data, 0);
        config.sites[0].knowledge.paths.clear();
        let site = config.sites[0].id.clone();
        let library = Library::open(index::folder(data, site.as_str())).unwrap();
        let known = Knowledge {
            library: library.clone(),
            settings: hinny_kb::Settings::default(),
        };
        let knowledge = HashMap::from([(site.clone(), known)]);
        (Shelves::new(&config, &knowledge), library, site)
    }

    fn said_in() -> ConversationId {
        ConversationId::from("c1")
    }

    fn entries(library: &Library) -> Vec<(String, String)> {
        let generation = library.generation().unwrap();
        let entries = generation.entries().map(Result::unwrap);
        entries.map(|entry| (entry.title, entry.body)).collect()
    }

    #[tokio::test]
    async fn what_is_saved_is_live_at_once_and_undo_takes_it_back() {
        let data = tempfile::tempdir().unwrap();
        let (shelves, library, site) = shelves(data.path());
        let question = Text::plain("I am Zoë Quill, can ada@mail.example pay later");
        let answer = Text::from_markdown("Yes Zoë, **within** 30 days. Call +49 170 1234567.");
        let draft = shelves.draft(&question, &answer, &["Zoë Quill".to_owned()]);
        assert!(draft.masked);
        assert_eq!(draft.question, "I am [name], can [e-mail] pay later");
        for _ in 0..2 {
            let entry = shelves
                .save(&site, "k1", &draft, "Ada", &said_in(), None)
                .await
                .unwrap();
            assert_eq!(entry, "k1");
        }
        let expected = "Yes [name], **within** 30 days. Call [phone].";
        let first = (
            "I am [name], can [e-mail] pay later?".to_owned(),
            expected.to_owned(),
        );
        assert_eq!(entries(&library), std::slice::from_ref(&first));
        let other = FaqDraft {
            question: "Other".to_owned(),
            ..draft.clone()
        };
        shelves
            .save(
                &site,
                "k2",
                &other,
                "Ada",
                &said_in(),
                Some("https://x.example"),
            )
            .await
            .unwrap();
        shelves.undo(&site, "k2").await.unwrap();
        shelves.undo(&site, "k2").await.unwrap();
        assert_eq!(entries(&library), [first]);
    }

    #[tokio::test]
    async fn an_answer_without_anything_personal_stays_as_it_is() {
        let data = tempfile::tempdir().unwrap();
        let (shelves, _, site) = shelves(data.path());
        let draft = shelves.draft(&Text::plain("Open on Monday?"), &Text::plain("Yes."), &[]);
        assert!(!draft.masked);
        let unknown = SiteId::from("other");
        assert!(
            shelves
                .save(&unknown, "k", &draft, "Ada", &said_in(), None)
                .await
                .is_err()
        );
        shelves
            .save(&site, "k1", &draft, "Ada", &said_in(), None)
            .await
            .unwrap();
        let twice = shelves
            .save(&site, "k2", &draft, "Ada", &said_in(), None)
            .await;
        assert!(twice.unwrap_err().to_string().contains("is answered in"));
    }

    #[test]
    fn each_site_has_its_own_file_in_the_data_folder() {
        let mut config = Config::defaults(RawConfig::default());
        config.data = "/d".into();
        let file = index::saved(&config, "shop");
        assert_eq!(
            file,
            std::path::Path::new("/d/knowledge/shop/from-threads.md")
        );
        assert_eq!(date(1_795_305_600_000), "2026-11-22");
    }
}
