//! The desk: the built-in bridge, for the demo and for teams without a platform.
//!
//! The desk page reads the conversation's own log, and that log is on disk before anybody calls a
//! bridge. So there is nothing left to carry: a line that is on disk *is* at the desk, and saying
//! "sent" here is the plain truth. Replies from the desk come in through the HTTP interface and never
//! through `listen`.

use async_trait::async_trait;

use crate::{
    Bridge, Channel, DeskThread, Inbox, Line, Part, Post, PostId, SendError, SendStopped, Thread,
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
        delivery: &str,
    ) -> Result<Thread, SendError> {
        match channel {
            Channel::Desk => Ok(Thread::Desk(DeskThread {
                id: delivery.to_owned(),
            })),
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

    /// The desk page shows a thread as done when the conversation's log says so.
    async fn mark(&self, thread: &Thread, _open: bool) -> Result<(), SendError> {
        match thread {
            Thread::Desk(_) => Ok(()),
            other => Err(foreign(other)),
        }
    }

    /// Never returns: there is nothing to fetch, and nothing that could fail.
    async fn listen(&self, _inbox: &dyn Inbox) -> SendError {
        std::future::pending().await
    }

    async fn check(&self) -> Result<(), SendError> {
        Ok(())
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
        Line {
            delivery: delivery.to_owned(),
            author: LineAuthor::Visitor {
                name: "Ada".to_owned(),
            },
            text: Text::plain("Hello"),
            parts_done: 0,
        }
    }

    #[tokio::test]
    async fn a_repeated_opening_gives_the_same_thread() {
        let first = Desk.open(&Channel::Desk, "Ada", "d1").await.unwrap();
        let second = Desk.open(&Channel::Desk, "Ada", "d1").await.unwrap();
        assert_eq!(first, second);
        assert_eq!(first, Thread::Desk(DeskThread { id: "d1".into() }));
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
        let closed = Desk.mark(&thread, false).await;
        assert!(matches!(closed, Err(SendError::Refused(_))));
    }

    #[tokio::test]
    async fn the_check_passes() {
        assert!(Desk.check().await.is_ok());
    }
}
