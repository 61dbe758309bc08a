//! From a thread into hinny: in order, and once.

use hinny_bridges::{Aside, Button, Look, Origin};

use super::*;
use platform::FORUM;

#[tokio::test]
async fn an_agent_answers_in_the_thread() {
    let server = DiscordServer::start().await;
    let bridge = bridge(&server);
    let opened = open(&bridge).await;
    let thread = number(&opened.thread);
    let mut listening = Listening::start(&server, bridge).await;
    let ann = server.agent(ANN, "Ann");
    let first = ann.says(thread, "On **it!**");
    ann.says(thread, "!close");
    ann.says(CHANNEL, "Lunch?");

    let reply = listening.next().await;
    assert_eq!(reply.event_id, format!("said:{first}"));
    assert_eq!(reply.origin, Origin::Thread(opened.thread.clone()));
    assert_eq!(
        (reply.agent.id.as_str(), reply.agent.name.as_str()),
        ("4242", "Ann")
    );
    assert_eq!(reply.agent.roles, [platform::TEAM.to_string()]);
    assert!(!reply.agent.guest);
    let said = said(&reply);
    let strong = Inline::Strong {
        children: vec![plain("it!")],
    };
    let children = vec![plain("On "), strong];
    assert_eq!(said.text.0, [Block::Paragraph { children }]);
    assert_eq!((said.quotes.clone(), said.aside), (None, None));
    assert_eq!(words(&listening.next().await), "!close");
    let elsewhere = listening.next().await;
    assert_eq!(elsewhere.origin, Origin::Channel(channel(CHANNEL)));
}

#[tokio::test]
async fn what_seems_meant_for_a_colleague_is_marked() {
    let server = DiscordServer::start().await;
    let bridge = bridge(&server);
    let opened = open(&bridge).await;
    let thread = number(&opened.thread);
    let posts = send(&bridge, &opened.thread, &[line("d1", "Hello")]).await;
    let ours = id_of(&posts[0]);
    let mut listening = Listening::start(&server, bridge).await;
    let (ann, bob) = (server.agent(ANN, "Ann"), server.agent(77, "Bob"));
    let theirs = bob.says(thread, "I look");
    assert_eq!(listening.said().await.aside, None);

    for (text, aside) in [
        ("<@77> can you?", Some(Aside::Mention)),
        ("<@&3000> anyone?", Some(Aside::Mention)),
        ("@everyone look", Some(Aside::Mention)),
        ("<@42> hello bot", None),
        ("<@42> <@77> hello", Some(Aside::Mention)),
        ("ask <@77> about it", None),
    ] {
        ann.says(thread, text);
        assert_eq!(listening.said().await.aside, aside, "{text}");
    }
    ann.replies(thread, theirs, "Thanks");
    let said = listening.said().await;
    assert_eq!(
        (said.aside, said.quotes),
        (Some(Aside::Reply), Some(post_id(theirs)))
    );
    ann.replies(thread, ours, "Hello Ada");
    let said = listening.said().await;
    assert_eq!((said.aside, said.quotes), (None, Some(post_id(ours))));
}

#[tokio::test]
async fn bots_webhooks_and_discord_itself_are_nobody() {
    let server = DiscordServer::start().await;
    let bridge = bridge(&server);
    let opened = open(&bridge).await;
    let thread = number(&opened.thread);
    let mut listening = Listening::start(&server, bridge.clone()).await;
    let ann = server.agent(ANN, "Ann");
    server.bot(9, "Robot").says(thread, "beep");
    ann.says_by_webhook(thread, "from elsewhere");
    for kind in [1, 6, 8, 18, 20] {
        ann.makes_service_message(thread, kind);
    }
    send(&bridge, &opened.thread, &[line("d1", "our own")]).await;
    ann.archives(thread);
    ann.says(thread, "hello");
    assert_eq!(words(&listening.next().await), "hello");
}

#[tokio::test]
async fn a_guest_is_marked() {
    let server = DiscordServer::start().await;
    let bridge = bridge(&server);
    let thread = number(&open(&bridge).await.thread);
    let ann = server.agent(ANN, "Ann");
    ann.says(thread, "I leave");
    ann.becomes(|member| member.gone = true);
    // The history does not carry the member, and nobody of this id is on the server any more.
    let live = LiveThread {
        thread: Thread::Discord(DiscordThread {
            channel: CHANNEL,
            thread,
        }),
        after: None,
        kept: Vec::new(),
    };
    let mut listening = Listening::with(&server, bridge, vec![live]).await;
    let inbound = listening.next().await;
    assert!(inbound.agent.guest);
    assert!(inbound.agent.roles.is_empty());
}

