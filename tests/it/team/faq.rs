//! What the team answers in a thread and saves is known to the bot within seconds, and can be taken back.

use std::time::{Duration, Instant};

use crate::homes::stage::Stage;
use crate::homes::{ANN, GUS, Home};
use crate::on_every_platform;
use crate::support::eventually;
use crate::support::server::Server;
use crate::support::visitor::Visitor;

on_every_platform!(
    an_answer_is_saved_with_personal_data_covered_and_live_in_seconds,
    indexing_by_hand_keeps_what_was_saved_and_undo_takes_it_out,
    a_restart_keeps_what_was_saved_and_reads_corrections_by_hand,
    only_agents_save,
);

const QUESTION: &str = "Can I pay with my old gift card? Mail me at ada@mail.example";
const SAVED: &str = "Can I pay with my old gift card? Mail me at [e-mail]";

/// A visitor who asked what the bot does not know, answered by Ann in the thread.
async fn answered<H: Home>(stage: &Stage<H>) -> (Visitor, H::Place) {
    let mut ada = stage.visitor("ada").await;
    ada.says(QUESTION).await;
    ada.sees_handling("waiting").await;
    let place = stage.places(1).await.remove(0);
    stage.shows(&place, "gift card").await;
    stage
        .home
        .says(ANN, &place, "Yes, every gift card is good for ten years.");
    ada.sees("agent", "ten years").await;
    (ada, place)
}

/// Asks on the command line until the verdict is this: the command reads the same index as the server.
async fn verdict_is(server: &Server, wanted: &str) {
    eventually(&format!("the verdict {wanted}"), || async {
        let asked = server.run(&["ask", SAVED, "--json"]).await;
        let judged: serde_json::Value = serde_json::from_str(&asked.stdout).ok()?;
        (judged["verdict"] == wanted).then_some(())
    })
    .await;
}

fn file(server: &Server) -> String {
    let path = server.data().join("knowledge/shop/from-threads.md");
    std::fs::read_to_string(path).unwrap_or_default()
}

/// Ann saves her answer.
async fn save<H: Home>(stage: &Stage<H>, place: &H::Place) {
    stage.home.says(ANN, place, "!faq");
    stage.shows(place, "Save this").await;
    stage.presses(ANN, place, "Save").await;
    stage
        .shows(place, "Saved among the frequent questions")
        .await;
    let text = file(&stage.server);
    assert!(text.contains("gift card"), "{text}");
}

async fn an_answer_is_saved_with_personal_data_covered_and_live_in_seconds<H: Home>() {
    let stage = Stage::<H>::set().await;
    let (_ada, place) = answered(&stage).await;
    stage.home.says(ANN, &place, "!faq");
    let draft = stage.shows(&place, "Save this").await.text;
    assert!(
        draft.contains("[e-mail]") && !draft.contains("ada@"),
        "{draft}"
    );
    assert_eq!(
        file(&stage.server),
        "",
        "nothing is written before somebody has confirmed it"
    );

    let pressed = Instant::now();
    stage.presses(ANN, &place, "Save").await;
    verdict_is(&stage.server, "answer").await;
    assert!(
        pressed.elapsed() < Duration::from_secs(20),
        "{:?}",
        pressed.elapsed()
    );
    let text = file(&stage.server);
    assert!(
        text.contains("by Ann on 20") && text.contains(H::LINKS),
        "{text}"
    );
    let mut bob = stage.visitor("bob").await;
    bob.says(SAVED).await;
    bob.sees("bot", "ten years").await;
}

async fn indexing_by_hand_keeps_what_was_saved_and_undo_takes_it_out<H: Home>() {
    let stage = Stage::<H>::set().await;
    let (_ada, place) = answered(&stage).await;
    save(&stage, &place).await;
    let indexed = stage.server.run(&["kb", "index", "faq.md"]).await;
    assert!(indexed.ok, "{}", indexed.stderr);
    verdict_is(&stage.server, "answer").await;
    stage.home.says(ANN, &place, "!faq undo");
    eventually("an empty file", || async {
        (!file(&stage.server).contains("gift")).then_some(())
    })
    .await;
    eventually("a bot that has forgotten it", || async {
        let asked = stage.server.run(&["ask", SAVED, "--json"]).await;
        (!asked.stdout.contains("ten years")).then_some(())
    })
    .await;
}

async fn a_restart_keeps_what_was_saved_and_reads_corrections_by_hand<H: Home>() {
    let mut stage = Stage::<H>::set().await;
    let (_ada, place) = answered(&stage).await;
    save(&stage, &place).await;
    stage.server.kill().await;
    // The operator corrects the file while nothing runs; the restart reads it.
    let path = stage.server.data().join("knowledge/shop/from-threads.md");
    let corrected = file(&stage.server).replace("ten years", "eleven years");
    std::fs::write(&path, corrected).unwrap();
    stage.server.start_again().await;
    eventually("the corrected answer", || async {
        let asked = stage.server.run(&["ask", SAVED, "--json"]).await;
        asked.stdout.contains("eleven years").then_some(())
    })
    .await;
}

async fn only_agents_save<H: Home>() {
    let role = |home: &H| format!("agents = {{ roles = [\"{}\"] }}", home.role());
    let stage = Stage::of(H::start().await, role).await;
    let (mut ada, place) = answered(&stage).await;
    stage.home.says(GUS, &place, "!faq");
    stage.home.says(ANN, &place, "Anything else?");
    ada.sees("agent", "Anything else?").await;
    stage.home.is_confirmed().await;
    assert!(
        !stage.words(&place).contains("Save this"),
        "{}",
        stage.home.summary()
    );
    assert_eq!(file(&stage.server), "");
}
