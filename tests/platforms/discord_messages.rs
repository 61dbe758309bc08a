//! Messages and reactions (<https://discord.com/developers/docs/resources/message>).

use std::time::Instant;

use serde_json::{Value, json};

use super::{
    BOT, GUILD, checks,
    form::Upload,
    rest::{Answer, Asked, Refusal},
    rights::{bits, permitted, rights, to_write},
    sessions::intents,
    shapes,
    state::{Channel, Kind, Message, State},
};

/// How many of the bot's nonces are remembered: "a few minutes", says the documentation.
const NONCES: usize = 200;

pub fn create(state: &mut State, asked: &Asked) -> Answer {
    let id = asked.id(1)?;
    let channel = state.channels.get(&id).ok_or(Refusal::new(404, 10_003))?;
    let mut needed = to_write(channel);
    if !asked.files.is_empty() {
        needed |= bits::ATTACH;
    }
    permitted(state, id, needed)?;
    open_thread(state, id)?;
    checks::new_message(&asked.body, asked.files.len())?;
    if let Some(known) = repeated(state, &asked.body) {
        return Ok((200, shapes::message(state, &state.messages[&known])));
    }
    let reference = reference(state, id, &asked.body)?;
    let made = state.post(id, BOT, asked.body["content"].as_str().unwrap_or_default());
    state.attach(made, &asked.body, &asked.files);
    let pings = pings(state, id, &asked.body);
    let message = state.messages.get_mut(&made).expect("it was just made");
    message.kind = if reference.is_some() { 19 } else { 0 };
    message.reference = reference;
    message.pings = pings;
    message.nonce = asked.body.get("nonce").cloned();
    message.flags = asked.body["flags"].as_u64().unwrap_or_default();
    if let Some(components) = asked.body.get("components") {
        message.components = components.clone();
    }
    if let Some(nonce) = asked.body.get("nonce") {
        state.nonces.push_back((nonce.to_string(), made));
        let excess = state.nonces.len().saturating_sub(NONCES);
        state.nonces.drain(..excess);
    }
    state.announce(made, "MESSAGE_CREATE");
    Ok((200, shapes::event_message(state, &state.messages[&made])))
}

/// A message of the same nonce, when the bot asks that none is made twice.
fn repeated(state: &State, body: &Value) -> Option<u64> {
    let nonce = body.get("nonce")?.to_string();
    let known = state.nonces.iter().find(|(known, _)| *known == nonce);
    let known = known
        .map(|(_, id)| *id)
        .filter(|_| body["enforce_nonce"] == true);
    known.filter(|id| state.messages.contains_key(id))
}

fn reference(state: &State, channel: u64, body: &Value) -> Result<Option<(u64, u64)>, Refusal> {
    let Some(reference) = body.get("message_reference") else {
        return Ok(None);
    };
    let id = &reference["message_id"];
    let id = id.as_u64().or(id.as_str().and_then(|id| id.parse().ok()));
    match id.filter(|id| state.message(channel, *id).is_some()) {
        Some(id) => Ok(Some((channel, id))),
        None if reference["fail_if_not_exists"] == false => Ok(None),
        None => Err(Refusal::invalid("message_reference")),
    }
}

/// Archived threads take nothing, and locked ones only from who manages threads.
pub fn open_thread(state: &State, id: u64) -> Result<(), Refusal> {
    let channel = &state.channels[&id];
    let manages = rights(state, BOT, channel) & bits::MANAGE_THREADS != 0;
    match channel {
        Channel { locked: true, .. } if !manages => Err(Refusal::new(403, 160_005)),
        Channel { archived: true, .. } => Err(Refusal::new(400, 50_083)),
        _ => Ok(()),
    }
}

/// Whom a message of the bot's notifies. Only `allowed_mentions` decides; no sign in the text protects.
pub fn pings(state: &State, channel: u64, body: &Value) -> Vec<String> {
    let text = body["content"].as_str().unwrap_or_default();
    let allowed = &body["allowed_mentions"];
    let all = |kind: &str| {
        let parse = allowed["parse"].as_array();
        allowed.is_null() || parse.is_some_and(|parse| parse.iter().any(|one| one == kind))
    };
    let listed = |kind: &str, id: u64| {
        let list = allowed[kind].as_array();
        list.is_some_and(|list| list.contains(&id.to_string().into()))
    };
    let mut found = Vec::new();
    for id in state.members.keys() {
        let named = text.contains(&format!("<@{id}>")) || text.contains(&format!("<@!{id}>"));
        if named && (all("users") || listed("users", *id)) {
            found.push(id.to_string());
        }
    }
    let channel = &state.channels[&channel];
    let loud = rights(state, BOT, channel) & bits::MENTION != 0;
    for (id, role) in &state.roles {
        let named = text.contains(&format!("<@&{id}>")) && (loud || role.mentionable);
        if named && (all("roles") || listed("roles", *id)) {
            found.push(format!("&{id}"));
        }
    }
    for word in ["@everyone", "@here"] {
        if loud && text.contains(word) && all("everyone") {
            found.push(word.to_owned());
        }
    }
    found
}

