//! What an answer of the Bot API means for the caller: each error becomes the decision it calls for.
//!
//! teloxide keeps no status code, only Telegram's description, which begins with the status' name; so
//! this is the one place that reads error texts. Nothing that leaves here contains the token, and an
//! answer that could not be read is never quoted, because it may hold what somebody wrote.

use std::time::Duration;

use serde::{Deserialize, de::DeserializeOwned};
use teloxide::{ApiError, RequestError};

use super::Token;
use crate::SendError;

/// For a 429 that does not say how long: long enough to matter, short enough not to be noticed.
const DEFAULT_WAIT: Duration = Duration::from_secs(5);

/// What a call ended with, one step before it becomes a `SendError`: some of these are handled here.
#[derive(Debug)]
pub(super) enum Failure {
    TopicClosed,
    NotModified,
    /// The message is not there any more.
    Missing,
    /// Too old to be deleted without the right to.
    CantDelete,
    /// The group does not allow this reaction.
    NoSuchSign,
    /// What came back was not the Bot API's.
    Unreadable,
    Final(SendError),
}

impl Failure {
    /// For callers to whom a closed topic is no special case.
    pub(super) fn into_error(self) -> SendError {
        let why = match self {
            Failure::TopicClosed => "the topic is closed",
            Failure::NotModified => "nothing to change",
            Failure::Missing => "the message is not there any more",
            Failure::CantDelete => "the message is too old to be deleted",
            Failure::NoSuchSign => "the group does not allow this reaction",
            Failure::Unreadable => {
                return SendError::Ambiguous("the answer was not the Bot API's".to_owned());
            }
            Failure::Final(error) => return error,
        };
        SendError::Refused(why.to_owned())
    }
}

pub(super) fn classify(error: &RequestError, token: &Token) -> Failure {
    Failure::Final(match error {
        RequestError::RetryAfter(seconds) => SendError::RateLimited {
            retry_after: seconds.duration(),
        },
        RequestError::MigrateToChatId(chat) => SendError::NoAccess(format!(
            "the group has become the supergroup {chat}; put that number into the configuration"
        )),
        RequestError::Api(error) => return api_error(error, token),
        RequestError::Network(error) if error.is_connect() => {
            SendError::Unreachable(token.scrub(&with_causes(error.as_ref())))
        }
        // The request may have left before the time-out or the reset, and Telegram cannot be asked.
        RequestError::Network(error) => {
            SendError::Ambiguous(token.scrub(&with_causes(error.as_ref())))
        }
        RequestError::InvalidJson { .. } => return Failure::Unreadable,
        RequestError::Io(error) => SendError::Ambiguous(token.scrub(&with_causes(error.as_ref()))),
    })
}

fn api_error(error: &ApiError, token: &Token) -> Failure {
    let refused = |text: String| Failure::Final(SendError::Refused(token.scrub(&text)));
    let no_access = || Failure::Final(SendError::NoAccess(token.scrub(&error.to_string())));
    match error {
        ApiError::InvalidToken => Failure::Final(SendError::Unauthorized(error.to_string())),
        ApiError::BotBlocked
        | ApiError::BotKicked
        | ApiError::BotKickedFromSupergroup
        | ApiError::BotKickedFromChannel
        | ApiError::UserDeactivated
        | ApiError::ChatNotFound
        | ApiError::GroupDeactivated
        | ApiError::NotEnoughRightsToPostMessages => no_access(),
        ApiError::MessageNotModified => Failure::NotModified,
        ApiError::MessageIdInvalid
        | ApiError::MessageToEditNotFound
        | ApiError::MessageToDeleteNotFound => Failure::Missing,
        ApiError::MessageCantBeDeleted => Failure::CantDelete,
        ApiError::TerminatedByOtherGetUpdates => Failure::Final(SendError::Unreachable(
            "another program polls with the same token".to_owned(),
        )),
        ApiError::CantGetUpdates => webhook(),
        ApiError::Unknown(description) => description_error(description, token),
        known => refused(known.to_string()),
    }
}

fn webhook() -> Failure {
    let text = "a webhook is set for this bot; remove it, so that hinny can poll";
    Failure::Final(SendError::Refused(text.to_owned()))
}

/// Descriptions that teloxide does not know, as the Bot API gives them.
fn description_error(description: &str, token: &Token) -> Failure {
    let has = |part: &str| description.contains(part);
    match () {
        () if has("TOPIC_CLOSED") => Failure::TopicClosed,
        () if has("TOPIC_NOT_MODIFIED") || has("message is not modified") => Failure::NotModified,
        () if has("message to edit not found") || has("message to react not found") => {
            Failure::Missing
        }
        () if has("message to delete not found") => Failure::Missing,
        () if has("message can't be deleted") => Failure::CantDelete,
        () if has("REACTION_INVALID") || has("REACTIONS_TOO_MANY") => Failure::NoSuchSign,
        () if has("webhook is active") => webhook(),
        () => Failure::Final(status_error(description, token.scrub(description))),
    }
}

/// What is left, by the status at the beginning. `text` is what may be shown.
fn status_error(description: &str, text: String) -> SendError {
    let has = |part: &str| description.contains(part);
    let begins = |part: &str| description.starts_with(part);
    let gone = [
        "message thread not found",
        "TOPIC_DELETED",
        "TOPIC_ID_INVALID",
    ];
    if gone.into_iter().any(has) {
        SendError::ThreadGone
    } else if begins("Unauthorized") || begins("Not Found") {
        SendError::Unauthorized(text)
    } else if begins("Forbidden") || CLOSED_TO_US.into_iter().any(has) {
        SendError::NoAccess(text)
    } else if begins("Conflict") {
        SendError::Unreachable(text)
    } else if begins("Too Many Requests") {
        SendError::RateLimited {
            retry_after: DEFAULT_WAIT,
        }
    } else if begins("Bad Request") || begins("Request Entity Too Large") {
        SendError::Refused(text)
    } else {
        // What is left is 5xx: Telegram may have failed before or after it took the message.
        SendError::Ambiguous(text)
    }
}

