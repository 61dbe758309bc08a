//! What an answer of Discord's means for the caller: each status and code becomes the decision it calls for
//! (<https://discord.com/developers/docs/topics/opcodes-and-status-codes>).

use std::time::Duration;

use serde_json::Value;

use super::config::Token;
use crate::SendError;

/// For a 429 that does not say how long.
const DEFAULT_WAIT: Duration = Duration::from_secs(5);
/// What Discord says in an error is cut here; it is for a log line.
const LONGEST: usize = 200;

/// What a call ended with, one step before it becomes a `SendError`: some of these are handled here.
#[derive(Debug)]
pub(super) enum Failure {
    /// 50083
    Archived,
    /// 160005
    Locked,
    /// 160006
    TooManyThreads,
    /// 160004
    HasThread,
    /// 10003, and 10004 for the server
    NoChannel,
    /// 10008
    NoMessage,
    /// 10007, 10013
    NoMember,
    Final(SendError),
}

impl Failure {
    /// For callers to whom none of these is a special case. A channel that is not there is, seen from a line
    /// for it, a thread that is gone.
    pub(super) fn into_error(self) -> SendError {
        let refused = |text: &str| SendError::Refused(text.to_owned());
        match self {
            Failure::Archived => refused("the thread is archived"),
            Failure::Locked | Failure::NoChannel => SendError::ThreadGone,
            Failure::TooManyThreads => {
                refused("the server has as many active threads as Discord allows")
            }
            Failure::HasThread => refused("the message has a thread already"),
            Failure::NoMessage => refused("the message is not there any more"),
            Failure::NoMember => refused("there is no such member"),
            Failure::Final(error) => error,
        }
    }

    /// The same for calls about a channel that the configuration names.
    pub(super) fn of_channel(self, channel: u64) -> SendError {
        match self {
            Failure::NoChannel => SendError::NoAccess(format!(
                "the channel {channel} does not exist, or the bot is not in its server"
            )),
            other => other.into_error(),
        }
    }
}

/// The meaning of an answer that is not a success. `asked` is a call that changes nothing.
pub(super) fn refusal(status: u16, body: &Value, asked: bool, token: &Token) -> Failure {
    let code = body["code"].as_i64().unwrap_or_default();
    let said = body["message"].as_str().unwrap_or("no reason given");
    let said: String = said.chars().take(LONGEST).collect();
    let text = token.scrub(&format!("{said} ({status}, {code})"));
    match (status, code) {
        (_, 50_083) => Failure::Archived,
        (_, 160_005) => Failure::Locked,
        (_, 160_006) => Failure::TooManyThreads,
        (_, 160_004) => Failure::HasThread,
        (_, 10_003 | 10_004) => Failure::NoChannel,
        (_, 10_008) => Failure::NoMessage,
        (_, 10_007 | 10_013) => Failure::NoMember,
        (401, _) => Failure::Final(SendError::Unauthorized(text)),
        (403, 50_003 | 50_005) => Failure::Final(SendError::Refused(text)),
        (403, 50_001) => closed("the bot cannot see the channel", &text),
        (403, 50_013) => closed("the bot lacks a right in the channel", &text),
        (403, _) => Failure::Final(SendError::NoAccess(text)),
        (429, _) => Failure::Final(SendError::RateLimited {
            retry_after: retry_after(body).unwrap_or(DEFAULT_WAIT),
        }),
        (500.., _) if asked => Failure::Final(SendError::Unreachable(text)),
        // Discord may have failed before or after it took the message.
        (500.., _) => Failure::Final(SendError::Ambiguous(text)),
        _ => Failure::Final(SendError::Refused(text)),
    }
}

/// What somebody has to change, and Discord's own words for it.
fn closed(plain: &str, text: &str) -> Failure {
    Failure::Final(SendError::NoAccess(format!("{plain}: {text}")))
}

/// The body has fractions of a second, the header only whole ones.
fn retry_after(body: &Value) -> Option<Duration> {
    let seconds = body["retry_after"].as_f64()?;
    Duration::try_from_secs_f64(seconds).ok()
}

/// A call that had no answer at all.
pub(super) fn no_answer(error: reqwest::Error, asked: bool, token: &Token) -> Failure {
    let surely_not = error.is_connect() || error.is_builder() || asked;
    // Addresses of presses hold a token of their own.
    let text = token.scrub(&with_causes(&error.without_url()));
    Failure::Final(match surely_not {
        true => SendError::Unreachable(text),
        false => SendError::Ambiguous(text),
    })
}

/// An error with what caused it: reqwest keeps the reason ("connection refused") one level down.
pub(super) fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn decide(status: u16, code: i64, asked: bool) -> String {
        let body = json!({"code": code, "message": "as a.b.secret says", "retry_after": 1.25});
        let token = Token::new("a.b.secret".to_owned());
        format!("{:?}", refusal(status, &body, asked, &token))
    }

    #[test]
    fn each_answer_is_one_decision() {
        for (status, code, expected) in [
            (400, 50_083, "Archived"),
            (400, 160_004, "HasThread"),
            (403, 160_005, "Locked"),
            (400, 160_006, "TooManyThreads"),
            (404, 10_003, "NoChannel"),
            (404, 10_004, "NoChannel"),
            (404, 10_008, "NoMessage"),
            (404, 10_013, "NoMember"),
            (401, 0, "Final(Unauthorized"),
            (403, 50_001, "Final(NoAccess"),
            (403, 50_013, "Final(NoAccess"),
            (403, 50_005, "Final(Refused"),
            (400, 50_035, "Final(Refused"),
            (413, 40_005, "Final(Refused"),
            (429, 0, "Final(RateLimited { retry_after: 1.25s"),
            (500, 0, "Final(Ambiguous"),
            (502, 0, "Final(Ambiguous"),
        ] {
            let decision = decide(status, code, false);
            assert!(
                decision.starts_with(expected),
                "{status} {code}: {decision}"
            );
            assert!(!decision.contains("secret"), "{decision}");
        }
        assert!(decide(503, 0, true).starts_with("Final(Unreachable"));
    }

    #[test]
    fn a_wait_without_a_number_is_still_a_wait() {
        for body in [json!({}), json!({"retry_after": -1.0}), json!("<html>")] {
            let token = Token::new("a.b.c".to_owned());
            let failure = refusal(429, &body, false, &token);
            let Failure::Final(SendError::RateLimited { retry_after }) = failure else {
                panic!("a 429 must become a wait");
            };
            assert_eq!(retry_after, DEFAULT_WAIT);
        }
    }
}
