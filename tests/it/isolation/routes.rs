//! Everybody tries every route.

use std::cell::RefCell;

use futures_util::future::join_all;

use super::answer::shape;
use super::rows::{Kind, ROUTES, Row, Who};
use super::world::{Person, Team, World, words_of};
use crate::support::desk::Desk;
use crate::support::visitor::Visitor;

type Papers = Vec<(&'static str, String)>;

/// Somebody who calls.
struct Caller<'a> {
    world: &'a World,
    name: String,
    site: &'a str,
    papers: Papers,
    /// A conversation and a link of their own.
    own: String,
    link: String,
    /// The bot's message in a visitor's own conversation.
    bots: Option<String>,
    /// Ids that were tried, which may come back in the caller's own log.
    sent: RefCell<Vec<String>>,
}

impl Caller<'_> {
    /// Calls a row with this id; gives the shape of the answer and, if there is one, what must not be in it.
    async fn tries(&self, row: &Row, id: &str, foreign: impl Fn(&Person) -> bool) -> String {
        let (method, _) = row.route.split_once(' ').expect("a method and a path");
        let method = if method == "ANY" { "GET" } else { method };
        let fresh = self.world.fresh();
        let fill = |text: &str| {
            text.replace("{ID}", id)
                .replace("{FRESH}", &fresh)
                .replace("{TEXT}", &words_of(&self.name))
                .replace("{SITE}", self.site)
                .replace("{OWN}", &self.own)
                .replace("{LINK}", &self.link)
        };
        let (path, body) = (fill(row.path), fill(row.body));
        let (status, kind, text) = self.world.call(method, &path, &body, &self.papers).await;
        let sent = [&fresh, id];
        self.sent.borrow_mut().extend(sent.map(str::to_owned));
        let leak = self.leak(&text, foreign);
        assert_eq!(
            leak, None,
            "{} of {}: {path} {body}: {text}",
            row.route, self.name
        );
        assert!(status < 500, "{}: {path} {body}: {text}", row.route);
        shape(status, &kind, &text, &sent)
    }

    fn leak(&self, text: &str, foreign: impl Fn(&Person) -> bool) -> Option<String> {
        let sent = self.sent.borrow();
        let sent: Vec<&str> = sent.iter().map(String::as_str).collect();
        self.world.leak(text, &sent, foreign)
    }

    /// Every id of these people on one row: none gets another answer than one that never was.
    async fn all(
        &self,
        row: &Row,
        victims: &[&Person],
        foreign: &dyn Fn(&Person) -> bool,
    ) -> usize {
        if !row.path.contains("{ID}") && !row.body.contains("{ID}") {
            self.tries(row, "", foreign).await;
            return 1;
        }
        let mut tried = 0;
        for kind in victims[0].ids.keys() {
            let unknown = self.world.made_up(&victims[0].ids[kind]);
            let expected = self.tries(row, &unknown, foreign).await;
            for victim in victims {
                let id = &victim.ids[kind];
                // The bot's messages are named by their place in the log, so this may be the caller's own as well.
                if Some(id) == self.bots.as_ref() {
                    continue;
                }
                let found = self.tries(row, id, foreign).await;
                let who = &self.name;
                assert_eq!(
                    found, expected,
                    "{} {} {}: {who} with {kind:?} of {}",
                    row.route, row.path, row.body, victim.name
                );
            }
            tried += victims.len() + 1;
        }
        tried
    }
}

fn rows(who: Who) -> impl Iterator<Item = &'static Row> {
    ROUTES.iter().filter(move |row| row.who == who)
}

async fn caller<'a>(world: &'a World, person: &'a Person) -> Caller<'a> {
    let path = format!("/v1/files/{}/link", person.ids[&Kind::SaidFile]);
    let (status, _, text) = world.call("GET", &path, "", &person.papers()).await;
    assert_eq!(status, 200, "{text}");
    let link: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let link = link["url"].as_str().expect("a link").split_once('?');
    Caller {
        world,
        name: person.name.clone(),
        site: person.site,
        papers: person.papers(),
        own: person.ids[&Kind::Conversation].clone(),
        bots: Some(person.ids[&Kind::BotsMessage].clone()),
        link: link.expect("it is signed").1.to_owned(),
        sent: RefCell::default(),
    }
}

/// Visitors try the ids of all five others on their own routes, and are nobody at the desk.
pub async fn visitors_try(world: &World) -> usize {
    let all = world
        .people
        .iter()
        .map(|person| visitor_tries(world, person));
    join_all(all).await.into_iter().sum()
}

async fn visitor_tries(world: &World, person: &Person) -> usize {
    let caller = caller(world, person).await;
    let foreign = |other: &Person| other.name != person.name;
    let victims: Vec<&Person> = world.people.iter().filter(|other| foreign(other)).collect();
    let mut tried = 0;
    for row in rows(Who::Visitor) {
        tried += caller.all(row, &victims, &foreign).await;
    }
    for row in rows(Who::Agent) {
        for id in person.ids.values() {
            let found = caller.tries(row, id, |_| true).await;
            let closed = found.starts_with("401") || found.starts_with("403");
            assert!(closed, "{}: {found}", row.route);
            tried += 1;
        }
    }
    tried + leaving(world, &victims, person.site).await
}

