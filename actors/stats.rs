//! `Stats`: what a site's logs say in numbers. Counted from skeletons alone, so an erasure changes nothing.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::tz::TimeZone;
use serde::Serialize;

use crate::event::{Event, Intent, Reason, What};
use crate::ids::{ConversationId, Millis, Seq};

/// What happened in some time, in all and by day.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Stats {
    #[serde(flatten)]
    pub all: Counts,
    /// Of the conversations in which something was asked, the share in which the bot gave an answer and no person was
    /// needed. Nothing without any.
    pub without_person: Option<f64>,
    /// Of the same conversations, the share that ended without an answer and without a person: the visitor left, for
    /// instance without choosing what was suggested.
    pub without_answer: Option<f64>,
    /// From a hand-over to the first words of a person, in milliseconds: as many were quicker as were slower.
    pub first_reply: Option<Millis>,
    /// The mean of the stars.
    pub stars: Option<f64>,
    /// By the site's own calendar, the first day first. Days without anything are left out.
    pub days: BTreeMap<String, Counts>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// In which the visitor said something.
    pub conversations: u64,
    pub questions: u64,
    pub answered: u64,
    /// Questions to which the bot offered what it found, for the visitor to choose.
    pub suggested: u64,
    /// Answers that the bot wrote for the team to send.
    pub drafted: u64,
    /// By reason.
    pub handed_over: BTreeMap<String, u64>,
    /// Answers that somebody marked as wrong, and nobody took that back.
    pub wrong: u64,
    /// Answers of which the visitor said that they helped, and that they did not.
    pub helped: u64,
    pub not_helped: u64,
    /// Conversations by the stars that the visitor gave last.
    pub ratings: BTreeMap<u8, u64>,
}

impl Counts {
    fn mean_stars(&self) -> Option<f64> {
        let given: u64 = self.ratings.values().sum();
        let ratings = self.ratings.iter();
        let stars: u64 = ratings
            .map(|(stars, count)| u64::from(*stars) * count)
            .sum();
        (given > 0).then(|| stars as f64 / given as f64)
    }
}

/// What is seen of one conversation as its log is read.
#[derive(Default)]
struct Seen {
    asked: bool,
    answered: bool,
    needed_person: bool,
    with_person: bool,
    /// Since when somebody waits for a person's first words.
    waiting_since: Option<Millis>,
    days: HashSet<String>,
    /// The answers that are marked as wrong now, with when that was said.
    wrong: HashMap<Seq, Millis>,
    /// The last stars, with when they were given.
    stars: Option<(u8, Millis)>,
}

/// Gathers numbers.
struct Counter {
    zone: TimeZone,
    stats: Stats,
    replies: Vec<Millis>,
    asked: u64,
    alone: u64,
    left: u64,
}

impl Stats {
    /// `logs` in the order of events; days are those of `zone`.
    pub fn of(logs: &[(ConversationId, Vec<Event>)], zone: &TimeZone) -> Stats {
        let mut counter = Counter {
            zone: zone.clone(),
            stats: Stats::default(),
            replies: Vec::new(),
            asked: 0,
            alone: 0,
            left: 0,
        };
        for (_, log) in logs {
            counter.read(log);
        }
        counter.end()
    }
}

impl Counter {
    fn read(&mut self, log: &[Event]) {
        let mut seen = Seen::default();
        for event in log {
            self.take(&mut seen, event);
        }
        for at in seen.wrong.values() {
            self.count(*at, |counts| counts.wrong += 1);
        }
        if let Some((stars, at)) = seen.stars {
            self.count(at, |counts| *counts.ratings.entry(stars).or_default() += 1);
        }
        self.stats.all.conversations += u64::from(!seen.days.is_empty());
        self.asked += u64::from(seen.asked);
        let with_bot = seen.asked && !seen.needed_person;
        self.alone += u64::from(with_bot && seen.answered);
        self.left += u64::from(with_bot && !seen.answered);
    }

