//! The truth about delivery: what was seen, what did not arrive and what came of another try; and that only one card and
//! one thread can be worked with.

use serde_json::{Value, json};

use crate::doctor::{examine, graded};
use crate::homes::stage::{Stage, heard};
use crate::homes::{ANN, BOB, Home, Shown, Trouble};
use crate::on_every_platform;
use crate::support::desk::Desk;
use crate::support::eventually;
use crate::support::files::PIXEL;
use crate::support::http;
use crate::support::server::{SITE, Server};
use crate::support::visitor::Visitor;

on_every_platform!(
    what_the_visitor_saw_has_a_sign,
    a_refused_line_is_told_and_goes_through_at_a_retry,
    a_refused_change_has_a_sign_until_it_went_through,
    a_file_that_was_not_taken_has_a_sign,
    after_a_second_hand_over_only_the_newest_card_has_buttons,
    what_is_written_where_the_team_was_is_held_with_a_sign,
    a_file_that_does_not_come_delays_its_own_conversation_only,
    a_file_that_waits_survives_a_crash,
);

const REFUSED: &str = "the platform refused it";
const THROUGH: &str = "went through when it was tried again";

async fn what_the_visitor_saw_has_a_sign<H: Home>() {
    let stage = Stage::<H>::set().await;
    let (mut ada, place) = stage.waiting().await;
    let first = stage.home.says(ANN, &place, "Hello");
    ada.sees("agent", "Hello").await;
    let seq = *ada.log.keys().last().unwrap();
    let second = stage.home.says(ANN, &place, "One moment");
    ada.sees("agent", "One moment").await;
    ada.send(json!({"type": "seen", "seq": seq})).await.unwrap();
    stage.signed(&first, H::SIGNS.seen).await;
    assert_eq!(stage.home.signs(&second), [] as [String; 0]);
    let seq = *ada.log.keys().last().unwrap();
    ada.send(json!({"type": "seen", "seq": seq})).await.unwrap();
    stage.signed(&second, H::SIGNS.seen).await;
    stage.home.ends_well();
}

/// Desk, doctor and metrics know of one delivery that was given up.
async fn is_told_everywhere(server: &Server, desk: &Desk, conversation: &str) {
    let failed = desk.call("GET", "failed", None).await.json["failed"].clone();
    assert_eq!(failed.as_array().map(Vec::len), Some(1), "{failed}");
    assert_eq!(failed[0]["conversation"], conversation);
    let events = desk.reads(conversation).await["events"].clone();
    let kind = |event: &Value| event["event"]["kind"] == "delivery_failed";
    assert!(events.as_array().unwrap().iter().any(kind), "{events}");
    let (ended, findings) = examine(server).await;
    let bad = graded(&findings, "bad").join("\n");
    assert!(
        !ended.ok && bad.contains("1 delivery was given up"),
        "{bad}"
    );
    assert_eq!(dead_letters(server).await, "hinny_dead_letters 1");
}

async fn dead_letters(server: &Server) -> String {
    let metrics = http::get(&format!("{}/metrics", server.url)).await.text;
    let mut lines = metrics.lines();
    let line = lines.find(|line| line.starts_with("hinny_dead_letters "));
    line.unwrap_or_default().to_owned()
}

/// Nothing is given up any more.
async fn is_healed(server: &Server) {
    eventually("no dead letter", || async {
        (dead_letters(server).await == "hinny_dead_letters 0").then_some(())
    })
    .await;
}

async fn a_refused_line_is_told_and_goes_through_at_a_retry<H: Home>() {
    let stage = Stage::<H>::set().await;
    let desk = Desk::log_in(&stage.server).await;
    let (mut ada, place) = stage.greeted().await;
    stage.home.trouble(&[Trouble::Refused]);
    ada.says("a strange line").await;
    let notice = stage.shows(&place, REFUSED).await;
    assert!(notice.text.contains("a strange line"), "{notice:?}");
    assert!(has(&notice, "Try again"), "{notice:?}");
    let conversation = ada.conversation.clone().unwrap();
    is_told_everywhere(&stage.server, &desk, &conversation).await;
    // Two colleagues press at once.
    stage.home.presses(ANN, &place, "Try again");
    stage.home.presses(ANN, &place, "Try again");
    let notice = stage.shows(&place, THROUGH).await;
    assert!(!has(&notice, "Try again"), "{notice:?}");
    stage.home.is_confirmed().await;
    ada.says("the last line").await;
    stage.shows(&place, "the last line").await;
    let said = stage.words(&place).matches("a strange line").count();
    assert_eq!(said, 2, "once quoted, once said: {}", stage.words(&place));
    is_healed(&stage.server).await;
    stage.home.ends_well();
}

fn has(shown: &Shown, label: &str) -> bool {
    shown.buttons.iter().any(|button| button == label)
}

async fn a_refused_change_has_a_sign_until_it_went_through<H: Home>() {
    let stage = Stage::<H>::set().await;
    let (mut ada, place) = stage.greeted().await;
    ada.says("Mine is gren").await;
    let post = stage.shows(&place, "Mine is gren").await;
    let line = stage.home.line_of(&post.id);
    let own = ada.sees("visitor", "gren").await["id"].clone();
    // The card's own update is over.
    stage.shows(&place, "Now: Ann has it").await;
    stage.home.refuses_a_change();
    let edit = json!({"type": "edit", "id": ada.fresh_id(), "of": own, "text": "Mine is green"});
    ada.send(edit).await.unwrap();
    stage.shows(&place, REFUSED).await;
    stage.signed(&line, H::SIGNS.failed).await;
    stage.presses(ANN, &place, "Try again").await;
    stage.shows(&place, THROUGH).await;
    stage.unsigned(&line, H::SIGNS.failed).await;
    stage.hides(&place, "gren").await;
    stage.home.ends_well();
}

