//! Identifiers: one type per meaning, so that one can never be passed for another.
//!
//! Those we make ourselves carry 131 random bits in 22 letters and digits: they cannot be guessed, and a
//! delivery's id fits into the 25 characters that Discord allows for a nonce.

use serde::{Deserialize, Serialize};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(value: &str) -> Self {
                $name(value.to_owned())
            }
        }
    };
}

macro_rules! random {
    ($($name:ident)*) => {
        $(impl $name {
            pub fn random() -> Self {
                $name(random_id())
            }
        })*
    };
}

id!(
    /// A website, by the short name its owner chose.
    SiteId
);
id!(
    /// One person at one website: a browser's anonymous session, or a signed subject.
    VisitorId
);
id!(ConversationId);
id!(
    /// One line to be delivered to a thread; also what the platform sees as idempotency key.
    DeliveryId
);
id!(SessionId);
id!(
    /// Names a message for edits and replies. A visitor's message keeps the id its client gave it.
    MessageId
);
id!(
    /// What made a commit happen: a client's id, a platform's event id, a delivery, an alarm or a turn.
    /// Unique per site: the same cause never has a second effect.
    Cause
);

id!(
    /// A file that we keep, whoever it came from.
    FileId
);

random!(VisitorId ConversationId DeliveryId SessionId FileId);

/// The number of an event within its conversation, from 1.
pub type Seq = u64;

/// Milliseconds since 1970, UTC.
pub type Millis = i64;

const ALPHABET: [char; 62] = [
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I',
    'J', 'K', 'L', 'M', 'N', 'O', 'P', 'Q', 'R', 'S', 'T', 'U', 'V', 'W', 'X', 'Y', 'Z', 'a', 'b',
    'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o', 'p', 'q', 'r', 's', 't', 'u',
    'v', 'w', 'x', 'y', 'z',
];

/// 22 letters and digits from the system's random source.
pub fn random_id() -> String {
    nanoid::nanoid!(22, &ALPHABET)
}

impl Cause {
    /// A client chooses its ids freely, so they count within its conversation: nobody can use up another's. Not by
    /// visitor: who signs in becomes another one, and may still send again what they said before.
    pub fn client(conversation: &ConversationId, id: &str) -> Self {
        Cause(format!("client:{conversation}:{id}"))
    }

    pub fn platform(connection: &str, event: &str) -> Self {
        Cause(format!("platform:{connection}:{event}"))
    }

    pub fn turn(conversation: &ConversationId, turn: u64) -> Self {
        Cause(format!("turn:{conversation}:{turn}"))
    }

    pub fn alarm(conversation: &ConversationId, name: &str, at: Millis) -> Self {
        Cause(format!("alarm:{conversation}:{name}:{at}"))
    }

    /// The hand-over that follows when handling `cause` panicked twice.
    pub fn parked(cause: &Cause) -> Self {
        Cause(format!("parked:{cause}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_long_enough_not_to_be_guessed_and_short_enough_for_a_nonce() {
        let a = DeliveryId::random();
        assert_eq!(a.as_str().len(), 22);
        assert!(a.as_str().chars().all(|c| c.is_ascii_alphanumeric()));
        assert_ne!(a, DeliveryId::random());
    }

    #[test]
    fn causes_of_two_conversations_never_meet() {
        let ada = Cause::client(&"ada".into(), "m1");
        let bob = Cause::client(&"bob".into(), "m1");
        assert_ne!(ada, bob);
    }
}
