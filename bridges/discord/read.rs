//! Reads a message: who of the team says what, to whom it seems meant, and what it answers.

use std::collections::HashMap;

use super::{
    markdown,
    places::Place,
    spans::Names,
    wire::{Attachment, Member, Message, Role, User},
};
use crate::{
    Aside, Person, PostId, RemoteFile, Said,
    text::{Block, Inline, Text},
};

/// Where Discord keeps pictures (<https://discord.com/developers/docs/reference#image-formatting>).
pub(super) const PICTURES: &str = "https://cdn.discordapp.com";
/// Messages of members are ordinary ones and answers; all else is Discord talking
/// (<https://discord.com/developers/docs/resources/message#message-object-message-types>).
const SPOKEN: [u64; 2] = [0, 19];
/// Discord's own first message in a thread, which only points at the card.
const STARTER: u64 = 21;
/// <https://discord.com/developers/docs/resources/guild#guild-member-object-guild-member-flags>
const GUEST: u64 = 1 << 4;

/// Whether a member said this; bots, webhooks and Discord itself are nobody.
pub(super) fn by_a_person(message: &Message) -> bool {
    !message.author.bot && message.webhook_id.is_none() && SPOKEN.contains(&message.kind)
}

pub(super) fn post_id(message: u64) -> PostId {
    PostId(message.to_string())
}

/// A member as the team sees them. Without `member` they are not on this server.
pub(super) fn person(user: &User, member: Option<&Member>, guild: u64) -> Person {
    let id = user.id.0;
    let nick = member.and_then(|member| member.nick.clone());
    let name = nick
        .or(user.global_name.clone())
        .filter(|name| !name.trim().is_empty());
    let own = user.avatar.as_ref();
    let here = member.and_then(|member| member.avatar.as_ref());
    let plain = |hash: &&String| {
        hash.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    let here = here
        .filter(plain)
        .map(|hash| format!("{PICTURES}/guilds/{guild}/users/{id}/avatars/{hash}.png?size=128"));
    let own = own
        .filter(plain)
        .map(|hash| format!("{PICTURES}/avatars/{id}/{hash}.png?size=128"));
    let roles = member.map_or(Vec::new(), |member| member.roles.clone());
    Person {
        id: id.to_string(),
        name: name.unwrap_or_else(|| user.username.clone()),
        avatar: here.or(own),
        roles: roles.iter().map(|role| role.0.to_string()).collect(),
        guest: member.is_none_or(|member| member.flags & GUEST != 0),
    }
}

/// What a message says; nothing when there is nothing in it that hinny can see.
pub(super) fn said(message: &Message, own: u64, roles: &[Role], place: &Place) -> Option<Said> {
    let text = text(message, roles, place);
    let files: Vec<RemoteFile> = message.attachments.iter().map(file).collect();
    if text.is_empty() && files.is_empty() {
        return None;
    }
    let (quotes, to_us) = answered(message, own);
    let aside = match quotes {
        _ if begins_with_mention(&message.content, own) => Some(Aside::Mention),
        Some(_) if !to_us => Some(Aside::Reply),
        _ => None,
    };
    Some(Said {
        post: post_id(message.id.0),
        text,
        files,
        quotes,
        aside,
    })
}

/// The words, and a note where a message holds more than words and files, so that nothing is lost unseen.
pub(super) fn text(message: &Message, roles: &[Role], place: &Place) -> Text {
    let Text(mut blocks) = markdown::read(&message.content, &names(message, roles, place));
    let forwarded = message
        .message_reference
        .as_ref()
        .is_some_and(|to| to.kind == 1);
    for (there, what) in [
        (!message.sticker_items.is_empty(), "a sticker"),
        (message.poll.is_some(), "a poll"),
        (forwarded, "a forwarded message"),
    ] {
        if there {
            let text = format!("[{what}, which cannot be shown here]");
            blocks.push(Block::Paragraph {
                children: vec![Inline::Text { text }],
            });
        }
    }
    Text(blocks)
}

fn names(message: &Message, roles: &[Role], place: &Place) -> Names {
    let called = |user: &User| {
        let name = user
            .global_name
            .clone()
            .unwrap_or_else(|| user.username.clone());
        (user.id.0, name)
    };
    Names {
        people: message.mentions.iter().map(called).collect(),
        roles: roles
            .iter()
            .map(|role| (role.id.0, role.name.clone()))
            .collect(),
        channels: HashMap::from([(message.channel_id.0, place.name.clone())]),
    }
}

fn file(attachment: &Attachment) -> RemoteFile {
    RemoteFile {
        name: attachment.filename.clone(),
        size: attachment.size,
        handle: attachment.url.clone(),
    }
}

/// The post that is answered, and whether it is one of ours.
fn answered(message: &Message, own: u64) -> (Option<PostId>, bool) {
    let reference = message.message_reference.as_ref();
    let id = reference
        .filter(|to| to.kind == 0)
        .and_then(|to| to.message_id);
    let Some(id) = id.filter(|_| message.kind == 19) else {
        return (None, false);
    };
    match message.referenced_message.as_deref() {
        // The card itself stands in the channel around; the thread has its id.
        Some(first) if first.kind == STARTER => (Some(post_id(message.channel_id.0)), true),
        Some(answered) => (Some(post_id(id.0)), answered.author.id.0 == own),
        None => (Some(post_id(id.0)), false),
    }
}

/// Whether a line begins by calling a member, a role or everyone; calling the bot is talking to it.
fn begins_with_mention(content: &str, own: u64) -> bool {
    let mut rest =
        content.trim_start_matches(|letter: char| letter.is_whitespace() || letter == '>');
    loop {
        if rest.starts_with("@everyone") || rest.starts_with("@here") {
            return true;
        }
        let Some((inside, behind)) = rest
            .strip_prefix("<@")
            .and_then(|rest| rest.split_once('>'))
        else {
            return false;
        };
        let id = inside.trim_start_matches(['!', '&']);
        match id.parse::<u64>() {
            Ok(id) if id == own => rest = behind.trim_start(),
            Ok(_) => return true,
            Err(_) => return false,
        }
    }
}

#[cfg(test)]
#[path = "read_tests.rs"]
mod tests;
