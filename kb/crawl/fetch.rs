//! One request: to an allowed host at a public address, without following redirects, and never more bytes or time than
//! was allowed. What a server says about itself is taken as words of a stranger.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use flate2::read::GzDecoder;
use futures_util::StreamExt;
use http::header::{
    CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED,
    LOCATION, RETRY_AFTER,
};
use reqwest_model::dns::{Addrs, Name, Resolve, Resolving};
use reqwest_model::{Client, Response, redirect};
use url::Url;

use super::AGENT;
use super::address::{is_private_host, is_public};

const CONNECT_WITHIN: Duration = Duration::from_secs(10);
/// The longest value of a header that is kept.
const MAX_HEADER: usize = 500;

/// Why there is no answer.
#[derive(Debug, PartialEq, thiserror::Error)]
pub(crate) enum NoAnswer {
    #[error("{0} is in a private network; add --allow-private if that is meant")]
    Private(String),
    #[error("the server cannot be reached")]
    Unreachable,
    #[error("the server was too slow")]
    Slow,
    #[error("its robots.txt cannot be read now (status {0}), so nothing is fetched")]
    Closed(u16),
    #[error("it is larger than {} MiB", .0 >> 20)]
    Large(usize),
}

/// What the server said when it was asked last.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Validators {
    pub etag: Option<String>,
    pub modified: Option<String>,
}

/// An answer with its whole body.
#[derive(Debug, Default)]
pub(crate) struct Fetched {
    pub status: u16,
    pub content_type: String,
    pub charset: Option<String>,
    pub validators: Validators,
    pub location: Option<String>,
    /// How long the server wants to be left alone.
    pub retry_after: Option<Duration>,
    pub body: Vec<u8>,
}

/// Makes requests.
pub(crate) struct Fetcher {
    client: Client,
    allow_private: bool,
    max_bytes: usize,
    patience: Duration,
}

impl Fetcher {
    /// Fails only when the machine's TLS cannot be set up.
    pub fn new(
        allow_private: bool,
        max_bytes: usize,
        patience: Duration,
    ) -> Result<Fetcher, String> {
        let client = Client::builder()
            .user_agent(AGENT)
            .connect_timeout(CONNECT_WITHIN)
            .redirect(redirect::Policy::none())
            // A proxy would look up names where we cannot see what they stand for.
            .no_proxy()
            .dns_resolver(Arc::new(Guarded { allow_private }))
            .build()
            .map_err(|error| error.to_string())?;
        Ok(Fetcher {
            client,
            allow_private,
            max_bytes,
            patience,
        })
    }

    /// Fetches one address. With what the server said before, it may answer that nothing has changed.
    pub async fn get(&self, url: &Url, known: &Validators) -> Result<Fetched, NoAnswer> {
        if !self.allow_private && is_private_host(url) {
            return Err(NoAnswer::Private(
                url.host_str().unwrap_or_default().to_owned(),
            ));
        }
        let mut request = self.client.get(url.clone());
        if let Some(etag) = &known.etag {
            request = request.header(IF_NONE_MATCH, etag);
        }
        if let Some(modified) = &known.modified {
            request = request.header(IF_MODIFIED_SINCE, modified);
        }
        let whole = async {
            let response = request
                .send()
                .await
                .map_err(|error| no_answer(&error, url))?;
            self.read(response).await
        };
        let answer = tokio::time::timeout(self.patience, whole).await;
        answer.unwrap_or(Err(NoAnswer::Slow))
    }

    async fn read(&self, response: Response) -> Result<Fetched, NoAnswer> {
        let header = |name| header(&response, name);
        let packed = header(CONTENT_ENCODING).is_some_and(|coding| coding.contains("gzip"));
        let content_type = header(CONTENT_TYPE)
            .unwrap_or_default()
            .to_ascii_lowercase();
        let mut fetched = Fetched {
            status: response.status().as_u16(),
            charset: charset(&content_type),
            content_type: content_type
                .split(';')
                .next()
                .unwrap_or_default()
                .trim()
                .to_owned(),
            validators: Validators {
                etag: header(ETAG),
                modified: header(LAST_MODIFIED),
            },
            location: header(LOCATION),
            retry_after: header(RETRY_AFTER).and_then(|value| retry_after(&value)),
            body: Vec::new(),
        };
        let mut stream = response.bytes_stream();
        while let Some(piece) = stream.next().await {
            let piece = piece.map_err(|_| NoAnswer::Unreachable)?;
            if fetched.body.len() + piece.len() > self.max_bytes {
                return Err(NoAnswer::Large(self.max_bytes));
            }
            fetched.body.extend_from_slice(&piece);
        }
        if packed {
            let body = unpacked(&fetched.body, self.max_bytes);
            fetched.body = body.ok_or(NoAnswer::Large(self.max_bytes))?;
        }
        Ok(fetched)
    }
}

/// What a gzip archive holds, if it is no more than that.
pub(super) fn unpacked(bytes: &[u8], max: usize) -> Option<Vec<u8>> {
    use std::io::Read;
    let mut out = Vec::new();
    let archive = GzDecoder::new(bytes);
    archive.take(max as u64 + 1).read_to_end(&mut out).ok()?;
    (out.len() <= max).then_some(out)
}

fn no_answer(error: &reqwest_model::Error, url: &Url) -> NoAnswer {
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(one) = cause {
        if one.is::<PrivateName>() {
            return NoAnswer::Private(url.host_str().unwrap_or_default().to_owned());
        }
        cause = one.source();
    }
    match error.is_timeout() {
        true => NoAnswer::Slow,
        false => NoAnswer::Unreachable,
    }
}

fn header(response: &Response, name: http::HeaderName) -> Option<String> {
    let value = response.headers().get(name)?.to_str().ok()?;
    (value.len() <= MAX_HEADER).then(|| value.to_owned())
}

fn charset(content_type: &str) -> Option<String> {
    let (_, rest) = content_type.split_once("charset=")?;
    let end = rest.find(';').unwrap_or(rest.len());
    Some(rest[..end].trim().trim_matches('"').to_owned())
}

/// Seconds, or a date: <https://www.rfc-editor.org/rfc/rfc9110#field.retry-after>
fn retry_after(value: &str) -> Option<Duration> {
    if let Ok(seconds) = value.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    date.duration_since(std::time::SystemTime::now()).ok()
}

/// Looks names up and keeps to public addresses, so that no name can lead into the operator's own network.
struct Guarded {
    allow_private: bool,
}

#[derive(Debug, thiserror::Error)]
#[error("the name leads to a private address")]
struct PrivateName;

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let allow_private = self.allow_private;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed = |address: &SocketAddr| allow_private || is_public(address.ip());
            let found: Vec<SocketAddr> = found.collect();
            let kept: Vec<SocketAddr> = found.iter().copied().filter(allowed).collect();
            if kept.is_empty() && !found.is_empty() {
                return Err(PrivateName.into());
            }
            Ok(Box::new(kept.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_say_when_to_come_again() {
        assert_eq!(retry_after("120"), Some(Duration::from_secs(120)));
        let later = std::time::SystemTime::now() + Duration::from_secs(100);
        let wait = retry_after(&httpdate::fmt_http_date(later)).unwrap();
        assert!((90..=100).contains(&wait.as_secs()));
        assert_eq!(retry_after("soon"), None);
        assert_eq!(
            charset("text/html; charset=\"utf-8\"; x=y").as_deref(),
            Some("utf-8")
        );
    }
}
