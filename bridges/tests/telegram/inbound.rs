//! From a topic into hinny: in order, each confirmed only when it is stored.

use hinny_bridges::Origin;
use serde_json::json;

use super::*;

#[tokio::test]
async fn an_agent_answers_in_the_topic() {
    let server = TelegramServer::start().await;
    let bridge = Arc::new(bridge(&server));
    let thread = opened(&bridge).await;
    let mut listening = Listening::start(bridge, 0);
    let bold = json!([{"type": "bold", "offset": 3, "length": 4}]);
    server.agent_says_styled(topic_of(&thread), "On it!", bold);
    server.agent_says(topic_of(&thread), "!close");
    server.agent_says_in_general("Lunch?");

    let reply = listening.next().await;
    assert_eq!(reply.origin, Origin::Thread(thread.clone()));
    assert_eq!(
        (reply.agent.id.as_str(), reply.agent.name.as_str()),
        ("4242", "Ann")
    );
    let text = text_of(&reply);
    let strong = Inline::Strong {
        children: vec![Inline::Text { text: "it!".into() }],
    };
    let on = Inline::Text { text: "On ".into() };
    assert_eq!(
        text.0,
        [Block::Paragraph {
            children: vec![on, strong]
        }]
    );
    assert_eq!(words(&listening.next().await), "!close");
    assert_eq!(listening.next().await.origin, Origin::Channel(channel()));
    server.await_all_confirmed().await;
}

#[tokio::test]
async fn what_is_not_stored_is_not_confirmed_and_comes_again() {
    let server = TelegramServer::start().await;
    let bridge = Arc::new(bridge(&server));
    let thread = opened(&bridge).await;
    let said = ["one", "two", "three"].map(|text| {
        let id = server.agent_says(topic_of(&thread), text);
        format!("said:{CHAT}/{id}")
    });
    let (full, _seen) = ledger(1, Vec::new());
    let stopped = listen(bridge.as_ref(), &full).await.to_string();
    assert!(stopped.contains("the disk is full"), "{stopped}");
    assert_eq!(server.pending_updates(), 3);

    let mut listening = Listening::start(bridge, 0);
    let mut ids = Vec::new();
    for text in ["one", "two", "three"] {
        let inbound = listening.next().await;
        assert_eq!(words(&inbound), text);
        ids.push(inbound.event_id);
    }
    assert_eq!(ids, said);
    server.await_all_confirmed().await;
}

/// The one that fails in the middle of a batch must not confirm those behind it, and those before it may
/// only come again under the same id.
#[tokio::test]
async fn a_failure_in_the_middle_of_a_batch() {
    struct SecondFails(Mutex<Vec<String>>);
    #[async_trait]
    impl Inbox for SecondFails {
        async fn receive(&self, inbound: Inbound) -> Result<(), NotStored> {
            let mut seen = self.0.lock().unwrap();
            let first_time = !seen.contains(&inbound.event_id);
            seen.push(inbound.event_id);
            match seen.len() == 2 && first_time {
                true => Err(NotStored("busy".to_owned())),
                false => Ok(()),
            }
        }
    }
    let server = TelegramServer::start().await;
    let bridge = bridge(&server);
    let thread = opened(&bridge).await;
    let said = ["one", "two", "three"].map(|text| {
        let id = server.agent_says(topic_of(&thread), text);
        format!("said:{CHAT}/{id}")
    });
    let inbox = SecondFails(Mutex::default());
    listen(&bridge, &inbox).await;
    assert_eq!(server.pending_updates(), 3);
    tokio::select! {
        error = bridge.listen(&inbox) => panic!("the second time all is well, not {error}"),
        () = server.await_all_confirmed() => {}
    }
    let seen = inbox.0.lock().unwrap().clone();
    assert_eq!(
        seen,
        [0, 1, 0, 1, 2].map(|index: usize| said[index].clone())
    );
}

