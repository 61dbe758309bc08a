//! What happens to threads, channels, rights and connections while people talk: the conversation goes on, and the team
//! is told in plain words.

use serde_json::json;

use crate::homes::discord::Threads;
use crate::homes::life::Life;
use crate::homes::slack::Slack;
use crate::homes::stage::{Stage, heard};
use crate::homes::telegram::Telegram;
use crate::homes::{ANN, Home};
use crate::on_every_platform;
use crate::support::desk::Desk;
use crate::support::{eventually, http};

on_every_platform!(
    a_deleted_thread_is_followed_by_another_that_says_why,
    a_thread_that_was_deleted_while_hinny_was_down_is_followed_by_another,
    a_renamed_channel_changes_nothing,
    who_is_shut_out_tells_the_desk_and_catches_up_later,
    a_refused_token_stops_the_connection_and_raises_the_alarm,
    interruptions_lose_nothing_either_way,
    what_the_team_does_while_hinny_is_down_is_made_up_for,
);

async fn a_deleted_thread_is_followed_by_another_that_says_why<H: Life>() {
    let stage = Stage::<H>::set().await;
    let (mut ada, first) = stage.greeted().await;
    stage.home.deletes_thread(&first);
    if !H::TELLS_OF_DELETIONS {
        ada.says("Are you there?").await;
    }
    let second = stage.another(&first).await;
    let card = stage.shows(&second, "was deleted or locked").await;
    assert!(card.text.contains("Ann has it"), "{card:?}");
    ada.says("It is number 7").await;
    stage.shows(&second, "It is number 7").await;
    stage.home.says(ANN, &second, "Here I am again");
    ada.sees("agent", "Here I am again").await;
    let cards = stage
        .words(&second)
        .matches("was deleted or locked")
        .count();
    assert_eq!(cards, 1, "{}", stage.home.summary());
    stage.home.ends_well();
}

async fn a_thread_that_was_deleted_while_hinny_was_down_is_followed_by_another<H: Life>() {
    let mut stage = Stage::<H>::set().await;
    let (mut ada, first) = stage.greeted().await;
    stage.home.is_confirmed().await;
    stage.server.kill().await;
    stage.home.deletes_thread(&first);
    stage.server.start_again().await;
    ada.connect(&stage.server.url).await;
    if !H::TELLS_OF_DELETIONS {
        ada.says("Are you there?").await;
    }
    let second = stage.another(&first).await;
    stage.shows(&second, "was deleted or locked").await;
    stage.home.says(ANN, &second, "Here I am again");
    ada.sees("agent", "Here I am again").await;
    stage.home.ends_well();
}

async fn a_renamed_channel_changes_nothing<H: Life>() {
    let stage = Stage::<H>::set().await;
    let (mut ada, place) = stage.greeted().await;
    stage.home.renames_the_channel();
    ada.says("Still the same?").await;
    stage.shows(&place, "Still the same?").await;
    stage.home.says(ANN, &place, "Still the same");
    ada.sees("agent", "Still the same").await;
    stage.visitor("bob").await.asks_for_a_person().await;
    stage.places(2).await;
    stage.home.ends_well();
}

/// Long enough for a story between two tries, short enough to wait for.
fn tried_every_three_seconds(config: String) -> String {
    config.replace("retry_max = \"500ms\"", "retry_max = \"3s\"")
}

async fn standing<H: Home>(stage: &Stage<H>) -> String {
    let ready = http::get(&format!("{}/readyz", stage.server.url)).await;
    ready.json["connections"]["team"].to_string()
}

/// Waits until `/readyz` says this of the connection.
async fn stands<H: Home>(stage: &Stage<H>, word: &str) {
    eventually(word, || async {
        standing(stage).await.contains(word).then_some(())
    })
    .await;
}

async fn who_is_shut_out_tells_the_desk_and_catches_up_later<H: Life>() {
    for way in H::shut_outs() {
        let stage = Stage::<H>::configured(H::start().await, "", tried_every_three_seconds).await;
        let (mut ada, place) = stage.greeted().await;
        let mut desk = Desk::log_in(&stage.server).await;
        assert_eq!(desk.obstacle().await, None);

        (way.shut)(&stage.home);
        ada.says("My parcel is lost").await;
        let told = desk.sees_obstacle().await;
        for part in [H::NAME, way.told, "answer here", "`hinny doctor`"] {
            assert!(told.contains(part), "{part:?} is told: {told}");
        }
        stands(&stage, "no_access").await;

        // Somebody at the desk takes over meanwhile.
        let conversation = ada.conversation.clone().unwrap();
        let taken = desk.does(&conversation, "take", json!({})).await;
        assert_eq!(taken.status, 200, "{}", taken.text);
        desk.writes(&conversation, "I am looking for it").await;
        ada.sees("agent", "looking for it").await;

        (way.open)(&stage.home);
        stage.shows(&place, "I am looking for it").await;
        let words = stage.words(&place);
        let lost = words.find("My parcel is lost");
        assert!(
            lost.is_some() && lost < words.find("I am looking"),
            "{words}"
        );
        desk.sees_no_obstacle().await;
        stands(&stage, "up").await;
        stage.home.says(ANN, &place, "Found it");
        ada.sees("agent", "Found it").await;
    }
}

