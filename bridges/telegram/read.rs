//! Reads Telegram's updates: which of them are somebody of the team doing something, where, and what.

use teloxide::types::{
    CallbackQuery, MaybeAnonymousUser, Message, MessageEntityKind, MessageKind,
    MessageReactionUpdated, ThreadId, Update, UpdateKind, User, UserId,
};

use super::files::PICTURE;
use super::{entities, media, signs};
use crate::{
    Aside, Channel, ConnectionId, Happened, Inbound, Origin, Person, PostId, Said, TelegramChannel,
    TelegramThread, Thread,
    text::{Block, Inline, Text},
};

/// What is the same for all updates of a bot.
pub(super) struct Reader<'a> {
    pub(super) connection: &'a ConnectionId,
    pub(super) own: UserId,
}

impl Reader<'_> {
    /// What an update says; nothing for bots, service messages and kinds that hinny does not ask for.
    pub(super) fn inbound(&self, update: &Update) -> Vec<Inbound> {
        match &update.kind {
            UpdateKind::Message(message) => self.said(message).into_iter().collect(),
            UpdateKind::EditedMessage(message) => {
                self.edited(update, message).into_iter().collect()
            }
            UpdateKind::CallbackQuery(query) => self.pressed(query).into_iter().collect(),
            UpdateKind::MessageReaction(reaction) => self.reacted(reaction),
            _ => {
                tracing::debug!(
                    update = update.id.0,
                    "an update of another kind is passed over"
                );
                Vec::new()
            }
        }
    }

    fn said(&self, message: &Message) -> Option<Inbound> {
        let agent = self.speaker(message)?;
        let (text, files) = content(message)?;
        let post = post_id(message.chat.id.0, message.id.0);
        let (quotes, reply) = self.answered(message);
        let said = Said {
            text,
            files,
            quotes,
            aside: match self.begins_with_mention(message) {
                true => Some(Aside::Mention),
                false => reply,
            },
            post: post.clone(),
        };
        Some(Inbound {
            connection: self.connection.clone(),
            event_id: format!("said:{}", post.0),
            origin: origin(message),
            agent,
            sent_at: message.date.timestamp_millis(),
            what: Happened::Said(said),
        })
    }

    /// Two edits may happen within a second, which is all that Telegram's dates tell; so the update's number is part
    /// of the name. Nothing is lost by that: bots have no history that could tell of the same edit again.
    fn edited(&self, update: &Update, message: &Message) -> Option<Inbound> {
        let agent = self.speaker(message)?;
        let (text, _) = content(message)?;
        let post = post_id(message.chat.id.0, message.id.0);
        let at = message.edit_date().unwrap_or(&message.date);
        Some(Inbound {
            connection: self.connection.clone(),
            event_id: format!("edited:{}:{}-{}", post.0, at.timestamp(), update.id.0),
            origin: origin(message),
            agent,
            sent_at: at.timestamp_millis(),
            what: Happened::Edited { post, text },
        })
    }

    /// A press has no date, so the clock of this machine stands in.
    fn pressed(&self, query: &CallbackQuery) -> Option<Inbound> {
        let message = query.message.as_ref()?;
        let chat = message.chat().id.0;
        let origin = match message.regular_message() {
            Some(message) => origin(message),
            None => Origin::Channel(Channel::Telegram(TelegramChannel { chat })),
        };
        Some(Inbound {
            connection: self.connection.clone(),
            event_id: format!("pressed:{}", query.id.0),
            origin,
            agent: self.person(&query.from)?,
            sent_at: now(),
            what: Happened::Pressed {
                post: post_id(chat, message.id().0),
                action: query.data.clone()?,
            },
        })
    }

    /// Such an update tells the signs before and after, but not the topic: that is for the caller to find out.
    fn reacted(&self, reaction: &MessageReactionUpdated) -> Vec<Inbound> {
        let chat = reaction.chat.id.0;
        let agent = match &reaction.actor {
            MaybeAnonymousUser::User(user) => self.person(user),
            MaybeAnonymousUser::Chat(group) => {
                (group.id == reaction.chat.id).then(|| group_of(group))
            }
        };
        let Some(agent) = agent else {
            return Vec::new();
        };
        let (old, new) = (&reaction.old_reaction, &reaction.new_reaction);
        let went = old.iter().filter(|sign| !new.contains(sign));
        let came = new.iter().filter(|sign| !old.contains(sign));
        let changes = went
            .map(|sign| (sign, false))
            .chain(came.map(|sign| (sign, true)));
        let post = post_id(chat, reaction.message_id.0);
        let inbound = |(sign, on): (&teloxide::types::ReactionType, bool)| {
            let sign = signs::read(sign.emoji()?);
            let (who, at) = (&agent.id, reaction.date.timestamp());
            Some(Inbound {
                connection: self.connection.clone(),
                event_id: format!("reacted:{}:{who}:{sign}:{on}:{at}", post.0),
                origin: Origin::Channel(Channel::Telegram(TelegramChannel { chat })),
                agent: agent.clone(),
                sent_at: reaction.date.timestamp_millis(),
                what: Happened::Reacted {
                    post: post.clone(),
                    sign: sign.to_owned(),
                    on,
                },
            })
        };
        changes.filter_map(inbound).collect()
    }

    /// The person who speaks. An administrator who chose to stay anonymous speaks as the group itself, by way
    /// of a bot of Telegram's; other bots and channels are nobody.
    fn speaker(&self, message: &Message) -> Option<Person> {
        match &message.sender_chat {
            Some(group) => (group.id == message.chat.id).then(|| group_of(group)),
            None => self.person(message.from.as_ref()?),
        }
    }

    fn person(&self, user: &User) -> Option<Person> {
        let somebody = !user.is_bot && user.id != self.own;
        somebody.then(|| Person {
            avatar: Some(format!("{PICTURE}{}", user.id.0)),
            ..Person::new(user.id.0.to_string(), user.full_name())
        })
    }

    /// The message that this one answers, and whether that makes it a word among colleagues. In a topic every message
    /// may look like an answer to the service message that began the topic, which it is not.
    fn answered(&self, message: &Message) -> (Option<PostId>, Option<Aside>) {
        let Some(to) = message.reply_to_message() else {
            return (None, None);
        };
        let began = matches!(to.kind, MessageKind::ForumTopicCreated(_));
        if began || message.thread_id == Some(ThreadId(to.id)) {
            return (None, None);
        }
        let quotes = post_id(to.chat.id.0, to.id.0);
        let ours = to.from.as_ref().is_some_and(|user| user.id == self.own);
        let own = self.speaker(to).is_some() && self.speaker(to) == self.speaker(message);
        (Some(quotes), (!ours && !own).then_some(Aside::Reply))
    }

    fn begins_with_mention(&self, message: &Message) -> bool {
        let words = message.text().or(message.caption()).unwrap_or_default();
        let space = words.len() - words.trim_start().len();
        let first = words[..space].encode_utf16().count();
        let marks = message.entities().or(message.caption_entities());
        let mut marks = marks.unwrap_or_default().iter();
        marks.any(|mark| {
            mark.offset <= first
                && match &mark.kind {
                    MessageEntityKind::Mention => true,
                    MessageEntityKind::TextMention { user } => user.id != self.own,
                    _ => false,
                }
        })
    }
}

