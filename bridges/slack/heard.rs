//! Which of Slack's events are somebody saying or doing something, where, and what. Bots, Slack's own service
//! messages and hinny's own posts are nothing. Pure: names are looked up later.

use super::{
    emoji,
    model::{Event, Interaction, Me, Message, MessageEvent, Reaction},
};
use crate::{Channel, Origin, PostId, SlackChannel, SlackThread, Thread};

/// Something that happened, before it is known who the member is.
#[derive(Debug)]
pub(super) struct Heard {
    pub(super) event_id: String,
    pub(super) origin: Origin,
    /// Nothing where Slack does not tell.
    pub(super) user: Option<String>,
    /// Slack's time stamp, of which the whole part is seconds since 1970.
    pub(super) at: String,
    pub(super) what: What,
}

#[derive(Debug)]
pub(super) enum What {
    Said(PostId, Box<Message>),
    Edited(PostId, Box<Message>),
    Deleted(PostId),
    Reacted {
        post: PostId,
        sign: String,
        on: bool,
    },
    Pressed {
        post: PostId,
        action: String,
    },
    ThreadGone,
}

/// Time stamps are unique within a channel only, so the channel belongs to the name.
pub(super) fn post_id(channel: &str, ts: &str) -> PostId {
    PostId(format!("{channel}/{ts}"))
}

/// What follows the channel in a name: a time stamp, or a file's id.
pub(super) fn own_part(post: &PostId) -> &str {
    post.0.rsplit('/').next().unwrap_or_default()
}

/// What an event says; at most two things, because an edit may be the first that is heard of a message.
pub(super) fn event(event: Event, me: &Me) -> Vec<Heard> {
    match event {
        Event::Message(event) => message(*event, me),
        Event::ReactionAdded(reaction) => reacted(&reaction, true, me).into_iter().collect(),
        Event::ReactionRemoved(reaction) => reacted(&reaction, false, me).into_iter().collect(),
        Event::Other => Vec::new(),
    }
}

fn message(event: MessageEvent, me: &Me) -> Vec<Heard> {
    let channel = &event.channel;
    match event.message.subtype.as_deref() {
        Some("message_changed") => {
            let changed = event.changed.unwrap_or_default();
            // A deleted message that has replies is not gone for Slack: it becomes a tombstone.
            if is_tombstone(&changed) {
                let before = event.before.unwrap_or_default();
                let told = deleted(channel, &changed.ts, &before, me);
                return told.into_iter().collect();
            }
            let before = event.before.and_then(|before| before.edited);
            let before = before.map(|edited| edited.ts);
            let is_edit = changed.edited.as_ref().map(|edited| &edited.ts) != before.as_ref();
            match is_edit {
                true => said_and_edited(channel, changed, me),
                // Slack also tells when it has added a preview or counted replies.
                false => Vec::new(),
            }
        }
        Some("message_deleted") => {
            let before = event.before.unwrap_or_default();
            let ts = event.deleted_ts.unwrap_or_else(|| before.ts.clone());
            deleted(channel, &ts, &before, me).into_iter().collect()
        }
        _ => said(channel, event.message, me).into_iter().collect(),
    }
}

/// A member's message.
pub(super) fn said(channel: &str, message: Message, me: &Me) -> Option<Heard> {
    let user = speaker(&message, me)?;
    let post = post_id(channel, &message.ts);
    Some(Heard {
        event_id: format!("said:{}", post.0),
        origin: origin(channel, message.thread_ts.as_deref(), &message.ts),
        user: Some(user),
        at: message.ts.clone(),
        what: What::Said(post, Box::new(message)),
    })
}

/// A changed message, told as said too: if the event that told of it was missed or comes later, the words are
/// not lost, and if it was not, its id is known already.
pub(super) fn said_and_edited(channel: &str, message: Message, me: &Me) -> Vec<Heard> {
    let Some(at) = message.edited.as_ref().map(|edited| edited.ts.clone()) else {
        return said(channel, message, me).into_iter().collect();
    };
    let Some(said) = said(channel, message.clone(), me) else {
        return Vec::new();
    };
    let post = post_id(channel, &message.ts);
    let edited = Heard {
        event_id: format!("edited:{}:{at}", post.0),
        origin: said.origin.clone(),
        user: said.user.clone(),
        at,
        what: What::Edited(post, Box::new(message)),
    };
    vec![said, edited]
}

