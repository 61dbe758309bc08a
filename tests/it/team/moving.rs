//! Teams that move to another platform while people wait, and platforms that die while others live.

use std::time::{Duration, Instant};

use serde_json::json;
use tempfile::TempDir;

use crate::homes::discord::Threads;
use crate::homes::life::Life;
use crate::homes::slack::Slack;
use crate::homes::stage::Stage;
use crate::homes::telegram::Telegram;
use crate::homes::{ANN, BOB, Home};
use crate::support::desk::Desk;
use crate::support::server::SITE;
use crate::support::visitor::Visitor;

/// The tables of a second home, whose connection is called `other`.
fn other<H: Home>(home: &H, secrets: &TempDir) -> (String, String) {
    let named = |table: String| table.replace("\"team\"", "\"other\"");
    (named(home.target()), named(home.connection(secrets.path())))
}

/// The team of `stage` sits in another home from the next start on; the old connection stays in the configuration.
fn moves<Old: Home, New: Home>(stage: &Stage<Old>, home: &New, secrets: &TempDir) {
    let (target, connection) = other(home, secrets);
    let old = stage.home.connection(stage.secrets().path());
    let config = format!("{SITE}\n{target}\n{old}\n{connection}");
    std::fs::write(stage.server.folder().join("hinny.toml"), config).expect("it is written");
}

async fn open_conversations_follow_a_team_that_moves<Old: Life, New: Life>() {
    let mut stage = Stage::<Old>::set().await;
    let (mut ada, old) = stage.greeted().await;
    ada.says("It is number 7").await;
    stage.shows(&old, "It is number 7").await;
    stage.home.is_confirmed().await;

    let (new, secrets) = (New::start().await, tempfile::tempdir().unwrap());
    moves(&stage, &new, &secrets);
    assert_eq!(stage.server.terminate().await, Some(0));
    stage.server.start_again().await;
    // Nobody has to say anything: who waits is seen in the new place at once.
    let place = new.until("a thread", |new| new.places().pop()).await;
    let card = shows(&new, &place, "sat in another channel").await;
    assert!(card.contains("It is number 7"), "{card}");
    stage.shows(&old, "The team has moved").await;

    ada.connect(&stage.server.url).await;
    ada.says("Any news?").await;
    shows(&new, &place, "Any news?").await;
    new.says(ANN, &place, "!take");
    new.says(ANN, &place, "We have moved, and here I am");
    ada.sees("agent", "here I am").await;
    // Whoever still writes in the old thread does not reach the visitor, and the team sees that.
    stage.home.says(BOB, &old, "Is anybody there?");
    shows(&new, &place, "goes on in another thread").await;
    ada.says("Thank you").await;
    shows(&new, &place, "Thank you").await;
    assert!(!stage.words(&old).contains("Any news?"));
    assert!(!ada.transcript().join("\n").contains("Is anybody there?"));
    assert_eq!(new.places().len(), 1, "{}", new.summary());
    new.ends_well();
}

async fn shows<H: Home>(home: &H, place: &H::Place, words: &str) -> String {
    let says = |home: &H| {
        let mut posts = home.posts(place).into_iter();
        posts.find(|post| post.text.contains(words))
    };
    home.until(words, says).await.text
}

#[tokio::test]
async fn open_conversations_follow_a_team_from_slack_to_discord() {
    open_conversations_follow_a_team_that_moves::<Slack, Threads>().await;
}

#[tokio::test]
async fn open_conversations_follow_a_team_from_discord_to_telegram() {
    open_conversations_follow_a_team_that_moves::<Threads, Telegram>().await;
}

#[tokio::test]
async fn open_conversations_follow_a_team_from_telegram_to_slack() {
    open_conversations_follow_a_team_that_moves::<Telegram, Slack>().await;
}

/// A team whose channel is gone for good: another one is named in the configuration, and everything comes there.
async fn a_lost_channel_is_left_for_another_home<Old: Life, New: Life>() {
    let mut stage = Stage::<Old>::set().await;
    let (mut ada, _) = stage.greeted().await;
    let desk = Desk::log_in(&stage.server).await;
    let lost = Old::shut_outs().remove(0);
    (lost.shut)(&stage.home);
    ada.says("My parcel is lost").await;
    desk.sees_obstacle().await;

    let (new, secrets) = (New::start().await, tempfile::tempdir().unwrap());
    moves(&stage, &new, &secrets);
    assert_eq!(stage.server.terminate().await, Some(0));
    stage.server.start_again().await;
    ada.connect(&stage.server.url).await;
    let place = new.until("a thread", |new| new.places().pop()).await;
    shows(&new, &place, "My parcel is lost").await;
    new.says(ANN, &place, "!take");
    new.says(ANN, &place, "Found it");
    ada.sees("agent", "Found it").await;
    new.ends_well();
}

#[tokio::test]
async fn an_archived_channel_of_slack_is_left_for_telegram() {
    a_lost_channel_is_left_for_another_home::<Slack, Telegram>().await;
}

#[tokio::test]
async fn a_channel_of_discord_without_rights_is_left_for_slack() {
    a_lost_channel_is_left_for_another_home::<Threads, Slack>().await;
}

