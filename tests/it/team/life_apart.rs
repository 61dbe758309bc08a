//! What only one platform knows: Discord's locked threads, its limit of active ones and its deleted channels, and
//! Telegram's groups that become other groups.

use crate::discord::{CHANNEL, FORUM, bits};
use crate::homes::discord::Threads;
use crate::homes::life::Life;
use crate::homes::slack::Slack;
use crate::homes::stage::Stage;
use crate::homes::telegram::Telegram;
use crate::homes::{ANN, Home};
use crate::support::desk::Desk;
use crate::support::visitor::Visitor;
use crate::telegram::CHAT;

/// The site's place is another one from the next start on.
fn renames_place<H>(stage: &Stage<H>, from: &str, to: &str) {
    let file = stage.server.folder().join("hinny.toml");
    let config = std::fs::read_to_string(&file).expect("it can be read");
    assert!(config.contains(from), "{config}");
    std::fs::write(&file, config.replace(from, to)).expect("it can be written");
}

#[tokio::test]
async fn whoever_locks_a_thread_reads_why_it_is_open_again() {
    let stage = Stage::<Threads>::set().await;
    let (mut ada, place) = stage.greeted().await;
    stage.home.server.agent(1, "Owner").locks(place);
    ada.says("One more thing").await;
    stage.shows(&place, "One more thing").await;
    let told = stage.shows(&place, "This thread was locked").await;
    assert!(told.text.contains("press Close"), "{told:?}");
}

#[tokio::test]
async fn a_locked_thread_that_the_bot_may_not_open_is_followed_by_another() {
    let stage = Stage::<Threads>::set().await;
    let (mut ada, first) = stage.greeted().await;
    stage.home.may(bits::MANAGE_THREADS, false);
    stage.home.server.agent(1, "Owner").locks(first);
    ada.says("One more thing").await;
    let second = stage.another(&first).await;
    stage.shows(&second, "was deleted or locked").await;
    stage.shows(&second, "One more thing").await;
    assert!(!stage.home.is_open(&first), "the lock is respected");
    stage.home.says(ANN, &second, "Tell me");
    ada.sees("agent", "Tell me").await;
}

/// Discord allows a thousand active threads; here three, so that the fourth finds the server full.
#[tokio::test]
async fn on_a_full_server_the_quietest_thread_sleeps_until_it_is_needed() {
    let stage = Stage::<Threads>::set().await;
    let server = &stage.home.server;
    server.with(|state| state.most_threads = 3);
    server.relax_limits();
    let mut visitors: Vec<Visitor> = Vec::new();
    for number in 0..4 {
        let mut one = stage.visitor(&format!("v{number}")).await;
        one.asks_for_a_person().await;
        let place = stage.places(number + 1).await[number];
        stage.shows(&place, "asked for a person").await;
        visitors.push(one);
    }
    let places = stage.home.places();
    assert!(!stage.home.is_open(&places[0]), "the first is the quietest");
    for (number, one) in visitors.iter_mut().enumerate() {
        let words = format!("my number is n{number}x");
        one.says(&words).await;
        stage.shows(&places[number], &words).await;
        stage
            .home
            .says(ANN, &places[number], &format!("for n{number}x"));
        one.sees("agent", &format!("for n{number}x")).await;
    }
    let active = places.iter().filter(|place| stage.home.is_open(place));
    assert!(active.count() <= 3);
    assert_eq!(stage.home.places().len(), 4, "nobody got a second thread");
}

#[tokio::test]
async fn a_deleted_channel_is_told_and_another_one_takes_over() {
    let mut stage = Stage::<Threads>::set().await;
    let (mut ada, _) = stage.greeted().await;
    let desk = Desk::log_in(&stage.server).await;
    stage.home.server.agent(1, "Owner").deletes_channel(CHANNEL);
    ada.says("My parcel is lost").await;
    let told = desk.sees_obstacle().await;
    let said = format!("the channel {CHANNEL} does not exist");
    assert!(told.contains(&said), "{told}");

    renames_place(
        &stage,
        &format!("channel = {CHANNEL}"),
        &format!("channel = {FORUM}"),
    );
    assert_eq!(stage.server.terminate().await, Some(0));
    stage.server.start_again().await;
    ada.connect(&stage.server.url).await;
    let server = &stage.home.server;
    let place = server.await_threads(FORUM, 1).await[0].id;
    server.await_words(place, "My parcel is lost").await;
    server.agent(7, "Ann").says(place, "Found it");
    ada.sees("agent", "Found it").await;
}

