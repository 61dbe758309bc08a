//! What the operator does: index, ask, back up, restore; and the mistakes that happen on the way.

use std::process::Command;

use serde_json::Value;

use crate::support::desk::Desk;
use crate::support::http;
use crate::support::server::{SITE, Server};
use crate::support::visitor::Visitor;

#[tokio::test]
async fn a_running_server_uses_a_new_index_at_once() {
    let server = Server::start(SITE).await;
    let mut ada = Visitor::new("ada");
    ada.connect(&server.url).await;
    ada.says("Do you ship to Norway?").await;
    ada.sees("bot", "every country").await;

    let faq = server.folder().join("faq.md");
    std::fs::write(
        &faq,
        "# FAQ\n\n## Do you ship to Norway?\n\nNot this winter.\n",
    )
    .unwrap();
    let indexed = server.run(&["kb", "index", "--json"]).await;
    assert!(indexed.ok, "{}", indexed.stderr);
    let report: Value = serde_json::from_str(&indexed.stdout).unwrap();
    assert_eq!(
        (&report["entries"], &report["removed"]),
        (&1.into(), &7.into()),
        "{report}"
    );

    // Ada would be brought to a person: who asks the same again was not helped.
    let mut bob = Visitor::new("bob");
    bob.connect(&server.url).await;
    bob.says("Do you ship to Norway?").await;
    bob.sees("bot", "Not this winter").await;
    let again = server.run(&["kb", "index", "--json"]).await;
    let again: Value = serde_json::from_str(&again.stdout).unwrap();
    assert_eq!(
        again["generation"], report["generation"],
        "nothing changed, so nothing is built"
    );
}

#[tokio::test]
async fn a_broken_file_is_named_and_the_rest_is_indexed() {
    let server = Server::prepare(SITE).await;
    let folder = server.folder();
    std::fs::write(
        folder.join("broken.yaml"),
        "- question: Is it on?\n  answer: Yes.\n- question: [\n",
    )
    .unwrap();
    std::fs::write(
        folder.join("more.csv"),
        "question,answer\nDo you sell bread?,Only on Fridays.\n",
    )
    .unwrap();
    let indexed = server
        .run(&["kb", "index", "broken.yaml", "more.csv", "faq.md"])
        .await;
    assert!(!indexed.ok);
    let told = format!("{}{}", indexed.stdout, indexed.stderr);
    assert!(told.contains("broken.yaml:"), "{told}");
    let asked = server.run(&["ask", "Do you sell bread?", "--json"]).await;
    let verdict: Value = serde_json::from_str(&asked.stdout).unwrap();
    assert_eq!(verdict["verdict"], "answer", "{verdict}");
    assert_eq!(verdict["answer"]["markdown"], "Only on Fridays.");
    assert!(verdict["confidence"].as_f64().unwrap() > 0.5);
}

#[tokio::test]
async fn an_unknown_question_is_unsure_and_says_what_came_near() {
    let server = Server::prepare(SITE).await;
    let asked = server
        .run(&["ask", "Which moon of Jupiter is the largest?", "--json"])
        .await;
    let verdict: Value = serde_json::from_str(&asked.stdout).unwrap();
    assert_ne!(verdict["verdict"], "answer", "{verdict}");
    assert!(verdict["answer"].is_null());
    assert!(verdict["borders"]["answer"].is_number());
}

/// A server in a fresh folder with the copy in it.
async fn restore(server: &Server) -> Server {
    let restored = Server::prepare(SITE).await;
    std::fs::remove_file(restored.data().join("hinny.db")).ok();
    for (from, to) in [
        (server.folder().join("copy.db"), "hinny.db"),
        (server.data().join("session.key"), "session.key"),
    ] {
        std::fs::copy(from, restored.data().join(to)).unwrap();
    }
    restored.launch().await
}

/// The drill of docs/operations.md: copy while it serves, put the copy in a fresh folder, start there.
#[tokio::test]
async fn a_backup_taken_while_serving_can_be_restored() {
    let server = Server::start(SITE).await;
    let mut ada = Visitor::new("ada");
    ada.connect(&server.url).await;
    ada.asks_for_a_person().await;
    ada.says("before the backup").await;
    let copied = server.run(&["backup", "copy.db"]).await;
    assert!(copied.ok, "{}", copied.stderr);
    let twice = server.run(&["backup", "copy.db"]).await;
    assert!(
        !twice.ok && twice.stderr.contains("exists"),
        "{}",
        twice.stderr
    );
    ada.says("after the backup").await;

    let restored = restore(&server).await;
    // The page that stayed open is ahead of the restored log, and must not stay there.
    ada.cut();
    ada.connect(&restored.url).await;
    let lines = ada.transcript().join("\n");
    assert!(
        lines.contains("before the backup") && !lines.contains("after the backup"),
        "{lines}"
    );
    let mut back = ada.second_tab();
    back.connect(&restored.url).await;
    assert_eq!(back.transcript(), ada.transcript());
    back.says("life goes on").await;
    ada.sees("visitor", "life goes on").await;
}

