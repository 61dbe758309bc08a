//! Where knowledge comes from: websites, PDF files made to do harm, and looking again by itself.

use serde_json::Value;

use crate::pdf;
use crate::support::eventually;
use crate::support::http::get;
use crate::support::server::{FAQ, SITE, Server};
use crate::support::visitor::Visitor;
use crate::website::Website;

const START: &str = "<title>Help</title><main><h1>Help</h1><p>Welcome to our help.</p>\
    <a href='/help/gift'>Gifts</a> <a href='/help/stairs'>Stairs</a></main>";
const GIFT: &str = "<title>Gift wrapping</title><main><h1>Gift wrapping</h1><h2 id=wrap>Do you wrap gifts?</h2>\
    <p>We wrap gifts in green paper with a silver ribbon.</p></main>";
const STAIRS: &str = "<title>Stairs</title><main><h1>Stairs</h1><p>Our couriers carry parcels up two floors.</p></main>";

async fn website() -> Website {
    Website::start(&[
        ("/help/", START),
        ("/help/gift", GIFT),
        ("/help/stairs", STAIRS),
    ])
    .await
}

async fn walk(server: &Server, url: &str) -> Value {
    let args = [
        "kb",
        "crawl",
        url,
        "--allow-private",
        "--per-second",
        "20",
        "--json",
    ];
    let walked = server.run(&args).await;
    assert!(walked.ok, "{} {}", walked.stdout, walked.stderr);
    serde_json::from_str(&walked.stdout).unwrap()
}