#[tokio::test]
async fn a_group_of_telegram_that_kicked_the_bot_is_left_for_discord() {
    a_lost_channel_is_left_for_another_home::<Telegram, Threads>().await;
}

/// Nobody waits as long as a platform that hangs may keep a call.
const UNDELAYED: Duration = Duration::from_secs(12);

/// A second site, whose team is in another home.
fn bakery<H: Home>(home: &H, secrets: &TempDir) -> String {
    let (target, connection) = other(home, secrets);
    format!(
        "\n[[site]]\nid = \"bakery\"\nname = \"Bakery\"\norigins = [\"https://shop.example\"]\n\n\
         [site.knowledge]\npaths = [\"faq.md\"]\n\n{target}\n{connection}"
    )
}

/// The shop's team is on a platform that dies, the bakery's on one that lives.
async fn a_dead_platform_delays_nobody_else<Dead: Life, Alive: Life>(silent: bool) {
    let (alive, secrets) = (Alive::start().await, tempfile::tempdir().unwrap());
    let bakery = bakery(&alive, &secrets);
    let with_bakery = |config| format!("{config}{bakery}");
    let mut stage = Stage::configured(Dead::start().await, "", with_bakery).await;
    alive.is_listened_to().await;
    match silent {
        true => stage.home.falls_silent(),
        false => stage.home.stop().await,
    }
    for number in 0..20 {
        let mut one = stage.visitor(&format!("v{number}")).await;
        one.asks_for_a_person().await;
    }
    buys_bread(&alive, &stage.server.url).await;

    // The shop's own people are not left alone either: its desk is told, and may answer.
    let desk = Desk::log_in(&stage.server).await;
    assert_eq!(desk.threads("open").await.len(), 20);
    if !silent {
        let told = desk.sees_obstacle().await;
        let said = format!("{} cannot be reached", Dead::NAME);
        assert!(told.contains(&said), "{told}");
        stage.home.come_back().await;
        stage.places(20).await;
        desk.sees_no_obstacle().await;
    }
    let bakery = Desk::log_in_to(&stage.server, "bakery").await;
    assert_eq!(bakery.obstacle().await, None);
    alive.ends_well();
}

/// A conversation at the bakery from end to end, without delay.
async fn buys_bread<H: Home>(home: &H, url: &str) {
    let mut bob = Visitor::new("bob");
    bob.site = "bakery".to_owned();
    bob.connect(url).await;
    let begun = Instant::now();
    bob.asks_for_a_person().await;
    let place = home.until("a thread", |home| home.places().pop()).await;
    bob.says("Have you bread?").await;
    shows(home, &place, "Have you bread?").await;
    home.says(ANN, &place, "We have bread");
    bob.sees("agent", "We have bread").await;
    assert!(begun.elapsed() < UNDELAYED, "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_dead_slack_delays_nobody_on_discord() {
    a_dead_platform_delays_nobody_else::<Slack, Threads>(false).await;
}

#[tokio::test]
async fn a_dead_discord_delays_nobody_on_telegram() {
    a_dead_platform_delays_nobody_else::<Threads, Telegram>(false).await;
}

#[tokio::test]
async fn a_dead_telegram_delays_nobody_on_slack() {
    a_dead_platform_delays_nobody_else::<Telegram, Slack>(false).await;
}

#[tokio::test]
async fn a_hanging_slack_delays_nobody_on_telegram() {
    a_dead_platform_delays_nobody_else::<Slack, Telegram>(true).await;
}

#[tokio::test]
async fn a_hanging_discord_delays_nobody_on_slack() {
    a_dead_platform_delays_nobody_else::<Threads, Slack>(true).await;
}

#[tokio::test]
async fn a_hanging_telegram_delays_nobody_on_discord() {
    a_dead_platform_delays_nobody_else::<Telegram, Threads>(true).await;
}

/// Until the new channel is there, the desk does: then the team moves back to a platform.
#[tokio::test]
async fn a_team_may_sit_at_the_desk_for_a_while() {
    let mut stage = Stage::<Slack>::set().await;
    let (mut ada, old) = stage.greeted().await;
    let config = stage.server.folder().join("hinny.toml");
    let before = std::fs::read_to_string(&config).unwrap();
    let slack = stage.home.connection(stage.secrets().path());
    std::fs::write(&config, format!("{SITE}\n{slack}")).unwrap();
    assert_eq!(stage.server.terminate().await, Some(0));
    stage.server.start_again().await;
    ada.connect(&stage.server.url).await;
    stage.shows(&old, "The team has moved").await;
    let mut desk = Desk::log_in(&stage.server).await;
    let conversation = ada.conversation.clone().unwrap();
    let taken = desk.does(&conversation, "take", json!({})).await;
    assert_eq!(taken.status, 200, "{}", taken.text);
    desk.writes(&conversation, "I am at the desk").await;
    ada.sees("agent", "at the desk").await;

    std::fs::write(&config, before).unwrap();
    assert_eq!(stage.server.terminate().await, Some(0));
    stage.server.start_again().await;
    ada.connect(&stage.server.url).await;
    let new = stage.another(&old).await;
    stage.shows(&new, "sat in another channel").await;
    stage.home.says(ANN, &new, "Back again");
    ada.sees("agent", "Back again").await;
}
