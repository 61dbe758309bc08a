//! The people in the groups of the Telegram for tests, and what they do there by hand.

use axum::body::Bytes;
use serde_json::{Value, json};

use super::{
    TelegramServer,
    body::Upload,
    files,
    groups::{BotRole, Group},
    state::{Posted, State, now, person},
};

/// A member of the team. Get one from `TelegramServer::agent`.
pub struct Agent<'a> {
    pub(super) server: &'a TelegramServer,
    pub(super) id: i64,
    pub(super) name: String,
}

impl Agent<'_> {
    /// Writes into a topic. Returns the message's id, as all these do.
    pub fn says(&self, topic: i32, text: &str) -> i32 {
        self.writes(topic, json!({ "text": text }))
    }

    /// Answers a message in the same topic, of whomever.
    pub fn replies(&self, topic: i32, to: i32, text: &str) -> i32 {
        let chat = self.chat(topic);
        let mut quoted = self.server.shared.look(|state| {
            let message = state.messages.get(&(chat, to));
            message.expect("there is such a message").clone()
        });
        quoted["reply_to_message"].take();
        self.writes(topic, json!({ "text": text, "reply_to_message": quoted }))
    }

    /// A file of a kind of Telegram's, for instance `photo` or `document`.
    pub fn uploads(&self, topic: i32, kind: &str, name: &str, bytes: &[u8]) -> i32 {
        self.uploads_with(topic, kind, name, bytes, "")
    }

    pub fn uploads_with(
        &self,
        topic: i32,
        kind: &str,
        name: &str,
        bytes: &[u8],
        caption: &str,
    ) -> i32 {
        let upload = Upload {
            name: name.to_owned(),
            bytes: Bytes::copy_from_slice(bytes),
        };
        let file = self
            .server
            .shared
            .change(|state| files::keep(state, kind, &upload));
        let mut content = json!({});
        content[kind] = file;
        if !caption.is_empty() {
            content["caption"] = caption.into();
        }
        self.writes(topic, content)
    }

    /// A message with any fields besides those that every message has.
    pub fn writes(&self, topic: i32, content: Value) -> i32 {
        let chat = self.chat(topic);
        self.server.shared.change(|state| {
            self.is_known(state);
            let mut message = state.message(chat, Some(topic), self.json());
            merge(&mut message, content);
            state.receive("message", message)
        })
    }

    /// Changes words of their own.
    pub fn edits(&self, message: i32, text: &str) {
        self.server.shared.change(|state| {
            let found = state.messages.values_mut();
            let mut own = found.filter(|found| found["message_id"] == message);
            let found = own.next().expect("there is such a message");
            let field = if found["text"].is_string() {
                "text"
            } else {
                "caption"
            };
            found[field] = text.into();
            found["edit_date"] = now().into();
            let edited = found.clone();
            state.receive("edited_message", edited);
        });
    }

    /// Deletes a message. Telegram tells no bot about it.
    pub fn deletes(&self, message: i32) {
        self.server.shared.change(|state| {
            state.messages.retain(|(_, id), _| *id != message);
            state.posts.retain(|post| post.id != message);
        });
    }

    /// Puts a reaction on a message, or takes it away.
    pub fn reacts(&self, message: i32, emoji: &str, on: bool) {
        self.server.shared.change(|state| {
            self.is_known(state);
            let found = state.messages.values();
            let mut found = found.filter(|found| found["message_id"] == message);
            let chat = found.next().expect("there is such a message")["chat"].clone();
            let sign = json!([{"type": "emoji", "emoji": emoji}]);
            let (old, new) = if on {
                (json!([]), sign)
            } else {
                (sign, json!([]))
            };
            let reaction = json!({
                "chat": chat, "message_id": message, "user": self.json(), "date": now(),
                "old_reaction": old, "new_reaction": new,
            });
            state.receive("message_reaction", reaction);
        });
    }

    /// Presses the newest button with this label in the topic. Returns the press' id.
    pub fn presses(&self, topic: i32, label: &str) -> String {
        self.server.shared.change(|state| {
            self.is_known(state);
            let (post, data) = button(state, topic, label)
                .unwrap_or_else(|| panic!("no button {label:?} in\n{}", state.summary()));
            let id = format!("query-{}", state.message_id());
            state.open_queries.insert(id.clone());
            let message = state.messages[&(post.chat, post.id)].clone();
            let query = json!({
                "id": id, "from": self.json(), "message": message,
                "chat_instance": "1", "data": data,
            });
            state.receive("callback_query", query);
            id
        })
    }

    /// Has a picture that everybody may see.
    pub fn has_picture(&self, bytes: &[u8]) {
        let upload = Upload {
            name: "picture.png".to_owned(),
            bytes: Bytes::copy_from_slice(bytes),
        };
        self.server.shared.change(|state| {
            let sizes = files::keep(state, "photo", &upload);
            state.pictures.insert(self.id, sizes);
        });
    }

    /// Becomes an administrator of the group.
    pub fn is_admin(&self, chat: i64) {
        let admin = (self.id, self.name.clone());
        self.server.in_group(chat, |group| {
            if !group.admins.contains(&admin) {
                group.admins.push(admin);
            }
        });
    }

    fn chat(&self, topic: i32) -> i64 {
        self.server.shared.look(|state| {
            let found = state.topic(topic);
            found.map_or(super::CHAT, |topic| topic.chat)
        })
    }

    fn json(&self) -> Value {
        person((self.id, &self.name))
    }

    fn is_known(&self, state: &mut State) {
        let known = (self.id, self.name.clone());
        if !state.people.contains(&known) {
            state.people.push(known);
        }
    }
}

