//! From hinny into a topic.

use serde_json::json;

use super::*;

#[tokio::test]
async fn a_conversation_becomes_a_topic() {
    let server = TelegramServer::start().await;
    let bridge = bridge(&server);
    let thread = bridge
        .open(&channel(), "Ada: broken bike", &card())
        .await
        .unwrap()
        .thread;
    let batch = [line("d1", "Hello"), line("d2", "My bike is broken")];
    let posts = bridge.send(&thread, &batch).await.unwrap();

    assert_eq!(server.topics()[0].name, "Ada: broken bike");
    let shown = server.await_posts(topic_of(&thread), 1).await;
    assert_eq!(shown[0].text, "Ada (visitor)\nHello\nMy bike is broken");
    assert_eq!(
        shown[0].entities,
        [json!({"type": "bold", "offset": 0, "length": 13})]
    );
    assert_eq!(posts[0].id.0, format!("{CHAT}/{}", shown[0].id));
    let carried: Vec<_> = posts[0].carries.iter().map(|part| &part.delivery).collect();
    assert_eq!(carried, ["d1", "d2"]);
}

#[tokio::test]
async fn titles_are_made_to_fit() {
    let server = TelegramServer::start().await;
    let bridge = bridge(&server);
    for title in ["", " \n ", "a\nb", &"😀".repeat(200)] {
        bridge.open(&channel(), title, &card()).await.unwrap();
    }
    let names: Vec<_> = server
        .topics()
        .into_iter()
        .map(|topic| topic.name)
        .collect();
    assert_eq!(names[..3], ["Conversation", "Conversation", "a b"]);
    assert_eq!(names[3].chars().count(), 64);
}

#[tokio::test]
async fn a_long_line_arrives_in_parts_and_goes_on_after_a_stop() {
    let server = TelegramServer::start().await;
    let bridge = bridge(&server);
    let thread = opened(&bridge).await;
    let text = "All work and no play. ".repeat(500);
    let mut long = line("d1", &text);

    server.fail_next("sendMessage", 1, platform::Fault::TooMany(0));
    let stopped = bridge
        .send(&thread, std::slice::from_ref(&long))
        .await
        .unwrap_err();
    assert!(stopped.sent.is_empty());
    let first = bridge
        .send(&thread, std::slice::from_ref(&long))
        .await
        .unwrap();
    assert_eq!(first.len(), 3);
    long.parts_done = 2;
    let rest = bridge.send(&thread, &[long]).await.unwrap();
    assert_eq!(rest[0].carries[0].index, 2);
    assert!(rest[0].carries[0].last);

    let posts = server.posts(topic_of(&thread));
    let bodies = posts
        .iter()
        .map(|post| post.text.split_once('\n').unwrap().1);
    let bodies: Vec<_> = bodies.collect();
    assert_eq!(bodies[..3].concat(), text);
    assert_eq!(bodies[2], bodies[3]);
}

#[tokio::test]
async fn closing_and_opening_again() {
    let server = TelegramServer::start().await;
    let bridge = bridge(&server);
    let thread = opened(&bridge).await;
    for open in [false, false, true, true] {
        bridge.mark(&thread, &mark(open)).await.unwrap();
        assert_eq!(server.topics()[0].open, open);
    }
    server.close_topic(topic_of(&thread));
    bridge
        .send(&thread, &[line("d1", "Still there?")])
        .await
        .unwrap();
    assert!(server.topics()[0].open);
    assert_eq!(server.posts(topic_of(&thread)).len(), 1);
}

#[tokio::test]
async fn nothing_a_visitor_writes_pings_anybody() {
    let server = TelegramServer::start().await;
    let bridge = bridge(&server);
    let thread = bridge
        .open(&channel(), "@ann", &card())
        .await
        .unwrap()
        .thread;
    let many = "@ann ".repeat(300);
    let hostile = [
        "@ann",
        "@everyone and @\u{202e}ann",
        "tg://user?id=4242",
        "[Ann](tg://user?id=4242)",
        "<a href=\"tg://user?id=4242\">Ann</a>",
        "*@ann* _@ann_ `@ann` @ann_",
        "x@\nann @@ann (@ann)",
        &("a".repeat(4_070) + "@example.com @ann"),
        &many,
    ];
    for text in hostile {
        let mut line = line("d1", text);
        bridge
            .send(&thread, std::slice::from_ref(&line))
            .await
            .unwrap();
        line.text = Text::from_markdown(text);
        line.author = LineAuthor::Visitor {
            name: text.to_owned(),
        };
        bridge.send(&thread, &[line]).await.unwrap();
    }
    let posts = server.posts(topic_of(&thread));
    assert!(posts.len() >= 2 * hostile.len());
    for post in posts {
        assert!(post.pings.is_empty(), "{:?} in {:?}", post.pings, post.text);
    }
}

#[tokio::test]
async fn naughty_strings_arrive_intact_in_the_topic() {
    let server = TelegramServer::start().await;
    let bridge = bridge(&server);
    let thread = opened(&bridge).await;
    for string in naughty_strings() {
        bridge.send(&thread, &[line("d1", &string)]).await.unwrap();
        let post = server.all_posts().pop().unwrap();
        assert_eq!(post.text, format!("Ada (visitor)\n{string}"));
        assert!(post.pings.is_empty(), "{string}");
    }
}

#[tokio::test]
async fn the_check_names_what_is_wrong() {
    let server = TelegramServer::start().await;
    server.add_group(-5, false);
    let check = async |chats: Vec<i64>| {
        let mut config = config(&server.url());
        config.chats = chats;
        Telegram::new(config).unwrap().check().await
    };
    assert!(check(vec![CHAT]).await.is_ok());
    let without_topics = check(vec![CHAT, -5]).await.unwrap_err().to_string();
    assert!(
        without_topics.contains("the group -5 has no topics"),
        "{without_topics}"
    );
    let unknown = check(vec![-6]).await.unwrap_err().to_string();
    assert!(unknown.contains("chat not found"), "{unknown}");
}

/// Private links leave out the first digits of a supergroup's number, and a topic is named by its first message.
#[tokio::test]
async fn a_thread_has_a_link_that_leads_to_its_topic() {
    let server = TelegramServer::start().await;
    let bridge = bridge(&server);
    let thread = opened(&bridge).await;
    let group = CHAT.to_string();
    let group = group.strip_prefix("-100").unwrap();
    let topic = server.topics()[0].id;
    let wanted = format!("https://t.me/c/{group}/{topic}");
    assert_eq!(bridge.link(&thread).await, Some(wanted));
}
