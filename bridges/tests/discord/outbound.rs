//! From hinny into a thread.

use bytes::Bytes;
use hinny_bridges::{Attachment, Button, Look, Mention, PostChange, Sign};

use super::*;
use platform::{BOT, FORUM, Message, TEAM};

#[tokio::test]
async fn a_conversation_becomes_a_thread_under_its_card() {
    let server = DiscordServer::start().await;
    let bridge = bridge(&server);
    let opened = bridge
        .open(&channel(CHANNEL), "Ada: broken bike", &card())
        .await
        .unwrap();
    let thread = number(&opened.thread);
    assert_eq!(server.threads(CHANNEL)[0].name, "Ada: broken bike");
    assert_eq!(server.threads(CHANNEL)[0].id, thread);
    assert_eq!(server.posts(CHANNEL)[0].content, "The card");
    assert_eq!(id_of(&opened.posts[0]), thread);
    assert!(opened.posts[0].carries[0].last);

    let batch = [line("d1", "Hello"), line("d2", "My bike is broken")];
    let posts = bridge.send(&opened.thread, &batch).await.unwrap();
    let shown = server.posts(thread);
    let shown: Vec<_> = shown.iter().filter(|post| post.kind == 0).collect();
    assert_eq!(shown[0].content, "**Ada** (visitor)\nHello");
    assert_eq!(shown[1].content, "**Ada** (visitor)\nMy bike is broken");
    assert_eq!(
        posts.iter().map(id_of).collect::<Vec<_>>(),
        [shown[0].id, shown[1].id]
    );
    assert_eq!(posts[1].carries[0].delivery, "d2");
}

#[tokio::test]
async fn a_conversation_becomes_a_post_of_a_forum() {
    let server = DiscordServer::start().await;
    let bridge = bridge(&server);
    let opened = bridge.open(&channel(FORUM), "", &card()).await.unwrap();
    let thread = number(&opened.thread);
    assert_eq!(server.threads(FORUM)[0].name, "Conversation");
    assert_eq!(server.posts(thread)[0].content, "The card");
    assert_eq!(id_of(&opened.posts[0]), thread);
    bridge
        .send(&opened.thread, &[line("d1", "Hello")])
        .await
        .unwrap();
    assert_eq!(server.posts(thread).len(), 2);

    let lines = vec![Line::new("d0", LineAuthor::Hinny, raw("The card, newer"))];
    let posts = [opened.posts[0].id.clone()];
    let changed = bridge
        .change(&opened.thread, &posts, &PostChange::Edit(lines))
        .await
        .unwrap();
    assert_eq!((changed.len(), changed[0].carries[0].last), (1, true));
    assert_eq!(server.posts(thread)[0].content, "The card, newer");
}

/// The bot's messages in a thread, without Discord's own pointer at the card.
fn shown(server: &DiscordServer, thread: &Thread) -> Vec<Message> {
    let all = server.posts(number(thread)).into_iter();
    all.filter(|post| post.kind != 21).collect()
}

fn button(action: &str, look: Look) -> Button {
    Button {
        action: action.to_owned(),
        label: format!("Do {action}"),
        look,
    }
}

#[tokio::test]
async fn a_card_has_its_buttons_and_calls_whom_it_should() {
    let server = DiscordServer::start().await;
    let bridge = bridge(&server);
    let mut card = card();
    card.buttons = vec![
        vec![button("take", Look::Primary), button("block", Look::Danger)],
        vec![button("send:1:0", Look::Plain)],
    ];
    for (mention, pings) in [
        (Mention::Role(TEAM.to_string()), vec![format!("&{TEAM}")]),
        (Mention::Person(BOT.to_string()), vec![BOT.to_string()]),
        (Mention::Here, vec!["@here".to_owned()]),
    ] {
        card.delivery = format!("{mention:?}").chars().take(20).collect();
        card.text = raw("Ada <@4242> <@&3000> @everyone asks");
        card.mention = Some(mention);
        let opened = bridge.open(&channel(CHANNEL), "Ada", &card).await.unwrap();
        let posts = server.posts(CHANNEL);
        let post = posts.iter().find(|post| post.id == number(&opened.thread));
        let post = post.unwrap();
        assert_eq!(post.pings, pings);
        assert_eq!(post.components[0]["components"][1]["custom_id"], "block");
        assert_eq!(post.components[0]["components"][1]["style"], 4);
        assert_eq!(post.components[1]["components"][0]["label"], "Do send:1:0");
    }
}