impl State {
    /// Puts a message into a channel. Discord takes the spaces around the text away.
    pub fn post(&mut self, channel: u64, author: u64, content: &str) -> u64 {
        let id = self.snowflake();
        let message = Message {
            id,
            channel,
            author,
            kind: 0,
            content: content.trim().to_owned(),
            nonce: None,
            edited: None,
            attachments: Vec::new(),
            components: json!([]),
            flags: 0,
            reference: None,
            reactions: Vec::new(),
            webhook: false,
            pings: Vec::new(),
            at: Instant::now(),
        };
        self.messages.insert(id, message);
        if let Some(channel) = self.channels.get_mut(&channel) {
            channel.last_message = Some(id);
            if channel.kind == Kind::Thread {
                channel.followers.insert(author);
            }
        }
        id
    }

    /// Keeps files and hangs them on a message, under the names that the body gives them.
    pub fn attach(&mut self, message: u64, body: &Value, files: &[Upload]) {
        for file in files {
            let described = body["attachments"].as_array();
            let named = described.and_then(|list| list.iter().find(|one| one["id"] == file.index));
            let name = named.and_then(|one| one["filename"].as_str());
            let name = name.unwrap_or(&file.name).to_owned();
            self.attach_one(message, &name, &file.bytes);
        }
    }

    pub fn attach_one(&mut self, message: u64, name: &str, bytes: &[u8]) {
        let id = self.snowflake();
        let channel = self.messages[&message].channel;
        let plain: String = name
            .chars()
            .map(|letter| {
                if letter.is_ascii_alphanumeric() || ".-_".contains(letter) {
                    letter
                } else {
                    '_'
                }
            })
            .collect();
        let path = format!("/attachments/{channel}/{id}/{plain}?ex=1&is=2&hm=3");
        let attachment = json!({
            "id": id.to_string(), "filename": name, "size": bytes.len(),
            "url": format!("{}{path}", self.url), "proxy_url": format!("{}{path}", self.url),
            "content_type": "application/octet-stream", "flags": 0, "ephemeral": false,
        });
        self.files.insert(path, bytes.to_vec());
        let message = self.messages.get_mut(&message);
        message
            .expect("the caller has just made it")
            .attachments
            .push(attachment);
    }

    /// Tells the gateway of a message that was made or changed.
    pub fn announce(&mut self, id: u64, kind: &str) {
        let message = &self.messages[&id];
        let (channel, event) = (message.channel, shapes::event_message(self, message));
        self.dispatch(Some(channel), kind, event, intents::MESSAGES);
    }

    pub fn forget_message(&mut self, id: u64) {
        if let Some(message) = self.messages.remove(&id) {
            let event = json!({
                "id": id.to_string(), "channel_id": message.channel.to_string(),
                "guild_id": GUILD.to_string(),
            });
            self.dispatch(
                Some(message.channel),
                "MESSAGE_DELETE",
                event,
                intents::MESSAGES,
            );
        }
    }

    pub fn set_reaction(&mut self, message: u64, emoji: &str, by: u64, on: bool) {
        let Some(found) = self.messages.get_mut(&message) else {
            return;
        };
        let one = (emoji.to_owned(), by);
        let there = found.reactions.contains(&one);
        if there == on {
            return;
        }
        match on {
            true => found.reactions.push(one),
            false => found.reactions.retain(|other| *other != one),
        }
        let (channel, author) = (found.channel, found.author);
        let mut event = json!({
            "user_id": by.to_string(), "channel_id": channel.to_string(), "burst": false, "type": 0,
            "message_id": message.to_string(), "guild_id": GUILD.to_string(),
            "emoji": {"id": null, "name": emoji},
        });
        let kind = match on {
            true => {
                event["member"] = shapes::member(&self.members[&by]);
                event["message_author_id"] = author.to_string().into();
                "MESSAGE_REACTION_ADD"
            }
            false => "MESSAGE_REACTION_REMOVE",
        };
        self.dispatch(Some(channel), kind, event, intents::REACTIONS);
    }
}

