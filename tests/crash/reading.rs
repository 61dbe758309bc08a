//! `Reading`: what follows from a visitor's own view of the conversation. It is a second, independent account of
//! the rules that hinny publishes: who answers now, which questions are open, which lines the team must see.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use crate::guest::{Kind, Said};
use crate::support::visitor::plain;
use crate::team;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Handling {
    Bot,
    /// A person was fetched. `silent`: the visitor asked for one, so the bot keeps out of it.
    Waiting {
        silent: bool,
    },
    Agent,
    Closed,
}

#[derive(Debug)]
pub struct Reading {
    handling: Handling,
    /// Questions that neither the bot nor a person has taken care of yet.
    pub open: Vec<u64>,
    /// Something was asked while the bot helped, so it may still be looked up when a person hands back.
    helping: bool,
    /// It was handed back then: one answer of the bot belongs to it.
    given_back: bool,
    /// Sayings that are acknowledged but not read yet.
    unread: usize,
    /// Marked texts that were for the team when they were said, in order.
    pub for_team: Vec<String>,
    pub answered: usize,
    pub handed_over: usize,
    /// What broke the rules.
    pub faults: Vec<String>,
}

/// Reads a log from its beginning. `said` tells what the visitor meant, and where the pressed buttons belong.
pub fn read(log: &BTreeMap<u64, Value>, said: &[Said]) -> Reading {
    let by_id: HashMap<&str, &Said> = said.iter().map(|said| (said.id.as_str(), said)).collect();
    let buttons = said.iter().filter(|said| said.kind == Kind::PersonByButton);
    let mut steps: BTreeMap<u64, Step<'_>> =
        buttons.map(|said| (said.seq, Step::Said(said))).collect();
    for (seq, event) in log {
        steps.extend(step(event, &by_id).map(|step| (*seq, step)));
    }
    let words = said.iter().filter(|said| said.kind != Kind::PersonByButton);
    let mut reading = Reading {
        handling: Handling::Bot,
        open: Vec::new(),
        helping: false,
        given_back: false,
        unread: words.filter(|said| !log.contains_key(&said.seq)).count(),
        for_team: Vec::new(),
        answered: 0,
        handed_over: 0,
        faults: Vec::new(),
    };
    for (seq, step) in steps {
        reading.take(seq, &step);
    }
    reading
}

enum Step<'a> {
    Said(&'a Said),
    /// From the knowledge, or with suggestions; courtesies of the bot have neither.
    BotAnswered,
    AgentSaid(String),
    HandledBy(Handling),
}

fn step<'a>(event: &Value, by_id: &HashMap<&str, &'a Said>) -> Option<Step<'a>> {
    if event["kind"] == "handling" {
        return Some(Step::HandledBy(match event["handling"].as_str() {
            Some("bot") => Handling::Bot,
            Some("waiting") => Handling::Waiting {
                silent: event["reason"] == "asked",
            },
            Some("agent") => Handling::Agent,
            Some("closed") => Handling::Closed,
            other => panic!("the protocol has no handling {other:?}"),
        }));
    }
    match event["author"]["kind"].as_str() {
        // Not yet acknowledged ones are left for the next reading.
        Some("visitor") => by_id
            .get(event["id"].as_str()?)
            .map(|said| Step::Said(said)),
        Some("bot") => {
            let settles = event["sources"].get(0).is_some() || event.get("suggestions").is_some();
            settles.then_some(Step::BotAnswered)
        }
        Some("agent") => Some(Step::AgentSaid(plain(&event["text"]))),
        other => panic!("the protocol has no author {other:?}"),
    }
}

impl Reading {
    /// Whether something must still come.
    pub fn is_unfinished(&self) -> bool {
        self.unread > 0 || !self.open.is_empty()
    }

    pub fn is_with_team(&self) -> bool {
        matches!(self.handling, Handling::Waiting { .. } | Handling::Agent)
    }

    fn take(&mut self, seq: u64, step: &Step<'_>) {
        match step {
            Step::Said(said) => self.said(seq, said),
            Step::BotAnswered => self.bot_answered(seq),
            Step::AgentSaid(text) => self.agent_said(seq, text),
            Step::HandledBy(handling) => self.handled_by(*handling),
        }
    }

    fn said(&mut self, seq: u64, said: &Said) {
        let with_team = self.is_with_team();
        if with_team && said.is_unique() {
            self.for_team.push(said.text.clone());
        }
        if !with_team && said.kind != Kind::Courtesy {
            self.open.push(seq);
        }
        self.helping |= self.handling == Handling::Waiting { silent: false };
    }

