//! The command line, as clap reads it. Every command shows an example in its help.

mod sources;
mod token;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
pub use sources::{Crawl, Draft, Reach};
pub use token::Token;

/// A support desk in one binary: answers visitors from your docs, and fetches a person where your team is.
#[derive(Debug, Parser)]
#[command(
    name = "hinny",
    version,
    propagate_version = true,
    arg_required_else_help = true
)]
#[command(after_help = "Start here:\n  hinny demo")]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Clone, Debug, Args)]
pub struct Global {
    /// The configuration. Without it: ./hinny.toml
    #[arg(long, global = true, value_name = "FILE", env = "HINNY_CONFIG")]
    pub config: Option<PathBuf>,
    /// The data folder, instead of the one in the configuration
    #[arg(long, global = true, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Tell more; twice: still more
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Try everything on this machine: a website with the widget, and the desk beside it
    #[command(after_help = "Example:\n  hinny demo --port 8080")]
    Demo {
        /// The port on 127.0.0.1; 0 takes any free one
        #[arg(long, default_value_t = 8080)]
        port: u16,
    },
    /// Write a commented configuration to begin with; asks for a first site
    #[command(
        after_help = "Examples:\n  hinny init\n  hinny init --name \"The Shop\" --origin https://shop.example --slack C0123456789"
    )]
    Init(Init),
    /// Run the server
    #[command(after_help = "Example:\n  hinny serve --config /etc/hinny/hinny.toml")]
    Serve,
    /// Look at everything that has to be right, and say what to change
    #[command(after_help = "Example:\n  hinny doctor --config /etc/hinny/hinny.toml")]
    Doctor {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// The knowledge that answers come from
    #[command(subcommand)]
    Kb(Kb),
    /// Ask the knowledge a question, and see why it answers as it does
    #[command(after_help = "Example:\n  hinny ask \"How do I reset my password?\" --site shop")]
    Ask(Ask),
    /// See every decision in a conversation as it was made, and whether today's index would decide otherwise
    #[command(
        after_help = "Examples:\n  hinny replay --site shop\n  hinny replay 3kP0aQ9xZb7LmN2vRt5cYd"
    )]
    Replay(Replay),
    /// What visitors asked, who answered, and how well; with or without a running server
    #[command(after_help = "Examples:\n  hinny stats --since 7d\n  hinny stats --site shop --json")]
    Stats(Stats),
    /// Write a consistent copy of the store to a new file, also while the server runs
    #[command(after_help = "Example:\n  hinny backup /backups/hinny-monday.db")]
    Backup {
        /// A file that does not exist yet
        file: PathBuf,
    },
    /// Deliveries that were given up
    #[command(subcommand)]
    Outbox(Outbox),
    /// The desk, where agents answer in a browser
    #[command(subcommand)]
    Desk(Desk),
    /// Sign an identity token as your own server would, for trying it out
    #[command(
        after_help = "Example:\n  hinny token --site shop --sub customer-42 --name Ada --attribute plan=pro"
    )]
    Token(Token),
    /// Read the PDF on standard input; hinny starts this itself, so that a bad file harms nothing else
    #[command(hide = true, after_help = "Example:\n  hinny read-pdf < manual.pdf")]
    ReadPdf,
    /// Every path and frame that this program knows, one a line; the tests try them all
    #[command(hide = true, after_help = "Example:\n  hinny surface")]
    Surface,
}

#[derive(Clone, Debug, Default, Args)]
pub struct Init {
    /// A file that does not exist yet. Without it: the one of --config, or ./hinny.toml
    pub file: Option<PathBuf>,
    /// The first site's id
    #[arg(long, value_name = "ID")]
    pub site: Option<String>,
    /// The first site's name
    #[arg(long)]
    pub name: Option<String>,
    /// Pages that may show the chat; may be given several times
    #[arg(long, value_name = "URL")]
    pub origin: Vec<String>,
    /// A file or folder to answer from; may be given several times
    #[arg(long, value_name = "PATH")]
    pub docs: Vec<String>,
    /// The team answers in this Slack channel. Without a platform: at the desk
    #[arg(long, value_name = "CHANNEL", conflicts_with_all = ["discord", "telegram"])]
    pub slack: Option<String>,
    /// The team answers in this Discord channel or forum
    #[arg(long, value_name = "CHANNEL", conflicts_with = "telegram")]
    pub discord: Option<String>,
    /// The team answers in this Telegram group
    #[arg(long, value_name = "CHAT", allow_hyphen_values = true)]
    pub telegram: Option<String>,
}

impl Init {
    /// Whether anything about the first site stands on the command line.
    pub fn is_said(&self) -> bool {
        let named = [
            &self.site,
            &self.name,
            &self.slack,
            &self.discord,
            &self.telegram,
        ];
        named.iter().any(|flag| flag.is_some()) || !(self.origin.is_empty() && self.docs.is_empty())
    }
}

