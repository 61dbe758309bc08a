//! Posts lines. Slack knows no idempotency key, so every message carries its delivery and part in its metadata
//! (<https://docs.slack.dev/messaging/message-metadata>), and where an earlier attempt may have posted it already
//! the thread is read back first.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::json;

use super::{
    Slack,
    classify::Failure,
    heard::{is_own, own_part, post_id},
    model::{Me, Message as Seen},
    pack::{Message, messages},
    render::{Run, Style},
};
use crate::{Line, Opened, Part, Post, PostId, SendError, SlackThread, Thread};

/// Clocks differ: what is looked for may be stamped a little earlier than we think.
const SKEW: i64 = 60_000;

/// Where a message goes: into the channel, or into a thread of it.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) channel: &'a str,
    pub(super) root: Option<&'a str>,
}

impl<'a> From<&'a SlackThread> for Place<'a> {
    fn from(thread: &'a SlackThread) -> Self {
        Place {
            channel: &thread.channel,
            root: Some(&thread.ts),
        }
    }
}

/// Own messages and files that an earlier attempt left behind.
#[derive(Default)]
pub(super) struct Standing {
    parts: HashMap<u64, String>,
    files: Vec<(String, u64, String)>,
}

impl Slack {
    /// The first message of the card is the root of the thread. The rest follows by `send`.
    pub(super) async fn open_thread(
        &self,
        channel: &str,
        first: &Line,
    ) -> Result<Opened, SendError> {
        let root = None;
        let place = Place { channel, root };
        let standing = self.standing(place, first).await?;
        let messages = messages(first, None);
        let last = messages.len() == 1 && first.files.is_empty();
        let ts = match standing.parts.get(&0) {
            Some(ts) => ts.clone(),
            None => self.post(place, &messages[0], &first.delivery, 0).await?,
        };
        let posts = vec![carrying(post_id(channel, &ts), first, 0, last)];
        let channel = channel.to_owned();
        let thread = Thread::Slack(SlackThread { channel, ts });
        Ok(Opened { thread, posts })
    }

    pub(super) async fn say(
        &self,
        thread: &SlackThread,
        batch: &[Line],
        sent: &mut Vec<Post>,
    ) -> Result<(), SendError> {
        for line in batch {
            self.say_line(thread, line, sent).await?;
        }
        Ok(())
    }

    async fn say_line(
        &self,
        thread: &SlackThread,
        line: &Line,
        sent: &mut Vec<Post>,
    ) -> Result<(), SendError> {
        let place = Place::from(thread);
        let mut standing = self.standing(place, line).await?;
        let messages = messages(line, self.answered(thread, line).await?);
        let count = messages.len() + line.files.len();
        // The last part is always sent, else a line could never be completed.
        for index in (line.parts_done as usize).min(count - 1)..count {
            let id = match (standing.parts.remove(&(index as u64)), messages.get(index)) {
                (Some(ts), _) => post_id(&thread.channel, &ts),
                (None, Some(message)) => {
                    let ts = self.post(place, message, &line.delivery, index).await?;
                    post_id(&thread.channel, &ts)
                }
                (None, None) => {
                    let file = &line.files[index - messages.len()];
                    match standing.take_file(&file.name, file.bytes.len() as u64) {
                        Some(id) => post_id(&thread.channel, &id),
                        None => self.post_file(thread, line, file, index).await?,
                    }
                }
            };
            sent.push(carrying(id, line, index, index + 1 == count));
        }
        Ok(())
    }

    /// Posts one message. If nobody knows what came of it, the place is looked at at once; who finds it knows.
    pub(super) async fn post(
        &self,
        place: Place<'_>,
        message: &Message,
        delivery: &str,
        part: usize,
    ) -> Result<String, SendError> {
        let before = now();
        match self
            .try_post(place, message)
            .await
            .map_err(Failure::into_error)
        {
            Err(SendError::Ambiguous(why)) => {
                let found = self.find(place, delivery, before).await;
                let ts = found
                    .ok()
                    .and_then(|mut found| found.parts.remove(&(part as u64)));
                ts.ok_or(SendError::Ambiguous(why))
            }
            other => other,
        }
    }

