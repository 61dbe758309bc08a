//! `Guest`: one visitor with one tab who talks all the time, through every death of the server and some cuts
//! of the network, as a widget does: what is not acknowledged is kept and sent again under the same id.

use std::collections::VecDeque;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::timeout;

use crate::dice::Dice;
use crate::reading;
use crate::support::visitor::Visitor;
use crate::world::World;

/// Everybody says at least so much, also when the kills are over early.
const LEAST: usize = 20;

/// How long a person gets to answer before the guest goes on. Nothing is wrong when nobody does.
const A_MOMENT: Duration = Duration::from_millis(150);

const KNOWN: &[&str] = &[
    "How do I reset my password",
    "Do you ship to Norway",
    "What are your opening hours",
];
const UNKNOWN: &[&str] = &["Why is the moon purple", "Which hat would a horse choose"];

/// What the guest means; hinny has to find out by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Question,
    Courtesy,
    PersonInWords,
    PersonByButton,
}

/// Something the guest said. Every text but a courtesy is the only one of its kind in the whole story.
#[derive(Clone, Debug)]
pub struct Said {
    pub id: String,
    pub kind: Kind,
    pub text: String,
    /// As acknowledged; 0 until then.
    pub seq: u64,
}

impl Said {
    fn frame(&self) -> Value {
        match self.kind {
            Kind::PersonByButton => json!({"type": "person", "id": self.id}),
            _ => json!({"type": "say", "id": self.id, "text": self.text}),
        }
    }

    /// Whether the text names this one saying.
    pub fn is_unique(&self) -> bool {
        matches!(self.kind, Kind::Question | Kind::PersonInWords)
    }
}

pub struct Guest {
    pub number: u64,
    pub visitor: Visitor,
    /// Acknowledged, in order.
    pub said: Vec<Said>,
    /// Sent or about to be sent, in order.
    waiting: VecDeque<Said>,
    count: u64,
    dice: Dice,
}

impl Guest {
    pub fn new(number: u64, site: &str, seed: u64) -> Guest {
        let mut visitor = Visitor::new(&format!("v{number:02}"));
        visitor.site = site.to_owned();
        Guest {
            number,
            visitor,
            said: Vec::new(),
            waiting: VecDeque::new(),
            count: 0,
            dice: Dice::new(seed, number),
        }
    }

    pub fn conversation(&self) -> &str {
        self.visitor
            .conversation
            .as_deref()
            .expect("the guest said something")
    }

    /// Talks until the world is calm, and then waits for the last reaction.
    pub async fn run(mut self, world: &World) -> Guest {
        self.come_in(world).await;
        while self.said.len() < LEAST || !world.is_calm() {
            for _ in 0..self.dice.between(1, 3) {
                self.think();
            }
            self.say_all(world).await;
            if self.dice.one_in(2) {
                self.listen(world).await;
            }
            self.give_way().await;
        }
        self.listen(world).await;
        self
    }

    fn think(&mut self) {
        self.count += 1;
        let mark = format!("v{:02}n{:03}", self.number, self.count);
        let (kind, text) = match self.dice.between(0, 9) {
            0..=5 => (Kind::Question, format!("{}? {mark}", self.dice.pick(KNOWN))),
            6 => (
                Kind::Question,
                format!("{}? {mark}", self.dice.pick(UNKNOWN)),
            ),
            7 => (
                Kind::PersonInWords,
                format!("I want to talk to a person {mark}"),
            ),
            8 => (Kind::PersonByButton, String::new()),
            _ => (Kind::Courtesy, "Thanks!".to_owned()),
        };
        let id = mark;
        self.waiting.push_back(Said {
            id,
            kind,
            text,
            seq: 0,
        });
    }

    async fn say_all(&mut self, world: &World) {
        while let Err(why) = self.try_say(world).await {
            check(&why);
            self.come_in(world).await;
        }
    }

    /// Sends all that waits, one after the other, and only then reads.
    async fn try_say(&mut self, world: &World) -> Result<(), String> {
        for said in &self.waiting {
            self.visitor.send(said.frame()).await?;
        }
        if self.dice.one_in(12) {
            self.visitor.cut();
        }
        while let Some(first) = self.waiting.front() {
            let seq = self.visitor.acknowledged(&first.id).await?;
            let said = self.waiting.pop_front().expect("it was there just now");
            self.said.push(Said { seq, ..said });
            world.acknowledged();
        }
        Ok(())
    }

    /// Reads until nothing that was asked is open any more.
    async fn listen(&mut self, world: &World) {
        while reading::read(&self.visitor.log, &self.said).is_unfinished() {
            let event = self
                .visitor
                .until("a reaction", |frame| frame["type"] == "event")
                .await;
            if let Err(why) = event {
                check(&why);
                self.come_in(world).await;
            }
        }
    }

    /// Who talks with a person leaves them a moment to answer. A cut or a death is noticed by what is said next.
    async fn give_way(&mut self) {
        if reading::read(&self.visitor.log, &self.said).is_with_team() {
            let news = self
                .visitor
                .until("news", |frame| frame["event"]["kind"] == "handling");
            if let Ok(Err(why)) = timeout(A_MOMENT, news).await {
                check(&why);
            }
        }
    }

    /// Connects, however long it takes, and reads what was missed.
    pub async fn come_in(&mut self, world: &World) {
        loop {
            self.visitor.cut();
            let url = world.url();
            match self.visitor.try_connect(&url).await {
                Ok(_) => return,
                Err(why) => check(&why),
            }
            world.wait_for_news(&url).await;
        }
    }
}

/// A server that was killed breaks connections. It never says no, and it never goes silent.
fn check(why: &str) {
    let forbidden = ["bye", "refused\"", "never came"];
    let found = forbidden.iter().find(|word| why.contains(**word));
    assert!(found.is_none(), "no death explains this: {why}");
}
