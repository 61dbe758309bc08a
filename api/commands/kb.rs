//! `hinny kb`: index, list, eval.

use std::path::PathBuf;
use std::process::ExitCode;

use hinny_kb::{Boldness, EvalReport, Evaluation, IndexReport, Settings, evaluate};

use super::doing::carry_out;
use super::progress::Progress;
use super::{Failure, load, site};
use crate::cli::{Eval, Global, Kb};
use crate::config::Config;
use crate::control::Verb;
use crate::index;
use crate::say::say;

pub fn run(global: &Global, command: Kb) -> Result<ExitCode, Failure> {
    match command {
        Kb::Index {
            paths,
            site,
            base_url,
            json,
        } => {
            let config = load(global)?;
            let site = super::site(&config, site.site.as_deref())?;
            let verb = verb(&config, site, paths, base_url)?;
            index(&config, verb, json)
        }
        Kb::Crawl(crawl) => super::kb_crawl::run(global, crawl),
        Kb::Draft(draft) => super::kb_draft::run(global, draft),
        Kb::List { site: named, json } => {
            let config = load(global)?;
            list(&config, &site(&config, named.site.as_deref())?, json)
        }
        Kb::Eval(eval) => measure(&eval),
        Kb::Gaps(gaps) => super::kb_gaps::run(global, gaps),
        Kb::Test(test) => super::kb_test::run(global, &test),
    }
}

/// What is not said on the command line comes from the configuration. Paths become absolute: the server
/// works in another folder.
fn verb(
    config: &Config,
    site: String,
    paths: Vec<PathBuf>,
    base_url: Option<String>,
) -> Result<Verb, Failure> {
    let configured = config.site(&site).map(|site| index::job(config, site));
    let configured = configured.unwrap_or_default();
    let paths = match paths.is_empty() {
        true => configured.paths,
        false => paths,
    };
    let saved = configured
        .saved
        .as_ref()
        .is_some_and(|saved| saved.exists());
    if paths.is_empty() && !saved && configured.crawled.is_empty() {
        return Err(
            "what shall be indexed? Name files or folders, or set `paths` below [site.knowledge]"
                .into(),
        );
    }
    let absolute: Result<Vec<PathBuf>, _> = paths.iter().map(std::path::absolute).collect();
    Ok(Verb::KbIndex {
        site,
        paths: absolute?,
        base_url: base_url.or(configured.base_url),
    })
}

fn index(config: &Config, verb: Verb, json: bool) -> Result<ExitCode, Failure> {
    let report: IndexReport = serde_json::from_value(with_bar(config, verb)?)?;
    match json {
        true => say!("{}", serde_json::to_string(&report)?),
        false => tell(&report),
    }
    match report.problems.is_empty() {
        true => Ok(ExitCode::SUCCESS),
        false => Ok(ExitCode::FAILURE),
    }
}

/// Carries out what takes its time, and shows how far it is, how quickly it goes and how long it will take.
pub fn with_bar(config: &Config, verb: Verb) -> Result<serde_json::Value, Failure> {
    let mut progress = Progress::new()?;
    let result = carry_out(config, verb, &mut |done, total, file| {
        progress.at(done, total, file);
    });
    progress.finish();
    result
}

pub fn tell(report: &IndexReport) {
    for problem in &report.problems {
        eprintln!("{problem}");
    }
    say!(
        "{} entries from {} files ({} new, {} changed, {} removed, {} as before).",
        report.entries,
        report.files,
        report.added,
        report.changed,
        report.removed,
        report.unchanged
    );
    for note in &report.notes {
        say!("{note}");
    }
    if report.small {
        say!("{}", index::too_small());
    }
    match report.problems.len() {
        0 => {}
        1 => say!("One thing was left out; the rest is indexed."),
        count => say!("{count} things were left out; the rest is indexed."),
    }
}

fn list(config: &Config, site: &str, json: bool) -> Result<ExitCode, Failure> {
    let library = index::library(config, site)?;
    let Some(generation) = library.generation() else {
        return Err(format!(
            "nothing is indexed for site `{site}` yet; see `hinny kb index --help`"
        )
        .into());
    };
    let manifest = generation.manifest();
    if json {
        say!("{}", serde_json::to_string(manifest)?);
        return Ok(ExitCode::SUCCESS);
    }
    for file in &manifest.files {
        let mark = if file.clean { "" } else { "  (with problems)" };
        say!("{}{mark}", file.path);
    }
    say!(
        "{} entries in {} files.",
        generation.len(),
        manifest.files.len()
    );
    Ok(ExitCode::SUCCESS)
}

fn measure(eval: &Eval) -> Result<ExitCode, Failure> {
    let settings = settings(&eval.settings)?;
    let evaluation = evaluate(&eval.kb, &eval.queries, &settings)?;
    for problem in &evaluation.problems {
        eprintln!("{problem}");
    }
    match (eval.json, eval.curve) {
        (true, true) => {
            let both =
                serde_json::json!({ "report": evaluation.report, "curve": evaluation.curve });
            say!("{both}");
        }
        (true, false) => say!("{}", serde_json::to_string(&evaluation.report)?),
        (false, curve) => show(&evaluation, curve)?,
    }
    match evaluation.problems.is_empty() {
        true => Ok(ExitCode::SUCCESS),
        false => Ok(ExitCode::FAILURE),
    }
}

fn show(evaluation: &Evaluation, curve: bool) -> Result<(), Failure> {
    say!("{}", figures(&evaluation.report)?.trim_end());
    if curve {
        say!("\nborder  coverage  wrong_rate");
        for point in &evaluation.curve {
            say!(
                "{:6.2}  {:8.3}  {:10.3}",
                point.border,
                point.coverage,
                point.wrong_rate
            );
        }
    }
    Ok(())
}

/// One figure a line, under the names that the JSON has.
fn figures(report: &EvalReport) -> Result<String, Failure> {
    let value = serde_json::to_value(report)?;
    let mut text = String::new();
    for (name, figure) in value.as_object().into_iter().flatten() {
        let figure = match figure.as_f64() {
            Some(number) if figure.is_f64() => format!("{number:.3}"),
            Some(_) => figure.to_string(),
            None => "-".to_owned(),
        };
        text += &format!("{name:18} {figure}\n");
    }
    Ok(text)
}

fn settings(changes: &[String]) -> Result<Settings, Failure> {
    let mut settings = Settings::default();
    for change in changes {
        let wrong =
            || format!("--setting {change}: it is like boldness=eager, answer=0.5 or candidates=3");
        let (name, value) = change.split_once('=').ok_or_else(wrong)?;
        match name {
            "boldness" => {
                let boldness: Boldness = value.to_owned().try_into().map_err(|_| wrong())?;
                (settings.answer, settings.suggest) = boldness.borders();
            }
            "answer" => settings.answer = value.parse().map_err(|_| wrong())?,
            "suggest" => settings.suggest = value.parse().map_err(|_| wrong())?,
            "candidates" => settings.candidates = value.parse().map_err(|_| wrong())?,
            _ => return Err(wrong().into()),
        }
    }
    settings.check()?;
    Ok(settings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_read_and_checked() {
        let changed = settings(&["answer=0.5".to_owned(), "candidates=5".to_owned()]).unwrap();
        assert_eq!((changed.answer, changed.candidates), (0.5, 5));
        for bad in ["answer", "answer=much", "border=1", "answer=2"] {
            assert!(settings(&[bad.to_owned()]).is_err(), "{bad}");
        }
    }
}
