//! The daily digest: what the bot said yesterday, with buttons, in the team's own channel, and once.

use crate::homes::slack::Slack;
use crate::homes::stage::Stage;
use crate::homes::{ANN, GUS, Home};
use crate::on_every_platform;
use crate::support::server::Server;
use crate::support::visitor::Visitor;

on_every_platform!(
    the_team_reads_what_the_bot_said_and_acts_on_it,
    a_digest_that_was_cut_off_is_told_once,
);

/// A day, in milliseconds.
const DAY: i64 = 86_400_000;

/// A server that lives so many days ago, from its first moment on: today it would sum up yesterday at once.
async fn stage<H: Home>(days: i64) -> Stage<H> {
    stage_where(days, "").await
}

/// With these settings for answers.
async fn stage_where<H: Home>(days: i64, answers: &str) -> Stage<H> {
    let answers = format!("\n[site.answers]\n{answers}\n");
    let home = H::start().await;
    home.knows(ANN);
    home.knows(GUS);
    let role = home.role();
    let team = format!("digest = \"00:00\"\nagents = {{ roles = [\"{role}\"] }}");
    let past = |server: Server| server.env("FAILPOINTS", &ago(days));
    Stage::launched(home, &team, |config| config + &answers, past).await
}

/// A visitor to whom the bot has told something.
async fn answered<H: Home>(stage: &Stage<H>, name: &str) -> Visitor {
    let mut visitor = stage.visitor(name).await;
    visitor.says("Do you ship to Norway?").await;
    visitor.sees("bot", "every country").await;
    visitor
}

/// The server starts again, so many days ago.
async fn night<H: Home>(stage: &mut Stage<H>, days: i64) {
    stage.server.kill().await;
    stage.server.set_env("FAILPOINTS", &ago(days));
    stage.server.start_again().await;
}

fn ago(days: i64) -> String {
    format!("clock_ahead=return({})", -days * DAY)
}

async fn wrong<H: Home>(stage: &Stage<H>) -> u64 {
    let counted = stage.server.run(&["stats", "--json"]).await;
    assert!(counted.ok, "{}", counted.stderr);
    let counted: serde_json::Value = serde_json::from_str(&counted.stdout).unwrap();
    assert_eq!(
        (&counted["answered"], &counted["questions"]),
        (&1.into(), &1.into())
    );
    counted["wrong"].as_u64().unwrap()
}

async fn the_team_reads_what_the_bot_said_and_acts_on_it<H: Home>() {
    let mut stage = stage::<H>(1).await;
    let mut ada = answered(&stage, "ada").await;
    night(&mut stage, 0).await;
    let place = stage.places(1).await.remove(0);
    stage.shows(&place, "1 answer").await;
    let told = stage.shows(&place, "every country").await;
    assert!(told.text.contains("Do you ship to Norway?"), "{told:?}");
    assert!(told.text.contains("% sure"), "{told:?}");

    stage.presses(GUS, &place, "Wrong").await;
    stage.home.is_confirmed().await;
    assert_eq!(wrong(&stage).await, 0, "a guest marks nothing");
    stage.presses(ANN, &place, "Wrong").await;
    stage.shows(&place, "Marked as wrong by Ann").await;
    assert_eq!(wrong(&stage).await, 1);
    stage.presses(ANN, &place, "Not wrong").await;
    stage.hides(&place, "Marked as wrong by Ann").await;
    assert_eq!(wrong(&stage).await, 0);

    stage.presses(ANN, &place, "Take over").await;
    let thread = stage.another(&place).await;
    stage.shows(&thread, "Ann has it").await;
    stage.shows(&place, "Ann has this conversation").await;
    ada.connect(&stage.server.url).await;
    stage.home.says(ANN, &thread, "Not to Svalbard, sorry");
    ada.sees("agent", "Not to Svalbard").await;

    is_told_once(&mut stage, &place).await;
}

