//! What the bridge makes of a platform that fails, and that its limits are kept, not hit.

use hinny_bridges::{Mark, SendStopped};

use super::*;
use platform::Fault;

/// The decision as one word, and that no error ever shows the token.
pub fn decision(error: &SendError) -> &'static str {
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

pub async fn send_one(bridge: &Discord, thread: &Thread) -> Result<(), SendError> {
    static NEXT: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
    let nth = NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    match bridge
        .send(thread, &[line(&format!("one{nth}"), "Hello")])
        .await
    {
        Ok(_) => Ok(()),
        Err(SendStopped { error, .. }) => Err(error),
    }
}

fn said_in(server: &DiscordServer, thread: &Thread) -> usize {
    let posts = server.posts(number(thread));
    posts.iter().filter(|post| post.kind == 0).count()
}

#[tokio::test]
async fn every_fault_is_a_decision() {
    for (fault, expected, posted) in [
        (Fault::TooMany(1.5), "wait", 0),
        (Fault::TooManyGlobal(1.5), "wait", 0),
        (Fault::ServerError(500), "ambiguous", 0),
        (Fault::ServerError(502), "ambiguous", 0),
        (Fault::Hang, "ambiguous", 0),
        (Fault::HangAfterAccept, "ambiguous", 1),
        (Fault::Reset, "ambiguous", 0),
        (Fault::ResetAfterAccept, "ambiguous", 1),
        (Fault::Refuse(404, 10_003), "gone", 0),
        (Fault::Refuse(400, 50_035), "refused", 0),
        (Fault::Refuse(401, 0), "unauthorized", 0),
        (Fault::Refuse(403, 50_001), "no access", 0),
        (Fault::Refuse(403, 50_013), "no access", 0),
    ] {
        let server = DiscordServer::start().await;
        let bridge = bridge(&server);
        let thread = open(&bridge).await.thread;
        server.fail_next("any", 1, fault);
        let error = send_one(&bridge, &thread).await.unwrap_err();
        assert_eq!(decision(&error), expected, "{fault:?}: {error}");
        assert_eq!(said_in(&server, &thread), posted, "{fault:?}");
    }
}

#[tokio::test]
async fn a_platform_that_is_away_was_surely_not_reached() {
    let mut server = DiscordServer::start().await;
    let thread = open(&bridge(&server)).await.thread;
    server.stop().await;
    let bridge = bridge(&server);
    let error = send_one(&bridge, &thread).await.unwrap_err();
    assert_eq!(decision(&error), "unreachable", "{error}");
    let (ledger, _seen) = ledger(0, Vec::new());
    let error = listen(bridge.as_ref(), &ledger).await;
    assert_eq!(decision(&error), "unreachable", "{error}");
    assert_eq!(decision(&bridge.check().await.unwrap_err()), "unreachable");
    server.come_back().await;
    assert!(bridge.check().await.is_ok());
    send_one(&bridge, &thread).await.unwrap();
}

#[tokio::test]
async fn a_wrong_token_is_said_by_every_verb_and_soon_not_tried_any_more() {
    let server = DiscordServer::start().await;
    let thread = open(&bridge(&server)).await.thread;
    let mut config = config(&server.url());
    config.token = Token::new("NDI.another-test-token.x".to_owned());
    let bridge = Discord::new(config).unwrap();
    let before = server.look(|state| state.calls.len());
    let (ledger, _seen) = ledger(0, Vec::new());
    for _ in 0..3 {
        for error in [
            bridge.check().await.unwrap_err(),
            send_one(&bridge, &thread).await.unwrap_err(),
            bridge.mark(&thread, &Mark::Done).await.unwrap_err(),
            bridge
                .open(&channel(CHANNEL), "Ada", &card())
                .await
                .unwrap_err(),
            bridge.typing(&thread).await.unwrap_err(),
            listen(&bridge, &ledger).await,
        ] {
            assert_eq!(decision(&error), "unauthorized", "{error}");
        }
    }
    assert_eq!(server.look(|state| state.calls.len()) - before, 3);
}

#[tokio::test]
async fn a_channel_that_refuses_is_left_alone_and_others_are_not() {
    let server = DiscordServer::start().await;
    let bridge = bridge(&server);
    let closed = open(&bridge).await.thread;
    let mut other = card();
    other.delivery = "d9".to_owned();
    let open = bridge.open(&channel(platform::FORUM), "Bob", &other).await;
    let open = open.unwrap().thread;
    server.fail_next("POST channels/messages", 5, Fault::Refuse(403, 50_013));
    for _ in 0..9 {
        let error = send_one(&bridge, &closed).await.unwrap_err();
        assert_eq!(decision(&error), "no access", "{error}");
    }
    // One call for the card and five refusals.
    assert_eq!(server.calls("POST channels/messages").len(), 6);
    send_one(&bridge, &open).await.unwrap();
}

