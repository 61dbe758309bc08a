//! `World`: what everybody in the story knows: where the server is now, how many acknowledgements were seen,
//! whether the kills are over, and whether anybody is left to answer.

use std::time::Duration;

use tokio::sync::watch;

use crate::support::DEADLINE;

pub struct World {
    pub seed: u64,
    url: watch::Sender<String>,
    acknowledged: watch::Sender<u64>,
    calm: watch::Sender<bool>,
    closed: watch::Sender<bool>,
}

impl World {
    pub fn new(seed: u64, url: &str) -> World {
        World {
            seed,
            url: watch::Sender::new(url.to_owned()),
            acknowledged: watch::Sender::new(0),
            calm: watch::Sender::new(false),
            closed: watch::Sender::new(false),
        }
    }

    /// Somebody was told that something is on disk. These moments are what kills are timed by.
    pub fn acknowledged(&self) {
        self.acknowledged.send_modify(|count| *count += 1);
    }

    pub fn acknowledgements(&self) -> u64 {
        *self.acknowledged.borrow()
    }

    pub async fn wait_for_acknowledgements(&self, more: u64) {
        let wanted = self.acknowledgements() + more;
        let mut count = self.acknowledged.subscribe();
        let enough = count.wait_for(|count| *count >= wanted);
        let waited = tokio::time::timeout(DEADLINE, enough).await;
        let enough = waited.unwrap_or_else(|_| panic!("{more} acknowledgements never came"));
        drop(enough.expect("the sender is in `self`"));
    }

    pub fn url(&self) -> String {
        self.url.borrow().clone()
    }

    pub fn moved(&self, url: &str) {
        self.url.send_replace(url.to_owned());
    }

    /// After a failure at `url`: until the server is elsewhere. It may also have been a failure of the moment,
    /// so nobody waits long.
    pub async fn wait_for_news(&self, url: &str) {
        let mut current = self.url.subscribe();
        let moved = current.wait_for(|current| current != url);
        if let Ok(moved) = tokio::time::timeout(Duration::from_millis(200), moved).await {
            drop(moved.expect("the sender is in `self`"));
        }
    }

    /// The kills are over; guests come to an end.
    pub fn calm_down(&self) {
        self.calm.send_replace(true);
    }

    pub fn is_calm(&self) -> bool {
        *self.calm.borrow()
    }

    /// The guests have gone; the teams may go too.
    pub fn close(&self) {
        self.closed.send_replace(true);
    }

    pub fn is_closed(&self) -> bool {
        *self.closed.borrow()
    }

    pub async fn wait_for_close(&self) {
        let mut closed = self.closed.subscribe();
        let closed = closed.wait_for(|closed| *closed).await;
        drop(closed.expect("the sender is in `self`"));
    }
}
