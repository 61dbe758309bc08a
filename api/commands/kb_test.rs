//! `hinny kb test`: whether the knowledge still answers as the team expects, and what has changed since the last run.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use hinny_kb::{Checked, Generation, IndexJob, Library, Settings, Verdict, check_expectations};
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use serde::Serialize;

use super::{Failure, load, site};
use crate::cli::{Global, Test};
use crate::index;
use crate::say::say;

pub fn run(global: &Global, test: &Test) -> Result<ExitCode, Failure> {
    let asked = Asked::of(global, test)?;
    let mut checked = Vec::new();
    for file in &test.files {
        checked.extend(check_expectations(
            &asked.generation,
            &asked.settings,
            file,
        )?);
    }
    let before = asked.last.as_deref().map(last).transpose()?.flatten();
    let changes = before.map(|before| changes(&before, &checked));
    let failed = checked.iter().filter(|one| !one.passed()).count();
    let outcome = Outcome {
        passed: checked.len() - failed,
        failed,
        unread: asked.unread,
        changes,
        questions: checked,
    };
    if let Some(path) = &test.junit {
        junit(&outcome.questions).serialize(std::fs::File::create(path).map_err(named(path))?)?;
    }
    if let Some(path) = &asked.last {
        keep(path, &outcome.questions)?;
    }
    match test.json {
        true => say!("{}", serde_json::to_string(&outcome)?),
        false => show(&outcome),
    }
    match (failed, outcome.unread.is_empty()) {
        (0, true) => Ok(ExitCode::SUCCESS),
        _ => Ok(ExitCode::FAILURE),
    }
}

/// What the questions are put to.
struct Asked {
    generation: Arc<Generation>,
    settings: Settings,
    last: Option<PathBuf>,
    /// What could not be read of the knowledge.
    unread: Vec<String>,
    /// Holds an index that was made for this run only.
    _folder: Option<tempfile::TempDir>,
}

impl Asked {
    fn of(global: &Global, test: &Test) -> Result<Asked, Failure> {
        match test.paths.is_empty() {
            true => Asked::site(global, test),
            false => Asked::paths(test),
        }
    }

    fn site(global: &Global, test: &Test) -> Result<Asked, Failure> {
        let config = load(global)?;
        let id = site(&config, test.site.site.as_deref())?;
        let library = index::library(&config, &id)?;
        let nothing = || {
            format!("nothing is indexed for site `{id}` yet; run `hinny kb index`, or name --path")
        };
        let own = config.data.join("kb-tests").join(format!("{id}.json"));
        Ok(Asked {
            generation: library.generation().ok_or_else(nothing)?,
            settings: config
                .site(&id)
                .map_or_else(Settings::default, |site| site.answers),
            last: Some(test.last.clone().unwrap_or(own)),
            unread: Vec::new(),
            _folder: None,
        })
    }

    fn paths(test: &Test) -> Result<Asked, Failure> {
        let folder = tempfile::tempdir()?;
        let library = Library::open(folder.path())?;
        let job = IndexJob {
            paths: test.paths.clone(),
            pdf: index::pdf(),
            ..IndexJob::default()
        };
        let problems = library.index(&job, &mut |_| {})?.problems;
        Ok(Asked {
            generation: library.generation().ok_or("the paths hold no knowledge")?,
            settings: Settings::default(),
            last: test.last.clone(),
            unread: problems.iter().map(ToString::to_string).collect(),
            _folder: Some(folder),
        })
    }
}

#[derive(Serialize)]
struct Outcome {
    passed: usize,
    failed: usize,
    /// What could not be read of the paths, and so was not asked.
    unread: Vec<String>,
    /// Against the last run; `null` if there was none.
    changes: Option<Vec<Change>>,
    questions: Vec<Checked>,
}

/// A question that came out differently this time.
#[derive(Debug, PartialEq, Serialize)]
struct Change {
    file: PathBuf,
    question: String,
    what: Kind,
    before: Option<Said>,
    now: Said,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Fixed,
    Broken,
    /// Well or not as before, with another verdict or another entry.
    Other,
    New,
}

#[derive(Debug, PartialEq, Serialize)]
struct Said {
    verdict: Verdict,
    confidence: f64,
    entry: Option<String>,
}

impl Said {
    fn of(checked: &Checked) -> Said {
        Said {
            verdict: checked.verdict,
            confidence: checked.confidence,
            entry: checked.entry.clone(),
        }
    }
}

fn changes(before: &[Checked], now: &[Checked]) -> Vec<Change> {
    let before: HashMap<_, _> = before
        .iter()
        .map(|one| ((&one.file, &one.question), one))
        .collect();
    let changed = now.iter().filter_map(|one| {
        let earlier = before.get(&(&one.file, &one.question));
        let what = match earlier {
            None => Kind::New,
            Some(earlier) if earlier.passed() != one.passed() && one.passed() => Kind::Fixed,
            Some(earlier) if earlier.passed() != one.passed() => Kind::Broken,
            Some(earlier) if (earlier.verdict, &earlier.entry) != (one.verdict, &one.entry) => {
                Kind::Other
            }
            Some(_) => return None,
        };
        Some(Change {
            file: one.file.clone(),
            question: one.question.clone(),
            what,
            before: earlier.map(|earlier| Said::of(earlier)),
            now: Said::of(one),
        })
    });
    changed.collect()
}

