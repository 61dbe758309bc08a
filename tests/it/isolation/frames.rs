//! Everybody tries every frame.

use std::time::Duration;

use futures_util::future::join_all;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::answer::plain;
use super::rows::{DESK_FRAMES, FRAMES, FrameRow, Kind};
use super::world::{Person, Team, World, words_of};
use crate::support::DEADLINE;

/// A socket that says what it is told to.
struct Wire {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    count: u64,
    /// Ids that were said here, which may come back in the speaker's own log.
    sent: Vec<String>,
}

impl Wire {
    async fn open(world: &World, path: &str, headers: &[(&'static str, String)]) -> Wire {
        let url = format!("{}{path}", world.server.url.replace("http://", "ws://"));
        let mut request = url.into_client_request().expect("an address");
        for (name, value) in headers {
            let value = value.parse().expect("a header");
            request.headers_mut().insert(*name, value);
        }
        let connected = connect_async(request).await;
        let (socket, _) = connected.expect("the socket opens");
        Wire {
            socket,
            count: 0,
            sent: Vec::new(),
        }
    }

    fn sent(&self) -> Vec<&str> {
        self.sent.iter().map(String::as_str).collect()
    }

    async fn says(&mut self, frame: &str) {
        let sent = self.socket.send(Message::text(frame)).await;
        sent.expect("the socket is open");
    }

    /// The next frame; none when the socket was closed.
    async fn hears(&mut self) -> Option<Value> {
        loop {
            let next = tokio::time::timeout(DEADLINE, self.socket.next()).await;
            match next.expect("something comes in time") {
                Some(Ok(Message::Text(text))) => {
                    return serde_json::from_str(&text).ok();
                }
                Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                Some(Ok(_)) => {}
            }
        }
    }

    /// Everything until this is seen, or the end.
    async fn until(&mut self, wanted: impl Fn(&Value) -> bool) -> Vec<Value> {
        let mut heard = Vec::new();
        while let Some(frame) = self.hears().await {
            heard.push(frame);
            if heard.last().is_some_and(&wanted) {
                break;
            }
        }
        heard
    }

    /// What comes until the answer to a frame with this id.
    async fn answers(&mut self, frame: &str, id: &str) -> Vec<Value> {
        let kinds = ["ack", "refused", "conversations", "conversation"].map(Some);
        let answer = |frame: &Value| frame["id"] == id && kinds.contains(&frame["type"].as_str());
        loop {
            self.says(frame).await;
            let heard = self.until(answer).await;
            match heard.last() {
                // Looking back has its limit; this is how long the server asks us to wait.
                Some(last) if last["error"] == "rate_limited" => {
                    tokio::time::sleep(Duration::from_millis(150)).await;
                }
                _ => return heard,
            }
        }
    }

    /// What comes after a frame that wants no answer.
    async fn echoes(&mut self, frame: &str) -> Vec<Value> {
        self.says(frame).await;
        let heard = self.settled().await;
        let heard = heard.into_iter().filter(|frame| frame["type"] != "pong");
        heard.collect()
    }

    /// Everything that was on its way: what is behind the answer to a ping came later.
    async fn settled(&mut self) -> Vec<Value> {
        self.count += 1;
        let n = 1_000_000 + self.count;
        loop {
            self.says(&json!({"type": "ping", "n": n}).to_string())
                .await;
            let fence = |frame: &Value| frame["n"] == n || frame["error"] == "rate_limited";
            let heard = self.until(fence).await;
            match heard
                .last()
                .is_some_and(|frame| frame["error"] == "rate_limited")
            {
                // Pings have their limit; this is how long the server asks us to wait.
                true => tokio::time::sleep(Duration::from_millis(150)).await,
                false => return heard,
            }
        }
    }
}

fn fill(text: &str, person: &Person, id: &str, fresh: &str) -> String {
    let token = person.visitor.token.as_deref().expect("a session");
    text.replace("{ID}", id)
        .replace("{FRESH}", fresh)
        .replace("{TEXT}", &words_of(&person.name))
        .replace("{SITE}", person.site)
        .replace("{TOKEN}", token)
}

/// The socket of a visitor after its greeting.
async fn greeted(world: &World, person: &Person) -> Wire {
    let mut wire = Wire::open(
        world,
        "/v1/ws",
        &[("Origin", person.visitor.origin.clone())],
    )
    .await;
    let hello = r#"{"type":"hello","protocol":1,"site":"{SITE}","token":"{TOKEN}"}"#;
    wire.says(&fill(hello, person, "", "")).await;
    let heard = wire.until(|frame| frame["type"] == "caught_up").await;
    assert!(heard.len() > 3, "{heard:?}");
    wire
}

pub async fn visitors_try(world: &World) -> usize {
    let all = world
        .people
        .iter()
        .map(|person| visitor_tries(world, person));
    join_all(all).await.into_iter().sum()
}

async fn visitor_tries(world: &World, person: &Person) -> usize {
    let foreign = |other: &Person| other.name != person.name;
    let victims: Vec<&Person> = world.people.iter().filter(|other| foreign(other)).collect();
    let mut wire = greeted(world, person).await;
    let mut tried = 0;
    for row in FRAMES {
        for kind in victims[0].ids.keys() {
            let unknown = world.made_up(&victims[0].ids[kind]);
            let expected = try_frame(world, person, &mut wire, row, &unknown).await;
            for victim in &victims {
                // The bot's messages are named by their place in the log, so this may be the caller's own as well.
                if *kind == Kind::BotsMessage && victim.ids[kind] == person.ids[kind] {
                    continue;
                }
                let found = try_frame(world, person, &mut wire, row, &victim.ids[kind]).await;
                assert_eq!(
                    found, expected,
                    "{}: {} with {kind:?} of {}",
                    row.frame, person.name, victim.name
                );
                tried += 1;
            }
            if !row.frame.contains("{ID}") {
                break;
            }
        }
    }
    let rest = wire.settled().await;
    let leak = world.leak(&json!(rest).to_string(), &wire.sent(), foreign);
    assert_eq!(leak, None, "{}: {rest:?}", person.name);
    tried
}

/// Says one frame; gives what was answered, without what may differ.
async fn try_frame(
    world: &World,
    person: &Person,
    wire: &mut Wire,
    row: &FrameRow,
    id: &str,
) -> Vec<Value> {
    let fresh = world.fresh();
    wire.sent.push(id.to_owned());
    let frame = fill(row.frame, person, id, &fresh);
    let own = match row.frame.contains(r#""id":"{ID}""#) {
        true => id,
        false => &fresh,
    };
    let heard = match (row.kind, row.answered) {
        ("hello", _) => greets(world, person, &frame).await,
        (_, true) => wire.answers(&frame, own).await,
        (_, false) => wire.echoes(&frame).await,
    };
    let text = json!(heard).to_string();
    let leak = world.leak(&text, &wire.sent(), |other| other.name != person.name);
    assert_eq!(leak, None, "{frame}: {text}");
    // The pong of a ping that had to be sent twice comes late, and answers nothing.
    let passing = ["event", "typing", "partial", "pong"].map(Some);
    let direct = |frame: &&Value| !passing.contains(&frame["type"].as_str());
    heard
        .iter()
        .filter(direct)
        .map(|frame| plain(frame, &[&fresh, id]))
        .collect()
}

/// A hello has a socket of its own, which tells all it has to tell.
async fn greets(world: &World, person: &Person, hello: &str) -> Vec<Value> {
    let mut wire = Wire::open(
        world,
        "/v1/ws",
        &[("Origin", person.visitor.origin.clone())],
    )
    .await;
    wire.says(hello).await;
    wire.until(|frame| matches!(frame["type"].as_str(), Some("caught_up" | "bye")))
        .await
}

pub async fn teams_try(world: &World) -> usize {
    join_all(world.teams.iter().map(|team| team_tries(world, team)))
        .await
        .into_iter()
        .sum()
}

async fn team_tries(world: &World, team: &Team) -> usize {
    let foreign = |person: &Person| person.site != team.site;
    let victims: Vec<&Person> = world
        .people
        .iter()
        .filter(|person| foreign(person))
        .collect();
    let own = world
        .people
        .iter()
        .find(|person| !foreign(person))
        .expect("there is one");
    let mut wire = Wire::open(world, "/desk/ws", &team.desk.papers()).await;
    let watch = json!({"type": "watch", "conversation": own.visitor.conversation});
    wire.says(&watch.to_string()).await;
    let heard = wire.settled().await;
    assert!(
        heard.iter().any(|frame| frame["type"] == "event"),
        "the desk sees its own: {heard:?}"
    );
    let mut tried = 0;
    for row in DESK_FRAMES {
        for id in victims.iter().flat_map(|victim| victim.ids.values()) {
            wire.says(&row.frame.replace("{ID}", id)).await;
            let heard = wire.settled().await;
            let told = heard.iter().find(|frame| frame["type"] != "pong");
            assert_eq!(told, None, "{} with {id}", row.frame);
            tried += 1;
        }
    }
    tried
}
