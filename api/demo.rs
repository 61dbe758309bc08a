//! `hinny demo`: everything on one loopback address, with nothing to set up. A small website with the widget
//! on one side, the desk on the other. The bot's knowledge is hinny's own documentation.

mod pages;

use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::HOST;
use axum::response::IntoResponse;
use hinny_actors::clock;
use hinny_actors::ids::{SiteId, random_id};
use include_dir::{Dir, include_dir};
use serde_json::{Value, json};

use crate::app::{App, Shared};
use crate::assets;
use crate::config::look::Look;
use crate::config::raw::RawConfig;
use crate::config::{Config, Hand, Identity, Knowledge, Site, Team};
use crate::desk::login_hash;
use crate::error::{Code, Problem};
use crate::origin::{Origins, Pattern};
use crate::routes::Routes;
use crate::serve::StartError;

pub const SITE: &str = "demo";

/// hinny's own documentation, and the demo's list of questions.
static DOCS: Dir = include_dir!("$CARGO_MANIFEST_DIR/docs");
static FAQ: Dir = include_dir!("$CARGO_MANIFEST_DIR/fixtures/demo");

/// The demo's configuration on this port. Port 0 is any free one; `at` tells which it became.
pub fn config(data: &Path, port: u16) -> Config {
    let defaults = RawConfig::default();
    let mut config = Config::defaults(defaults);
    config.data = data.to_owned();
    config.listen = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    config.desk = true;
    config.sites = vec![Site {
        id: SiteId::from(SITE),
        name: "hinny".to_owned(),
        origins: Origins::default(),
        greeting: Some("Hello! Ask me anything about hinny.".to_owned()),
        proactive: Vec::new(),
        look: Look::default(),
        identity: Identity::Off,
        knowledge: Knowledge {
            paths: vec![knowledge(data)],
            ..Knowledge::default()
        },
        answers: hinny_kb::Settings::default(),
        speaks: hinny_actors::Speaks::BotFirst,
        model: None,
        embeddings: None,
        hand: Hand::Desk,
        team: Team::default(),
        words: Default::default(),
    }];
    config
}

/// The demo's own pages, and no others, may use it.
pub fn at(config: &mut Config, address: SocketAddr) {
    config.listen = address;
    let port = address.port();
    let patterns = ["127.0.0.1", "localhost", "[::1]"].map(|host| {
        Pattern::parse(&format!("http://{host}:{port}")).expect("a loopback origin is well formed")
    });
    let pages = format!("http://127.0.0.1:{port}/docs/");
    for site in &mut config.sites {
        site.origins = Origins::new(patterns.to_vec());
        site.knowledge.base_url = pages.parse().ok();
    }
}

