//! The demo: one command, one address, both people in one window.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::support::http;
use crate::support::visitor::Visitor;

struct Demo {
    child: Child,
    url: String,
    said: Vec<String>,
}

impl Demo {
    fn start(data: &std::path::Path) -> Demo {
        let mut child = Command::new(env!("CARGO_BIN_EXE_hinny"))
            .args(["demo", "--port", "0", "--data"])
            .arg(data)
            .env("SSH_CONNECTION", "10.0.0.1 1 10.0.0.2 22")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut said = Vec::new();
        let mut url = None;
        while url.is_none() || !said.iter().any(|line: &String| line.contains("ssh -L")) {
            let line = lines.next().unwrap().unwrap();
            let at = line.find("http://");
            url = url.or(at.map(|at| line[at..].split_whitespace().next().unwrap().to_owned()));
            said.push(line);
        }
        let url = url.unwrap().trim_end_matches('/').to_owned();
        Demo { child, url, said }
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

#[tokio::test]
async fn it_answers_questions_about_hinny_and_survives_a_kill() {
    let data = tempfile::tempdir().unwrap();
    let demo = Demo::start(data.path());
    let port = demo.url.rsplit(':').next().unwrap().to_owned();
    assert!(demo.url.starts_with("http://127.0.0.1:"), "{}", demo.url);
    assert!(
        demo.said
            .iter()
            .any(|line| line.contains(&format!("ssh -L {port}:127.0.0.1:{port}")))
    );

    let mut ada = Visitor::new("ada");
    ada.site = "demo".into();
    ada.origin.clone_from(&demo.url);
    ready(&demo).await;
    ada.connect(&demo.url).await;
    ada.says("Do I need a public URL?").await;
    let answer = ada.sees("bot", "").await;
    assert!(answer["sources"][0]["title"].is_string(), "{answer}");
    let before = ada.transcript();
    drop(demo);

    let demo = Demo::start(data.path());
    ada.cut();
    ada.log.clear();
    ada.origin.clone_from(&demo.url);
    ada.connect(&demo.url).await;
    assert_eq!(ada.transcript(), before);
}

async fn ready(demo: &Demo) {
    // All of hinny's docs are encoded, on a machine that may be busy.
    let long = Duration::from_secs(120);
    crate::support::within(long, "the demo's knowledge is there", || async {
        (http::get(&format!("{}/readyz", demo.url)).await.status == 200).then_some(())
    })
    .await;
}

/// A page somewhere else must not get into the desk of a demo that runs on somebody's machine.
#[tokio::test]
async fn its_desk_opens_only_for_its_own_page() {
    let data = tempfile::tempdir().unwrap();
    let demo = Demo::start(data.path());
    let login = format!("{}/demo/login", demo.url);
    let port = demo.url.rsplit(':').next().unwrap();
    for headers in [
        vec![("Host", "evil.example")],
        vec![("Host", "evil.example:80")],
        vec![("Sec-Fetch-Site", "cross-site")],
        vec![
            ("Origin", "https://evil.example"),
            ("Sec-Fetch-Site", "cross-site"),
        ],
    ] {
        let refused = http::call("GET", &login, &headers, None).await;
        assert_ne!(refused.status, 200, "{headers:?}: {}", refused.text);
    }
    let own = format!("localhost:{port}");
    let opened = http::call(
        "GET",
        &login,
        &[("Host", &own), ("Sec-Fetch-Site", "same-origin")],
        None,
    )
    .await;
    assert_eq!(opened.status, 200, "{}", opened.text);
    assert!(opened.json["login"].as_str().unwrap().len() >= 20);
}
