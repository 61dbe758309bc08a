//! What the bridge makes of a platform that fails.

use hinny_bridges::SendStopped;
use platform::Fault;

use super::*;

/// The decision as one word, and that no error ever shows a token or what somebody wrote.
fn decision(error: &SendError) -> &'static str {
    let shown = format!("{error} {error:?}");
    assert!(
        !shown.contains("test-token") && !shown.contains("Hello"),
        "{shown}"
    );
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

/// Waits only for the bridge's own budget, which is a matter of milliseconds here.
async fn send_one(bridge: &Slack, thread: &Thread) -> Result<(), SendError> {
    loop {
        match bridge.send(thread, &[line("d1", "Hello")]).await {
            Ok(_) => return Ok(()),
            Err(SendStopped { error, .. }) => match error {
                SendError::RateLimited { retry_after } if retry_after.as_millis() < 100 => {
                    tokio::time::sleep(retry_after).await;
                }
                error => return Err(error),
            },
        }
    }
}

#[tokio::test]
async fn every_fault_is_a_decision() {
    for (fault, expected, posted) in [
        (Fault::TooMany(3), "wait", 0),
        (Fault::ServerError, "ambiguous", 0),
        (Fault::Hang, "ambiguous", 0),
        (Fault::Reset, "ambiguous", 0),
        (Fault::HangAfterAccept, "fine", 1),
        (Fault::ResetAfterAccept, "fine", 1),
        (Fault::Refuse("thread_not_found"), "gone", 0),
        (Fault::Refuse("msg_too_long"), "refused", 0),
        (Fault::Refuse("is_archived"), "no access", 0),
        (Fault::Refuse("channel_not_found"), "no access", 0),
        (Fault::Refuse("invalid_auth"), "unauthorized", 0),
        (Fault::Refuse("account_inactive"), "unauthorized", 0),
    ] {
        let (server, bridge) = pair().await;
        let thread = opened(&bridge).await;
        server.fail_next("chat.postMessage", 1, fault);
        let decided = match send_one(&bridge, &thread).await {
            Ok(()) => "fine",
            Err(error) => decision(&error),
        };
        assert_eq!(decided, expected, "{fault:?}");
        assert_eq!(server.posts(root(&thread)).len(), posted, "{fault:?}");
    }
}

#[tokio::test]
async fn a_429_is_honoured_to_the_second() {
    let (server, bridge) = pair().await;
    let thread = opened(&bridge).await;
    server.fail_next("chat.postMessage", 1, Fault::TooMany(2));
    for _ in 0..2 {
        let Err(SendError::RateLimited { retry_after }) = send_one(&bridge, &thread).await else {
            panic!("the bridge must wait");
        };
        assert!(retry_after > Duration::from_secs(1) && retry_after <= Duration::from_secs(2));
    }
    send(&bridge, &thread, &line("d1", "Hello")).await;
    assert_eq!(server.limit_hits(), (1, 0));
}

#[tokio::test]
async fn a_platform_that_is_away_was_surely_not_reached() {
    let (mut server, bridge) = pair().await;
    let thread = opened(&bridge).await;
    server.stop().await;
    let fresh = Slack::new(config(&server.url())).unwrap();
    let error = send_one(&fresh, &thread).await.unwrap_err();
    assert_eq!(decision(&error), "unreachable", "{error}");
    assert_eq!(decision(&fresh.check().await.unwrap_err()), "unreachable");
}

#[tokio::test]
async fn listening_ends_with_what_is_wrong() {
    let (ledger, _seen) = ledger(0, Vec::new());
    let token = |text: &str| Token::new(text.to_owned());
    let (server, _) = pair().await;
    let mut wrong_bot = config(&server.url());
    wrong_bot.bot_token = token("xoxb-wrong");
    let mut wrong_app = config(&server.url());
    wrong_app.app_token = token("xapp-wrong");
    for config in [wrong_bot, wrong_app] {
        let error = Slack::new(config).unwrap().listen(&ledger).await;
        assert_eq!(decision(&error), "unauthorized", "{error}");
    }
    let bridge = Slack::new(config(&server.url())).unwrap();
    let (error, ()) = tokio::join!(bridge.listen(&ledger), async {
        server.await_sockets(1).await;
        server.disconnect("link_disabled");
    });
    assert_eq!(decision(&error), "unauthorized", "{error}");
}

#[tokio::test]
async fn a_missing_scope_is_named() {
    let (server, bridge) = pair().await;
    server.change(|state| state.scopes.remove("chat:write"));
    let error = bridge.open(&channel(), "", &card()).await.unwrap_err();
    assert_eq!(decision(&error), "no access");
    assert!(error.to_string().contains("chat:write"), "{error}");
}

/// Sends until it is done, as the outbox does: after an unknown outcome with a doubt.
async fn insist(bridge: &Slack, thread: &Thread, mut line: Line) {
    for _ in 0..100 {
        let stopped = match bridge.send(thread, std::slice::from_ref(&line)).await {
            Ok(_) => return,
            Err(stopped) => stopped,
        };
        line.parts_done += u32::try_from(stopped.sent.len()).unwrap();
        match stopped.error {
            SendError::RateLimited { retry_after } => tokio::time::sleep(retry_after).await,
            SendError::Ambiguous(_) => line.doubt_since = Some(0),
            SendError::Unreachable(_) => {}
            other => panic!("{other:?}"),
        }
    }
    panic!("a hundred tries were not enough");
}

#[tokio::test(flavor = "multi_thread")]
async fn by_a_seeded_dice_everything_arrives_once_in_both_directions() {
    for seed in 1..=3 {
        let server = SlackServer::start().await;
        server.hurry(HURRY);
        let mut config = config(&server.url());
        config.request_timeout = Duration::from_millis(400);
        let bridge = Arc::new(Slack::new(config).unwrap());
        let thread = opened(&bridge).await;
        let live = LiveThread {
            thread: thread.clone(),
            after: None,
            kept: Vec::new(),
        };
        let mut listening = Once::with(&bridge, 0, vec![live]);
        server.await_sockets(1).await;
        server.misbehave(seed, 12);
        talk(&server, &bridge, &thread).await;
        check_talk(&server, &thread, &mut listening, seed).await;
    }
}

async fn talk(server: &SlackServer, bridge: &Slack, thread: &Thread) {
    let ann = server.agent("U1", "Ann");
    for number in 0..8 {
        ann.says(root(thread), &format!("in {number}"));
        let line = line(&format!("d{number}"), &format!("out {number}"));
        insist(bridge, thread, line).await;
    }
}

async fn check_talk(server: &SlackServer, thread: &Thread, listening: &mut Once, seed: u64) {
    let posts = server.posts(root(thread)).into_iter();
    let shown: Vec<String> = posts.map(|post| post.text).collect();
    let expected = |before: &str| {
        (0..8)
            .map(|number| format!("{before}{number}"))
            .collect::<Vec<_>>()
    };
    assert_eq!(shown, expected("Ada (visitor)\nout "), "seed {seed}");
    let mut heard = Vec::new();
    while heard.len() < 8 {
        heard.push(words(&listening.next().await));
    }
    heard.sort();
    assert_eq!(heard, expected("in "), "seed {seed}");
    assert!(server.violations().is_empty(), "{:?}", server.violations());
}
