//! The server dies at every named step between commit, send and mark. Nothing is lost, and nothing is said twice
//! where the platform lets one look.

use serde_json::{Value, json};

use crate::homes::discord::{Forum, Threads};
use crate::homes::slack::Slack;
use crate::homes::stage::{Stage, heard};
use crate::homes::{ANN, Home};
use crate::on_every_platform;
use crate::support::visitor::Visitor;

on_every_platform!(
    deaths_around_opening_a_thread,
    deaths_around_sending,
    deaths_around_changing,
    deaths_around_what_the_team_says,
);

/// Where and at which pass the process ends itself, as a power cut would.
type Death = (&'static str, u64);

const OPENING: [Death; 3] = [
    ("outbox_before_open", 1),
    ("outbox_thread_opened", 1),
    ("outbox_thread_noted", 1),
];
const SENDING: [Death; 5] = [
    ("outbox_before_send", 1),
    ("outbox_before_send", 2),
    ("outbox_after_send", 1),
    ("outbox_after_send", 2),
    ("outbox_after_mark", 1),
];
const CHANGING: [Death; 2] = [("outbox_before_change", 1), ("outbox_after_change", 1)];
const HEARING: [Death; 2] = [("store_before_commit", 1), ("store_after_commit", 1)];

/// A server that is to die once, a visitor who goes on all the same.
struct Doomed<H> {
    stage: Stage<H>,
    ada: Visitor,
    dead: bool,
}

impl<H: Home> Doomed<H> {
    async fn set((step, pass): Death) -> Self {
        let mut stage = Stage::<H>::set().await;
        let ada = stage.visitor("ada").await;
        stage.server.kill().await;
        stage
            .server
            .set_env("HINNY_ABORT_AT", &format!("{step}={pass}"));
        stage.server.start_again().await;
        let mut doomed = Doomed {
            stage,
            ada,
            dead: false,
        };
        let url = doomed.stage.server.url.clone();
        if doomed.ada.try_connect(&url).await.is_err() {
            doomed.rise().await;
        }
        doomed
    }

    /// The process has ended or is about to; the next one lives.
    async fn rise(&mut self) {
        assert!(!self.dead, "it died twice: {}", self.stage.server.log());
        self.stage.server.ended().await;
        self.dead = true;
        self.stage.server.clear_env();
        self.stage.server.start_again().await;
        self.ada.connect(&self.stage.server.url).await;
    }

    /// Sends a frame until it is acknowledged, always under the same id, as a widget does.
    async fn sends(&mut self, mut frame: Value) {
        let id = self.ada.fresh_id();
        frame["id"] = id.clone().into();
        loop {
            let sent = self.ada.send(frame.clone()).await.is_ok();
            if sent && self.ada.acknowledged(&id).await.is_ok() {
                return;
            }
            self.rise().await;
        }
    }

    /// Waits for words in the thread, over the death of the server.
    async fn shows(&mut self, words: &str) -> H::Place {
        loop {
            let home = &self.stage.home;
            let shown = home.until(words, |home| {
                home.places().into_iter().find(|place| {
                    home.posts(place)
                        .iter()
                        .any(|post| post.text.contains(words))
                })
            });
            tokio::select! {
                place = shown => return place,
                () = self.stage.server.ended(), if !self.dead => {}
            }
            self.stage.server.clear_env();
            self.dead = true;
            self.stage.server.start_again().await;
            self.ada.connect(&self.stage.server.url).await;
        }
    }

    /// Ada waits for a person, and these lines are in the thread.
    async fn tells(&mut self, lines: &[&str]) -> H::Place {
        self.sends(json!({"type": "person"})).await;
        for line in lines {
            self.sends(json!({"type": "say", "text": line})).await;
        }
        self.shows(lines.last().expect("there are lines")).await
    }

    /// The death came; each of these words is in the threads once, and a person's words reach the visitor.
    async fn ends_well(mut self, words: &[&str]) {
        if !self.dead {
            self.rise().await;
        }
        let place = self.shows(words.last().expect("there are words")).await;
        self.stage.home.says(ANN, &place, "Here I am");
        self.ada.sees("agent", "Here I am").await;
        let all: Vec<_> = self.stage.home.places();
        let said: String = all.iter().map(|place| self.stage.words(place)).collect();
        for word in words {
            let count = said.matches(word).count();
            assert!(
                (1..=H::REPEATS + 1).contains(&count),
                "{count} x {word}: {said}"
            );
        }
        assert_eq!(heard(&self.ada).len(), 1, "{:#?}", self.ada.transcript());
        self.stage.home.ends_well();
    }
}

async fn deaths_around_opening_a_thread<H: Home>() {
    for death in OPENING {
        let mut doomed = Doomed::<H>::set(death).await;
        doomed.tells(&["first line", "second line"]).await;
        doomed
            .ends_well(&["asked for a person", "first line", "second line"])
            .await;
    }
}

async fn deaths_around_sending<H: Home>() {
    for death in SENDING {
        let mut doomed = Doomed::<H>::set(death).await;
        doomed.tells(&["first line"]).await;
        doomed
            .sends(json!({"type": "say", "text": "second line"}))
            .await;
        doomed.shows("second line").await;
        doomed.ends_well(&["first line", "second line"]).await;
    }
}

async fn deaths_around_changing<H: Home>() {
    for death in CHANGING {
        let mut doomed = Doomed::<H>::set(death).await;
        doomed.tells(&["Mine is gren"]).await;
        let own = doomed.ada.sees("visitor", "gren").await["id"].clone();
        doomed
            .sends(json!({"type": "edit", "of": own, "text": "Mine is green"}))
            .await;
        let place = doomed.shows("Mine is green").await;
        doomed.stage.hides(&place, "gren").await;
        doomed.ends_well(&["Mine is green"]).await;
    }
}

/// What Ann writes is committed before it is confirmed to the platform, and reaches the visitor once.
async fn deaths_around_what_the_team_says<H: Home>() {
    for (step, pass) in HEARING {
        let mut stage = Stage::<H>::set().await;
        let (mut ada, place) = stage.waiting().await;
        stage.server.kill().await;
        stage
            .server
            .set_env("HINNY_ABORT_AT", &format!("{step}={pass}"));
        stage.server.try_start_again().await;
        stage.home.says(ANN, &place, "Hello, this is Ann");
        stage.server.ended().await;
        stage.server.clear_env();
        stage.server.start_again().await;
        stage.home.says(ANN, &place, "Are you there?");
        ada.cut();
        ada.connect(&stage.server.url).await;
        ada.sees("agent", "Are you there?").await;
        assert_eq!(
            heard(&ada),
            ["agent Ann: Hello, this is Ann", "agent Ann: Are you there?"],
            "{step}"
        );
        stage.home.ends_well();
    }
}

/// The thread stands on the platform, the server died before it wrote that down, and Ann is quick. On Telegram nobody
/// could know yet what the topic is for: its card comes after it is written down.
async fn quick_ann<H: Home>() {
    let mut stage = Stage::<H>::set().await;
    let mut ada = stage.visitor("ada").await;
    stage.server.kill().await;
    stage
        .server
        .set_env("HINNY_ABORT_AT", "outbox_thread_opened=1");
    stage.server.start_again().await;
    ada.connect(&stage.server.url).await;
    ada.asks_for_a_person().await;
    let place = stage.places(1).await.remove(0);
    stage.server.ended().await;
    stage.home.says(ANN, &place, "Hello, this is Ann");
    stage.server.clear_env();
    stage.server.start_again().await;
    ada.cut();
    ada.connect(&stage.server.url).await;
    ada.sees("agent", "this is Ann").await;
    assert_eq!(heard(&ada).len(), 1, "{:#?}", ada.transcript());
    stage.home.ends_well();
}

#[tokio::test]
async fn a_quick_colleague_is_heard_after_a_death_on_slack() {
    quick_ann::<Slack>().await;
}

#[tokio::test]
async fn a_quick_colleague_is_heard_after_a_death_on_discord() {
    quick_ann::<Threads>().await;
    quick_ann::<Forum>().await;
}
