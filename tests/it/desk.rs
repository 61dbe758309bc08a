//! The desk under `serve`: off unless wanted, behind a one-time link, one site only.

use serde_json::json;

use crate::support::desk::Desk;
use crate::support::eventually;
use crate::support::http;
use crate::support::server::{SITE, Server};
use crate::support::visitor::Visitor;

#[tokio::test]
async fn it_is_off_unless_configured() {
    // Without the desk a site needs another place for its threads; nobody answers at this one.
    let elsewhere = "\nbridge = \"telegram\"\ntelegram = { connection = \"team\", chat = -100 }";
    let config = SITE
        .replace("[desk]\nenabled = true", "")
        .replace("name = \"Shop\"", &format!("name = \"Shop\"{elsewhere}"));
    let team = "\n[[telegram]]\nname = \"team\"\ntoken_env = \"TEAM_TOKEN\"\napi_url = \"http://127.0.0.1:9\"\n";
    let server = Server::start(&(config + team)).await;
    for path in [
        "desk",
        "desk/api/threads",
        "desk/api/login",
        "demo/login",
        "demo/site",
    ] {
        let answer = http::get(&format!("{}/{path}", server.url)).await;
        assert_eq!(answer.status, 404, "{path}");
    }
}

#[tokio::test]
async fn a_login_link_works_once_and_nothing_works_without() {
    let server = Server::start(SITE).await;
    let printed = server.run(&["desk", "login", "--site", "shop"]).await;
    let login = printed
        .stdout
        .split("#login=")
        .nth(1)
        .unwrap()
        .split_whitespace()
        .next()
        .unwrap()
        .to_owned();
    let url = format!("{}/desk/api/login", server.url);
    let body = Some(json!({ "login": login }));
    assert_eq!(
        http::call("POST", &url, &[], body.clone()).await.status,
        200
    );
    assert_eq!(http::call("POST", &url, &[], body).await.status, 401);
    for path in [
        "threads",
        "answers",
        "failed",
        "me",
        "conversations/0000000000000000000000",
    ] {
        let answer = http::get(&format!("{}/desk/api/{path}", server.url)).await;
        assert_eq!(answer.status, 401, "{path}: {}", answer.text);
    }
}

/// Two sites, `shop` and `blog`, on one server.
async fn two_sites() -> Server {
    let shop = SITE.split("[[site]]").nth(1).unwrap();
    let blog = shop.replace("\"shop\"", "\"blog\"").replace("Shop", "Blog");
    Server::start(&format!("{SITE}\n[[site]]{blog}")).await
}

/// A visitor of `site` who waits for a person.
async fn waiting(server: &Server, site: &str) -> Visitor {
    let mut visitor = Visitor::new(site);
    visitor.site = site.into();
    visitor.connect(&server.url).await;
    visitor.asks_for_a_person().await;
    visitor
}

#[tokio::test]
async fn a_desk_sees_its_own_site_only() {
    let server = two_sites().await;
    let mut desk = Desk::log_in(&server).await;
    let guest = waiting(&server, "blog").await;
    let foreign = guest.conversation.clone().unwrap();
    let mut own = waiting(&server, "shop").await;
    let conversation = own.conversation.clone().unwrap();
    desk.sees_thread(&conversation).await;

    let threads = desk.threads("all").await;
    let seen = |thread: &serde_json::Value| thread["conversation"] == foreign.as_str();
    assert!(!threads.iter().any(seen), "{threads:?}");
    let read = desk
        .call("GET", &format!("conversations/{foreign}"), None)
        .await;
    let unknown = desk
        .call("GET", "conversations/0000000000000000000000", None)
        .await;
    assert_eq!((read.status, &read.text), (404, &unknown.text));
    let written = desk.writes_as("x-1", &foreign, "hello").await;
    assert_eq!(written.status, 404, "{}", written.text);
    desk.writes(&conversation, "for you").await;
    own.sees("agent", "for you").await;
    assert!(!guest.transcript().join("\n").contains("for you"));
}

#[tokio::test]
async fn a_session_of_one_site_is_none_at_another() {
    let server = two_sites().await;
    let own = waiting(&server, "shop").await;
    let mut stray = own.second_tab();
    stray.site = "blog".into();
    let refused = stray.try_connect(&server.url).await.unwrap_err();
    assert!(refused.contains("token_invalid"), "{refused}");
}

#[tokio::test]
async fn the_feed_of_answers_shows_what_the_bot_said() {
    let server = Server::start(SITE).await;
    let desk = Desk::log_in(&server).await;
    let mut ada = Visitor::new("ada");
    ada.connect(&server.url).await;
    ada.says("Do you ship to Norway?").await;
    ada.sees("bot", "every country").await;
    let answers = eventually("an answer in the feed", || async {
        let list = desk.call("GET", "answers", None).await.json["answers"].clone();
        (!list.as_array()?.is_empty()).then_some(list)
    })
    .await;
    assert_eq!(answers[0]["question"], "Do you ship to Norway?");
    assert!(
        answers[0]["answer"]
            .as_str()
            .unwrap()
            .contains("every country")
    );
    assert!(answers[0]["confidence"].as_f64().unwrap() > 0.5);
}

/// The team sees notes and verdicts, the visitor never does.
#[tokio::test]
async fn notes_stay_among_colleagues() {
    let server = Server::start(SITE).await;
    let mut desk = Desk::log_in(&server).await;
    let mut ada = Visitor::new("ada");
    ada.connect(&server.url).await;
    ada.says("What colour is the moon on Thursdays?").await;
    ada.sees_handling("waiting").await;
    let conversation = ada.conversation.clone().unwrap();
    desk.writes(&conversation, "!note she is a big customer")
        .await;
    desk.writes(&conversation, "!clsoe").await;
    desk.writes(&conversation, "It is grey.").await;
    ada.sees("agent", "It is grey").await;
    let team = desk.reads(&conversation).await.to_string();
    assert!(
        team.contains("big customer") && team.contains("\"verdict\""),
        "{team}"
    );
    let visitor = ada.transcript().join("\n");
    assert!(
        !visitor.contains("customer") && !visitor.contains("clsoe"),
        "{visitor}"
    );
}

#[tokio::test]
async fn a_reply_sent_twice_is_said_once() {
    let server = Server::start(SITE).await;
    let mut desk = Desk::log_in(&server).await;
    let mut ada = Visitor::new("ada");
    ada.connect(&server.url).await;
    ada.asks_for_a_person().await;
    let conversation = ada.conversation.clone().unwrap();
    let first = desk.writes_as("once-1", &conversation, "only once").await;
    let again = desk.writes_as("once-1", &conversation, "only once").await;
    assert_eq!((first.status, &first.json), (200, &again.json));
    desk.writes(&conversation, "the end").await;
    ada.sees("agent", "the end").await;
    assert_eq!(ada.transcript().join("\n").matches("only once").count(), 1);
}
