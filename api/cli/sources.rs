//! What `hinny kb crawl` and `hinny kb draft` are told.

use std::path::PathBuf;

use clap::Args;

use super::SiteArg;

#[derive(Debug, Args)]
pub struct Crawl {
    /// Where to begin; pages below this address are fetched. Without any: those in the configuration
    #[arg(value_name = "URL")]
    pub urls: Vec<String>,
    #[command(flatten)]
    pub site: SiteArg,
    #[command(flatten)]
    pub reach: Reach,
    /// Forget the pages of these addresses instead
    #[arg(long, requires = "urls")]
    pub forget: bool,
    /// Print the report as JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Clone, Debug, Default, Args)]
pub struct Reach {
    /// Another host whose pages may be fetched; may be given several times
    #[arg(long = "host", value_name = "HOST")]
    pub hosts: Vec<String>,
    /// Also fetch from this machine and private networks
    #[arg(long)]
    pub allow_private: bool,
    /// The most pages [default: 2000]
    #[arg(long, value_name = "NUMBER")]
    pub pages: Option<usize>,
    /// The most links away from the first page [default: 16]
    #[arg(long, value_name = "NUMBER")]
    pub depth: Option<usize>,
    /// The longest time; the next walk goes on from there [default: 120]
    #[arg(long, value_name = "NUMBER")]
    pub minutes: Option<u64>,
    /// Requests in a second, as far as robots.txt allows [default: 2]
    #[arg(long, value_name = "NUMBER")]
    pub per_second: Option<f64>,
}

#[derive(Debug, Args)]
pub struct Draft {
    /// A website, or files and folders
    #[arg(required = true, value_name = "URL|PATH")]
    pub sources: Vec<String>,
    /// Where the proposals go
    #[arg(long, value_name = "FILE", default_value = "faq-draft.yaml")]
    pub out: PathBuf,
    /// Write over a file that is there
    #[arg(long)]
    pub force: bool,
    #[command(flatten)]
    pub reach: Reach,
    /// Print the report as JSON
    #[arg(long)]
    pub json: bool,
}
