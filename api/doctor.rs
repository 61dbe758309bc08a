//! `hinny doctor`: looks at everything that has to be right, and says what to click or change where it is not. It only
//! reads (besides one empty file that it takes away again), so it may run beside the server and without one.

mod connections;
mod folder;
mod knowledge;
mod outbox;
mod public;
mod server;

use std::path::Path;

use hinny_bridges::{Finding, Grade};
use serde::Serialize;

use crate::config::secret::Env;
use crate::config::{Config, ConfigError};

/// Told what is looked at now.
pub type Progress<'a> = &'a dyn Fn(&str);

/// A finding and where it belongs.
#[derive(Debug, Serialize)]
pub struct Found {
    pub area: String,
    #[serde(flatten)]
    pub finding: Finding,
}

/// Everything that was found, in the order in which a person would look.
#[derive(Debug, Default)]
pub struct Report {
    pub found: Vec<Found>,
}

impl Report {
    fn add(&mut self, area: &str, findings: impl IntoIterator<Item = Finding>) {
        let area = area.to_owned();
        let found = findings.into_iter().map(|finding| Found {
            area: area.clone(),
            finding,
        });
        self.found.extend(found);
    }

    pub fn count(&self, grade: Grade) -> usize {
        let same = self
            .found
            .iter()
            .filter(|found| found.finding.grade == grade);
        same.count()
    }
}

/// What the command knows before it looks.
pub struct Patient<'a> {
    /// The configuration's file.
    pub file: &'a Path,
    /// `--data`, which wins over the configuration.
    pub data: Option<&'a Path>,
    pub env: Env<'a>,
    /// The same with something in place of each missing secret, so that the rest can be looked at.
    pub lenient: Env<'a>,
}

pub async fn look(patient: &Patient<'_>, progress: Progress<'_>) -> Report {
    let mut report = Report::default();
    progress("the configuration");
    let (config, complete) = configuration(patient, &mut report);
    let Some(config) = config else {
        return report;
    };
    progress("the data folder");
    report.add("data folder", folder::look(&config.data));
    let status = server::ask(&config.data).await;
    report.add("server", server::look(&config, status.as_ref()));
    progress("the public address");
    report.add(
        "public address",
        public::look(&config, status.is_some()).await,
    );
    progress("deliveries");
    report.add("deliveries", outbox::look(&config.data).await);
    for site in &config.sites {
        let area = format!("knowledge of {}", site.id);
        report.add(&area, knowledge::look(&config, site));
    }
    if complete {
        for (area, findings) in connections::look(&config, progress).await {
            report.add(&area, findings);
        }
    }
    report
}

/// The configuration as far as there is one, and whether its secrets are there.
fn configuration(patient: &Patient<'_>, report: &mut Report) -> (Option<Config>, bool) {
    let area = "configuration";
    let with_data = |mut config: Config| {
        if let Some(data) = patient.data {
            config.data = data.to_owned();
        }
        config
    };
    match Config::load(patient.file, patient.env) {
        Ok(config) => {
            report.add(area, sound(patient.file, &config));
            (Some(with_data(config)), true)
        }
        Err(error) => {
            report.add(area, broken(patient.file, error));
            let config = Config::load(patient.file, patient.lenient).ok();
            (config.map(with_data), false)
        }
    }
}

fn sound(file: &Path, config: &Config) -> Vec<Finding> {
    let (sites, connections) = (config.sites.len(), config.connections.names().count());
    let mut findings = vec![Finding::good(format!(
        "{} is understood: {}, {}",
        file.display(),
        counted(sites as u64, "site", "sites"),
        counted(connections as u64, "connection", "connections")
    ))];
    if sites == 0 {
        findings.push(Finding::bad(
            "there is no [[site]], so there is nothing to serve",
            format!(
                "write a [[site]] into {}; `hinny init` makes one",
                file.display()
            ),
        ));
    }
    findings
}

fn broken(file: &Path, error: ConfigError) -> Vec<Finding> {
    let problems = match error {
        ConfigError::Wrong { problems, .. } => problems,
        ConfigError::Missing { .. } => {
            let what = format!("there is no {}", file.display());
            return vec![Finding::bad(
                what,
                "make one with `hinny init`, or name another with --config",
            )];
        }
        other => vec![other.to_string()],
    };
    let fix = format!("change it in {}", file.display());
    let bad = |what: String| match what.contains("environment variable") {
        true => Finding::bad(
            what,
            "set the variable where you run this, as the server's service does",
        ),
        false => Finding::bad(what, fix.clone()),
    };
    problems.into_iter().map(bad).collect()
}

/// A number with its noun.
fn counted(number: u64, one: &str, many: &str) -> String {
    match number {
        1 => format!("1 {one}"),
        _ => format!("{number} {many}"),
    }
}
