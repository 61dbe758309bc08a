//! `[site.embeddings]`: a server whose model understands what a site's texts mean, in place of the English one in
//! this binary.

use std::path::Path;
use std::time::Duration;

use hinny_kb::EmbeddingServer;
use serde::Deserialize;
use url::Url;

use super::Problems;
use super::endpoint::{Endpoint, RawEndpoint};
use super::secret::{Env, Secret};

/// A prefix says what comes, such as `query: `.
const LONGEST_PREFIX: usize = 200;

/// A model of meaning behind an OpenAI-compatible address.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawEmbeddings {
    pub base_url: String,
    pub model: String,
    #[serde(default)]
    pub key_env: Option<String>,
    #[serde(default)]
    pub key_file: Option<String>,
    #[serde(default)]
    pub question_prefix: String,
    #[serde(default)]
    pub text_prefix: String,
    #[serde(default = "RawEmbeddings::question_within")]
    pub question_within: String,
}

impl RawEmbeddings {
    fn question_within() -> String {
        "2s".to_owned()
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Embeddings {
    pub base_url: Url,
    pub model: String,
    /// Servers of one's own may need none.
    pub key: Option<Secret>,
    pub question_prefix: String,
    pub text_prefix: String,
    pub question_within: Duration,
}

impl Embeddings {
    /// What the site's table says, if it has one. `label` is how problems name the site.
    pub(super) fn of(
        raw: Option<&RawEmbeddings>,
        base: &Path,
        env: Env<'_>,
        label: &str,
        problems: &mut Problems,
    ) -> Option<Embeddings> {
        let raw = raw?;
        let endpoint = RawEndpoint {
            table: "embeddings",
            base_url: &raw.base_url,
            model: &raw.model,
            key_env: raw.key_env.as_deref(),
            key_file: raw.key_file.as_deref(),
            within: ("question_within", &raw.question_within, "2s"),
        };
        let endpoint = endpoint.check(base, env, label, problems);
        let long = |prefix: &String| prefix.len() > LONGEST_PREFIX;
        if long(&raw.question_prefix) || long(&raw.text_prefix) {
            let what = format!("a prefix of `embeddings` has at most {LONGEST_PREFIX} bytes");
            problems.add(format!("{label}: {what}"));
        }
        let Endpoint {
            base_url,
            model,
            key,
            within,
        } = endpoint?;
        Some(Embeddings {
            base_url,
            model,
            key,
            question_prefix: raw.question_prefix.clone(),
            text_prefix: raw.text_prefix.clone(),
            question_within: within,
        })
    }

    /// As the knowledge asks it.
    pub fn server(&self) -> EmbeddingServer {
        EmbeddingServer {
            base_url: self.base_url.to_string(),
            model: self.model.clone(),
            key: self.key.as_ref().map(|key| key.expose().to_owned()),
            question_prefix: self.question_prefix.clone(),
            text_prefix: self.text_prefix.clone(),
            question_within: self.question_within,
        }
    }
}