/// Message ids are counted per chat, so the chat belongs to the name.
pub(super) fn post_id(chat: i64, message: i32) -> PostId {
    PostId(format!("{chat}/{message}"))
}

/// The message's number, if the post is in this chat.
pub(super) fn message_of(chat: i64, post: &PostId) -> Option<i32> {
    let (of, message) = post.0.split_once('/')?;
    (of.parse() == Ok(chat)).then(|| message.parse().ok())?
}

/// The press to acknowledge, if this update is one.
pub(super) fn press(update: &Update) -> Option<&CallbackQuery> {
    match &update.kind {
        UpdateKind::CallbackQuery(query) => Some(query),
        _ => None,
    }
}

fn group_of(group: &teloxide::types::Chat) -> Person {
    let name = group.title().unwrap_or("Team").to_owned();
    Person::new(format!("chat:{}", group.id.0), name)
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

/// The words and files of a message, and a note where it holds more than those, so that nothing is lost unseen.
fn content(message: &Message) -> Option<(Text, Vec<crate::RemoteFile>)> {
    let thing = media::thing(message)?;
    let words = message.text().or(message.caption()).unwrap_or_default();
    let marks = message.entities().or(message.caption_entities());
    let Text(mut blocks) = entities::read(words, marks.unwrap_or_default());
    let mut files = Vec::new();
    match thing {
        media::Thing::Words => {}
        media::Thing::File(file) => files.push(file),
        media::Thing::Named(what) => {
            let text = format!("[{what}, which cannot be shown here]");
            blocks.push(Block::Paragraph {
                children: vec![Inline::Text { text }],
            });
        }
    }
    (!blocks.is_empty() || !files.is_empty()).then_some((Text(blocks), files))
}

fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| {
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    })
}

#[cfg(test)]
#[path = "read_tests.rs"]
mod tests;
