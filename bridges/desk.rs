//! The desk: the built-in bridge, for the demo and for teams without a platform.
//!
//! The desk page reads the conversation's own log, and that log is on disk before anybody calls a
//! bridge. So there is nothing left to carry: a line that is on disk *is* at the desk, and saying
//! "sent" here is the plain truth. Replies from the desk come in through the HTTP interface and never
//! through `listen`.

use async_trait::async_trait;

use crate::{
    Bridge, Channel, DeskThread, FetchError, Finding, Inbox, Line, Mark, Opened, Part, Post,
    PostChange, PostId, RemoteFile, SendError, SendStopped, Thread,
};

/// Holds nothing: every desk thread lives in the store of the conversation it belongs to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Desk;

#[async_trait]
impl Bridge for Desk {
    /// A desk thread is known by the delivery that opened it, so that a repeat opens the same one.
    async fn open(
        &self,
        channel: &Channel,
        _title: &str,
        first: &Line,
    ) -> Result<Opened, SendError> {
        match channel {
            Channel::Desk => Ok(Opened {
                thread: Thread::Desk(DeskThread {
                    id: first.delivery.clone(),
                }),
                posts: vec![post(first)],
            }),
            other => Err(foreign(other)),
        }
    }

    async fn send(&self, thread: &Thread, batch: &[Line]) -> Result<Vec<Post>, SendStopped> {
        match thread {
            Thread::Desk(_) => Ok(batch.iter().map(post).collect()),
            other => Err(SendStopped {
                sent: Vec::new(),
                error: foreign(other),
            }),
        }
    }

    /// The desk page shows every message as the log has it now.
    async fn change(
        &self,
        thread: &Thread,
        _posts: &[PostId],
        _change: &PostChange,
    ) -> Result<Vec<Post>, SendError> {
        match thread {
            Thread::Desk(_) => Ok(Vec::new()),
            other => Err(foreign(other)),
        }
    }

    /// The desk page shows a thread as done when the conversation's log says so.
    async fn mark(&self, thread: &Thread, _mark: &Mark) -> Result<(), SendError> {
        match thread {
            Thread::Desk(_) => Ok(()),
            other => Err(foreign(other)),
        }
    }

    /// The desk hears of it through the feed.
    async fn typing(&self, _thread: &Thread) -> Result<(), SendError> {
        Ok(())
    }

    /// Files come in with the reply itself.
    async fn fetch(&self, file: &RemoteFile, _limit: u64) -> Result<Vec<u8>, FetchError> {
        Err(FetchError::Gone(format!(
            "the desk keeps no {}",
            file.handle
        )))
    }

    /// Never returns: there is nothing to fetch, and nothing that could fail.
    async fn listen(&self, _inbox: &dyn Inbox) -> SendError {
        std::future::pending().await
    }

    async fn check(&self) -> Result<(), SendError> {
        Ok(())
    }

    async fn examine(&self, _channels: &[Channel], _agents_by_role: &[String]) -> Vec<Finding> {
        vec![Finding::good("the desk is part of this server")]
    }
}

/// Every line is a post of its own, named after its delivery.
fn post(line: &Line) -> Post {
    Post {
        id: PostId(line.delivery.clone()),
        carries: vec![Part {
            delivery: line.delivery.clone(),
            index: 0,
            last: true,
        }],
    }
}

/// A target that points at another platform is a mistake in the configuration; waiting cannot heal it.
fn foreign(place: &impl std::fmt::Debug) -> SendError {
    SendError::Refused(format!("the desk has no such place: {place:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{LineAuthor, TelegramThread, text::Text};

    fn line(delivery: &str) -> Line {
        let name = "Ada".to_owned();
        Line::new(delivery, LineAuthor::Visitor { name }, Text::plain("Hello"))
    }

    #[tokio::test]
    async fn a_repeated_opening_gives_the_same_thread() {
        let card = line("d1");
        let first = Desk.open(&Channel::Desk, "Ada", &card).await.unwrap();
        let second = Desk.open(&Channel::Desk, "Ada", &card).await.unwrap();
        assert_eq!(first, second);
        assert_eq!(first.thread, Thread::Desk(DeskThread { id: "d1".into() }));
    }

    #[tokio::test]
    async fn every_line_is_one_complete_post() {
        let thread = Thread::Desk(DeskThread { id: "d1".into() });
        let posts = Desk.send(&thread, &[line("d2"), line("d3")]).await.unwrap();
        let ids: Vec<_> = posts.iter().map(|post| post.id.0.as_str()).collect();
        assert_eq!(ids, ["d2", "d3"]);
        assert!(posts.iter().all(|post| post.carries[0].last));
    }

    #[tokio::test]
    async fn a_thread_of_another_platform_is_refused() {
        let thread = Thread::Telegram(TelegramThread { chat: -1, topic: 2 });
        let stopped = Desk.send(&thread, &[line("d2")]).await.unwrap_err();
        assert!(matches!(stopped.error, SendError::Refused(_)));
        assert!(stopped.sent.is_empty());
        let closed = Desk.mark(&thread, &Mark::Done).await;
        assert!(matches!(closed, Err(SendError::Refused(_))));
    }

    #[tokio::test]
    async fn the_check_passes() {
        assert!(Desk.check().await.is_ok());
    }
}
