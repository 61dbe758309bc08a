//! Channels and threads (<https://discord.com/developers/docs/topics/threads>).

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{
    BOT, GUILD, checks, messages,
    rest::{Answer, Asked, Refusal},
    rights::{bits, permitted, to_write},
    sessions::intents,
    shapes,
    state::{Channel, Kind, State},
};

pub fn get(state: &State, asked: &Asked) -> Answer {
    let channel = permitted(state, asked.id(1)?, 0)?;
    Ok((200, shapes::channel(state, channel)))
}

pub fn typing(state: &mut State, asked: &Asked) -> Answer {
    let channel = state.channels.get(&asked.id(1)?);
    let needed = channel.map_or(0, to_write);
    permitted(state, asked.id(1)?, needed)?;
    Ok((204, Value::Null))
}

/// A thread under a message has the message's id.
pub fn from_message(state: &mut State, asked: &Asked) -> Answer {
    let (parent, id) = (asked.id(1)?, asked.id(3)?);
    permitted(state, parent, bits::CREATE_THREADS)?;
    checks::new_thread(&asked.body, false)?;
    if state.message(parent, id).is_none() {
        return Err(Refusal::new(404, 10_008));
    }
    if state.channels.contains_key(&id) {
        return Err(Refusal::new(400, 160_004));
    }
    state.add_thread(parent, id, asked.body["name"].as_str().unwrap_or_default())?;
    let message = state.messages.get_mut(&id).expect("it was just found");
    message.flags |= 32;
    // Discord puts a message of its own into the thread, which only points at the first one.
    let starter = state.post(id, BOT, "");
    let starter = state.messages.get_mut(&starter).expect("it was just made");
    starter.kind = 21;
    starter.reference = Some((parent, id));
    Ok((201, shapes::channel(state, &state.channels[&id])))
}

/// A post of a forum: a thread whose first message has the same id.
pub fn post(state: &mut State, asked: &Asked) -> Answer {
    let parent = asked.id(1)?;
    let channel = permitted(state, parent, bits::SEND)?;
    if channel.kind != Kind::Forum {
        return Err(Refusal::invalid("this channel is no forum"));
    }
    checks::new_thread(&asked.body, true)?;
    let first = &asked.body["message"];
    checks::forum_message(first, asked.files.len())?;
    let pings = messages::pings(state, parent, first);
    let id = state.snowflake();
    state.add_thread(parent, id, asked.body["name"].as_str().unwrap_or_default())?;
    let made = state.post(id, BOT, first["content"].as_str().unwrap_or_default());
    let mut message = state.messages.remove(&made).expect("it was just made");
    message.id = id;
    message.pings = pings;
    message.components = first
        .get("components")
        .cloned()
        .unwrap_or_else(|| json!([]));
    message.flags = first["flags"].as_u64().unwrap_or_default();
    state.messages.insert(id, message);
    state.attach(id, first, &asked.files);
    state.announce(id, "MESSAGE_CREATE");
    let mut shape = shapes::channel(state, &state.channels[&id]);
    shape["message"] = shapes::message(state, &state.messages[&id]);
    Ok((201, shape))
}

pub fn change(state: &mut State, asked: &Asked) -> Answer {
    let id = asked.id(1)?;
    let channel = permitted(state, id, 0)?;
    if channel.kind != Kind::Thread {
        return Err(Refusal::new(403, 50_013));
    }
    checks::thread_change(&asked.body)?;
    let manages = permitted(state, id, bits::MANAGE_THREADS).is_ok();
    // Whoever may write can open an archived thread again; a locked one needs more.
    let opens = asked.body["archived"] == false && asked.body.get("locked").is_none();
    let by_writer = opens && !channel.locked && permitted(state, id, bits::SEND_IN_THREADS).is_ok();
    let by_owner = channel.owner == BOT && asked.body.get("locked").is_none() && !channel.locked;
    if !(manages || by_writer || by_owner) {
        return Err(Refusal::new(403, 50_013));
    }
    let flag = |name: &str| asked.body.get(name).and_then(Value::as_bool);
    if channel.archived && flag("archived") != Some(false) && asked.body.get("name").is_some() {
        return Err(Refusal::new(400, 50_083));
    }
    if channel.archived && flag("archived") == Some(false) {
        room_for_one(state)?;
    }
    state.set_thread(id, flag("archived"), flag("locked"));
    Ok((200, shapes::channel(state, &state.channels[&id])))
}

