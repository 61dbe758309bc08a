//! A knowledge base that is too small to be sure of anything: the site runs human-first, and everybody is told.

use crate::support::desk::Desk;
use crate::support::server::{SITE, Server};
use crate::support::visitor::Visitor;

const SMALL: &str = "# FAQ\n\n## Do you ship to Norway?\n\nYes, to every country in Europe.\n";
const TOLD: &str = "The bot knows too little";

async fn start() -> Server {
    let server = Server::prepare(SITE).await;
    std::fs::write(server.folder().join("faq.md"), SMALL).unwrap();
    let indexed = server.run(&["kb", "index"]).await;
    assert!(
        indexed.ok && indexed.stdout.contains(TOLD),
        "{}",
        indexed.stdout
    );
    server.launch().await
}

#[tokio::test]
async fn only_known_words_are_answered_and_the_rest_goes_to_the_team() {
    let server = start().await;
    let mut ada = Visitor::new("ada");
    ada.connect(&server.url).await;
    ada.says("do you ship to norway").await;
    ada.sees("bot", "every country").await;
    ada.says("Is shipping to Norway possible for you?").await;
    let told = ada.sees_handling("waiting").await;
    assert_eq!(told["reason"], "policy");
    let desk = Desk::log_in(&server).await;
    let thread = desk.sees_thread(&ada.conversation.clone().unwrap()).await;
    assert_eq!(thread["reason"], "policy");
}

#[tokio::test]
async fn the_operator_is_told_everywhere() {
    let server = start().await;
    assert!(server.log().contains(TOLD), "{}", server.log());
    let asked = server.run(&["ask", "Is Norway possible?"]).await;
    assert!(asked.stdout.contains(TOLD), "{}", asked.stdout);
    let doctor = server.run(&["doctor"]).await;
    assert!(doctor.stdout.contains(TOLD), "{}", doctor.stdout);
}
