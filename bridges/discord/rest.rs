//! One call to Discord's REST API: room in the budget, an end in time, and an answer that is either JSON or
//! a decision. Routes and requests are serenity's, so that addresses and headers are not spelled here; the
//! answers are read from the JSON, so that a field which Discord leaves out one day hurts nobody.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use reqwest::{Response, header::HeaderMap};
use serde_json::Value;
use serenity::http::{LightMethod, Request, Route};

use super::{
    budget::{Budget, Key, Told},
    classify::{Failure, no_answer, refusal},
    config::{DiscordConfig, InvalidConfig, Token},
};
use crate::SendError;

/// 10,000 answers of 401, 403 and 429 in ten minutes ban an address, so after a few in a row nothing is
/// asked (<https://discord.com/developers/docs/topics/rate-limits#invalid-request-limit-aka-cloudflare-bans>).
const PATIENCE: u32 = 5;
/// For so long nothing is asked of a channel that refused us; a person may have given the right back then.
const PAUSE: Duration = Duration::from_secs(120);
/// A token that was refused is not tried more than this often in a row.
const LAST_TRIES: u32 = 3;

pub(super) struct Rest {
    client: reqwest::Client,
    token: Token,
    base: String,
    budget: Budget,
    strikes: Mutex<Strikes>,
}

/// Refusals in a row.
#[derive(Default)]
struct Strikes {
    token: u32,
    /// Per channel or server: how many, and when the last was.
    places: HashMap<String, (u32, Instant)>,
}

