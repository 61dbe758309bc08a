//! `Problem`: what a client is told when something is not done, and the one place where that becomes HTTP.
//!
//! Sockets send the same code and sentence in `refused` and `bye`. A detail never shows a secret, a path, or
//! whether somebody else's thing exists.

use std::borrow::Cow;
use std::time::Duration;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header::RETRY_AFTER};
use axum::response::{IntoResponse, Response};
use hinny_actors::Refusal;
use hinny_actors::clock;
use hinny_actors::files::FileRefused;
use hinny_actors::ids::Millis;
use hinny_actors::store::StoreError;
use serde::{Serialize, Serializer};
use serde_json::json;

/// After a busy or broken store, clients wait this long.
const TRY_AGAIN: Duration = Duration::from_secs(2);

/// After something that another tab has just changed.
const SOON: Duration = Duration::from_millis(500);

/// What clients branch on. The words are part of the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Code {
    BadFrame,
    UnknownFrame,
    TooLarge,
    TooLong,
    Empty,
    BadId,
    HelloFirst,
    HelloLate,
    HelloTwice,
    ProtocolUnknown,
    SiteUnknown,
    OriginRefused,
    TokenInvalid,
    IdentityInvalid,
    IdentityExpired,
    RateLimited,
    FileRefused,
    NotYours,
    InUse,
    Blocked,
    ConsentNeeded,
    TooSlow,
    Busy,
    Storage,
    ShuttingDown,
    LoginNeeded,
    LoginInvalid,
    NotFound,
    WrongMethod,
    HostRefused,
}

impl Code {
    pub fn as_str(self) -> &'static str {
        match self {
            Code::BadFrame => "bad_frame",
            Code::UnknownFrame => "unknown_frame",
            Code::TooLarge => "too_large",
            Code::TooLong => "too_long",
            Code::Empty => "empty",
            Code::BadId => "bad_id",
            Code::HelloFirst => "hello_first",
            Code::HelloLate => "hello_late",
            Code::HelloTwice => "hello_twice",
            Code::ProtocolUnknown => "protocol_unknown",
            Code::SiteUnknown => "site_unknown",
            Code::OriginRefused => "origin_refused",
            Code::TokenInvalid => "token_invalid",
            Code::IdentityInvalid => "identity_invalid",
            Code::IdentityExpired => "identity_expired",
            Code::RateLimited => "rate_limited",
            Code::FileRefused => "file_refused",
            Code::NotYours => "not_yours",
            Code::InUse => "in_use",
            Code::Blocked => "blocked",
            Code::ConsentNeeded => "consent_needed",
            Code::TooSlow => "too_slow",
            Code::Busy => "busy",
            Code::Storage => "storage",
            Code::ShuttingDown => "shutting_down",
            Code::LoginNeeded => "login_needed",
            Code::LoginInvalid => "login_invalid",
            Code::NotFound => "not_found",
            Code::WrongMethod => "wrong_method",
            Code::HostRefused => "host_refused",
        }
    }

    fn status(self) -> StatusCode {
        match self {
            Code::BadFrame
            | Code::UnknownFrame
            | Code::TooLong
            | Code::Empty
            | Code::BadId
            | Code::HelloFirst
            | Code::HelloTwice
            | Code::ProtocolUnknown => StatusCode::BAD_REQUEST,
            Code::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Code::HelloLate | Code::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Code::TokenInvalid
            | Code::IdentityInvalid
            | Code::IdentityExpired
            | Code::LoginNeeded
            | Code::LoginInvalid => StatusCode::UNAUTHORIZED,
            Code::OriginRefused
            | Code::HostRefused
            | Code::NotYours
            | Code::Blocked
            | Code::ConsentNeeded => StatusCode::FORBIDDEN,
            Code::InUse => StatusCode::CONFLICT,
            Code::FileRefused => StatusCode::UNPROCESSABLE_ENTITY,
            Code::SiteUnknown | Code::NotFound => StatusCode::NOT_FOUND,
            Code::WrongMethod => StatusCode::METHOD_NOT_ALLOWED,
            Code::RateLimited => StatusCode::TOO_MANY_REQUESTS,
            Code::Busy | Code::Storage | Code::ShuttingDown => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// Nothing was changed, and this is why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub code: Code,
    pub detail: Cow<'static, str>,
    pub retry_after: Option<Duration>,
}

impl Problem {
    pub fn new(code: Code, detail: impl Into<Cow<'static, str>>) -> Self {
        Problem {
            code,
            detail: detail.into(),
            retry_after: None,
        }
    }

    pub fn after(self, wait: Duration) -> Self {
        Problem {
            retry_after: Some(wait),
            ..self
        }
    }

    pub fn retry_after_ms(&self) -> Option<u64> {
        self.retry_after.map(|wait| wait.as_millis() as u64)
    }

    pub fn rate_limited(wait: Duration) -> Self {
        Problem::new(
            Code::RateLimited,
            "That was a lot at once. Please wait a moment.",
        )
        .after(wait)
    }

    pub fn shutting_down() -> Self {
        Problem::new(Code::ShuttingDown, "The server restarts.").after(Duration::from_secs(1))
    }

    pub fn not_found() -> Self {
        Problem::new(Code::NotFound, "There is nothing here.")
    }
}

impl From<StoreError> for Problem {
    /// What exactly is wrong with the disk is for the operator's log; the visitor keeps their message.
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "the store failed");
        Problem::new(Code::Storage, "This could not be stored. Please try again.").after(TRY_AGAIN)
    }
}

