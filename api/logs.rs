//! Where log lines go: standard error, as text or JSON. Lines tell what happened to which conversation, never
//! what was said, and never a token or an address of a person.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

use crate::config::Log;

/// Libraries whose own lines may quote messages, or addresses with a ticket in them.
const SILENT: [&str; 3] = ["serenity=off", "slack_morphism=off", "async_openai=off"];

/// Starts logging. `verbose` counts the `-v` of the command line.
pub fn start(log: &Log, verbose: u8) {
    let level = match verbose {
        0 => log.level.as_str(),
        1 => "debug",
        _ => "trace",
    };
    let filter = SILENT.iter().fold(EnvFilter::new(level), |filter, rule| {
        filter.add_directive(rule.parse().expect("the rules are constants"))
    });
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        // A log that nobody can read any more is no reason to stop serving; reporting it would panic.
        .log_internal_errors(false)
        .with_ansi(std::io::stderr().is_terminal());
    let started = match log.json {
        true => lines.json().try_init(),
        false => lines.try_init(),
    };
    started.expect("logging is started once, by the command that runs");
}

/// For short commands: only what is wrong.
pub fn quiet(verbose: u8) {
    let log = Log {
        json: false,
        level: "warn".to_owned(),
    };
    start(&log, verbose);
}