async fn a_file_that_was_not_taken_has_a_sign<H: Home>() {
    let stage = Stage::<H>::set().await;
    let (mut ada, place) = stage.greeted().await;
    let program = b"MZ\x90\0this is a program";
    let home = &stage.home;
    let line = home.uploads(ANN, &place, "photo.png", program, "A photo");
    ada.sees("agent", "A photo").await;
    stage
        .shows(&place, "The visitor did not get everything")
        .await;
    stage.signed(&line, H::SIGNS.failed).await;
    stage.home.ends_well();
}

async fn after_a_second_hand_over_only_the_newest_card_has_buttons<H: Home>() {
    let stage = Stage::<H>::set().await;
    let (mut ada, place) = stage.greeted().await;
    stage.presses(ANN, &place, "Back to bot").await;
    ada.sees_handling("bot").await;
    ada.says("What colour is the moon on Thursdays?").await;
    stage.shows(&place, "colour is the moon").await;
    let older = stage.shows(&place, "continued below").await;
    assert_eq!(older.buttons, [] as [String; 0]);
    assert_eq!(older.id, stage.card(&place).id);
    let posts = stage.home.posts(&place);
    let cards: Vec<&Shown> = posts.iter().filter(|post| has(post, "Take")).collect();
    assert_eq!(cards.len(), 1, "{posts:#?}");
    assert!(cards[0].text.contains("colour is the moon"), "{posts:#?}");
    stage.presses(ANN, &place, "Take").await;
    ada.until_handling_is("agent").await;
    stage.home.ends_well();
}

/// The team moved to another channel while Ada waited; Ann did not notice.
async fn what_is_written_where_the_team_was_is_held_with_a_sign<H: Home>() {
    let home = H::start().await;
    let secrets = tempfile::tempdir().unwrap();
    let connection = home.connection(secrets.path());
    let config = |target: &str| format!("{SITE}\n{target}\n{connection}");
    let mut server = Server::start(&config(&home.target())).await;
    home.is_listened_to().await;
    let mut ada = Visitor::new("ada");
    ada.connect(&server.url).await;
    ada.asks_for_a_person().await;
    let any = |places: Vec<H::Place>| places.into_iter().next();
    let left = home.until("a thread", |home| any(home.places())).await;
    server.terminate().await;
    let moved = config(&home.second_target());
    std::fs::write(server.folder().join("hinny.toml"), moved).unwrap();
    server.start_again().await;
    ada.cut();
    ada.connect(&server.url).await;
    let place = home
        .until("the new thread", |home| any(home.second_places()))
        .await;
    let line = home.says(ANN, &left, "Hello, this is Ann");
    let tells = |home: &H| {
        let mut posts = home.posts(&place).into_iter();
        posts.find(|post| post.text.contains("goes on in another thread"))
    };
    let notice = home.until("a word about the held line", tells).await;
    assert!(notice.text.contains("this is Ann"), "{notice:?}");
    let signed = |home: &H| home.signs(&line).contains(&H::SIGNS.failed.to_owned());
    home.until("the failed sign", |home| signed(home).then_some(()))
        .await;
    assert_eq!(heard(&ada), [] as [String; 0]);
    home.ends_well();
}

/// Ann has sent Ada a picture that does not come, and a line after it.
async fn with_slow_picture<H: Home>(stage: &Stage<H>) -> (Visitor, H::Place) {
    let (ada, place) = stage.greeted().await;
    let home = &stage.home;
    home.files_are_stuck(true);
    home.uploads(ANN, &place, "pixel.png", PIXEL, "Look here");
    home.says(ANN, &place, "Do you see it?");
    (ada, place)
}

async fn sees_both(ada: &mut Visitor) {
    ada.sees("agent", "Do you see it?").await;
    let picture = ada.sees("agent", "Look here").await;
    assert_eq!(picture["files"][0]["name"], "pixel.png", "{picture}");
    let lines = heard(ada);
    let words: Vec<&str> = lines
        .iter()
        .map(|line| &line["agent Ann: ".len()..])
        .collect();
    assert_eq!(words, ["Hello, this is Ann", "Look here", "Do you see it?"]);
}

async fn a_file_that_does_not_come_delays_its_own_conversation_only<H: Home>() {
    let stage = Stage::<H>::set().await;
    let (mut ada, first) = with_slow_picture(&stage).await;
    let mut eve = stage.visitor("eve").await;
    eve.asks_for_a_person().await;
    let other = |home: &H| home.places().into_iter().find(|place| *place != first);
    let place = stage.home.until("a second thread", other).await;
    stage.shows(&place, "asked for a person").await;
    stage.home.says(BOB, &place, "This is Bob");
    eve.sees("agent", "This is Bob").await;
    assert_eq!(heard(&ada).len(), 1, "{:#?}", ada.transcript());
    stage.home.files_are_stuck(false);
    sees_both(&mut ada).await;
    stage.home.ends_well();
}

async fn a_file_that_waits_survives_a_crash<H: Home>() {
    let mut stage = Stage::<H>::set().await;
    let (mut ada, _) = with_slow_picture(&stage).await;
    // The platform has nothing left to bring again.
    stage.home.is_confirmed().await;
    stage.server.kill().await;
    stage.home.files_are_stuck(false);
    stage.server.start_again().await;
    ada.cut();
    ada.connect(&stage.server.url).await;
    sees_both(&mut ada).await;
    stage.home.ends_well();
}
