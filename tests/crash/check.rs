//! What must hold at the end, for the visitor and at the desk. Each check compares what people were told with what
//! can be read afterwards.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::guest::{Guest, Kind};
use crate::reading::{self, Reading};
use crate::support::visitor::plain;
use crate::team::Reply;

/// The visitor's side: nothing lost, nothing twice, nothing in another order, nothing unanswered. `held` are lines of
/// somebody who had not taken the conversation; each of them waits at the desk instead, once.
pub fn visitor(
    guest: &Guest,
    fresh: &BTreeMap<u64, Value>,
    replies: &[&Reply],
    held: &[String],
) -> Reading {
    let who = guest.number;
    assert_eq!(
        &guest.visitor.log, fresh,
        "what guest {who} has on the screen is the log"
    );
    assert_eq!(
        own_lines(fresh),
        acknowledged(guest),
        "guest {who}: each acknowledged line once, in order"
    );
    team(guest, fresh, replies, held);
    let reading = reading::read(fresh, &guest.said);
    assert!(
        reading.faults.is_empty(),
        "guest {who}: {:#?}\n{:#?}",
        reading.faults,
        guest.visitor.transcript()
    );
    assert!(
        !reading.is_unfinished(),
        "guest {who}: questions {:?} are open",
        reading.open
    );
    reading
}

/// What the team told this visitor.
fn team(guest: &Guest, fresh: &BTreeMap<u64, Value>, replies: &[&Reply], held: &[String]) {
    let who = guest.number;
    let heard: Vec<String> = lines_by(fresh, "agent")
        .map(|event| plain(&event["text"]))
        .collect();
    for team in ["shop", "lab", "group"] {
        let by_team = |text: &&str| text.contains(&format!(" {team}-"));
        let heard: Vec<&str> = heard.iter().map(String::as_str).filter(by_team).collect();
        let told = replies.iter().map(|reply| reply.text.as_str());
        let told = told.filter(|text| !held.iter().any(|line| line == text));
        let told: Vec<&str> = told.filter(by_team).collect();
        assert_eq!(
            heard, told,
            "guest {who}: each line of {team} once, in order"
        );
    }
    assert_eq!(
        heard.len() + held.len(),
        replies.len(),
        "guest {who}: nobody else spoke, and each line is either heard or held"
    );
}

/// A line with its place: seq, id, words.
type Line = (u64, String, String);

fn own_lines(log: &BTreeMap<u64, Value>) -> Vec<Line> {
    let own = log
        .iter()
        .filter(|(_, event)| event["author"]["kind"] == "visitor");
    own.map(|(seq, event)| (*seq, text(&event["id"]), plain(&event["text"])))
        .collect()
}

fn acknowledged(guest: &Guest) -> Vec<Line> {
    let words = guest
        .said
        .iter()
        .filter(|said| said.kind != Kind::PersonByButton);
    words
        .map(|said| (said.seq, said.id.clone(), said.text.clone()))
        .collect()
}

/// Lines that wait at the desk for somebody to send them.
pub fn held(team_view: &Value) -> Vec<String> {
    let events = team_view["events"].as_array().expect("a list").iter();
    let held = events.filter(|entry| entry["event"]["kind"] == "held");
    held.map(|entry| plain(&entry["event"]["text"])).collect()
}

fn lines_by<'a>(log: &'a BTreeMap<u64, Value>, author: &'a str) -> impl Iterator<Item = &'a Value> {
    let events = log.values();
    events.filter(move |event| event["kind"] == "message" && event["author"]["kind"] == author)
}

/// The desk shows the same messages as the visitor's screen: the same places, authors and words.
pub fn desk(guest: &Guest, team_view: &Value) {
    let events = team_view["events"].as_array().expect("a list").iter();
    let seen = events
        .filter(|entry| entry["event"]["kind"] == "message" && entry["event"]["note"] == false);
    let seen: Vec<Line> = seen
        .map(|entry| line(entry["seq"].as_u64().expect("a seq"), &entry["event"]))
        .collect();
    let log = guest
        .visitor
        .log
        .iter()
        .filter(|(_, event)| event["kind"] == "message");
    let screen: Vec<Line> = log.map(|(seq, event)| line(*seq, event)).collect();
    assert_eq!(seen, screen, "the desk's view of guest {}", guest.number);
}

fn line(seq: u64, event: &Value) -> Line {
    (seq, text(&event["author"]["kind"]), plain(&event["text"]))
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}
