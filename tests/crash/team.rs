//! The two teams: one at the desk, one in Telegram's group. Both answer whatever is new, give conversations back
//! to the bot, and close some.

use std::collections::HashMap;

use futures_util::future::join_all;
use serde_json::json;

use crate::dice::Dice;
use crate::support::desk::Desk;
use crate::telegram::{Posted, TelegramServer};
use crate::world::World;

/// Nobody in the group writes on while more of their lines than this are not confirmed; short lives get no further.
const AHEAD: usize = 4;

/// A line for the visitor: at the desk acknowledged by hinny, on Telegram by Telegram.
#[derive(Clone)]
pub struct Reply {
    /// The conversation, or the topic's number.
    pub place: String,
    pub text: String,
}

/// What an agent writes, and whether that is for the visitor.
fn line(dice: &mut Dice, mark: &str) -> (String, bool) {
    match dice.between(0, 9) {
        0..=4 => (format!("Let me see {mark}"), true),
        5..=8 => ("!bot".to_owned(), false),
        _ => ("!close".to_owned(), false),
    }
}

/// The lab's people write in the group; somebody at the desk helps out now and then.
pub const LAB: Team = Team {
    site: "lab",
    idles: 3,
};
pub const SHOP: Team = Team {
    site: "shop",
    idles: 1,
};

pub struct Team {
    pub site: &'static str,
    /// One of so many news is answered.
    idles: u64,
}

/// Answers at the desk until everybody has gone, in all conversations with news at once.
pub async fn at_the_desk(team: Team, mut desk: Desk, world: &World) -> Vec<Reply> {
    let mut dice = Dice::new(world.seed, 1_000 + team.idles);
    let mut answered: HashMap<String, u64> = HashMap::new();
    let mut replies = Vec::new();
    let mut count = 0;
    while !world.is_closed() {
        let news = news(&mut desk, world, &answered).await;
        let mut writing = Vec::new();
        for (conversation, seq) in news {
            count += 1;
            let mark = format!("{}-{count:04}", team.site);
            let (text, for_visitor) = line(&mut dice, &mark);
            answered.insert(conversation.clone(), seq);
            if !dice.one_in(team.idles) {
                continue;
            }
            let reply = Reply {
                place: conversation,
                text,
            };
            writing.push(write(desk.clone(), world, mark, reply, for_visitor));
        }
        replies.extend(join_all(writing).await.into_iter().flatten());
    }
    replies
}

/// Open threads that changed since the last look.
async fn news(
    desk: &mut Desk,
    world: &World,
    answered: &HashMap<String, u64>,
) -> Vec<(String, u64)> {
    let url = world.url();
    desk.moved_to_url(&url);
    let Ok(answer) = desk.try_call("GET", "threads?state=open", None).await else {
        world.wait_for_news(&url).await;
        return Vec::new();
    };
    assert_eq!(answer.status, 200, "{}", answer.text);
    let threads = answer.json["threads"].as_array().expect("a list").iter();
    let ours =
        threads.filter(|thread| thread["handling"] == "waiting" || thread["handling"] == "agent");
    let seen = ours.map(|thread| {
        let conversation = thread["conversation"].as_str().expect("an id").to_owned();
        (conversation, thread["seq"].as_u64().expect("a seq"))
    });
    // The own line raises the seq too, by a few.
    let is_new = |(id, seq): &(String, u64)| answered.get(id).is_none_or(|known| *seq > known + 3);
    seen.filter(is_new).collect()
}

/// Writes a line, again and again under the same id until it is acknowledged. Returns what is for the visitor.
async fn write(
    mut desk: Desk,
    world: &World,
    id: String,
    reply: Reply,
    for_visitor: bool,
) -> Option<Reply> {
    loop {
        let url = world.url();
        desk.moved_to_url(&url);
        let path = format!("conversations/{}/lines", reply.place);
        let body = json!({"id": id, "text": reply.text});
        if let Ok(answer) = desk.try_call("POST", &path, Some(body)).await {
            assert_eq!(answer.status, 200, "{}", answer.text);
            world.acknowledged();
            return for_visitor.then_some(reply);
        }
        world.wait_for_news(&url).await;
    }
}

/// Answers in the group until everybody has gone: a line for every post with a visitor's words.
pub async fn in_the_group(telegram: &TelegramServer, world: &World) -> Vec<Reply> {
    let mut dice = Dice::new(world.seed, 2_000);
    let mut replies = Vec::new();
    let mut seen = 0;
    let mut count = 0;
    while let Some(posts) = new_posts(telegram, world, seen).await {
        seen += posts.len();
        let with_visitor = posts.iter().filter(|post| post.text.contains("isitor"));
        for topic in with_visitor.filter_map(|post| post.topic) {
            if telegram.pending_updates() > AHEAD {
                break;
            }
            count += 1;
            let (text, for_visitor) = line(&mut dice, &format!("group-{count:04}"));
            telegram.agent_says(topic, &text);
            world.acknowledged();
            if for_visitor {
                let place = topic.to_string();
                replies.push(Reply { place, text });
            }
        }
    }
    replies
}

/// What was posted after the first `seen` posts; none when everybody has gone. Silence is no fault here: guests may all
/// be with the bot for a while, and whether everything was told is judged in the end.
async fn new_posts(telegram: &TelegramServer, world: &World, seen: usize) -> Option<Vec<Posted>> {
    let more = telegram.first(|state| {
        let new = state.posts.get(seen..).unwrap_or_default();
        (!new.is_empty()).then(|| new.to_vec())
    });
    tokio::select! {
        posts = more => Some(posts),
        () = world.wait_for_close() => None,
    }
}
