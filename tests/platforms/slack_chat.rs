//! What the methods of the Slack for tests do with messages, channels and members.

use serde_json::{Value, json};

use super::{
    BOT, BOT_ID, TEAM,
    checks::{check_blocks, check_metadata},
    methods::{Failed, Outcome, failed, failed_with},
    state::{Channel, State, Stored, signed_by_bot},
};

pub(super) fn run(state: &mut State, method: &str, params: &Value) -> Outcome {
    match method {
        "apps.connections.open" => open(state),
        "auth.test" => Ok(json!({
            "url": "https://acme-test.slack.com/", "team": "Acme", "user": "hinny",
            "team_id": TEAM, "user_id": BOT, "bot_id": BOT_ID, "is_enterprise_install": false,
        })),
        "team.info" => Ok(json!({"team": {"id": TEAM, "name": "Acme", "domain": "acme-test"}})),
        "chat.postMessage" => post(state, params),
        "chat.update" => update(state, params),
        "chat.delete" => delete(state, params),
        "chat.getPermalink" => permalink(state, params),
        "conversations.info" => Ok(json!({"channel": shown(seen(state, params)?)})),
        "conversations.join" => join(state, params),
        "conversations.members" => {
            let members = &seen(state, params)?.members;
            Ok(json!({"members": members, "response_metadata": {"next_cursor": ""}}))
        }
        "conversations.history" => history(state, params),
        "conversations.replies" => replies(state, params),
        "reactions.add" => react(state, params, true),
        "reactions.remove" => react(state, params, false),
        "users.info" => match state.users.get(text(params, "user")) {
            Some(user) => Ok(json!({"user": user})),
            None => Err(failed("user_not_found")),
        },
        "usergroups.list" => Ok(groups(state)),
        "usergroups.users.list" => match state.groups.get(text(params, "usergroup")) {
            Some((_, users)) => Ok(json!({"users": users})),
            None => Err(failed("no_such_subteam")),
        },
        _ => Err(failed("unknown_method")),
    }
}

pub(super) fn text<'a>(params: &'a Value, name: &str) -> &'a str {
    params[name].as_str().unwrap_or_default()
}

fn open(state: &mut State) -> Outcome {
    if !state.socket_mode {
        return Err(failed("forbidden_team"));
    }
    let ticket = format!("ticket-{}", state.number());
    state.tickets.insert(ticket.clone());
    let address = &state.address;
    Ok(json!({"url": format!("ws://{address}/link?ticket={ticket}&app_id=A0HINNY")}))
}

/// A channel that the bot may see.
fn seen<'a>(state: &'a State, params: &Value) -> Result<&'a Channel, Failed> {
    let channel = state.channel(text(params, "channel"));
    let visible = |channel: &&Channel| !channel.is_private || is_in(channel);
    channel
        .filter(visible)
        .ok_or_else(|| failed("channel_not_found"))
}

fn is_in(channel: &Channel) -> bool {
    channel.members.iter().any(|member| member == BOT)
}

/// A channel that the bot may write into.
pub(super) fn writable(state: &State, id: &str) -> Result<(), Failed> {
    let channel = seen(state, &json!({"channel": id}))?;
    match (is_in(channel), channel.is_archived) {
        (false, _) => Err(failed("not_in_channel")),
        (true, true) => Err(failed("is_archived")),
        (true, false) => Ok(()),
    }
}

fn shown(channel: &Channel) -> Value {
    json!({
        "id": channel.id, "name": channel.name, "is_channel": !channel.is_private,
        "is_group": channel.is_private, "is_private": channel.is_private,
        "is_archived": channel.is_archived, "is_member": is_in(channel),
        "is_shared": channel.is_ext_shared, "is_ext_shared": channel.is_ext_shared,
        "is_org_shared": false, "is_pending_ext_shared": false, "context_team_id": TEAM,
    })
}

