//! The world in which everybody tries everything: two sites on one server, with a team on Telegram and at the desk each,
//! and three visitors each: one signed in, one anonymous, one who was anonymous first.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};

use super::rows::Kind;
use crate::support::desk::Desk;
use crate::support::eventually;
use crate::support::files::{PIXEL, upload};
use crate::support::http;
use crate::support::server::{SITE, Server};
use crate::support::visitor::Visitor;
use crate::telegram::{CHAT, Fault, TelegramServer};

/// Whose this is stands in every word, name and title of theirs.
pub const MARK: &str = "-secret";

pub struct World {
    pub server: Server,
    telegram: TelegramServer,
    pub people: Vec<Person>,
    pub teams: Vec<Team>,
    pub client: reqwest::Client,
    count: AtomicU64,
}

/// A visitor and everything that is theirs.
pub struct Person {
    pub site: &'static str,
    /// Unlike everybody else's.
    pub name: String,
    pub visitor: Visitor,
    pub ids: BTreeMap<Kind, String>,
}

pub struct Team {
    pub site: &'static str,
    pub desk: Desk,
}

pub const SITES: [&str; 2] = ["shop", "blog"];

fn config(telegram: &TelegramServer) -> String {
    telegram.add_group(CHAT - 1, true);
    let shop = SITE.split("[[site]]").nth(1).expect("there is a site");
    let blog = shop.replace("shop", "blog").replace("Shop", "Blog");
    let blog = blog.replace("SHOP_SECRET", "BLOG_SECRET");
    let hand = |chat: i64| format!("[site.telegram]\nconnection = \"team\"\nchat = {chat}\n");
    let base = SITE
        .replace("listen =", "trusted_proxies = [\"127.0.0.1\"]\nlisten =")
        .replace("[limits]", "[limits]\nbad_frames = 1000000");
    format!(
        "{base}\n{}\n[[site]]{blog}\n{}\n[[telegram]]\nname = \"team\"\ntoken_env = \"TEAM_TOKEN\"\n\
         api_url = \"{}\"\nper_minute = 1000\n",
        hand(CHAT),
        hand(CHAT - 1),
        telegram.url()
    )
}

impl World {
    pub async fn build() -> World {
        let telegram = TelegramServer::start().await;
        let server = Server::start(&config(&telegram)).await;
        let mut world = World {
            people: Vec::new(),
            teams: Vec::new(),
            client: reqwest::Client::new(),
            count: AtomicU64::new(0),
            server,
            telegram,
        };
        for site in SITES {
            let mut desk = Desk::log_in_to(&world.server, site).await;
            for name in ["ada", "bob", "cleo"] {
                let person = world.settle(site, name, &mut desk).await;
                world.people.push(person);
            }
            let delivery = world.fail_a_line(site, &desk).await;
            let of_site = world.people.iter_mut().filter(|person| person.site == site);
            for person in of_site {
                person.ids.insert(Kind::Delivery, delivery.clone());
            }
            world.teams.push(Team { site, desk });
        }
        world
    }

    /// A visitor with a conversation in which there is one of everything.
    async fn settle(&self, site: &'static str, name: &str, desk: &mut Desk) -> Person {
        let name = format!("{site}-{name}");
        let mut visitor = Visitor::new(&name);
        visitor.site = site.to_owned();
        visitor.origin = format!("https://{site}.example");
        visitor.title = format!("{name}{MARK}");
        if name.ends_with("ada") {
            visitor.identity = Some(self.token(site, &name).await);
        }
        let url = &self.server.url;
        visitor.connect(url).await;
        visitor.says(&format!("hello, {name}{MARK}")).await;
        visitor.says("Do you ship to Norway?").await;
        let bots = visitor.sees("bot", "every country").await;
        visitor.asks_for_a_person().await;
        let mut ids = BTreeMap::from([(Kind::BotsMessage, id_of(&bots))]);
        for (kind, file) in [(Kind::SaidFile, "said"), (Kind::UnsaidFile, "unsaid")] {
            let file = format!("{name}{MARK}-{file}.png");
            ids.insert(kind, self.sends(&visitor, &file).await);
        }
        let said = visitor.fresh_id();
        let words = format!("a picture, {name}{MARK}");
        let frame =
            json!({"type": "say", "id": said, "text": words, "files": [ids[&Kind::SaidFile]]});
        visitor.send(frame).await.expect("it is sent");
        visitor.acknowledged(&said).await.expect("it is taken");
        ids.insert(Kind::VisitorsMessage, said);
        if name.ends_with("cleo") {
            visitor.cut();
            visitor.identity = Some(self.token(site, &name).await);
            visitor.connect(url).await;
        }
        let person = Person {
            site,
            name,
            visitor,
            ids,
        };
        self.answered(person, desk).await
    }

    /// The team answers, with a file.
    async fn answered(&self, mut person: Person, desk: &mut Desk) -> Person {
        let conversation = person
            .visitor
            .conversation
            .clone()
            .expect("something was said");
        desk.sees_thread(&conversation).await;
        let name = person.name.clone();
        let paper = desk.uploads(&format!("{name}{MARK}.png"), PIXEL).await;
        let words = format!("for you, {name}{MARK}");
        desk.writes_files(&conversation, &words, &[&paper]).await;
        let answer = person.visitor.sees("agent", &words).await;
        let read = desk.reads(&conversation).await;
        let thread = self.telegram.await_topics(1).await.into_iter();
        let thread = thread
            .map(|topic| topic.id)
            .max()
            .expect("there is a topic");
        let session = session_of(person.visitor.token.as_deref().expect("a token"));
        let own = [
            (Kind::Conversation, conversation),
            (Kind::AgentsMessage, id_of(&answer)),
            (Kind::AgentsFile, paper),
            (
                Kind::Visitor,
                read["visitor"]["id"].as_str().expect("an id").to_owned(),
            ),
            (Kind::Thread, thread.to_string()),
            (Kind::Session, session),
        ];
        person.ids.extend(own);
        person
    }

