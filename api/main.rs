//! hinny: a support desk in one binary. This file is the table of contents; each module says in its first
//! lines what it is and what it does not do.

#![cfg_attr(test, allow(clippy::unwrap_used))]

// Configuration, and how the program is started.
mod cli;
mod commands;
mod config;
mod connect;
mod demo;
mod doctor;
#[cfg(feature = "failpoints")]
mod failpoints;
mod logs;
mod say;
mod serve;

// The edge: what comes in over HTTP and WebSockets.
mod app;
mod assets;
mod chat_page;
mod error;
mod files;
mod guest;
mod health;
mod http;
mod link;
mod look;
mod metrics;
mod reader;
mod rest;
mod routes;
mod server;
mod socket;
mod wire;
mod words;

// Who may do what.
mod identity;
mod key;
mod limits;
mod links;
mod origin;
mod own;
mod proxy;
mod session;

// The team's page, what it teaches, and the operator's commands to a running server.
mod control;
mod crawl;
mod desk;
mod index;
mod learner;
mod schedule;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    #[cfg(feature = "failpoints")]
    let _until_the_end = failpoints::set_up();
    // Some of the platforms' libraries ask for it when they first connect; an error says that it is there already.
    rustls::crypto::ring::default_provider()
        .install_default()
        .ok();
    match commands::run(cli::Cli::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("hinny: {error}");
            ExitCode::FAILURE
        }
    }
}
