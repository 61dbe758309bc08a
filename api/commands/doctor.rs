//! `hinny doctor`: shows what was found, and ends with a failure if something is bad.

use std::process::ExitCode;
use std::time::Duration;

use hinny_bridges::Grade;
use indicatif::ProgressBar;
use serde_json::json;

use super::{Failure, config_file, env, lenient, runtime};
use crate::cli::Global;
use crate::doctor::{Patient, Report, look};
use crate::say::say;

pub fn run(global: &Global, as_json: bool) -> Result<ExitCode, Failure> {
    let file = config_file(global);
    let patient = Patient {
        file: &file,
        data: global.data.as_deref(),
        env: &env,
        lenient: &lenient,
    };
    let spinner = ProgressBar::new_spinner();
    spinner.enable_steady_tick(Duration::from_millis(100));
    let progress = |what: &str| spinner.set_message(format!("Looking at {what} …"));
    let report = runtime()?.block_on(look(&patient, &progress));
    spinner.finish_and_clear();
    let bad = report.count(Grade::Bad);
    match as_json {
        true => say!("{}", json!({ "ok": bad == 0, "findings": report.found })),
        false => say!("{}", told(&report)),
    }
    Ok(match bad {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    })
}

fn told(report: &Report) -> String {
    let mut text = String::new();
    let mut area = "";
    for found in &report.found {
        if found.area != area {
            area = &found.area;
            text += &format!("{area}\n");
        }
        let mark = match found.finding.grade {
            Grade::Good => "ok  ",
            Grade::Doubtful => "look",
            Grade::Bad => "BAD ",
        };
        text += &format!("  {mark}  {}\n", found.finding.what);
        if let Some(fix) = &found.finding.fix {
            text += &format!("        → {fix}\n");
        }
    }
    let (bad, doubtful) = (report.count(Grade::Bad), report.count(Grade::Doubtful));
    text + "\n"
        + &match (bad, doubtful) {
            (0, 0) => "All is well.".to_owned(),
            (0, _) => format!("It works. To look at: {doubtful}."),
            _ => format!("Bad: {bad}. To look at: {doubtful}."),
        }
}