#[tokio::test]
async fn one_server_per_data_folder() {
    let server = Server::start(SITE).await;
    let second = server.run(&["serve"]).await;
    assert!(!second.ok);
    let folder = server
        .data()
        .file_name()
        .unwrap()
        .to_string_lossy()
        .into_owned();
    assert!(
        second.stderr.contains(&folder) && second.stderr.contains("another"),
        "{}",
        second.stderr
    );
}

#[tokio::test]
async fn a_port_in_use_is_named_with_what_to_do() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let config = SITE.replace("127.0.0.1:0", &format!("127.0.0.1:{port}"));
    let server = Server::prepare(&config).await;
    let ended = server.run(&["serve"]).await;
    assert!(!ended.ok);
    assert!(
        ended.stderr.contains(&port.to_string()) && ended.stderr.contains("listen"),
        "{}",
        ended.stderr
    );
    let demo = server
        .run(&["demo", "--port", &port.to_string(), "--data", "demo"])
        .await;
    assert!(
        !demo.ok && demo.stderr.contains("--port"),
        "{}",
        demo.stderr
    );
}

#[tokio::test]
async fn a_broken_configuration_is_named_by_its_line() {
    for (broken, expected) in [
        (SITE.replace("listen =", "lisen ="), "did you mean `listen`"),
        (SITE.replace("127.0.0.1:0", "somewhere"), "listen"),
        (SITE.replace("id = \"shop\"", "id = \"a shop\""), "id"),
        (
            SITE.replace("https://shop.example", "shop.example"),
            "origin",
        ),
        (SITE.replace("\"warn\"", "\"warn"), "hinny.toml:"),
    ] {
        let server = Server::prepare(SITE).await;
        std::fs::write(server.folder().join("hinny.toml"), &broken).unwrap();
        let ended = server.run(&["serve"]).await;
        assert!(!ended.ok, "{expected}");
        assert!(
            ended.stderr.contains("hinny.toml") && ended.stderr.contains(expected),
            "{}",
            ended.stderr
        );
    }
}

#[tokio::test]
async fn weak_secrets_are_refused_without_being_shown() {
    for weak in [
        "short",
        "changeme-changeme-changeme-changeme",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    ] {
        let mut server = Server::prepare(SITE).await;
        server.set_env("SHOP_SECRET", weak);
        let ended = Command::new(env!("CARGO_BIN_EXE_hinny"))
            .args(["serve"])
            .current_dir(server.folder())
            .env("SHOP_SECRET", weak)
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert!(
            !ended.status.success() && told.contains("identity_secret"),
            "{told}"
        );
        assert!(!told.contains(weak), "{told}");
    }
}

#[tokio::test]
async fn health_readiness_and_metrics_tell_of_the_whole() {
    let server = Server::start(SITE).await;
    let mut ada = Visitor::new("ada");
    ada.connect(&server.url).await;
    ada.says("my canary is 7f3a9c").await;
    ada.sees_handling("waiting").await;
    assert_eq!(
        http::get(&format!("{}/healthz", server.url)).await.status,
        200
    );
    let ready = http::get(&format!("{}/readyz", server.url)).await;
    assert_eq!(
        (ready.status, &ready.json["ready"]),
        (200, &Value::Bool(true)),
        "{}",
        ready.text
    );
    let metrics = http::get(&format!("{}/metrics", server.url)).await;
    assert!(metrics.text.contains("# TYPE hinny_"), "{}", metrics.text);
    assert!(!metrics.text.contains("canary"), "{}", metrics.text);
}

/// Words, tokens and names are in the store, and nowhere in the log, however much it tells.
#[tokio::test]
async fn the_log_never_carries_words_or_tokens() {
    let config = SITE.replace("level = \"warn\"", "level = \"trace\"");
    let mut server = Server::start(&config).await;
    let mut desk = Desk::log_in(&server).await;
    let mut ada = Visitor::new("ada");
    let signed = server
        .run(&[
            "token",
            "--site",
            "shop",
            "--sub",
            "u1",
            "--name",
            "Canaryname",
            "--email",
            "canary@mail.example",
        ])
        .await;
    assert!(signed.ok, "{}", signed.stderr);
    ada.identity = Some(signed.stdout.trim().to_owned());
    ada.connect(&server.url).await;
    ada.says("canaryword one").await;
    ada.asks_for_a_person().await;
    desk.writes(ada.conversation.as_ref().unwrap(), "canaryword two")
        .await;
    ada.sees("agent", "canaryword two").await;
    server.terminate().await;
    let log = server.log().to_lowercase();
    assert!(!log.is_empty(), "at this level something is logged");
    let token = ada.token.clone().unwrap().to_lowercase();
    for secret in [
        "canaryword",
        "canaryname",
        "canary@mail",
        &token,
        &signed.stdout.trim().to_lowercase(),
    ] {
        assert!(!log.contains(secret), "the log carries {secret}");
    }
}
