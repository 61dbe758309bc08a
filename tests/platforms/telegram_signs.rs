//! Small things in the Telegram for tests: reactions, answers to presses, "is typing".

use serde::Deserialize;
use serde_json::Value;

use super::{
    groups::group,
    methods::{Outcome, failed},
    state::State,
};

/// The emoji that may be reactions (<https://core.telegram.org/bots/api#reactiontypeemoji>).
pub const REACTIONS: [&str; 73] = [
    "❤",
    "👍",
    "👎",
    "🔥",
    "🥰",
    "👏",
    "😁",
    "🤔",
    "🤯",
    "😱",
    "🤬",
    "😢",
    "🎉",
    "🤩",
    "🤮",
    "💩",
    "🙏",
    "👌",
    "🕊",
    "🤡",
    "🥱",
    "🥴",
    "😍",
    "🐳",
    "❤‍🔥",
    "🌚",
    "🌭",
    "💯",
    "🤣",
    "⚡",
    "🍌",
    "🏆",
    "💔",
    "🤨",
    "😐",
    "🍓",
    "🍾",
    "💋",
    "🖕",
    "😈",
    "😴",
    "😭",
    "🤓",
    "👻",
    "👨‍💻",
    "👀",
    "🎃",
    "🙈",
    "😇",
    "😨",
    "🤝",
    "✍",
    "🤗",
    "🫡",
    "🎅",
    "🎄",
    "☃",
    "💅",
    "🤪",
    "🗿",
    "🆒",
    "💘",
    "🙉",
    "🦄",
    "😘",
    "💊",
    "🙊",
    "😎",
    "👾",
    "🤷‍♂",
    "🤷",
    "🤷‍♀",
    "😡",
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetMessageReaction {
    chat_id: i64,
    message_id: i32,
    #[serde(default)]
    reaction: Vec<Reaction>,
    is_big: Option<bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reaction {
    #[serde(rename = "type")]
    kind: String,
    emoji: String,
}

/// Bots may set one reaction per message.
pub fn react(state: &mut State, params: SetMessageReaction) -> Outcome {
    let group = group(state, params.chat_id)?;
    if params.is_big == Some(true) {
        return Err(failed(400, "Bad Request: a support desk makes no fuss"));
    }
    if params.reaction.len() > 1 {
        return Err(failed(400, "Bad Request: REACTIONS_TOO_MANY"));
    }
    for reaction in &params.reaction {
        let emoji = reaction.emoji.as_str();
        let here = group.reactions.as_ref();
        let here = here.is_none_or(|list| list.iter().any(|allowed| allowed == emoji));
        if reaction.kind != "emoji" || !REACTIONS.contains(&emoji) || !here {
            return Err(failed(400, "Bad Request: REACTION_INVALID"));
        }
    }
    let key = (params.chat_id, params.message_id);
    if !state.messages.contains_key(&key) {
        return Err(failed(400, "Bad Request: message to react not found"));
    }
    match params.reaction.into_iter().next() {
        Some(reaction) => state.reactions.insert(key, reaction.emoji),
        None => state.reactions.remove(&key),
    };
    Ok(true.into())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerCallbackQuery {
    callback_query_id: String,
}

pub fn answer_query(state: &mut State, params: AnswerCallbackQuery) -> Outcome {
    match state.open_queries.remove(&params.callback_query_id) {
        true => Ok(true.into()),
        false => Err(failed(
            400,
            "Bad Request: query is too old and response timeout expired or query ID is invalid",
        )),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SendChatAction {
    chat_id: i64,
    message_thread_id: Option<i32>,
    action: String,
}

pub fn chat_action(state: &mut State, params: SendChatAction) -> Outcome {
    group(state, params.chat_id)?;
    let gone = |id: i32| state.topic(id).is_none();
    if params.message_thread_id.is_some_and(gone) {
        return Err(failed(400, "Bad Request: message thread not found"));
    }
    match params.action.as_str() {
        "typing" | "upload_photo" | "upload_document" => Ok(Value::Bool(true)),
        _ => Err(failed(
            400,
            "Bad Request: wrong parameter action in request",
        )),
    }
}
