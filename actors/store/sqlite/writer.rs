//! The one writer: a task that owns the writing connection, takes whatever waits into one transaction, and
//! answers everybody after the disk has it. An error in one piece of work never touches its neighbours:
//! when a group fails as a whole, its pieces are done again one by one.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection};
use tokio::sync::mpsc;

use super::change::Rows;
use super::commit;
use super::error::passes;
use super::lock::FolderLock;
use super::queue::{CommitJob, Job, Queue, Work, queue};
use crate::store::{StoreError, Stored};

/// Pieces of work in one transaction at most.
const GROUP: usize = 512;

struct Writer {
    /// `None` after trouble that leaves the connection's state unknown; the next group makes a new one.
    conn: Option<SqliteConnection>,
    options: SqliteConnectOptions,
    jobs: mpsc::Receiver<Job>,
    /// Given back when the connection is closed.
    _lock: FolderLock,
}

/// Starts the writer's task in the current runtime.
pub(super) fn start(
    conn: SqliteConnection,
    options: SqliteConnectOptions,
    lock: FolderLock,
) -> Queue {
    let (queue, jobs) = queue();
    let writer = Writer {
        conn: Some(conn),
        options,
        jobs,
        _lock: lock,
    };
    tokio::spawn(writer.run());
    queue
}

/// How a group ended that was not committed.
enum Stop {
    /// Surely not written.
    Store(StoreError),
    Unknown(String),
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Stop::Store(error)
    }
}

#[derive(Clone, Copy)]
enum Mode {
    Together,
    OneByOne,
}

impl Writer {
    async fn run(mut self) {
        let mut group = Vec::with_capacity(GROUP);
        let mut closing = Vec::new();
        while closing.is_empty() && self.jobs.recv_many(&mut group, GROUP).await > 0 {
            let (last, work) = group
                .drain(..)
                .partition(|job| matches!(job, Job::Close(_)));
            closing = last;
            self.guarded(work).await;
        }
        self.finish().await;
        closing.into_iter().for_each(Job::answer);
    }

    /// Closes the queue, the connection and, by being dropped, the lock.
    async fn finish(mut self) {
        self.jobs.close();
        let Some(conn) = self.conn.take() else { return };
        if let Err(error) = conn.close().await {
            tracing::warn!(%error, "the store's files were not closed cleanly");
        }
    }

    /// A panic costs the group its answers ("outcome unknown") and the task its connection, nothing more.
    async fn guarded(&mut self, group: Vec<Job>) {
        let served = AssertUnwindSafe(self.serve(group)).catch_unwind().await;
        if served.is_err() {
            tracing::error!("the writer panicked; it goes on with a new connection");
            self.conn = None;
        }
    }

    async fn serve(&mut self, mut group: Vec<Job>) {
        if group.is_empty() {
            return;
        }
        let mut ended = self.transaction(&mut group, Mode::Together).await;
        if matches!(&ended, Err(Stop::Store(error)) if !passes(error)) {
            ended = self.transaction(&mut group, Mode::OneByOne).await;
        }
        for mut job in group {
            match &ended {
                Ok(()) => {}
                Err(Stop::Store(error)) => job.fail(error.clone()),
                Err(Stop::Unknown(why)) => job.lose(why),
            }
            job.answer();
        }
    }

    async fn transaction(&mut self, group: &mut [Job], mode: Mode) -> Result<(), Stop> {
        fail::fail_point!("store_full", |_| Err(Stop::Store(StoreError::Full)));
        let conn = self.connection().await?;
        if let Err(error) = work(conn, group, mode).await {
            self.reset().await;
            return Err(error.into());
        }
        fail::fail_point!("store_before_commit");
        let committed = sqlx::query("COMMIT").execute(&mut *conn).await;
        fail::fail_point!("store_after_commit");
        match committed {
            Ok(_) if group.iter().any(removes_words) => self.truncate_log().await,
            Ok(_) => Ok(()),
            Err(error) => Err(self.uncommitted(error).await),
        }
    }

