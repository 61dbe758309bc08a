//! `Learner`: turns an answer of the team into an entry of the site's frequent questions.
//!
//! The conversation decides and remembers that somebody wants it; a learner does the work outside of every mailbox.
//! Its verbs may be called again for the same entry after a crash, and then have no second effect.

use async_trait::async_trait;
use hinny_bridges::text::Text;

use crate::body::FaqDraft;
use crate::ids::{ConversationId, SiteId};

/// Keeps a site's frequent questions where people can review them.
#[async_trait]
pub trait Learner: Send + Sync {
    /// Question and answer with personal data covered, and with it `names`, which are known from the conversation.
    /// Quick: it waits for nothing.
    fn draft(&self, question: &Text, answer: &Text, names: &[String]) -> FaqDraft;

    /// Writes the entry and makes it live. `key` names the draft for good: saving it again changes nothing and returns
    /// the same entry. `by` is the agent's name; `said_in` is where it was said, and `link` leads there, where the team's
    /// platform has such links.
    async fn save(
        &self,
        site: &SiteId,
        key: &str,
        draft: &FaqDraft,
        by: &str,
        said_in: &ConversationId,
        link: Option<&str>,
    ) -> Result<String, NotLearned>;

    /// Takes the entry out again. One that is not there is no error.
    async fn undo(&self, site: &SiteId, entry: &str) -> Result<(), NotLearned>;
}

/// It did not work; the sentence is for the operator's log.
#[derive(Debug, thiserror::Error)]
#[error("the entry could not be changed: {0}")]
pub struct NotLearned(pub String);
