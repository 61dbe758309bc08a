//! The story's verbs: what members of the team and other bots do, seen from outside.

use std::time::Instant;

use serde_json::{Value, json};

use super::{
    BOT, DiscordServer, GUILD,
    messages::pings,
    sessions::intents,
    shapes,
    state::{Member, Press, State},
};

/// Somebody on the server.
#[derive(Clone, Copy)]
pub struct Agent<'a> {
    pub server: &'a DiscordServer,
    pub id: u64,
}

impl Agent<'_> {
    /// Writes into a channel or thread; an archived one opens by that. Returns the message's id.
    pub fn says(&self, channel: u64, text: &str) -> u64 {
        self.posts(channel, text, None, &[])
    }

    /// Answers a message of the same channel.
    pub fn replies(&self, channel: u64, to: u64, text: &str) -> u64 {
        self.posts(channel, text, Some((channel, to)), &[])
    }

    pub fn uploads(&self, channel: u64, text: &str, files: &[(&str, &[u8])]) -> u64 {
        self.posts(channel, text, None, files)
    }

    fn posts(
        &self,
        channel: u64,
        text: &str,
        reference: Option<(u64, u64)>,
        files: &[(&str, &[u8])],
    ) -> u64 {
        self.server.with(|state| {
            state.wake_thread(channel);
            let id = state.post(channel, self.id, text);
            for (name, bytes) in files {
                state.attach_one(id, name, bytes);
            }
            let body = json!({"content": text});
            let pings = pings(state, channel, &body);
            let message = state.messages.get_mut(&id).expect("it was just made");
            message.pings = pings;
            message.kind = if reference.is_some() { 19 } else { 0 };
            message.reference = reference;
            state.announce(id, "MESSAGE_CREATE");
            id
        })
    }

    /// Speaks through a webhook.
    pub fn says_by_webhook(&self, channel: u64, text: &str) -> u64 {
        self.server.with(|state| {
            let id = state.post(channel, self.id, text);
            let message = state.messages.get_mut(&id).expect("it was just made");
            message.webhook = true;
            state.announce(id, "MESSAGE_CREATE");
            id
        })
    }

    /// A message of another type: 6 is a pin, 3 a call, 8 a boost.
    pub fn makes_service_message(&self, channel: u64, kind: u64) -> u64 {
        self.server.with(|state| {
            let id = state.post(channel, self.id, "");
            let message = state.messages.get_mut(&id).expect("it was just made");
            message.kind = kind;
            state.announce(id, "MESSAGE_CREATE");
            id
        })
    }

    pub fn edits(&self, message: u64, text: &str) {
        self.server.with(|state| {
            let now = state.now();
            let message = state
                .messages
                .get_mut(&message)
                .expect("the message exists");
            text.trim().clone_into(&mut message.content);
            message.edited = Some(now);
            let id = message.id;
            state.announce(id, "MESSAGE_UPDATE");
        });
    }

    /// Discord finds a picture behind a link and updates the message, which nobody edited.
    pub fn gets_preview(&self, message: u64) {
        self.server
            .with(|state| state.announce(message, "MESSAGE_UPDATE"));
    }

    pub fn deletes(&self, message: u64) {
        self.server.with(|state| state.forget_message(message));
    }

    /// A moderator deletes many at once.
    pub fn deletes_all(&self, channel: u64, messages: &[u64]) {
        self.server.with(|state| {
            state.messages.retain(|id, _| !messages.contains(id));
            let ids: Vec<String> = messages.iter().map(u64::to_string).collect();
            let event = json!({
                "ids": ids, "channel_id": channel.to_string(), "guild_id": GUILD.to_string(),
            });
            state.dispatch(
                Some(channel),
                "MESSAGE_DELETE_BULK",
                event,
                intents::MESSAGES,
            );
        });
    }

    pub fn reacts(&self, message: u64, emoji: &str) {
        self.server
            .with(|state| state.set_reaction(message, emoji, self.id, true));
    }

    pub fn takes_reaction_back(&self, message: u64, emoji: &str) {
        self.server
            .with(|state| state.set_reaction(message, emoji, self.id, false));
    }

    pub fn types(&self, channel: u64) {
        self.server.with(|state| {
            let event = json!({
                "channel_id": channel.to_string(), "guild_id": GUILD.to_string(),
                "user_id": self.id.to_string(), "timestamp": state.now() / 1_000,
                "member": shapes::member(&state.members[&self.id]),
            });
            state.dispatch(Some(channel), "TYPING_START", event, intents::TYPING);
        });
    }

    /// Presses the button with this label under a message of the bot's.
    pub fn presses(&self, message: u64, label: &str) -> u64 {
        self.server.with(|state| {
            let action = button(state, message, label);
            let action = action.unwrap_or_else(|| panic!("no button {label:?} under {message}"));
            state.press(self.id, message, &action)
        })
    }

    /// Changes what this member looks like.
    pub fn becomes(&self, change: impl FnOnce(&mut Member)) {
        self.server.with(|state| {
            let member = state.members.get_mut(&self.id);
            change(member.expect("the member exists"));
        });
    }

    /// Has a picture (<https://discord.com/developers/docs/reference#image-formatting>).
    pub fn has_picture(&self, hash: &str, bytes: &[u8]) {
        self.becomes(|member| member.avatar = Some(hash.to_owned()));
        let path = format!("/avatars/{}/{hash}.png?size=128", self.id);
        self.server
            .with(|state| state.files.insert(path, bytes.to_vec()));
    }

    pub fn archives(&self, thread: u64) {
        self.server
            .with(|state| state.set_thread(thread, Some(true), None));
    }

    pub fn locks(&self, thread: u64) {
        self.server
            .with(|state| state.set_thread(thread, Some(true), Some(true)));
    }

    pub fn deletes_channel(&self, channel: u64) {
        self.server.with(|state| state.delete_channel(channel));
    }

    /// Renames a channel.
    pub fn renames(&self, channel: u64, name: &str) {
        self.server.with(|state| {
            let found = state.channels.get_mut(&channel);
            let found = found.expect("the channel exists");
            name.clone_into(&mut found.name);
            let event = shapes::channel(state, &state.channels[&channel]);
            state.dispatch(Some(channel), "CHANNEL_UPDATE", event, intents::GUILDS);
        });
    }

    /// Removes the bot from the server.
    pub fn removes_the_bot(&self) {
        self.server.with(|state| {
            state.members.entry(BOT).and_modify(|bot| bot.gone = true);
            let event = json!({"id": GUILD.to_string()});
            state.dispatch(None, "GUILD_DELETE", event, intents::GUILDS);
        });
    }
}