#[derive(Debug, Subcommand)]
pub enum Kb {
    /// Index FAQ files and documents; the knowledge becomes exactly what the paths hold
    #[command(
        after_help = "Examples:\n  hinny kb index docs faq.yaml --site shop\n  hinny kb index --site shop"
    )]
    Index {
        /// Files and folders. Without any: those in the configuration
        paths: Vec<PathBuf>,
        #[command(flatten)]
        site: SiteArg,
        /// Where the documents are published, for links. Without it: the one in the configuration
        #[arg(long, value_name = "URL")]
        base_url: Option<String>,
        /// Print the report as JSON
        #[arg(long)]
        json: bool,
    },
    /// Fetch a website's pages, or bring them up to date, and index them with everything else
    #[command(
        after_help = "Examples:\n  hinny kb crawl https://docs.example.com/ --site shop\n  hinny kb crawl https://example.com/help/ --host static.example.com --pages 500\n  hinny kb crawl"
    )]
    Crawl(Crawl),
    /// Propose FAQ entries from a website or from files, quoted from their pages, to a file for review
    #[command(
        after_help = "Examples:\n  hinny kb draft https://www.example.com/help/ --out faq-draft.yaml\n  hinny kb draft docs --out faq-draft.yaml"
    )]
    Draft(Draft),
    /// List the indexed files
    #[command(after_help = "Example:\n  hinny kb list --site shop")]
    List {
        #[command(flatten)]
        site: SiteArg,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Measure how well questions with known answers are answered
    #[command(
        after_help = "Example:\n  hinny kb eval --kb faq.kb.jsonl --queries faq.queries.jsonl --json"
    )]
    Eval(Eval),
    /// Check that questions are answered, or handed over, as the team expects; for your CI
    #[command(
        after_help = "Examples:\n  hinny kb test expectations.yaml --site shop\n  hinny kb test expectations.yaml --path docs --path faq.yaml --junit report.xml"
    )]
    Test(Test),
    /// See what visitors ask and the knowledge does not answer, with drafts of FAQ entries
    #[command(
        after_help = "Examples:\n  hinny kb gaps --since 30d\n  hinny kb gaps --least 3 --out drafts.yaml"
    )]
    Gaps(Gaps),
}

#[derive(Debug, Args)]
pub struct Gaps {
    #[command(flatten)]
    pub site: SiteArg,
    /// How far back to look
    #[arg(long, value_name = "TIME", default_value = "30d")]
    pub since: String,
    /// Leave out what was asked less often
    #[arg(long, value_name = "COUNT", default_value_t = 1)]
    pub least: usize,
    /// Write a draft of an FAQ entry for each to this file
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Write over a file that is there
    #[arg(long, requires = "out")]
    pub force: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct Test {
    /// Lists of questions with what is expected of each, in YAML
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    #[command(flatten)]
    pub site: SiteArg,
    /// Ask these files and folders instead of the site's index; needs no configuration. May be given several times
    #[arg(long = "path", value_name = "PATH", conflicts_with = "site")]
    pub paths: Vec<PathBuf>,
    /// Where the last run's results are kept, to compare with. Without it: in the data folder, for a site's index
    #[arg(long, value_name = "FILE")]
    pub last: Option<PathBuf>,
    /// Write a JUnit report
    #[arg(long, value_name = "FILE")]
    pub junit: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct Eval {
    /// The entries: any file that `kb index` reads
    #[arg(long, value_name = "FILE")]
    pub kb: PathBuf,
    /// The questions: lines of {"query": …, "expect": id or null}
    #[arg(long, value_name = "FILE")]
    pub queries: PathBuf,
    /// Another border, such as answer=0.5 or suggest=0.2; may be given several times
    #[arg(long = "setting", value_name = "NAME=VALUE")]
    pub settings: Vec<String>,
    /// Print wrong answers against coverage, for each border
    #[arg(long)]
    pub curve: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct Ask {
    /// The question
    pub question: String,
    #[command(flatten)]
    pub site: SiteArg,
    /// Ask as somebody of whom this is signed, as NAME=VALUE, such as plan=pro; may be given several times
    #[arg(long, value_name = "NAME=VALUE", value_parser = token::pair)]
    pub signed: Vec<(String, String)>,
    /// Say why it is as sure as it is: what spoke for and against, and what that was calibrated with
    #[arg(long)]
    pub explain: bool,
    /// Print the whole judgement as JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct Replay {
    /// The conversation's id. Without it: the newest conversations are listed
    pub conversation: Option<String>,
    #[command(flatten)]
    pub site: SiteArg,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct Stats {
    #[command(flatten)]
    pub site: SiteArg,
    /// How far back, such as 24h or 30d
    #[arg(long, value_name = "TIME", default_value = "7d")]
    pub since: String,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct SiteArg {
    /// The site's id. Not needed when there is only one
    #[arg(long, value_name = "ID")]
    pub site: Option<String>,
}

#[derive(Debug, Subcommand)]
pub enum Outbox {
    /// List the deliveries that were given up, and why
    #[command(after_help = "Example:\n  hinny outbox list --json")]
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Try them again
    #[command(
        after_help = "Examples:\n  hinny outbox retry 3kP0aQ9xZb7LmN2vRt5cYd\n  hinny outbox retry --all"
    )]
    Retry {
        /// The delivery, as `outbox list` names it
        #[arg(required_unless_present = "all", conflicts_with = "all")]
        delivery: Option<String>,
        /// All of them
        #[arg(long)]
        all: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Subcommand)]
pub enum Desk {
    /// Print a link that lets one person in, once
    #[command(after_help = "Example:\n  hinny desk login --site shop")]
    Login {
        #[command(flatten)]
        site: SiteArg,
    },
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_shows_an_example() {
        fn check(command: &clap::Command) {
            for sub in command.get_subcommands() {
                let help = sub
                    .get_after_help()
                    .map(ToString::to_string)
                    .unwrap_or_default();
                let is_group = sub.has_subcommands();
                assert!(is_group || help.contains("Example"), "{}", sub.get_name());
                check(sub);
            }
        }
        check(&Cli::command());
    }
}