impl Rest {
    pub(super) fn new(config: &DiscordConfig) -> Result<Self, InvalidConfig> {
        // Half of the patience is for connecting, so that "surely not sent" is noticed as such.
        let connecting = Duration::from_secs(5).min(config.request_timeout / 2);
        let client = reqwest::Client::builder()
            .use_rustls_tls()
            .connect_timeout(connecting)
            .timeout(config.request_timeout)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| InvalidConfig::Client(error.to_string()))?;
        Ok(Rest {
            client,
            token: config.token.clone(),
            base: config.api_url.as_str().trim_end_matches('/').to_owned(),
            budget: Budget::default(),
            strikes: Mutex::default(),
        })
    }

    pub(super) async fn get(&self, route: Route<'_>) -> Result<Value, Failure> {
        self.call(Request::new(route, LightMethod::Get)).await
    }

    pub(super) async fn find(
        &self,
        route: Route<'_>,
        params: Vec<(&'static str, String)>,
    ) -> Result<Value, Failure> {
        let request = Request::new(route, LightMethod::Get);
        self.call(request.params(Some(params))).await
    }

    pub(super) async fn send(
        &self,
        method: LightMethod,
        route: Route<'_>,
        body: &Value,
    ) -> Result<Value, Failure> {
        let bytes = (!body.is_null()).then(|| body.to_string().into_bytes());
        self.call(Request::new(route, method).body(bytes)).await
    }

    /// Like `call`, and waits where that would say to wait: for work that nobody stands in line for.
    pub(super) async fn patiently(
        &self,
        route: Route<'_>,
        params: Vec<(&'static str, String)>,
    ) -> Result<Value, Failure> {
        loop {
            match self.find(route, params.clone()).await {
                Err(Failure::Final(SendError::RateLimited { retry_after })) => {
                    tokio::time::sleep(retry_after).await;
                }
                other => return other,
            }
        }
    }

    pub(super) async fn call(&self, request: Request<'_>) -> Result<Value, Failure> {
        let key = key(&request);
        self.may_ask(&key)?;
        let wait = |retry_after| Failure::Final(SendError::RateLimited { retry_after });
        let slot = self.budget.take(&key).map_err(wait)?;
        let asked = key.method == "GET";
        let answer = self.exchange(request).await;
        let answer = answer.map_err(|error| no_answer(error, asked, &self.token));
        let (status, told, body) = answer?;
        slot.answered(told);
        self.count(&key, status, &body);
        if (200..300).contains(&status) {
            return Ok(body);
        }
        let failure = refusal(status, &body, asked, &self.token);
        if let Failure::Final(SendError::RateLimited { retry_after }) = failure {
            self.budget
                .silence(&key, retry_after, body["global"] == true);
        }
        Err(failure)
    }

    /// A call that no limit counts: the answer to a press.
    pub(super) async fn uncounted(&self, route: Route<'_>, body: &Value) -> Result<(), Failure> {
        let bytes = body.to_string().into_bytes();
        let request = Request::new(route, LightMethod::Post).body(Some(bytes));
        match self.exchange(request).await {
            Ok((200..300, ..)) => Ok(()),
            Ok((status, _, body)) => Err(refusal(status, &body, false, &self.token)),
            Err(error) => Err(no_answer(error, false, &self.token)),
        }
    }

    async fn exchange(&self, request: Request<'_>) -> Result<(u16, Told, Value), reqwest::Error> {
        let token = format!("Bot {}", self.token.reveal());
        let built = request.build(&self.client, &token, Some(&self.base));
        let built = built.expect("the token and the address were checked when they were read");
        let answer = built.send().await?;
        let (status, told) = (answer.status().as_u16(), told(answer.headers()));
        let body = body(answer).await;
        // An error is known by its status; only a success needs its body.
        match body {
            Err(error) if status < 300 => Err(error),
            body => Ok((status, told, body.unwrap_or_default())),
        }
    }

    /// The bytes at an address, at most `limit`; nothing when there are more.
    pub(super) async fn bytes(
        &self,
        address: &str,
        limit: u64,
    ) -> Result<Result<Option<Vec<u8>>, u16>, reqwest::Error> {
        let mut answer = self.client.get(address).send().await?;
        if !answer.status().is_success() {
            return Ok(Err(answer.status().as_u16()));
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = answer.chunk().await? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() as u64 > limit {
                return Ok(Ok(None));
            }
        }
        Ok(Ok(Some(bytes)))
    }

    /// Milliseconds that Discord's clock is ahead of ours, by the date of an answer in whole seconds.
    pub(super) async fn clock_ahead(&self) -> Option<i64> {
        let request = Request::new(Route::Gateway, LightMethod::Get);
        let built = request.build(&self.client, "", Some(&self.base)).ok()?;
        let answer = built.send().await.ok()?;
        let date = answer.headers().get("date")?.to_str().ok()?;
        let there = httpdate(date)?;
        let here = std::time::SystemTime::now();
        let here = here.duration_since(std::time::UNIX_EPOCH).ok()?.as_secs();
        Some((there - i64::try_from(here).ok()?) * 1_000)
    }

    pub(super) fn base(&self) -> &str {
        &self.base
    }

    fn may_ask(&self, key: &Key) -> Result<(), Failure> {
        let strikes = self.strikes();
        if strikes.token >= LAST_TRIES {
            let text = "Discord refused the token; nothing is asked until hinny starts again";
            return Err(Failure::Final(SendError::Unauthorized(text.to_owned())));
        }
        match strikes.places.get(&key.major) {
            Some((count, last)) if *count >= PATIENCE && last.elapsed() < PAUSE => {
                let text = "Discord refused several times; it is asked again in two minutes";
                Err(Failure::Final(SendError::NoAccess(text.to_owned())))
            }
            _ => Ok(()),
        }
    }

    fn count(&self, key: &Key, status: u16, body: &Value) {
        let mut strikes = self.strikes();
        match status {
            401 => strikes.token += 1,
            // A locked thread is no lack of rights.
            403 if body["code"] != 160_005 => {
                let now = Instant::now();
                let place = strikes.places.entry(key.major.clone()).or_insert((0, now));
                *place = (place.0 + 1, now);
            }
            200..300 => {
                strikes.token = 0;
                strikes.places.remove(&key.major);
            }
            _ => {}
        }
    }

    fn strikes(&self) -> MutexGuard<'_, Strikes> {
        self.strikes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn body(answer: Response) -> Result<Value, reqwest::Error> {
    let bytes = answer.bytes().await?;
    Ok(serde_json::from_slice(&bytes).unwrap_or_default())
}

fn key(request: &Request<'_>) -> Key {
    let route = *request.route_ref();
    let path = route.path();
    let numbers = path
        .split('/')
        .find(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    Key {
        method: match request.method_ref() {
            LightMethod::Delete => "DELETE",
            LightMethod::Get => "GET",
            LightMethod::Patch => "PATCH",
            LightMethod::Post => "POST",
            LightMethod::Put => "PUT",
        },
        route: route.ratelimiting_bucket(),
        major: numbers.unwrap_or_default().to_owned(),
    }
}

fn told(headers: &HeaderMap) -> Told {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let seconds = header("x-ratelimit-reset-after").and_then(|text| text.parse().ok());
    Told {
        bucket: header("x-ratelimit-bucket").map(str::to_owned),
        limit: header("x-ratelimit-limit").and_then(|text| text.parse().ok()),
        left: header("x-ratelimit-remaining").and_then(|text| text.parse().ok()),
        reset_after: seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()),
    }
}

/// Seconds since 1970 of a date like `Sun, 06 Nov 1994 08:49:37 GMT`
/// (<https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7>).
fn httpdate(text: &str) -> Option<i64> {
    const MONTHS: &str = "JanFebMarAprMayJunJulAugSepOctNovDec";
    let parts: Vec<&str> = text.split_whitespace().collect();
    let [_, day, month, year, time, _] = parts.as_slice() else {
        return None;
    };
    let month = MONTHS.find(month)? / 3 + 1;
    let iso = format!("{year}-{month:02}-{day}T{time}Z");
    Some(
        serenity::model::Timestamp::parse(&iso)
            .ok()?
            .unix_timestamp(),
    )
}
