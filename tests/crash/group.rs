//! What must hold at the end in Telegram's group: every line that was for the team is there, in order, and was
//! repeated only where a death left a send without its answer.

use std::collections::{HashMap, HashSet};

use crate::guest::{Guest, Said};
use crate::operator::Deaths;
use crate::support::visitor::Visitor;
use crate::telegram::{Posted, TelegramServer, Topic};

/// Telegram's longest message; what is longer is cut into several.
const LONGEST: usize = 4_096;

/// What was found in a topic.
#[derive(Debug, Default)]
pub struct Findings {
    pub lines: usize,
    pub repeats: usize,
}

/// A guest's topic, if a person was ever fetched. Nobody has two, and nobody's words are in another's.
pub fn topic_of<'a>(
    telegram: &TelegramServer,
    topics: &'a [Topic],
    guest: &Guest,
) -> Option<&'a Topic> {
    let mark = format!(" v{:02}n", guest.number);
    let has_mark = |topic: &&Topic| {
        let posts = telegram.posts(topic.id);
        posts.iter().any(|post| post.text.contains(&mark))
    };
    let mut own = topics.iter().filter(has_mark);
    let topic = own.next();
    assert!(
        own.next().is_none(),
        "guest {} has two topics",
        guest.number
    );
    topic
}

/// Checks one topic against what was for the team.
pub fn check(posts: &[Posted], deaths: &Deaths, guest: &Guest, for_team: &[String]) -> Findings {
    let unique = guest.said.iter().filter(|said| said.is_unique());
    let own = unique.map(|said: &Said| said.text.as_str());
    let known: HashSet<&str> = own.chain(for_team.iter().map(String::as_str)).collect();
    let mut thread = Thread {
        deaths,
        told: Vec::new(),
        lives: HashMap::new(),
        repeats: 0,
    };
    for (index, post) in posts.iter().enumerate() {
        let life = deaths.life(post.at);
        for line in lines(post, &known) {
            thread.line(line, life, &posts[..index]);
        }
    }
    assert_eq!(
        thread.told, for_team,
        "the topic of guest {}: every line, in order",
        guest.number
    );
    Findings {
        lines: thread.told.len(),
        repeats: thread.repeats,
    }
}

/// The lines in a post that were for the team. On a card they stand behind a name, so they are not lines of their own there.
fn lines<'a>(post: &'a Posted, known: &HashSet<&str>) -> Vec<&'a str> {
    post.text
        .lines()
        .filter(|line| known.contains(line))
        .collect()
}

struct Thread<'a> {
    deaths: &'a Deaths,
    told: Vec<&'a str>,
    /// In which life a line was said last.
    lives: HashMap<&'a str, usize>,
    repeats: usize,
}

impl<'a> Thread<'a> {
    fn line(&mut self, line: &'a str, life: usize, before: &[Posted]) {
        match self.lives.insert(line, life) {
            None => self.told.push(line),
            Some(earlier) => {
                self.repeats += 1;
                assert!(
                    earlier < life,
                    "{line:?} was said twice in life {life}:\n{}",
                    self.story(before)
                );
                let sent = self.last_send(before, life);
                let in_flight = sent
                    .iter()
                    .any(|post| post.text.lines().any(|other| other == line));
                assert!(
                    in_flight,
                    "{line:?} was repeated in life {life}, but not under way when life ended"
                );
            }
        }
    }

    fn story(&self, posts: &[Posted]) -> String {
        let tell = |post: &Posted| format!("life {}: {:?}\n", self.deaths.life(post.at), post.text);
        posts.iter().map(tell).collect()
    }

    /// The posts of the last send before this life: the last one, and those it could not share a message with.
    fn last_send<'p>(&self, before: &'p [Posted], life: usize) -> &'p [Posted] {
        let end = before.partition_point(|post| self.deaths.life(post.at) < life);
        let mut start = end.saturating_sub(1);
        while start > 0 && !could_share(&before[start - 1], &before[start]) {
            start -= 1;
        }
        &before[start..end]
    }
}

