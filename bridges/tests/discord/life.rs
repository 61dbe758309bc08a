//! The life of a thread: archived, locked, deleted, too many, and rights that are lost.

use hinny_bridges::Mark;

use super::*;
use crate::faults::{decision, send_one};
use platform::{BOT, HINNY, State, bits};

fn thread_of(server: &DiscordServer, thread: &Thread) -> platform::Channel {
    let id = number(thread);
    server.look(|state| state.channels[&id].clone())
}

#[tokio::test]
async fn closing_opening_and_taking() {
    let server = DiscordServer::start().await;
    server.relax_limits();
    let bridge = bridge(&server);
    let thread = open(&bridge).await.thread;
    for (mark, archived) in [
        (Mark::Done, true),
        (Mark::Done, true),
        (Mark::Open, false),
        (Mark::Open, false),
    ] {
        bridge.mark(&thread, &mark).await.unwrap();
        assert_eq!(thread_of(&server, &thread).archived, archived);
    }
    server.agent(ANN, "Ann");
    let taken = |by: &str| Mark::Taken { by: by.to_owned() };
    bridge
        .mark(&thread, &taken(&ANN.to_string()))
        .await
        .unwrap();
    assert!(thread_of(&server, &thread).followers.contains(&ANN));
    // Somebody who left, and somebody of the desk's: nothing to do.
    bridge.mark(&thread, &taken("999")).await.unwrap();
    bridge.mark(&thread, &taken("desk:1")).await.unwrap();
    assert_eq!(thread_of(&server, &thread).followers.len(), 2);
}

#[tokio::test]
async fn an_archived_thread_wakes_up_when_something_is_said() {
    let server = DiscordServer::start().await;
    server.relax_limits();
    let bridge = bridge(&server);
    let thread = open(&bridge).await.thread;
    let ann = server.agent(ANN, "Ann");
    ann.archives(number(&thread));
    send_one(&bridge, &thread).await.unwrap();
    assert!(!thread_of(&server, &thread).archived);
    ann.archives(number(&thread));
    let by = ANN.to_string();
    bridge.mark(&thread, &Mark::Taken { by }).await.unwrap();
    assert!(!thread_of(&server, &thread).archived);
}

#[tokio::test]
async fn an_edit_in_an_archived_thread_leaves_it_archived() {
    let server = DiscordServer::start().await;
    server.relax_limits();
    let bridge = bridge(&server);
    let thread = open(&bridge).await.thread;
    let posts = send(&bridge, &thread, &[line("d1", "Hello")]).await;
    server.agent(ANN, "Ann").archives(number(&thread));
    let change = hinny_bridges::PostChange::Edit(vec![line("d1", "Hello again")]);
    bridge
        .change(&thread, &[posts[0].id.clone()], &change)
        .await
        .unwrap();
    let post = server.look(|state| state.messages[&id_of(&posts[0])].clone());
    assert_eq!(post.content, "**Ada** (visitor)\nHello again");
    assert!(thread_of(&server, &thread).archived);
}

#[tokio::test]
async fn a_locked_thread_is_unlocked_if_the_bot_may_and_gone_if_not() {
    let server = DiscordServer::start().await;
    server.relax_limits();
    let bridge = bridge(&server);
    let thread = open(&bridge).await.thread;
    let ann = server.agent(ANN, "Ann");
    ann.locks(number(&thread));
    send_one(&bridge, &thread).await.unwrap();
    let now = thread_of(&server, &thread);
    assert!(!now.archived && !now.locked, "colleagues may write too");
    let posts = server.posts(number(&thread));
    let told = |post: &&platform::Message| post.content.contains("This thread was locked");
    assert_eq!(posts.iter().filter(told).count(), 1, "the team is told why");

    ann.locks(number(&thread));
    server.with(|state| lose(state, bits::MANAGE_THREADS));
    let error = send_one(&bridge, &thread).await.unwrap_err();
    assert_eq!(decision(&error), "gone", "{error}");
    assert!(thread_of(&server, &thread).locked);
}