/// Parts of descriptions that say: not in this group, until somebody changes its settings.
const CLOSED_TO_US: [&str; 7] = [
    "not enough rights",
    "have no rights",
    "CHAT_ADMIN_REQUIRED",
    "CHAT_WRITE_FORBIDDEN",
    "chat not found",
    "group is deactivated",
    "chat is not a forum",
];

/// An error with what caused it: reqwest keeps the reason ("connection refused") one level down.
fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

/// The only part of an answer that hinny needs, read even where teloxide misses a field that it wants.
/// A message that exists must not be called unknown because of a colour that was left out.
pub(super) fn forgive<T, M: DeserializeOwned>(
    answer: Result<T, RequestError>,
    pick: impl FnOnce(T) -> M,
) -> Result<M, RequestError> {
    #[derive(Deserialize)]
    struct Envelope<M> {
        result: M,
    }
    match answer {
        Ok(parsed) => Ok(pick(parsed)),
        Err(RequestError::InvalidJson { source, raw }) => {
            match serde_json::from_str::<Envelope<M>>(&raw) {
                Ok(envelope) => Ok(envelope.result),
                Err(_still_unreadable) => Err(RequestError::InvalidJson { source, raw }),
            }
        }
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn decide(description: &str) -> String {
        let token = Token::new("123:secret".to_owned());
        let error: ApiError = serde_json::from_value(description.into()).unwrap();
        match classify(&RequestError::Api(error), &token) {
            Failure::Final(error) => format!("{error:?}"),
            other => format!("{other:?}"),
        }
    }

    /// What Telegram says, and what becomes of it.
    const DESCRIPTIONS: &[(&str, &str)] = &[
        ("Unauthorized", "Unauthorized"),
        ("Not Found", "Unauthorized"),
        (
            "Forbidden: bot was kicked from the supergroup chat",
            "NoAccess",
        ),
        (
            "Forbidden: bot is not a member of the supergroup chat",
            "NoAccess",
        ),
        ("Bad Request: message thread not found", "ThreadGone"),
        ("Bad Request: TOPIC_DELETED", "ThreadGone"),
        ("Bad Request: TOPIC_CLOSED", "TopicClosed"),
        ("Bad Request: TOPIC_NOT_MODIFIED", "NotModified"),
        ("Bad Request: chat not found", "NoAccess"),
        ("Bad Request: the chat is not a forum", "NoAccess"),
        (
            "Bad Request: not enough rights to create a topic",
            "NoAccess",
        ),
        ("Bad Request: message to edit not found", "Missing"),
        ("Bad Request: message to react not found", "Missing"),
        (
            "Bad Request: message is not modified: so it is",
            "NotModified",
        ),
        ("Bad Request: message can't be deleted", "CantDelete"),
        ("Bad Request: REACTION_INVALID", "NoSuchSign"),
        (
            "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
            "Refused",
        ),
        ("Bad Request: message is too long", "Refused"),
        (
            "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
            "Unreachable",
        ),
        ("Too Many Requests", "RateLimited"),
        ("Internal Server Error", "Ambiguous"),
        ("Bad Gateway", "Ambiguous"),
    ];

    #[test]
    fn each_description_is_one_decision() {
        for (description, expected) in DESCRIPTIONS {
            let decision = decide(description);
            assert!(decision.starts_with(expected), "{description}: {decision}");
        }
    }

    #[test]
    fn waiting_and_moving_are_said_with_their_numbers() {
        let token = Token::new("123:secret".to_owned());
        let wait: RequestError =
            RequestError::RetryAfter(teloxide::types::Seconds::from_seconds(7));
        let Failure::Final(SendError::RateLimited { retry_after }) = classify(&wait, &token) else {
            panic!("a 429 must become a wait");
        };
        assert_eq!(retry_after, Duration::from_secs(7));
        let moved = RequestError::MigrateToChatId(teloxide::types::ChatId(-1009));
        let text = classify(&moved, &token).into_error().to_string();
        assert!(text.contains("-1009"), "{text}");
    }

    #[test]
    fn neither_the_token_nor_an_unreadable_answer_is_quoted() {
        let said = decide("Bad Request: no bot 123:secret here");
        assert!(!said.contains("secret"), "{said}");
        let raw = "{\"text\": \"what a visitor wrote\"";
        let unreadable = RequestError::InvalidJson {
            source: Arc::new(serde_json::from_str::<u8>(raw).unwrap_err()),
            raw: raw.into(),
        };
        let token = Token::new("123:secret".to_owned());
        let text = classify(&unreadable, &token).into_error().to_string();
        assert!(!text.contains("visitor"), "{text}");
    }

    #[test]
    fn a_missing_field_is_forgiven_and_a_missing_result_is_not() {
        let unreadable = |raw: &str| {
            Err::<u8, _>(RequestError::InvalidJson {
                source: Arc::new(serde_json::from_str::<u8>("x").unwrap_err()),
                raw: raw.into(),
            })
        };
        let read = |raw: &str| forgive(unreadable(raw), u64::from);
        assert_eq!(read("{\"ok\": true, \"result\": 7}").unwrap(), 7);
        assert!(read("{\"ok\": true}").is_err());
        assert!(read("<html>").is_err());
    }
}
