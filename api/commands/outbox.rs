//! `hinny outbox`: what could not be delivered, and once more.

use std::process::ExitCode;

use hinny_actors::store::SqliteStore;
use hinny_actors::store::{DeadLetter, DeskStore, OutboxStore, Parked};
use serde::Serialize;

use super::doing::carry_out;
use super::{Failure, load, runtime};
use crate::cli::{Global, Outbox};
use crate::config::Config;
use crate::control::Verb;
use crate::say::say;

pub fn run(global: &Global, command: Outbox) -> Result<ExitCode, Failure> {
    let config = load(global)?;
    match command {
        Outbox::List { json } => list(&config, json),
        Outbox::Retry { delivery, json, .. } => retry(&config, delivery, json),
    }
}

/// Everything that was given up.
#[derive(Serialize)]
struct GivenUp {
    /// Lines that did not reach their thread. They can be retried.
    deliveries: Vec<DeadLetter>,
    /// Commands whose handling went wrong twice; a person was fetched instead.
    orders: Vec<Parked>,
}

fn list(config: &Config, json: bool) -> Result<ExitCode, Failure> {
    let given_up = runtime()?.block_on(async {
        let store = SqliteStore::open_read_only(&config.data).await?;
        let (deliveries, orders) = (store.dead_letters(None).await, store.parked().await);
        store.close().await;
        Ok::<_, Failure>(GivenUp {
            deliveries: deliveries?,
            orders: orders?,
        })
    })?;
    match json {
        true => say!("{}", serde_json::to_string(&given_up)?),
        false => show(&given_up),
    }
    Ok(ExitCode::SUCCESS)
}

fn show(given_up: &GivenUp) {
    for letter in &given_up.deliveries {
        let (id, site, conversation) = (&letter.delivery, &letter.site, &letter.conversation);
        let (target, tries, error) = (&letter.target, letter.attempts, &letter.error);
        say!(
            "{id}  site {site}  conversation {conversation}  to {target}  after {tries} tries: {error}"
        );
    }
    for order in &given_up.orders {
        let (what, site, conversation) = (&order.what, &order.site, &order.conversation);
        say!("(not to be retried)  site {site}  conversation {conversation}  {what} failed twice");
    }
    if given_up.deliveries.is_empty() && given_up.orders.is_empty() {
        say!("Nothing was given up.");
    }
}

fn retry(config: &Config, delivery: Option<String>, json: bool) -> Result<ExitCode, Failure> {
    let wanted = delivery.clone();
    let result = carry_out(config, Verb::OutboxRetry { delivery }, &mut |_, _, _| {})?;
    let retried = result["retried"].as_array().map_or(0, Vec::len);
    match (json, wanted) {
        (true, _) => say!("{result}"),
        (false, Some(id)) if retried == 0 => {
            return Err(format!("there is no delivery `{id}` that was given up").into());
        }
        (false, _) => say!("{retried} will be tried again."),
    }
    Ok(ExitCode::SUCCESS)
}
