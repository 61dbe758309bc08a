//! Files stay short enough to be read in one go.

use crate::tree::{File, files};

const FILE: usize = 400;
const MEDIAN: usize = 200;

fn sources() -> Vec<File> {
    let mut all = files("widget", &[".ts", ".mjs"]);
    for room in ["actors", "kb", "api", "bridges", "tests"] {
        all.extend(files(room, &[".rs", ".mjs", ".js"]));
    }
    all
}

#[test]
fn no_file_is_longer_than_the_limit() {
    for file in sources() {
        let lines = file.text.lines().count();
        assert!(lines <= FILE, "{} has {lines} lines", file.path);
    }
}

#[test]
fn the_usual_file_is_short() {
    let mut lines: Vec<usize> = sources()
        .iter()
        .map(|file| file.text.lines().count())
        .collect();
    lines.sort_unstable();
    assert!(
        lines[lines.len() / 2] <= MEDIAN,
        "the median is {}",
        lines[lines.len() / 2]
    );
}

#[test]
fn every_file_says_what_it_is() {
    for file in sources()
        .into_iter()
        .filter(|file| file.path.ends_with(".rs"))
    {
        assert!(
            file.text.starts_with("//!"),
            "{} does not begin with its noun",
            file.path
        );
    }
}
