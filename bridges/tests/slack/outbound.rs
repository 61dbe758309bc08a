//! From hinny into a thread.

use hinny_bridges::{Attachment, Button, Look, Mark, Mention, PostChange, Sign};

use super::*;
use platform::Fault;

fn button(action: &str, label: &str) -> Button {
    Button {
        action: action.to_owned(),
        label: label.to_owned(),
        look: Look::Plain,
    }
}

#[tokio::test]
async fn a_card_opens_a_thread_and_lines_follow() {
    let (server, bridge) = pair().await;
    let mut card = card();
    card.buttons = vec![vec![button("take", "Take")], vec![button("close", "Close")]];
    card.mention = Some(Mention::Here);
    let opened = bridge.open(&channel(), "Ada", &card).await.unwrap();
    assert_eq!(opened.posts.len(), 1);
    assert!(opened.posts[0].carries[0].last);
    let ts = root(&opened.thread);
    assert_eq!(opened.posts[0].id.0, format!("{CHANNEL}/{ts}"));

    let shown = server.await_cards(1).await.remove(0);
    assert_eq!(
        (shown.text.as_str(), &shown.buttons[..]),
        (
            "@here The card",
            &["Take".to_owned(), "Close".to_owned()][..]
        )
    );
    assert_eq!(shown.pings, ["!here", "here"]);

    let posts = send(&bridge, &opened.thread, &line("d1", "Hello")).await;
    let line = server.posts(ts).remove(0);
    assert_eq!(line.text, "Ada (visitor)\nHello");
    assert_eq!(posts[0].id.0, format!("{CHANNEL}/{}", line.ts));
    assert_eq!(line.value["metadata"]["event_payload"]["delivery"], "d1");
}

#[tokio::test]
async fn a_long_line_arrives_in_parts_and_goes_on_after_a_stop() {
    let (server, bridge) = pair().await;
    let thread = opened(&bridge).await;
    let text = "All work and no play. ".repeat(500);
    let posts = send(&bridge, &thread, &line("d1", &text)).await;
    assert_eq!(posts.len(), 4);
    let indexes: Vec<u32> = posts.iter().map(|post| post.carries[0].index).collect();
    assert_eq!(indexes, [0, 1, 2, 3]);
    let shown = server.posts(root(&thread));
    let bodies: String = shown
        .iter()
        .map(|post| post.text.strip_prefix("Ada (visitor)\n").unwrap())
        .collect();
    assert_eq!(bodies, text);

    let mut rest = line("d1", &text);
    rest.parts_done = 3;
    let last = send(&bridge, &thread, &rest).await;
    assert_eq!((last.len(), last[0].carries[0].index), (1, 3));
    assert_eq!(
        server.posts(root(&thread)).pop().unwrap().text,
        shown[3].text
    );
}

#[tokio::test]
async fn what_an_earlier_attempt_posted_is_not_said_again() {
    let (server, bridge) = pair().await;
    let mut first = card();
    first.doubt_since = Some(0);
    let one = bridge.open(&channel(), "", &first).await.unwrap();
    let two = patiently(async || bridge.open(&channel(), "", &first).await).await;
    assert_eq!(one.thread, two.thread);
    assert_eq!(server.cards().len(), 1);

    let text = "All work and no play. ".repeat(300);
    let mut long = line("d1", &text);
    let posts = send(&bridge, &one.thread, &long).await;
    long.doubt_since = Some(0);
    let again = send(&bridge, &one.thread, &long).await;
    assert_eq!(posts, again);
    assert_eq!(server.posts(root(&one.thread)).len(), posts.len());
}

