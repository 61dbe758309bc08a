//! `Lobby`: threads in which something takes a while, because a file is still being fetched. What comes there meanwhile
//! waits behind it, on disk, so that the order stays, nobody else is delayed, and a crash loses nothing.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hinny_bridges::{ConnectionId, Happened, Inbound, NotStored, Thread};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::inbound::{Replies, not_stored};
use crate::retry;
use crate::store::Stored;

/// Files that are fetched at once from one connection.
const FETCHES: usize = 8;

/// What the lobby remembers. The truth is in the store.
#[derive(Default)]
pub struct Lobby {
    /// Threads that somebody works through.
    busy: Mutex<HashSet<Thread>>,
    fetches: Mutex<HashMap<ConnectionId, Arc<Semaphore>>>,
}

impl Lobby {
    /// Whether this has to wait: it brings files, or others of its thread wait already.
    pub fn is_for(&self, thread: &Thread, what: &Happened) -> bool {
        let brings_files = matches!(what, Happened::Said(said) if !said.files.is_empty());
        let can_wait = !matches!(what, Happened::Typing);
        can_wait && (brings_files || self.busy().contains(thread))
    }

    /// How many files of a connection may be fetched at once is limited.
    pub fn fetches(&self, connection: &ConnectionId) -> Arc<Semaphore> {
        let mut all = self.fetches.lock().unwrap_or_else(PoisonError::into_inner);
        let made = || Arc::new(Semaphore::new(FETCHES));
        all.entry(connection.clone()).or_insert_with(made).clone()
    }

    /// `false` when somebody works through this thread already.
    fn begin(&self, thread: &Thread) -> bool {
        self.busy().insert(thread.clone())
    }

    fn busy(&self) -> MutexGuard<'_, HashSet<Thread>> {
        self.busy.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Somebody works through the thread as long as this lives.
struct Work<'a> {
    lobby: &'a Lobby,
    thread: &'a Thread,
}

impl Drop for Work<'_> {
    fn drop(&mut self) {
        self.lobby.busy().remove(self.thread);
    }
}

/// A place among those that fetch. `None` never happens: nobody closes the semaphore.
pub async fn place(fetches: &Semaphore) -> Option<SemaphorePermit<'_>> {
    fetches.acquire().await.ok()
}

impl Replies {
    /// Stores what has to wait, and sees to it that it is worked through.
    pub async fn let_wait(&self, thread: &Thread, inbound: &Inbound) -> Stored<()> {
        self.shell.store.keep_inbound(thread, inbound).await?;
        self.work_through(thread);
        Ok(())
    }

    /// After a start: what the process before this one left behind goes first.
    pub async fn resume(&self, connection: &ConnectionId) -> Stored<()> {
        for thread in self.shell.store.waiting_inbound(connection).await? {
            self.work_through(&thread);
        }
        Ok(())
    }

    fn work_through(&self, thread: &Thread) {
        if self.shell.lobby.begin(thread) {
            let (replies, thread) = (Replies::clone(self), thread.clone());
            self.shell
                .runtime
                .spawn(async move { while replies.take_all(&thread).await {} });
        }
    }

    /// Until nothing waits. `true` when something came while this was about to end, and nobody else saw it.
    async fn take_all(&self, thread: &Thread) -> bool {
        let work = Work {
            lobby: &self.shell.lobby,
            thread,
        };
        let mut failures = 0;
        loop {
            match self.take_next(thread).await {
                Ok(true) => failures = 0,
                Ok(false) => break,
                Err(_) if self.switchboard.is_stopping() => return false,
                Err(error) => {
                    failures += 1;
                    tracing::warn!(%error, "what waits in a thread could not be taken in yet");
                    tokio::time::sleep(retry::pause(&self.shell.timing, failures)).await;
                }
            }
        }
        drop(work);
        let left = self.shell.store.next_inbound(thread).await;
        !matches!(left, Ok(None)) && self.shell.lobby.begin(thread)
    }

    /// `false` when nothing waits.
    async fn take_next(&self, thread: &Thread) -> Result<bool, NotStored> {
        let store = &self.shell.store;
        let next = store.next_inbound(thread).await.map_err(not_stored)?;
        let Some(inbound) = next else {
            return Ok(false);
        };
        self.take_in_at(thread, inbound.clone()).await?;
        store.drop_inbound(&inbound).await.map_err(not_stored)?;
        Ok(true)
    }
}