async fn a_refused_token_stops_the_connection_and_raises_the_alarm<H: Life>() {
    let mut stage = Stage::<H>::set().await;
    let (mut ada, place) = stage.greeted().await;
    let desk = Desk::log_in(&stage.server).await;
    stage.home.sets_token_revoked(true);
    for line in ["one", "two", "three"] {
        ada.says(line).await;
    }
    let told = desk.sees_obstacle().await;
    for part in [H::NAME, "does not let hinny in", "`hinny doctor`"] {
        assert!(told.contains(part), "{part:?} is told: {told}");
    }
    alarm(&stage).await;
    let doctor = stage.server.run(&["doctor"]).await;
    assert!(!doctor.ok, "{}", doctor.stdout);
    assert!(
        stage.home.calls() < 60,
        "a refused token is not tried on and on"
    );

    stage.home.sets_token_revoked(false);
    if !H::TRIES_TOKENS_AGAIN {
        assert_eq!(stage.server.terminate().await, Some(0));
        stage.server.start_again().await;
        ada.connect(&stage.server.url).await;
    }
    stage.shows(&place, "three").await;
    stage.home.says(ANN, &place, "All three of them");
    ada.sees("agent", "All three of them").await;
    stands(&stage, "up").await;
}

/// An error in the log, a number for whoever watches, and a word for whoever asks.
async fn alarm<H: Home>(stage: &Stage<H>) {
    let logged = "a platform refuses us again and again";
    eventually("an error in the log", || async {
        stage.server.log().contains(logged).then_some(())
    })
    .await;
    let metrics = http::get(&format!("{}/metrics", stage.server.url)).await;
    assert!(
        metrics
            .text
            .contains("hinny_connection_barred{connection=\"team\"} 1"),
        "{}",
        metrics.text
    );
    assert!(!standing(stage).await.contains("up"));
}

async fn interruptions_lose_nothing_either_way<H: Life>() {
    let stage = Stage::<H>::set().await;
    let (mut ada, place) = stage.greeted().await;
    for (number, interrupt) in H::interruptions().into_iter().enumerate() {
        interrupt(&stage.home);
        for part in ["first", "second"] {
            let line = format!("{part} line after cut {number}");
            stage.home.says(ANN, &place, &line);
            ada.sees("agent", &line).await;
        }
        let question = format!("question {number}");
        ada.says(&question).await;
        stage.shows(&place, &question).await;
    }
    let lines = heard(&ada);
    let expected = 1 + 2 * H::interruptions().len();
    assert_eq!(lines.len(), expected, "each once: {lines:#?}");
    stage.home.ends_well();
}

async fn what_the_team_does_while_hinny_is_down_is_made_up_for<H: Home>() {
    let mut stage = Stage::<H>::set().await;
    let (mut ada, place) = stage.greeted().await;
    let wrong = stage.home.says(ANN, &place, "We open at 9");
    ada.sees("agent", "We open at 9").await;
    let slip = stage.home.says(ANN, &place, "What a strange question");
    let slipped = ada.sees("agent", "strange question").await["id"].clone();
    stage.home.is_confirmed().await;

    stage.server.kill().await;
    stage.home.edits(ANN, &wrong, "We open at 10");
    stage.home.deletes(ANN, &place, &slip);
    stage.home.says(ANN, &place, "One moment");
    let look = stage.home.says(ANN, &place, "Look here");
    stage.home.edits(ANN, &look, "Look there");
    stage.server.start_again().await;
    ada.connect(&stage.server.url).await;

    ada.sees_edited("We open at 10").await;
    ada.happens("deleted", &slipped).await;
    ada.sees("agent", "One moment").await;
    // Some platforms tell of a line with its last words, others of the line and the edit.
    let now = [
        "agent Ann: Hello, this is Ann",
        "agent Ann: We open at 10",
        "agent Team: ",
        "agent Ann: One moment",
        "agent Ann: Look there",
    ];
    eventually("the words of now, each once", || async {
        let mut fresh = ada.second_tab();
        fresh.connect(&stage.server.url).await;
        (heard(&fresh) == now).then_some(())
    })
    .await;
    stage.home.ends_well();
}

/// Somebody archives, locks or closes a thread by hand, and the visitor has more to say.
async fn a_closed_thread_opens_for_a_new_line<H: Life>() {
    for (number, close) in H::closings().into_iter().enumerate() {
        let stage = Stage::<H>::set().await;
        let (mut ada, place) = stage.greeted().await;
        close(&stage.home, &place);
        assert!(!stage.home.is_open(&place), "closed in way {number}");
        ada.says("One more thing").await;
        stage.shows(&place, "One more thing").await;
        assert!(stage.home.is_open(&place), "open again after way {number}");
        stage.home.says(ANN, &place, "Tell me");
        ada.sees("agent", "Tell me").await;
        assert_eq!(stage.home.places().len(), 1, "it is the same thread");
        stage.home.ends_well();
    }
}

#[tokio::test]
async fn an_archived_or_locked_thread_opens_for_a_new_line_on_discord() {
    a_closed_thread_opens_for_a_new_line::<Threads>().await;
}

#[tokio::test]
async fn a_closed_topic_opens_for_a_new_line_on_telegram() {
    a_closed_thread_opens_for_a_new_line::<Telegram>().await;
}

/// Slack keeps the replies of a deleted card; without replies the thread is gone at once.
#[tokio::test]
async fn a_card_that_is_deleted_before_anybody_answers_comes_again_on_slack() {
    let stage = Stage::<Slack>::set().await;
    let (mut ada, first) = stage.waiting().await;
    stage.home.deletes_thread(&first);
    let second = stage.another(&first).await;
    stage.shows(&second, "was deleted or locked").await;
    stage.home.says(ANN, &second, "Hello, this is Ann");
    ada.sees("agent", "this is Ann").await;
    stage.home.ends_well();
}
