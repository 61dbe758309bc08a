//! The fidelity table tells the truth: what it promises has a test, and what it denies has a reason.

use crate::tree::{files, root};

/// The rows of the table; tests have an underscore where these have a space.
const FEATURES: [&str; 22] = [
    "text",
    "line breaks",
    "bold",
    "italic",
    "code",
    "code block",
    "links",
    "lists",
    "quotes",
    "mentions",
    "emoji",
    "images",
    "files",
    "edits",
    "deletes",
    "replies",
    "reactions",
    "typing",
    "names",
    "avatars",
    "long messages",
    "bursts",
];

/// One cell: which feature, on which platform, in which direction, and what the table says.
struct Cell {
    feature: String,
    platform: String,
    direction: String,
    says: String,
}

impl Cell {
    fn test(&self) -> String {
        format!("{}_{}", self.feature.replace(' ', "_"), self.direction)
    }

    fn place(&self) -> String {
        format!("{} on {}, {}", self.feature, self.platform, self.direction)
    }
}

fn page() -> String {
    std::fs::read_to_string(root().join("docs/fidelity.md")).unwrap()
}

fn columns(line: &str) -> Vec<String> {
    let inner = line.trim().trim_matches('|');
    inner
        .split('|')
        .map(|cell| cell.trim().to_owned())
        .collect()
}

fn cells(page: &str) -> Vec<Cell> {
    let mut rows = page.lines().filter(|line| line.starts_with('|'));
    let head = columns(rows.next().expect("the page has a table"));
    let rows: Vec<Vec<String>> = rows.skip(1).map(columns).collect();
    let features: Vec<&str> = rows.iter().map(|row| row[0].as_str()).collect();
    assert_eq!(features, FEATURES, "the rows of the table");
    let of_row = |row: &Vec<String>| {
        assert_eq!(row.len(), head.len(), "{row:?}");
        let pairs = head.iter().zip(row).skip(1);
        let cell = |(head, says): (&String, &String)| {
            let (platform, direction) = head.rsplit_once(' ').expect("a platform and a direction");
            Cell {
                feature: row[0].clone(),
                platform: platform.to_owned(),
                direction: direction.to_owned(),
                says: says.clone(),
            }
        };
        pairs.map(cell).collect::<Vec<_>>()
    };
    rows.iter().flat_map(of_row).collect()
}

/// The tests of the table's cells for one platform.
fn tests(platform: &str) -> String {
    let folder = format!("bridges/tests/{}", platform.to_lowercase());
    let all = files(&folder, &[".rs"]).into_iter();
    let of_table = all.filter(|file| file.path.contains("/fidelity"));
    of_table.map(|file| file.text).collect()
}

fn has(tests: &str, name: &str) -> bool {
    tests.contains(&format!("fn {name}()"))
}

#[test]
fn every_promise_has_its_test_and_no_denial_has_one() {
    for cell in cells(&page()) {
        let promised = match cell.says.as_str() {
            "yes" | "partly" => true,
            says if says.starts_with("[no](") => false,
            says => panic!("{}: what is {says:?}?", cell.place()),
        };
        let tested = has(&tests(&cell.platform), &cell.test());
        assert_eq!(promised, tested, "{}: promised, tested", cell.place());
    }
}

#[test]
fn every_denial_links_to_the_platforms_own_page() {
    for cell in cells(&page()) {
        let Some(link) = cell.says.strip_prefix("[no](") else {
            continue;
        };
        let own: &[&str] = match cell.platform.as_str() {
            "Telegram" => &["https://core.telegram.org/"],
            "Slack" => &[
                "https://docs.slack.dev/",
                "https://api.slack.com/",
                "https://slack.com/",
            ],
            "Discord" => &[
                "https://discord.com/",
                "https://docs.discord.com/",
                "https://support.discord.com/",
            ],
            other => panic!("what is {other}?"),
        };
        let known = own.iter().any(|site| link.starts_with(site));
        assert!(known && link.ends_with(')'), "{}: {link}", cell.place());
    }
}

/// A word like "partly" needs a sentence.
#[test]
fn what_is_partly_so_is_explained() {
    let page = page();
    for cell in cells(&page).iter().filter(|cell| cell.says == "partly") {
        let heading = format!("## {}\n", cell.platform);
        let (_, section) = page
            .split_once(&heading)
            .expect("each platform has a section");
        let section = section.split("\n## ").next().unwrap();
        assert!(
            section.contains(&format!("**{}**", cell.feature)),
            "{}",
            cell.place()
        );
    }
}

#[test]
fn both_directions_of_a_platform_are_there() {
    let cells = cells(&page());
    let out = cells.iter().filter(|cell| cell.direction == "out").count();
    let into = cells.iter().filter(|cell| cell.direction == "in").count();
    assert_eq!(out, into);
    assert_eq!((out + into) % (2 * FEATURES.len()), 0);
    assert_eq!(out + into, cells.len());
}
