//! `/healthz`: the process lives. `/readyz`: the store works and every site's knowledge is there; what the
//! platforms do is told, but a platform that is down is no reason to send visitors away.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use hinny_actors::store::{Store, Stored};
use hinny_actors::tally::Link;
use serde::Serialize;
use tokio::sync::Mutex;

use crate::app::{App, Shared};
use crate::schedule::{Board, Look};

/// Looking at the store costs a write, so it is done once in this time at most, however often somebody asks.
const FRESH: Duration = Duration::from_secs(1);

/// What the last look at the store found, and the last looks at the knowledge's sources.
#[derive(Default)]
pub struct Pulse {
    last: Mutex<Option<(Instant, Stored<()>)>>,
    /// How the schedule of the knowledge goes.
    pub board: Board,
}

impl Pulse {
    async fn check(&self, store: &dyn Store) -> Stored<()> {
        let mut last = self.last.lock().await;
        if let Some((at, found)) = &*last
            && at.elapsed() < FRESH
        {
            return found.clone();
        }
        let found = store.probe().await;
        *last = Some((Instant::now(), found.clone()));
        found
    }
}

#[derive(Serialize)]
pub struct Ready {
    ready: bool,
    store: &'static str,
    /// The generation in use by site; null when nothing was indexed.
    index: BTreeMap<String, Option<String>>,
    /// How the last scheduled look at the sources went, by site.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    schedule: BTreeMap<String, Look>,
    connections: BTreeMap<String, &'static str>,
    /// Lines for the team; null when the store cannot tell.
    deliveries: Option<Deliveries>,
}

#[derive(Serialize)]
struct Deliveries {
    waiting: u64,
    failed: u64,
}

/// `GET /healthz`
pub async fn alive() -> &'static str {
    "ok\n"
}

/// `GET /readyz`
pub async fn ready(State(app): State<Shared>) -> (StatusCode, Json<Ready>) {
    let store = match app.pulse.check(app.store().as_ref()).await {
        Ok(()) => "ok",
        Err(error) => {
            tracing::error!(%error, "the store failed");
            "failing"
        }
    };
    let ready = store == "ok" && !app.is_closing() && has_knowledge(&app);
    let status = match ready {
        true => StatusCode::OK,
        false => StatusCode::SERVICE_UNAVAILABLE,
    };
    let counts = app.store().counts().await.ok();
    let body = Ready {
        ready,
        store,
        index: index(&app),
        schedule: schedule(&app),
        connections: connections(&app),
        deliveries: counts.map(|counts| Deliveries {
            waiting: counts.pending_deliveries,
            failed: counts.dead_letters,
        }),
    };
    (status, Json(body))
}

/// A site that names documents is ready when they were indexed once.
fn has_knowledge(app: &App) -> bool {
    app.config.sites.iter().all(|site| {
        let library = app
            .knowledge
            .get(&site.id)
            .map(|knowledge| &knowledge.library);
        site.knowledge.paths.is_empty()
            || library.is_some_and(|library| library.generation().is_some())
    })
}

fn index(app: &App) -> BTreeMap<String, Option<String>> {
    let generation = |(site, knowledge): (&hinny_actors::ids::SiteId, &hinny_actors::Knowledge)| {
        let generation = knowledge.library.generation();
        (
            site.0.clone(),
            generation.map(|generation| generation.id().to_owned()),
        )
    };
    app.knowledge.iter().map(generation).collect()
}

fn schedule(app: &App) -> BTreeMap<String, Look> {
    let sites = app.pulse.board.all().into_iter();
    sites
        .filter_map(|(site, noted)| Some((site.0, noted.last?)))
        .collect()
}

fn connections(app: &App) -> BTreeMap<String, &'static str> {
    let links = app.engine.tally().links().into_iter();
    let barred = app.engine.tally().barred();
    let told = links.map(|(connection, link)| {
        let word = match link {
            Link::Stopped(_) => "stopped",
            // It hears, but there is a channel in which it may not speak.
            Link::Up | Link::Down(_) if barred.contains_key(&connection) => "no_access",
            Link::Up => "up",
            Link::Down(_) => "down",
        };
        (connection.0, word)
    });
    told.collect()
}
