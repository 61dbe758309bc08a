//! What the bridge makes of a platform that fails, and that its limits are kept, not hit.

use hinny_bridges::SendStopped;

use super::*;
use platform::Fault;

/// The decision as one word, and that no error ever shows the token.
fn decision(error: &SendError) -> &'static str {
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains("test-token"), "{shown}");
    match error {
        SendError::RateLimited { .. } => "wait",
        SendError::ThreadGone => "gone",
        SendError::Refused(_) => "refused",
        SendError::NoAccess(_) => "no access",
        SendError::Unauthorized(_) => "unauthorized",
        SendError::Unreachable(_) => "unreachable",
        SendError::Ambiguous(_) => "ambiguous",
    }
}

async fn send_one(bridge: &Telegram, thread: &Thread) -> Result<(), SendError> {
    match bridge.send(thread, &[line("d1", "Hello")]).await {
        Ok(_) => Ok(()),
        Err(SendStopped { error, .. }) => Err(error),
    }
}

#[tokio::test]
async fn every_fault_is_a_decision() {
    for (fault, expected, posted) in [
        (Fault::TooMany(3), "wait", 0),
        (Fault::ServerError, "ambiguous", 0),
        (Fault::Hang, "ambiguous", 0),
        (Fault::HangAfterAccept, "ambiguous", 1),
        (Fault::Reset, "ambiguous", 0),
        (Fault::ResetAfterAccept, "ambiguous", 1),
        (Fault::Refuse(400, "Bad Request: TOPIC_DELETED"), "gone", 0),
        (
            Fault::Refuse(400, "Bad Request: something else"),
            "refused",
            0,
        ),
        (Fault::Refuse(401, "Unauthorized"), "unauthorized", 0),
        (
            Fault::Refuse(403, "Forbidden: bot was kicked from the supergroup chat"),
            "no access",
            0,
        ),
    ] {
        let server = TelegramServer::start().await;
        let bridge = bridge(&server);
        let thread = opened(&bridge).await;
        server.fail_next("any", 1, fault);
        let error = send_one(&bridge, &thread).await.unwrap_err();
        assert_eq!(decision(&error), expected, "{fault:?}: {error}");
        assert_eq!(server.all_posts().len(), posted, "{fault:?}");
    }
}

#[tokio::test]
async fn a_platform_that_is_away_was_surely_not_reached() {
    let mut server = TelegramServer::start().await;
    let thread = bridge(&server)
        .open(&channel(), "Ada", &card())
        .await
        .unwrap()
        .thread;
    server.stop().await;
    let bridge = bridge(&server);
    let error = send_one(&bridge, &thread).await.unwrap_err();
    assert_eq!(decision(&error), "unreachable", "{error}");
    let (ledger, _seen) = ledger(0, Vec::new());
    assert_eq!(decision(&listen(&bridge, &ledger).await), "unreachable");
    assert_eq!(decision(&bridge.check().await.unwrap_err()), "unreachable");
}

#[tokio::test]
async fn a_wrong_token_is_said_by_every_verb() {
    let server = TelegramServer::start().await;
    let mut config = config(&server.url());
    config.token = Token::new("123:another-test-token".to_owned());
    let bridge = Telegram::new(config).unwrap();
    let thread = Thread::Telegram(TelegramThread {
        chat: CHAT,
        topic: 7,
    });
    let opened = bridge.open(&channel(), "Ada", &card()).await.unwrap_err();
    let (ledger, _seen) = ledger(0, Vec::new());
    for error in [
        opened,
        send_one(&bridge, &thread).await.unwrap_err(),
        bridge.mark(&thread, &mark(false)).await.unwrap_err(),
        bridge.check().await.unwrap_err(),
        listen(&bridge, &ledger).await,
    ] {
        assert_eq!(decision(&error), "unauthorized", "{error}");
    }
}

#[tokio::test]
async fn a_deleted_topic_is_gone() {
    let server = TelegramServer::start().await;
    let bridge = bridge(&server);
    let thread = opened(&bridge).await;
    server.delete_topic(topic_of(&thread));
    assert_eq!(
        decision(&send_one(&bridge, &thread).await.unwrap_err()),
        "gone"
    );
    assert_eq!(
        decision(&bridge.mark(&thread, &mark(true)).await.unwrap_err()),
        "gone"
    );
}