const HOSTILE: [&str; 10] = [
    "@everyone",
    "@here",
    "<@4242>",
    "<@!4242>",
    "<@&3000>",
    "\\@everyone",
    "\\\\@here",
    "`@everyone`",
    "```\n<@&3000>\n```",
    "[<@4242>](https://a.b/@everyone)",
];

/// A visitor's line in three shapes: as words, as markup, and as their name.
fn hostile_lines(id: &str, text: &str, mention: Option<&Mention>) -> Vec<Line> {
    let mut words = line(&format!("{id}w"), text);
    words.mention = mention.cloned();
    let mut markup = words.clone();
    markup.delivery = format!("{id}m");
    markup.text = Text::from_markdown(text);
    markup.author = LineAuthor::Visitor {
        name: text.to_owned(),
    };
    vec![words, markup]
}

#[tokio::test]
async fn nothing_a_visitor_writes_pings_anybody() {
    let server = DiscordServer::start().await;
    server.relax_limits();
    let bridge = bridge(&server);
    server.agent(ANN, "Ann");
    let name = "@everyone <@4242>";
    let opened = bridge.open(&channel(CHANNEL), name, &card()).await;
    let thread = opened.unwrap().thread;
    let many = "@everyone <@4242> ".repeat(300);
    for (nth, text) in HOSTILE.into_iter().chain([many.as_str()]).enumerate() {
        for mention in [None, Some(&Mention::Here)] {
            let id = format!("{nth}{}", mention.is_some());
            send(&bridge, &thread, &hostile_lines(&id, text, mention)).await;
        }
    }
    let posts = shown(&server, &thread);
    assert!(posts.len() > 4 * HOSTILE.len());
    for post in posts {
        let asked = post.pings == ["@here"] && post.content.starts_with("@here");
        let (pings, text) = (&post.pings, &post.content);
        assert!(pings.is_empty() || asked, "{pings:?} in {text:?}");
    }
}

#[tokio::test]
async fn opening_again_makes_no_second_thread() {
    let server = DiscordServer::start().await;
    let bridge = bridge(&server);
    let first = open(&bridge).await;
    let again = open(&bridge).await;
    assert_eq!(first.thread, again.thread);
    assert_eq!(server.posts(CHANNEL).len(), 1);

    // The card was posted, and then Discord failed before the thread was made.
    let mut other = card();
    other.delivery = "d9".to_owned();
    let fault = platform::Fault::ServerError(500);
    server.fail_next("POST channels/messages/threads", 1, fault);
    let failed = bridge.open(&channel(CHANNEL), "Bob", &other).await;
    assert!(matches!(failed, Err(SendError::Ambiguous(_))), "{failed:?}");
    let opened = bridge.open(&channel(CHANNEL), "Bob", &other).await.unwrap();
    assert_eq!(server.posts(CHANNEL).len(), 2);
    assert_eq!(server.threads(CHANNEL).len(), 2);
    assert!(number(&opened.thread) != number(&first.thread));
}

/// Time went by since the attempt whose outcome is not known, and Discord has forgotten the nonces.
fn long_ago(server: &DiscordServer) -> i64 {
    server.with(|state| state.nonces.clear());
    i64::try_from(server.look(platform::State::now)).unwrap() - 61_000
}

