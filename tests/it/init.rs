//! `hinny init`: from nothing to a configuration that serves.

use crate::support::server::{SITE, Server};

#[tokio::test]
async fn the_example_goes_where_config_says_and_never_over_a_file() {
    let server = Server::prepare(SITE).await;
    let made = server.run(&["init", "--config", "own.toml"]).await;
    assert!(
        made.ok && made.stdout.contains("own.toml is written"),
        "{}",
        made.stderr
    );
    let text = std::fs::read_to_string(server.folder().join("own.toml")).unwrap();
    assert!(text.contains("[[slack]]") && text.contains("[site.team]"));
    for again in [
        &["init", "--config", "own.toml"][..],
        &["init", "hinny.toml"],
        &["init"],
    ] {
        let again = server.run(again).await;
        assert!(
            !again.ok && again.stderr.contains("exists already"),
            "{}",
            again.stderr
        );
    }
}

#[tokio::test]
async fn a_first_site_by_flags_can_be_indexed_and_asked_at_once() {
    let server = Server::prepare(SITE).await;
    let flags = [
        "init",
        "first.toml",
        "--name",
        "The \"Shop\"",
        "--origin",
        "https://shop.example",
        "--docs",
        "faq.md",
    ];
    let made = server.run(&flags).await;
    assert!(
        made.ok && made.stdout.contains("hinny desk login"),
        "{} {}",
        made.stdout,
        made.stderr
    );
    let indexed = server.run(&["kb", "index", "--config", "first.toml"]).await;
    assert!(indexed.ok, "{}", indexed.stderr);
    let doctor = server.run(&["doctor", "--config", "first.toml"]).await;
    assert!(doctor.ok, "{}", doctor.stdout);
}

#[tokio::test]
async fn a_wrong_channel_is_named_and_nothing_is_written() {
    let server = Server::prepare(SITE).await;
    let wrong = [
        "init",
        "wrong.toml",
        "--name",
        "A",
        "--origin",
        "https://a.example",
        "--slack",
        "#support",
    ];
    let wrong = server.run(&wrong).await;
    assert!(
        !wrong.ok && wrong.stderr.contains("slack.channel"),
        "{}",
        wrong.stderr
    );
    assert!(!server.folder().join("wrong.toml").exists());
}
