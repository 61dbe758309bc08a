//! `[site.embeddings]`: a server whose model understands what a site's texts mean, in place of the English one in
//! this binary.

use std::path::Path;
use std::time::Duration;

use hinny_kb::EmbeddingServer;
use serde::Deserialize;
use url::Url;

use super::secret::{self, Env, Secret};
use super::{Problems, duration, web_url};

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
        Embeddings::check(raw?, base, env, label, problems)
    }

    fn check(
        raw: &RawEmbeddings,
        base: &Path,
        env: Env<'_>,
        label: &str,
        problems: &mut Problems,
    ) -> Option<Embeddings> {
        let within = |what: String| format!("{label}: {what}");
        let url = problems.take(web_url("embeddings.base_url", &raw.base_url).map_err(within));
        let file = raw.key_file.as_ref().map(|file| base.join(file));
        let key = secret::load("embeddings.key", raw.key_env.as_deref(), file, env);
        let key = problems.take(key.map_err(within));
        let time = duration::parse(&raw.question_within).filter(|time| !time.is_zero());
        if time.is_none() {
            let text = &raw.question_within;
            let what = format!("`embeddings.question_within` = \"{text}\": times are like \"2s\"");
            problems.add(within(what));
        }
        if raw.model.trim().is_empty() {
            let what = "`embeddings.model` is empty; it is the name of a model of that server";
            problems.add(within(what.to_owned()));
        }
        let long = |prefix: &String| prefix.len() > LONGEST_PREFIX;
        if long(&raw.question_prefix) || long(&raw.text_prefix) {
            let what = format!("a prefix of `embeddings` has at most {LONGEST_PREFIX} bytes");
            problems.add(within(what));
        }
        Some(Embeddings {
            base_url: url?,
            model: raw.model.clone(),
            key: key?,
            question_prefix: raw.question_prefix.clone(),
            text_prefix: raw.text_prefix.clone(),
            question_within: time?,
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
