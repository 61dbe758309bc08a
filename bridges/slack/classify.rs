//! What an answer of Slack's means for the caller: each error becomes the decision it calls for. Slack names its
//! errors by fixed words (<https://docs.slack.dev/reference/methods/chat.postMessage#errors>), and only those are
//! ever quoted: the body of an answer may hold what somebody wrote.

use std::time::Duration;

use serde::Deserialize;
use slack_morphism::errors::{SlackClientApiError, SlackClientError};

use crate::SendError;

/// For a 429 that does not say how long: long enough to matter, short enough not to be noticed.
const DEFAULT_WAIT: Duration = Duration::from_secs(5);

/// What a call ended with, one step before it becomes a `SendError`: callers look for words they expect.
#[derive(Debug)]
pub(super) enum Failure {
    /// Slack's word for it, and the scope that is missing, if it is that.
    Said(String, Option<String>),
    Final(SendError),
}

impl Failure {
    pub(super) fn is(&self, words: &[&str]) -> bool {
        matches!(self, Failure::Said(word, _) if words.contains(&word.as_str()))
    }

    pub(super) fn into_error(self) -> SendError {
        match self {
            Failure::Said(word, needed) => decide(&word, needed.as_deref()),
            Failure::Final(error) => error,
        }
    }
}

pub(super) fn classify(error: &SlackClientError) -> Failure {
    let ambiguous = |text: String| Failure::Final(SendError::Ambiguous(text));
    match error {
        SlackClientError::ApiError(error) => Failure::Said(error.code.clone(), needed(error)),
        SlackClientError::RateLimitError(error) => Failure::Final(SendError::RateLimited {
            retry_after: error.retry_after.unwrap_or(DEFAULT_WAIT),
        }),
        SlackClientError::HttpProtocolError(error) => {
            let cause = error.cause.as_deref();
            let cause = cause.and_then(|cause| cause.downcast_ref());
            let unsent = cause.is_some_and(hyper_util::client::legacy::Error::is_connect);
            match unsent {
                true => Failure::Final(SendError::Unreachable("no connection to Slack".to_owned())),
                // The request may have left before the connection broke.
                false => ambiguous("the connection to Slack broke".to_owned()),
            }
        }
        SlackClientError::HttpError(error) => {
            ambiguous(format!("Slack answered with status {}", error.status_code))
        }
        SlackClientError::ProtocolError(_) => ambiguous("the answer was not Slack's".to_owned()),
        _ => ambiguous("the answer broke off".to_owned()),
    }
}

fn needed(error: &SlackClientApiError) -> Option<String> {
    #[derive(Deserialize)]
    struct Scopes {
        needed: String,
    }
    let body = error.http_response_body.as_deref()?;
    let scopes: Scopes = serde_json::from_str(body).ok()?;
    Some(scopes.needed)
}

fn decide(word: &str, needed: Option<&str>) -> SendError {
    match word {
        "invalid_auth"
        | "not_authed"
        | "token_revoked"
        | "token_expired"
        | "account_inactive"
        | "not_allowed_token_type"
        | "org_login_required"
        | "team_access_not_granted" => SendError::Unauthorized(refused(word)),
        "missing_scope" => {
            let scope = needed.unwrap_or("a scope");
            SendError::NoAccess(format!(
                "the app lacks {scope}; add it under \"OAuth & Permissions\" and install the app again"
            ))
        }
        "channel_not_found" | "not_in_channel" | "is_archived" | "access_denied"
        | "no_permission" | "ekm_access_denied" => SendError::NoAccess(closed(word)),
        restricted if restricted.starts_with("restricted_action") => {
            SendError::NoAccess(closed(word))
        }
        "thread_not_found" | "invalid_thread_ts" | "cannot_reply_to_message" => {
            SendError::ThreadGone
        }
        "ratelimited" | "rate_limited" => SendError::RateLimited {
            retry_after: DEFAULT_WAIT,
        },
        "service_unavailable" | "request_timeout" | "team_added_to_org" => {
            SendError::Unreachable(word.to_owned())
        }
        // Slack says of these that part of the work may have been done.
        "fatal_error" | "internal_error" => SendError::Ambiguous(word.to_owned()),
        other => SendError::Refused(other.to_owned()),
    }
}

/// Why a token is not accepted, for whoever has to change something.
fn refused(word: &str) -> String {
    let plain = match word {
        "token_revoked" => "the token was revoked",
        "token_expired" => "the token has expired",
        "account_inactive" => "the app was removed from the workspace",
        _ => "the token is not accepted",
    };
    format!("{plain} ({word})")
}

/// Why a channel is closed to us, for whoever has to change something.
fn closed(word: &str) -> String {
    let plain = match word {
        "channel_not_found" => "the channel does not exist, or the app was removed from it",
        "not_in_channel" => "the app is not in the channel; invite it there with /invite",
        "is_archived" => "the channel is archived",
        _ => "the workspace does not let the app post there",
    };
    format!("{plain} ({word})")
}

/// Reading, or doing the same again, does no harm, so no outcome of that is ambiguous.
pub(super) fn harmless(error: SendError) -> SendError {
    match error {
        SendError::Ambiguous(text) => SendError::Unreachable(text),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_one_decision() {
        for (word, expected) in [
            ("invalid_auth", "Unauthorized"),
            ("account_inactive", "Unauthorized"),
            ("missing_scope", "NoAccess"),
            ("channel_not_found", "NoAccess"),
            ("is_archived", "NoAccess"),
            ("restricted_action_read_only_channel", "NoAccess"),
            ("thread_not_found", "ThreadGone"),
            ("ratelimited", "RateLimited"),
            ("service_unavailable", "Unreachable"),
            ("internal_error", "Ambiguous"),
            ("msg_too_long", "Refused"),
        ] {
            let decision = format!("{:?}", decide(word, None));
            assert!(decision.starts_with(expected), "{word}: {decision}");
        }
    }

    #[test]
    fn who_has_to_change_something_reads_plain_words() {
        let archived = decide("is_archived", None).to_string();
        assert!(archived.contains("the channel is archived"), "{archived}");
        let revoked = decide("token_revoked", None).to_string();
        assert!(revoked.contains("the token was revoked"), "{revoked}");
    }

    #[test]
    fn a_missing_scope_is_named_and_nothing_else_is_quoted() {
        let body = "{\"ok\":false,\"needed\":\"files:write\",\"text\":\"what a visitor wrote\"}";
        let error = SlackClientApiError::new("missing_scope".to_owned())
            .with_http_response_body(body.to_owned());
        let text = classify(&SlackClientError::ApiError(error)).into_error();
        let text = text.to_string();
        assert!(
            text.contains("files:write") && !text.contains("visitor"),
            "{text}"
        );
    }
}