    async fn try_post(&self, place: Place<'_>, message: &Message) -> Result<String, Failure> {
        #[derive(Deserialize)]
        struct Posted {
            ts: String,
        }
        let mut body = json!({
            "channel": place.channel, "text": message.text, "blocks": message.blocks,
            "metadata": message.metadata, "unfurl_links": false, "unfurl_media": false,
        });
        if let Some(root) = place.root {
            body["thread_ts"] = root.into();
        }
        let method = "chat.postMessage";
        let posted: Posted = self.client.post_into(place.channel, method, &body).await?;
        Ok(posted.ts)
    }

    /// What stands there already of a line whose sending is in doubt.
    async fn standing(&self, place: Place<'_>, line: &Line) -> Result<Standing, SendError> {
        match line.doubt_since {
            Some(since) => self.find(place, &line.delivery, since).await,
            None => Ok(Standing::default()),
        }
    }

    async fn find(
        &self,
        place: Place<'_>,
        delivery: &str,
        since: i64,
    ) -> Result<Standing, SendError> {
        let oldest = format!("{}.000000", since.saturating_sub(SKEW).max(0) / 1_000);
        let seen = match place.root {
            Some(root) => self.replies(place.channel, root, Some(&oldest)).await?,
            None => {
                let parameters = [
                    ("channel", place.channel),
                    ("oldest", &oldest),
                    ("include_all_metadata", "true"),
                    ("limit", "200"),
                ];
                self.pages("conversations.history", &parameters).await?
            }
        };
        Ok(standing(&self.me().await?, &seen, delivery))
    }

    /// A link to the post that a line answers: Slack's threads have no answers of their own.
    pub(super) async fn answered(
        &self,
        thread: &SlackThread,
        line: &Line,
    ) -> Result<Option<Run>, SendError> {
        let Some(quoted) = &line.quotes else {
            return Ok(None);
        };
        let workspace = self.me().await?.url;
        let (channel, root) = (&thread.channel, &thread.ts);
        let digits = own_part(quoted).replace('.', "");
        let url = format!("{workspace}archives/{channel}/p{digits}?thread_ts={root}&cid={channel}");
        let link = crate::links::safe_url(&url).map(String::from);
        let style = Style {
            italic: true,
            link,
            ..Style::default()
        };
        let text = "in answer to this message".to_owned();
        Ok(Some(Run { text, style }))
    }
}

impl Standing {
    fn take_file(&mut self, name: &str, size: u64) -> Option<String> {
        let same = |(other, bytes, _): &(String, u64, String)| other == name && *bytes == size;
        let at = self.files.iter().position(same)?;
        Some(self.files.remove(at).2)
    }
}

fn standing(me: &Me, seen: &[Seen], delivery: &str) -> Standing {
    let mut found = Standing::default();
    for message in seen.iter().filter(|message| is_own(message, me)) {
        if let Some(part) = part_of(message, delivery) {
            found.parts.insert(part, message.ts.clone());
        }
        for file in &message.files {
            let name = file.name.clone().unwrap_or_default();
            found.files.push((name, file.size, file.id.clone()));
        }
    }
    found
}

/// Which part of the delivery a message of ours carries.
fn part_of(message: &Seen, delivery: &str) -> Option<u64> {
    let metadata = message.metadata.as_ref()?;
    let payload = &metadata.event_payload;
    let ours = metadata.event_type == "hinny" && payload["delivery"] == delivery;
    ours.then(|| payload["part"].as_u64()).flatten()
}

pub(super) fn carrying(id: PostId, line: &Line, index: usize, last: bool) -> Post {
    let part = Part {
        delivery: line.delivery.clone(),
        index: u32::try_from(index).expect("a line has fewer parts than letters"),
        last,
    };
    Post {
        id,
        carries: vec![part],
    }
}

pub(super) fn now() -> i64 {
    let since = std::time::UNIX_EPOCH.elapsed().unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
