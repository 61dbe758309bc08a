//! Files both ways: sent, seen, fetched by a link that ends; and everything that is not taken.

use serde_json::{Value, json};

use crate::support::desk::Desk;
use crate::support::eventually;
use crate::support::files::{Fetched, fetch, upload};
use crate::support::http::{self, Answer};
use crate::support::server::{SITE, Server};
use crate::support::visitor::Visitor;

/// A picture of one pixel by two.
const PNG: &[u8] =
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x02\x08\x06\0\0\0\0\0\0\0\0\0\0\0IEND\xaeB`\x82";
const PDF: &[u8] = b"%PDF-1.4\n%%EOF";

async fn guest(server: &Server, name: &str) -> Visitor {
    let mut visitor = Visitor::new(name);
    visitor.connect(&server.url).await;
    visitor
}

fn bearer(visitor: &Visitor) -> String {
    format!("Bearer {}", visitor.token.as_deref().unwrap())
}

/// The visitor's browser sends a file.
async fn sends(server: &Server, visitor: &Visitor, name: &str, bytes: &[u8]) -> Answer {
    let url = format!("{}/v1/files?name={name}", server.url);
    let token = bearer(visitor);
    let headers = [
        ("Authorization", token.as_str()),
        ("Origin", "https://shop.example"),
    ];
    upload(&url, &headers, bytes.to_vec()).await
}

async fn link_of(server: &Server, visitor: &Visitor, id: &str) -> Answer {
    let url = format!("{}/v1/files/{id}/link", server.url);
    http::call("GET", &url, &[("Authorization", &bearer(visitor))], None).await
}

/// Says files without a word.
async fn says_files(visitor: &mut Visitor, ids: &[&str]) -> Result<u64, String> {
    let id = visitor.fresh_id();
    let frame = json!({"type": "say", "id": id, "text": "", "files": ids});
    visitor.send(frame).await?;
    visitor.acknowledged(&id).await
}

/// The last message with a file that this visitor sees.
async fn sees_file(visitor: &mut Visitor, name: &str) -> Value {
    let has = |event: &Value| event["files"][0]["name"] == name;
    if let Some(event) = visitor.log.values().find(|event| has(event)) {
        return event["files"][0].clone();
    }
    let frame = visitor.until("a file", |frame| has(&frame["event"])).await;
    frame.unwrap()["event"]["files"][0].clone()
}

fn header<'a>(fetched: &'a Fetched, name: &str) -> &'a str {
    let value = fetched.headers.get(name);
    value.map_or("", |value| value.to_str().unwrap())
}

async fn shown(server: &Server, file: &Value) -> Fetched {
    fetch(&format!("{}{}", server.url, file["url"].as_str().unwrap())).await
}

#[tokio::test]
async fn a_picture_goes_to_the_team_and_a_paper_comes_back() {
    let server = Server::start(SITE).await;
    let mut desk = Desk::log_in(&server).await;
    let mut ada = guest(&server, "ada").await;
    ada.asks_for_a_person().await;
    let sent = sends(&server, &ada, "broken%20shoe.png", PNG).await;
    assert_eq!(sent.status, 200, "{}", sent.text);
    let (id, size) = (sent.json["id"].as_str().unwrap(), PNG.len());
    assert_eq!(
        (&sent.json["mime"], &sent.json["size"], &sent.json["height"]),
        (&json!("image/png"), &json!(size), &json!(2))
    );
    says_files(&mut ada, &[id]).await.unwrap();
    let own = sees_file(&mut ada, "broken shoe.png").await;
    assert_eq!(shown(&server, &own).await.bytes, PNG);

    let conversation = ada.conversation.clone().unwrap();
    let events = desk.reads(&conversation).await["events"].clone();
    let has = |event: &&Value| event["event"]["files"][0]["id"] == id;
    let seen = events.as_array().unwrap().iter().find(has).unwrap();
    let picture = shown(&server, &seen["event"]["files"][0]).await;
    assert_eq!((picture.status, picture.bytes.as_slice()), (200, PNG));

    let paper = desk.uploads("manual.pdf", PDF).await;
    desk.writes_files(&conversation, "Please read this.", &[&paper])
        .await;
    ada.sees("agent", "Please read this").await;
    let paper = sees_file(&mut ada, "manual.pdf").await;
    assert_eq!(shown(&server, &paper).await.bytes, PDF);
    let fresh = link_of(&server, &ada, paper["id"].as_str().unwrap()).await;
    assert_eq!(shown(&server, &fresh.json).await.bytes, PDF);
}

#[tokio::test]
async fn a_file_comes_with_headers_that_let_it_do_nothing() {
    let server = Server::start(SITE).await;
    let ada = guest(&server, "ada").await;
    let cases = [
        ("a.png", PNG, "image/png"),
        ("a.pdf", PDF, "application/pdf"),
    ];
    for (name, bytes, kind) in cases {
        let sent = sends(&server, &ada, name, bytes).await;
        let fetched = shown(&server, &sent.json).await;
        assert_eq!(fetched.status, 200);
        assert_eq!(header(&fetched, "content-type"), kind);
        let disposition = header(&fetched, "content-disposition");
        assert!(disposition.starts_with("inline"), "{disposition}");
        assert_safe(&fetched);
    }
    // What looks like a page is not even taken.
    let page = sends(&server, &ada, "a.txt", b"<b>words</b> alert(1)").await;
    assert_eq!(page.status, 422);
    assert_eq!(page.json["error"], json!("file_refused"));
    let sent = sends(&server, &ada, "%C3%A4%22%3B.txt", b"alert(1)").await;
    let fetched = shown(&server, &sent.json).await;
    assert_eq!(
        header(&fetched, "content-type"),
        "text/plain; charset=utf-8"
    );
    let disposition = header(&fetched, "content-disposition");
    assert_eq!(disposition, "attachment; filename*=UTF-8''%C3%A4%3B.txt");
    assert_safe(&fetched);
}

fn assert_safe(fetched: &Fetched) {
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "sandbox; default-src 'none'"),
        ("cross-origin-resource-policy", "cross-origin"),
        ("referrer-policy", "no-referrer"),
        ("cache-control", "private"),
        ("set-cookie", ""),
    ] {
        assert_eq!(header(fetched, name), value, "{name}");
    }
}

#[tokio::test]
async fn a_link_ends_and_cannot_be_made_up() {
    let config = format!("{SITE}\n[files]\nlink_valid = \"1s\"\n");
    let server = Server::start(&config).await;
    let ada = guest(&server, "ada").await;
    let one = sends(&server, &ada, "a.png", PNG).await.json;
    let other = sends(&server, &ada, "b.pdf", PDF).await.json;
    let url = one["url"].as_str().unwrap();
    let (ours, theirs) = (one["id"].as_str().unwrap(), other["id"].as_str().unwrap());
    let (path, query) = url.split_once('?').unwrap();
    let (until, sig) = query.split_once('&').unwrap();
    for forged in [
        path.to_owned(),
        format!("{path}?until=99999999999&{sig}"),
        format!("{path}?{until}&sig={}", "0".repeat(64)),
        format!("{path}?{until}&sig="),
        format!("{path}?{until}&{sig}&x=1"),
        url.replace(ours, theirs),
        url.replace(ours, "..%2Ffiles.key"),
    ] {
        let fetched = fetch(&format!("{}{forged}", server.url)).await;
        assert_eq!(fetched.status, 404, "{forged}");
    }
    eventually("the end of a link", || async {
        let fetched = fetch(&format!("{}{url}", server.url)).await;
        (fetched.status == 404).then_some(())
    })
    .await;
    let fresh = link_of(&server, &ada, ours).await;
    assert_eq!(fresh.status, 200, "{}", fresh.text);
    assert_ne!(fresh.json["url"], url);
}

#[tokio::test]
async fn nobody_gets_at_the_files_of_others() {
    let server = Server::start(SITE).await;
    let mut ada = guest(&server, "ada").await;
    let mut bob = guest(&server, "bob").await;
    let sent = sends(&server, &ada, "a.png", PNG).await.json;
    let id = sent["id"].as_str().unwrap().to_owned();
    bob.says("hello").await;

    assert_eq!(link_of(&server, &bob, &id).await.status, 404);
    let refused = says_files(&mut bob, &[&id]).await.unwrap_err();
    assert!(refused.contains("not_yours"), "{refused}");
    says_files(&mut ada, &[&id]).await.unwrap();
    assert_eq!(link_of(&server, &bob, &id).await.status, 404);
    let refused = says_files(&mut bob, &[&id]).await.unwrap_err();
    assert!(refused.contains("not_yours"), "{refused}");
    let unknown = says_files(&mut ada, &["0000000000000000000000"]).await;
    assert!(unknown.unwrap_err().contains("not_yours"));

    let url = format!("{}/v1/files?name=a.png", server.url);
    assert_eq!(upload(&url, &[], PNG.to_vec()).await.status, 401);
    let foreign = [
        ("Authorization", bearer(&ada)),
        ("Origin", "https://evil.example".to_owned()),
    ];
    let foreign = foreign
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    assert_eq!(upload(&url, &foreign, PNG.to_vec()).await.status, 403);
}

#[tokio::test]
async fn what_is_not_taken_is_told_and_nothing_else_is_lost() {
    let server = Server::start(&format!("{SITE}\n[files]\nmax_size = \"100KB\"\n")).await;
    let mut ada = guest(&server, "ada").await;
    let large = vec![b'a'; 3_000_000];
    let cases: [(&str, &[u8], u16, &str); 8] = [
        ("a.png", b"", 422, "empty"),
        ("a.txt", &large, 413, "at most 100 KB"),
        ("a.zip", b"PK\x03\x04\x14\0\0\0", 422, "Archives"),
        ("a.docx", b"PK\x03\x04\x14\0\0\0word/", 422, "Archives"),
        ("a.svg", b"<svg onload='alert(1)'/>", 422, "SVG"),
        ("a.png", b"<html><script>1</script>", 422, "Web pages"),
        ("a.pdf", PNG, 422, "but it is a PNG"),
        ("a.exe", b"MZ\x90\0\x03\0\0\0\x04\0", 422, "Programs"),
    ];
    for (name, bytes, status, words) in cases {
        let refused = sends(&server, &ada, name, bytes).await;
        let told = refused.json["detail"].as_str().unwrap_or_default();
        assert_eq!(refused.status, status, "{name}: {}", refused.text);
        assert!(told.contains(words), "{name}: {told}");
    }
    let folder = server.data().join("files").join("shop");
    assert_eq!(std::fs::read_dir(folder).map_or(0, Iterator::count), 0);
    // The visitor's words were never in danger.
    ada.says("hello").await;
    ada.sees("bot", "What can I help").await;
}

#[tokio::test]
async fn a_message_has_few_files_and_each_is_an_id() {
    let server = Server::start(SITE).await;
    let mut ada = guest(&server, "ada").await;
    for (ids, error) in [
        (vec!["a"; 6], "too_long"),
        (vec!["../../hinny.db"], "bad_id"),
        (vec![""], "bad_id"),
        (vec![], "empty"),
    ] {
        let refused = says_files(&mut ada, &ids).await.unwrap_err();
        assert!(refused.contains(error), "{ids:?}: {refused}");
    }
    assert_eq!(ada.conversation, None, "nothing was opened for it");
}

/// Every payload, as a picture that it is not, as a page and as plain text: refused, or given out as plain text to
/// be saved.
#[tokio::test]
async fn hostile_payloads_are_never_pages() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../shared/corpora/dompurify-fixtures/payloads.json"
    );
    let Ok(text) = std::fs::read_to_string(path) else {
        println!("skipped: ../shared/corpora is absent");
        return;
    };
    let payloads: Vec<Value> = serde_json::from_str(&text).unwrap();
    let payloads: Vec<&str> = payloads
        .iter()
        .filter_map(|case| case["payload"].as_str())
        .collect();
    assert!(payloads.len() > 100, "only {} payloads", payloads.len());
    let server = Server::start(SITE).await;
    let ada = guest(&server, "ada").await;
    for payload in payloads {
        for name in ["x.png", "x.svg", "x.html"] {
            let refused = sends(&server, &ada, name, payload.as_bytes()).await;
            assert_eq!(refused.status, 422, "{name}: {payload}");
        }
        let sent = sends(&server, &ada, "x.txt", payload.as_bytes()).await;
        if sent.status == 200 {
            let fetched = shown(&server, &sent.json).await;
            assert_eq!(
                header(&fetched, "content-type"),
                "text/plain; charset=utf-8"
            );
            assert!(header(&fetched, "content-disposition").starts_with("attachment"));
            assert_safe(&fetched);
        }
    }
}

#[tokio::test]
async fn files_survive_a_crash_and_come_back_from_a_backup() {
    let mut server = Server::start(SITE).await;
    let mut ada = guest(&server, "ada").await;
    let sent = sends(&server, &ada, "a.png", PNG).await.json;
    let id = sent["id"].as_str().unwrap().to_owned();
    server.kill().await;
    ada.cut();
    server.start_again().await;
    ada.connect(&server.url).await;
    says_files(&mut ada, &[&id]).await.unwrap();
    assert_eq!(
        shown(&server, &sent).await.bytes,
        PNG,
        "an old link is still good"
    );

    let copied = server.run(&["backup", "copy.db"]).await;
    assert!(copied.ok, "{}", copied.stderr);
    assert!(copied.stdout.contains("copy.db.files"), "{}", copied.stdout);
    assert_eq!(server.terminate().await, Some(0));
    let (folder, data) = (server.folder().to_owned(), server.data());
    std::fs::remove_dir_all(data.join("files")).unwrap();
    for name in ["hinny.db", "hinny.db-wal", "hinny.db-shm"] {
        std::fs::remove_file(data.join(name)).ok();
    }
    std::fs::rename(folder.join("copy.db"), data.join("hinny.db")).unwrap();
    std::fs::rename(folder.join("copy.db.files"), data.join("files")).unwrap();
    server.start_again().await;
    let fresh = link_of(&server, &ada, &id).await;
    assert_eq!(shown(&server, &fresh.json).await.bytes, PNG);
}

#[tokio::test]
async fn who_is_blocked_sends_no_files_either_and_reads_the_same_words() {
    let server = Server::start(SITE).await;
    let mut desk = Desk::log_in(&server).await;
    let mut ada = guest(&server, "ada").await;
    ada.asks_for_a_person().await;
    let conversation = ada.conversation.clone().unwrap();
    desk.writes(&conversation, "!block").await;
    let refused = sends(&server, &ada, "a.png", PNG).await;
    assert_eq!(
        (refused.status, &refused.json["error"]),
        (403, &json!("blocked"))
    );
    let id = ada.fresh_id();
    let say = json!({"type": "say", "id": id, "text": "let me in"});
    ada.send(say).await.unwrap();
    let frame = ada
        .until("a refusal", |frame| frame["type"] == "refused")
        .await;
    assert_eq!(frame.unwrap()["detail"], refused.json["detail"]);
    desk.writes(&conversation, "!unblock").await;
    let sent = sends(&server, &ada, "a.png", PNG).await;
    assert_eq!(sent.status, 200, "{}", sent.text);
}