/// The last run's results; nothing if this is the first run.
fn last(path: &Path) -> Result<Option<Vec<Checked>>, Failure> {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(named(path)(error)),
    };
    let read = serde_json::from_slice(&bytes);
    read.map(Some).map_err(|_| {
        format!(
            "{} does not hold the results of a run; remove it, or name another with --last",
            path.display()
        )
        .into()
    })
}

/// Whole or not at all: a run that is cut short leaves the results of the one before.
fn keep(path: &Path, checked: &[Checked]) -> Result<(), Failure> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    std::fs::create_dir_all(folder).map_err(named(folder))?;
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(named(folder))?;
    serde_json::to_writer(&mut file, checked)?;
    file.persist(path)
        .map_err(|error| named(path)(error.error))?;
    Ok(())
}

fn named(path: &Path) -> impl Fn(std::io::Error) -> Failure + '_ {
    move |error| format!("{}: {error}", path.display()).into()
}

fn show(outcome: &Outcome) {
    for problem in &outcome.unread {
        say!("{problem}");
    }
    for one in outcome.questions.iter().filter(|one| !one.passed()) {
        say!("{}:{}: {}", one.file.display(), one.line, one.question);
        for problem in &one.problems {
            say!("    {problem}");
        }
    }
    for change in outcome.changes.iter().flatten() {
        let what = match change.what {
            Kind::Fixed => "fixed since the last run",
            Kind::Broken => "broken since the last run",
            Kind::Other => "answered otherwise than in the last run",
            Kind::New => continue,
        };
        let now = change.now.entry.as_deref().unwrap_or("nothing near");
        let before = change
            .before
            .as_ref()
            .and_then(|said| said.entry.as_deref());
        say!(
            "{what}: {} ({} → {now})",
            change.question,
            before.unwrap_or("nothing near")
        );
    }
    let all = outcome.questions.len();
    match outcome.failed {
        0 => say!("All {all} questions are answered as expected."),
        failed => say!("{failed} of {all} questions are not answered as expected."),
    }
    match outcome.unread.len() {
        0 => {}
        1 => say!("One thing in the paths could not be read."),
        count => say!("{count} things in the paths could not be read."),
    }
}

fn junit(checked: &[Checked]) -> Report {
    let mut suites: Vec<TestSuite> = Vec::new();
    for one in checked {
        let file = one.file.display().to_string();
        if suites
            .last()
            .is_none_or(|suite| suite.name.as_str() != file)
        {
            suites.push(TestSuite::new(&file));
        }
        let status = match one.passed() {
            true => TestCaseStatus::success(),
            false => {
                let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
                status.set_message(one.problems.join("; "));
                status
            }
        };
        let mut case = TestCase::new(one.question.trim(), status);
        case.set_classname(format!("{file}:{}", one.line));
        if let Some(suite) = suites.last_mut() {
            suite.add_test_case(case);
        }
    }
    let mut report = Report::new("hinny kb test");
    report.add_test_suites(suites);
    report
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(question: &str, entry: &str, problems: &[&str]) -> Checked {
        Checked {
            file: "e.yaml".into(),
            line: 1,
            question: question.to_owned(),
            verdict: Verdict::Answer,
            confidence: 0.9,
            entry: Some(entry.to_owned()),
            problems: problems.iter().map(|&problem| problem.to_owned()).collect(),
        }
    }

    #[test]
    fn a_change_is_told_once_and_by_its_kind() {
        let before = [
            checked("a", "1", &[]),
            checked("b", "1", &["no"]),
            checked("c", "1", &[]),
            checked("d", "1", &[]),
        ];
        let now = [
            checked("a", "1", &["no"]),
            checked("b", "1", &[]),
            checked("c", "2", &[]),
            checked("d", "1", &[]),
            checked("e", "1", &[]),
        ];
        let kinds: Vec<_> = changes(&before, &now)
            .into_iter()
            .map(|c| (c.question, c.what))
            .collect();
        let wanted = [
            ("a", Kind::Broken),
            ("b", Kind::Fixed),
            ("c", Kind::Other),
            ("e", Kind::New),
        ];
        assert_eq!(
            kinds,
            wanted.map(|(question, kind)| (question.to_owned(), kind))
        );
    }

    #[test]
    fn a_report_counts_and_escapes() {
        let report = junit(&[
            checked("a < b?", "1", &[]),
            checked("b", "1", &["“<x>” is missing"]),
        ]);
        let xml = report.to_string().unwrap();
        assert!(
            xml.contains("tests=\"2\" skipped=\"0\" failures=\"1\"")
                || xml.contains("failures=\"1\""),
            "{xml}"
        );
        assert!(xml.contains("a &lt; b?") && !xml.contains("<x>"), "{xml}");
    }
}