    /// What was removed must not live on in the write-ahead log. A reader that is in the way only delays it: the next
    /// removal, or the end of the server, does it too.
    async fn truncate_log(&mut self) -> Result<(), Stop> {
        let conn = self.connection().await?;
        if let Err(error) = run(conn, "PRAGMA wal_checkpoint(TRUNCATE)").await {
            tracing::warn!(%error, "the write-ahead log could not be emptied after a removal");
        }
        Ok(())
    }

    /// SQLite writes the mark of the commit last, so without space or the lock there is no commit. After any
    /// other error the mark may be on disk, and only reading through a new connection tells.
    async fn uncommitted(&mut self, error: sqlx::Error) -> Stop {
        let text = error.to_string();
        match StoreError::from(error) {
            error if passes(&error) => {
                self.reset().await;
                Stop::Store(error)
            }
            _ => {
                self.conn = None;
                Stop::Unknown(text)
            }
        }
    }

    async fn connection(&mut self) -> Stored<&mut SqliteConnection> {
        let conn = match self.conn.take() {
            Some(conn) => conn,
            None => self.options.connect().await?,
        };
        Ok(self.conn.insert(conn))
    }

    /// Leaves the connection outside of any transaction. SQLite ends some of them by itself, and then a
    /// rollback is an error; a connection that can begin and end another transaction is sound all the same.
    async fn reset(&mut self) {
        let Some(conn) = &mut self.conn else { return };
        if run(conn, "ROLLBACK").await.is_ok() {
            return;
        }
        let begun = run(conn, "BEGIN").await;
        let ended = run(conn, "ROLLBACK").await;
        if begun.and(ended).is_err() {
            self.conn = None;
        }
    }
}

fn removes_words(job: &Job) -> bool {
    matches!(job, Job::Commit(job) if !job.rows.team.removed.is_empty())
}

async fn run(conn: &mut SqliteConnection, sql: &'static str) -> Stored<()> {
    sqlx::query(sql).execute(conn).await?;
    Ok(())
}

async fn work(conn: &mut SqliteConnection, group: &mut [Job], mode: Mode) -> Stored<()> {
    run(conn, "BEGIN IMMEDIATE").await?;
    match mode {
        Mode::Together => together(conn, group).await,
        Mode::OneByOne => one_by_one(conn, group).await,
    }
}

/// All Changes in a few statements, then the other verbs in their order.
async fn together(conn: &mut SqliteConnection, group: &mut [Job]) -> Stored<()> {
    let mut commits: Vec<&mut CommitJob> = Vec::new();
    let mut others: Vec<&mut Box<dyn Work>> = Vec::new();
    for job in group {
        match job {
            Job::Commit(commit) => commits.push(commit),
            Job::Other(other) => others.push(other),
            Job::Close(_) => {}
        }
    }
    changes(conn, &mut commits).await?;
    for other in others {
        other.run(conn).await?;
    }
    Ok(())
}

async fn changes(conn: &mut SqliteConnection, jobs: &mut [&mut CommitJob]) -> Stored<()> {
    if jobs.is_empty() {
        return Ok(());
    }
    let rows: Vec<&Rows> = jobs.iter().map(|job| &job.rows).collect();
    let outcomes = commit::apply(conn, &rows).await?;
    for (job, outcome) in jobs.iter_mut().zip(outcomes) {
        job.outcome = Some(outcome);
    }
    Ok(())
}

/// Each piece behind its own savepoint. An `Err` means that the transaction itself is lost.
async fn one_by_one(conn: &mut SqliteConnection, group: &mut [Job]) -> Stored<()> {
    for job in group {
        run(conn, "SAVEPOINT piece").await?;
        if let Err(error) = piece(conn, job).await {
            if passes(&error) {
                return Err(error);
            }
            tracing::warn!(%error, "a piece of work for the store failed; its neighbours go on");
            job.fail(error);
            run(conn, "ROLLBACK TO piece").await?;
        }
        run(conn, "RELEASE piece").await?;
    }
    Ok(())
}

async fn piece(conn: &mut SqliteConnection, job: &mut Job) -> Stored<()> {
    match job {
        Job::Commit(job) => changes(conn, &mut [job]).await,
        Job::Other(job) => job.run(conn).await,
        Job::Close(_) => Ok(()),
    }
}
