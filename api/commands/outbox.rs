//! `hinny outbox`: what could not be delivered, and once more.

use std::process::ExitCode;

use hinny_actors::store::SqliteStore;
use hinny_actors::store::{DeadLetter, DeskStore, OutboxStore};

use super::doing::carry_out;
use super::{Failure, load, runtime};
use crate::cli::{Global, Outbox};
use crate::config::Config;
use crate::control::Verb;

pub fn run(global: &Global, command: Outbox) -> Result<ExitCode, Failure> {
    let config = load(global)?;
    match command {
        Outbox::List { json } => list(&config, json),
        Outbox::Retry { delivery, json, .. } => retry(&config, delivery, json),
    }
}

fn list(config: &Config, json: bool) -> Result<ExitCode, Failure> {
    let letters = runtime()?.block_on(async {
        let store = SqliteStore::open_read_only(&config.data).await?;
        let letters = store.dead_letters(None).await;
        store.close().await;
        Ok::<_, Failure>(letters?)
    })?;
    match json {
        true => println!("{}", serde_json::to_string(&letters)?),
        false => letters.iter().for_each(show),
    }
    if letters.is_empty() && !json {
        println!("Nothing was given up.");
    }
    Ok(ExitCode::SUCCESS)
}

fn show(letter: &DeadLetter) {
    println!(
        "{}  site {}  conversation {}  to {}  after {} tries: {}",
        letter.delivery,
        letter.site,
        letter.conversation,
        letter.target,
        letter.attempts,
        letter.error
    );
}

fn retry(config: &Config, delivery: Option<String>, json: bool) -> Result<ExitCode, Failure> {
    let wanted = delivery.clone();
    let result = carry_out(config, Verb::OutboxRetry { delivery }, &mut |_, _, _| {})?;
    let retried = result["retried"].as_array().map_or(0, Vec::len);
    match (json, wanted) {
        (true, _) => println!("{result}"),
        (false, Some(id)) if retried == 0 => {
            return Err(format!("there is no delivery `{id}` that was given up").into());
        }
        (false, _) => println!("{retried} will be tried again."),
    }
    Ok(ExitCode::SUCCESS)
}
