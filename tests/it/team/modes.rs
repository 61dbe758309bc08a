//! Who speaks first, as the site wants it: a person who lets the bot's drafts go, or a person alone.

use crate::homes::stage::Stage;
use crate::homes::{ANN, Home};
use crate::on_every_platform;

on_every_platform!(
    a_draft_is_sent_with_one_press,
    people_speak_first_and_see_what_the_bot_found,
);

async fn stage<H: Home>(mode: &str) -> Stage<H> {
    let more = format!("\n[site.answers]\nmode = \"{mode}\"\n");
    let home = H::start().await;
    Stage::configured(home, "", |config| config + &more).await
}

async fn a_draft_is_sent_with_one_press<H: Home>() {
    let stage = stage::<H>("drafts").await;
    let mut ada = stage.visitor("ada").await;
    ada.says("Do you ship to Norway?").await;
    let told = ada.sees_handling("waiting").await;
    assert_eq!(told["reason"], "policy");
    let place = stage.places(1).await.remove(0);
    let draft = stage.shows(&place, "Yes, to every country").await;
    assert!(
        draft.text.contains("the visitor has not got it"),
        "{draft:?}"
    );
    let silent = ada.transcript();
    assert!(
        !silent.iter().any(|line| line.starts_with("bot")),
        "{silent:?}"
    );

    stage.presses(ANN, &place, "Send this").await;
    ada.sees("agent", "every country").await;
    stage.shows(&place, "Sent to the visitor").await;
    stage.hides(&place, "the visitor has not got it").await;

    ada.says("What are your opening hours?").await;
    stage.shows(&place, "Monday to Friday").await;
    stage.presses(ANN, &place, "Send this").await;
    ada.sees("agent", "from 9 to 17").await;
    stage.hides(&place, "the visitor has not got it").await;
    stage.home.ends_well();
}

async fn people_speak_first_and_see_what_the_bot_found<H: Home>() {
    let stage = stage::<H>("human-first").await;
    let mut ada = stage.visitor("ada").await;
    ada.says("Hello!").await;
    ada.sees("bot", "Hello!").await;
    ada.says("Do you ship to Norway?").await;
    ada.sees_handling("waiting").await;
    let place = stage.places(1).await.remove(0);
    let card = stage.shows(&place, "The team answers first").await;
    assert!(card.text.contains("Do you ship to Norway? ("), "{card:?}");
    stage.presses(ANN, &place, "Send 1").await;
    ada.sees("agent", "every country").await;
    stage.home.ends_well();
}
