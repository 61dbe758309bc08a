//! It buzzes: the team is called when somebody waits, and the taker again when the visitor writes after a pause.

use crate::homes::stage::Stage;
use crate::homes::{ANN, Home};
use crate::on_every_platform;

on_every_platform!(
    the_card_calls_whom_notify_names,
    nobody_is_called_without_notify,
    the_taker_is_called_again_after_a_pause,
    visitors_call_nobody,
);

fn notify<H: Home>(home: &H) -> String {
    format!("notify = {{ person = \"{}\" }}", home.id_of(ANN))
}

async fn the_card_calls_whom_notify_names<H: Home>() {
    let home = H::start().await;
    home.knows(ANN);
    let stage = Stage::of(home, notify).await;
    let (_ada, place) = stage.waiting().await;
    let called = |home: &H| {
        home.posts(&place)
            .into_iter()
            .find(|post| !post.pings.is_empty())
    };
    let card = stage.home.until("a card that calls Ann", called).await;
    assert!(
        card.pings
            .iter()
            .all(|ping| ping.contains(&stage.home.id_of(ANN))),
        "{card:?}"
    );
    stage.home.ends_well();
}

async fn nobody_is_called_without_notify<H: Home>() {
    let stage = Stage::<H>::set().await;
    let (mut ada, place) = stage.waiting().await;
    ada.says("Hello?").await;
    stage.shows(&place, "Hello?").await;
    let calling = |post: &crate::homes::Shown| !post.pings.is_empty();
    assert!(
        !stage.home.posts(&place).iter().any(calling),
        "{}",
        stage.home.summary()
    );
}

async fn the_taker_is_called_again_after_a_pause<H: Home>() {
    let stage = Stage::<H>::with("nudge_after = \"10ms\"").await;
    let (mut ada, place) = stage.greeted().await;
    // Every line comes after a pause that is long enough: the way into the thread takes longer.
    for number in 0.. {
        let line = format!("Still there, line {number}.");
        ada.says(&line).await;
        let shown = stage.shows(&place, &line).await;
        if shown
            .pings
            .iter()
            .any(|ping| ping.contains(&stage.home.id_of(ANN)))
        {
            break;
        }
        assert!(number < 50, "{}", stage.home.summary());
    }
    stage.home.ends_well();
}

async fn visitors_call_nobody<H: Home>() {
    let stage = Stage::<H>::set().await;
    let (mut ada, place) = stage.greeted().await;
    let ann = stage.home.id_of(ANN);
    // Who takes a conversation may be called by that, and nobody later.
    stage.shows(&place, "Ann has it").await;
    let before: usize = stage
        .home
        .posts(&place)
        .iter()
        .map(|post| post.pings.len())
        .sum();
    for line in [
        "<!channel> <!here> @everyone @here".to_owned(),
        format!("<@{ann}> @{ann} @Ann [Ann](tg://user?id={ann}) <@&3000> <!subteam^S0TEAM>"),
        "That is all".to_owned(),
    ] {
        ada.says(&line).await;
    }
    stage.shows(&place, "That is all").await;
    let after: usize = stage
        .home
        .posts(&place)
        .iter()
        .map(|post| post.pings.len())
        .sum();
    assert_eq!(before, after, "{}", stage.home.summary());
    let words = stage.words(&place);
    assert!(
        words.contains("<!channel> <!here> @everyone @here"),
        "the words arrive as they are: {words}"
    );
    stage.home.ends_well();
}
