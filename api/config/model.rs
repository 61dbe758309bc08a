//! `[site.model]`: the language model that may phrase a site's answers, and what it may cost.

use std::path::Path;
use std::time::Duration;

use hinny_kb::llm::Budget;
use url::Url;

use super::endpoint::{Endpoint, RawEndpoint};
use super::raw::RawModel;
use super::secret::{Env, Secret};
use super::{Problems, duration};

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
    pub answer_within: Duration,
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
        let raw = raw?;
        let endpoint = RawEndpoint {
            table: "model",
            base_url: &raw.base_url,
            model: &raw.model,
            key_env: raw.key_env.as_deref(),
            key_file: raw.key_file.as_deref(),
            within: ("first_token_within", &raw.first_token_within, "8s"),
        };
        let endpoint = endpoint.check(base, env, label, problems);
        for what in mistakes(raw) {
            problems.add(format!("{label}: {what}"));
        }
        let Endpoint {
            base_url,
            model,
            key,
            within,
        } = endpoint?;
        Some(Model {
            base_url,
            name: model,
            key,
            hosts: raw.hosts.clone(),
            most_tokens: raw.most_tokens,
            temperature: raw.temperature,
            first_token_within: within,
            answer_within: answer_within(raw).ok()?,
            budget: budget(raw),
        })
    }
}

/// The time for a whole answer, which holds the time for its beginning.
fn answer_within(raw: &RawModel) -> Result<Duration, String> {
    let text = &raw.answer_within;
    let first = duration::parse(&raw.first_token_within).unwrap_or_default();
    match duration::parse(text).filter(|time| !time.is_zero()) {
        None => Err(format!(
            "`model.answer_within` = \"{text}\": times are like \"30s\""
        )),
        Some(time) if time < first => Err(format!(
            "`model.answer_within` = \"{text}\" is less than `model.first_token_within`"
        )),
        Some(time) => Ok(time),
    }
}

fn budget(raw: &RawModel) -> Budget {
    Budget {
        visitor: raw.visitor_tokens,
        site: raw.site_tokens,
    }
}

fn mistakes(raw: &RawModel) -> Vec<String> {
    let mut all: Vec<String> = answer_within(raw).err().into_iter().collect();
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

#[cfg(test)]
mod tests {
    use super::*;

    fn within(first: &str, whole: &str) -> Result<Duration, String> {
        let text = format!(
            "base_url = \"x\"\nmodel = \"m\"\nfirst_token_within = \"{first}\"\nanswer_within = \"{whole}\""
        );
        answer_within(&toml::from_str(&text).unwrap())
    }

    #[test]
    fn a_whole_answer_has_at_least_the_time_of_its_beginning() {
        assert_eq!(within("8s", "30s"), Ok(Duration::from_secs(30)));
        assert_eq!(within("8s", "8s"), Ok(Duration::from_secs(8)));
        for (whole, why) in [("2s", "less than"), ("soon", "like"), ("0s", "like")] {
            let error = within("8s", whole).unwrap_err();
            assert!(error.contains(why) && error.contains(whole), "{error}");
        }
    }
}