    /// What was written at the lab's desk must be read in the group too.
    fn agent_said(&mut self, seq: u64, text: &str) {
        if self.handling != Handling::Agent {
            self.fault(seq, "an agent spoke before taking the conversation");
        }
        if text.contains(&format!(" {}-", team::LAB.site)) {
            self.for_team.push(text.to_owned());
        }
    }

    fn bot_answered(&mut self, seq: u64) {
        match self.handling {
            Handling::Agent => self.fault(seq, "the bot spoke while a person had the conversation"),
            Handling::Waiting { silent: true } => {
                self.fault(seq, "the bot spoke although a person was asked for");
            }
            Handling::Waiting { silent: false } => {}
            Handling::Bot | Handling::Closed if self.open.is_empty() && !self.given_back => {
                self.fault(seq, "the bot answered what was settled already");
            }
            Handling::Bot | Handling::Closed => {
                self.given_back = false;
                self.answered += std::mem::take(&mut self.open).len();
            }
        }
    }

    fn handled_by(&mut self, handling: Handling) {
        if matches!(handling, Handling::Waiting { .. } | Handling::Agent) {
            self.handed_over += std::mem::take(&mut self.open).len();
        }
        self.given_back = self.helping && handling == Handling::Bot;
        self.helping = false;
        self.handling = handling;
    }

    fn fault(&mut self, seq: u64, what: &str) {
        self.faults.push(format!("{seq}: {what}"));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn said(seq: u64, kind: Kind) -> Said {
        let id = format!("id{seq}");
        let text = format!("words {seq}");
        Said {
            id,
            kind,
            text,
            seq,
        }
    }

    fn visitor(seq: u64) -> (u64, Value) {
        let event = json!({"kind": "message", "id": format!("id{seq}"), "author": {"kind": "visitor"}, "sources": []});
        (seq, event)
    }

    fn bot(seq: u64) -> (u64, Value) {
        let event = json!({"kind": "message", "id": "e", "author": {"kind": "bot"}, "sources": [{"title": "x"}]});
        (seq, event)
    }

    fn handling(seq: u64, handling: &str, reason: &str) -> (u64, Value) {
        (
            seq,
            json!({"kind": "handling", "handling": handling, "reason": reason}),
        )
    }

    #[test]
    fn a_second_answer_and_a_missing_one_are_noticed() {
        let asked = [said(1, Kind::Question), said(4, Kind::Question)];
        let log = [visitor(1), bot(3), visitor(4)];
        let reading = read(&BTreeMap::from(log.clone()), &asked);
        assert_eq!(
            (reading.answered, &reading.open, reading.faults.len()),
            (1, &vec![4], 0)
        );
        let log = [&log[..], &[bot(6), bot(8)]].concat();
        let reading = read(&log.into_iter().collect(), &asked);
        assert_eq!((reading.answered, reading.faults.len()), (2, 1));
        assert!(!reading.is_unfinished());
    }

    #[test]
    fn lines_for_the_team_are_those_said_after_the_hand_over() {
        let asked = [
            said(1, Kind::PersonByButton),
            said(3, Kind::Question),
            said(5, Kind::Question),
        ];
        let log = [
            handling(2, "waiting", "asked"),
            visitor(3),
            handling(4, "bot", ""),
            visitor(5),
        ];
        let reading = read(&BTreeMap::from(log.clone()), &asked);
        assert_eq!(reading.for_team, ["words 3"]);
        assert_eq!((reading.handed_over, &reading.open), (1, &vec![5]));
        let talkative = [&log[..2], &[bot(4)]].concat();
        let reading = read(&talkative.into_iter().collect(), &asked[..2]);
        assert_eq!(
            reading.faults.len(),
            1,
            "the bot is silent when a person was asked for"
        );
    }

    #[test]
    fn what_was_looked_up_when_a_person_handed_back_may_be_answered_once() {
        let asked = [said(1, Kind::Question), said(3, Kind::Question)];
        let log = [
            visitor(1),
            handling(2, "waiting", "low_confidence"),
            visitor(3),
            handling(4, "bot", ""),
            bot(5),
            bot(6),
        ];
        let reading = read(&BTreeMap::from(log), &asked);
        assert_eq!(
            reading.faults,
            ["6: the bot answered what was settled already"]
        );
    }

    #[test]
    fn what_is_acknowledged_but_not_read_is_unfinished() {
        let reading = read(&BTreeMap::new(), &[said(1, Kind::Courtesy)]);
        assert!(reading.is_unfinished());
    }
}