pub fn add_member(state: &mut State, asked: &Asked) -> Answer {
    let (thread, member) = (asked.id(1)?, asked.id(3)?);
    permitted(state, thread, bits::SEND_IN_THREADS)?;
    let known = state.members.get(&member).filter(|member| !member.gone);
    if known.is_none() {
        return Err(Refusal::new(404, 10_013));
    }
    messages::open_thread(state, thread)?;
    let channel = state.channels.get_mut(&thread).expect("it was just found");
    channel.followers.insert(member);
    Ok((204, Value::Null))
}

pub fn active(state: &State) -> Answer {
    let open = |channel: &&Channel| channel.kind == Kind::Thread && !channel.archived;
    let seen = |channel: &&Channel| permitted(state, channel.id, 0).is_ok();
    let threads = state.channels.values().filter(open).filter(seen);
    let threads: Vec<Value> = threads
        .rev()
        .map(|one| shapes::channel(state, one))
        .collect();
    Ok((200, json!({"threads": threads, "members": []})))
}

fn room_for_one(state: &State) -> Result<(), Refusal> {
    let open = |channel: &&Channel| channel.kind == Kind::Thread && !channel.archived;
    match state.channels.values().filter(open).count() < state.most_threads {
        true => Ok(()),
        false => Err(Refusal::new(400, 160_006)),
    }
}

impl State {
    /// Makes a thread of the bot's and tells of it.
    fn add_thread(&mut self, parent: u64, id: u64, name: &str) -> Result<(), Refusal> {
        room_for_one(self)?;
        let thread = Channel {
            id,
            kind: Kind::Thread,
            name: name.to_owned(),
            parent: Some(parent),
            overwrites: Vec::new(),
            owner: BOT,
            archived: false,
            locked: false,
            followers: BTreeSet::from([BOT]),
            last_message: None,
        };
        let mut event = shapes::channel(self, &thread);
        event["newly_created"] = true.into();
        self.channels.insert(id, thread);
        self.dispatch(Some(id), "THREAD_CREATE", event, intents::GUILDS);
        Ok(())
    }

    /// Archives, locks, or opens a thread, as the bot or a person does.
    pub fn set_thread(&mut self, id: u64, archived: Option<bool>, locked: Option<bool>) {
        let Some(thread) = self.channels.get_mut(&id) else {
            return;
        };
        thread.archived = archived.unwrap_or(thread.archived);
        thread.locked = locked.unwrap_or(thread.locked);
        let event = shapes::channel(self, &self.channels[&id]);
        self.dispatch(Some(id), "THREAD_UPDATE", event, intents::GUILDS);
    }

    /// A person deletes a thread, or a channel with all its threads.
    pub fn delete_channel(&mut self, id: u64) {
        let Some(channel) = self.channels.get(&id).cloned() else {
            return;
        };
        let (kind, event) = match channel.kind {
            Kind::Thread => (
                "THREAD_DELETE",
                json!({
                    "id": id.to_string(), "guild_id": GUILD.to_string(), "type": 11,
                    "parent_id": channel.parent.map(|id| id.to_string()),
                }),
            ),
            _ => ("CHANNEL_DELETE", shapes::channel(self, &channel)),
        };
        self.dispatch(Some(id), kind, event, intents::GUILDS);
        let inside = |one: &Channel| one.id == id || one.parent == Some(id);
        self.channels.retain(|_, one| !inside(one));
        let left: BTreeSet<u64> = self.channels.keys().copied().collect();
        self.messages
            .retain(|_, message| left.contains(&message.channel));
    }
}