/// Whether two lines of one send would have gone out as one message. What has or had buttons stands alone.
fn could_share(one: &Posted, next: &Posted) -> bool {
    let alone =
        |post: &Posted| !post.buttons.is_empty() || post.edits > 0 || post.reply_to.is_some();
    let fits = one.text.len() + next.text.len() <= LONGEST;
    fits && !alone(one) && !alone(next)
}

/// Topics that nobody ever wrote into. A twin is left only by a death, so there are at most that many.
pub fn twins(telegram: &TelegramServer, topics: &[Topic], deaths: &Deaths) -> usize {
    let empty = topics
        .iter()
        .filter(|topic| telegram.posts(topic.id).is_empty());
    let twins = empty.count();
    assert!(twins <= deaths.borders.len(), "{twins} empty topics");
    twins
}

/// No card was posted twice in a row within one life. A visitor who is handed back and presses the button again
/// without a word gets the same card again, but then the handing back stands in between.
pub fn cards(posts: &[Posted], deaths: &Deaths, visitor: &Visitor) {
    for pair in posts.windows(2) {
        let twice = pair[1].text.starts_with("hinny\nWho: ")
            && pair[0].text == pair[1].text
            && deaths.life(pair[0].at) == deaths.life(pair[1].at);
        let of = &visitor.conversation;
        assert!(!twice, "a card of {of:?} was posted twice in one life");
    }
    let cards = posts
        .iter()
        .filter(|post| post.text.starts_with("hinny\nWho: "));
    let fetched = visitor
        .log
        .values()
        .filter(|event| event["handling"] == "waiting");
    let most = fetched.count() + deaths.borders.len();
    assert!(
        cards.count() <= most,
        "more cards than hand-overs and deaths"
    );
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;
    use crate::guest::Kind;

    /// Posts as (life, text); the guest said the lines a, b and c.
    fn judge(posts: &[(u32, &str)]) -> Findings {
        let start = Instant::now();
        let second = Duration::from_secs(1);
        let post = |(life, text): &(u32, &str)| {
            Posted::words(1, 1, Some(1), text, start + second * (2 * life + 1))
        };
        let posts: Vec<Posted> = posts.iter().map(post).collect();
        let deaths = Deaths {
            borders: vec![start + second * 2, start + second * 4],
            starts: Vec::new(),
        };
        let mut guest = Guest::new(1, "lab", 1);
        guest.said.extend(["a", "b", "c"].map(|text| Said {
            id: text.to_owned(),
            kind: Kind::Question,
            text: text.to_owned(),
            seq: 1,
        }));
        let expected = ["a", "b", "c"].map(str::to_owned);
        check(&posts, &deaths, &guest, &expected)
    }

    #[test]
    fn what_was_under_way_may_come_again_after_a_death() {
        let found = judge(&[(0, "a"), (0, "Ada\nb"), (1, "b\nc"), (2, "b\nc")]);
        assert_eq!((found.lines, found.repeats), (3, 3));
    }

    #[test]
    #[should_panic(expected = "said twice in life 0")]
    fn a_repeat_without_a_death_is_a_fault() {
        judge(&[(0, "a"), (0, "a"), (0, "b\nc")]);
    }

    #[test]
    #[should_panic(expected = "not under way")]
    fn a_repeat_of_what_was_long_done_is_a_fault() {
        judge(&[(0, "a"), (0, "b"), (1, "a"), (1, "c")]);
    }

    #[test]
    #[should_panic(expected = "every line, in order")]
    fn another_order_is_a_fault() {
        judge(&[(0, "b"), (0, "a"), (1, "c")]);
    }

    #[test]
    #[should_panic(expected = "every line, in order")]
    fn a_missing_line_is_a_fault() {
        judge(&[(0, "a"), (0, "c")]);
    }
}