    fn take(&mut self, seen: &mut Seen, event: &Event) {
        let at = event.at;
        match &event.what {
            What::VisitorSaid { intent, .. } => {
                let day = self.day(at);
                if seen.days.insert(day.clone()) {
                    self.stats.days.entry(day).or_default().conversations += 1;
                }
                if *intent == Intent::Question {
                    seen.asked = true;
                    self.count(at, |counts| counts.questions += 1);
                }
            }
            // What was chosen from suggestions is an answer too.
            What::BotAnswered { .. } => {
                seen.answered = true;
                self.count(at, |counts| counts.answered += 1);
            }
            What::Drafted { .. } => self.count(at, |counts| counts.drafted += 1),
            What::Suggested { .. } => self.count(at, |counts| counts.suggested += 1),
            What::Escalated { reason, .. } => self.hand_over(seen, *reason, at),
            What::AgentTook { .. } => {
                seen.needed_person = true;
                seen.with_person = true;
            }
            What::AgentSaid { .. } => self
                .replies
                .extend(seen.waiting_since.take().map(|since| at - since)),
            What::HandedBack { .. } | What::Closed { .. } | What::Reopened => {
                seen.with_person = false;
                seen.waiting_since = None;
            }
            _ => self.hear(seen, event),
        }
    }

    /// What people think of it.
    fn hear(&mut self, seen: &mut Seen, event: &Event) {
        let at = event.at;
        match &event.what {
            What::AnswerMarked { of, wrong, .. } => match wrong {
                true => {
                    seen.wrong.insert(*of, at);
                }
                false => {
                    seen.wrong.remove(of);
                }
            },
            What::Helped { yes: true, .. } => self.count(at, |counts| counts.helped += 1),
            What::Helped { .. } => self.count(at, |counts| counts.not_helped += 1),
            What::Rated { stars } => seen.stars = Some((*stars, at)),
            _ => {}
        }
    }

    /// Who waits already is not handed over once more.
    fn hand_over(&mut self, seen: &mut Seen, reason: Reason, at: Millis) {
        seen.needed_person = true;
        if std::mem::replace(&mut seen.with_person, true) {
            return;
        }
        seen.waiting_since = Some(at);
        let name = serde_json::to_value(reason).unwrap_or_default();
        let name = name.as_str().unwrap_or_default().to_owned();
        self.count(at, |counts| {
            *counts.handed_over.entry(name.clone()).or_default() += 1;
        });
    }

    /// In all, and on its day.
    fn count(&mut self, at: Millis, add: impl Fn(&mut Counts)) {
        add(&mut self.stats.all);
        let day = self.day(at);
        add(self.stats.days.entry(day).or_default());
    }

    fn day(&self, at: Millis) -> String {
        let moment = jiff::Timestamp::from_millisecond(at).unwrap_or_default();
        moment.to_zoned(self.zone.clone()).date().to_string()
    }

