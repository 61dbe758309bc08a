//! The gateway's life: cuts, resumes, sessions that end, and what was missed meanwhile.

use hinny_bridges::Origin;

use super::*;
use crate::faults::decision;
use platform::Fault;

fn live(thread: &Thread, after: Option<u64>, kept: &[u64]) -> LiveThread {
    LiveThread {
        thread: thread.clone(),
        after: after.map(post_id),
        kept: kept.iter().copied().map(post_id).collect(),
    }
}

#[tokio::test]
async fn after_a_cut_the_session_goes_on_in_order() {
    let server = DiscordServer::start().await;
    let bridge = bridge(&server);
    let thread = number(&open(&bridge).await.thread);
    let mut listening = Listening::start(&server, bridge).await;
    let ann = server.agent(ANN, "Ann");
    ann.says(thread, "before");
    assert_eq!(words(&listening.next().await), "before");
    server.cut_sockets();
    for text in ["one", "two", "three"] {
        ann.says(thread, text);
    }
    for text in ["one", "two", "three"] {
        assert_eq!(words(&listening.next().await), text);
    }
    assert_eq!(server.handshakes(), (1, 1));
    assert!(server.calls("GET channels/messages").is_empty());
}

#[tokio::test]
async fn asked_to_reconnect_it_resumes() {
    let server = DiscordServer::start().await;
    let bridge = bridge(&server);
    let thread = number(&open(&bridge).await.thread);
    let mut listening = Listening::start(&server, bridge).await;
    let ann = server.agent(ANN, "Ann");
    server.ask_to_reconnect();
    ann.says(thread, "still there?");
    assert_eq!(words(&listening.next().await), "still there?");
    server.await_handshakes(1, 1).await;
    server.invalidate_sessions(true);
    ann.says(thread, "and now?");
    assert_eq!(words(&listening.next().await), "and now?");
    assert_eq!(server.handshakes().0, 1);
}

#[tokio::test]
async fn a_session_that_is_invalid_is_followed_by_a_look_at_the_history() {
    let server = DiscordServer::start().await;
    let bridge = bridge(&server);
    let opened = open(&bridge).await;
    let thread = number(&opened.thread);
    let threads = vec![live(&opened.thread, None, &[])];
    let mut listening = Listening::with(&server, bridge, threads).await;
    let ann = server.agent(ANN, "Ann");
    ann.says(thread, "first");
    assert_eq!(words(&listening.next().await), "first");
    for forgotten in [true, false] {
        match forgotten {
            true => {
                server.forget_sessions();
                server.cut_sockets();
            }
            false => server.invalidate_sessions(false),
        }
        // Nobody is told of this: there is no session.
        let missed = ann.says(thread, "missed");
        loop {
            let inbound = listening.next().await;
            if inbound.event_id == format!("said:{missed}") {
                break;
            }
        }
    }
    assert_eq!(server.handshakes().0, 3);
}

#[tokio::test]
async fn a_silent_gateway_is_given_up() {
    let server = DiscordServer::start().await;
    server.heartbeats(1_000, true);
    let bridge = bridge(&server);
    let thread = number(&open(&bridge).await.thread);
    let mut listening = Listening::start(&server, bridge).await;
    server
        .until("two heartbeats", |state| {
            (state.sessions.beats >= 2).then_some(())
        })
        .await;
    assert_eq!(server.handshakes(), (1, 0));
    server.heartbeats(1_000, false);
    server.await_handshakes(2, 0).await;
    server.heartbeats(1_000, true);
    let ann = server.agent(ANN, "Ann");
    ann.says(thread, "hello");
    loop {
        if words(&listening.next().await) == "hello" {
            break;
        }
    }
}

/// Agents write, edit, delete and recall while hinny is down; it had handed in the first four messages.
struct Away {
    said: Vec<u64>,
    new: u64,
    live: Vec<LiveThread>,
}

impl Away {
    fn happens(server: &DiscordServer, thread: &Thread) -> Self {
        let number = number(thread);
        let (ann, bob) = (server.agent(ANN, "Ann"), server.agent(77, "Bob"));
        let said = ["a", "b", "c", "d"].map(|text| ann.says(number, text));
        ann.edits(said[0], "A");
        ann.deletes(said[1]);
        ann.reacts(said[2], "❌");
        bob.becomes(|member| member.nick = Some("Bobby".to_owned()));
        let new = bob.says(number, "e");
        let other = bob.says(number, "f");
        bob.edits(other, "F");
        server.bot(9, "Robot").says(number, "beep");
        Away {
            live: vec![live(thread, Some(said[3]), &said)],
            said: said.to_vec(),
            new,
        }
    }
}

#[tokio::test]
async fn what_happened_while_nobody_listened_is_not_missed() {
    let server = DiscordServer::start().await;
    let bridge = bridge(&server);
    let opened = open(&bridge).await;
    let Away { said, new, live } = Away::happens(&server, &opened.thread);
    let mut listening = Listening::with(&server, bridge.clone(), live.clone()).await;
    let mut seen = Vec::new();
    for _ in 0..5 {
        seen.push(listening.next().await);
    }
    let edited = seen[0].event_id.clone();
    assert!(
        edited.starts_with(&format!("edited:{}:", said[0])),
        "{edited}"
    );
    let changed = raw("A");
    assert!(matches!(&seen[0].what, Happened::Edited { text, .. } if *text == changed));
    assert!(matches!(&seen[1].what, Happened::Reacted { sign, on: true, .. } if sign == "❌"));
    assert_eq!(seen[1].agent.name, "Ann");
    assert_eq!(seen[2].event_id, format!("deleted:{}", said[1]));
    assert_eq!(seen[3].event_id, format!("said:{new}"));
    assert_eq!(
        (seen[3].agent.name.as_str(), seen[3].agent.roles.len()),
        ("Bobby", 1)
    );
    let here = Origin::Thread(opened.thread.clone());
    assert!(seen.iter().all(|one| one.origin == here));
    assert_eq!(words(&seen.remove(4)), "F");
    drop(listening);

    // Looking again gives the same ids, so nothing happens twice.
    let mut again = Listening::with(&server, bridge, live).await;
    assert_eq!(again.next().await.event_id, edited);
}