/// Telegram gives the number of the group that took the place of another.
#[tokio::test]
async fn a_group_that_became_another_is_told_with_its_number() {
    const NEW: i64 = -1_001_000_000_009;
    let mut stage = Stage::<Telegram>::set().await;
    let (mut ada, _) = stage.greeted().await;
    let desk = Desk::log_in(&stage.server).await;
    let server = &stage.home.server;
    server.in_group(CHAT, |group| group.moved_to = Some(NEW));
    server.add_group(NEW, true);
    ada.says("My parcel is lost").await;
    let told = desk.sees_obstacle().await;
    assert!(
        told.contains(&format!("has become the supergroup {NEW}")),
        "{told}"
    );

    renames_place(&stage, &CHAT.to_string(), &NEW.to_string());
    assert_eq!(stage.server.terminate().await, Some(0));
    stage.server.start_again().await;
    ada.connect(&stage.server.url).await;
    let topics = stage.home.server.await_topics(2).await;
    let second = topics.iter().find(|topic| topic.chat == NEW).unwrap().id;
    stage.shows(&second, "My parcel is lost").await;
    stage.home.says(ANN, &second, "Found it");
    ada.sees("agent", "Found it").await;
}

/// A bot that may write, but not open topics: new conversations wait, and those that have a topic go on.
#[tokio::test]
async fn a_right_that_only_new_topics_need_holds_up_no_open_conversation() {
    let stage = Stage::<Telegram>::set().await;
    let (mut ada, place) = stage.greeted().await;
    let mut desk = Desk::log_in(&stage.server).await;
    let role = |topics| crate::telegram::BotRole::Admin {
        topics,
        delete: true,
    };
    stage.home.server.set_bot(CHAT, role(false));
    let mut bob = stage.visitor("bob").await;
    bob.asks_for_a_person().await;
    let told = desk.sees_obstacle().await;
    assert!(told.contains("not enough rights"), "{told}");
    ada.says("Still there?").await;
    stage.shows(&place, "Still there?").await;
    let conversation = bob.conversation.clone().unwrap();
    desk.sees_thread(&conversation).await;
    desk.writes(&conversation, "I am at the desk").await;
    bob.sees("agent", "at the desk").await;
    stage.home.server.set_bot(CHAT, role(true));
    let second = stage.another(&place).await;
    stage.shows(&second, "I am at the desk").await;
}

/// A socket that Slack closes for its own reasons, again and again, while lines go both ways.
#[tokio::test]
async fn slack_may_ask_to_reconnect_as_often_as_it_likes() {
    let stage = Stage::<Slack>::set().await;
    let (mut ada, place) = stage.greeted().await;
    for reason in [
        "warning",
        "refresh_requested",
        "warning",
        "refresh_requested",
    ] {
        stage.home.server.disconnect(reason);
        stage.home.says(ANN, &place, reason);
    }
    stage.home.says(ANN, &place, "and the last");
    ada.sees("agent", "and the last").await;
    let heard = crate::homes::stage::heard(&ada);
    assert_eq!(heard.len(), 6, "{heard:#?}");
    stage.home.is_confirmed().await;
}

/// Codes after which a client may connect again
/// (<https://discord.com/developers/docs/topics/opcodes-and-status-codes#gateway-gateway-close-event-codes>).
#[tokio::test]
async fn a_gateway_that_ends_sessions_for_good_gets_a_new_one() {
    let stage = Stage::<Threads>::set().await;
    let (mut ada, place) = stage.greeted().await;
    for code in [4_000, 4_007, 4_009] {
        stage.home.server.close_sockets(code);
        let line = format!("after code {code}");
        stage.home.says(ANN, &place, &line);
        ada.sees("agent", &line).await;
    }
    let identified = stage.home.server.handshakes().0;
    assert!(identified < 10, "the gateway is not stormed: {identified}");
}
