//! Mistakes in how often knowledge is looked at and in what is walked: each is named with its key and what to write.

use super::tests::{parse, site};

/// One website with this line added, and what is said of it after "site `shop`: ".
const WALKS: &[(&str, &str)] = &[
    (
        "url = \"banana\"",
        "`knowledge.crawl.url`: \"banana\" is no address of a website; it begins with https:// or http://",
    ),
    (
        "url = \"\"",
        "`knowledge.crawl.url`: \"\" is no address of a website",
    ),
    (
        "url = \"ftp://x.example/\"",
        "`knowledge.crawl.url`: \"ftp://x.example/\" is no address of a website",
    ),
    (
        "url = \"file:///etc/passwd\"",
        "`knowledge.crawl.url`: \"file:///etc/passwd\" is no address",
    ),
    (
        "url = \"https://\"",
        "`knowledge.crawl.url`: \"https://\" is no address",
    ),
    (
        "url = \"https://me:pass@x.example/\"",
        "`knowledge.crawl.url`: an address with a password is not walked",
    ),
    (
        "url = \"http://10.0.0.7/help/\"",
        "`knowledge.crawl.url`: \"http://10.0.0.7/help/\" is in a private network; set `allow_private = true` if that is meant",
    ),
    (
        "every = \"banana\"",
        "`knowledge.crawl.every` = \"banana\": it is a time such as \"30m\", \"6h\" or \"1d\"",
    ),
    (
        "every = \"0s\"",
        "`knowledge.crawl.every` = \"0s\": it is at least \"1s\"",
    ),
    (
        "every = \"999999d\"",
        "`knowledge.crawl.every` = \"999999d\": it is at most \"365d\"",
    ),
    (
        "hosts = [\"https://y.example\"]",
        "`knowledge.crawl.hosts`: \"https://y.example\" is no host; write it like \"docs.example.com\"",
    ),
    (
        "hosts = [\"y.example\", \"\"]",
        "`knowledge.crawl.hosts`: \"\" is no host",
    ),
    (
        "hosts = [\"y.example/help\"]",
        "`knowledge.crawl.hosts`: \"y.example/help\" is no host",
    ),
    (
        "hosts = [\"a b\"]",
        "`knowledge.crawl.hosts`: \"a b\" is no host",
    ),
    (
        "per_second = 0",
        "`knowledge.crawl.per_second`: it is 0.01 to 20, for instance 2",
    ),
    (
        "per_second = -1.5",
        "`knowledge.crawl.per_second`: it is 0.01 to 20",
    ),
    (
        "per_second = 1e-300",
        "`knowledge.crawl.per_second`: it is 0.01 to 20",
    ),
    (
        "per_second = nan",
        "`knowledge.crawl.per_second`: it is 0.01 to 20",
    ),
    (
        "per_second = 1000",
        "`knowledge.crawl.per_second`: it is 0.01 to 20",
    ),
    ("pages = 0", "`knowledge.crawl.pages`: it is at least 1"),
    ("minutes = 0", "`knowledge.crawl.minutes`: it is at least 1"),
    (
        "minutes = 9223372036854775807",
        "`knowledge.crawl.minutes`: it is at most 10080, which is a week",
    ),
];

/// What is not even of the right kind is named with its line.
const KINDS: &[(&str, &str)] = &[
    ("pages = -1", "invalid value: integer `-1`"),
    ("per_second = \"2\"", "invalid type: string \"2\""),
    ("every = 60", "invalid type: integer `60`"),
    (
        "hosts = \"y.example\"",
        "invalid type: string \"y.example\"",
    ),
    ("speed = 1", "unknown key `speed`; known here: url, every"),
];

fn walk(line: &str) -> String {
    let url = match line.starts_with("url") {
        true => "",
        false => "url = \"https://x.example/help/\"\n",
    };
    site(&format!("[[site.knowledge.crawl]]\n{url}{line}"))
}

#[test]
fn every_mistake_in_a_walk_is_named_with_its_key() {
    for (line, expected) in WALKS {
        let message = parse(&walk(line)).unwrap_err();
        let expected = format!("hinny.toml: site `shop`: {expected}");
        assert!(message.starts_with(&expected), "{line}\ngave: {message}");
        assert!(!message.contains("me:pass"), "{message}");
        assert_eq!(message.lines().count(), 1, "{message}");
    }
    for (line, expected) in KINDS {
        let message = parse(&walk(line)).unwrap_err();
        assert!(message.starts_with("hinny.toml:"), "{message}");
        assert!(message.contains(expected), "{line}\ngave: {message}");
    }
}

#[test]
fn how_often_the_paths_are_read_is_a_time() {
    for (text, expected) in [
        ("banana", "it is a time such as \"30m\", \"6h\" or \"1d\""),
        ("", "it is a time such as"),
        ("-1h", "it is a time such as"),
        ("1.5h", "it is a time such as"),
        ("h", "it is a time such as"),
        ("10", "it is a time such as"),
        ("99999999999999999999d", "it is a time such as"),
        ("0s", "it is at least \"1s\""),
        ("999ms", "it is at least \"1s\""),
        ("200000000000000d", "it is at most \"365d\""),
    ] {
        let message = parse(&site(&format!("[site.knowledge]\nevery = \"{text}\""))).unwrap_err();
        let whole = format!("site `shop`: `knowledge.every` = \"{text}\": {expected}");
        assert!(message.contains(&whole), "{text}\ngave: {message}");
    }
}

#[test]
fn a_website_is_named_once_and_good_ones_are_taken() {
    let one = "[[site.knowledge.crawl]]\nurl = \"https://x.example/help/\"\n";
    let message = parse(&site(&format!("{one}{one}"))).unwrap_err();
    assert!(
        message.contains("`knowledge.crawl.url`: \"https://x.example/help/\" is there twice"),
        "{message}"
    );
    let all = "every = \"30m\"\nhosts = [\"y.example\", \"localhost:3000\", \"[::1]:80\"]\nper_second = 0.5\npages = 10\nminutes = 5\ndepth = 0\n";
    let config = parse(&site(&format!("{one}{all}"))).unwrap();
    assert_eq!(config.sites[0].knowledge.crawl[0].every.as_secs(), 1_800);
}
