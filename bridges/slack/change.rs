//! Changes what stands there: edits and deletions of hinny's posts, reactions, and the marks of a whole thread.
//! Every one of these may be done twice without harm, so no outcome of them is ambiguous.

use serde_json::{Value, json};

use super::{
    Slack,
    classify::{Failure, harmless},
    heard::{own_part, post_id},
    model::Done,
    pack::{Message, messages, metadata},
    post::{Place, carrying},
};
use crate::{Line, Post, PostId, SendError, SlackThread};

/// A closed conversation's card carries this.
const DONE: &str = "white_check_mark";

impl Slack {
    /// The words of the lines go into the posts that are there; what is missing is posted, what is left over is
    /// deleted. Files stay as they are, unless the lines have none any more.
    pub(super) async fn edit(
        &self,
        thread: &SlackThread,
        posts: &[PostId],
        lines: &[Line],
    ) -> Result<Vec<Post>, SendError> {
        let (files, words): (Vec<&PostId>, Vec<&PostId>) =
            posts.iter().partition(|post| is_file(post));
        let mut left = words.into_iter();
        let mut changed = Vec::new();
        for line in lines {
            let messages = messages(line, self.answered(thread, line).await?);
            let count = messages.len() + line.files.len();
            for (index, message) in messages.iter().enumerate() {
                let id = match left.next() {
                    Some(post) => {
                        self.update(thread, post, message).await?;
                        post.clone()
                    }
                    None => {
                        let place = Place::from(thread);
                        let ts = self.post(place, message, &line.delivery, index).await?;
                        post_id(&thread.channel, &ts)
                    }
                };
                changed.push(carrying(id, line, index, index + 1 == count));
            }
        }
        let mut over: Vec<PostId> = left.cloned().collect();
        if lines.iter().all(|line| line.files.is_empty()) {
            over.extend(files.into_iter().cloned());
        }
        self.delete(thread, &over).await?;
        // What carries nothing is not there any more.
        changed.extend(over.into_iter().map(gone));
        Ok(changed)
    }

    async fn update(
        &self,
        thread: &SlackThread,
        post: &PostId,
        message: &Message,
    ) -> Result<(), SendError> {
        let body = json!({
            "channel": thread.channel, "ts": own_part(post), "text": message.text,
            "blocks": message.blocks, "metadata": message.metadata,
        });
        self.idempotent("chat.update", &body, &["message_not_found"])
            .await
    }

    pub(super) async fn delete(
        &self,
        thread: &SlackThread,
        posts: &[PostId],
    ) -> Result<Vec<Post>, SendError> {
        for post in posts {
            let own = own_part(post);
            match is_file(post) {
                true => {
                    let gone = ["file_not_found", "file_deleted"];
                    self.idempotent("files.delete", &json!({"file": own}), &gone)
                        .await?;
                }
                false => {
                    let body = json!({"channel": thread.channel, "ts": own});
                    self.idempotent("chat.delete", &body, &["message_not_found"])
                        .await?;
                }
            }
        }
        Ok(Vec::new())
    }

    pub(super) async fn react(
        &self,
        thread: &SlackThread,
        post: &PostId,
        name: &str,
        on: bool,
    ) -> Result<(), SendError> {
        let body = json!({"channel": thread.channel, "timestamp": own_part(post), "name": name});
        let method = match on {
            true => "reactions.add",
            false => "reactions.remove",
        };
        let same = ["already_reacted", "no_reaction", "message_not_found"];
        self.idempotent(method, &body, &same).await
    }

    /// Threads cannot be closed on Slack, so a check mark on the card says that the conversation is.
    pub(super) async fn mark_done(
        &self,
        thread: &SlackThread,
        done: bool,
    ) -> Result<(), SendError> {
        let root = post_id(&thread.channel, &thread.ts);
        self.react(thread, &root, DONE, done).await
    }

    /// Slack lets an app neither join nor follow for somebody else, but who is mentioned in a thread follows it
    /// (<https://slack.com/help/articles/115000769927>). Who has written in it follows it already.
    pub(super) async fn follow(&self, thread: &SlackThread, member: &str) -> Result<(), SendError> {
        let place = Place::from(thread);
        let delivery = format!("follow-{member}");
        let seen = self.replies(&thread.channel, &thread.ts, None).await?;
        let told = metadata(&delivery, 0)["event_payload"].clone();
        let follows = seen.iter().any(|message| {
            let metadata = message.metadata.as_ref();
            let mentioned = metadata.is_some_and(|metadata| metadata.event_payload == told);
            mentioned || message.user.as_deref() == Some(member)
        });
        if follows {
            return Ok(());
        }
        let mut line = Line::new(
            delivery,
            crate::LineAuthor::Hinny,
            crate::text::Text::plain("answers from here on."),
        );
        line.mention = Some(crate::Mention::Person(member.to_owned()));
        let message = messages(&line, None).remove(0);
        self.post(place, &message, &line.delivery, 0).await?;
        Ok(())
    }

    /// A call that finds the world as it should be has done its work.
    async fn idempotent(
        &self,
        method: &'static str,
        body: &Value,
        done: &[&str],
    ) -> Result<(), SendError> {
        let answer: Result<Done, Failure> = self.client.post(method, body).await;
        match answer {
            Ok(Done {}) => Ok(()),
            Err(failure) if failure.is(done) => Ok(()),
            Err(failure) => Err(harmless(failure.into_error())),
        }
    }
}

fn gone(id: PostId) -> Post {
    let carries = Vec::new();
    Post { id, carries }
}

/// The post of a file is named by the file: Slack does not say which message it makes of an upload.
fn is_file(post: &PostId) -> bool {
    own_part(post).starts_with('F')
}