fn join(state: &mut State, params: &Value) -> Outcome {
    let id = text(params, "channel");
    let channel = state.channels.iter_mut().find(|channel| channel.id == id);
    let channel = channel.ok_or_else(|| failed("channel_not_found"))?;
    if channel.is_private {
        return Err(failed("method_not_supported_for_channel_type"));
    }
    if !is_in(channel) {
        channel.members.push(BOT.to_owned());
    }
    Ok(json!({"channel": shown(channel)}))
}

/// What `chat.postMessage` and `chat.update` have in common.
fn content(params: &Value) -> Result<Value, Failed> {
    let (words, blocks) = (text(params, "text"), &params["blocks"]);
    if words.is_empty() && blocks.is_null() {
        return Err(failed("no_text"));
    }
    if words.chars().count() > 40_000 {
        return Err(failed("msg_too_long"));
    }
    let wrong = |word, why: String| failed_with(word, json!({"errors": [why]}));
    if !blocks.is_null() {
        check_blocks(blocks).map_err(|why| wrong("invalid_blocks", why))?;
    }
    let mut value = json!({"text": words});
    if !blocks.is_null() {
        value["blocks"] = blocks.clone();
    }
    let metadata = &params["metadata"];
    if !metadata.is_null() {
        check_metadata(metadata).map_err(|why| wrong("invalid_metadata_format", why))?;
        value["metadata"] = metadata.clone();
    }
    Ok(value)
}

fn post(state: &mut State, params: &Value) -> Outcome {
    let channel = text(params, "channel");
    writable(state, channel)?;
    let value = signed_by_bot(content(params)?);
    let thread = params["thread_ts"].as_str();
    if let Some(thread) = thread {
        let root = state.message(channel, thread);
        match root.map(|root| root.thread.is_some()) {
            None => return Err(failed("thread_not_found")),
            Some(true) => return Err(failed("cannot_reply_to_message")),
            Some(false) => {}
        }
    }
    let ts = state.add(channel, thread, value.clone());
    let mut message = value;
    message["ts"] = ts.clone().into();
    message["type"] = "message".into();
    Ok(json!({"channel": channel, "ts": ts, "message": message}))
}

fn update(state: &mut State, params: &Value) -> Outcome {
    let (channel, ts) = (text(params, "channel"), text(params, "ts"));
    writable(state, channel)?;
    let new = content(params)?;
    let message = state.message(channel, ts);
    let message = message.ok_or_else(|| failed("message_not_found"))?;
    if message.value["user"] != BOT {
        return Err(failed("cant_update_message"));
    }
    let before = message.value.clone();
    for (key, value) in new.as_object().into_iter().flatten() {
        message.value[key] = value.clone();
    }
    let after = message.value.clone();
    let channel = channel.to_owned();
    super::story::tell_change(state, &channel, after, before);
    Ok(json!({"channel": channel, "ts": ts, "text": params["text"]}))
}

fn delete(state: &mut State, params: &Value) -> Outcome {
    let (channel, ts) = (
        text(params, "channel").to_owned(),
        text(params, "ts").to_owned(),
    );
    writable(state, &channel)?;
    let message = state.message(&channel, &ts);
    let message = message.ok_or_else(|| failed("message_not_found"))?;
    if message.value["user"] != BOT {
        return Err(failed("cant_delete_message"));
    }
    super::story::remove(state, &channel, &ts);
    Ok(json!({"channel": channel, "ts": ts}))
}

/// A message as the history shows it.
fn told(message: &Stored, params: &Value, replies: &[&Stored]) -> Value {
    let mut value = message.value.clone();
    if params["include_all_metadata"] != true
        && let Some(fields) = value.as_object_mut()
    {
        fields.remove("metadata");
    }
    if let Some(last) = replies.last() {
        value["thread_ts"] = message.ts.clone().into();
        value["reply_count"] = replies.len().into();
        value["latest_reply"] = last.ts.clone().into();
    }
    value
}