/// A member's message is gone; or hinny's card, and the whole thread with it.
fn deleted(channel: &str, ts: &str, before: &Message, me: &Me) -> Option<Heard> {
    if is_own(before, me) {
        let is_root = before.thread_ts.as_deref().is_none_or(|root| root == ts);
        return is_root.then(|| gone(channel, ts));
    }
    let user = speaker(before, me)?;
    let thread = before.thread_ts.as_deref();
    Some(deletion(channel, thread, ts, Some(user)))
}

pub(super) fn deletion(
    channel: &str,
    thread: Option<&str>,
    ts: &str,
    user: Option<String>,
) -> Heard {
    let post = post_id(channel, ts);
    Heard {
        event_id: format!("deleted:{}", post.0),
        origin: origin(channel, thread, ts),
        user,
        at: ts.to_owned(),
        what: What::Deleted(post),
    }
}

pub(super) fn gone(channel: &str, ts: &str) -> Heard {
    Heard {
        event_id: format!("gone:{}", post_id(channel, ts).0),
        origin: origin(channel, Some(ts), ""),
        user: None,
        at: ts.to_owned(),
        what: What::ThreadGone,
    }
}

/// A reaction tells the message but not its thread; a reply is found by its name.
fn reacted(reaction: &Reaction, on: bool, me: &Me) -> Option<Heard> {
    let (channel, ts) = (reaction.item.channel.as_ref()?, reaction.item.ts.as_ref()?);
    if reaction.user == me.user_id {
        return None;
    }
    let post = post_id(channel, ts);
    let sign = emoji::sign(&reaction.reaction);
    let (user, when) = (&reaction.user, &reaction.event_ts);
    Some(Heard {
        event_id: format!("reacted:{}:{user}:{sign}:{on}:{when}", post.0),
        origin: origin(channel, None, ts),
        user: Some(user.clone()),
        at: when.clone(),
        what: What::Reacted { post, sign, on },
    })
}

/// A press of one of our buttons.
pub(super) fn pressed(interaction: Interaction) -> Option<Heard> {
    let Interaction::BlockActions {
        user,
        container,
        actions,
    } = interaction
    else {
        return None;
    };
    let (channel, ts) = (container.channel_id?, container.message_ts?);
    let action = actions.into_iter().next()?;
    let post = post_id(&channel, &ts);
    // A press on the card is in the thread that hangs on the card.
    let thread = container.thread_ts.unwrap_or_else(|| ts.clone());
    Some(Heard {
        event_id: format!("pressed:{}:{}:{}", post.0, user.id, action.action_ts),
        origin: origin(&channel, Some(&thread), ""),
        user: Some(user.id),
        at: action.action_ts,
        what: What::Pressed {
            post,
            action: action.action_id,
        },
    })
}

/// The member who speaks; nobody for bots and for what Slack itself says.
fn speaker(message: &Message, me: &Me) -> Option<String> {
    let words = matches!(
        message.subtype.as_deref(),
        None | Some("file_share" | "thread_broadcast" | "me_message")
    );
    let bot = message.bot_id.is_some() || is_own(message, me);
    message.user.clone().filter(|_| words && !bot)
}

/// What is left of a deleted message under which there are replies.
pub(super) fn is_tombstone(message: &Message) -> bool {
    message.subtype.as_deref() == Some("tombstone")
}

pub(super) fn is_own(message: &Message, me: &Me) -> bool {
    let by_user = message.user.as_deref() == Some(me.user_id.as_str());
    let by_bot = message.bot_id.is_some() && message.bot_id == me.bot_id;
    by_user || by_bot
}

/// A message that opens a thread carries its own time stamp as the thread's once somebody answered.
fn origin(channel: &str, thread: Option<&str>, own: &str) -> Origin {
    let channel = channel.to_owned();
    match thread {
        Some(ts) if ts != own => Origin::Thread(Thread::Slack(SlackThread {
            channel,
            ts: ts.to_owned(),
        })),
        _ => Origin::Channel(Channel::Slack(SlackChannel { channel })),
    }
}

/// Milliseconds since 1970 of a time stamp such as `1700000000.123456`.
pub(super) fn millis(ts: &str) -> i64 {
    let (seconds, rest) = ts.split_once('.').unwrap_or((ts, "0"));
    let seconds: i64 = seconds.parse().unwrap_or(0);
    let micros: i64 = format!("{rest:0<6}")
        .get(..6)
        .and_then(|digits| digits.parse().ok())
        .unwrap_or(0);
    seconds.saturating_mul(1_000).saturating_add(micros / 1_000)
}

#[cfg(test)]
#[path = "heard_tests.rs"]
mod tests;
