//! The address that people use: whether it leads here, and whether visitors can be told apart behind a proxy.

use std::time::Duration;

use hinny_bridges::Finding;
use url::Url;

use crate::config::Config;

/// A page that takes longer would have lost its visitor.
const PATIENCE: Duration = Duration::from_secs(10);

pub async fn look(config: &Config, running: bool) -> Vec<Finding> {
    let Some(url) = &config.public_url else {
        return vec![unset(config)];
    };
    let mut findings = vec![scheme(url)];
    if running {
        findings.push(reach(url).await);
    }
    if config.trusted_proxies.is_empty() {
        findings.push(Finding::doubtful(
            "`trusted_proxies` is empty, so all visitors behind your proxy share one rate limit",
            "name your proxy's address, for instance trusted_proxies = [\"127.0.0.1\"]",
        ));
    }
    findings
}

fn unset(config: &Config) -> Finding {
    let place = format!("http://{}", config.listen);
    match config.desk && config.listen.ip().is_loopback() {
        false => Finding::good(format!("`public_url` is not set; people use {place}")),
        true => Finding::doubtful(
            format!("`public_url` is not set, so links to the desk begin with {place}"),
            "set it to the address that people use; on your own machine alone it is fine as it is",
        ),
    }
}

fn scheme(url: &Url) -> Finding {
    let local = url
        .host_str()
        .is_some_and(|host| ["127.0.0.1", "localhost", "[::1]"].contains(&host));
    match url.scheme() == "https" || local {
        true => Finding::good(format!("people use {url}")),
        false => Finding::doubtful(
            format!("{url} is not encrypted, and pages with https cannot use it"),
            "put a proxy with TLS in front, and write https:// here",
        ),
    }
}

async fn reach(url: &Url) -> Finding {
    let page = format!("{}/healthz", url.as_str().trim_end_matches('/'));
    let fix = "check the name (DNS), the proxy and its certificate; it must lead to `listen`";
    match fetch(&page).await {
        Ok((200, text)) if text.trim() == "ok" => Finding::good(format!("{page} leads to hinny")),
        Ok((status, _)) => Finding::bad(
            format!("{page} answers {status}, and that is not hinny"),
            fix,
        ),
        Err(why) => Finding::bad(format!("{page} cannot be reached from here: {why}"), fix),
    }
}

async fn fetch(page: &str) -> Result<(u16, String), String> {
    let client = reqwest::Client::builder()
        .timeout(PATIENCE)
        .build()
        .map_err(reason)?;
    let answer = client.get(page).send().await.map_err(reason)?;
    let status = answer.status().as_u16();
    Ok((status, answer.text().await.map_err(reason)?))
}

/// The innermost reason is the one that a person can do something about.
fn reason(error: reqwest::Error) -> String {
    let mut inner: &dyn std::error::Error = &error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    inner.to_string()
}
