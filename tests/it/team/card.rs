//! The card that opens a thread: what it says, what its buttons do, and that it is kept up to date.

use crate::homes::stage::Stage;
use crate::homes::{ANN, BOB, Home};
use crate::on_every_platform;
use crate::support::visitor::Visitor;

on_every_platform!(
    the_card_says_who_is_verified,
    a_candidate_is_sent_with_one_press,
    a_candidate_is_sent_and_saved,
    the_card_is_kept_up_to_date,
);

/// Ada, signed in by the site's own server.
async fn signed_in<H: Home>(stage: &Stage<H>) -> Visitor {
    let sign = [
        "token",
        "--site",
        "shop",
        "--sub",
        "user-17",
        "--name",
        "Ada Lovelace",
        "--email",
        "ada@mail.example",
        "--attribute",
        "plan=pro",
    ];
    let signed = stage.server.run(&sign).await;
    assert!(signed.ok, "{}", signed.stderr);
    let mut ada = Visitor::new("ada");
    ada.identity = Some(signed.stdout.trim().to_owned());
    ada.connect(&stage.server.url).await;
    ada
}

async fn the_card_says_who_is_verified<H: Home>() {
    let stage = Stage::<H>::set().await;
    let mut ada = signed_in(&stage).await;
    ada.says("Do you ship to Norway?").await;
    ada.sees("bot", "every country").await;
    ada.asks_for_a_person().await;
    let place = stage.places(1).await.remove(0);
    let card = stage.shows(&place, "asked for a person").await;
    for part in [
        "Ada Lovelace",
        "ada@mail.example",
        "plan: pro",
        "(verified)",
        "https://shop.example/cart",
        "Europe/Berlin",
        "(not verified)",
        "Do you ship to Norway?",
    ] {
        assert!(card.text.contains(part), "the card says {part}: {card:?}");
    }
    stage.home.ends_well();
}

/// Where the bot trusts nothing but an entry's own words.
async fn careful<H: Home>() -> Stage<H> {
    let home = H::start().await;
    let careful = "\n[site.answers]\nanswer = 0.97\nsuggest = 0.97\n";
    Stage::configured(home, "", |config| config + careful).await
}

/// A question that the bot is not sure of, and the thread in which it asks for help.
async fn unsure<H: Home>(stage: &Stage<H>) -> (Visitor, H::Place) {
    let mut ada = stage.visitor("ada").await;
    ada.says("Norway parcel customs forms, which ones?").await;
    ada.sees_handling("waiting").await;
    let place = stage.places(1).await.remove(0);
    stage.shows(&place, "Do you ship to Norway?").await;
    (ada, place)
}

async fn a_candidate_is_sent_with_one_press<H: Home>() {
    let stage = careful::<H>().await;
    let (mut ada, place) = unsure(&stage).await;
    stage.presses(ANN, &place, "Send 1").await;
    ada.sees("agent", "every country").await;
    // Who answers has the conversation: Bob's words are held.
    stage.home.says(BOB, &place, "Which parcel?");
    stage.shows(&place, "somebody else has").await;
    stage.home.is_confirmed().await;
    stage.home.ends_well();
}

async fn a_candidate_is_sent_and_saved<H: Home>() {
    let stage = careful::<H>().await;
    let (mut ada, place) = unsure(&stage).await;
    stage.presses(ANN, &place, "Send 1 and save").await;
    ada.sees("agent", "every country").await;
    stage.shows(&place, "Save this").await;
    stage.presses(ANN, &place, "Save").await;
    stage
        .shows(&place, "Saved among the frequent questions")
        .await;
    let path = stage.server.data().join("knowledge/shop/from-threads.md");
    let text = std::fs::read_to_string(path).unwrap();
    assert!(
        text.contains("customs forms") && text.contains("by Ann on 20"),
        "{text}"
    );
    stage.home.is_confirmed().await;
    stage.home.ends_well();
}

async fn the_card_is_kept_up_to_date<H: Home>() {
    let stage = Stage::<H>::set().await;
    let (mut ada, place) = stage.waiting().await;
    stage.presses(ANN, &place, "Take").await;
    ada.sees_handling("agent").await;
    let card = stage.shows(&place, "Ann has it").await;
    assert!(
        !card.buttons.iter().any(|button| button == "Take"),
        "{card:?}"
    );
    assert!(
        !stage.words(&place).contains("waits for a person"),
        "{}",
        stage.home.summary()
    );
    stage.presses(ANN, &place, "Close").await;
    ada.sees_handling("closed").await;
    let card = stage.shows(&place, "closed by Ann").await;
    assert!(
        !card.buttons.iter().any(|button| button == "Close"),
        "{card:?}"
    );
    assert_eq!(stage.home.places().len(), 1);
    stage.home.is_confirmed().await;
    stage.home.ends_well();
}