/// While one message is being stored nothing behind it is confirmed and nothing more is asked for.
#[tokio::test]
async fn the_next_poll_waits_for_the_disk() {
    struct Slow(tokio::sync::Semaphore, tokio::sync::Notify);
    #[async_trait]
    impl Inbox for Slow {
        async fn receive(&self, _: Inbound) -> Result<(), NotStored> {
            self.1.notify_one();
            self.0.acquire().await.unwrap().forget();
            Ok(())
        }
    }
    let server = TelegramServer::start().await;
    let bridge = Arc::new(bridge(&server));
    let thread = opened(&bridge).await;
    server.agent_says(topic_of(&thread), "one");
    let inbox = Arc::new(Slow(
        tokio::sync::Semaphore::new(0),
        tokio::sync::Notify::new(),
    ));
    let slow = inbox.clone();
    let task = tokio::spawn(async move { bridge.listen(&*slow).await });
    inbox.1.notified().await;
    assert_eq!(
        (server.pending_updates(), server.calls("getUpdates").len()),
        (1, 1)
    );
    inbox.0.add_permits(1);
    server.await_calls("getUpdates", 2).await;
    server.await_all_confirmed().await;
    task.abort();
}

#[tokio::test]
async fn repeats_keep_their_id_and_a_restart_fetches_what_was_missed() {
    let server = TelegramServer::start().await;
    let bridge = Arc::new(bridge(&server));
    let thread = opened(&bridge).await;
    let mut listening = Listening::start(bridge.clone(), 0);
    server.agent_says(topic_of(&thread), "one");
    let first = listening.next().await;
    server.await_all_confirmed().await;
    server.repeat_updates(1);
    assert_eq!(listening.next().await.event_id, first.event_id);
    drop(listening);

    server.agent_says(topic_of(&thread), "while hinny was away");
    let mut listening = Listening::start(bridge, 0);
    assert_eq!(words(&listening.next().await), "while hinny was away");
}

#[tokio::test]
async fn listening_survives_what_telegram_does_to_it() {
    use platform::Fault;
    let server = TelegramServer::start().await;
    let bridge = Arc::new(bridge(&server));
    let thread = opened(&bridge).await;
    for fault in [
        Fault::Reset,
        Fault::Refuse(
            409,
            "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
        ),
    ] {
        server.fail_next("getUpdates", 1, fault);
    }
    let mut listening = Listening::start(bridge, 0);
    server.agent_says(topic_of(&thread), "hello");
    assert_eq!(words(&listening.next().await), "hello");
}

#[tokio::test]
async fn bots_are_nobody_but_their_updates_are_confirmed() {
    let server = TelegramServer::start().await;
    let bridge = Arc::new(bridge(&server));
    let thread = opened(&bridge).await;
    let mut listening = Listening::start(bridge, 0);
    server.push_update("some_later_kind", json!({"message_id": 1}));
    server.close_topic(topic_of(&thread));
    server.agent_says(topic_of(&thread), "hello");
    assert_eq!(words(&listening.next().await), "hello");
    server.await_all_confirmed().await;
}

#[tokio::test]
async fn naughty_strings_arrive_intact_from_the_topic() {
    let server = TelegramServer::start().await;
    let bridge = Arc::new(bridge(&server));
    let thread = opened(&bridge).await;
    let mut listening = Listening::start(bridge, 0);
    let visible = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    for string in naughty_strings() {
        if string.trim().is_empty() {
            continue;
        }
        server.agent_says(topic_of(&thread), &string);
        let arrived = words(&listening.next().await);
        assert_eq!(visible(&arrived), visible(&string));
    }
}

/// A poll may last longer than any other call; silence is no failure.
#[tokio::test]
async fn a_quiet_group_is_polled_with_patience() {
    let server = TelegramServer::start().await;
    let mut config = config(&server.url());
    config.poll_timeout = Duration::from_secs(1);
    let _listening = Listening::start(Arc::new(Telegram::new(config).unwrap()), 0);
    let polls = server.await_calls("getUpdates", 2).await;
    assert_eq!(polls[0].status, 200);
    assert!(polls[1].at - polls[0].at >= Duration::from_secs(1));
}
