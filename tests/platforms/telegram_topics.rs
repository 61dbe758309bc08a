//! Topics in the Telegram for tests (<https://core.telegram.org/bots/api#createforumtopic> and its neighbours).

use serde::Deserialize;
use serde_json::json;

use super::{
    groups::group,
    methods::{Outcome, failed, too_many},
    state::{State, Topic},
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreateForumTopic {
    chat_id: i64,
    name: String,
}

pub fn create(state: &mut State, params: CreateForumTopic) -> Outcome {
    group(state, params.chat_id)?.needs_topics()?;
    check_name(&params.name)?;
    state.spend(params.chat_id).map_err(too_many)?;
    let id = state.message_id();
    state.topics.push(Topic {
        id,
        chat: params.chat_id,
        name: params.name.clone(),
        open: true,
    });
    Ok(json!({"message_thread_id": id, "name": params.name, "icon_color": 7_322_096}))
}

fn check_name(name: &str) -> Result<(), super::methods::Failed> {
    match name.trim().is_empty() || name.chars().count() > 128 {
        true => Err(failed(400, "Bad Request: TOPIC_TITLE_INVALID")),
        false => Ok(()),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OneTopic {
    chat_id: i64,
    message_thread_id: i32,
}

pub fn set_open(state: &mut State, params: OneTopic, open: bool) -> Outcome {
    find(state, params.chat_id, params.message_thread_id)?;
    state.spend(params.chat_id).map_err(too_many)?;
    match state.set_open(params.message_thread_id, open) {
        true => Ok(true.into()),
        false => Err(failed(400, "Bad Request: TOPIC_NOT_MODIFIED")),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EditForumTopic {
    chat_id: i64,
    message_thread_id: i32,
    name: String,
}

pub fn rename(state: &mut State, params: EditForumTopic) -> Outcome {
    find(state, params.chat_id, params.message_thread_id)?;
    check_name(&params.name)?;
    state.spend(params.chat_id).map_err(too_many)?;
    for topic in &mut state.topics {
        if topic.id == params.message_thread_id {
            topic.name.clone_from(&params.name);
        }
    }
    Ok(true.into())
}

pub fn delete(state: &mut State, params: OneTopic) -> Outcome {
    find(state, params.chat_id, params.message_thread_id)?;
    state.spend(params.chat_id).map_err(too_many)?;
    let id = params.message_thread_id;
    state.topics.retain(|topic| topic.id != id);
    Ok(true.into())
}

fn find(state: &State, chat: i64, topic: i32) -> Result<(), super::methods::Failed> {
    group(state, chat)?.needs_topics()?;
    match state.topic(topic).is_some_and(|found| found.chat == chat) {
        true => Ok(()),
        false => Err(failed(400, "Bad Request: TOPIC_ID_INVALID")),
    }
}
