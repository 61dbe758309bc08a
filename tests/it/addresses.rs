//! Visitors' addresses are used in memory, to count what comes from one of them, and stand nowhere: not in the data
//! folder, not in the log at its most talkative, not at the desk.

use std::path::Path;

use serde_json::json;

use crate::support::desk::Desk;
use crate::support::http;
use crate::support::server::{SITE, Server};
use crate::support::visitor::Visitor;

/// What would give away each of the addresses, however it is written.
const TRACES: [&str; 4] = [
    "198.51.100.77",
    "198.51.100",
    "2001:db8:77",
    "2001:0db8:0077",
];

async fn talkative() -> Server {
    let talks = SITE.replace("level = \"warn\"", "level = \"trace\"");
    let trusting = "trusted_proxies = [\"127.0.0.1\"]\nlisten";
    Server::start(&talks.replacen("listen", trusting, 1)).await
}

async fn visits(server: &Server, name: &str, address: &str) -> Visitor {
    let mut visitor = Visitor::new(name);
    visitor.address = Some(address.to_owned());
    visitor.connect(&server.url).await;
    visitor.says("Where is my parcel?").await;
    visitor.asks_for_a_person().await;
    visitor
}

/// All bytes of all files below a folder.
fn bytes_below(folder: &Path) -> Vec<u8> {
    let entries = std::fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .flat_map(|path| match path.is_dir() {
            true => bytes_below(&path),
            // A socket cannot be read, and holds nothing.
            false => std::fs::read(&path).unwrap_or_default(),
        })
        .collect()
}

fn holds(bytes: &[u8], trace: &str) -> bool {
    bytes
        .windows(trace.len())
        .any(|window| window == trace.as_bytes())
}

#[tokio::test]
async fn no_address_of_a_visitor_is_stored_logged_or_shown() {
    let server = talkative().await;
    let desk = Desk::log_in(&server).await;
    let four = visits(&server, "vera", "198.51.100.77").await;
    let six = visits(&server, "sam", "2001:db8:77::42").await;
    // Refusals name an address no more than anything else does.
    let from = [("X-Forwarded-For", "198.51.100.77")];
    let url = format!("{}/v1/messages", server.url);
    let body = json!({ "id": "x", "text": "y" });
    let refused = http::call("POST", &url, &from, Some(body)).await;
    assert_eq!(refused.status, 401);
    let mut shown = refused.text + &http::get(&format!("{}/metrics", server.url)).await.text;
    for visitor in [&four, &six] {
        let id = visitor.conversation.clone().unwrap();
        shown += &desk.sees_thread(&id).await.to_string();
        let read = desk.reads(&id).await.to_string();
        assert!(read.contains("Where is my parcel?"));
        shown += &read;
    }
    let stored = bytes_below(&server.data());
    assert!(
        holds(&stored, "Where is my parcel?"),
        "the data is read rightly"
    );
    let log = server.log();
    assert!(log.contains("listening"), "the log is read rightly");
    for trace in TRACES {
        assert!(!holds(&stored, trace), "{trace} is in the data folder");
        assert!(!log.contains(trace), "{trace} is in the log");
        assert!(!shown.contains(trace), "{trace} is shown");
    }
}
