//! What people do with the channel of the Slack for tests and with the app in it: archive and rename it, remove the
//! app, take a scope or the token away. Slack tells of it by messages in the channel
//! (<https://docs.slack.dev/reference/events/message#subtypes>), which only who is in it gets to see.

use serde_json::{Value, json};

use super::{BOT, CHANNEL, SlackServer, state::State};

impl SlackServer {
    /// An archived channel can be read, but nobody writes into it
    /// (<https://docs.slack.dev/reference/methods/conversations.archive>).
    pub fn archive(&self, archived: bool) {
        self.change(|state| {
            let kind = match archived {
                true => "group_archive",
                false => "group_unarchive",
            };
            set(state, |channel| channel.is_archived = archived);
            says_itself(state, kind, json!({}));
        });
    }

    /// <https://docs.slack.dev/reference/methods/conversations.rename>
    pub fn rename(&self, name: &str) {
        self.change(|state| {
            let before = state.channel(CHANNEL).map(|channel| channel.name.clone());
            set(state, |channel| name.clone_into(&mut channel.name));
            says_itself(
                state,
                "group_name",
                json!({"name": name, "old_name": before}),
            );
        });
    }

    /// Somebody removes the app from the channel (<https://docs.slack.dev/reference/methods/conversations.kick>).
    pub fn remove_the_app(&self) {
        self.change(|state| set(state, |channel| channel.members.retain(|one| one != BOT)));
    }

    /// `/invite @hinny` (<https://docs.slack.dev/reference/methods/conversations.invite>).
    pub fn invite_the_app(&self) {
        self.change(|state| {
            set(state, |channel| channel.members.push(BOT.to_owned()));
            says_itself(state, "group_join", json!({"user": BOT}));
        });
    }

    /// The bot's token is refused from now on, or is accepted again
    /// (<https://docs.slack.dev/reference/methods/auth.revoke>).
    pub fn revoke(&self, revoked: bool) {
        self.change(|state| state.revoked = revoked);
    }
}

fn set(state: &mut State, change: impl FnOnce(&mut super::Channel)) {
    let mut channels = state.channels.iter_mut();
    change(
        channels
            .find(|channel| channel.id == CHANNEL)
            .expect("it exists"),
    );
}

/// What Slack itself writes into the channel when something happens to it.
fn says_itself(state: &mut State, kind: &str, more: Value) {
    let ts = state.stamp();
    let mut event = json!({
        "type": "message", "subtype": kind, "ts": ts, "user": "U0OWNER", "text": "Something was done to the channel.",
    });
    for (key, value) in more.as_object().into_iter().flatten() {
        event[key] = value.clone();
    }
    state.tell(CHANNEL, event);
}
