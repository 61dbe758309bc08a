//! The homes of a team: Slack, Discord and Telegram behind one trait, so that a story is written once and played on all.
//!
//! A home is a platform's server with the people in it. What only one platform has is asked of its server directly
//! (`stage.home.server`), in a story of that platform's own.

#![allow(dead_code, reason = "each test target uses its own part")]

pub mod discord;
pub mod life;
pub mod slack;
pub mod stage;
pub mod telegram;

use std::fmt::Debug;
use std::path::Path;
use std::time::Duration;

use tokio::sync::watch;

/// How long a story waits for something before it fails.
pub const PATIENCE: Duration = Duration::from_secs(25);

/// Somebody on a platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member {
    pub number: u32,
    pub name: &'static str,
    pub kind: Kind,
}

/// What somebody is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// With the team.
    Agent,
    /// Sees the channel, but is not with the team: a guest on Slack, a member without roles on Discord, a member who
    /// is no administrator on Telegram.
    Guest,
}

pub const ANN: Member = Member {
    number: 7,
    name: "Ann",
    kind: Kind::Agent,
};
pub const BOB: Member = Member {
    number: 8,
    name: "Bob",
    kind: Kind::Agent,
};
pub const GUS: Member = Member {
    number: 9,
    name: "Gus",
    kind: Kind::Guest,
};

/// One of hinny's messages in a thread, as people see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The platform's id.
    pub id: String,
    pub text: String,
    pub buttons: Vec<String>,
    /// Whom it calls.
    pub pings: Vec<String>,
    /// The names of the files on it.
    pub files: Vec<String>,
}

/// What becomes of the next message that hinny posts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// A 5xx; nothing happens.
    Broken,
    /// The connection breaks; nothing happens.
    Reset,
    /// It is posted, and the connection breaks before the answer.
    ResetAfterAccept,
    /// 429, with a second to wait.
    TooMany,
    /// The platform will never take it.
    Refused,
}

/// hinny's signs on a message of the team's, and the sign by which somebody takes back their own line.
#[derive(Clone, Copy, Debug)]
pub struct Signs {
    pub seen: &'static str,
    pub failed: &'static str,
    pub recalled: &'static str,
    pub take_back: &'static str,
}

pub trait Home: Sized {
    /// A thread there.
    type Place: Clone + Debug + PartialEq;
    /// A message of somebody's there.
    type Line: Clone + Debug + PartialEq;

    const SIGNS: Signs;
    /// How often a post may show once more when nobody can know whether it arrived.
    const REPEATS: usize;

    /// What links to its threads begin with.
    const LINKS: &str;

    async fn start() -> Self;

    /// The site's table that says where its threads are, for instance `[site.slack]` with its keys.
    fn target(&self) -> String;

    /// The same for another site of this connection, with a channel of its own.
    fn second_target(&self) -> String;
    fn second_places(&self) -> Vec<Self::Place>;

    /// The connection's table, whose name is `team`. Tokens lie in `secrets`.
    fn connection(&self, secrets: &Path) -> String;

    /// Waits until hinny listens there.
    async fn is_listened_to(&self);

    /// How many of hinny's listeners there are or were, as far as the platform can tell.
    fn listeners(&self) -> usize;

    // The channel, as people in it see it.

    /// The threads that there are, oldest first.
    fn places(&self) -> Vec<Self::Place>;

    /// hinny's messages in a thread as they stand now, oldest first, beginning with the card.
    fn posts(&self, place: &Self::Place) -> Vec<Shown>;

    /// hinny's signs on a message of somebody's.
    fn signs(&self, line: &Self::Line) -> Vec<String>;

    /// The bytes of a file that hinny posted.
    fn file(&self, place: &Self::Place, name: &str) -> Option<Vec<u8>>;

    // What people do.

    /// Makes somebody known there, before they do anything.
    fn knows(&self, who: Member);
    /// Gives somebody a picture.
    fn has_picture(&self, who: Member, bytes: &[u8]);

    fn says(&self, who: Member, place: &Self::Place, text: &str) -> Self::Line;
    /// Writes a line that begins by mentioning a colleague.
    fn mentions(&self, who: Member, place: &Self::Place, whom: Member, text: &str) -> Self::Line;
    fn replies(&self, who: Member, place: &Self::Place, to: &Self::Line, text: &str) -> Self::Line;
    fn edits(&self, who: Member, line: &Self::Line, text: &str);
    /// Takes a message out of the thread; where the platform tells no bot of that, by the command that stands in.
    fn deletes(&self, who: Member, place: &Self::Place, line: &Self::Line);
    /// Puts the sign on their own message that takes it back.
    fn takes_back(&self, who: Member, line: &Self::Line);
    /// Presses the newest button with this label in the thread, or on its card.
    fn presses(&self, who: Member, place: &Self::Place, label: &str);
    fn uploads(
        &self,
        who: Member,
        place: &Self::Place,
        name: &str,
        bytes: &[u8],
        text: &str,
    ) -> Self::Line;
    /// The id of somebody, as the configuration names people.
    fn id_of(&self, who: Member) -> String;
    /// A role that the team has and guests have not, as the configuration names it.
    fn role(&self) -> String;

    // Faults.

    /// What becomes of the next message that hinny posts into a thread, once for each.
    fn trouble(&self, troubles: &[Trouble]);
    /// From now on the bytes of files do not come, or come again.
    fn files_are_stuck(&self, stuck: bool);
    /// The next change of a message of hinny's will never be taken.
    fn refuses_a_change(&self);
    /// One of hinny's own messages, by its id, as something that signs can be put on.
    fn line_of(&self, id: &str) -> Self::Line;
    /// Goes away, as in an outage.
    async fn stop(&mut self);
    /// Comes back at the same address, knowing what it knew.
    async fn come_back(&mut self);

    /// Counts every change of what the server knows.
    fn changes(&self) -> watch::Receiver<u64>;

    /// Waits until all that people did is confirmed by hinny.
    async fn is_confirmed(&self);

    /// The server saw nothing that the real one would not have taken, and nobody came too early.
    fn ends_well(&self);

    /// Waits until `look` finds what it looks for.
    async fn until<T>(&self, what: &str, look: impl Fn(&Self) -> Option<T>) -> T {
        let mut changes = self.changes();
        let waiting = async {
            loop {
                changes.mark_unchanged();
                if let Some(found) = look(self) {
                    return found;
                }
                changes
                    .changed()
                    .await
                    .expect("the server outlives its waiters");
            }
        };
        match tokio::time::timeout(PATIENCE, waiting).await {
            Ok(found) => found,
            Err(_) => panic!("waited {PATIENCE:?} in vain for {what}; {}", self.summary()),
        }
    }

    /// All threads with hinny's words in them, for a story that failed.
    fn summary(&self) -> String {
        let places = self.places().into_iter();
        let told = places.map(|place| format!("{place:?}: {:#?}\n", self.posts(&place)));
        told.collect()
    }
}

/// Plays stories on every platform, each in a module of the platform's name.
#[macro_export]
macro_rules! on_every_platform {
    ($($story:ident),+ $(,)?) => {
        mod on_slack {
            $(#[tokio::test] async fn $story() { Box::pin(super::$story::<$crate::homes::slack::Slack>()).await })+
        }
        mod on_discord {
            $(#[tokio::test] async fn $story() { Box::pin(super::$story::<$crate::homes::discord::Threads>()).await })+
        }
        mod on_telegram {
            $(#[tokio::test] async fn $story() { Box::pin(super::$story::<$crate::homes::telegram::Telegram>()).await })+
        }
    };
}
