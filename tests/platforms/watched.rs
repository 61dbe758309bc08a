//! What the handlers of a platform server and its test share: one state, whose every change is announced, so that nobody
//! has to sleep.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::sync::watch;

pub struct Watched<S> {
    state: Mutex<S>,
    changes: watch::Sender<u64>,
}

impl<S> Watched<S> {
    pub fn new(state: S) -> Self {
        Watched {
            state: Mutex::new(state),
            changes: watch::channel(0).0,
        }
    }

    pub fn look<T>(&self, look: impl FnOnce(&S) -> T) -> T {
        look(&self.lock())
    }

    pub fn change<T>(&self, change: impl FnOnce(&mut S) -> T) -> T {
        let result = change(&mut self.lock());
        self.changes.send_modify(|count| *count += 1);
        result
    }

    /// For changes that concern nobody who waits.
    pub fn lock(&self) -> MutexGuard<'_, S> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Waits until `look` finds what it looks for; nothing if it does not within `patience`.
    pub async fn until<T>(&self, patience: Duration, look: impl Fn(&S) -> Option<T>) -> Option<T> {
        let mut changes = self.subscribe();
        let waiting = async {
            loop {
                changes.mark_unchanged();
                if let Some(found) = self.look(&look) {
                    return found;
                }
                changes
                    .changed()
                    .await
                    .expect("the server outlives its waiters");
            }
        };
        tokio::time::timeout(patience, waiting).await.ok()
    }
}
