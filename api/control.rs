//! Control: how commands reach the running server, over a Unix socket in the data folder. One JSON line asks,
//! JSON lines answer. Only the owner of the folder can open it.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use hinny_actors::clock;
use hinny_actors::ids::{DeliveryId, SiteId, random_id};
use hinny_actors::store::{Store, StoreError};
use hinny_actors::tally;
use hinny_kb::{IndexJob, Library, Progress};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::app::Shared;
use crate::config::Config;
use crate::crawl::Walk;
use crate::desk::login_hash;
use crate::index;

/// When no file descriptor is free, the next command is let in after this time.
const PAUSE: Duration = Duration::from_millis(100);

/// The longest request; paths to index may be many.
const MAX_LINE: u64 = 1024 * 1024;

/// What a command may ask.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "snake_case")]
pub enum Verb {
    KbIndex {
        site: String,
        paths: Vec<PathBuf>,
        base_url: Option<String>,
    },
    /// Walks websites and indexes; or forgets them, if so wished.
    KbCrawl {
        site: String,
        walks: Vec<Walk>,
        forget: bool,
    },
    /// Without an id: all of them.
    OutboxRetry {
        delivery: Option<String>,
    },
    Backup {
        file: PathBuf,
    },
    DeskLogin {
        site: String,
    },
    /// How the server is doing: `Status`.
    Status,
}

/// What a running server tells of itself.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Status {
    pub connections: BTreeMap<String, Link>,
}

/// How a connection's listener is doing.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Link {
    Up,
    Down { why: String },
    Stopped { why: String },
}

impl From<tally::Link> for Link {
    fn from(link: tally::Link) -> Self {
        match link {
            tally::Link::Up => Link::Up,
            tally::Link::Down(why) => Link::Down { why },
            tally::Link::Stopped(why) => Link::Stopped { why },
        }
    }
}

/// What comes back: any number of `Progress`, then one of the others.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply {
    Progress {
        done: usize,
        total: usize,
        file: String,
    },
    Done(Value),
    Failed(String),
}

impl From<Progress> for Reply {
    fn from(progress: Progress) -> Self {
        Reply::Progress {
            done: progress.done,
            total: progress.total,
            file: progress.file,
        }
    }
}

/// Where replies go while a verb runs.
pub type Replies = mpsc::Sender<Reply>;

/// Replies that may wait for a slow reader; then the work waits too.
pub const WAITING: usize = 64;

pub fn socket(data: &Path) -> PathBuf {
    data.join("hinny.sock")
}

/// The open socket. Ending it takes it away, so that commands know at once that no server runs.
pub struct Listening {
    task: JoinHandle<()>,
    path: PathBuf,
}

impl Listening {
    pub fn end(self) {
        self.task.abort();
        if let Err(error) = std::fs::remove_file(&self.path) {
            tracing::warn!(%error, "the control socket could not be removed");
        }
    }
}

/// Listens until ended. The folder's lock is ours, so a socket that lies there is a dead server's.
pub fn listen(app: Shared) -> std::io::Result<Listening> {
    let path = socket(&app.config.data);
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = UnixListener::bind(&path)?;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))?;
    let task = tokio::spawn(accept(listener, app));
    Ok(Listening { task, path })
}

async fn accept(listener: UnixListener, app: Shared) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                tokio::spawn(serve(stream, app.clone()));
            }
            Err(error) => {
                tracing::warn!(%error, "a command could not be let in");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

async fn serve(stream: UnixStream, app: Shared) {
    let (reading, mut writing) = stream.into_split();
    let mut line = String::new();
    let mut reading = BufReader::new(tokio::io::AsyncReadExt::take(reading, MAX_LINE));
    if reading.read_line(&mut line).await.is_err() {
        return;
    }
    let (replies, mut told) = mpsc::channel(WAITING);
    tokio::spawn(answer(line, app, replies));
    while let Some(reply) = told.recv().await {
        let mut json = serde_json::to_string(&reply).expect("replies have string keys");
        json.push('\n');
        if writing.write_all(json.as_bytes()).await.is_err() {
            // Whoever asked is gone; the verb ends by itself.
            return;
        }
    }
}

async fn answer(line: String, app: Shared, replies: Replies) {
    let done = match serde_json::from_str(&line) {
        Ok(verb) => Doer::serving(&app).run(verb, &replies).await,
        Err(error) => Err(format!(
            "the server does not understand this command: {error}"
        )),
    };
    let reply = match done {
        Ok(value) => Reply::Done(value),
        Err(what) => Reply::Failed(what),
    };
    // An error says that nobody waits for the answer any more.
    replies.send(reply).await.ok();
}

/// Does what verbs ask: within the server, or in a command when no server runs.
pub struct Doer<'a> {
    pub config: &'a Config,
    pub store: &'a dyn Store,
    /// The server's own, so that a new generation is used at once.
    pub serving: Option<&'a Shared>,
}

impl<'a> Doer<'a> {
    fn serving(app: &'a Shared) -> Self {
        Doer {
            config: &app.config,
            store: app.store().as_ref(),
            serving: Some(app),
        }
    }

