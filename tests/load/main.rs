//! hinny-load: puts load on a hinny that runs on this machine, by its public protocol only, and prints what came
//! of it. It refuses other machines, and every run is bounded in count and time.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod client;
mod closed;
mod idle;
mod numbers;
mod open;
mod options;
mod process;
mod start;
mod talk;

use std::process::ExitCode;

use clap::Parser;

use numbers::Report;
use options::{Mode, Options};

#[tokio::main]
async fn main() -> ExitCode {
    let options = Options::parse();
    match run(&options).await {
        Ok(report) => {
            println!("{}", report.print(options.json));
            ExitCode::SUCCESS
        }
        Err(why) => {
            eprintln!("hinny-load: {why}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: &Options) -> Result<Report, String> {
    match &options.mode {
        Mode::Closed(closed) => closed::run(closed).await,
        Mode::Open(open) => open::run(open).await,
        Mode::Idle(idle) => idle::run(idle).await,
        Mode::Start(start) => start::run(start),
    }
}
