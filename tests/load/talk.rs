//! `Talk`: the questions of one socket that are under way, and how long each took.

use std::collections::VecDeque;

use tokio::time::Instant;

use crate::client::Frame;
use crate::numbers::Times;

/// A question that was sent, or should have been.
struct Asked {
    id: String,
    since: Instant,
    acknowledged: bool,
    answered: bool,
    /// Its place in the log, once known.
    seq: Option<u64>,
}

#[derive(Default)]
pub struct Talk {
    under_way: VecDeque<Asked>,
    pub acknowledged: Times,
    pub answered: Times,
}

impl Talk {
    /// Times count from `since`, which in an open loop is when the question was due.
    pub fn asked(&mut self, id: &str, since: Instant) {
        self.under_way.push_back(Asked {
            id: id.to_owned(),
            since,
            acknowledged: false,
            answered: false,
            seq: None,
        });
    }

    pub fn under_way(&self) -> usize {
        self.under_way.len()
    }

    pub fn read(&mut self, frame: &Frame) {
        match (frame.kind.as_str(), &frame.event) {
            ("ack", _) => self.acked(frame),
            ("event", Some(event)) if event.is_message_by("visitor") => {
                self.find(event.id.as_deref(), |asked| asked.seq = Some(frame.seq));
            }
            ("event", Some(event)) if event.is_message_by("bot") => self.answered_until(frame.seq),
            _ => {}
        }
    }

    fn acked(&mut self, frame: &Frame) {
        let mut took = None;
        self.find(frame.id.as_deref(), |asked| {
            asked.seq = Some(frame.seq);
            if !std::mem::replace(&mut asked.acknowledged, true) {
                took = Some(asked.since.elapsed());
            }
        });
        self.acknowledged.extend(took);
        self.tidy();
    }

    /// One answer may settle several questions that came in a row. An acknowledgement may come after the answer.
    fn answered_until(&mut self, seq: u64) {
        for asked in &mut self.under_way {
            if !asked.answered && asked.seq.is_some_and(|own| own < seq) {
                asked.answered = true;
                self.answered.extend([asked.since.elapsed()]);
            }
        }
        self.tidy();
    }

    fn tidy(&mut self) {
        let done = |asked: &Asked| asked.acknowledged && asked.answered;
        while self.under_way.front().is_some_and(done) {
            self.under_way.pop_front();
        }
    }

    fn find(&mut self, id: Option<&str>, note: impl FnOnce(&mut Asked)) {
        let asked = self
            .under_way
            .iter_mut()
            .find(|asked| Some(asked.id.as_str()) == id);
        if let Some(asked) = asked {
            note(asked);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(talk: &mut Talk, json: &str) {
        talk.read(&serde_json::from_str(json).unwrap());
    }

    #[test]
    fn one_answer_settles_the_questions_before_it() {
        let mut talk = Talk::default();
        for id in ["a", "b", "c"] {
            talk.asked(id, Instant::now());
        }
        read(&mut talk, r#"{"type":"ack","id":"a","seq":1}"#);
        let own = r#"{"type":"event","seq":2,"event":{"kind":"message","id":"b","author":{"kind":"visitor"}}}"#;
        read(&mut talk, own);
        let answer = r#"{"type":"event","seq":4,"event":{"kind":"message","id":"e4","author":{"kind":"bot"}}}"#;
        read(&mut talk, answer);
        assert_eq!((talk.answered.count(), talk.under_way()), (2, 2));
        read(&mut talk, r#"{"type":"ack","id":"b","seq":2}"#);
        assert_eq!((talk.acknowledged.count(), talk.under_way()), (2, 1));
        read(&mut talk, answer);
        assert_eq!(talk.answered.count(), 2);
    }
}
