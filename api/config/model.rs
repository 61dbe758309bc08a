//! `[site.model]`: the language model that may phrase a site's answers, and what it may cost.

use std::path::Path;
use std::time::Duration;

use hinny_kb::llm::Budget;
use url::Url;

use super::raw::RawModel;
use super::secret::{self, Env, Secret};
use super::{Problems, duration, web_url};

/// More tokens of one answer are never needed.
const MOST_TOKENS: u32 = 4_000;

#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    pub base_url: Url,
    pub name: String,
    /// Servers of one's own may need none.
    pub key: Option<Secret>,
    pub hosts: Vec<String>,
    pub most_tokens: u32,
    pub temperature: Option<f32>,
    pub first_token_within: Duration,
    pub budget: Budget,
}

impl Model {
    /// What the site's table says, if it has one. `label` is how problems name the site.
    pub(super) fn of(
        raw: Option<&RawModel>,
        base: &Path,
        env: Env<'_>,
        label: &str,
        problems: &mut Problems,
    ) -> Option<Model> {
        Model::check(raw?, base, env, label, problems)
    }

    fn check(
        raw: &RawModel,
        base: &Path,
        env: Env<'_>,
        label: &str,
        problems: &mut Problems,
    ) -> Option<Model> {
        let within = |what: String| format!("{label}: {what}");
        let url = problems.take(web_url("model.base_url", &raw.base_url).map_err(within));
        let file = raw.key_file.as_ref().map(|file| base.join(file));
        let key = secret::load("model.key", raw.key_env.as_deref(), file, env);
        let key = problems.take(key.map_err(within));
        let first = duration::parse(&raw.first_token_within).filter(|time| !time.is_zero());
        if first.is_none() {
            let text = &raw.first_token_within;
            let what = format!("`model.first_token_within` = \"{text}\": times are like \"8s\"");
            problems.add(within(what));
        }
        for what in mistakes(raw) {
            problems.add(within(what));
        }
        Some(Model {
            base_url: url?,
            name: raw.model.clone(),
            key: key?,
            hosts: raw.hosts.clone(),
            most_tokens: raw.most_tokens,
            temperature: raw.temperature,
            first_token_within: first?,
            budget: Budget {
                visitor: raw.visitor_tokens,
                site: raw.site_tokens,
            },
        })
    }
}

fn mistakes(raw: &RawModel) -> Vec<String> {
    let mut all = Vec::new();
    if raw.model.trim().is_empty() {
        all.push("`model.model` is empty; it is the name of a model of that server".to_owned());
    }
    if !(1..=MOST_TOKENS).contains(&raw.most_tokens) {
        all.push(format!(
            "`model.most_tokens` lies between 1 and {MOST_TOKENS}"
        ));
    }
    if raw
        .temperature
        .is_some_and(|value| !(0.0..=2.0).contains(&value))
    {
        all.push("`model.temperature` lies between 0 and 2".to_owned());
    }
    let is_host = |host: &&String| {
        Url::parse(&format!("https://{host}/")).is_ok_and(|url| url.host_str() == Some(host))
    };
    if let Some(host) = raw.hosts.iter().find(|host| !is_host(host)) {
        all.push(format!(
            "`model.hosts`: \"{host}\" is no host, like \"docs.example.com\""
        ));
    }
    all
}