#[tokio::test]
async fn limits_are_learnt_from_headers_and_kept() {
    let server = DiscordServer::start().await;
    let bridge = bridge(&server);
    let thread = open(&bridge).await.thread;
    let mut waits = Vec::new();
    for _ in 0..40 {
        match send_one(&bridge, &thread).await {
            Ok(()) => {}
            Err(SendError::RateLimited { retry_after }) => waits.push(retry_after),
            Err(error) => panic!("{error}"),
        }
    }
    assert_eq!((said_in(&server, &thread), waits.len()), (5, 35));
    assert!(
        waits.iter().all(|wait| *wait > Duration::from_secs(3)),
        "{waits:?}"
    );
    assert_eq!(server.limit_hits(), (0, 0));
    // Another channel has a bucket of its own.
    let forum = bridge.open(&channel(platform::FORUM), "Bob", &card()).await;
    send_one(&bridge, &forum.unwrap().thread).await.unwrap();
}

#[tokio::test]
async fn a_surprising_429_is_honoured_to_the_second() {
    let server = DiscordServer::start().await;
    server.relax_limits();
    let bridge = bridge(&server);
    let thread = open(&bridge).await.thread;
    let forum = bridge.open(&channel(platform::FORUM), "Bob", &card()).await;
    let forum = forum.unwrap().thread;
    for (fault, others) in [
        (Fault::TooMany(1.25), true),
        (Fault::TooManyGlobal(1.25), false),
    ] {
        server.fail_next("POST channels/messages", 1, fault);
        let error = send_one(&bridge, &thread).await.unwrap_err();
        let SendError::RateLimited { retry_after } = error else {
            panic!("{error}");
        };
        assert_eq!(retry_after, Duration::from_millis(1_250));
        let calls = server.look(|state| state.calls.len());
        let error = send_one(&bridge, &thread).await.unwrap_err();
        assert_eq!(decision(&error), "wait");
        assert_eq!(server.look(|state| state.calls.len()), calls);
        assert_eq!(send_one(&bridge, &forum).await.is_ok(), others);
        tokio::time::sleep(retry_after).await;
        send_one(&bridge, &thread).await.unwrap();
    }
    assert_eq!(server.limit_hits(), (2, 0));
}

/// Sends as the outbox does, and returns how often that failed.
async fn deliver(server: &DiscordServer, bridge: &Discord, thread: &Thread, mut one: Line) -> u32 {
    let mut failures = 0;
    loop {
        let attempt = i64::try_from(server.look(platform::State::now)).unwrap();
        let sent = bridge.send(thread, std::slice::from_ref(&one)).await;
        match sent.map_err(|stopped| stopped.error) {
            Ok(_) => return failures,
            Err(SendError::RateLimited { retry_after }) => tokio::time::sleep(retry_after).await,
            Err(_) => {
                one.doubt_since.get_or_insert(attempt);
            }
        }
        failures += 1;
    }
}

/// A seeded script of faults: with the outbox's patience every line stands in the thread once, in order.
#[tokio::test]
async fn lines_survive_a_script_of_faults_once_and_in_order() {
    let server = DiscordServer::start().await;
    server.relax_limits();
    let bridge = bridge(&server);
    let thread = open(&bridge).await.thread;
    server.fault_script(
        7,
        3,
        &[
            Fault::ServerError(503),
            Fault::ResetAfterAccept,
            Fault::Reset,
            Fault::TooMany(0.05),
            Fault::TooManyGlobal(0.05),
        ],
    );
    let mut failures = 0;
    for nth in 0..40 {
        let one = line(&format!("s{nth}"), &format!("line {nth}"));
        failures += deliver(&server, &bridge, &thread, one).await;
    }
    let posts = server.posts(number(&thread)).into_iter();
    let said: Vec<String> = posts
        .filter(|post| post.kind == 0)
        .map(|post| post.content.split_once('\n').unwrap().1.to_owned())
        .collect();
    let expected: Vec<String> = (0..40).map(|nth| format!("line {nth}")).collect();
    assert_eq!(said, expected);
    assert!(failures > 5, "{failures}");
}
