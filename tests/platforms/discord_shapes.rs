//! The objects of Discord's API as JSON, with the fields that the documentation lists.

use serde_json::{Value, json};

use super::{
    BOT, GUILD,
    rights::rights,
    state::{Channel, EPOCH, Kind, Member, Message, Overwrite, State},
};

pub fn user(member: &Member) -> Value {
    json!({
        "id": member.id.to_string(), "username": member.username, "discriminator": "0",
        "global_name": member.global_name, "avatar": member.avatar, "bot": member.bot,
        "system": false, "public_flags": 0,
    })
}

/// A member without the user, as messages carry it.
pub fn membership(member: &Member) -> Value {
    let roles: Vec<String> = member.roles.iter().map(u64::to_string).collect();
    json!({
        "nick": member.nick, "avatar": null, "roles": roles, "deaf": false, "mute": false,
        "joined_at": "2024-01-01T00:00:00.000000+00:00", "premium_since": null, "flags": 0,
        "pending": false, "communication_disabled_until": null,
    })
}

pub fn member(member: &Member) -> Value {
    let mut shape = membership(member);
    shape["user"] = user(member);
    shape
}

pub fn role(state: &State, id: u64) -> Value {
    let role = &state.roles[&id];
    json!({
        "id": id.to_string(), "name": role.name, "permissions": role.permissions.to_string(),
        "mentionable": role.mentionable, "color": 0, "hoist": false, "icon": null,
        "unicode_emoji": null, "position": u8::from(id != GUILD), "managed": false, "flags": 0,
    })
}

pub fn channel(state: &State, channel: &Channel) -> Value {
    let mut shape = json!({
        "id": channel.id.to_string(), "type": channel.kind as u8, "guild_id": GUILD.to_string(),
        "name": channel.name, "parent_id": channel.parent.map(|id| id.to_string()),
        "last_message_id": channel.last_message.map(|id| id.to_string()),
        "rate_limit_per_user": 0, "nsfw": false, "flags": 0,
    });
    match channel.kind {
        Kind::Thread => {
            shape["owner_id"] = channel.owner.to_string().into();
            shape["message_count"] = state.in_channel(channel.id).len().into();
            shape["member_count"] = channel.followers.len().into();
            shape["total_message_sent"] = shape["message_count"].clone();
            shape["thread_metadata"] = json!({
                "archived": channel.archived, "auto_archive_duration": 10_080,
                "archive_timestamp": time(state.now()), "locked": channel.locked,
            });
        }
        kind => {
            let overwrites: Vec<Value> = channel.overwrites.iter().map(overwrite).collect();
            shape["permission_overwrites"] = overwrites.into();
            shape["position"] = 0.into();
            shape["topic"] = Value::Null;
            if kind == Kind::Forum {
                shape["available_tags"] = json!([]);
                shape["default_reaction_emoji"] = Value::Null;
                shape["default_sort_order"] = Value::Null;
                shape["default_forum_layout"] = 0.into();
            }
        }
    }
    shape
}

fn overwrite(overwrite: &Overwrite) -> Value {
    json!({
        "id": overwrite.id.to_string(), "type": u8::from(!overwrite.role),
        "allow": overwrite.allow.to_string(), "deny": overwrite.deny.to_string(),
    })
}

/// A message as REST gives it; the gateway adds `guild_id` and `member`.
pub fn message(state: &State, message: &Message) -> Value {
    let mut shape = bare_message(state, message);
    if let Some((channel, id)) = message.reference {
        shape["message_reference"] = json!({
            "type": 0, "channel_id": channel.to_string(), "message_id": id.to_string(),
            "guild_id": GUILD.to_string(),
        });
        let answered = state.messages.get(&id);
        shape["referenced_message"] =
            answered.map_or(Value::Null, |answered| bare_message(state, answered));
    }
    if let Some(thread) = state
        .channels
        .get(&message.id)
        .filter(|_| message.flags & 32 != 0)
    {
        shape["thread"] = channel(state, thread);
    }
    shape
}

fn bare_message(state: &State, message: &Message) -> Value {
    let author = author(state, message);
    let mentioned = |member: &&Member| message.content.contains(&format!("<@{}>", member.id));
    let mentions: Vec<Value> = state.members.values().filter(mentioned).map(user).collect();
    let roles = state.roles.keys();
    let roles = roles.filter(|id| message.content.contains(&format!("<@&{id}>")));
    let roles: Vec<String> = roles.map(u64::to_string).collect();
    let everyone = message.pings.iter().any(|ping| ping.starts_with('@'));
    let mut shape = json!({
        "id": message.id.to_string(), "channel_id": message.channel.to_string(),
        "type": message.kind, "content": message.content, "author": author,
        "timestamp": time((message.id >> 22) + EPOCH),
        "edited_timestamp": message.edited.map(time), "tts": false, "mention_everyone": everyone,
        "mentions": mentions, "mention_roles": roles, "attachments": message.attachments,
        "embeds": [], "pinned": false, "flags": message.flags, "components": message.components,
        "reactions": reactions(message),
    });
    if message.webhook {
        shape["webhook_id"] = message.author.to_string().into();
    }
    shape
}

