//! Reads Telegram's updates: which of them are somebody of the team saying something, where, and what.

use teloxide::types::{
    MediaKind, Message, MessageCommon, MessageKind, ThreadId, Update, UpdateKind, UserId,
};

use super::entities;
use crate::{
    Channel, ConnectionId, Happened, Inbound, Origin, Person, PostId, Said, TelegramChannel,
    TelegramThread, Thread,
    text::{Block, Inline, Text},
};

/// What an update says; nothing for bots, service messages and kinds that hinny does not ask for.
pub(super) fn inbound(update: &Update, connection: &ConnectionId, own: UserId) -> Option<Inbound> {
    let UpdateKind::Message(message) = &update.kind else {
        tracing::debug!(
            update = update.id.0,
            "an update of another kind is passed over"
        );
        return None;
    };
    let agent = speaker(message, own)?;
    let text = said(message)?;
    Some(Inbound {
        connection: connection.clone(),
        event_id: format!("update:{}", update.id.0),
        origin: origin(message),
        agent,
        sent_at: message.date.timestamp_millis(),
        what: Happened::Said(Said::words(post_id(message.chat.id.0, message.id.0), text)),
    })
}

/// Message ids are counted per chat, so the chat belongs to the name.
pub(super) fn post_id(chat: i64, message: i32) -> PostId {
    PostId(format!("{chat}/{message}"))
}

/// The person who speaks. An administrator who chose to stay anonymous speaks as the group itself, by way
/// of a bot of Telegram's; other bots and channels are nobody.
fn speaker(message: &Message, own: UserId) -> Option<Person> {
    if let Some(group) = &message.sender_chat {
        let name = group.title().unwrap_or("Team").to_owned();
        return (group.id == message.chat.id)
            .then(|| Person::new(format!("chat:{}", group.id.0), name));
    }
    let user = message.from.as_ref()?;
    (!user.is_bot && user.id != own).then(|| Person::new(user.id.0.to_string(), user.full_name()))
}

/// A reply in the "General" topic carries a thread id too, but is marked as being in no topic.
fn origin(message: &Message) -> Origin {
    let chat = message.chat.id.0;
    match message.thread_id {
        Some(ThreadId(topic)) if message.is_topic_message => {
            Origin::Thread(Thread::Telegram(TelegramThread {
                chat,
                topic: topic.0,
            }))
        }
        _ => Origin::Channel(Channel::Telegram(TelegramChannel { chat })),
    }
}

/// The words of a message, and a note where it holds more than words, so that nothing is lost unseen.
fn said(message: &Message) -> Option<Text> {
    let what = match &message.kind {
        MessageKind::Common(common) => match thing(common) {
            Thing::Words => None,
            Thing::Service => return None,
            Thing::Named(name) => Some(name),
        },
        MessageKind::Dice(_) => Some("a dice"),
        // Too new for the library, or a service message: better noted once too often than lost.
        MessageKind::Empty {} => Some("a message of an unknown kind"),
        _ => return None,
    };
    let words = message.text().or(message.caption()).unwrap_or_default();
    let marks = message.entities().or(message.caption_entities());
    let Text(mut blocks) = entities::read(words, marks.unwrap_or_default());
    if let Some(what) = what {
        let text = format!("[{what}, which cannot be shown here yet]");
        blocks.push(Block::Paragraph {
            children: vec![Inline::Text { text }],
        });
    }
    (!blocks.is_empty()).then_some(Text(blocks))
}

enum Thing {
    Words,
    Service,
    Named(&'static str),
}

fn thing(common: &MessageCommon) -> Thing {
    Thing::Named(match &common.media_kind {
        MediaKind::Text(_) => return Thing::Words,
        MediaKind::Migration(_) => return Thing::Service,
        MediaKind::Animation(_) => "an animation",
        MediaKind::Audio(_) => "a piece of audio",
        MediaKind::Contact(_) => "a contact",
        MediaKind::Document(_) => "a file",
        MediaKind::PaidMedia(_) => "paid media",
        MediaKind::Game(_) => "a game",
        MediaKind::Venue(_) | MediaKind::Location(_) => "a place",
        MediaKind::Photo(_) => "a photo",
        MediaKind::Poll(_) => "a poll",
        MediaKind::Checklist(_) => "a checklist",
        MediaKind::Sticker(_) => "a sticker",
        MediaKind::Story(_) => "a story",
        MediaKind::Video(_) | MediaKind::VideoNote(_) => "a video",
        MediaKind::Voice(_) => "a voice message",
    })
}

#[cfg(test)]
#[path = "read_tests.rs"]
mod tests;
