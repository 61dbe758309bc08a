//! The groups of the Telegram for tests: who belongs to them, and what the bot may do there
//! (<https://core.telegram.org/bots/api#chatmember>).

use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    methods::{Failed, Outcome, failed},
    state::{State, bot, person},
};

/// A group that the bot was in at some time.
#[derive(Clone, Debug)]
pub struct Group {
    pub chat: i64,
    pub is_forum: bool,
    /// Set when everybody on Telegram can find the group.
    pub username: Option<String>,
    pub bot: BotRole,
    /// Administrators by user id and first name.
    pub admins: Vec<(i64, String)>,
    /// The emoji that members may react with; none for all.
    pub reactions: Option<Vec<String>>,
    /// Set when the group has become another one.
    pub moved_to: Option<i64>,
}

/// What the bot is in a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BotRole {
    Admin { topics: bool, delete: bool },
    Member,
    Kicked,
}

impl Group {
    pub fn new(chat: i64, is_forum: bool) -> Self {
        Group {
            chat,
            is_forum,
            username: None,
            bot: BotRole::Admin {
                topics: true,
                delete: true,
            },
            admins: Vec::new(),
            reactions: None,
            moved_to: None,
        }
    }

    pub fn json(&self) -> Value {
        let mut chat = json!({
            "id": self.chat, "title": "Support", "type": "supergroup", "is_forum": self.is_forum,
        });
        if let Some(username) = &self.username {
            chat["username"] = username.as_str().into();
        }
        chat
    }

    /// May the bot open, close and delete topics?
    pub fn needs_topics(&self) -> Result<(), Failed> {
        if !self.is_forum {
            return Err(failed(400, "Bad Request: the chat is not a forum"));
        }
        match self.bot {
            BotRole::Admin { topics: true, .. } => Ok(()),
            _ => Err(failed(400, "Bad Request: not enough rights")),
        }
    }
}

/// A group that the bot may call.
pub fn group(state: &State, chat: i64) -> Result<&Group, Failed> {
    let group = state.groups.iter().find(|group| group.chat == chat);
    let group = group.ok_or_else(|| failed(400, "Bad Request: chat not found"))?;
    if let Some(chat) = group.moved_to {
        let mut moved = failed(
            400,
            "Bad Request: group chat was upgraded to a supergroup chat",
        );
        moved.moved_to = Some(chat);
        return Err(moved);
    }
    match group.bot {
        BotRole::Kicked => Err(failed(
            403,
            "Forbidden: bot was kicked from the supergroup chat",
        )),
        _ => Ok(group),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OneChat {
    chat_id: i64,
}

pub fn get_chat(state: &mut State, params: OneChat) -> Outcome {
    let group = group(state, params.chat_id)?;
    let mut chat = group.json();
    chat["accent_color_id"] = 1.into();
    chat["max_reaction_count"] = 11.into();
    chat["accepted_gift_types"] = json!({
        "unlimited_gifts": false, "limited_gifts": false,
        "unique_gifts": false, "premium_subscription": false,
        "gifts_from_channels": false,
    });
    if let Some(reactions) = &group.reactions {
        let kinds = reactions.iter();
        let kinds: Vec<Value> = kinds
            .map(|emoji| json!({"type": "emoji", "emoji": emoji}))
            .collect();
        chat["available_reactions"] = kinds.into();
    }
    Ok(chat)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OneMember {
    chat_id: i64,
    user_id: i64,
}

pub fn get_member(state: &mut State, params: OneMember) -> Outcome {
    let group = group(state, params.chat_id)?;
    if params.user_id == 123 {
        return Ok(own_member(group));
    }
    let admin = group.admins.iter().find(|admin| admin.0 == params.user_id);
    if let Some((id, name)) = admin {
        return Ok(admin_member(person((*id, name)), true, true));
    }
    let known = state.people.iter().find(|known| known.0 == params.user_id);
    match known {
        Some((id, name)) => Ok(json!({"status": "member", "user": person((*id, name))})),
        None => Err(failed(400, "Bad Request: user not found")),
    }
}

pub fn get_admins(state: &mut State, params: OneChat) -> Outcome {
    let group = group(state, params.chat_id)?;
    let admins = group.admins.iter();
    let mut all: Vec<Value> = admins
        .map(|(id, name)| admin_member(person((*id, name)), true, true))
        .collect();
    if matches!(group.bot, BotRole::Admin { .. }) {
        all.push(own_member(group));
    }
    Ok(all.into())
}

fn own_member(group: &Group) -> Value {
    match group.bot {
        BotRole::Admin { topics, delete } => admin_member(bot(), topics, delete),
        BotRole::Member => json!({"status": "member", "user": bot()}),
        BotRole::Kicked => json!({"status": "kicked", "user": bot(), "until_date": 0}),
    }
}

fn admin_member(user: Value, topics: bool, delete: bool) -> Value {
    json!({
        "status": "administrator", "user": user, "is_anonymous": false, "can_be_edited": false,
        "can_manage_chat": true, "can_change_info": false, "can_delete_messages": delete,
        "can_manage_video_chats": false, "can_invite_users": true, "can_restrict_members": false,
        "can_promote_members": false, "can_manage_topics": topics, "can_pin_messages": false,
        "can_post_stories": false, "can_edit_stories": false, "can_delete_stories": false,
    })
}