/// The files that are indexed.
async fn listed(server: &Server) -> Vec<String> {
    let list = server.run(&["kb", "list", "--json"]).await;
    let list: Value = serde_json::from_str(&list.stdout).unwrap();
    let files = list["files"].as_array().unwrap().iter();
    files
        .map(|file| file["path"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_website_is_walked_beside_the_files_and_answers_carry_its_addresses() {
    let website = website().await;
    let server = Server::start(SITE).await;
    let start = format!("{}/help/", website.url);
    let report = walk(&server, &start).await;
    assert_eq!(report["crawled"][0]["report"]["pages"], 3, "{report}");
    assert_eq!(
        listed(&server).await.len(),
        4,
        "three pages, and the FAQ as before"
    );

    let mut ada = Visitor::new("ada");
    ada.connect(&server.url).await;
    ada.says("Do you wrap gifts in green paper with a silver ribbon?")
        .await;
    let asked = server
        .run(&["ask", "Do you wrap gifts in green paper?", "--json"])
        .await;
    let verdict: Value = serde_json::from_str(&asked.stdout).unwrap();
    let source = &verdict["candidates"][0]["source"]["url"];
    assert_eq!(
        source,
        &format!("{}/help/gift#wrap", website.url),
        "{verdict}"
    );

    website.hide("/help/stairs");
    let report = walk(&server, &start).await;
    assert_eq!(report["crawled"][0]["report"]["removed"], 1, "{report}");
    assert_eq!(listed(&server).await.len(), 3);
    let forgotten = server.run(&["kb", "crawl", &start, "--forget"]).await;
    assert!(forgotten.ok, "{}", forgotten.stderr);
    assert_eq!(listed(&server).await.len(), 1);
}

#[tokio::test]
async fn a_private_address_is_not_walked_without_leave() {
    let website = website().await;
    let server = Server::prepare(SITE).await;
    for url in [
        website.url.as_str(),
        "http://169.254.169.254/",
        "file:///etc/passwd",
    ] {
        let walked = server.run(&["kb", "crawl", url]).await;
        let why = ["private network", "no address of a website"];
        assert!(
            !walked.ok && why.iter().any(|why| walked.stderr.contains(why)),
            "{walked:?}"
        );
    }
    assert_eq!(listed(&server).await, ["faq.md"]);
}

/// A good file among bad ones.
fn harmful(docs: &std::path::Path) {
    std::fs::create_dir(docs).unwrap();
    let good = pdf::pdf(&[
        "The garden hose is twelve metres long.",
        "The tap is made of brass.",
    ]);
    let write = |name: &str, bytes: &[u8]| std::fs::write(docs.join(name), bytes).unwrap();
    write("bomb.pdf", &pdf::bomb());
    write("broken.pdf", &good[..good.len() / 2]);
    write("circle.pdf", &pdf::circle());
    write("good.pdf", &good);
    write("locked.pdf", &pdf::locked());
}

#[tokio::test]
async fn a_pdf_made_to_do_harm_is_one_line_and_the_rest_is_indexed() {
    let server = Server::prepare(SITE).await;
    harmful(&server.folder().join("docs"));
    let indexed = server
        .run(&["kb", "index", "docs", "faq.md", "--json"])
        .await;
    let report: Value = serde_json::from_str(&indexed.stdout).unwrap();
    let problems = report["problems"].as_array().unwrap();
    let lines: Vec<_> = problems
        .iter()
        .map(|one| one["file"].as_str().unwrap())
        .collect();
    assert_eq!(
        lines,
        ["bomb.pdf", "broken.pdf", "circle.pdf", "locked.pdf"],
        "{report}"
    );
    let what = |n: usize| problems[n]["what"].as_str().unwrap();
    assert!(
        (0..3).all(|n| what(n).contains("PDF")) && what(3).contains("encrypted"),
        "{report}"
    );
    let asked = server
        .run(&["ask", "How long is the garden hose?", "--json"])
        .await;
    let verdict: Value = serde_json::from_str(&asked.stdout).unwrap();
    assert_eq!(
        verdict["candidates"][0]["title"], "good > page 1",
        "{verdict}"
    );
}

#[tokio::test]
async fn the_server_looks_again_by_itself() {
    let website = website().await;
    let config = format!(
        "{SITE}every = \"1s\"\n\n[[site.knowledge.crawl]]\nurl = \"{}/help/\"\nevery = \"1s\"\nallow_private = true\nper_second = 20.0\n",
        website.url
    );
    let server = Server::start(&config).await;
    eventually("the pages in the index", || async {
        (listed(&server).await.len() == 4).then_some(())
    })
    .await;
    let faq = format!("{FAQ}\n## Do you sell garden gnomes?\n\nOnly blue ones.\n");
    std::fs::write(server.folder().join("faq.md"), faq).unwrap();
    website.hide("/help/stairs");
    eventually("what has changed", || async {
        let asked = server.run(&["ask", "Do you sell garden gnomes?"]).await;
        (asked.stdout.contains("blue ones") && listed(&server).await.len() == 3).then_some(())
    })
    .await;
    let ready = get(&format!("{}/readyz", server.url)).await;
    let look = ready.json["schedule"]["shop"].as_str().unwrap();
    assert!(["ok", "running"].contains(&look), "{ready:?}");
}

#[tokio::test]
async fn a_look_that_fails_is_told_and_the_index_stays() {
    let server = Server::start(&format!("{SITE}every = \"1s\"\n")).await;
    std::fs::remove_file(server.folder().join("faq.md")).unwrap();
    let address = format!("{}/metrics", server.url);
    eventually("a failed look", || async {
        let metrics = get(&address).await.text;
        let count = "knowledge_looks_total{site=\"shop\",how=\"failed\"}";
        let failed = metrics.lines().find(|line| line.contains(count));
        failed.filter(|line| !line.ends_with(" 0")).map(drop)
    })
    .await;
    let log = server.log();
    assert!(log.contains("the knowledge could not be indexed"), "{log}");
    assert_eq!(listed(&server).await, ["faq.md"]);
}

#[tokio::test]
async fn a_website_is_drafted_into_a_file_for_review() {
    let website = website().await;
    let server = Server::prepare(SITE).await;
    let start = format!("{}/help/", website.url);
    let out = [
        "--allow-private",
        "--per-second",
        "20",
        "--out",
        "draft.yaml",
    ];
    let args = [&["kb", "draft", start.as_str()][..], &out].concat();
    let drafted = server.run(&args).await;
    assert!(
        drafted.ok && drafted.stdout.contains("One proposal"),
        "{drafted:?}"
    );
    let text = std::fs::read_to_string(server.folder().join("draft.yaml")).unwrap();
    assert!(
        text.contains("- question: \"Do you wrap gifts?\""),
        "{text}"
    );
    assert!(
        text.contains("We wrap gifts in green paper with a silver ribbon."),
        "{text}"
    );
    assert!(
        text.contains(&format!("{}/help/gift#wrap", website.url)),
        "{text}"
    );
    assert_eq!(
        listed(&server).await,
        ["faq.md"],
        "nothing of it is indexed"
    );
    let again = server.run(&args).await;
    assert!(!again.ok && again.stderr.contains("--force"), "{again:?}");
    let indexed = server.run(&["kb", "index", "faq.md", "draft.yaml"]).await;
    assert!(indexed.ok, "{}", indexed.stderr);
}

/// The same file, changed in a few places by a row of numbers that is always the same.
fn damaged(file: &[u8], seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = |most: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % most
    };
    let mut bytes = file.to_vec();
    for _ in 0..=next(8) {
        let at = next(bytes.len());
        match next(4) {
            0 => bytes[at] = next(256) as u8,
            1 => bytes[at] = b"0123456789R<>/[]()"[next(18)],
            2 => drop(bytes.drain(at..(at + next(40)).min(file.len() / 2).max(at))),
            _ => {
                let piece = bytes[at..(at + 30).min(bytes.len())].repeat(1 + next(20));
                bytes.splice(at..at, piece);
            }
        }
    }
    bytes
}

#[tokio::test]
async fn damaged_pdf_files_are_read_or_named_and_harm_nothing_else() {
    let server = Server::prepare(SITE).await;
    let docs = server.folder().join("docs");
    std::fs::create_dir(&docs).unwrap();
    let good = pdf::pdf(&[
        "The garden hose is twelve metres long.",
        "The tap is made of brass.",
    ]);
    const FILES: u64 = 60;
    for seed in 0..FILES {
        std::fs::write(docs.join(format!("{seed}.pdf")), damaged(&good, seed)).unwrap();
    }
    let indexed = server
        .run(&["kb", "index", "docs", "faq.md", "--json"])
        .await;
    let report: Value = serde_json::from_str(&indexed.stdout).unwrap();
    assert_eq!(report["files"], FILES + 1, "{report}");
    let problems = report["problems"].as_array().unwrap();
    assert!(
        problems.len() > 5 && problems.len() < FILES as usize,
        "{report}"
    );
    let mut named: Vec<_> = problems
        .iter()
        .map(|one| one["file"].as_str().unwrap())
        .collect();
    named.dedup();
    assert_eq!(
        named.len(),
        problems.len(),
        "one line for each file: {report}"
    );
    assert!(report["faq"].as_u64().unwrap() > 2, "{report}");
}
