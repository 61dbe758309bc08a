//! Actors come and go, and nobody notices.

use crate::support::desk::Desk;
use crate::support::eventually;
use crate::support::http;
use crate::support::server::{SITE, Server};
use crate::support::visitor::Visitor;

/// The value of a metric without labels.
async fn metric(server: &Server, name: &str) -> f64 {
    let text = http::get(&format!("{}/metrics", server.url)).await.text;
    let line = text
        .lines()
        .find(|line| line.split(' ').next() == Some(name));
    let line = line.unwrap_or_else(|| panic!("no {name} in {text}"));
    line.rsplit(' ').next().unwrap().parse().unwrap()
}

async fn ten_tabs(server: &Server) -> Vec<Visitor> {
    let mut first = Visitor::new("ada");
    first.connect(&server.url).await;
    first.asks_for_a_person().await;
    let mut tabs = Vec::new();
    for _ in 0..9 {
        let mut tab = first.second_tab();
        tab.connect(&server.url).await;
        tabs.push(tab);
    }
    tabs.push(first);
    tabs
}

#[tokio::test]
async fn ten_open_sockets_do_not_notice_that_an_idle_actor_leaves_memory() {
    let config = SITE.replace("[timing]", "[timing]\nconversation_idle = \"100ms\"");
    let server = Server::start(&config).await;
    let mut desk = Desk::log_in(&server).await;
    let mut tabs = ten_tabs(&server).await;
    let conversation = tabs[9].conversation.clone().unwrap();
    eventually("no conversation in memory", || async {
        (metric(&server, "hinny_conversations_awake").await == 0.0).then_some(())
    })
    .await;
    desk.writes(&conversation, "Still here?").await;
    for tab in &mut tabs {
        tab.sees("agent", "Still here?").await;
    }
}

#[tokio::test]
async fn a_panic_is_retried_and_ten_open_sockets_do_not_notice() {
    let mut server = Server::prepare(SITE).await.env(
        "FAILPOINTS",
        "conversation_decide=4*off->1*panic(injected)->off",
    );
    server.start_again().await;
    let mut desk = Desk::log_in(&server).await;
    let mut tabs = ten_tabs(&server).await;
    let conversation = tabs[9].conversation.clone().unwrap();
    for line in ["one", "two", "three", "four", "five"] {
        desk.writes(&conversation, line).await;
    }
    for tab in &mut tabs {
        tab.sees("agent", "five").await;
        let said: Vec<String> = tab
            .transcript()
            .into_iter()
            .filter(|line| line.starts_with("agent"))
            .collect();
        assert_eq!(said.len(), 5, "{said:?}");
    }
    assert_eq!(metric(&server, "hinny_panics_total").await, 1.0);
}

#[tokio::test]
async fn a_second_panic_parks_the_message_and_fetches_a_person() {
    let mut server = Server::prepare(SITE).await.env(
        "FAILPOINTS",
        "conversation_decide=2*off->2*panic(injected)->off",
    );
    server.start_again().await;
    let desk = Desk::log_in(&server).await;
    let mut ada = Visitor::new("ada");
    ada.connect(&server.url).await;
    ada.says("hello").await;
    ada.says("thanks").await;
    let refused = ada.says_as("bad-1", "Do you ship to Norway?").await;
    assert!(refused.is_err(), "{refused:?}");
    let handling = ada.sees_handling("waiting").await;
    assert_eq!(handling["reason"], "answerer_down");
    desk.sees_thread(ada.conversation.as_ref().unwrap()).await;

    let listed = server.run(&["outbox", "list", "--json"]).await;
    assert!(listed.ok, "{}", listed.stderr);
    assert!(listed.stdout.contains("\"say\""), "{}", listed.stdout);
    assert!(
        !listed.stdout.contains("Norway"),
        "a dead letter must not carry words: {}",
        listed.stdout
    );
    assert_eq!(metric(&server, "hinny_parked_total").await, 1.0);
}
