//! A walk over a website that is killed goes on where it was: what was fetched before is not asked for again.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::eventually;
use crate::support::server::{SITE, Server};
use crate::website::Website;

/// Each has a page; so many are there with the start page.
const THINGS: [&str; 8] = [
    "anchor", "basket", "candle", "drawer", "easel", "faucet", "garland", "hammock",
];
const PAGES: usize = THINGS.len() + 1;
/// So many pages are answered before the process dies.
const BEFORE: usize = 5;

/// A start page and the pages that it leads to.
async fn website() -> Website {
    let links: String = THINGS
        .iter()
        .map(|thing| format!("<a href='/help/{thing}'>The {thing}</a> "))
        .collect();
    let start = format!("<title>Help</title><main><h1>Help</h1><p>Welcome.</p>{links}</main>");
    let website = Website::start(&[("/help/", &start)]).await;
    for (kilograms, thing) in (3..).zip(THINGS) {
        let text = format!(
            "<title>The {thing}</title><main><h1>The {thing}</h1><p>The {thing} weighs {kilograms} kilograms.</p></main>"
        );
        website.show(&format!("/help/{thing}"), &text);
    }
    website.hold_after(BEFORE);
    website
}

/// Waits until one request more than is answered has come, and so everything before it is done.
async fn in_the_middle(website: &Website) {
    eventually("a request that waits", || async {
        (website.requests() > BEFORE).then_some(())
    })
    .await;
}

/// What was asked for after the death, with the one that was cut off.
fn asked_again(before: &[String], after: &[String]) {
    let (done, cut_off) = before.split_at(BEFORE);
    assert_eq!(cut_off.len(), 1, "{before:?}");
    let again: Vec<_> = after.iter().filter(|path| done.contains(path)).collect();
    assert!(again.is_empty(), "asked twice: {again:?} of {after:?}");
    assert_eq!(after.len(), PAGES - BEFORE, "{after:?}");
    let all: BTreeSet<_> = done.iter().chain(after).collect();
    assert_eq!(all.len(), PAGES, "{all:?}");
}

async fn files(server: &Server) -> usize {
    let list = server.run(&["kb", "list", "--json"]).await;
    let list: Value = serde_json::from_str(&list.stdout).unwrap();
    list["files"].as_array().unwrap().len()
}

async fn knows_every_page(server: &Server) {
    for thing in THINGS {
        let question = format!("How much does the {thing} weigh?");
        let asked = server.run(&["ask", &question, "--json"]).await;
        let verdict: Value = serde_json::from_str(&asked.stdout).unwrap();
        let best = &verdict["candidates"][0]["title"];
        assert_eq!(best, &format!("The {thing}"), "{verdict}");
    }
}

#[tokio::test]
async fn a_command_that_is_killed_in_the_middle_of_a_walk_goes_on() {
    let website = website().await;
    let server = Server::prepare(SITE).await;
    let url = format!("{}/help/", website.url);
    let walk = [
        "kb",
        "crawl",
        &url,
        "--allow-private",
        "--per-second",
        "20",
        "--json",
    ];
    let mut child = server.begin(&walk);
    in_the_middle(&website).await;
    child.kill().unwrap();
    child.wait().unwrap();
    let before = website.asked();
    assert_eq!(files(&server).await, 1, "the index before stays in use");

    website.release();
    let walked = server.run(&walk).await;
    assert!(walked.ok, "{}", walked.stderr);
    let report: Value = serde_json::from_str(&walked.stdout).unwrap();
    assert_eq!(report["crawled"][0]["report"]["pages"], PAGES, "{report}");
    asked_again(&before, &website.asked());
    assert_eq!(files(&server).await, PAGES + 1);
    knows_every_page(&server).await;
}

#[tokio::test]
async fn a_server_that_is_killed_in_the_middle_of_a_walk_goes_on_after_its_start() {
    let website = website().await;
    let config = format!(
        "{SITE}\n[[site.knowledge.crawl]]\nurl = \"{}/help/\"\nevery = \"1d\"\nallow_private = true\nper_second = 20.0\n",
        website.url
    );
    let mut server = Server::start(&config).await;
    in_the_middle(&website).await;
    server.kill().await;
    let before = website.asked();

    website.release();
    server.start_again().await;
    eventually("all pages in the index", || async {
        (files(&server).await == PAGES + 1).then_some(())
    })
    .await;
    asked_again(&before, &website.asked());
    knows_every_page(&server).await;
}
