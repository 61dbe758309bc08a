//! `hinny doctor`: what it says of a server that is well, and of each thing that is not.

use serde_json::Value;

use crate::support::http;
use crate::support::server::{Ended, SITE, Server};
use crate::support::visitor::Visitor;
use crate::telegram::{CHAT, Fault, TelegramServer};

/// The findings of a run, as JSON.
pub async fn examine(server: &Server) -> (Ended, Vec<Value>) {
    let ended = server.run(&["doctor", "--json"]).await;
    let report: Value = serde_json::from_str(&ended.stdout)
        .unwrap_or_else(|error| panic!("{error}: {} {}", ended.stdout, ended.stderr));
    assert_eq!(report["ok"].as_bool(), Some(ended.ok), "{report}");
    (ended, report["findings"].as_array().unwrap().clone())
}

/// What was found of this grade, one line each.
pub fn graded(findings: &[Value], grade: &str) -> Vec<String> {
    let same = findings.iter().filter(|found| found["grade"] == grade);
    same.map(|found| format!("{}: {} → {}", found["area"], found["what"], found["fix"]))
        .collect()
}

#[tokio::test]
async fn a_server_that_is_well_passes_while_it_runs_and_without() {
    let server = Server::prepare(SITE).await;
    let (ended, findings) = examine(&server).await;
    assert!(ended.ok, "{:?}", graded(&findings, "bad"));
    assert!(ended.stdout.contains("no server runs"), "{}", ended.stdout);
    let server = server.launch().await;
    let (ended, findings) = examine(&server).await;
    assert!(ended.ok, "{:?}", graded(&findings, "bad"));
    assert!(
        ended
            .stdout
            .contains("a server runs with this folder and answers"),
        "{}",
        ended.stdout
    );
    assert!(
        ended.stdout.contains("8 entries are indexed from 1 file"),
        "{}",
        ended.stdout
    );
    let told = server.run(&["doctor"]).await;
    assert!(
        told.ok && told.stdout.contains("It works."),
        "{}",
        told.stdout
    );
}

#[tokio::test]
async fn every_mistake_comes_with_what_to_do() {
    let nowhere = SITE.replace("paths = [\"faq.md\"]", "paths = [\"faq.md\", \"gone\"]");
    let public = SITE.replace(
        "data = \"data\"",
        "data = \"data\"\npublic_url = \"http://127.0.0.1:1/\"",
    );
    let telegram = "\n[[telegram]]\nname = \"team\"\ntoken_env = \"NOT_SET\"\n";
    for (config, running, expected) in [
        (nowhere, false, "gone"),
        (public, true, "127.0.0.1:1/healthz cannot be reached"),
        (format!("{SITE}{telegram}"), false, "NOT_SET is not set"),
        (
            SITE.replace("listen =", "lisen ="),
            false,
            "did you mean `listen`",
        ),
        (SITE.replace("identity_secret_env", "#"), false, ""),
    ] {
        let mut server = Server::prepare(SITE).await;
        std::fs::write(server.folder().join("hinny.toml"), &config).unwrap();
        if running {
            server.start_again().await;
        }
        let (ended, findings) = examine(&server).await;
        assert_eq!(ended.ok, expected.is_empty(), "{expected}: {findings:?}");
        assert_eq!(ended.code, Some(i32::from(!ended.ok)));
        let bad = graded(&findings, "bad");
        assert!(
            bad.iter().any(|line| line.contains(expected)) || ended.ok,
            "{bad:?}"
        );
        assert!(
            bad.iter().all(|line| !line.ends_with("null")),
            "a fix for each: {bad:?}"
        );
    }
}

#[tokio::test]
async fn without_a_configuration_it_says_how_to_make_one() {
    let server = Server::prepare(SITE).await;
    std::fs::remove_file(server.folder().join("hinny.toml")).unwrap();
    let ended = server.run(&["doctor"]).await;
    assert!(
        !ended.ok && ended.stdout.contains("hinny init"),
        "{}",
        ended.stdout
    );
}

fn with_telegram(telegram: &TelegramServer) -> String {
    format!(
        "{SITE}\n[site.telegram]\nconnection = \"team\"\nchat = {CHAT}\n\n[[telegram]]\nname = \"team\"\n\
         token_env = \"TEAM_TOKEN\"\napi_url = \"{}\"\n",
        telegram.url()
    )
}

/// A token that is not taken stops the connection, and that shows everywhere.
#[tokio::test]
async fn a_refused_token_shows_in_doctor_readiness_and_metrics() {
    let telegram = TelegramServer::start().await;
    let mut server = Server::prepare(&with_telegram(&telegram)).await;
    telegram.fail_next("GetUpdates", 1000, Fault::Refuse(401, "Unauthorized"));
    server.start_again().await;
    crate::support::eventually("a stopped connection", || async {
        let ready = http::get(&format!("{}/readyz", server.url)).await;
        (ready.json["connections"]["team"] == "stopped").then_some(())
    })
    .await;
    let metrics = http::get(&format!("{}/metrics", server.url)).await;
    let line = "hinny_connection_stopped{connection=\"team\"} 1";
    assert!(metrics.text.contains(line), "{}", metrics.text);
    let (ended, findings) = examine(&server).await;
    let bad = graded(&findings, "bad").join("\n");
    assert!(
        !ended.ok && bad.contains("the server has stopped `team`"),
        "{bad}"
    );
    assert!(!bad.contains("test-token"), "{bad}");
}

/// A line that the platform will never take is a dead letter: doctor, readiness and metrics say so.
#[tokio::test]
async fn a_delivery_that_was_given_up_shows_in_doctor_readiness_and_metrics() {
    let telegram = TelegramServer::start().await;
    let server = Server::prepare(&with_telegram(&telegram))
        .await
        .launch()
        .await;
    let mut ada = Visitor::new("ada");
    ada.connect(&server.url).await;
    ada.asks_for_a_person().await;
    let topic = telegram.await_topics(1).await[0].id;
    telegram.await_words(topic, "asked for a person").await;
    telegram.fail_next("SendMessage", 1, Fault::Refuse(400, "Bad Request: no"));
    ada.says("this line is refused").await;
    crate::support::eventually("a given-up delivery", || async {
        let ready = http::get(&format!("{}/readyz", server.url)).await;
        (ready.json["deliveries"]["failed"] == 1).then_some(())
    })
    .await;
    let metrics = http::get(&format!("{}/metrics", server.url)).await;
    assert!(
        metrics.text.contains("hinny_dead_letters 1"),
        "{}",
        metrics.text
    );
    let (ended, findings) = examine(&server).await;
    let bad = graded(&findings, "bad").join("\n");
    assert!(
        !ended.ok && bad.contains("1 delivery was given up"),
        "{bad}"
    );
    let retried = server.run(&["outbox", "retry", "--all"]).await;
    assert!(retried.ok, "{}", retried.stderr);
    telegram.await_words(topic, "this line is refused").await;
}