fn button(state: &State, message: u64, label: &str) -> Option<String> {
    let rows = state.messages.get(&message)?.components.as_array()?;
    let mut buttons = rows
        .iter()
        .filter_map(|row| row["components"].as_array())
        .flatten();
    let found = buttons.find(|button| button["label"] == label)?;
    found["custom_id"].as_str().map(str::to_owned)
}

impl State {
    /// An archived thread that is not locked opens when a person writes there.
    fn wake_thread(&mut self, channel: u64) {
        if self.channels.get(&channel).is_some_and(|one| one.archived) {
            self.set_thread(channel, Some(false), None);
        }
    }

    fn press(&mut self, by: u64, message: u64, action: &str) -> u64 {
        let id = self.snowflake();
        let token = format!("press-token-{id}");
        let of = &self.messages[&message];
        let channel = of.channel;
        let event = json!({
            "id": id.to_string(), "application_id": BOT.to_string(), "type": 3, "version": 1,
            "token": token, "guild_id": GUILD.to_string(), "channel_id": channel.to_string(),
            "channel": shapes::channel(self, &self.channels[&channel]),
            "data": {"component_type": 2, "custom_id": action, "id": 1},
            "message": shapes::message(self, of), "member": pressing(&self.members[&by]),
            "app_permissions": "0", "locale": "en-US", "guild_locale": "en-US",
            "entitlements": [], "authorizing_integration_owners": {}, "context": 0,
            "attachment_size_limit": 10_485_760,
        });
        let at = Instant::now();
        self.presses.push(Press {
            id,
            token,
            at,
            answered: None,
        });
        self.dispatch(Some(channel), "INTERACTION_CREATE", event, intents::NONE);
        id
    }
}

/// A member as interactions carry them, with their rights.
fn pressing(member: &Member) -> Value {
    let mut shape = shapes::member(member);
    shape["permissions"] = "0".into();
    shape
}
