//! `Shell`: what surrounds every conversation. One value, made at the start, handed down to all.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use hinny_bridges::{Bridge, ConnectionId, Mention, Person, Target};
use hinny_kb::{Judgement, Verdict};
use tokio::sync::Notify;

use crate::answerer::Answerer;
use crate::clock;
use crate::faces::Faces;
use crate::feed::{Feed, Topic, Wake};
use crate::files::Files;
use crate::ids::SiteId;
use crate::learner::Learner;
use crate::lobby::Lobby;
use crate::look_backs::LookBacks;
use crate::openings::Openings;
use crate::store::Store;
use crate::tally::{Link, ObstacleKind, Tally};
use crate::typing::Typing;

/// Every interval there is, so that tests can use milliseconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Timing {
    /// A conversation that nobody talked to for this long leaves memory.
    pub idle: Duration,
    /// A question without a verdict after this long goes to a person.
    pub answer_within: Duration,
    /// A line that seems unfinished waits so long for its end before it is looked up.
    pub quiet: Duration,
    /// How often due alarms are looked for.
    pub alarm_poll: Duration,
    /// How often the outbox looks by itself; it is also woken by every new delivery.
    pub outbox_poll: Duration,
    /// The first wait after a failed send; it doubles up to `retry_max`, with jitter.
    pub retry_first: Duration,
    pub retry_max: Duration,
    /// How long an order may wait for its turn before the sender is told to try again.
    pub order_within: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Timing {
            idle: Duration::from_secs(300),
            answer_within: Duration::from_secs(8),
            quiet: Duration::from_millis(800),
            alarm_poll: Duration::from_millis(250),
            outbox_poll: Duration::from_secs(1),
            retry_first: Duration::from_secs(1),
            retry_max: Duration::from_secs(300),
            order_within: Duration::from_secs(10),
        }
    }
}

/// What conversations need to know of their site.
#[derive(Clone, Debug)]
pub struct SiteRules {
    pub name: String,
    /// Where threads are opened.
    pub target: Target,
    /// Who may speak for the team.
    pub agents: Agents,
    pub mode: Mode,
    pub speaks: Speaks,
    /// Whom a hand-over calls.
    pub notify: Option<Mention>,
    /// A visitor's line after so much quiet calls who has the conversation.
    pub nudge_after: Option<Duration>,
    /// What visitors read instead of a member's own name, by the platform's id.
    pub names: HashMap<String, String>,
    /// How long a block lasts when nobody says otherwise.
    pub block_for: Duration,
    /// When the team is told what the bot said on the day before, if it wants to be.
    pub digest: Option<DigestAt>,
    /// How long an answer may take instead of the usual time, where a language model writes it.
    pub answer_within: Option<Duration>,
}

impl SiteRules {
    /// Rules that suit a small team: whoever is in the channel may answer.
    pub fn new(name: impl Into<String>, target: Target) -> Self {
        SiteRules {
            name: name.into(),
            target,
            agents: Agents::Everyone,
            mode: Mode::Open,
            speaks: Speaks::BotFirst,
            notify: None,
            nudge_after: None,
            names: HashMap::new(),
            block_for: Duration::from_secs(30 * 24 * 3600),
            digest: None,
            answer_within: None,
        }
    }
}

/// Who of a channel's members may speak for the team.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Agents {
    /// Everyone but guests.
    #[default]
    Everyone,
    /// Who has one of these roles, and is no guest.
    Role(Vec<String>),
    /// Exactly these, by the platform's id.
    List(Vec<String>),
}

impl Agents {
    pub fn admit(&self, person: &Person) -> bool {
        match self {
            Agents::Everyone => !person.guest,
            Agents::Role(roles) => {
                !person.guest && person.roles.iter().any(|role| roles.contains(role))
            }
            Agents::List(ids) => ids.contains(&person.id),
        }
    }
}

/// Which of the agents' lines are for the visitor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// All that are not marked as something else.
    #[default]
    Open,
    /// Only those that begin with `>` or are sent by a button.
    Explicit,
}

/// A time of the day, where the team is.
#[derive(Clone, Debug, PartialEq)]
pub struct DigestAt {
    pub time: jiff::civil::Time,
    pub zone: jiff::tz::TimeZone,
}