/// The newest post in a topic with this button, and the button's data.
fn button(state: &State, topic: i32, label: &str) -> Option<(Posted, String)> {
    state.posts_in(topic).into_iter().rev().find_map(|post| {
        let mut all = post.buttons.iter().flatten();
        let data = all.find(|button| button.0 == label)?.1.clone();
        Some((post, data))
    })
}

fn merge(message: &mut Value, content: Value) {
    if let Value::Object(content) = content {
        for (field, value) in content {
            message[field] = value;
        }
    }
}

impl TelegramServer {
    /// Somebody of the team, by user id and first name.
    pub fn agent(&self, id: i64, name: &str) -> Agent<'_> {
        Agent {
            server: self,
            id,
            name: name.to_owned(),
        }
    }

    pub fn in_group(&self, chat: i64, change: impl FnOnce(&mut Group)) {
        self.shared.change(|state| {
            let mut groups = state.groups.iter_mut();
            let group = groups.find(|group| group.chat == chat);
            change(group.expect("there is such a group"));
        });
    }

    /// What the bot is in a group from now on.
    pub fn set_bot(&self, chat: i64, role: BotRole) {
        self.in_group(chat, |group| group.bot = role);
    }

    /// The token is refused from now on, or is accepted again.
    pub fn revoke(&self, revoked: bool) {
        self.shared.change(|state| state.revoked = revoked);
    }

    /// Somebody gives the group another name (<https://core.telegram.org/bots/api#message>, `new_chat_title`).
    pub fn rename_group(&self, chat: i64, title: &str) {
        self.shared.change(|state| {
            let mut message = state.message(chat, None, person((4242, "Ann")));
            message["new_chat_title"] = title.into();
            state.receive("message", message)
        });
    }

    /// BotFather's privacy mode, which is on for new bots.
    pub fn set_privacy(&self, on: bool) {
        self.shared.change(|state| state.privacy = on);
    }

    pub fn set_webhook(&self, url: &str) {
        self.shared.change(|state| state.webhook = url.to_owned());
    }

    /// All messages so far become older than 48 hours.
    pub fn two_days_pass(&self) {
        self.shared
            .change(|state| state.old.extend(state.messages.keys().copied()));
    }

    /// Puts buttons under a message, as (label, data), without the bot's doing.
    pub fn set_buttons(&self, message: i32, row: &[(&str, &str)]) {
        let pair = |(label, data): &(&str, &str)| ((*label).to_owned(), (*data).to_owned());
        self.shared.change(|state| {
            let mut posts = state.posts.iter_mut();
            let post = posts.find(|post| post.id == message);
            post.expect("there is such a post").buttons = vec![row.iter().map(pair).collect()];
        });
    }

    /// The bot's reaction on a message.
    pub fn reaction(&self, chat: i64, message: i32) -> Option<String> {
        self.shared
            .look(|state| state.reactions.get(&(chat, message)).cloned())
    }

    /// Presses that the bot has not answered.
    pub fn open_queries(&self) -> usize {
        self.shared.look(|state| state.open_queries.len())
    }
}
