//! Functions stay short, and nothing is left for later.

use crate::tree::{File, files};

const FUNCTION: usize = 40;

fn rust() -> Vec<File> {
    let rooms = ["actors", "kb", "api", "bridges", "tests"];
    rooms
        .iter()
        .flat_map(|room| files(room, &[".rs"]))
        .collect()
}

/// The functions of a file formatted by rustfmt: the name, and how many lines from the signature to the end.
fn functions(text: &str) -> Vec<(String, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (start, line) in lines.iter().enumerate() {
        let code = line.trim_start();
        let indent = line.len() - code.len();
        let Some(name) = signature(code) else {
            continue;
        };
        let end = lines[start..].iter().position(|line| {
            let code = line.trim_start();
            line.len() - code.len() == indent
                && (code == "}" || code.ends_with(" }") || code.ends_with(';'))
        });
        let length = end.unwrap_or(0) + 1;
        found.push((name.to_owned(), length));
    }
    found
}

fn signature(code: &str) -> Option<&str> {
    let at = code.find("fn ")?;
    let prefix = &code[..at];
    let words = [
        "pub",
        "async",
        "const",
        "pub(crate)",
        "pub(super)",
        "unsafe",
        "extern",
    ];
    let plain = prefix.split_whitespace().all(|word| words.contains(&word));
    plain.then(|| code[at + 3..].split(['(', '<']).next().unwrap_or_default())
}

#[test]
fn no_function_is_longer_than_the_limit() {
    let mut checked = 0;
    let mut long = Vec::new();
    for file in rust() {
        let all = functions(&file.text);
        checked += all.len();
        let over = all.into_iter().filter(|(_, lines)| *lines > FUNCTION);
        long.extend(over.map(|(name, lines)| format!("{}: {name} has {lines} lines", file.path)));
    }
    assert!(long.is_empty(), "{}", long.join("\n"));
    assert!(
        checked > 300,
        "only {checked} functions were found: the rule is blind"
    );
}

#[test]
fn nothing_is_left_for_later() {
    let banned = [
        "todo!(",
        "unimplemented!(",
        "FIXME",
        "XXX",
        "#[ignore]",
        "dbg!(",
    ];
    for file in rust()
        .into_iter()
        .filter(|file| !file.path.starts_with("tests/house/"))
    {
        for pattern in banned {
            assert!(!file.text.contains(pattern), "{} has {pattern}", file.path);
        }
    }
}

#[test]
fn the_rule_itself_sees_functions() {
    let text = "fn short() {\n    1\n}\n\nimpl A {\n    pub async fn long(\n        a: u8,\n    ) -> u8 {\n        a\n    }\n}\n";
    assert_eq!(
        functions(text),
        [("short".to_owned(), 3), ("long".to_owned(), 5)]
    );
}
