//! What the commands do. Those that write go to the running server, or take its place when none runs.

mod ask;
mod desk;
mod doctor;
pub(crate) mod doing;
mod init;
mod kb;
mod kb_crawl;
mod kb_draft;
mod kb_gaps;
mod kb_test;
mod outbox;
mod pdf;
mod progress;
mod replay;
mod stats;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use hinny_actors::clock;
use hinny_actors::ids::{Millis, random_id};
use hinny_actors::store::{DeskStore as _, SqliteStore, StoreError};
use tokio::runtime::Runtime;

use crate::cli::{Cli, Command, Global};
use crate::config::duration;
use crate::config::raw::RawConfig;
use crate::config::{Config, ConfigError, Site};
use crate::desk::frames as desk_frames;
use crate::say::say;
use crate::serve::Starting;
use crate::{demo, http, logs, wire};

/// A command's failure, in words for whoever typed it.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

const DEFAULT_CONFIG: &str = "hinny.toml";

/// The site of a `kb index` without any configuration.
const DEFAULT_SITE: &str = "default";

pub fn run(cli: Cli) -> Result<ExitCode, Failure> {
    match cli.command {
        Command::Demo { port } => run_demo(&cli.global, port),
        Command::Serve => run_server(&cli.global),
        command => run_short(&cli.global, command),
    }
}

fn run_short(global: &Global, command: Command) -> Result<ExitCode, Failure> {
    logs::quiet(global.verbose);
    match command {
        Command::Init(init) => init::run(global, init),
        Command::Doctor { json } => doctor::run(global, json),
        Command::Kb(command) => kb::run(global, command),
        Command::Ask(ask) => ask::run(global, ask),
        Command::Replay(replay) => replay::run(global, replay),
        Command::Backup { file } => doing::backup(global, &file),
        Command::Stats(wanted) => stats::run(global, wanted),
        Command::Outbox(command) => outbox::run(global, command),
        Command::Desk(command) => desk::login(global, command),
        Command::Token(token) => desk::token(global, token),
        Command::ReadPdf => pdf::run(),
        Command::Surface => surface(),
        Command::Demo { .. } | Command::Serve => unreachable!("servers were started before"),
    }
}

/// For the tests, which need to know of everything that can be called.
fn surface() -> Result<ExitCode, Failure> {
    for route in http::list() {
        say!("route {route}");
    }
    for frame in wire::frames() {
        say!("frame {frame}");
    }
    for frame in desk_frames() {
        say!("desk-frame {frame}");
    }
    Ok(ExitCode::SUCCESS)
}

fn env(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Something random in place of a secret that is not set here.
fn lenient(name: &str) -> Option<String> {
    env(name).or_else(|| Some(format!("1:{}{}", random_id(), random_id())))
}

fn run_server(global: &Global) -> Result<ExitCode, Failure> {
    let config = with_data(Config::load(&config_file(global), &env)?, global);
    logs::start(&config.log, global.verbose);
    runtime()?.block_on(async {
        let starting = Starting::bind(config, false, "`listen` in the configuration")?;
        let address = starting.address()?;
        starting
            .run(|app| {
                say!("hinny listens at http://{address}/");
                tracing::info!(%address, sites = app.config.sites.len(), "listening");
            })
            .await
    })?;
    Ok(ExitCode::SUCCESS)
}

fn run_demo(global: &Global, port: u16) -> Result<ExitCode, Failure> {
    let data = global
        .data
        .clone()
        .unwrap_or_else(|| demo::default_data(&env));
    let mut config = demo::config(&data, port);
    config.log.level = "warn".to_owned();
    logs::start(&config.log, global.verbose);
    runtime()?.block_on(async {
        let option = "--port (0 takes any free one)";
        let mut starting = Starting::bind(config, true, option)?;
        let address = starting.address()?;
        demo::at(&mut starting.config, address);
        demo::unpack(&data)?;
        starting
            .run(|_| say!("{}", demo::welcome(address, &data, &env).trim_end()))
            .await
    })?;
    Ok(ExitCode::SUCCESS)
}

/// Two workers at least: one that waits must not hold up the other.
/// The time so long ago, for instance "30d".
fn since(back: &str) -> Result<Millis, Failure> {
    let parsed = duration::parse(back).filter(|time| !time.is_zero());
    let wrong = || format!("--since {back}: times are like \"24h\", \"30d\"");
    Ok(clock::now() - parsed.ok_or_else(wrong)?.as_millis() as Millis)
}

/// Reads something from the store, which may belong to a running server.
fn reading<T>(
    config: &Config,
    read: impl AsyncFnOnce(&SqliteStore) -> Result<T, StoreError>,
) -> Result<T, Failure> {
    runtime()?.block_on(async {
        let store = SqliteStore::open_read_only(&config.data).await?;
        let found = read(&store).await;
        store.close().await;
        Ok(found?)
    })
}

fn runtime() -> std::io::Result<Runtime> {
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(cores.max(2))
        .enable_all()
        .build()
}

fn config_file(global: &Global) -> PathBuf {
    global
        .config
        .clone()
        .unwrap_or_else(|| PathBuf::from(DEFAULT_CONFIG))
}

fn with_data(mut config: Config, global: &Global) -> Config {
    if let Some(data) = &global.data {
        config.data.clone_from(data);
    }
    config
}

/// The configuration for a command that needs no secrets: those that are not set here may be set for the
/// server. Without any file the defaults do, unless one was named.
fn load(global: &Global) -> Result<Config, ConfigError> {
    let file = config_file(global);
    if global.config.is_none() && !file.exists() {
        return Ok(with_data(Config::defaults(RawConfig::default()), global));
    }
    Ok(with_data(Config::load(&file, &lenient)?, global))
}

/// The site that is meant: the named one, or the only one there is.
fn site(config: &Config, named: Option<&str>) -> Result<String, Failure> {
    match (named, config.sites.as_slice()) {
        (Some(id), []) => Ok(id.to_owned()),
        (Some(id), _) => Ok(known_site(config, id)?.id.0.clone()),
        (None, [only]) => Ok(only.id.0.clone()),
        (None, []) => Ok(only_index(&config.data).unwrap_or_else(|| DEFAULT_SITE.to_owned())),
        (None, sites) => {
            let ids: Vec<&str> = sites.iter().map(|site| site.id.as_str()).collect();
            Err(format!("which site? Add --site with one of: {}", ids.join(", ")).into())
        }
    }
}

fn known_site<'a>(config: &'a Config, id: &str) -> Result<&'a Site, Failure> {
    config
        .site(id)
        .ok_or_else(|| crate::control::no_site(id).into())
}

/// The only index in a data folder, for instance the demo's.
fn only_index(data: &Path) -> Option<String> {
    let mut folders = std::fs::read_dir(data.join("kb")).ok()?.flatten();
    let first = folders.next()?;
    match folders.next() {
        None => first.file_name().into_string().ok(),
        Some(_) => None,
    }
}
