//! Conversations from the first question to the last word, one, ten at once, and in bad weather.

use crate::homes::discord::Forum;
use crate::homes::stage::{Stage, heard};
use crate::homes::{ANN, Home, Shown, Trouble};
use crate::on_every_platform;
use crate::support::visitor::Visitor;

on_every_platform!(
    a_whole_conversation,
    back_to_the_bot_and_to_a_person_again,
    ten_conversations_at_once_never_meet,
    a_platform_that_is_down_loses_and_doubles_nothing,
    a_platform_in_bad_weather_gets_everything_in_order,
    a_card_whose_answer_was_lost_is_found_again,
);

/// The card says who, where, why and what was said, and has its buttons.
fn check_card(card: &Shown) {
    for part in [
        "anonymous",
        "Cart",
        "Do you ship to Norway?",
        "every country",
    ] {
        assert!(card.text.contains(part), "the card says {part}: {card:?}");
    }
    for label in ["Take", "Close", "Back to bot", "Block"] {
        assert!(
            card.buttons.iter().any(|button| button == label),
            "{card:?}"
        );
    }
}

async fn a_whole_conversation<H: Home>() {
    let stage = Stage::<H>::set().await;
    let mut ada = stage.visitor("ada").await;
    ada.says("Do you ship to Norway?").await;
    ada.sees("bot", "every country").await;
    ada.says("I want to talk to a person").await;
    ada.sees_handling("waiting").await;

    let place = stage.places(1).await.remove(0);
    check_card(&stage.shows(&place, "asked for a person").await);
    stage.home.says(ANN, &place, "Hello, how can I help?");
    ada.sees("agent", "how can I help").await;
    ada.says("My parcel is lost").await;
    stage.shows(&place, "My parcel is lost").await;
    stage.home.says(ANN, &place, "!note call the carrier");
    stage.home.says(ANN, &place, "!oops");
    stage.shows(&place, "did not send the line").await;
    stage.home.says(ANN, &place, "!bot");
    ada.sees_handling("bot").await;
    ada.says("What are your opening hours?").await;
    ada.sees("bot", "from 9 to 17").await;
    stage.home.says(ANN, &place, "!close");
    ada.sees_handling("closed").await;

    stage.home.is_confirmed().await;
    assert_eq!(stage.home.places().len(), 1, "one conversation, one thread");
    stage.home.ends_well();
    // Neither the note nor the mistyped command is among what the visitor saw.
    insta::assert_snapshot!("a_whole_conversation", ada.transcript().join("\n"));
}

#[tokio::test]
async fn a_whole_conversation_in_a_forum_of_discord() {
    a_whole_conversation::<Forum>().await;
}

async fn back_to_the_bot_and_to_a_person_again<H: Home>() {
    let stage = Stage::<H>::set().await;
    let (mut ada, place) = stage.greeted().await;
    stage.presses(ANN, &place, "Back to bot").await;
    ada.sees_handling("bot").await;
    ada.says("What are your opening hours?").await;
    ada.sees("bot", "from 9 to 17").await;
    ada.says("What colour is the moon on Thursdays?").await;
    stage.shows(&place, "colour is the moon").await;
    stage.home.says(ANN, &place, "Green, on Thursdays");
    ada.sees("agent", "Green, on Thursdays").await;
    assert_eq!(stage.home.places().len(), 1, "it is still the same thread");
    stage.presses(ANN, &place, "Close").await;
    ada.sees_handling("closed").await;
    stage.home.is_confirmed().await;
    stage.home.ends_well();
}

async fn ten_conversations_at_once_never_meet<H: Home>() {
    let stage = Stage::<H>::set().await;
    let mut visitors = Vec::new();
    for number in 0..10 {
        let mut one = stage.visitor(&format!("v{number}")).await;
        one.asks_for_a_person().await;
        one.says(&format!("my number is n{number}x")).await;
        visitors.push(one);
    }
    for place in stage.places(10).await {
        let number = |home: &H| {
            let words: String = home
                .posts(&place)
                .into_iter()
                .map(|post| post.text)
                .collect();
            (0..10).find(|number| words.contains(&format!("n{number}x")))
        };
        let number = stage.home.until("the visitor's number", number).await;
        stage.home.says(ANN, &place, &format!("for n{number}x"));
    }
    for (number, one) in visitors.iter_mut().enumerate() {
        one.sees("agent", &format!("for n{number}x")).await;
        assert_eq!(heard(one).len(), 1, "{:#?}", one.transcript());
    }
    stage.home.ends_well();
}

const LINES: [&str; 4] = ["first", "second", "third", "fourth"];

async fn says_all(ada: &mut Visitor) {
    for line in LINES {
        ada.says(line).await;
    }
}

/// Each line stands in the thread, in order, and so often at most.
async fn all_arrive<H: Home>(stage: &Stage<H>, place: &H::Place, at_most: usize) {
    stage.shows(place, "fourth").await;
    let words = stage.words(place);
    let places: Vec<_> = LINES.iter().map(|line| words.find(line)).collect();
    assert!(
        places.iter().all(Option::is_some) && places.is_sorted(),
        "{words}"
    );
    for line in LINES {
        assert!(words.matches(line).count() <= at_most, "{words}");
    }
}

async fn a_platform_that_is_down_loses_and_doubles_nothing<H: Home>() {
    let mut stage = Stage::<H>::set().await;
    let (mut ada, place) = stage.greeted().await;
    stage.home.is_confirmed().await;
    stage.home.stop().await;
    says_all(&mut ada).await;
    let written = stage.home.says(ANN, &place, "Our network is slow today");
    stage.home.come_back().await;
    all_arrive(&stage, &place, 1).await;
    ada.sees("agent", "network is slow").await;
    stage
        .home
        .edits(ANN, &written, "Our network is quick again");
    ada.sees_edited("network is quick").await;
    assert_eq!(heard(&ada).len(), 2, "{:#?}", ada.transcript());
    stage.home.ends_well();
}

async fn a_platform_in_bad_weather_gets_everything_in_order<H: Home>() {
    let stage = Stage::<H>::set().await;
    let (mut ada, place) = stage.greeted().await;
    stage
        .home
        .trouble(&[Trouble::Broken, Trouble::Reset, Trouble::TooMany]);
    says_all(&mut ada).await;
    all_arrive(&stage, &place, H::REPEATS + 1).await;
    stage.home.trouble(&[Trouble::ResetAfterAccept]);
    ada.says("one more").await;
    ada.says("and the last").await;
    stage.shows(&place, "and the last").await;
    let words = stage.words(&place);
    assert!(
        words.matches("one more").count() <= H::REPEATS + 1,
        "{words}"
    );
    stage.home.ends_well();
}

/// The card was posted, but nobody learnt of it: it is found again where the platform lets one look.
async fn a_card_whose_answer_was_lost_is_found_again<H: Home>() {
    let stage = Stage::<H>::set().await;
    stage.home.trouble(&[Trouble::ResetAfterAccept]);
    let (mut ada, place) = stage.waiting().await;
    ada.says("are you there?").await;
    stage.shows(&place, "are you there?").await;
    assert_eq!(stage.home.places().len(), 1);
    let cards = stage.words(&place).matches("asked for a person").count();
    assert!(cards <= H::REPEATS + 1, "{}", stage.home.summary());
    stage.home.ends_well();
}