/// A folder that survives: where the system keeps what programs store for a user.
pub fn default_data(env: &dyn Fn(&str) -> Option<String>) -> PathBuf {
    let set = |name| {
        env(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    let share = set("XDG_DATA_HOME")
        .filter(|path| path.is_absolute())
        .or_else(|| set("HOME").map(|home| home.join(".local/share")));
    match share {
        Some(share) => share.join("hinny-demo"),
        None => PathBuf::from("hinny-demo"),
    }
}

fn knowledge(data: &Path) -> PathBuf {
    // An unusual name, because the folder is emptied and `--data` may be any folder.
    data.join("hinny-demo-knowledge")
}

/// Puts the documents that this binary carries where they are indexed from; older ones make room.
pub fn unpack(data: &Path) -> Result<(), StartError> {
    let folder = knowledge(data);
    let failed = |error: std::io::Error| StartError::Io(format!("{}: {error}", folder.display()));
    match std::fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(failed(error)),
        _ => {}
    }
    // What is said is kept here too, so it is for this user only.
    let mut private = std::fs::DirBuilder::new();
    private.recursive(true).mode(0o700);
    private.create(&folder).map_err(failed)?;
    DOCS.extract(&folder)
        .and_then(|()| FAQ.extract(&folder))
        // What only developers read would answer no visitor.
        .and_then(|()| std::fs::remove_dir_all(folder.join("internals")))
        .map_err(failed)
}

/// What the newcomer reads on the terminal.
pub fn welcome(address: SocketAddr, data: &Path, env: &dyn Fn(&str) -> Option<String>) -> String {
    let port = address.port();
    let mut text = format!("The demo runs at http://127.0.0.1:{port}/\n");
    if env("SSH_CONNECTION").is_some() {
        let user = env("USER").unwrap_or_else(|| "you".to_owned());
        let host = env("HOSTNAME")
            .or_else(hostname)
            .unwrap_or_else(|| "this-host".to_owned());
        text += &format!(
            "You are here over SSH. On your own machine run\n  ssh -L {port}:127.0.0.1:{port} {user}@{host}\n\
             and open the address there.\n"
        );
    }
    text + &format!(
        "What is said is kept in {}. Ctrl-C stops it.\n",
        data.display()
    )
}

fn hostname() -> Option<String> {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").ok()?;
    Some(name.trim().to_owned()).filter(|name| !name.is_empty())
}

pub fn routes() -> Routes {
    Routes::new()
        .get("/", || async { assets::DEMO_PAGE.page() })
        .get("/demo/demo.css", || async { assets::DEMO_STYLE.page() })
        .get("/demo/demo.js", || async { assets::DEMO_SCRIPT.page() })
        .get("/demo/site", || async { assets::SITE_PAGE.page() })
        .get("/demo/demo-site.css", || async {
            assets::SITE_STYLE.page()
        })
        .get("/demo/demo-site.js", || async {
            assets::SITE_SCRIPT.page()
        })
        .get("/demo/login", login)
        .get("/docs/{page}", pages::show)
}

/// `GET /demo/login`: a login for the desk, so that the newcomer plays both people in one window. Only our
/// own page gets one: a foreign name that resolves to this machine is told by the `Host` header.
async fn login(
    State(app): State<Shared>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Problem> {
    check_own_page(&app, &headers)?;
    let login = random_id();
    let until = clock::now() + app.config.timing.login_valid.as_millis() as i64;
    app.store()
        .add_desk_login(&SiteId::from(SITE), &login_hash(&login), until)
        .await?;
    let body: Json<Value> = Json(json!({ "login": login }));
    Ok(([(axum::http::header::CACHE_CONTROL, "no-store")], body))
}

fn check_own_page(app: &App, headers: &HeaderMap) -> Result<(), Problem> {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let host = text(HOST.as_str()).unwrap_or_default();
    let same_site = text("sec-fetch-site").is_none_or(|site| site == "same-origin");
    let own_origin = text("origin").is_none_or(|origin| app.knows_origin(origin));
    match app.knows_origin(&format!("http://{host}")) && same_site && own_origin {
        true => Ok(()),
        false => Err(Problem::new(
            Code::HostRefused,
            "Open the demo by the address it printed.",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_survives_where_the_system_keeps_such_things() {
        let env = |name: &str| (name == "HOME").then(|| "/users/ada".to_owned());
        assert_eq!(
            default_data(&env),
            Path::new("/users/ada/.local/share/hinny-demo")
        );
        let env = |name: &str| (name == "XDG_DATA_HOME").then(|| "/data".to_owned());
        assert_eq!(default_data(&env), Path::new("/data/hinny-demo"));
        assert_eq!(default_data(&|_| None), Path::new("hinny-demo"));
    }

    #[test]
    fn the_tunnel_is_told_only_over_ssh() {
        let address = SocketAddr::from(([127, 0, 0, 1], 4711));
        let plain = welcome(address, Path::new("/d"), &|_| None);
        assert!(
            plain.starts_with("The demo runs at http://127.0.0.1:4711/\n")
                && !plain.contains("ssh")
        );
        let env = |name: &str| match name {
            "SSH_CONNECTION" => Some("x".to_owned()),
            "USER" => Some("ada".to_owned()),
            "HOSTNAME" => Some("box".to_owned()),
            _ => None,
        };
        let tunnel = welcome(address, Path::new("/d"), &env);
        assert!(
            tunnel.contains("ssh -L 4711:127.0.0.1:4711 ada@box"),
            "{tunnel}"
        );
    }

    #[test]
    fn the_demo_brings_its_knowledge() {
        let data = tempfile::tempdir().unwrap();
        unpack(data.path()).unwrap();
        unpack(data.path()).unwrap();
        assert!(knowledge(data.path()).is_dir());
    }

    #[test]
    fn only_loopback_pages_on_this_port_may_use_it() {
        let mut config = config(Path::new("/d"), 0);
        at(&mut config, SocketAddr::from(([127, 0, 0, 1], 4711)));
        let origins = &config.sites[0].origins;
        assert!(origins.allow("http://127.0.0.1:4711") && origins.allow("http://localhost:4711"));
        assert!(
            !origins.allow("http://127.0.0.1:4712")
                && !origins.allow("http://rebound.example:4711")
        );
    }
}
