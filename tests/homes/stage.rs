//! What a story plays on: a home with a team, and a hinny whose site sends its threads there.

use tempfile::TempDir;

use super::{Home, Member, Shown};
use crate::support::server::{SITE, Server};
use crate::support::visitor::Visitor;

pub struct Stage<H> {
    pub home: H,
    pub server: Server,
    secrets: TempDir,
}

impl<H: Home> Stage<H> {
    pub async fn set() -> Stage<H> {
        Stage::with("").await
    }

    /// With these keys in the site's table `[site.team]`.
    pub async fn with(team: &str) -> Stage<H> {
        let home = H::start().await;
        Stage::of(home, |_| team.to_owned()).await
    }

    /// In a home that was prepared, with keys of the team that only it knows, for instance people's ids.
    pub async fn of(home: H, team: impl FnOnce(&H) -> String) -> Stage<H> {
        let team = team(&home);
        Stage::configured(home, &team, |config| config).await
    }

    /// With a configuration that was changed at will.
    pub async fn configured(
        home: H,
        team: &str,
        change: impl FnOnce(String) -> String,
    ) -> Stage<H> {
        Stage::launched(home, team, change, |server| server).await
    }

    /// On a server that was prepared, for instance with variables of its environment, before it started.
    pub async fn launched(
        home: H,
        team: &str,
        change: impl FnOnce(String) -> String,
        prepare: impl FnOnce(Server) -> Server,
    ) -> Stage<H> {
        let secrets = tempfile::tempdir().expect("a temporary folder");
        let config = change(config(&home, &secrets, team));
        let server = prepare(Server::prepare(&config).await).launch().await;
        home.is_listened_to().await;
        Stage {
            home,
            server,
            secrets,
        }
    }

    /// Folder of the tokens, for another configuration of the same home.
    pub fn secrets(&self) -> &TempDir {
        &self.secrets
    }

    pub async fn visitor(&self, name: &str) -> Visitor {
        let mut visitor = Visitor::new(name);
        visitor.connect(&self.server.url).await;
        visitor
    }

    /// A visitor who waits for a person, and the thread in which the team was told.
    pub async fn waiting(&self) -> (Visitor, H::Place) {
        let mut ada = self.visitor("ada").await;
        ada.asks_for_a_person().await;
        let place = self.places(1).await.remove(0);
        self.shows(&place, "asked for a person").await;
        (ada, place)
    }

    /// A visitor whom Ann has greeted, and the thread.
    pub async fn greeted(&self) -> (Visitor, H::Place) {
        let (mut ada, place) = self.waiting().await;
        self.home.says(super::ANN, &place, "Hello, this is Ann");
        ada.sees("agent", "this is Ann").await;
        (ada, place)
    }

    /// Waits until there are so many threads.
    pub async fn places(&self, count: usize) -> Vec<H::Place> {
        let enough = |home: &H| Some(home.places()).filter(|places| places.len() >= count);
        self.home.until(&format!("{count} threads"), enough).await
    }

    /// Waits until there is another thread than this one.
    pub async fn another(&self, place: &H::Place) -> H::Place {
        let other = |home: &H| home.places().into_iter().find(|other| other != place);
        self.home.until("another thread", other).await
    }

    /// Waits until a message of hinny's in the thread contains `words`.
    pub async fn shows(&self, place: &H::Place, words: &str) -> Shown {
        let says = |home: &H| {
            let posts = home.posts(place);
            posts.into_iter().find(|post| post.text.contains(words))
        };
        self.home
            .until(&format!("{words:?} in {place:?}"), says)
            .await
    }

    /// Waits until no message of hinny's in the thread contains `words`.
    pub async fn hides(&self, place: &H::Place, words: &str) {
        let gone = |home: &H| {
            let mut posts = home.posts(place).into_iter();
            (!posts.any(|post| post.text.contains(words))).then_some(())
        };
        self.home
            .until(&format!("no {words:?} in {place:?}"), gone)
            .await;
    }

    /// Waits for a button that begins like this, and presses the newest one.
    pub async fn presses(&self, who: Member, place: &H::Place, label: &str) {
        let found = |home: &H| {
            let mut buttons = home
                .posts(place)
                .into_iter()
                .rev()
                .flat_map(|post| post.buttons);
            buttons.find(|button| button.starts_with(label))
        };
        let label = self
            .home
            .until(&format!("the button {label:?}"), found)
            .await;
        self.home.presses(who, place, &label);
    }

    /// Waits until hinny has taken this sign away again.
    pub async fn unsigned(&self, line: &H::Line, sign: &str) {
        let is_gone = |home: &H| (!home.signs(line).contains(&sign.to_owned())).then_some(());
        self.home
            .until(&format!("no {sign} on {line:?}"), is_gone)
            .await;
    }

    /// Waits until hinny has put this sign on somebody's message.
    pub async fn signed(&self, line: &H::Line, sign: &str) {
        let is_there = |home: &H| home.signs(line).contains(&sign.to_owned()).then_some(());
        self.home
            .until(&format!("{sign} on {line:?}"), is_there)
            .await;
    }

    /// The card as it stands now.
    pub fn card(&self, place: &H::Place) -> Shown {
        self.home
            .posts(place)
            .into_iter()
            .next()
            .expect("a thread begins with a card")
    }

    /// All that hinny said in the thread.
    pub fn words(&self, place: &H::Place) -> String {
        self.home
            .posts(place)
            .into_iter()
            .map(|post| post.text + "\n")
            .collect()
    }
}

/// The site of the other stories, with its threads in this home.
fn config<H: Home>(home: &H, secrets: &TempDir, team: &str) -> String {
    let (target, connection) = (home.target(), home.connection(secrets.path()));
    format!("{SITE}\n{target}\n[site.team]\n{team}\n\n{connection}")
}

/// What agents said, as the visitor sees it.
pub fn heard(visitor: &Visitor) -> Vec<String> {
    let lines = visitor.transcript().into_iter();
    lines.filter(|line| line.starts_with("agent")).collect()
}
