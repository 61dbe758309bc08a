//! `serve`: everything is started, runs until a signal comes, and is stopped in order. What goes up first
//! comes down last: the store is closed when nobody can write any more.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hinny_actors::files::Files;
use hinny_actors::ids::SiteId;
use hinny_actors::store::{OpenError, SqliteStore, Store};
use hinny_actors::{Answerer, Engine, KbAnswerer, Knowledge, Parts};
use hinny_kb::llm::{Model, Phraser};
use hinny_kb::{KbError, Library};
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::app::{App, Shared};
use crate::config::{self, Config};
use crate::connect::{self, NoConnection};
use crate::control;
use crate::health::Pulse;
use crate::learner::Shelves;
use crate::limits::Limits;
use crate::links::Links;
use crate::metrics::Meter;
use crate::session::Sessions;
use crate::{http, index, look, schedule, server};

/// Orders that may wait for one conversation.
const MAILBOX: usize = 64;

/// How often limits forget the quiet.
const SWEEP: Duration = Duration::from_secs(60);

/// Why the server does not start, in words for the operator.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("port {} is in use by another program; choose another one with {option}", address.port())]
    PortInUse {
        address: SocketAddr,
        option: &'static str,
    },
    #[error("cannot listen on {address}: {source}")]
    Listen {
        address: SocketAddr,
        source: std::io::Error,
    },
    #[error("no [[site]] is configured; see hinny.example.toml")]
    NoSite,
    #[error(transparent)]
    Store(#[from] OpenError),
    #[error("the knowledge of site `{site}` cannot be opened: {source}")]
    Knowledge { site: SiteId, source: KbError },
    #[error(transparent)]
    Connection(#[from] NoConnection),
    #[error("{0}")]
    Io(String),
}

/// A server that has taken its address.
pub struct Starting {
    pub config: Config,
    pub listener: TcpListener,
    pub demo: bool,
}

impl Starting {
    /// Takes the address first: if somebody else has it, nothing was touched.
    pub fn bind(config: Config, demo: bool, option: &'static str) -> Result<Starting, StartError> {
        if config.sites.is_empty() {
            return Err(StartError::NoSite);
        }
        let address = config.listen;
        let listener = server::bind(address).map_err(|source| match source.kind() {
            std::io::ErrorKind::AddrInUse => StartError::PortInUse { address, option },
            _ => StartError::Listen { address, source },
        })?;
        Ok(Starting {
            config,
            listener,
            demo,
        })
    }

    /// The address with the port that was really taken.
    pub fn address(&self) -> Result<SocketAddr, StartError> {
        self.listener
            .local_addr()
            .map_err(|error| StartError::Io(error.to_string()))
    }

    /// Runs until the process is asked to stop. `ready` is called when visitors can come.
    pub async fn run(self, ready: impl FnOnce(&App)) -> Result<(), StartError> {
        let (close, closing) = watch::channel(false);
        let app = start(self.config, self.demo, closing).await?;
        let control = control::listen(app.clone()).map_err(|error| {
            let place = control::socket(&app.config.data);
            StartError::Io(format!("{}: {error}", place.display()))
        })?;
        index::at_start(&app);
        schedule::start(&app);
        let sweeper = tokio::spawn(sweep(app.clone()));
        let accepting = server::run(self.listener, http::router(app.clone()), app.clone());
        let accepting = tokio::spawn(accepting);
        ready(&app);
        asked_to_stop().await;
        tracing::info!("stopping");
        close.send_replace(true);
        sweeper.abort();
        control.end();
        stop(&app).await;
        accepting.abort();
        tracing::info!("stopped");
        Ok(())
    }
}

async fn start(
    config: Config,
    demo: bool,
    closing: watch::Receiver<bool>,
) -> Result<Shared, StartError> {
    let store: Arc<dyn Store> = Arc::new(SqliteStore::open(&config.data).await?);
    let in_data = in_data(&config);
    let looks = look::load(&config).map_err(StartError::Io)?;
    let sessions = Sessions::open(&config.data, config.timing.session_valid).map_err(in_data)?;
    let knowledge = knowledge(&config)?;
    let files = Files::open(&config.data, store.clone(), config.files.max_size)
        .map(Arc::new)
        .map_err(in_data)?;
    let links = Links::open(&config.data, config.files.link_valid).map_err(in_data)?;
    let engine = Engine::start(Parts {
        store,
        answerer: answerer(&config, &knowledge)?,
        bridges: connect::bridges(&config)?,
        sites: connect::rules(&config),
        learner: Some(Arc::new(Shelves::new(&config, &knowledge))),
        files: files.clone(),
        timing: config.timing.engine,
        arbiters: std::thread::available_parallelism().map_or(2, usize::from),
        mailbox: MAILBOX,
    });
    Ok(Arc::new(App {
        limits: Limits::new(&config.limits, config.files.max_size),
        meter: Meter::default(),
        pulse: Pulse::default(),
        engine,
        files,
        sessions,
        links,
        looks,
        knowledge,
        closing,
        demo,
        config,
    }))
}

/// What went wrong in the data folder, with the folder's name.
fn in_data(config: &Config) -> impl Fn(std::io::Error) -> StartError + Copy {
    let folder = config.data.as_path();
    move |error| StartError::Io(format!("{}: {error}", folder.display()))
}

fn knowledge(config: &Config) -> Result<HashMap<SiteId, Knowledge>, StartError> {
    let open = |site: &config::Site| {
        let folder = index::folder(&config.data, site.id.as_str());
        let failed = |source| StartError::Knowledge {
            site: site.id.clone(),
            source,
        };
        let embedder = index::embedder(config, site.id.as_str()).map_err(failed)?;
        let library = match Library::open_with(&folder, embedder.clone()) {
            // What the configuration names can be indexed again, and is, at the end of the start.
            Err(_) if !site.knowledge.paths.is_empty() => Library::open_to_index(folder, embedder),
            opened => opened.map_err(failed)?,
        };
        let settings = site.answers;
        Ok((site.id.clone(), Knowledge { library, settings }))
    };
    config.sites.iter().map(open).collect()
}

fn answerer(
    config: &Config,
    knowledge: &HashMap<SiteId, Knowledge>,
) -> Result<Arc<dyn Answerer>, StartError> {
    let answerer = KbAnswerer::new(knowledge.clone(), models(config)?);
    Ok(Arc::new(answerer))
}

/// The models of the sites that have one.
fn models(config: &Config) -> Result<HashMap<SiteId, Phraser>, StartError> {
    let with_model = config
        .sites
        .iter()
        .filter_map(|site| Some((site, site.model.as_ref()?)));
    let open = |(site, model): (&config::Site, &config::model::Model)| {
        let model = Model {
            base_url: model.base_url.to_string(),
            name: model.name.clone(),
            key: model.key.as_ref().map(|key| key.expose().to_owned()),
            hosts: model.hosts.clone(),
            most_tokens: model.most_tokens,
            temperature: model.temperature,
            first_token_within: model.first_token_within,
            answer_within: model.answer_within,
            budget: model.budget,
        };
        let phraser = Phraser::new(model).map_err(StartError::Io)?;
        Ok((site.id.clone(), phraser))
    };
    with_model.map(open).collect()
}

async fn sweep(app: Shared) {
    let mut every = tokio::time::interval(SWEEP);
    loop {
        every.tick().await;
        app.limits.sweep();
    }
}

/// SIGTERM from the system, SIGINT from a keyboard.
async fn asked_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).expect("signals can be listened to");
    let mut interrupt = signal(SignalKind::interrupt()).expect("signals can be listened to");
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}

/// Sockets say goodbye, requests end, conversations finish, and then the files are closed.
async fn stop(app: &App) {
    let within = app.config.timing.drain_within / 2;
    // Half of the time is for clients, so that one who dawdles does not cost the outbox its orderly end.
    let left = tokio::time::timeout(within, app.limits.emptied()).await;
    let finish = async {
        app.engine.stop().await;
        app.store().close().await;
    };
    let finished = tokio::time::timeout(within, finish).await;
    if left.is_err() || finished.is_err() {
        tracing::warn!("not everything ended in time; what was acknowledged is on disk");
    }
}