fn lose(state: &mut State, right: u64) {
    let role = state.roles.get_mut(&HINNY).unwrap();
    role.permissions &= !right;
    let everyone = state.roles.get_mut(&platform::GUILD).unwrap();
    everyone.permissions &= !right;
}

#[tokio::test]
async fn a_deleted_thread_is_gone_and_a_deleted_channel_is_no_place() {
    let server = DiscordServer::start().await;
    server.relax_limits();
    let bridge = bridge(&server);
    let opened = open(&bridge).await;
    let thread = opened.thread.clone();
    let posts = send(&bridge, &thread, &[line("d1", "Hello")]).await;
    server.agent(ANN, "Ann").deletes_channel(number(&thread));
    let error = send_one(&bridge, &thread).await.unwrap_err();
    assert_eq!(decision(&error), "gone", "{error}");
    let error = bridge.mark(&thread, &Mark::Open).await.unwrap_err();
    assert_eq!(decision(&error), "gone", "{error}");
    let change = hinny_bridges::PostChange::Delete;
    let ids = [posts[0].id.clone()];
    let error = bridge.change(&thread, &ids, &change).await.unwrap_err();
    assert_eq!(decision(&error), "gone", "{error}");

    server.agent(ANN, "Ann").deletes_channel(CHANNEL);
    let mut card = card();
    card.delivery = "d5".to_owned();
    let error = bridge.open(&channel(CHANNEL), "Ada", &card).await;
    let error = error.unwrap_err();
    assert_eq!(decision(&error), "no access", "{error}");
}

#[tokio::test]
async fn lost_rights_and_a_removed_bot_are_no_access() {
    let server = DiscordServer::start().await;
    server.relax_limits();
    let bridge = bridge(&server);
    let thread = open(&bridge).await.thread;
    server.with(|state| lose(state, bits::SEND_IN_THREADS));
    let error = send_one(&bridge, &thread).await.unwrap_err();
    assert_eq!(decision(&error), "no access", "{error}");
    server.agent(ANN, "Ann").removes_the_bot();
    let error = send_one(&bridge, &thread).await.unwrap_err();
    assert_eq!(decision(&error), "no access", "{error}");
    // Given back: it works again without a restart.
    server.with(|state| {
        state.members.get_mut(&BOT).unwrap().gone = false;
        state.roles.get_mut(&HINNY).unwrap().permissions |= bits::SEND_IN_THREADS;
    });
    send_one(&bridge, &thread).await.unwrap();
}

#[tokio::test]
async fn a_full_server_gets_room_by_archiving_the_quietest_thread() {
    let server = DiscordServer::start().await;
    server.relax_limits();
    server.with(|state| state.most_threads = 3);
    let bridge = bridge(&server);
    let mut threads = Vec::new();
    for name in ["one", "two", "three"] {
        let mut card = card();
        card.delivery = name.to_owned();
        let opened = bridge.open(&channel(CHANNEL), name, &card).await.unwrap();
        threads.push(opened.thread);
    }
    // The first one talks again, so the second is the quietest.
    send_one(&bridge, &threads[0]).await.unwrap();
    let mut card = card();
    card.delivery = "four".to_owned();
    bridge.open(&channel(CHANNEL), "four", &card).await.unwrap();
    let archived: Vec<bool> = threads
        .iter()
        .map(|thread| thread_of(&server, thread).archived)
        .collect();
    assert_eq!(archived, [false, true, false]);
    // Whoever is archived wakes up when it is needed, and another one sleeps.
    send_one(&bridge, &threads[1]).await.unwrap();
    assert!(!thread_of(&server, &threads[1]).archived);
    let active = server.threads(CHANNEL);
    assert_eq!(active.iter().filter(|one| !one.archived).count(), 3);
}

#[tokio::test]
async fn a_thread_has_a_link_with_its_server() {
    let server = DiscordServer::start().await;
    server.relax_limits();
    let bridge = bridge(&server);
    let thread = open(&bridge).await.thread;
    let id = number(&thread);
    let wanted = format!("https://discord.com/channels/{}/{id}", platform::GUILD);
    assert_eq!(bridge.link(&thread).await, Some(wanted));
}
