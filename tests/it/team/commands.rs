//! The team's commands as lines in a thread, as people type them.

use crate::homes::stage::{Stage, heard};
use crate::homes::{ANN, BOB, Home};
use crate::on_every_platform;

on_every_platform!(
    every_command_does_what_it_says,
    no_line_with_a_mark_reaches_the_visitor,
    a_line_to_a_colleague_is_held,
);

async fn every_command_does_what_it_says<H: Home>() {
    let stage = Stage::<H>::set().await;
    let (mut ada, place) = stage.waiting().await;
    let says = |text: &str| stage.home.says(ANN, &place, text);
    says("!help");
    stage.shows(&place, "!block").await;
    says("!take");
    ada.sees_handling("agent").await;
    says("!note The parcel is in Hamburg");
    says("!bot");
    ada.sees_handling("bot").await;
    says("!Block 7d");
    ada.sees_handling("closed").await;
    stage.shows(&place, "is blocked until").await;
    says("! unblock");
    stage.shows(&place, "can write again").await;
    ada.says("I want to talk to a person").await;
    stage.shows(&place, "waits for a person").await;
    says("!close");
    ada.until_handling_is("closed").await;
    assert_eq!(heard(&ada), [] as [&str; 0]);
    stage.home.is_confirmed().await;
    stage.home.ends_well();
}

async fn no_line_with_a_mark_reaches_the_visitor<H: Home>() {
    let stage = Stage::<H>::set().await;
    let (mut ada, place) = stage.greeted().await;
    for line in [
        "!cloes",
        "! NOTE who is this?",
        "  !note again",
        "/takeover",
        "!",
        "！note wide",
    ] {
        stage.home.says(ANN, &place, line);
    }
    stage.home.says(ANN, &place, "One moment");
    ada.sees("agent", "One moment").await;
    stage.shows(&place, "do not know this command").await;
    assert_eq!(
        heard(&ada),
        ["agent Ann: Hello, this is Ann", "agent Ann: One moment"]
    );
    stage.home.ends_well();
}

async fn a_line_to_a_colleague_is_held<H: Home>() {
    let stage = Stage::<H>::set().await;
    stage.home.knows(BOB);
    let (mut ada, place) = stage.greeted().await;
    stage
        .home
        .mentions(ANN, &place, BOB, "this one again, sigh");
    stage.shows(&place, "Not sent").await;
    stage.home.says(ANN, &place, "One moment");
    ada.sees("agent", "One moment").await;
    assert_eq!(heard(&ada).len(), 2, "{:#?}", ada.transcript());
    stage.presses(ANN, &place, "Don't send").await;
    stage.home.says(ANN, &place, "Here it is");
    ada.sees("agent", "Here it is").await;
    assert_eq!(heard(&ada).len(), 3, "{:#?}", ada.transcript());
    stage.home.is_confirmed().await;
    stage.home.ends_well();
}