#[tokio::test]
async fn edits_follow_the_words_and_deletions_take_all_away() {
    let (server, bridge) = pair().await;
    let thread = opened(&bridge).await;
    let ts = root(&thread).to_owned();
    let ids = |posts: &[hinny_bridges::Post]| {
        posts.iter().map(|post| post.id.clone()).collect::<Vec<_>>()
    };
    let posts = send(&bridge, &thread, &line("d1", "short")).await;
    let long = line("d1", &"long ".repeat(1_000));
    let edit = PostChange::Edit(vec![long.clone()]);
    let posts = patiently(async || bridge.change(&thread, &ids(&posts)[..], &edit).await).await;
    assert_eq!(posts.len(), 2);
    assert!(posts[1].carries[0].last);
    assert_eq!(server.posts(&ts).len(), 2);

    let edit = PostChange::Edit(vec![line("d1", "short again")]);
    let posts_now = patiently(async || bridge.change(&thread, &ids(&posts)[..], &edit).await).await;
    let shown = server.posts(&ts);
    assert_eq!(
        (shown.len(), shown[0].text.as_str()),
        (1, "Ada (visitor)\nshort again")
    );
    let carries: Vec<usize> = posts_now.iter().map(|post| post.carries.len()).collect();
    assert_eq!(carries, [1, 0]);

    for _ in 0..2 {
        patiently(async || {
            bridge
                .change(&thread, &ids(&posts_now)[..], &PostChange::Delete)
                .await
        })
        .await;
        assert!(server.posts(&ts).is_empty());
    }
    patiently(async || bridge.change(&thread, &ids(&posts_now)[..], &edit).await).await;
    assert!(server.posts(&ts).is_empty());
}

