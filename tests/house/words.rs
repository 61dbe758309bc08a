//! What must not stand in the repository: secrets, other people's machines, and words that lie.

use crate::tree::{files, root};

#[test]
fn lock_files_name_no_private_registry() {
    for file in files("widget", &["package-lock.json"])
        .into_iter()
        .chain(files("tests", &["package-lock.json"]))
    {
        assert!(
            !file.text.contains("\"resolved\""),
            "{} records download addresses",
            file.path
        );
    }
}

#[test]
fn the_papers_are_there() {
    for name in [
        "README.md",
        "ARCHITECTURE.md",
        "CHANGELOG.md",
        "LICENSE-MIT",
        "LICENSE-APACHE",
        "NOTICE",
    ] {
        let text = std::fs::read_to_string(root().join(name)).unwrap_or_default();
        assert!(text.len() > 100, "{name} is missing or empty");
    }
}

/// A fresh clone has no `/work`, and neither has anybody else.
#[test]
fn no_path_of_one_machine() {
    for folder in [
        "actors", "kb", "api", "bridges", "widget", "tests", "docs", "fixtures",
    ] {
        for file in files(
            folder,
            &[".rs", ".ts", ".mjs", ".md", ".json", ".toml", ".sh"],
        ) {
            let own_rule = file.path == "tests/house/words.rs";
            let named = ["/work/", "/root/", "/home/"]
                .iter()
                .find(|path| file.text.contains(**path));
            assert!(
                own_rule || named.is_none(),
                "{} names {}",
                file.path,
                named.unwrap()
            );
        }
    }
}