#[tokio::test]
async fn in_doubt_the_bridge_looks_before_it_says_something_twice() {
    let server = DiscordServer::start().await;
    for place in [CHANNEL, FORUM] {
        let patient = bridge(&server);
        let mut card = card();
        card.delivery = format!("c{place}");
        card.text = raw(&format!("Card {place}"));
        let thread = patient
            .open(&channel(place), "Ada", &card)
            .await
            .unwrap()
            .thread;
        let mut line = line(&format!("l{place}"), "Hello *you*");
        patient.send(&thread, &[line.clone()]).await.unwrap();

        // As after a kill: the new process knows nothing of what was sent.
        let bridge = bridge(&server);
        let since = long_ago(&server);
        card.doubt_since = Some(since);
        line.doubt_since = Some(since);
        // Messages of the last seconds are found by their time, so let them look old enough.
        let again = bridge.open(&channel(place), "Ada", &card).await.unwrap();
        assert_eq!(again.thread, thread);
        let posts = bridge.send(&thread, &[line.clone()]).await.unwrap();
        let standing = shown(&server, &thread);
        assert_eq!(id_of(&posts[0]), standing.last().unwrap().id);
        let count = standing.len();

        // A second line with the same words is another line.
        line.delivery.push('b');
        bridge.send(&thread, &[line]).await.unwrap();
        assert_eq!(shown(&server, &thread).len(), count + 1);
        assert_eq!(server.threads(place).len(), 1);
    }
}

#[tokio::test]
async fn within_the_window_discord_itself_knows_a_repeat() {
    let server = DiscordServer::start().await;
    let bridge = bridge(&server);
    let thread = open(&bridge).await.thread;
    let mut line = line("d1", "Hello");
    let fault = platform::Fault::HangAfterAccept;
    server.fail_next("POST channels/messages", 1, fault);
    let stopped = bridge.send(&thread, &[line.clone()]).await.unwrap_err();
    assert!(matches!(stopped.error, SendError::Ambiguous(_)));
    line.doubt_since = Some(i64::try_from(server.look(platform::State::now)).unwrap());
    let posts = bridge.send(&thread, &[line]).await.unwrap();
    assert_eq!(shown(&server, &thread).len(), 1);
    assert_eq!(id_of(&posts[0]), shown(&server, &thread)[0].id);
}

#[tokio::test]
async fn a_long_line_arrives_in_parts_and_goes_on_after_a_stop() {
    let server = DiscordServer::start().await;
    let bridge = bridge(&server);
    let thread = open(&bridge).await.thread;
    let text = "All work and no play. ".repeat(300);
    let mut long = line("d1", &text);
    let all = send(&bridge, &thread, &[long.clone()]).await;
    assert_eq!(all.len(), 4);
    assert_eq!(all[1].carries[0].index, 1);
    assert!(!all[1].carries[0].last && all[3].carries[0].last);
    long.parts_done = 3;
    long.delivery = "d2".to_owned();
    let rest = send(&bridge, &thread, &[long]).await;
    assert_eq!((rest.len(), rest[0].carries[0].index), (1, 3));

    let bodies: Vec<String> = shown(&server, &thread)
        .iter()
        .map(|post| post.content.split_once('\n').unwrap().1.to_owned())
        .collect();
    assert_eq!(bodies[..4].join(" "), text.trim_end());
    assert_eq!(bodies[3], bodies[4]);
}

#[tokio::test]
async fn files_follow_their_line() {
    let server = DiscordServer::start().await;
    let bridge = bridge(&server);
    let thread = open(&bridge).await.thread;
    let file = |name: &str| Attachment {
        name: name.to_owned(),
        mime: "image/png".to_owned(),
        bytes: Bytes::from_static(b"PNG bytes"),
    };
    let mut with_files = line("d1", "Look");
    with_files.files = vec![file("Rad \"kaputt\" ü.png"), file("two.png")];
    let posts = send(&bridge, &thread, &[with_files]).await;
    assert_eq!(posts.len(), 3);
    assert_eq!(posts[2].carries[0].index, 2);
    assert!(posts[2].carries[0].last);
    let shown_posts = shown(&server, &thread);
    assert_eq!(
        shown_posts[1].attachments[0]["filename"],
        "Rad \"kaputt\" ü.png"
    );
    assert_eq!(shown_posts[1].attachments[0]["size"], 9);

    // Discord does not take the file: the line is complete all the same.
    let fault = platform::Fault::Refuse(413, 40_005);
    let mut refused = line("d2", "And this");
    refused.files = vec![file("big.png")];
    bridge.send(&thread, &[line("d3", "x")]).await.unwrap();
    server.relax_limits();
    server.fail_next("POST channels/messages", 1, fault);
    refused.parts_done = 1;
    let posts = send(&bridge, &thread, &[refused]).await;
    assert!(posts[0].carries[0].last);
    let last = shown(&server, &thread).pop().unwrap();
    assert!(
        last.content
            .ends_with("(file big.png could not be shown here)"),
        "{}",
        last.content
    );
}