/// Each try needs a session of its own, because it ends it.
async fn leaving(world: &World, victims: &[&Person], site: &str) -> usize {
    let mut tried = 0;
    for row in rows(Who::LeavingVisitor) {
        for victim in victims {
            for id in victim.ids.values() {
                let mut leaver = Visitor::new("leaver");
                (leaver.site, leaver.origin) = (site.to_owned(), format!("https://{site}.example"));
                leaver.connect(&world.server.url).await;
                let token = leaver.token.clone().expect("a session");
                let papers = vec![
                    ("Authorization", format!("Bearer {token}")),
                    ("Origin", leaver.origin.clone()),
                ];
                let caller = stranger(world, "leaver", site, papers);
                let found = caller.tries(row, id, |_| true).await;
                assert!(found.starts_with("204"), "{}: {found}", row.route);
                tried += 1;
            }
        }
    }
    tried
}

fn stranger<'a>(world: &'a World, name: &str, site: &'a str, papers: Papers) -> Caller<'a> {
    Caller {
        world,
        name: name.to_owned(),
        site,
        papers,
        own: "none".to_owned(),
        link: "until=1&sig=00".to_owned(),
        bots: None,
        sent: RefCell::default(),
    }
}

/// Teams try the ids of the other site's people, and are nobody where visitors call.
pub async fn teams_try(world: &World) -> usize {
    join_all(world.teams.iter().map(|team| team_tries(world, team)))
        .await
        .into_iter()
        .sum()
}

async fn team_tries(world: &World, team: &Team) -> usize {
    let papers = team.desk.papers();
    let mut caller = stranger(world, &format!("team-{}", team.site), team.site, papers);
    caller.own = spare(world, team.site).await;
    let foreign = |person: &Person| person.site != team.site;
    let victims: Vec<&Person> = world
        .people
        .iter()
        .filter(|person| foreign(person))
        .collect();
    let mut tried = 0;
    for row in rows(Who::Agent) {
        tried += caller.all(row, &victims, &foreign).await;
    }
    for row in rows(Who::Visitor).filter(|row| row.route != "GET /v1/files/{id}") {
        let id = &victims[0].ids[&Kind::Conversation];
        let found = caller.tries(row, id, |_| true).await;
        assert!(found.starts_with("401"), "{}: {found}", row.route);
        tried += 1;
    }
    for row in rows(Who::LeavingAgent) {
        let mut leaver = stranger(world, "leaver", team.site, Vec::new());
        leaver.papers = Desk::log_in_to(&world.server, team.site).await.papers();
        tried += leaver.all_once(row, &victims).await;
    }
    tried
}

impl Caller<'_> {
    /// For a row that ends the caller's papers: the first id is tried with them, the others without.
    async fn all_once(&self, row: &Row, victims: &[&Person]) -> usize {
        let mut tried = 0;
        for id in victims.iter().flat_map(|victim| victim.ids.values()) {
            let found = self.tries(row, id, |_| true).await;
            let expected = if tried == 0 { "204" } else { "401" };
            assert!(found.starts_with(expected), "{}: {found}", row.route);
            tried += 1;
        }
        tried
    }
}

/// A conversation of the site in which the team may do what it likes.
async fn spare(world: &World, site: &str) -> String {
    let mut visitor = Visitor::new(&format!("{site}-spare"));
    (visitor.site, visitor.origin) = (site.to_owned(), format!("https://{site}.example"));
    visitor.connect(&world.server.url).await;
    visitor.asks_for_a_person().await;
    visitor.conversation.clone().expect("something was said")
}

/// Without any papers: pages for everybody show nothing of anybody, and everything else is closed.
pub async fn strangers_try(world: &World) -> usize {
    let victims: Vec<&Person> = world.people.iter().collect();
    let mut tried = 0;
    for site in super::world::SITES {
        let caller = stranger(world, "nobody", site, Vec::new());
        for row in rows(Who::Anyone) {
            tried += caller.all(row, &victims, &|_| true).await;
        }
        for row in rows(Who::Demo) {
            let found = caller
                .tries(row, &victims[0].ids[&Kind::Conversation], |_| true)
                .await;
            assert!(found.starts_with("404"), "{}: {found}", row.route);
            tried += 1;
        }
        for row in rows(Who::Visitor).chain(rows(Who::Agent)) {
            tried += caller.all(row, &victims[..1], &|_| true).await;
            let found = caller
                .tries(row, &victims[0].ids[&Kind::Conversation], |_| true)
                .await;
            let closed =
                found.starts_with("401") || found.starts_with("404") || found.starts_with("400");
            assert!(closed, "{}: {found}", row.route);
        }
    }
    tried
}

/// The rows ask rightly: with an id of their own, people get what they ask for.
pub async fn owners_can(world: &World) {
    let person = &world.people[0];
    let caller = caller(world, person).await;
    let mut desk = stranger(world, "team", person.site, world.teams[0].desk.papers());
    desk.own.clone_from(&caller.own);
    let ends = |row: &&Row| row.route.ends_with("/delete") || row.route.ends_with("/close");
    // What takes something away comes last.
    let (last, first): (Vec<_>, Vec<_>) = ROUTES.iter().partition(ends);
    for row in first.into_iter().chain(last) {
        let Some(kind) = row.finds else { continue };
        let who = match row.who {
            Who::Agent => &desk,
            _ => &caller,
        };
        let found = who.tries(row, &person.ids[&kind], |_| false).await;
        assert!(
            found.starts_with('2'),
            "{} {}: {found}",
            row.route,
            row.path
        );
    }
}
