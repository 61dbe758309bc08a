//! `Openings`: threads that are just being opened. A platform shows a new thread before we have written down whose it
//! is, and a colleague may be quick.

use std::collections::BTreeMap;

use hinny_bridges::{Channel, Thread};
use tokio::sync::watch;

/// The channels in which threads are being opened, by ticket.
#[derive(Default)]
pub struct Openings(watch::Sender<BTreeMap<u64, Channel>>);

/// One that is under way; it is over when this is dropped.
pub struct Opening<'a> {
    all: &'a Openings,
    ticket: u64,
}

impl Openings {
    pub fn begin(&self, channel: &Channel) -> Opening<'_> {
        let mut ticket = 0;
        self.0.send_modify(|open| {
            ticket = open.last_key_value().map_or(0, |(last, _)| last + 1);
            open.insert(ticket, channel.clone());
        });
        Opening { all: self, ticket }
    }

    /// Waits until what may be this thread is stored or was given up. `false` when nothing was under way.
    pub async fn settled(&self, thread: &Thread) -> bool {
        let mut open = self.0.subscribe();
        let mine = |open: &BTreeMap<u64, Channel>| {
            let near = open.iter().filter(|(_, channel)| thread.is_in(channel));
            near.map(|(ticket, _)| *ticket).collect::<Vec<u64>>()
        };
        let tickets = mine(&open.borrow());
        if tickets.is_empty() {
            return false;
        }
        let over = open.wait_for(|open| !tickets.iter().any(|ticket| open.contains_key(ticket)));
        // The sender lives in `self`, so this ends by what it waits for.
        over.await.is_ok()
    }
}

impl Drop for Opening<'_> {
    fn drop(&mut self) {
        self.all.0.send_modify(|open| {
            open.remove(&self.ticket);
        });
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;
    use hinny_bridges::{SlackChannel, SlackThread};

    use super::*;

    fn channel(id: &str) -> Channel {
        Channel::Slack(SlackChannel { channel: id.into() })
    }

    fn thread(id: &str) -> Thread {
        Thread::Slack(SlackThread {
            channel: id.into(),
            ts: "1".into(),
        })
    }

    #[tokio::test]
    async fn a_quick_reply_waits_for_its_thread_and_for_no_other() {
        let openings = Openings::default();
        let (one, two) = (thread("C1"), thread("C2"));
        assert!(!openings.settled(&one).await);
        let opening = openings.begin(&channel("C1"));
        assert!(!openings.settled(&two).await);
        let mut waiting = Box::pin(openings.settled(&one));
        assert_eq!(waiting.as_mut().now_or_never(), None);
        let later = openings.begin(&channel("C1"));
        drop(opening);
        assert!(waiting.await, "what began later is not waited for");
        drop(later);
        assert!(!openings.settled(&one).await);
    }
}