#[tokio::test]
async fn signs_and_marks_are_reactions_and_may_come_twice() {
    let (server, bridge) = pair().await;
    let thread = opened(&bridge).await;
    let ts = root(&thread).to_owned();
    let said = server.agent("U1", "Ann").says(&ts, "Hello");
    let post = [hinny_bridges::PostId(format!("{CHANNEL}/{said}"))];
    let names = |ts: &str| {
        let message = server.message(ts).unwrap();
        let all = message["reactions"].as_array().cloned().unwrap_or_default();
        all.iter()
            .map(|one| one["name"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    for on in [true, true, false, false, true] {
        let change = PostChange::React {
            sign: Sign::Seen,
            on,
        };
        patiently(async || bridge.change(&thread, &post, &change).await).await;
        assert_eq!(names(&said).len(), usize::from(on));
    }
    for (mark, expected) in [
        (Mark::Done, 1),
        (Mark::Done, 1),
        (Mark::Open, 0),
        (Mark::Open, 0),
    ] {
        patiently(async || bridge.mark(&thread, &mark).await).await;
        assert_eq!(names(&ts).len(), expected);
    }
}

#[tokio::test]
async fn who_takes_a_conversation_follows_its_thread() {
    let (server, bridge) = pair().await;
    let thread = opened(&bridge).await;
    let ts = root(&thread).to_owned();
    server.agent("U2", "Bob").says(&ts, "I was here before");
    for member in ["U1", "U1", "U2"] {
        let by = member.to_owned();
        let mark = Mark::Taken { by };
        patiently(async || bridge.mark(&thread, &mark).await).await;
    }
    let posts = server.posts(&ts);
    assert_eq!(
        (posts.len(), posts[0].text.as_str()),
        (1, "@U1 answers from here on.")
    );
    assert_eq!(posts[0].pings, ["@U1", "U1"]);
}

#[tokio::test]
async fn files_follow_their_line_and_a_refused_one_is_named() {
    let (server, bridge) = pair().await;
    let thread = opened(&bridge).await;
    let ts = root(&thread).to_owned();
    let file = |name: &str| Attachment {
        name: name.to_owned(),
        mime: "image/png".to_owned(),
        bytes: bytes::Bytes::from_static(b"\x89PNG and more"),
    };
    let mut with_files = line("d1", "See:");
    with_files.files = vec![file("a.png"), file("b.exe"), file("c.png")];
    let posts = send(&bridge, &thread, &with_files).await;
    let shown = server.posts(&ts);
    assert_eq!((posts.len(), shown.len()), (4, 4));
    assert_eq!(shown[1].files, ["a.png"]);
    assert!(
        shown[2]
            .text
            .ends_with("(file b.exe could not be shown here)"),
        "{}",
        shown[2].text
    );
    assert_eq!(
        server.file("a.png").unwrap().bytes.unwrap(),
        b"\x89PNG and more"
    );
    assert!(posts[3].carries[0].last);

    with_files.doubt_since = Some(0);
    send(&bridge, &thread, &with_files).await;
    assert_eq!(server.posts(&ts).len(), 4);

    let ids: Vec<_> = posts.iter().map(|post| post.id.clone()).collect();
    patiently(async || bridge.change(&thread, &ids, &PostChange::Delete).await).await;
    assert!(server.posts(&ts).is_empty());
    assert!(server.violations().is_empty(), "{:?}", server.violations());
}

#[tokio::test]
async fn nothing_a_visitor_writes_pings_anybody() {
    let (server, bridge) = pair().await;
    let thread = opened(&bridge).await;
    let hostile = [
        "<!channel> <!here> <!everyone>",
        "@here @channel @everyone @ann",
        "<@U1> <@U1|ann> <!subteam^S1>",
        "[a](<@U1>) [<!here>](https://example.com)",
        "&lt;!here&gt; &amp;lt;!here>",
        "```<!here>``` `<@U1>` *<!here>* > <@U1>",
        "<!date^1^<!here>|<@U1>>",
        &("a".repeat(2_980) + "<!here>"),
    ];
    for text in hostile {
        let mut line = line("d1", text);
        send(&bridge, &thread, &line).await;
        line.text = Text::from_markdown(text);
        line.author = LineAuthor::Visitor {
            name: text.to_owned(),
        };
        send(&bridge, &thread, &line).await;
    }
    let posts = server.posts(root(&thread));
    assert!(posts.len() >= 2 * hostile.len());
    for post in posts {
        assert!(post.pings.is_empty(), "{:?} in {:?}", post.pings, post.text);
    }
}

#[tokio::test]
async fn naughty_strings_arrive_intact_in_the_thread() {
    let (server, bridge) = pair().await;
    let thread = opened(&bridge).await;
    let strings = naughty_strings();
    for string in &strings {
        send(&bridge, &thread, &line("d1", string)).await;
    }
    let posts = server.posts(root(&thread));
    assert_eq!(posts.len(), strings.len());
    for (post, string) in posts.iter().zip(&strings) {
        match string.is_empty() {
            true => assert_eq!(post.text, "Ada (visitor)"),
            false => assert_eq!(post.text, format!("Ada (visitor)\n{string}")),
        }
        assert!(post.pings.is_empty(), "{string}");
    }
}

#[tokio::test]
async fn the_real_limits_are_kept() {
    let server = SlackServer::start().await;
    let mut config = config(&server.url());
    config.limits = hinny_bridges::slack::Limits::default();
    let bridge = Slack::new(config).unwrap();
    let thread = opened(&bridge).await;
    for number in 0..4 {
        send(&bridge, &thread, &line(&format!("d{number}"), "Hello")).await;
    }
    let posts = server.posts(root(&thread));
    assert_eq!(posts.len(), 4);
    assert!(posts[3].at - posts[0].at >= Duration::from_secs(3));
    assert_eq!(server.limit_hits(), (0, 0));
}

/// Slack itself says where a thread is; without its answer there is a link that leads to the channel.
#[tokio::test]
async fn a_thread_has_the_link_that_slack_gives_it() {
    let (server, bridge) = pair().await;
    let thread = opened(&bridge).await;
    let name = root(&thread).replace('.', "");
    let wanted = format!("https://acme-test.slack.com/archives/{CHANNEL}/p{name}");
    assert_eq!(bridge.link(&thread).await, Some(wanted));
    server.fail_next("chat.getPermalink", 1, Fault::ServerError);
    let link = bridge.link(&thread).await.unwrap();
    assert!(
        link.starts_with("https://slack.com/app_redirect?"),
        "{link}"
    );
}