/// Who speaks first when a visitor asks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Speaks {
    /// The bot, where it is sure.
    #[default]
    BotFirst,
    /// The bot writes a draft for the team, and a person sends it.
    Drafts,
    /// A person. The team sees what the bot found.
    HumanFirst,
}

impl Speaks {
    /// Who speaks to this judgement. With knowledge that is too small the bot only says what needs no confidence.
    pub fn to(self, judgement: &Judgement) -> Speaks {
        let trusted =
            !judgement.small || self == Speaks::BotFirst && judgement.verdict != Verdict::Unsure;
        match trusted {
            true => self,
            false => Speaks::HumanFirst,
        }
    }
}

/// The parts of an engine. `arbiters` are the threads that conversations live on; `mailbox` is how many orders may
/// wait for one conversation.
pub struct Parts {
    pub store: Arc<dyn Store>,
    pub answerer: Arc<dyn Answerer>,
    pub bridges: HashMap<ConnectionId, Arc<dyn Bridge>>,
    pub sites: HashMap<SiteId, SiteRules>,
    /// Who keeps the frequent questions; without one, `!faq` says that there is none.
    pub learner: Option<Arc<dyn Learner>>,
    pub files: Arc<Files>,
    pub timing: Timing,
    pub arbiters: usize,
    pub mailbox: usize,
}

/// Shared by all conversations, the outbox, the alarms and the listeners.
pub struct Shell {
    pub store: Arc<dyn Store>,
    pub answerer: Arc<dyn Answerer>,
    pub bridges: HashMap<ConnectionId, Arc<dyn Bridge>>,
    pub sites: HashMap<SiteId, SiteRules>,
    pub learner: Option<Arc<dyn Learner>>,
    pub files: Arc<Files>,
    pub timing: Timing,
    pub mailbox: usize,
    pub feed: Feed,
    pub tally: Tally,
    /// Threads that the outbox is opening.
    pub openings: Openings,
    pub look_backs: LookBacks,
    pub faces: Faces,
    /// Threads in which something waits for a file.
    pub lobby: Lobby,
    /// Who wrote lately.
    pub typing: Typing,
    /// Rung when there is something to deliver.
    pub outbox_bell: Notify,
    /// Rung when something that a digest shows has changed.
    pub digest_bell: Notify,
    /// Where free-running work goes; never a conversation's own thread.
    pub runtime: tokio::runtime::Handle,
}

impl Shell {
    /// Something keeps us from posting in a team's place. Those who can be told at the desk are.
    pub(crate) fn hinder(&self, target: &Target, kind: ObstacleKind, why: &str) {
        if self.tally.hinder(target, kind, why, clock::now()) {
            self.tell_desks(&target.connection);
        }
    }

    /// Posting works there.
    pub(crate) fn unhinder(&self, target: &Target) {
        if self.tally.clear(target) {
            self.tell_desks(&target.connection);
        }
    }

    /// How a connection's listener is doing.
    pub(crate) fn link_is(&self, connection: &ConnectionId, link: Link) {
        if self.tally.set_link(connection, link, clock::now()) {
            self.tell_desks(connection);
        }
    }

    fn tell_desks(&self, connection: &ConnectionId) {
        let near = |rules: &SiteRules| rules.target.connection == *connection;
        for (site, _) in self.sites.iter().filter(|(_, rules)| near(rules)) {
            self.feed
                .publish(&Topic::Site(site.clone()), Wake::Obstacle);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(id: &str, roles: &[&str], guest: bool) -> Person {
        Person {
            roles: roles.iter().map(|role| (*role).to_owned()).collect(),
            guest,
            ..Person::new(id, "Somebody")
        }
    }

    #[test]
    fn each_rule_admits_whom_it_names() {
        let ann = person("U1", &["S-team", "S-other"], false);
        let bob = person("U2", &["S-other"], false);
        let guest = person("U3", &["S-team"], true);
        let admitted = |agents: &Agents| [&ann, &bob, &guest].map(|person| agents.admit(person));
        assert_eq!(admitted(&Agents::Everyone), [true, true, false]);
        let role = Agents::Role(vec!["S-team".to_owned()]);
        assert_eq!(admitted(&role), [true, false, false]);
        let list = Agents::List(vec!["U2".to_owned(), "U3".to_owned()]);
        assert_eq!(admitted(&list), [false, true, true]);
        let nobody = Agents::List(Vec::new());
        assert_eq!(admitted(&nobody), [false, false, false]);
    }
}