impl From<FileRefused> for Problem {
    fn from(refused: FileRefused) -> Self {
        match refused {
            FileRefused::Storage(error) => error.into(),
            FileRefused::TooLarge { .. } => Problem::new(Code::TooLarge, refused.to_string()),
            _ => Problem::new(Code::FileRefused, refused.to_string()),
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Busy => {
                Problem::new(Code::Busy, "The server is busy. Please try again.").after(TRY_AGAIN)
            }
            Refusal::Storage(error) => error.into(),
            Refusal::Unknown => Problem::not_found(),
            Refusal::Blocked { until } => blocked(until),
            Refusal::NotYours => {
                Problem::new(Code::NotYours, "Only who wrote a message can change it.")
            }
            // The next try finds the conversation that goes on.
            Refusal::Left => Problem::new(
                Code::Busy,
                "A new conversation was begun meanwhile. Please try again.",
            )
            .after(SOON),
            Refusal::InUse => Problem::new(
                Code::InUse,
                "Somebody still looks after this conversation, or an answer is on its way.",
            ),
            Refusal::Parked => Problem::new(
                Code::Storage,
                "This could not be handled. A person was asked to look.",
            ),
            Refusal::Stopping => Problem::shutting_down(),
        }
    }
}

/// Said without blame: whoever reads it may be there by mistake.
fn blocked(until: Option<Millis>) -> Problem {
    let problem = Problem::new(
        Code::Blocked,
        "The team takes no messages from here at the moment.",
    );
    match until {
        Some(until) => {
            let left = until.saturating_sub(clock::now()).max(0);
            problem.after(Duration::from_millis(left as u64))
        }
        None => problem,
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = Json(json!({ "error": self.code, "detail": self.detail }));
        let mut response = (self.code.status(), body).into_response();
        if let Some(wait) = self.retry_after {
            let seconds = wait.as_millis().div_ceil(1000).max(1) as u64;
            response
                .headers_mut()
                .insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_problem_becomes_a_status_a_code_and_a_time_to_wait() {
        let response = Problem::rate_limited(Duration::from_millis(1_200)).into_response();
        assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(response.headers()[RETRY_AFTER], "2");
        let body = axum::body::to_bytes(response.into_body(), 1_000)
            .await
            .unwrap();
        let value: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(value["error"], "rate_limited");
        assert!(
            value["detail"]
                .as_str()
                .unwrap()
                .ends_with("wait a moment.")
        );
    }

    #[test]
    fn a_broken_store_says_nothing_of_the_disk() {
        let problem = Problem::from(StoreError::Failed("/var/lib/x: disk I/O error".into()));
        assert_eq!(problem.code, Code::Storage);
        assert!(!problem.detail.contains("/var"));
        assert!(problem.retry_after.is_some());
    }
}