fn ids(posts: &[Post]) -> Vec<PostId> {
    posts.iter().map(|post| post.id.clone()).collect()
}

#[tokio::test]
async fn an_edit_may_need_fewer_posts_or_more() {
    let server = DiscordServer::start().await;
    server.relax_limits();
    let bridge = bridge(&server);
    let thread = open(&bridge).await.thread;
    let mut long = line("d1", &"word ".repeat(600));
    long.buttons = vec![vec![button("held:1", Look::Plain)]];
    let posts = send(&bridge, &thread, &[long.clone()]).await;
    let edit = async |posts: &[PostId], line: Line| {
        let change = PostChange::Edit(vec![line]);
        bridge.change(&thread, posts, &change).await.unwrap()
    };
    let changed = edit(&ids(&posts), line("d1", "short")).await;
    assert!(changed[0].carries[0].last && changed[1].carries.is_empty());
    let left = shown(&server, &thread);
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].content, "**Ada** (visitor)\nshort");
    assert_eq!(left[0].components, serde_json::json!([]));

    let changed = edit(&ids(&posts)[..1], long).await;
    assert_eq!(changed.len(), 2);
    let now = shown(&server, &thread);
    assert_eq!(now.len(), 2);
    assert_eq!(now[1].components[0]["components"][0]["custom_id"], "held:1");
}

#[tokio::test]
async fn what_is_deleted_already_is_no_error() {
    let server = DiscordServer::start().await;
    server.relax_limits();
    let bridge = bridge(&server);
    let thread = open(&bridge).await.thread;
    let posts = ids(&send(&bridge, &thread, &[line("d1", "Hello")]).await);
    for _ in 0..2 {
        let change = PostChange::Delete;
        bridge.change(&thread, &posts, &change).await.unwrap();
        assert!(shown(&server, &thread).is_empty());
    }
    let change = PostChange::Edit(vec![line("d1", "Hello again")]);
    let gone = bridge.change(&thread, &posts, &change).await.unwrap();
    assert!(gone[0].carries.is_empty());
}

#[tokio::test]
async fn signs_come_and_go_under_a_members_message_and_on_the_card() {
    let server = DiscordServer::start().await;
    server.relax_limits();
    let bridge = bridge(&server);
    let opened = open(&bridge).await;
    let said = server
        .agent(ANN, "Ann")
        .says(number(&opened.thread), "Hello");
    let card = opened.posts[0].id.clone();
    for (sign, emoji) in [
        (Sign::Seen, "👀"),
        (Sign::Failed, "⚠️"),
        (Sign::Recalled, "↩️"),
    ] {
        for post in [post_id(said), card.clone()] {
            let id = post.0.parse().unwrap();
            for on in [true, true, false, false] {
                let change = PostChange::React { sign, on };
                let posts = std::slice::from_ref(&post);
                bridge.change(&opened.thread, posts, &change).await.unwrap();
                let there = server.look(|state| state.messages[&id].reactions.clone());
                let expected = if on {
                    vec![(emoji.to_owned(), BOT)]
                } else {
                    vec![]
                };
                assert_eq!(there, expected);
            }
        }
    }
}

#[tokio::test]
async fn an_answer_hangs_on_what_it_answers() {
    let server = DiscordServer::start().await;
    let bridge = bridge(&server);
    let thread = open(&bridge).await.thread;
    let said = server.agent(ANN, "Ann").says(number(&thread), "Which one?");
    let mut answer = line("d1", "The red one");
    answer.quotes = Some(post_id(said));
    send(&bridge, &thread, &[answer]).await;
    let last = shown(&server, &thread).pop().unwrap();
    assert_eq!(last.reference, Some((number(&thread), said)));
    assert!(last.pings.is_empty());
    let mut lost = line("d2", "Still the red one");
    lost.quotes = Some(post_id(1));
    send(&bridge, &thread, &[lost]).await;
    assert_eq!(shown(&server, &thread).pop().unwrap().reference, None);
}