    fn end(mut self) -> Stats {
        self.replies.sort_unstable();
        self.stats.first_reply = self.replies.get(self.replies.len() / 2).copied();
        self.stats.stars = self.stats.all.mean_stars();
        let share = |count: u64| (self.asked > 0).then(|| count as f64 / self.asked as f64);
        self.stats.without_person = share(self.alone);
        self.stats.without_answer = share(self.left);
        self.stats
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::BotMeanwhile;
    use crate::ids::MessageId;

    const DAY: Millis = 24 * 3_600_000;

    fn asks() -> What {
        What::VisitorSaid {
            message: MessageId::from("m"),
            intent: Intent::Question,
            turn: Some(1),
        }
    }

    fn answers() -> What {
        What::BotAnswered {
            message: MessageId::from("a"),
            turn: 1,
            questions: vec![1],
            chosen: None,
        }
    }

    fn hands_over(reason: Reason) -> What {
        What::Escalated {
            reason,
            bot: BotMeanwhile::Helping,
            questions: vec![1],
        }
    }

    fn says() -> What {
        What::AgentSaid {
            message: MessageId::from("s"),
            by: "ann".to_owned(),
            held: None,
            chosen: None,
        }
    }

    fn marks(of: Seq, wrong: bool) -> What {
        let by = "ann".to_owned();
        What::AnswerMarked { of, by, wrong }
    }

    fn log(id: &str, events: &[(Millis, What)]) -> (ConversationId, Vec<Event>) {
        let numbered = (1..).zip(events);
        let events = numbered.map(|(seq, (at, what))| Event {
            seq,
            at: *at,
            what: what.clone(),
        });
        (ConversationId::from(id), events.collect())
    }

    fn logs() -> [(ConversationId, Vec<Event>); 3] {
        let over = hands_over(Reason::LowConfidence);
        let again = hands_over(Reason::Asked);
        let first = [(0, asks()), (2, answers()), (DAY, marks(2, true))];
        let second = [(0, asks()), (5, over), (6, again), (105, says())];
        let third = [
            (0, asks()),
            (1, answers()),
            (2, marks(2, true)),
            (3, marks(2, false)),
        ];
        [log("c1", &first), log("c2", &second), log("c3", &third)]
    }

    #[test]
    fn everything_is_counted_once_and_on_its_day() {
        let stats = Stats::of(&logs(), &TimeZone::UTC);
        let all = &stats.all;
        assert_eq!((all.conversations, all.questions, all.answered), (3, 3, 2));
        let reasons = BTreeMap::from([("low_confidence".to_owned(), 1)]);
        assert_eq!(all.handed_over, reasons);
        assert_eq!((all.wrong, stats.first_reply), (1, Some(100)));
        assert!((stats.without_person.unwrap() - 2.0 / 3.0).abs() < 1e-9);
        let wrong: Vec<u64> = stats.days.values().map(|day| day.wrong).collect();
        assert_eq!(wrong, [0, 1]);
        assert_eq!(Stats::of(&[], &TimeZone::UTC), Stats::default());
    }

    #[test]
    fn what_visitors_say_of_it_is_counted_and_the_last_stars_count() {
        let helped = |yes| What::Helped {
            of: 2,
            message: MessageId::from("a"),
            yes,
        };
        let rated = |stars| What::Rated { stars };
        let first = [
            (0, asks()),
            (1, answers()),
            (2, helped(true)),
            (3, rated(1)),
            (DAY, rated(5)),
        ];
        let second = [
            (0, asks()),
            (1, answers()),
            (2, helped(false)),
            (3, rated(2)),
        ];
        let stats = Stats::of(&[log("c1", &first), log("c2", &second)], &TimeZone::UTC);
        assert_eq!((stats.all.helped, stats.all.not_helped), (1, 1));
        assert_eq!(stats.all.ratings, BTreeMap::from([(2, 1), (5, 1)]));
        assert_eq!(stats.stars, Some(3.5));
        assert_eq!(stats.days["1970-01-02"].ratings, BTreeMap::from([(5, 1)]));
    }

    #[test]
    fn a_suggestion_that_nobody_chose_is_no_answer() {
        let suggests = What::Suggested {
            message: MessageId::from("s"),
            turn: 1,
            questions: vec![1],
            verdict: 2,
            choices: vec![0],
        };
        let left = [(0, asks()), (1, suggests.clone())];
        let stats = Stats::of(&[log("c1", &left)], &TimeZone::UTC);
        assert_eq!((stats.all.suggested, stats.all.answered), (1, 0));
        assert_eq!(stats.without_person, Some(0.0));
        assert_eq!(stats.without_answer, Some(1.0));
        let chosen = [(0, asks()), (1, suggests), (2, answers())];
        let over = [(0, asks()), (1, hands_over(Reason::Asked))];
        let logs = [log("c1", &left), log("c2", &chosen), log("c3", &over)];
        let stats = Stats::of(&logs, &TimeZone::UTC);
        assert!((stats.without_person.unwrap() - 1.0 / 3.0).abs() < 1e-9);
        assert!((stats.without_answer.unwrap() - 1.0 / 3.0).abs() < 1e-9);
    }

    #[test]
    fn days_are_those_of_the_site() {
        let logs = [log("c1", &[(23 * 3_600_000, asks())])];
        let zone = TimeZone::get("Asia/Tokyo").unwrap();
        let stats = Stats::of(&logs, &zone);
        assert_eq!(stats.days.keys().collect::<Vec<_>>(), ["1970-01-02"]);
    }
}