    pub async fn run(&self, verb: Verb, replies: &Replies) -> Result<Value, String> {
        match verb {
            Verb::KbIndex {
                site,
                paths,
                base_url,
            } => {
                let saved = Some(crate::index::saved(self.config, &site));
                let configured = self.config.site(&site);
                let job = IndexJob {
                    paths,
                    saved,
                    base_url,
                    links: configured.and_then(|site| site.knowledge.links),
                    pdf: crate::index::pdf(),
                    crawled: crate::crawl::folders(self.config, &site),
                };
                self.index(&site, job, replies).await
            }
            Verb::KbCrawl {
                site,
                walks,
                forget,
            } => self.crawl(&site, &walks, forget, replies).await,
            Verb::OutboxRetry { delivery } => self.retry(delivery).await,
            Verb::Backup { file } => self.backup(&file).await,
            Verb::DeskLogin { site } => self.login(&site).await,
            Verb::Status => self.status(),
        }
    }

    async fn index(&self, site: &str, job: IndexJob, replies: &Replies) -> Result<Value, String> {
        let library = self.library(site)?;
        let replies = replies.clone();
        let work = move || {
            // An error says that nobody watches the progress any more.
            library.index(&job, &mut |progress| {
                drop(replies.blocking_send(progress.into()))
            })
        };
        let indexed = tokio::task::spawn_blocking(work).await;
        let report = indexed.map_err(|_| "indexing broke off".to_owned())?;
        let report = report.map_err(|error| error.to_string())?;
        Ok(serde_json::to_value(report).expect("a report has string keys"))
    }

    async fn crawl(
        &self,
        site: &str,
        walks: &[Walk],
        forget: bool,
        replies: &Replies,
    ) -> Result<Value, String> {
        let library = self.library(site)?;
        let mut reports = Vec::new();
        for walk in walks {
            if forget {
                crate::crawl::forget(self.config, site, walk)?;
                continue;
            }
            // Whoever reads too slowly misses a line of the progress.
            let mut tell = |progress: Progress| drop(replies.try_send(progress.into()));
            let report = crate::crawl::walk(self.config, site, walk, &mut tell).await?;
            reports.push(json!({ "url": walk.url, "report": report }));
        }
        let job = crate::index::usual_job(self.config, site, &library);
        let index = self.index(site, job, replies).await?;
        Ok(json!({ "crawled": reports, "index": index }))
    }

    /// The database first: every file that the copy knows is still there when the files are copied, or was removed
    /// since on purpose.
    async fn backup(&self, file: &Path) -> Result<Value, String> {
        let files = beside(file);
        if files.exists() {
            return Err(format!(
                "{} exists already: name a new file",
                files.display()
            ));
        }
        self.store.backup(file).await.map_err(in_words)?;
        let copied = hinny_actors::files::copy_to(&self.config.data, &files).await;
        let count = copied.map_err(|error| {
            format!(
                "the database's copy is in {}, but not all files could be copied: {error}",
                file.display()
            )
        })?;
        Ok(json!({ "file": file, "files": files, "count": count }))
    }

    fn library(&self, site: &str) -> Result<Library, String> {
        match self.serving {
            None => {
                let embedder = index::embedder(self.config, site);
                let embedder = embedder.map_err(|error| error.to_string())?;
                Ok(Library::open_to_index(
                    index::folder(&self.config.data, site),
                    embedder,
                ))
            }
            Some(app) => {
                let knowledge = app.knowledge.get(&SiteId::from(site));
                let knowledge = knowledge.ok_or_else(|| no_site(site))?;
                Ok(knowledge.library.clone())
            }
        }
    }

    /// Connections belong to a server; a command has none.
    fn status(&self) -> Result<Value, String> {
        let app = self.serving.ok_or("no server runs")?;
        let links = app.engine.tally().links().into_iter();
        let connections = links.map(|(name, link)| (name.0, link.into())).collect();
        let status = Status { connections };
        Ok(serde_json::to_value(status).expect("a status has string keys"))
    }

    /// A running server tells the thread what comes of it.
    async fn retry(&self, delivery: Option<String>) -> Result<Value, String> {
        let mut letters = self.store.dead_letters(None).await.map_err(in_words)?;
        letters.retain(|letter| delivery.as_ref().is_none_or(|id| letter.delivery.0 == *id));
        for letter in &letters {
            match self.serving {
                Some(app) => app
                    .engine
                    .retry(letter)
                    .await
                    .map_err(|no| no.to_string())?,
                None => {
                    let revived = self.store.revive(None, &letter.delivery, clock::now());
                    revived.await.map_err(in_words)?;
                }
            }
        }
        let retried: Vec<DeliveryId> = letters.into_iter().map(|one| one.delivery).collect();
        Ok(json!({ "retried": retried }))
    }

    async fn login(&self, site: &str) -> Result<Value, String> {
        if !self.config.desk {
            return Err(
                "the desk is off; set `enabled = true` below [desk] in hinny.toml".to_owned(),
            );
        }
        let site = self.config.site(site).ok_or_else(|| no_site(site))?;
        let login = random_id();
        let until = clock::now() + self.config.timing.login_valid.as_millis() as i64;
        let added = self
            .store
            .add_desk_login(&site.id, &login_hash(&login), until)
            .await;
        added.map_err(in_words)?;
        let base = self.config.base();
        Ok(json!({ "link": format!("{base}/desk#login={login}"), "until": until }))
    }
}

/// Where the files go that belong to a copy of the database: `FILE.files`.
pub fn beside(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".files");
    name.into()
}

fn in_words(error: StoreError) -> String {
    error.to_string()
}

pub fn no_site(site: &str) -> String {
    format!("there is no site `{site}` in the configuration")
}
