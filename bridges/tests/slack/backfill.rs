//! What happened while nobody listened.

use hinny_bridges::{Origin, PostId};
use platform::Fault;

use super::*;

fn post(ts: &str) -> PostId {
    PostId(format!("{CHANNEL}/{ts}"))
}

fn live(thread: &Thread, after: Option<&str>, kept: &[&str]) -> LiveThread {
    LiveThread {
        thread: thread.clone(),
        after: after.map(post),
        kept: kept.iter().map(|ts| post(ts)).collect(),
    }
}

#[tokio::test]
async fn messages_edits_and_deletions_are_made_up_for() {
    let (server, bridge) = pair().await;
    let bridge = Arc::new(bridge);
    let thread = opened(&bridge).await;
    let ts = root(&thread).to_owned();
    let ann = server.agent("U1", "Ann");
    let [one, two, three] = ["one", "two", "three"].map(|text| ann.says(&ts, text));
    // From here on the server is down.
    let edited_at = ann.edits(&one, "one, better");
    ann.deletes(&two);
    send(&bridge, &thread, &line("d1", "still here?")).await;
    server.bot("U9", "Zap").says(&ts, "beep");
    let four = ann.says(&ts, "four");
    let five = ann.says(&ts, "five");
    let five_edited_at = ann.edits(&five, "five, better");

    let live = live(&thread, Some(&three), &[&one, &two, &three]);
    let mut listening = Once::with(&bridge, 0, vec![live]);
    let mut ids = Vec::new();
    while ids.len() < 6 {
        let inbound = listening.next().await;
        assert_eq!(inbound.origin, Origin::Thread(thread.clone()));
        ids.push(inbound.event_id);
    }
    let post = |ts: &str| post(ts).0;
    assert_eq!(
        ids,
        [
            format!("said:{}", post(&one)),
            format!("edited:{}:{edited_at}", post(&one)),
            format!("said:{}", post(&four)),
            format!("said:{}", post(&five)),
            format!("edited:{}:{five_edited_at}", post(&five)),
            format!("deleted:{}", post(&two)),
        ]
    );
    ann.says(&ts, "six");
    assert_eq!(words(&listening.next().await), "six");
}

#[tokio::test]
async fn a_new_socket_looks_back_and_a_live_event_waits_for_that() {
    let (server, bridge) = pair().await;
    let bridge = Arc::new(bridge);
    let thread = opened(&bridge).await;
    let ts = root(&thread).to_owned();
    let ann = server.agent("U1", "Ann");
    let mut listening = Once::with(&bridge, 0, vec![live(&thread, None, &[])]);
    server.await_sockets(1).await;
    for (reason, expected) in [("refresh_requested", 2), ("warning", 3)] {
        server.disconnect(reason);
        server.await_opened(expected).await;
        ann.says(&ts, reason);
        assert_eq!(words(&listening.next().await), reason);
    }
    server.cut_sockets();
    server.await_sockets(0).await;
    ann.says(&ts, "said into the void");
    assert_eq!(words(&listening.next().await), "said into the void");
    server.await_all_acknowledged().await;
}

#[tokio::test]
async fn a_thread_that_is_gone_is_told() {
    let (server, bridge) = pair().await;
    let bridge = Arc::new(bridge);
    let thread = opened(&bridge).await;
    server.change(|state| state.messages.clear());
    let mut listening = Once::with(&bridge, 0, vec![live(&thread, None, &[])]);
    let gone = listening.next().await;
    assert_eq!(
        (gone.what, gone.origin),
        (Happened::ThreadGone, Origin::Thread(thread))
    );
}

#[tokio::test]
async fn a_card_that_was_deleted_meanwhile_is_told_after_what_was_said() {
    let (server, bridge) = pair().await;
    let bridge = Arc::new(bridge);
    let thread = opened(&bridge).await;
    let ann = server.agent("U1", "Ann");
    ann.says(root(&thread), "hello");
    ann.deletes(root(&thread));
    let mut listening = Once::with(&bridge, 0, vec![live(&thread, None, &[])]);
    assert_eq!(words(&listening.next().await), "hello");
    assert_eq!(listening.next().await.what, Happened::ThreadGone);
}

#[tokio::test]
async fn long_threads_come_page_by_page_and_deletions_only_when_all_is_seen() {
    let (server, bridge) = pair().await;
    let bridge = Arc::new(bridge);
    let thread = opened(&bridge).await;
    let ts = root(&thread).to_owned();
    let ann = server.agent("U1", "Ann");
    let said: Vec<String> = (0..450)
        .map(|number| ann.says(&ts, &format!("line {number}")))
        .collect();
    server.fail_next("conversations.replies", 1, Fault::ServerError);
    let kept: Vec<&str> = said.iter().map(String::as_str).collect();
    let live = live(&thread, Some(&said[440]), &kept);
    let mut listening = Once::with(&bridge, 0, vec![live]);
    for number in 441..450 {
        assert_eq!(words(&listening.next().await), format!("line {number}"));
    }
    ann.says(&ts, "the end");
    assert_eq!(words(&listening.next().await), "the end");
    assert!(server.calls("conversations.replies").len() >= 4);
}

#[tokio::test]
async fn many_live_threads_do_not_hold_up_what_is_said_now() {
    let server = SlackServer::start().await;
    let mut config = config(&server.url());
    // The real tier: fifty looks a minute, so that most threads have to wait.
    config.limits.minute = Duration::from_secs(60);
    let bridge = Arc::new(Slack::new(config).unwrap());
    let thread = opened(&bridge).await;
    let ann = server.agent("U1", "Ann");
    let others = (0..70).map(|number| {
        let ts = ann.says_in_channel(&format!("thread {number}"));
        let channel = CHANNEL.to_owned();
        live(&Thread::Slack(SlackThread { channel, ts }), None, &[])
    });
    let mut listening = Once::with(&bridge, 0, others.collect());
    server
        .until("a full budget", |state| {
            let calls = state
                .calls
                .iter()
                .filter(|call| call.method == "conversations.replies");
            (calls.count() >= 50).then_some(())
        })
        .await;
    ann.says(root(&thread), "now");
    loop {
        let inbound = listening.next().await;
        if matches!(inbound.origin, Origin::Thread(_)) {
            assert_eq!(words(&inbound), "now");
            break;
        }
    }
    assert_eq!(server.limit_hits(), (0, 0));
}
