//! People on the Slack for tests: what they do, and the events that Slack makes of it, as real desktop and phone
//! clients cause them (<https://docs.slack.dev/reference/events/message>).

use serde_json::{Value, json};

use super::{
    BOT, CHANNEL, SlackServer, TEAM,
    files::object,
    state::{Envelope, Stash, State, user},
};

/// A member, for a test to speak as.
pub struct Agent<'a> {
    pub(super) server: &'a SlackServer,
    pub(super) id: String,
    pub(super) device: Device,
}

/// What somebody types on. A phone begins with a capital and makes typographic quotes and dots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Device {
    Desktop,
    Phone,
}

impl Agent<'_> {
    pub fn on(mut self, device: Device) -> Self {
        self.device = device;
        self
    }

    /// Writes into a thread. Returns the message's time stamp.
    pub fn says(&self, thread: &str, text: &str) -> String {
        let value = composed(&typed(text, self.device));
        self.posts(Some(thread), value)
    }

    /// Writes with formatting: the elements of the rich text, and what Slack makes of them as `text`.
    pub fn says_rich(&self, thread: &str, elements: &Value, text: &str) -> String {
        let blocks = json!([{"type": "rich_text", "block_id": "b1", "elements": elements}]);
        self.posts(Some(thread), json!({"text": text, "blocks": blocks}))
    }

    /// Any message, for kinds that have no verb here.
    pub fn posts(&self, thread: Option<&str>, mut value: Value) -> String {
        self.server.change(|state| {
            value["user"] = self.id.clone().into();
            value["team"] = state.users[&self.id]["team_id"].clone();
            value["client_msg_id"] = format!("msg-{}", state.number()).into();
            if let Some(thread) = thread {
                value["parent_user_id"] = BOT.into();
                let root = state.messages.iter().find(|message| message.ts == thread);
                let channel = root
                    .map_or(CHANNEL, |root| root.channel.as_str())
                    .to_owned();
                return state.add(&channel, Some(thread), value);
            }
            state.add(CHANNEL, None, value)
        })
    }

    /// Writes into the channel, outside of any thread.
    pub fn says_in_channel(&self, text: &str) -> String {
        self.posts(None, composed(text))
    }

    /// Writes into a thread and shows it in the channel too.
    pub fn broadcasts(&self, thread: &str, text: &str) -> String {
        let mut value = composed(text);
        value["subtype"] = "thread_broadcast".into();
        self.posts(Some(thread), value)
    }

    pub fn edits(&self, ts: &str, text: &str) -> String {
        let new = composed(&typed(text, self.device));
        self.server.change(|state| {
            let at = state.stamp();
            let message = state.message(CHANNEL, ts).expect("the message is there");
            let before = message.value.clone();
            message.value["text"] = new["text"].clone();
            message.value["blocks"] = new["blocks"].clone();
            message.value["edited"] = json!({"user": self.id, "ts": at});
            let after = message.value.clone();
            tell_change(state, CHANNEL, after, before);
            at
        })
    }

    pub fn deletes(&self, ts: &str) {
        self.server.change(|state| remove(state, CHANNEL, ts));
    }

    pub fn reacts(&self, ts: &str, name: &str) {
        self.server
            .change(|state| react(state, CHANNEL, ts, &self.id, name, true));
    }

    pub fn takes_back(&self, ts: &str, name: &str) {
        self.server
            .change(|state| react(state, CHANNEL, ts, &self.id, name, false));
    }

    /// Presses the newest button with this label in a thread (or on its card).
    pub fn presses(&self, thread: &str, label: &str) {
        self.server.change(|state| {
            let (ts, action) = button(state, thread, label).unwrap_or_else(|| {
                panic!("no button {label:?} in {thread}; Slack has\n{}", state.summary())
            });
            let at = state.stamp();
            let mut container = json!({
                "type": "message", "message_ts": ts, "channel_id": CHANNEL, "is_ephemeral": false,
            });
            if ts != thread {
                container["thread_ts"] = thread.into();
            }
            let payload = json!({
                "type": "block_actions", "team": {"id": TEAM, "domain": "acme-test"},
                "user": {"id": self.id, "username": "somebody", "team_id": TEAM}, "api_app_id": "A0HINNY",
                "trigger_id": format!("{}.1.a", state.number()), "container": container,
                "channel": {"id": CHANNEL, "name": "support"},
                "actions": [{"type": "button", "action_id": action, "block_id": "b2", "action_ts": at,
                             "text": {"type": "plain_text", "text": label, "emoji": true}}],
            });
            state.send(Envelope { kind: "interactive", payload, attempt: 0 });
        });
    }

    /// Uploads a file into a thread, with words or without.
    pub fn uploads(
        &self,
        thread: &str,
        name: &str,
        mime: &str,
        bytes: &[u8],
        text: &str,
    ) -> String {
        let file = self.server.change(|state| {
            let id = format!("F{:08}", state.number());
            state.files.push(Stash {
                id: id.clone(),
                name: name.to_owned(),
                mime: mime.to_owned(),
                length: bytes.len() as u64,
                bytes: Some(bytes.to_vec()),
                shared: true,
            });
            object(state, &id)
        });
        let mut value = match text {
            "" => json!({"text": ""}),
            text => composed(text),
        };
        value["subtype"] = "file_share".into();
        value["files"] = json!([file]);
        value["upload"] = false.into();
        self.posts(Some(thread), value)
    }
}

