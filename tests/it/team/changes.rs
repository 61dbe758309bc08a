//! What is said can be corrected, taken back, shown as a picture and signed as seen, both ways.

use serde_json::{Value, json};

use crate::homes::stage::{Stage, heard};
use crate::homes::{ANN, Home};
use crate::on_every_platform;
use crate::support::files::{self, PIXEL};
use crate::support::visitor::plain;

on_every_platform!(
    an_agent_corrects_a_wrong_answer,
    an_agent_takes_a_line_back,
    a_visitor_corrects_and_takes_back,
    a_picture_goes_both_ways,
    a_file_that_lies_is_refused,
    an_agent_has_a_face,
);

async fn an_agent_corrects_a_wrong_answer<H: Home>() {
    let stage = Stage::<H>::set().await;
    let (mut ada, place) = stage.waiting().await;
    let wrong = stage.home.says(ANN, &place, "We open at 9");
    let id = ada.sees("agent", "We open at 9").await["id"].clone();
    stage.home.edits(ANN, &wrong, "We open at 10");
    let edited = ada.happens("edited", &id).await;
    assert_eq!(plain(&edited["text"]), "We open at 10");
    // Who comes later reads the right words only, with the mark.
    ada.cut();
    let mut again = ada.second_tab();
    again.connect(&stage.server.url).await;
    let now = again.sees("agent", "We open at 10").await;
    assert_eq!(now["edited"], true, "{now}");
    assert_eq!(heard(&again).len(), 1);
    stage.home.ends_well();
}

async fn an_agent_takes_a_line_back<H: Home>() {
    let stage = Stage::<H>::set().await;
    let (mut ada, place) = stage.greeted().await;
    let slip = stage.home.says(ANN, &place, "What a strange question");
    let id = ada.sees("agent", "strange question").await["id"].clone();
    stage.home.takes_back(ANN, &slip);
    ada.happens("deleted", &id).await;
    stage.signed(&slip, H::SIGNS.recalled).await;

    let other = stage.home.says(ANN, &place, "Nobody knows");
    let id = ada.sees("agent", "Nobody knows").await["id"].clone();
    stage.home.deletes(ANN, &place, &other);
    ada.happens("deleted", &id).await;
    let mut again = ada.second_tab();
    again.connect(&stage.server.url).await;
    let seen = again.transcript().join("\n");
    assert!(
        !seen.contains("strange") && !seen.contains("Nobody"),
        "{seen}"
    );
    stage.home.ends_well();
}

async fn a_visitor_corrects_and_takes_back<H: Home>() {
    let stage = Stage::<H>::set().await;
    let (mut ada, place) = stage.greeted().await;
    ada.says("Mine is gren").await;
    stage.shows(&place, "Mine is gren").await;
    let own = ada.sees("visitor", "gren").await["id"].clone();
    let edit = json!({"type": "edit", "id": ada.fresh_id(), "of": own, "text": "Mine is green"});
    ada.send(edit).await.unwrap();
    stage.shows(&place, "Mine is green").await;
    stage.hides(&place, "gren").await;
    let delete = json!({"type": "delete", "id": ada.fresh_id(), "of": own});
    ada.send(delete).await.unwrap();
    stage.hides(&place, "Mine is green").await;
    stage.home.ends_well();
}

async fn a_picture_goes_both_ways<H: Home>() {
    let stage = Stage::<H>::set().await;
    let (mut ada, place) = stage.greeted().await;
    stage
        .home
        .uploads(ANN, &place, "pixel.png", PIXEL, "It looks like this");
    let message = ada.sees("agent", "looks like this").await;
    let file = &message["files"][0];
    assert_eq!(file["mime"], "image/png", "{message}");
    let url = format!("{}{}", stage.server.url, file["url"].as_str().unwrap());
    let fetched = files::fetch(&url).await;
    assert_eq!(fetched.bytes, PIXEL);

    let uploaded = ada.uploads(&stage.server.url, "mine.png", PIXEL).await;
    let say = json!({"type": "say", "id": ada.fresh_id(), "text": "And mine", "files": [uploaded]});
    ada.send(say).await.unwrap();
    let arrived = |home: &H| home.file(&place, "mine.png");
    let bytes = stage.home.until("the visitor's picture", arrived).await;
    assert_eq!(bytes, PIXEL);
    stage.home.ends_well();
}

async fn a_file_that_lies_is_refused<H: Home>() {
    let stage = Stage::<H>::set().await;
    let (mut ada, place) = stage.greeted().await;
    stage.home.uploads(
        ANN,
        &place,
        "photo.png",
        b"MZ\x90\0this is a program",
        "A photo",
    );
    stage.shows(&place, "photo.png").await;
    stage.home.says(ANN, &place, "One moment");
    ada.sees("agent", "One moment").await;
    let log: Vec<Value> = ada.log.values().cloned().collect();
    assert!(
        log.iter()
            .all(|event| event["files"].as_array().is_none_or(Vec::is_empty)),
        "{log:?}"
    );
    stage.home.ends_well();
}

/// The picture is copied when Ann is first heard, and given out by hinny alone.
async fn an_agent_has_a_face<H: Home>() {
    let home = H::start().await;
    home.has_picture(ANN, PIXEL);
    let mut stage = Stage::of(home, |_| String::new()).await;
    let (mut ada, place) = stage.greeted().await;
    let face = |event: &Value| event["author"]["avatar"].as_str().map(str::to_owned);
    let mut address = None;
    for number in 0.. {
        let line = format!("Line {number}.");
        stage.home.says(ANN, &place, &line);
        address = face(&ada.sees("agent", &line).await);
        if address.is_some() || number == 50 {
            break;
        }
    }
    let address = address.expect("Ann has a face");
    let fetched = files::fetch(&format!("{}{address}", stage.server.url)).await;
    assert_eq!((fetched.status, fetched.bytes.as_slice()), (200, PIXEL));

    // It outlives a restart, and is not asked for again.
    stage.server.kill().await;
    stage.server.start_again().await;
    stage.home.says(ANN, &place, "Here again");
    ada.cut();
    ada.connect(&stage.server.url).await;
    let address = face(&ada.sees("agent", "Here again").await).expect("Ann still has a face");
    assert!(address.starts_with("/v1/files/"), "{address}");
    stage.home.ends_well();
}
