//! What a language model and a server of embeddings have in common: an OpenAI-compatible address, the name of a model
//! there, a key, and how long a question may take.

use std::path::Path;
use std::time::Duration;

use url::Url;

use super::secret::{self, Env, Secret};
use super::{Problems, duration, web_url};

/// As it stands in the site's table `[site.TABLE]`.
pub(super) struct RawEndpoint<'a> {
    pub table: &'static str,
    pub base_url: &'a str,
    pub model: &'a str,
    pub key_env: Option<&'a str>,
    pub key_file: Option<&'a str>,
    /// Name and value of the time, and how one is written.
    pub within: (&'static str, &'a str, &'static str),
}

pub(super) struct Endpoint {
    pub base_url: Url,
    pub model: String,
    /// Servers of one's own may need none.
    pub key: Option<Secret>,
    pub within: Duration,
}

impl RawEndpoint<'_> {
    /// Everything that is wrong with it becomes a problem. `label` is how problems name the site.
    pub(super) fn check(
        &self,
        base: &Path,
        env: Env<'_>,
        label: &str,
        problems: &mut Problems,
    ) -> Option<Endpoint> {
        let table = self.table;
        let labelled = |what: String| format!("{label}: {what}");
        let url = web_url(&format!("{table}.base_url"), self.base_url);
        let url = problems.take(url.map_err(labelled));
        let file = self.key_file.map(|file| base.join(file));
        let key = secret::load(&format!("{table}.key"), self.key_env, file, env);
        let key = problems.take(key.map_err(labelled));
        let (name, text, example) = self.within;
        let time = duration::parse(text).filter(|time| !time.is_zero());
        if time.is_none() {
            let what = format!("`{table}.{name}` = \"{text}\": times are like \"{example}\"");
            problems.add(labelled(what));
        }
        if self.model.trim().is_empty() {
            let what =
                format!("`{table}.model` is empty; it is the name of a model of that server");
            problems.add(labelled(what));
        }
        Some(Endpoint {
            base_url: url?,
            model: self.model.to_owned(),
            key: key?,
            within: time?,
        })
    }
}
