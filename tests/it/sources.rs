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

#[tokio::test]
async fn a_pdf_made_to_do_harm_is_one_line_and_the_rest_is_indexed() {
    let server = Server::prepare(SITE).await;
    let docs = server.folder().join("docs");
    std::fs::create_dir(&docs).unwrap();
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
    assert!(
        ["ok", "running"].contains(&ready.json["schedule"]["shop"].as_str().unwrap()),
        "{ready:?}"
    );
    // What fails is told, and the index stays.
    std::fs::remove_file(server.folder().join("faq.md")).unwrap();
    eventually("a failed look", || async {
        let metrics = get(&format!("{}/metrics", server.url)).await.text;
        let failed = metrics
            .lines()
            .find(|line| line.contains("knowledge_looks_total{site=\"shop\",how=\"failed\"}"));
        failed.filter(|line| !line.ends_with(" 0")).map(drop)
    })
    .await;
    assert!(
        server.log().contains("the knowledge could not be indexed"),
        "{}",
        server.log()
    );
    assert_eq!(listed(&server).await.len(), 3);
}