    pub async fn token(&self, site: &str, subject: &str) -> String {
        let name = format!("{subject}{MARK}");
        let email = format!("{subject}{MARK}@example.com");
        let args = [
            "token", "--site", site, "--sub", subject, "--name", &name, "--email", &email,
        ];
        let printed = self.server.run(&args).await;
        assert!(printed.ok, "{}", printed.stderr);
        printed.stdout.trim().to_owned()
    }

    async fn sends(&self, visitor: &Visitor, name: &str) -> String {
        let token = bearer(visitor);
        let headers = [
            ("Authorization", token.as_str()),
            ("Origin", &visitor.origin),
        ];
        let url = format!("{}/v1/files?name={name}", self.server.url);
        let sent = upload(&url, &headers, PIXEL.to_vec()).await;
        assert_eq!(sent.status, 200, "{}", sent.text);
        sent.json["id"].as_str().expect("an id").to_owned()
    }

    /// A line of the site's first visitor is refused by the platform; gives the delivery that was given up.
    async fn fail_a_line(&self, site: &str, desk: &Desk) -> String {
        let ready = format!("{}/readyz", self.server.url);
        eventually("everything is delivered", || async {
            let ready = http::get(&ready).await.json;
            (ready["deliveries"]["waiting"] == 0).then_some(())
        })
        .await;
        self.telegram
            .fail_next("SendMessage", 1, Fault::Refuse(400, "Bad Request: no"));
        let person = self.people.iter().find(|person| person.site == site);
        let person = person.expect("there is one");
        let body = json!({"id": "undeliverable", "text": "a line"});
        let (body, papers) = (body.to_string(), person.papers());
        let said = self.call("POST", "/v1/messages", &body, &papers).await;
        assert_eq!(said.0, 200, "{}", said.2);
        eventually("a delivery that was given up", || async {
            let failed = desk.call("GET", "failed", None).await.json;
            failed["failed"][0]["delivery"].as_str().map(str::to_owned)
        })
        .await
    }

    /// Each call comes from an address of its own, so that no limit stands in the way.
    pub async fn call(
        &self,
        method: &str,
        path: &str,
        body: &str,
        headers: &[(&str, String)],
    ) -> (u16, String, String) {
        let method = method.parse().expect("a method");
        let mut request = self
            .client
            .request(method, format!("{}{path}", self.server.url));
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        request = request.header("X-Forwarded-For", self.address());
        if !body.is_empty() {
            let kind = match body.starts_with('{') {
                true => "application/json",
                false => "text/plain",
            };
            request = request.header("Content-Type", kind).body(body.to_owned());
        }
        let answer = request.send().await.expect("the server answers");
        let status = answer.status().as_u16();
        let kind = answer.headers().get("content-type");
        let kind = kind
            .map_or("", |kind| kind.to_str().unwrap_or("?"))
            .to_owned();
        let text = answer.bytes().await.expect("it can be read");
        (status, kind, String::from_utf8_lossy(&text).into_owned())
    }

    fn address(&self) -> String {
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        format!(
            "10.{}.{}.{}",
            count >> 16 & 255,
            count >> 8 & 255,
            count & 255
        )
    }

    /// An id that nobody had before, of the same form as this one.
    pub fn made_up(&self, like: &str) -> String {
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        match (like.parse::<u64>(), like.rsplit_once('-')) {
            (Ok(_), _) => (900_000 + count).to_string(),
            (_, Some((head, _))) => format!("{head}-{}", 900_000 + count),
            _ => format!("{count:0>22}"),
        }
    }

    pub fn fresh(&self) -> String {
        format!("fresh-{}", self.count.fetch_add(1, Ordering::Relaxed))
    }
}

impl Person {
    /// The headers that prove who this is.
    pub fn papers(&self) -> Vec<(&'static str, String)> {
        vec![
            ("Authorization", bearer(&self.visitor)),
            ("Origin", self.visitor.origin.clone()),
        ]
    }
}

/// What somebody says who tries things.
pub fn words_of(name: &str) -> String {
    format!("said by {name}")
}

fn bearer(visitor: &Visitor) -> String {
    format!("Bearer {}", visitor.token.as_deref().expect("a session"))
}

fn id_of(event: &Value) -> String {
    event["id"].as_str().expect("an id").to_owned()
}

/// The session inside a token of ours.
fn session_of(token: &str) -> String {
    let claims = token.split('.').nth(1).expect("three parts");
    let claims: Value = serde_json::from_slice(&unbase64(claims)).expect("claims");
    claims["sid"].as_str().expect("a session").to_owned()
}

fn unbase64(text: &str) -> Vec<u8> {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let (mut bits, mut held, mut out) = (0u32, 0, Vec::new());
    for letter in text.bytes() {
        let value = LETTERS
            .iter()
            .position(|one| *one == letter)
            .expect("base64url");
        bits = bits << 6 | value as u32;
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push((bits >> held) as u8);
        }
    }
    out
}