fn author(state: &State, message: &Message) -> Value {
    match state.members.get(&message.author) {
        Some(member) => user(member),
        None => json!({
            "id": message.author.to_string(), "username": "Gone", "discriminator": "0",
            "global_name": null, "avatar": null,
        }),
    }
}

fn reactions(message: &Message) -> Vec<Value> {
    let mut found: Vec<Value> = Vec::new();
    for (emoji, _) in &message.reactions {
        if found.iter().any(|seen| seen["emoji"]["name"] == *emoji) {
            continue;
        }
        let by: Vec<u64> = message
            .reactions
            .iter()
            .filter(|(other, _)| other == emoji)
            .map(|(_, by)| *by)
            .collect();
        found.push(json!({
            "emoji": {"id": null, "name": emoji}, "count": by.len(), "me": by.contains(&BOT),
            "me_burst": false, "burst_colors": [],
            "count_details": {"burst": 0, "normal": by.len()},
        }));
    }
    found
}

/// As events carry it.
pub fn event_message(state: &State, of: &Message) -> Value {
    let mut shape = message(state, of);
    shape["guild_id"] = GUILD.to_string().into();
    if let Some(member) = state.members.get(&of.author).filter(|_| !of.webhook) {
        shape["member"] = membership(member);
    }
    if let Some(nonce) = &of.nonce {
        shape["nonce"] = nonce.clone();
    }
    shape
}

pub fn guild(state: &State) -> Value {
    let roles: Vec<Value> = state.roles.keys().map(|id| role(state, *id)).collect();
    json!({
        "id": GUILD.to_string(), "name": "Example", "icon": null, "splash": null,
        "discovery_splash": null, "owner_id": "7", "region": null, "afk_channel_id": null,
        "afk_timeout": 300, "verification_level": 0, "default_message_notifications": 0,
        "explicit_content_filter": 0, "roles": roles, "emojis": [], "features": [],
        "mfa_level": 0, "application_id": null, "system_channel_id": null,
        "system_channel_flags": 0, "rules_channel_id": null, "vanity_url_code": null,
        "description": null, "banner": null, "premium_tier": 0, "premium_subscription_count": 0,
        "preferred_locale": "en-US", "public_updates_channel_id": null, "nsfw_level": 0,
        "stickers": [], "premium_progress_bar_enabled": false, "safety_alerts_channel_id": null,
        "max_members": 500_000, "max_presences": null, "hub_type": null,
    })
}

/// The guild as the gateway tells of it after READY: with channels and active threads that the bot sees.
pub fn whole_guild(state: &State) -> Value {
    let seen = |channel: &&Channel| rights(state, BOT, channel) & super::bits::VIEW != 0;
    let (threads, channels): (Vec<&Channel>, Vec<&Channel>) = state
        .channels
        .values()
        .filter(seen)
        .partition(|channel| channel.kind == Kind::Thread);
    let threads = threads.into_iter().filter(|thread| !thread.archived);
    let shape = |one: &Channel| channel(state, one);
    let mut whole = guild(state);
    whole["joined_at"] = "2024-01-01T00:00:00.000000+00:00".into();
    whole["large"] = false.into();
    whole["unavailable"] = false.into();
    whole["member_count"] = state.members.len().into();
    whole["members"] = vec![member(&state.members[&BOT])].into();
    whole["channels"] = channels.into_iter().map(shape).collect();
    whole["threads"] = threads.map(shape).collect();
    for empty in [
        "voice_states",
        "presences",
        "stage_instances",
        "guild_scheduled_events",
    ] {
        whole[empty] = json!([]);
    }
    whole["soundboard_sounds"] = json!([]);
    whole
}

/// ISO 8601 as Discord writes it, from milliseconds since 1970.
pub fn time(ms: u64) -> String {
    let (days, rest) = (ms / 86_400_000, ms % 86_400_000);
    // Civil from days: years of 365.2425 days that begin in March.
    let z = days + 719_468;
    let era = z / 146_097;
    let of_era = z % 146_097;
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let part = (5 * of_year + 2) / 153;
    let day = of_year - (153 * part + 2) / 5 + 1;
    let month = if part < 10 { part + 3 } else { part - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    let (hour, minute) = (rest / 3_600_000, rest / 60_000 % 60);
    let (second, milli) = (rest / 1_000 % 60, rest % 1_000);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}000+00:00")
}