#[tokio::test]
async fn a_batch_that_stops_says_what_was_sent() {
    let server = TelegramServer::start().await;
    let bridge = bridge(&server);
    let thread = opened(&bridge).await;
    let batch = [
        line("d1", &"a ".repeat(2_000)),
        line("d2", &"b ".repeat(2_000)),
    ];
    let mut config = config(&server.url());
    config.per_minute = 1;
    let frugal = Telegram::new(config).unwrap();
    let stopped = frugal.send(&thread, &batch).await.unwrap_err();
    assert_eq!(decision(&stopped.error), "wait");
    assert_eq!(stopped.sent.len(), 1);
    assert_eq!(stopped.sent[0].carries[0].delivery, "d1");
    assert!(stopped.sent[0].carries[0].last);
    assert_eq!(bridge.send(&thread, &batch[1..]).await.unwrap().len(), 1);
}

#[tokio::test]
async fn the_limit_is_kept_without_asking_telegram() {
    let server = TelegramServer::start().await;
    server.enforce_limit(20);
    let mut config = config(&server.url());
    config.per_minute = 20;
    let bridge = Telegram::new(config).unwrap();
    let thread = opened(&bridge).await;
    let mut refused = 0;
    for _ in 0..60 {
        match send_one(&bridge, &thread).await {
            Ok(()) => {}
            Err(SendError::RateLimited { retry_after }) => {
                assert!(retry_after > Duration::from_secs(3), "{retry_after:?}");
                refused += 1;
            }
            Err(error) => panic!("{error}"),
        }
    }
    // Five calls in five seconds are the burst, and one of them made the topic.
    assert_eq!((server.all_posts().len(), refused), (4, 56));
    assert_eq!(server.calls("sendMessage").len(), 4);
    assert_eq!(server.limit_hits(), (0, 0));
}

/// Waits as the outbox does, and no longer than it is told to.
async fn send_all(bridge: &Telegram, thread: &Thread, batch: &[Line]) {
    let mut left = batch;
    while !left.is_empty() {
        match bridge.send(thread, left).await {
            Ok(_) => return,
            Err(SendStopped { sent, error }) => {
                let done: usize = sent.iter().map(|post| post.carries.len()).sum();
                left = &left[done..];
                let SendError::RateLimited { retry_after } = error else {
                    panic!("{error}");
                };
                tokio::time::sleep(retry_after).await;
            }
        }
    }
}

/// Several minutes at the limit, on a clock that runs a hundred times as fast.
#[tokio::test]
async fn the_limit_is_kept_minute_after_minute() {
    let minute = Duration::from_millis(600);
    let server = TelegramServer::start().await;
    server.enforce_limit_in(20, minute);
    let mut config = config(&server.url());
    config.per_minute = 20;
    config.minute = minute;
    let bridge = Telegram::new(config).unwrap();
    let thread = opened(&bridge).await;
    // No two of these fit into one message.
    let text = "word ".repeat(500);
    let batch: Vec<Line> = (0..50)
        .map(|number| line(&format!("d{number}"), &format!("{number}: {text}")))
        .collect();
    send_all(&bridge, &thread, &batch).await;
    let posts = server.posts(topic_of(&thread));
    assert_eq!(posts.len(), 50);
    for (number, post) in posts.iter().enumerate() {
        assert!(post.text.contains(&format!("\n{number}: ")), "{number}");
    }
    assert_eq!(server.limit_hits(), (0, 0));
}

#[tokio::test]
async fn a_surprising_429_silences_the_whole_group_and_no_other() {
    let server = TelegramServer::start().await;
    server.add_group(-7, true);
    let bridge = bridge(&server);
    let thread = opened(&bridge).await;
    server.fail_next("any", 1, Fault::TooMany(40));
    let error = send_one(&bridge, &thread).await.unwrap_err();
    assert!(matches!(error, SendError::RateLimited { retry_after } if retry_after.as_secs() == 40));
    let error = bridge.mark(&thread, &mark(false)).await.unwrap_err();
    assert_eq!(decision(&error), "wait");
    assert!(bridge.open(&channel(), "Bob", &card()).await.is_err());
    let other = Channel::Telegram(TelegramChannel { chat: -7 });
    assert!(bridge.open(&other, "Bob", &card()).await.is_ok());
    assert_eq!(server.limit_hits(), (1, 0));
}