/// A page, oldest or newest first; the cursor is the number of messages before it.
fn page(all: Vec<Value>, params: &Value) -> Outcome {
    let limit = params["limit"].as_u64().unwrap_or(100).clamp(1, 999) as usize;
    let from = match text(params, "cursor") {
        "" => 0,
        cursor => cursor
            .parse::<usize>()
            .map_err(|_| failed("invalid_cursor"))?,
    };
    let count = all.len();
    let messages: Vec<Value> = all.into_iter().skip(from).take(limit).collect();
    let more = from + messages.len() < count;
    let next = match more {
        true => (from + messages.len()).to_string(),
        false => String::new(),
    };
    let cursor = json!({"next_cursor": next});
    Ok(json!({"messages": messages, "has_more": more, "response_metadata": cursor}))
}

fn history(state: &mut State, params: &Value) -> Outcome {
    let channel = text(params, "channel").to_owned();
    readable(state, params)?;
    let oldest = text(params, "oldest");
    let root = |message: &&Stored| {
        message.channel == channel && message.thread.is_none() && message.ts.as_str() > oldest
    };
    let roots = state.messages.iter().rev().filter(root);
    let all = roots.map(|root| told(root, params, &state.replies(&channel, &root.ts)));
    page(all.collect(), params)
}

fn readable(state: &State, params: &Value) -> Result<(), Failed> {
    let channel = seen(state, params)?;
    match is_in(channel) {
        true => Ok(()),
        false => Err(failed("not_in_channel")),
    }
}

/// A thread, its root first; or the single message, if it is a reply itself.
fn replies(state: &mut State, params: &Value) -> Outcome {
    let (channel, ts) = (
        text(params, "channel").to_owned(),
        text(params, "ts").to_owned(),
    );
    readable(state, params)?;
    let message = state.message(&channel, &ts).map(|message| message.clone());
    let message = message.ok_or_else(|| failed("thread_not_found"))?;
    if message.thread.is_some() {
        return page(vec![told(&message, params, &[])], params);
    }
    let under = state.replies(&channel, &ts);
    let oldest = text(params, "oldest");
    let newer = under.iter().filter(|reply| reply.ts.as_str() > oldest);
    let mut all = vec![told(&message, params, &under)];
    all.extend(newer.map(|reply| told(reply, params, &[])));
    page(all, params)
}

fn permalink(state: &State, params: &Value) -> Outcome {
    let channel = &seen(state, params)?.id;
    let ts = text(params, "message_ts");
    let known = |stored: &&Stored| stored.channel == *channel && stored.ts == ts;
    if !state.messages.iter().any(|stored| known(&stored)) {
        return Err(failed("message_not_found"));
    }
    let name = ts.replace('.', "");
    let permalink = format!("https://acme-test.slack.com/archives/{channel}/p{name}");
    Ok(json!({"channel": channel, "permalink": permalink}))
}

fn react(state: &mut State, params: &Value, on: bool) -> Outcome {
    let (channel, ts) = (
        text(params, "channel").to_owned(),
        text(params, "timestamp").to_owned(),
    );
    let name = text(params, "name").to_owned();
    writable(state, &channel)?;
    if name.is_empty() || name.contains(':') {
        return Err(failed("invalid_name"));
    }
    match super::story::react(state, &channel, &ts, BOT, &name, on) {
        Some(true) => Ok(json!({})),
        Some(false) if on => Err(failed("already_reacted")),
        Some(false) => Err(failed("no_reaction")),
        None => Err(failed("message_not_found")),
    }
}

fn groups(state: &State) -> Value {
    let group = |(id, (handle, users)): (&String, &(String, Vec<String>))| {
        json!({"id": id, "team_id": TEAM, "is_usergroup": true, "handle": handle, "name": handle,
               "users": users, "user_count": users.len()})
    };
    let groups: Vec<Value> = state.groups.iter().map(group).collect();
    json!({"usergroups": groups})
}
