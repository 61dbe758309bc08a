//! Each foreign crate is known in one room only, and arrows between rooms point one way.

use crate::tree::{File, files};

/// A crate, and where its name may stand in the code.
const ROOMS: &[(&str, &[&str])] = &[
    ("actix", &["actors/"]),
    ("sqlx", &["actors/store/"]),
    ("tantivy", &["kb/"]),
    ("scraper", &["kb/"]),
    ("async_openai", &["kb/llm/"]),
    ("reqwest_model", &["kb/llm/", "kb/crawl/"]),
    ("sentencex", &["kb/llm/"]),
    ("tokenizers", &["kb/encoder/"]),
    ("pulp", &["kb/encoder/"]),
    ("hinny_encoder", &["kb/"]),
    ("whatlang", &["kb/"]),
    ("encoding_rs", &["kb/"]),
    ("chardetng", &["kb/"]),
    ("pdf_extract", &["kb/"]),
    ("robotxt", &["kb/"]),
    ("quick_xml", &["kb/"]),
    ("quick_junit", &["api/"]),
    ("slack_morphism", &["bridges/slack/"]),
    ("teloxide", &["bridges/telegram/"]),
    ("object_store", &["actors/files/"]),
    ("infer", &["actors/files/"]),
    ("imagesize", &["actors/files/"]),
    ("hmac", &["api/"]),
    (
        "axum",
        &[
            "api/",
            "tests/platforms/",
            "bridges/tests/",
            "kb/crawl/tests_site.rs",
        ],
    ),
    ("clap", &["api/", "tests/load/"]),
    (
        "jsonwebtoken",
        &["api/", "tests/it/signing/", "tests/it/identity/"],
    ),
    ("hinny_actors", &["api/"]),
    (
        "hinny_kb",
        &["api/", "actors/", "kb/examples/", "kb/tests/"],
    ),
    ("hinny_bridges", &["api/", "actors/", "bridges/"]),
];

fn rust() -> Vec<File> {
    let rooms = ["actors", "kb", "api", "bridges", "tests"];
    let all = rooms.iter().flat_map(|room| files(room, &[".rs"]));
    all.filter(|file| !file.path.starts_with("tests/house/"))
        .collect()
}

fn uses(line: &str, name: &str) -> bool {
    let code = line.split("//").next().unwrap_or_default();
    [
        format!("{name}::"),
        format!("use {name};"),
        format!("use {name} as"),
    ]
    .iter()
    .any(|pattern| {
        code.match_indices(pattern.as_str()).any(|(at, _)| {
            let before = code[..at].chars().next_back();
            !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
        })
    })
}

#[test]
fn each_foreign_crate_is_known_in_one_room() {
    for file in rust() {
        for (name, rooms) in ROOMS {
            let allowed = rooms.iter().any(|room| file.path.starts_with(room));
            let line = file.text.lines().find(|line| uses(line, name));
            assert!(
                allowed || line.is_none(),
                "{} knows {name}: {:?}",
                file.path,
                line.unwrap()
            );
        }
    }
}

/// Platforms are named where they are spoken, in the binary that reads their configuration, and nowhere else.
#[test]
fn conversations_know_no_platform() {
    for file in files("actors", &[".rs"]) {
        let test_only = file.path.contains("/tests")
            || file.path.contains("suite")
            || file.path.ends_with("_tests.rs")
            || file.path.starts_with("actors/dialogue/properties")
            || file.path.starts_with("actors/dialogue/table");
        let tests_at = file.text.find("#[cfg(test)]").unwrap_or(file.text.len());
        for line in file.text[..tests_at].lines() {
            let code = line.split("//").next().unwrap().to_lowercase();
            let named = ["telegram", "slack", "discord"]
                .iter()
                .any(|name| code.contains(name));
            assert!(test_only || !named, "{}: {line}", file.path);
        }
    }
}

#[test]
fn the_dialogue_has_no_windows() {
    let inside =
        |file: &File| !file.path.ends_with("properties.rs") && !file.path.ends_with("table.rs");
    for file in files("actors/dialogue", &[".rs"])
        .into_iter()
        .filter(inside)
    {
        for banned in [
            "std::time",
            "SystemTime",
            "Instant",
            "tokio",
            "async ",
            "actix",
            "sqlx",
            "rand",
        ] {
            assert!(!file.text.contains(banned), "{} has {banned}", file.path);
        }
    }
}

/// `do_send` queues without a bound and drops silently.
#[test]
fn no_unbounded_queue_and_no_global() {
    let banned = [
        "do_send(",
        "unbounded_channel",
        "mpsc::unbounded",
        "static mut",
        "lazy_static",
        "SystemRegistry",
    ];
    for file in rust()
        .into_iter()
        .filter(|file| !file.path.contains("tests/"))
    {
        for pattern in banned {
            assert!(!file.text.contains(pattern), "{} has {pattern}", file.path);
        }
    }
}