#[tokio::test]
async fn the_history_is_read_page_by_page() {
    let server = DiscordServer::start().await;
    server.relax_limits();
    let bridge = bridge(&server);
    let opened = open(&bridge).await;
    let ann = server.agent(ANN, "Ann");
    let ids: Vec<u64> = (0..250)
        .map(|nth| ann.says(number(&opened.thread), &format!("line {nth}")))
        .collect();
    ann.deletes(ids[3]);
    let threads = vec![live(&opened.thread, Some(ids[220]), &ids[..221])];
    let mut listening = Listening::with(&server, bridge, threads).await;
    assert_eq!(
        listening.next().await.event_id,
        format!("deleted:{}", ids[3])
    );
    for id in &ids[221..] {
        assert_eq!(listening.next().await.event_id, format!("said:{id}"));
    }
}

#[tokio::test]
async fn a_thread_that_was_deleted_meanwhile_is_reported() {
    let server = DiscordServer::start().await;
    let bridge = bridge(&server);
    let opened = open(&bridge).await;
    server
        .agent(ANN, "Ann")
        .deletes_channel(number(&opened.thread));
    let threads = vec![live(&opened.thread, None, &[])];
    let mut listening = Listening::with(&server, bridge, threads).await;
    let gone = listening.next().await;
    assert_eq!(gone.what, Happened::ThreadGone);
    assert_eq!(gone.origin, Origin::Thread(opened.thread));
}

#[tokio::test]
async fn what_is_not_stored_ends_the_listening_and_comes_again() {
    let server = DiscordServer::start().await;
    let bridge = bridge(&server);
    let opened = open(&bridge).await;
    let thread = number(&opened.thread);
    let ann = server.agent(ANN, "Ann");
    let (full, mut seen) = ledger(1, Vec::new());
    let stopped = tokio::join!(listen(bridge.as_ref(), &full), async {
        server.await_handshakes(1, 0).await;
        ann.says(thread, "one");
        ann.says(thread, "two");
    });
    assert!(
        stopped.0.to_string().contains("the disk is full"),
        "{}",
        stopped.0
    );
    assert!(seen.try_recv().is_err());

    let threads = vec![live(&opened.thread, None, &[])];
    let mut listening = Listening::with(&server, bridge, threads).await;
    assert_eq!(words(&listening.next().await), "one");
    assert_eq!(words(&listening.next().await), "two");
}

#[tokio::test]
async fn without_the_intent_or_the_token_the_reason_is_said() {
    let server = DiscordServer::start().await;
    server.with(|state| state.message_content = false);
    let bridge = bridge(&server);
    let (ledger, _seen) = ledger(0, Vec::new());
    let error = listen(bridge.as_ref(), &ledger).await;
    assert_eq!(decision(&error), "no access", "{error}");
    assert!(
        error.to_string().contains("Message Content Intent"),
        "{error}"
    );

    server.with(|state| state.message_content = true);
    let both = tokio::join!(listen(bridge.as_ref(), &ledger), async {
        server.await_handshakes(1, 0).await;
        server.close_sockets(4_004);
    });
    assert_eq!(decision(&both.0), "unauthorized", "{}", both.0);
}

/// serenity's own client would take the public gateway when it cannot ask; a test that is offline shows that
/// nothing of the kind happens.
#[tokio::test]
async fn without_an_address_for_the_gateway_nothing_is_connected() {
    let server = DiscordServer::start().await;
    let bridge = bridge(&server);
    let (ledger, _seen) = ledger(0, Vec::new());
    for fault in [Fault::ServerError(500), Fault::Reset, Fault::Hang] {
        server.fail_next("GET gateway/bot", 1, fault);
        let error = listen(bridge.as_ref(), &ledger).await;
        assert_eq!(decision(&error), "unreachable", "{error}");
    }
    assert_eq!(server.look(|state| state.sessions.connects), 0);
    server.with(|state| state.sessions.identifies = 1_000);
    let error = listen(bridge.as_ref(), &ledger).await;
    assert!(
        matches!(error, SendError::RateLimited { retry_after } if retry_after.as_secs() == 86_400)
    );
}

#[tokio::test]
async fn the_listener_survives_every_way_in_which_a_socket_ends() {
    let server = DiscordServer::start().await;
    let bridge = bridge(&server);
    let opened = open(&bridge).await;
    let thread = number(&opened.thread);
    let threads = vec![live(&opened.thread, None, &[])];
    let mut listening = Listening::with(&server, bridge, threads).await;
    let ann = server.agent(ANN, "Ann");
    for code in [4_000, 4_001, 4_002, 4_007, 4_008, 4_009] {
        server.close_sockets(code);
        let text = format!("after {code}");
        ann.says(thread, &text);
        loop {
            if words(&listening.next().await) == text {
                break;
            }
        }
    }
}
