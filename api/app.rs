//! `App`: everything a request may need, made once at the start and handed down. Nothing in it is truth that
//! could be lost: that is in the store.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use hinny_actors::files::Files;
use hinny_actors::ids::SiteId;
use hinny_actors::store::Store;
use hinny_actors::{Engine, Knowledge};
use tokio::sync::watch;

use crate::config::{Config, Site};
use crate::error::{Code, Problem};
use crate::health::Pulse;
use crate::limits::Limits;
use crate::links::Links;
use crate::look::Looks;
use crate::metrics::Meter;
use crate::own;
use crate::proxy;
use crate::session::Sessions;

pub struct App {
    pub config: Config,
    pub engine: Engine,
    pub files: Arc<Files>,
    pub sessions: Sessions,
    /// Signs the addresses of files.
    pub links: Links,
    /// How each site's chat looks.
    pub looks: Looks,
    pub limits: Limits,
    pub meter: Meter,
    pub pulse: Pulse,
    /// Each site's index; shared with the answerer, so that a new generation is used at once.
    pub knowledge: HashMap<SiteId, Knowledge>,
    /// Turns true when the server stops; the sender is held by `serve`.
    pub closing: watch::Receiver<bool>,
    /// Serves the demo's pages.
    pub demo: bool,
}

pub type Shared = Arc<App>;

impl App {
    pub fn store(&self) -> &Arc<dyn Store> {
        self.engine.store()
    }

    pub fn is_closing(&self) -> bool {
        *self.closing.borrow()
    }

    pub fn site(&self, id: &str) -> Result<&Site, Problem> {
        self.config
            .site(id)
            .ok_or_else(|| Problem::new(Code::SiteUnknown, "There is no such site."))
    }

    /// Whether pages of this origin may use at least one of the sites.
    pub fn knows_origin(&self, origin: &str) -> bool {
        self.config
            .sites
            .iter()
            .any(|site| site.origins.allow(origin))
    }
}

/// The peer of the TCP connection, put into each request by the accept loop.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub IpAddr);

/// Who asks: the client's address, behind trusted proxies too.
#[derive(Clone, Copy, Debug)]
pub struct Client(pub IpAddr);

impl FromRequestParts<Shared> for Client {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Self::Rejection> {
        let Peer(peer) = parts
            .extensions
            .get()
            .copied()
            .expect("the accept loop sets the peer");
        let trusted = &app.config.trusted_proxies;
        Ok(Client(proxy::client_address(peer, &parts.headers, trusted)))
    }
}

/// The `Origin` header. Programs send none; a page always sends one, and `null` is nobody's.
#[derive(Clone, Debug)]
pub struct Origin {
    header: Option<String>,
    /// Whether it is a page of this server, which may use every site.
    own: bool,
}

impl Origin {
    pub fn of(app: &App, headers: &HeaderMap) -> Origin {
        let header = Origin::named(headers);
        let public = app.config.public_url.as_ref();
        let own = header
            .as_ref()
            .is_some_and(|origin| own::is_own(public, origin, headers));
        Origin { header, own }
    }

    /// What the header says. A page sends one; which of several would count is nothing to guess.
    pub fn named(headers: &HeaderMap) -> Option<String> {
        let mut given = headers.get_all(axum::http::header::ORIGIN).iter();
        let first = given.next()?;
        let only = first.to_str().ok().filter(|_| given.next().is_none());
        Some(only.unwrap_or("null").to_owned())
    }

    pub fn check(&self, site: &Site) -> Result<(), Problem> {
        match &self.header {
            Some(origin) if !self.own && !site.origins.allow(origin) => Err(Origin::refused()),
            _ => Ok(()),
        }
    }

    pub fn refused() -> Problem {
        Problem::new(
            Code::OriginRefused,
            "Pages of this origin may not use the site. Add it to `origins` in hinny.toml.",
        )
    }
}

impl FromRequestParts<Shared> for Origin {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Self::Rejection> {
        Ok(Origin::of(app, &parts.headers))
    }
}