fn typed(text: &str, device: Device) -> String {
    if device == Device::Desktop {
        return text.to_owned();
    }
    let mut typed = String::new();
    for (index, letter) in text.chars().enumerate() {
        let opens = typed.chars().next_back().is_none_or(char::is_whitespace);
        match letter {
            letter if index == 0 => typed.extend(letter.to_uppercase()),
            '"' if opens => typed.push('“'),
            '"' => typed.push('”'),
            '\'' if opens => typed.push('‘'),
            '\'' => typed.push('’'),
            letter => typed.push(letter),
        }
    }
    typed.replace("...", "…")
}

/// What the composer makes of typed lines: those that begin with `> ` become a quote.
pub(super) fn composed(text: &str) -> Value {
    let mut elements: Vec<Value> = Vec::new();
    for line in text.split('\n') {
        let (kind, words) = match line.strip_prefix("> ") {
            Some(words) => ("rich_text_quote", words),
            None => ("rich_text_section", line),
        };
        match elements.last_mut() {
            Some(last) if last["type"] == kind => {
                let before = last["elements"][0]["text"].as_str().unwrap_or_default();
                last["elements"][0]["text"] = format!("{before}\n{words}").into();
            }
            _ => {
                elements.push(json!({"type": kind, "elements": [{"type": "text", "text": words}]}))
            }
        }
    }
    let escaped = text
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    json!({"text": escaped, "blocks": [{"type": "rich_text", "block_id": "b1", "elements": elements}]})
}

pub(super) fn tell_change(state: &mut State, channel: &str, after: Value, before: Value) {
    let at = state.stamp();
    let bare = |mut message: Value| {
        if let Some(fields) = message.as_object_mut() {
            fields.remove("metadata");
        }
        message
    };
    let event = json!({
        "type": "message", "subtype": "message_changed", "hidden": true, "ts": at,
        "message": bare(after), "previous_message": bare(before),
    });
    state.tell(channel, event);
}

/// A message goes. One that has replies leaves a tombstone, as on the real one.
pub(super) fn remove(state: &mut State, channel: &str, ts: &str) {
    let Some(message) = state.message(channel, ts).map(|message| message.clone()) else {
        return;
    };
    if !state.replies(channel, ts).is_empty() {
        let tombstone = json!({
            "type": "message", "subtype": "tombstone", "text": "This message was deleted.", "ts": ts,
            "user": "USLACKBOT", "hidden": true, "thread_ts": ts,
        });
        if let Some(message) = state.message(channel, ts) {
            message.value = tombstone.clone();
        }
        return tell_change(state, channel, tombstone, message.value);
    }
    state
        .messages
        .retain(|other| other.channel != channel || other.ts != ts);
    let at = state.stamp();
    let event = json!({
        "type": "message", "subtype": "message_deleted", "hidden": true, "deleted_ts": ts, "ts": at,
        "previous_message": message.value,
    });
    state.tell(channel, event);
}

/// Whether this changed anything; nothing if there is no such message.
pub(super) fn react(
    state: &mut State,
    channel: &str,
    ts: &str,
    who: &str,
    name: &str,
    on: bool,
) -> Option<bool> {
    let message = state.message(channel, ts)?;
    let author = message.value["user"].clone();
    let mut reactions = message.value["reactions"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let same = |one: &Value| one["name"] == name && one["users"][0] == who;
    let there = reactions.iter().any(same);
    match on {
        true if !there => reactions.push(json!({"name": name, "users": [who], "count": 1})),
        false => reactions.retain(|one| !same(one)),
        true => {}
    }
    message.value["reactions"] = reactions.into();
    if there != on {
        let kind = if on {
            "reaction_added"
        } else {
            "reaction_removed"
        };
        let at = state.stamp();
        state.tell(
            channel,
            json!({
                "type": kind, "user": who, "reaction": name, "item_user": author, "event_ts": at,
                "item": {"type": "message", "channel": channel, "ts": ts},
            }),
        );
    }
    Some(there != on)
}

/// The newest button with this label: the message it is on, and its action.
fn button(state: &State, thread: &str, label: &str) -> Option<(String, String)> {
    let here = state
        .messages
        .iter()
        .rev()
        .filter(|message| message.ts == thread || message.thread.as_deref() == Some(thread));
    for message in here {
        let blocks = message.value["blocks"].as_array().into_iter().flatten();
        let mut elements =
            blocks.flat_map(|block| block["elements"].as_array().into_iter().flatten());
        let found = elements.find(|one| one["type"] == "button" && one["text"]["text"] == label);
        if let Some(action) = found.and_then(|one| one["action_id"].as_str()) {
            return Some((message.ts.clone(), action.to_owned()));
        }
    }
    None
}

/// A member of the channel who is not there yet comes in.
pub(super) fn admit(state: &mut State, id: &str, name: &str, more: Value) {
    state
        .users
        .entry(id.to_owned())
        .or_insert_with(|| user(id, name, more));
    let channel = state
        .channels
        .iter_mut()
        .find(|channel| channel.id == CHANNEL);
    if let Some(channel) = channel.filter(|channel| !channel.members.iter().any(|one| one == id)) {
        channel.members.push(id.to_owned());
    }
}