pub fn list(state: &State, asked: &Asked) -> Answer {
    let channel = asked.id(1)?;
    permitted(state, channel, bits::HISTORY)?;
    let limit = asked.number("limit")?.unwrap_or(50);
    if !(1..=100).contains(&limit) {
        return Err(Refusal::invalid("limit"));
    }
    let limit = usize::try_from(limit).unwrap_or(100);
    let (after, before) = (asked.number("after")?, asked.number("before")?);
    let mut found: Vec<Message> = state.in_channel(channel);
    found.retain(|one| after.is_none_or(|id| one.id > id) && before.is_none_or(|id| one.id < id));
    match after {
        // The oldest behind the border, and still the newest first.
        Some(_) => found.truncate(limit),
        None => drop(found.drain(..found.len().saturating_sub(limit))),
    }
    let shapes: Vec<Value> = found
        .iter()
        .rev()
        .map(|one| shapes::message(state, one))
        .collect();
    Ok((200, shapes.into()))
}

pub fn get(state: &State, asked: &Asked) -> Answer {
    let channel = asked.id(1)?;
    permitted(state, channel, bits::HISTORY)?;
    let message = state.message(channel, asked.id(3)?);
    let message = message.ok_or(Refusal::new(404, 10_008))?;
    Ok((200, shapes::message(state, message)))
}

pub fn edit(state: &mut State, asked: &Asked) -> Answer {
    let (channel, id) = (asked.id(1)?, asked.id(3)?);
    permitted(state, channel, 0)?;
    let author = state.message(channel, id).map(|message| message.author);
    match author {
        None => return Err(Refusal::new(404, 10_008)),
        Some(BOT) => {}
        Some(_) => return Err(Refusal::new(403, 50_005)),
    }
    open_thread(state, channel)?;
    checks::edit(&asked.body)?;
    let now = state.now();
    let message = state.messages.get_mut(&id).expect("it was just found");
    if let Some(content) = asked.body["content"].as_str() {
        message.content = content.trim().to_owned();
        message.edited = Some(now);
    }
    if let Some(components) = asked.body.get("components") {
        message.components = components.clone();
    }
    if message.content.is_empty() && message.attachments.is_empty() {
        return Err(Refusal::new(400, 50_006));
    }
    state.announce(id, "MESSAGE_UPDATE");
    Ok((200, shapes::message(state, &state.messages[&id])))
}

pub fn delete(state: &mut State, asked: &Asked) -> Answer {
    let (channel, id) = (asked.id(1)?, asked.id(3)?);
    permitted(state, channel, 0)?;
    match state.message(channel, id).map(|message| message.author) {
        None => Err(Refusal::new(404, 10_008)),
        Some(BOT) => {
            open_thread(state, channel)?;
            state.forget_message(id);
            Ok((204, Value::Null))
        }
        Some(_) => Err(Refusal::new(403, 50_003)),
    }
}

pub fn react(state: &mut State, asked: &Asked, on: bool) -> Answer {
    let (channel, id) = (asked.id(1)?, asked.id(3)?);
    permitted(state, channel, bits::HISTORY | bits::REACT)?;
    if state.message(channel, id).is_none() {
        return Err(Refusal::new(404, 10_008));
    }
    open_thread(state, channel)?;
    let emoji = asked.path.get(5).cloned().unwrap_or_default();
    if emoji.is_ascii() {
        return Err(Refusal::new(400, 10_014));
    }
    state.set_reaction(id, &emoji, BOT, on);
    Ok((204, Value::Null))
}

pub fn who_reacted(state: &State, asked: &Asked) -> Answer {
    let channel = asked.id(1)?;
    permitted(state, channel, bits::HISTORY)?;
    let message = state.message(channel, asked.id(3)?);
    let message = message.ok_or(Refusal::new(404, 10_008))?;
    let emoji = asked.path.get(5).cloned().unwrap_or_default();
    let by = message.reactions.iter().filter(|(one, _)| *one == emoji);
    let users: Vec<Value> = by
        .filter_map(|(_, by)| state.members.get(by).map(shapes::user))
        .collect();
    Ok((200, users.into()))
}
