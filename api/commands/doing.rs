//! Verbs that write: asked of the running server, or done here when none runs.

use std::path::Path;
use std::process::ExitCode;

use hinny_actors::store::SqliteStore;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;
use tokio::sync::mpsc;

use super::{Failure, load, runtime};
use crate::cli::Global;
use crate::config::Config;
use crate::control::{Doer, Reply, Verb, WAITING, beside, socket};
use crate::say::say;

/// Carries out a verb and gives its result. `progress` is told how far it is.
pub fn carry_out(
    config: &Config,
    verb: Verb,
    progress: &mut dyn FnMut(usize, usize, &str),
) -> Result<Value, Failure> {
    runtime()?.block_on(async {
        match UnixStream::connect(socket(&config.data)).await {
            Ok(server) => ask_server(server, &verb, progress).await,
            Err(_) => do_it_here(config, verb, progress).await,
        }
    })
}

/// Asks the server of this data folder, if one runs.
pub async fn ask_running(data: &Path, verb: &Verb) -> Option<Result<Value, Failure>> {
    let server = UnixStream::connect(socket(data)).await.ok()?;
    Some(ask_server(server, verb, &mut |_, _, _| {}).await)
}

async fn ask_server(
    mut server: UnixStream,
    verb: &Verb,
    progress: &mut dyn FnMut(usize, usize, &str),
) -> Result<Value, Failure> {
    let mut line = serde_json::to_string(verb)?;
    line.push('\n');
    server.write_all(line.as_bytes()).await?;
    let mut lines = BufReader::new(server).lines();
    while let Some(line) = lines.next_line().await? {
        match serde_json::from_str(&line)? {
            Reply::Progress { done, total, file } => progress(done, total, &file),
            Reply::Done(value) => return Ok(value),
            Reply::Failed(what) => return Err(what.into()),
        }
    }
    Err("the server stopped before this was done".into())
}

/// Opening the store takes the folder's lock, so that no server starts meanwhile.
async fn do_it_here(
    config: &Config,
    verb: Verb,
    progress: &mut dyn FnMut(usize, usize, &str),
) -> Result<Value, Failure> {
    use hinny_actors::store::DeskStore;
    let store = SqliteStore::open(&config.data).await?;
    let (replies, mut told) = mpsc::channel(WAITING);
    let doer = Doer {
        config,
        store: &store,
        serving: None,
    };
    let mut work = std::pin::pin!(doer.run(verb, &replies));
    let result = loop {
        tokio::select! {
            result = &mut work => break result,
            Some(reply) = told.recv() => {
                if let Reply::Progress { done, total, file } = reply {
                    progress(done, total, &file);
                }
            }
        }
    };
    store.close().await;
    Ok(result?)
}

/// `hinny backup FILE`
pub fn backup(global: &Global, file: &Path) -> Result<ExitCode, Failure> {
    let config = load(global)?;
    if !config.data.join("hinny.db").exists() {
        return Err(format!("there is no hinny store in {}", config.data.display()).into());
    }
    let file = std::path::absolute(file)?;
    carry_out(
        &config,
        Verb::Backup { file: file.clone() },
        &mut |_, _, _| {},
    )?;
    say!(
        "The copy is in {}, the files of messages are in {}.",
        file.display(),
        beside(&file).display()
    );
    Ok(ExitCode::SUCCESS)
}
