//! The door to the writer: pieces of work, and who waits for each.

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use sqlx::sqlite::SqliteConnection;
use tokio::sync::{mpsc, oneshot};

use super::change::Rows;
use super::commit::Outcome;
use crate::store::{CommitError, StoreError, Stored};

/// Work that may wait; more than that waits at the door.
const QUEUE: usize = 4096;

/// What a waiting caller is told when the writer went away while it worked.
const GONE: &str = "the writer stopped while it worked on this";

/// A piece of work for the writer.
pub(super) enum Job {
    Commit(Box<CommitJob>),
    Other(Box<dyn Work>),
    Close(oneshot::Sender<()>),
}

/// A Change, what became of it, and who wants to know.
pub(super) struct CommitJob {
    pub rows: Rows,
    pub outcome: Option<Outcome>,
    reply: oneshot::Sender<Outcome>,
}

/// Any other writing verb.
pub(super) trait Work: Send {
    /// May be called again, in a fresh transaction; the last call counts.
    fn run<'a>(&'a mut self, conn: &'a mut SqliteConnection) -> BoxFuture<'a, Stored<()>>;

    /// Replaces what the last run made.
    fn fail(&mut self, error: StoreError);

    fn answer(self: Box<Self>);
}

/// A writing verb: a function of its arguments and the connection.
pub(super) type Verb<A, T> =
    for<'a> fn(&'a mut SqliteConnection, &'a A) -> BoxFuture<'a, Stored<T>>;

struct VerbJob<A, T> {
    args: A,
    verb: Verb<A, T>,
    outcome: Option<Stored<T>>,
    reply: oneshot::Sender<Stored<T>>,
}

impl<A: Send + Sync, T: Send> Work for VerbJob<A, T> {
    fn run<'a>(&'a mut self, conn: &'a mut SqliteConnection) -> BoxFuture<'a, Stored<()>> {
        async move {
            self.outcome = Some(Ok((self.verb)(conn, &self.args).await?));
            Ok(())
        }
        .boxed()
    }

    fn fail(&mut self, error: StoreError) {
        self.outcome = Some(Err(error));
    }

    fn answer(self: Box<Self>) {
        if let Some(outcome) = self.outcome {
            // An error means that nobody waits any more; the work is done all the same.
            self.reply.send(outcome).ok();
        }
    }
}

impl Job {
    /// The error is about the whole group: nothing of it was written.
    pub(super) fn fail(&mut self, error: StoreError) {
        match self {
            Job::Commit(job) => job.outcome = Some(Err(error.into())),
            Job::Other(job) => job.fail(error),
            Job::Close(_) => {}
        }
    }

    /// Written or not: nobody can tell.
    pub(super) fn lose(&mut self, why: &str) {
        match self {
            Job::Commit(job) => {
                job.outcome = Some(Err(CommitError::OutcomeUnknown(why.to_owned())));
            }
            Job::Other(job) => job.fail(StoreError::Failed(why.to_owned())),
            Job::Close(_) => {}
        }
    }

    pub(super) fn answer(self) {
        match self {
            // An error means that nobody waits any more; the work is done all the same.
            Job::Commit(job) => {
                if let Some(outcome) = job.outcome {
                    job.reply.send(outcome).ok();
                }
            }
            Job::Other(job) => job.answer(),
            Job::Close(reply) => {
                reply.send(()).ok();
            }
        }
    }
}

/// Cheap to clone; the writer ends when the last clone is gone, or by `close`.
#[derive(Clone)]
pub(super) struct Queue(mpsc::Sender<Job>);

pub(super) fn queue() -> (Queue, mpsc::Receiver<Job>) {
    let (sender, receiver) = mpsc::channel(QUEUE);
    (Queue(sender), receiver)
}

impl Queue {
    /// Once this has a place in the queue it runs to its end, whether or not somebody still waits.
    pub(super) async fn commit(&self, rows: Rows) -> Outcome {
        let (reply, answer) = oneshot::channel();
        let job = CommitJob {
            rows,
            outcome: None,
            reply,
        };
        self.send(Job::Commit(Box::new(job))).await?;
        let gone = |_| Err(CommitError::OutcomeUnknown(GONE.to_owned()));
        answer.await.unwrap_or_else(gone)
    }

    /// Runs a verb in the next transaction. Its `Ok` means that it is on disk.
    pub(super) async fn run<A, T>(&self, args: A, verb: Verb<A, T>) -> Stored<T>
    where
        A: Send + Sync + 'static,
        T: Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let job = VerbJob {
            args,
            verb,
            outcome: None,
            reply,
        };
        self.send(Job::Other(Box::new(job))).await?;
        let gone = |_| Err(StoreError::Failed(GONE.to_owned()));
        answer.await.unwrap_or_else(gone)
    }

    /// Returns when everything queued before is done, and the connection and the lock are gone.
    pub(super) async fn close(&self) {
        let (reply, answer) = oneshot::channel();
        if self.send(Job::Close(reply)).await.is_ok() {
            // An error means that the writer is gone, which is what was asked for.
            answer.await.ok();
        }
    }

    async fn send(&self, job: Job) -> Stored<()> {
        let closed = |_| StoreError::Failed("the store is closed".to_owned());
        self.0.send(job).await.map_err(closed)
    }
}
