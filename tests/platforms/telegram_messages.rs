//! Messages in the Telegram for tests: sending, editing and deleting them
//! (<https://core.telegram.org/bots/api#sendmessage>, <https://core.telegram.org/bots/api#editmessagetext>,
//! <https://core.telegram.org/bots/api#deletemessage>).

use std::time::Instant;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    checks::{check_buttons, check_text},
    groups::{BotRole, group},
    methods::{Failed, Outcome, failed, too_many},
    state::{Posted, State, bot, now},
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SendMessage {
    chat_id: i64,
    message_thread_id: Option<i32>,
    text: String,
    #[serde(default)]
    entities: Vec<Value>,
    link_preview_options: LinkPreviewOptions,
    reply_parameters: Option<ReplyParameters>,
    reply_markup: Option<Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LinkPreviewOptions {
    is_disabled: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReplyParameters {
    message_id: i32,
    #[serde(default)]
    allow_sending_without_reply: bool,
}

/// Where a new message of the bot's goes, and what goes with it.
pub struct Place {
    pub chat: i64,
    pub topic: Option<i32>,
    pub reply: Option<ReplyParameters>,
    pub buttons: Option<Value>,
}

pub fn send(state: &mut State, params: SendMessage) -> Outcome {
    let place = Place {
        chat: params.chat_id,
        topic: params.message_thread_id,
        reply: params.reply_parameters,
        buttons: params.reply_markup,
    };
    let (mut message, mut posted) = begin(state, place)?;
    no_previews(&params.link_preview_options)?;
    posted.pings = refused(check_text(&params.text, &params.entities))?;
    state.spend(params.chat_id).map_err(too_many)?;
    message["text"] = params.text.clone().into();
    message["entities"] = params.entities.clone().into();
    posted.text = params.text;
    posted.entities = params.entities;
    Ok(finish(state, message, posted))
}

/// The frame of a message that may be posted.
pub fn begin(state: &mut State, place: Place) -> Result<(Value, Posted), Failed> {
    group(state, place.chat)?;
    if let Some(id) = place.topic {
        let topic = state.topic(id).filter(|topic| topic.chat == place.chat);
        let topic = topic.ok_or_else(|| failed(400, "Bad Request: message thread not found"))?;
        if !topic.open {
            return Err(failed(400, "Bad Request: TOPIC_CLOSED"));
        }
    }
    let quoted = match &place.reply {
        Some(reply) => find_quoted(state, place.chat, reply)?,
        None => None,
    };
    let buttons = refused(check_buttons(place.buttons.as_ref()))?;
    let mut message = state.message(place.chat, place.topic, bot());
    let id = id_of(&message);
    let mut posted = Posted::words(id, place.chat, place.topic, "", Instant::now());
    if let Some(mut quoted) = quoted {
        posted.reply_to = Some(id_of(&quoted));
        quoted["reply_to_message"].take();
        message["reply_to_message"] = quoted;
    }
    if let Some(buttons) = place.buttons {
        message["reply_markup"] = buttons;
    }
    posted.buttons = buttons;
    Ok((message, posted))
}

fn find_quoted(state: &State, chat: i64, reply: &ReplyParameters) -> Result<Option<Value>, Failed> {
    match state.messages.get(&(chat, reply.message_id)) {
        Some(message) => Ok(Some(message.clone())),
        None if reply.allow_sending_without_reply => Ok(None),
        None => Err(failed(400, "Bad Request: message to be replied not found")),
    }
}

pub fn finish(state: &mut State, message: Value, posted: Posted) -> Value {
    state.keep(&message);
    state.posts.push(posted);
    message
}

fn no_previews(options: &LinkPreviewOptions) -> Result<(), Failed> {
    match options.is_disabled {
        true => Ok(()),
        false => Err(failed(
            400,
            "Bad Request: previews fetch what visitors name",
        )),
    }
}

pub fn refused<T>(checked: Result<T, String>) -> Result<T, Failed> {
    checked.map_err(|description| failed(400, description))
}

fn id_of(message: &Value) -> i32 {
    let id = message["message_id"].as_i64();
    let id = id.and_then(|id| i32::try_from(id).ok());
    id.expect("the server counts its messages itself")
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EditMessageText {
    chat_id: i64,
    message_id: i32,
    text: String,
    #[serde(default)]
    entities: Vec<Value>,
    link_preview_options: LinkPreviewOptions,
    reply_markup: Option<Value>,
}

pub fn edit_text(state: &mut State, params: EditMessageText) -> Outcome {
    no_previews(&params.link_preview_options)?;
    let pings = refused(check_text(&params.text, &params.entities))?;
    let change = Change {
        chat: params.chat_id,
        id: params.message_id,
        words: Some(("text", params.text, params.entities)),
        buttons: params.reply_markup,
    };
    edit(state, change, pings)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EditMessageCaption {
    chat_id: i64,
    message_id: i32,
    #[serde(default)]
    caption: String,
    #[serde(default)]
    caption_entities: Vec<Value>,
    reply_markup: Option<Value>,
}

pub fn edit_caption(state: &mut State, params: EditMessageCaption) -> Outcome {
    let pings = refused(super::checks::check_caption(
        &params.caption,
        &params.caption_entities,
    ))?;
    let change = Change {
        chat: params.chat_id,
        id: params.message_id,
        words: Some(("caption", params.caption, params.caption_entities)),
        buttons: params.reply_markup,
    };
    edit(state, change, pings)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EditMessageReplyMarkup {
    chat_id: i64,
    message_id: i32,
    reply_markup: Option<Value>,
}

pub fn edit_buttons(state: &mut State, params: EditMessageReplyMarkup) -> Outcome {
    let change = Change {
        chat: params.chat_id,
        id: params.message_id,
        words: None,
        buttons: params.reply_markup,
    };
    edit(state, change, Vec::new())
}

struct Change {
    chat: i64,
    id: i32,
    /// The field, the words and their entities.
    words: Option<(&'static str, String, Vec<Value>)>,
    /// An edit without buttons takes them away.
    buttons: Option<Value>,
}

fn edit(state: &mut State, change: Change, pings: Vec<String>) -> Outcome {
    group(state, change.chat)?;
    let buttons = refused(check_buttons(change.buttons.as_ref()))?;
    let key = (change.chat, change.id);
    let before = state.messages.get(&key);
    let before = before.ok_or_else(|| failed(400, "Bad Request: message to edit not found"))?;
    let mut message = edited(before, &change)?;
    if message == *before {
        return Err(failed(400, NOT_MODIFIED));
    }
    state.spend(change.chat).map_err(too_many)?;
    // What is compared next time is the content, so the date of the edit is not kept.
    state.messages.insert(key, message.clone());
    message["edit_date"] = now().into();
    let posts = state.posts.iter_mut();
    for post in posts.filter(|post| (post.chat, post.id) == key) {
        if let Some((_, words, entities)) = &change.words {
            post.text.clone_from(words);
            post.entities.clone_from(entities);
        }
        post.pings.extend(pings.iter().cloned());
        post.buttons.clone_from(&buttons);
        post.edits += 1;
    }
    Ok(message)
}

const NOT_MODIFIED: &str = "Bad Request: message is not modified: specified new message content and reply \
    markup are exactly the same as a current content and reply markup of the message";

/// The message as it is after a change that the bot may make.
fn edited(before: &Value, change: &Change) -> Result<Value, Failed> {
    let mut message = before.clone();
    if message["from"]["id"] != 123 {
        return Err(failed(400, "Bad Request: message can't be edited"));
    }
    if let Some((field, words, entities)) = &change.words {
        if (*field == "text") != message["text"].is_string() {
            let text = format!("Bad Request: there is no {field} in the message to edit");
            return Err(failed(400, text));
        }
        message[*field] = words.as_str().into();
        let marks = if *field == "text" {
            "entities"
        } else {
            "caption_entities"
        };
        message[marks] = entities.clone().into();
    }
    let fields = message.as_object_mut().expect("a message is an object");
    match &change.buttons {
        Some(buttons) => fields.insert("reply_markup".to_owned(), buttons.clone()),
        None => fields.remove("reply_markup"),
    };
    Ok(message)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OneMessage {
    chat_id: i64,
    message_id: i32,
}

/// A bot may delete its own messages for 48 hours, and all messages for ever with the right to.
pub fn delete(state: &mut State, params: OneMessage) -> Outcome {
    let group = group(state, params.chat_id)?;
    let may_all = matches!(group.bot, BotRole::Admin { delete: true, .. });
    let key = (params.chat_id, params.message_id);
    let Some(message) = state.messages.get(&key) else {
        return Err(failed(400, "Bad Request: message to delete not found"));
    };
    let own = message["from"]["id"] == 123;
    if !may_all && (!own || state.old.contains(&key)) {
        return Err(failed(400, "Bad Request: message can't be deleted"));
    }
    state.messages.remove(&key);
    let (gone, left) = state
        .posts
        .drain(..)
        .partition(|post| (post.chat, post.id) == key);
    state.posts = left;
    state.deleted.extend::<Vec<Posted>>(gone);
    Ok(json!(true))
}
