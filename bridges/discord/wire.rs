//! Discord's objects, as far as hinny reads them. Every field may be missing or `null`: an object that is
//! half known is better than one that is lost (<https://discord.com/developers/docs/reference>).

use std::time::Duration;

use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serenity::model::Timestamp;

/// The first millisecond of Discord's clock
/// (<https://discord.com/developers/docs/reference#snowflakes>).
const EPOCH: u64 = 1_420_070_400_000;

/// An id, written as text or number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Id(pub(super) u64);

impl Id {
    /// Milliseconds since 1970 at which the thing with this id was made.
    pub(super) fn made_at(self) -> i64 {
        i64::try_from((self.0 >> 22) + EPOCH).unwrap_or(i64::MAX)
    }

    /// The smallest id of that millisecond.
    pub(super) fn at(ms: i64) -> Id {
        let since = u64::try_from(ms).unwrap_or_default().saturating_sub(EPOCH);
        Id(since << 22)
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Text(String),
            Number(u64),
        }
        match Written::deserialize(from)? {
            Written::Number(id) => Ok(Id(id)),
            Written::Text(text) => text.parse().map(Id).map_err(serde::de::Error::custom),
        }
    }
}

/// Reads `null` as nothing.
fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(
    from: D,
) -> Result<T, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Message {
    #[serde(deserialize_with = "or_default")]
    pub(super) id: Id,
    #[serde(deserialize_with = "or_default")]
    pub(super) channel_id: Id,
    #[serde(deserialize_with = "or_default")]
    pub(super) author: User,
    pub(super) member: Option<Member>,
    #[serde(deserialize_with = "or_default")]
    pub(super) content: String,
    pub(super) edited_timestamp: Option<Timestamp>,
    #[serde(rename = "type", deserialize_with = "or_default")]
    pub(super) kind: u64,
    #[serde(deserialize_with = "or_default")]
    pub(super) mentions: Vec<User>,
    #[serde(deserialize_with = "or_default")]
    pub(super) attachments: Vec<Attachment>,
    pub(super) webhook_id: Option<Id>,
    pub(super) message_reference: Option<Reference>,
    pub(super) referenced_message: Option<Box<Message>>,
    #[serde(deserialize_with = "or_default")]
    pub(super) sticker_items: Vec<Value>,
    pub(super) poll: Option<Value>,
    #[serde(deserialize_with = "or_default")]
    pub(super) reactions: Vec<Reaction>,
    pub(super) thread: Option<Value>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct User {
    #[serde(deserialize_with = "or_default")]
    pub(super) id: Id,
    #[serde(deserialize_with = "or_default")]
    pub(super) username: String,
    pub(super) global_name: Option<String>,
    pub(super) avatar: Option<String>,
    #[serde(deserialize_with = "or_default")]
    pub(super) bot: bool,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Member {
    pub(super) user: Option<User>,
    pub(super) nick: Option<String>,
    pub(super) avatar: Option<String>,
    #[serde(deserialize_with = "or_default")]
    pub(super) roles: Vec<Id>,
    #[serde(deserialize_with = "or_default")]
    pub(super) flags: u64,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Attachment {
    #[serde(deserialize_with = "or_default")]
    pub(super) filename: String,
    #[serde(deserialize_with = "or_default")]
    pub(super) size: u64,
    #[serde(deserialize_with = "or_default")]
    pub(super) url: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Reference {
    /// 0 for an answer, 1 for something that was forwarded.
    #[serde(rename = "type", deserialize_with = "or_default")]
    pub(super) kind: u64,
    pub(super) message_id: Option<Id>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Reaction {
    #[serde(deserialize_with = "or_default")]
    pub(super) emoji: Emoji,
    #[serde(deserialize_with = "or_default")]
    pub(super) count: u64,
    #[serde(deserialize_with = "or_default")]
    pub(super) me: bool,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Emoji {
    pub(super) id: Option<Id>,
    pub(super) name: Option<String>,
}

impl Emoji {
    /// The emoji itself; one of the server's own by its name.
    pub(super) fn sign(&self) -> String {
        let name = self.name.clone().unwrap_or_default();
        match self.id {
            Some(_) => format!(":{name}:"),
            None => name,
        }
    }
}

/// A channel or thread.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Channel {
    #[serde(deserialize_with = "or_default")]
    pub(super) id: Id,
    #[serde(rename = "type", deserialize_with = "or_default")]
    pub(super) kind: u64,
    #[serde(deserialize_with = "or_default")]
    pub(super) guild_id: Id,
    #[serde(deserialize_with = "or_default")]
    pub(super) name: String,
    pub(super) parent_id: Option<Id>,
    pub(super) owner_id: Option<Id>,
    pub(super) last_message_id: Option<Id>,
    #[serde(deserialize_with = "or_default")]
    pub(super) permission_overwrites: Vec<Overwrite>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Overwrite {
    #[serde(deserialize_with = "or_default")]
    pub(super) id: Id,
    /// 0 for a role, 1 for a member; text or number.
    #[serde(rename = "type", deserialize_with = "or_default")]
    pub(super) kind: Id,
    #[serde(deserialize_with = "or_default")]
    pub(super) allow: Id,
    #[serde(deserialize_with = "or_default")]
    pub(super) deny: Id,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Role {
    #[serde(deserialize_with = "or_default")]
    pub(super) id: Id,
    #[serde(deserialize_with = "or_default")]
    pub(super) name: String,
    #[serde(deserialize_with = "or_default")]
    pub(super) permissions: Id,
}

/// A press, a sign, a deletion and the like: one shape, of which each event fills a part.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Note {
    #[serde(deserialize_with = "or_default")]
    pub(super) id: Id,
    #[serde(deserialize_with = "or_default")]
    pub(super) ids: Vec<Id>,
    #[serde(deserialize_with = "or_default")]
    pub(super) channel_id: Id,
    #[serde(deserialize_with = "or_default")]
    pub(super) message_id: Id,
    #[serde(deserialize_with = "or_default")]
    pub(super) user_id: Id,
    #[serde(deserialize_with = "or_default")]
    pub(super) guild_id: Id,
    pub(super) parent_id: Option<Id>,
    pub(super) member: Option<Member>,
    #[serde(deserialize_with = "or_default")]
    pub(super) emoji: Emoji,
    #[serde(deserialize_with = "or_default")]
    pub(super) timestamp: u64,
    /// Of a press.
    pub(super) data: Option<Value>,
    pub(super) message: Option<Box<Message>>,
    #[serde(deserialize_with = "or_default")]
    pub(super) token: String,
}

/// Milliseconds since 1970.
pub(super) fn ms(time: &Timestamp) -> i64 {
    i64::try_from(time.unix_timestamp_nanos() / 1_000_000).unwrap_or_default()
}

/// Milliseconds since 1970 by our own clock.
pub(super) fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let since = since.unwrap_or(Duration::ZERO).as_millis();
    i64::try_from(since).unwrap_or(i64::MAX)
}

/// A list in which what cannot be read is left out.
pub(super) fn each<T: serde::de::DeserializeOwned>(list: &Value) -> Vec<T> {
    let items = list.as_array().map_or(&[][..], Vec::as_slice);
    let read = |item: &Value| serde_json::from_value(item.clone()).ok();
    items.iter().filter_map(read).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_missing_or_null_is_no_reason_to_lose_a_message() {
        let bare: Message = serde_json::from_value(json!({
            "id": "9", "channel_id": 7, "author": null, "mentions": null, "content": null,
        }))
        .unwrap();
        assert_eq!((bare.id, bare.channel_id), (Id(9), Id(7)));
        assert_eq!(
            each::<Message>(&json!([{"id": "9"}, {"id": "x"}, 3])).len(),
            1
        );
    }

    #[test]
    fn ids_tell_the_time() {
        // The example of Discord's own reference.
        assert_eq!(Id(175_928_847_299_117_063).made_at(), 1_462_015_105_796);
        assert!(Id::at(1_462_015_105_796) <= Id(175_928_847_299_117_063));
        assert!(Id::at(1_462_015_105_797) > Id(175_928_847_299_117_063));
    }
}