#[tokio::test]
async fn a_press_is_acknowledged_at_once_and_handed_in() {
    let server = DiscordServer::start().await;
    let bridge = bridge(&server);
    let mut card = card();
    card.buttons = vec![vec![Button {
        action: "take".to_owned(),
        label: "Take".to_owned(),
        look: Look::Primary,
    }]];
    for place in [CHANNEL, FORUM] {
        card.delivery = format!("c{place}");
        let opened = bridge.open(&channel(place), "Ada", &card).await.unwrap();
        let mut listening = Listening::start(&server, bridge.clone()).await;
        let ann = server.agent(ANN, "Ann");
        let press = ann.presses(number(&opened.thread), "Take");
        let inbound = listening.next().await;
        assert_eq!(inbound.event_id, format!("pressed:{press}"));
        assert_eq!(inbound.origin, Origin::Thread(opened.thread.clone()));
        let (post, action) = (opened.posts[0].id.clone(), "take".to_owned());
        assert_eq!(inbound.what, Happened::Pressed { post, action });
        assert_eq!(
            (inbound.agent.name.as_str(), inbound.agent.roles.len()),
            ("Ann", 1)
        );
        let answered = |state: &platform::State| {
            let press = state.presses.iter().find(|one| one.id == press)?;
            press.answered.map(|at| at.duration_since(press.at))
        };
        let took = server.until("an acknowledged press", answered).await;
        assert!(took < Duration::from_secs(3), "{took:?}");
    }
}

/// The disk may take its time; the press may not.
#[tokio::test]
async fn a_press_does_not_wait_for_what_is_stored_before_it() {
    struct Stuck;
    #[async_trait]
    impl Inbox for Stuck {
        async fn receive(&self, _: Inbound) -> Result<(), NotStored> {
            std::future::pending().await
        }
        async fn live(&self, _: &ConnectionId) -> Result<Vec<LiveThread>, NotStored> {
            Ok(Vec::new())
        }
    }
    let server = DiscordServer::start().await;
    let bridge = bridge(&server);
    let mut card = card();
    card.buttons = vec![vec![Button {
        action: "take".to_owned(),
        label: "Take".to_owned(),
        look: Look::Plain,
    }]];
    let opened = bridge.open(&channel(CHANNEL), "Ada", &card).await.unwrap();
    let task = tokio::spawn(async move { bridge.listen(&Stuck).await });
    server.await_handshakes(1, 0).await;
    let ann = server.agent(ANN, "Ann");
    ann.says(number(&opened.thread), "hello");
    ann.presses(number(&opened.thread), "Take");
    let answered = |state: &platform::State| state.presses[0].answered;
    server.until("an acknowledged press", answered).await;
    task.abort();
}

#[tokio::test]
async fn repeated_and_swapped_events_have_the_ids_that_put_them_right() {
    let server = DiscordServer::start().await;
    let bridge = bridge(&server);
    let thread = number(&open(&bridge).await.thread);
    let mut listening = Listening::start(&server, bridge).await;
    let ann = server.agent(ANN, "Ann");
    server.repeat_next_event();
    let one = ann.says(thread, "one");
    let (first, second) = (listening.next().await, listening.next().await);
    assert_eq!(first, second);
    assert_eq!(first.event_id, format!("said:{one}"));
    server.swap_next_events();
    let two = ann.says(thread, "two");
    let three = ann.says(thread, "three");
    let swapped = [listening.next().await, listening.next().await];
    let ids = swapped.map(|inbound| inbound.event_id);
    assert_eq!(ids, [format!("said:{three}"), format!("said:{two}")]);
}

#[tokio::test]
async fn a_deleted_thread_and_a_deleted_channel_are_told() {
    let server = DiscordServer::start().await;
    let bridge = bridge(&server);
    let mut threads = Vec::new();
    for name in ["one", "two", "three"] {
        let mut card = card();
        card.delivery = name.to_owned();
        let opened = bridge.open(&channel(CHANNEL), name, &card).await.unwrap();
        threads.push(opened.thread);
    }
    let live = threads[1..].iter().map(|thread| LiveThread {
        thread: thread.clone(),
        after: None,
        kept: Vec::new(),
    });
    let mut listening = Listening::with(&server, bridge, live.collect()).await;
    let ann = server.agent(ANN, "Ann");
    ann.says(number(&threads[0]), "hello");
    assert_eq!(words(&listening.next().await), "hello");
    ann.deletes_channel(number(&threads[0]));
    let gone = listening.next().await;
    assert_eq!(
        (gone.what, gone.origin),
        (Happened::ThreadGone, Origin::Thread(threads[0].clone()))
    );
    ann.deletes_channel(CHANNEL);
    for thread in &threads[1..] {
        let gone = listening.next().await;
        assert_eq!(
            (gone.what, gone.origin),
            (Happened::ThreadGone, Origin::Thread(thread.clone()))
        );
    }
}

/// Discord adds fields and kinds of its own without asking; a message must not be lost by that.
#[tokio::test]
async fn a_message_in_a_shape_that_is_new_still_arrives() {
    let server = DiscordServer::start().await;
    let bridge = bridge(&server);
    let thread = number(&open(&bridge).await.thread);
    let mut listening = Listening::start(&server, bridge).await;
    server.agent(ANN, "Ann");
    server.with(|state| {
        let strange = serde_json::json!({
            "id": "99", "channel_id": thread.to_string(), "content": "from the future", "type": 0,
            "author": {"id": "4242", "username": "ann", "badge": {"kind": 7}},
            "timestamp": "next week", "mentions": null, "components": [{"type": 99}],
        });
        state.dispatch(Some(thread), "MESSAGE_CREATE", strange, 0);
        state.dispatch(None, "SOMETHING_NEW", serde_json::json!({"id": "1"}), 0);
    });
    assert_eq!(words(&listening.next().await), "from the future");
}
