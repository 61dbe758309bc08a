//! Who may speak to the visitor, and what stays among the team.

use crate::homes::stage::{Stage, heard};
use crate::homes::{ANN, BOB, GUS, Home};
use crate::on_every_platform;

on_every_platform!(
    only_people_with_the_role_reach_the_visitor,
    only_people_on_the_list_reach_the_visitor,
    two_agents_and_a_guest,
    what_looks_like_a_secret_waits_for_send_anyway,
    in_explicit_mode_only_marked_lines_go_out,
    a_blocked_visitor_reads_why,
);

/// What Gus does in the thread, who is not with the team, reaches nobody; Ann, who is, does.
async fn gus_reaches_nobody<H: Home>(stage: &Stage<H>) {
    let (mut ada, place) = stage.waiting().await;
    stage.home.says(GUS, &place, "Buy my watches");
    stage.home.says(GUS, &place, "!close");
    stage
        .home
        .uploads(GUS, &place, "watch.txt", b"a very fine watch", "Look at it");
    stage.presses(GUS, &place, "Close").await;
    stage.home.says(ANN, &place, "Hello, this is Ann");
    ada.sees("agent", "this is Ann").await;
    stage.home.is_confirmed().await;
    ada.says("Good day, Ann").await;
    stage.shows(&place, "Good day, Ann").await;
    assert_eq!(heard(&ada), ["agent Ann: Hello, this is Ann"]);
    assert!(
        !ada.transcript().contains(&"(closed)".to_owned()),
        "{:?}",
        ada.transcript()
    );
    stage.home.ends_well();
}

async fn only_people_with_the_role_reach_the_visitor<H: Home>() {
    let role = |home: &H| format!("agents = {{ roles = [\"{}\"] }}", home.role());
    gus_reaches_nobody(&Stage::of(H::start().await, role).await).await;
}

async fn only_people_on_the_list_reach_the_visitor<H: Home>() {
    let list = |home: &H| format!("agents = {{ list = [\"{}\"] }}", home.id_of(ANN));
    gus_reaches_nobody(&Stage::of(H::start().await, list).await).await;
}

async fn two_agents_and_a_guest<H: Home>() {
    let role = |home: &H| format!("agents = {{ roles = [\"{}\"] }}", home.role());
    let home = H::start().await;
    home.knows(BOB);
    let stage = Stage::of(home, role).await;
    let (mut ada, place) = stage.greeted().await;
    stage.home.says(BOB, &place, "Ask for the number");
    stage.home.says(GUS, &place, "I know the number");
    stage.shows(&place, "somebody else has").await;
    stage.home.says(ANN, &place, "One moment");
    ada.sees("agent", "One moment").await;
    assert_eq!(
        heard(&ada).len(),
        2,
        "Bob's line is held: {:#?}",
        ada.transcript()
    );
    stage.presses(BOB, &place, "Join").await;
    ada.sees("agent", "Ask for the number").await;
    stage.home.says(BOB, &place, "It is on the parcel");
    ada.sees("agent", "on the parcel").await;
    stage.home.is_confirmed().await;
    let seen = ada.transcript().join("\n");
    assert!(!seen.contains("I know the number"), "{seen}");
    stage.home.ends_well();
}

async fn what_looks_like_a_secret_waits_for_send_anyway<H: Home>() {
    let stage = Stage::<H>::set().await;
    let (mut ada, place) = stage.greeted().await;
    stage
        .home
        .says(ANN, &place, "The key is sk-proj-4f9aT2xQ8wLm3RkZ7vYb1NcH");
    stage.shows(&place, "looks like").await;
    stage.home.says(ANN, &place, "One moment");
    ada.sees("agent", "One moment").await;
    assert_eq!(heard(&ada).len(), 2, "{:#?}", ada.transcript());
    stage.presses(ANN, &place, "Send anyway").await;
    ada.sees("agent", "sk-proj-4f9a").await;
    stage.home.is_confirmed().await;
    stage.home.ends_well();
}

async fn in_explicit_mode_only_marked_lines_go_out<H: Home>() {
    let stage = Stage::<H>::with("mode = \"explicit\"").await;
    let (mut ada, place) = stage.waiting().await;
    stage.home.says(ANN, &place, "Who knows this one?");
    stage.home.says(BOB, &place, "I do not");
    stage
        .home
        .says(ANN, &place, "> Hello, we are looking into it");
    ada.sees("agent", "looking into it").await;
    stage.home.is_confirmed().await;
    ada.says("Thank you").await;
    stage.shows(&place, "Thank you").await;
    assert_eq!(heard(&ada), ["agent Ann: Hello, we are looking into it"]);
    stage.home.ends_well();
}

async fn a_blocked_visitor_reads_why<H: Home>() {
    let stage = Stage::<H>::set().await;
    let (mut ada, place) = stage.greeted().await;
    stage.presses(ANN, &place, "Block").await;
    ada.sees_handling("closed").await;
    let id = ada.fresh_id();
    let refused = ada.says_as(&id, "Let me in").await.unwrap_err();
    assert!(refused.contains("blocked"), "{refused}");
    stage.home.says(ANN, &place, "!unblock");
    stage.home.is_confirmed().await;
    stage.shows(&place, "can write again").await;
    ada.says("I am sorry").await;
    stage.home.ends_well();
}