/// A restart tells nothing again.
async fn is_told_once<H: Home>(stage: &mut Stage<H>, place: &H::Place) {
    stage.server.terminate().await;
    stage.server.start_again().await;
    stage.visitor("bob").await.asks_for_a_person().await;
    stage.places(3).await;
    let again = stage.words(place).matches("every country").count();
    assert_eq!(
        (again, stage.home.places().len()),
        (1, 3),
        "it is told once"
    );
    stage.home.is_confirmed().await;
    stage.home.ends_well();
}

async fn a_digest_that_was_cut_off_is_told_once<H: Home>() {
    for death in [
        "digest_thread_opened=1",
        "digest_after_line=1",
        "digest_before_line=2",
    ] {
        let mut stage = stage::<H>(1).await;
        answered(&stage, "ada").await;
        answered(&stage, "bob").await;
        stage.server.terminate().await;
        stage.server.clear_env();
        stage.server.set_env("HINNY_ABORT_AT", death);
        // It may die before it can say where it listens.
        stage.server.try_start_again().await;
        stage.server.ended().await;
        stage.server.clear_env();
        stage.server.start_again().await;
        let told = |home: &H| {
            let places = home.places().into_iter();
            let all = places.flat_map(|place| home.posts(&place));
            let answers = all.filter(|post| post.text.contains("every country"));
            Some(answers.count()).filter(|count| *count >= 2)
        };
        let told = stage
            .home
            .until(&format!("the digest after {death}"), told)
            .await;
        assert!(told <= 2 + H::REPEATS, "{death}: {}", stage.home.summary());
        let threads = stage.home.places().len();
        assert!(
            threads <= 1 + H::REPEATS,
            "{death}: {}",
            stage.home.summary()
        );
    }
}

#[tokio::test]
async fn a_day_without_answers_is_not_told_and_a_long_one_is_summed_up() {
    let mut stage = stage::<Slack>(2).await;
    let mut eve = stage.visitor("eve").await;
    eve.says("hello").await;
    eve.sees("bot", "").await;
    night(&mut stage, 1).await;
    stage.visitor("bob").await.asks_for_a_person().await;
    let card = stage.places(1).await.remove(0);
    stage.shows(&card, "asked for a person").await;

    for number in 0..12 {
        answered(&stage, &format!("visitor{number}")).await;
    }
    night(&mut stage, 0).await;
    let place = stage.another(&card).await;
    let head = stage.shows(&place, "12 answers").await;
    assert!(head.text.contains("See the desk for the rest"), "{head:?}");
    let ten = |home: &Slack| {
        let posts = home.posts(&place);
        let answers = posts.iter().filter(|post| post.text.contains("% sure"));
        (answers.count() == 10).then_some(())
    };
    stage.home.until("ten answers", ten).await;
    assert_eq!(stage.home.places().len(), 2);
    stage.home.ends_well();
}

#[tokio::test]
async fn drafts_and_suggestions_are_told_as_what_they_are() {
    let modes = [
        ("mode = \"drafts\"", "1 draft", "drafted for the team"),
        (
            "answer = 0.99\nsuggest = 0.0",
            "1 suggestion",
            "suggested to choose from",
        ),
    ];
    for (answers, number, how) in modes {
        let mut stage = stage_where::<Slack>(1, answers).await;
        let mut ada = stage.visitor("ada").await;
        ada.says("ship to Norway").await;
        let place = match number {
            "1 draft" => {
                ada.sees_handling("waiting").await;
                let card = stage.places(1).await.remove(0);
                stage.shows(&card, "the visitor has not got it").await;
                night(&mut stage, 0).await;
                stage.another(&card).await
            }
            _ => {
                ada.sees("bot", "Did you mean").await;
                night(&mut stage, 0).await;
                stage.places(1).await.remove(0)
            }
        };
        stage.shows(&place, number).await;
        let told = stage.shows(&place, how).await;
        assert!(told.text.contains("ship to Norway"), "{told:?}");
        stage.presses(ANN, &place, "Wrong").await;
        stage.shows(&place, "Marked as wrong by Ann").await;
        stage.presses(ANN, &place, "Take over").await;
        stage.shows(&place, "Ann has this conversation").await;
        stage.home.ends_well();
    }
}
