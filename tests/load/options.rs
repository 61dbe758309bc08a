//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, value_parser};

const EXAMPLES: &str = "\
Examples:
  hinny-load closed --url http://127.0.0.1:8080 --site shop --sockets 64 --seconds 10
  hinny-load open --url http://127.0.0.1:8080 --site shop --rate 200 --seconds 20 --server-pid 4711
  hinny-load idle --url http://127.0.0.1:8080 --site shop --sockets 2000 --server-pid 4711
  hinny-load start --rounds 5 -- hinny --config hinny.toml serve

All load comes from one address, so the server must allow it: raise the limits under [limits] in its
hinny.toml. tests/load/hinny.toml has all of them. 2,000 sockets need `ulimit -n 4096` on both sides.";

/// Puts load on a hinny on this machine and prints what came of it.
#[derive(Debug, Parser)]
#[command(after_help = EXAMPLES)]
pub struct Options {
    /// Print one JSON object instead of lines.
    #[arg(long, global = true)]
    pub json: bool,
    #[command(subcommand)]
    pub mode: Mode,
}

#[derive(Debug, Subcommand)]
pub enum Mode {
    /// Each socket asks, waits for the answer, and asks again.
    Closed(Closed),
    /// Questions at a steady rate, timed from when they should have been sent.
    Open(Open),
    /// Sockets that do nothing, and what they cost in memory.
    Idle(Idle),
    /// From starting a server to its first healthy answer.
    Start(Start),
}

/// Where the server is.
#[derive(Clone, Debug, Args)]
pub struct Place {
    /// The server's address; only loopback is allowed.
    #[arg(long, default_value = "http://127.0.0.1:8080")]
    pub url: String,
    /// The id of a site in its configuration.
    #[arg(long, default_value = "shop")]
    pub site: String,
    /// The page the visitors come from; it must be on the site's list.
    #[arg(long, default_value = "https://shop.example")]
    pub origin: String,
    /// The server's process, to tell what it used.
    #[arg(long)]
    pub server_pid: Option<u32>,
}

/// What the visitors ask. The bot must know the answers.
#[derive(Clone, Debug, Args)]
pub struct Questions {
    /// A file with a question on each line, asked in turn.
    #[arg(long)]
    pub questions: Option<PathBuf>,
    /// One question for everybody, when there is no file.
    #[arg(long, default_value = "How do I reset my password?")]
    pub question: String,
}

#[derive(Clone, Debug, Args)]
pub struct Closed {
    #[command(flatten)]
    pub place: Place,
    #[command(flatten)]
    pub questions: Questions,
    #[arg(long, default_value_t = 64, value_parser = value_parser!(u32).range(1..=10_000))]
    pub sockets: u32,
    #[arg(long, default_value_t = 10, value_parser = value_parser!(u64).range(1..=600))]
    pub seconds: u64,
}

#[derive(Clone, Debug, Args)]
pub struct Open {
    #[command(flatten)]
    pub place: Place,
    #[command(flatten)]
    pub questions: Questions,
    #[arg(long, default_value_t = 64, value_parser = value_parser!(u32).range(1..=10_000))]
    pub sockets: u32,
    /// Questions a second, all sockets together.
    #[arg(long, default_value_t = 200, value_parser = value_parser!(u32).range(1..=100_000))]
    pub rate: u32,
    #[arg(long, default_value_t = 10, value_parser = value_parser!(u64).range(1..=600))]
    pub seconds: u64,
}

#[derive(Clone, Debug, Args)]
pub struct Idle {
    #[command(flatten)]
    pub place: Place,
    #[command(flatten)]
    pub questions: Questions,
    #[arg(long, default_value_t = 2_000, value_parser = value_parser!(u32).range(1..=20_000))]
    pub sockets: u32,
    /// Every visitor asks once before falling silent.
    #[arg(long)]
    pub talk: bool,
}

#[derive(Clone, Debug, Args)]
pub struct Start {
    #[arg(long, default_value_t = 5, value_parser = value_parser!(u32).range(1..=100))]
    pub rounds: u32,
    /// The server's command. It prints its address when it listens.
    #[arg(last = true, required = true)]
    pub command: Vec<String>,
}

impl Questions {
    pub fn read(&self) -> Result<Vec<String>, String> {
        let Some(file) = &self.questions else {
            return Ok(vec![self.question.clone()]);
        };
        let text = std::fs::read_to_string(file)
            .map_err(|error| format!("{}: {error}", file.display()))?;
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let lines: Vec<String> = lines.map(str::to_owned).collect();
        match lines.is_empty() {
            true => Err(format!("{} has no questions", file.display())),
            false => Ok(lines),
        }
    }
}

#[test]
fn the_command_line_is_sound() {
    use clap::CommandFactory;
    Options::command().debug_assert();
}
