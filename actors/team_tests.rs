//! A team in a thread, through a bridge that hands in what a test says: what is on disk afterwards, and what the
//! visitor may read.

mod lobby;
mod looks;
mod puppet;
mod stage;
mod truth;

use bytes::Bytes;
use hinny_bridges::{Aside, Happened, Person, PostId, RemoteFile, Said, text::Text};

use crate::action::Action;
use crate::order::{Editor, Pointer, Refusal, Request};
use crate::store::{InboundStore, LogStore};
use stage::{Stage, guest, person};

fn ana() -> Person {
    person("ana")
}

fn bob() -> Person {
    person("bob")
}

#[tokio::test(flavor = "multi_thread")]
async fn who_takes_speaks_and_a_colleague_joins_by_a_button() {
    let stage = Stage::new().await;
    stage.says(ana(), "p1", "It is 5 euros.").await;
    stage.says(bob(), "p2", "No, it is 6!").await;
    assert_eq!(stage.visitor_reads().await, ["It is 5 euros."]);
    let held = stage.last_of("line_held").await;
    stage.presses(bob(), Action::SendHeld { held }).await;
    stage.presses(ana(), Action::SendHeld { held }).await;
    assert_eq!(
        stage.visitor_reads().await,
        ["It is 5 euros.", "No, it is 6!"]
    );
    stage.says(bob(), "p3", "Sorry.").await;
    assert_eq!(stage.visitor_reads().await.len(), 3);
    assert_eq!(stage.count("agent_joined").await, 1);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn guests_and_strangers_reach_nobody() {
    let stage = Stage::new().await;
    let before = stage.events().await;
    stage.says(guest("eve"), "p1", "Hello customer").await;
    stage.says(guest("eve"), "p2", "!close").await;
    stage.presses(guest("eve"), Action::Close).await;
    stage.says_outside(ana(), "p3", "Lunch?").await;
    assert_eq!(stage.events().await, before);
    let live = stage
        .store
        .live_threads(&stage::connection(), 0)
        .await
        .unwrap();
    assert_eq!(live[0].after, Some(PostId("p2".into())));
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn slips_wait_until_somebody_sends_or_drops_them() {
    let stage = Stage::new().await;
    stage.says(ana(), "p1", "Hello.").await;
    stage.says(ana(), "p2", "card 4111 1111 1111 1111").await;
    let secret = stage.last_of("line_held").await;
    let said = Said {
        aside: Some(Aside::Mention),
        ..Said::words(PostId("p3".into()), Text::plain("@bob can you look?"))
    };
    stage.happens(ana(), "said:p3", Happened::Said(said)).await;
    let aside = stage.last_of("line_held").await;
    assert_eq!(stage.visitor_reads().await, ["Hello."]);
    stage.presses(ana(), Action::DropHeld { held: aside }).await;
    stage.presses(ana(), Action::SendHeld { held: aside }).await;
    stage
        .presses(ana(), Action::SendHeld { held: secret })
        .await;
    assert_eq!(
        stage.visitor_reads().await,
        ["Hello.", "card 4111 1111 1111 1111"]
    );
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_held_line_that_changed_meanwhile_goes_out_as_it_is_now_or_not_at_all() {
    let stage = Stage::new().await;
    stage.says(ana(), "p1", "Hello.").await;
    stage.says(bob(), "p2", "6 euros").await;
    let first = stage.last_of("line_held").await;
    stage.edits(bob(), "p2", "7 euros").await;
    stage.presses(ana(), Action::SendHeld { held: first }).await;
    stage.edits(bob(), "p2", "8 euros").await;
    assert_eq!(stage.visitor_reads().await, ["Hello.", "8 euros"]);
    stage.says(bob(), "p3", "9 euros").await;
    let second = stage.last_of("line_held").await;
    stage.deletes("p3").await;
    stage
        .presses(bob(), Action::SendHeld { held: second })
        .await;
    assert_eq!(stage.visitor_reads().await, ["Hello.", "8 euros"]);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn edits_and_deletions_reach_the_visitor_once() {
    let stage = Stage::new().await;
    stage.says(ana(), "p1", "It is 5 euros.").await;
    stage.edits(ana(), "p1", "It is 6 euros.").await;
    stage.edits(bob(), "p1", "It is free.").await;
    assert_eq!(stage.visitor_reads().await, ["It is 6 euros."]);
    stage.edits(ana(), "p1", "!note it is 6 euros").await;
    stage
        .edits(ana(), "p1", "key ghp_0123456789abcdefghijABCDEFGHIJ012345")
        .await;
    // Some platforms tell of an edit when they only add a preview.
    let (post, text) = (PostId("p1".into()), Text::plain("It is 6 euros."));
    let preview = Happened::Edited { post, text };
    stage.happens(ana(), "edited:p1:preview", preview).await;
    assert_eq!(stage.visitor_reads().await, ["It is 6 euros."]);
    assert_eq!(stage.count("message_edited").await, 1);
    assert_eq!(stage.count("team_told").await, 2);
    stage.deletes("p1").await;
    stage.deletes("p1").await;
    assert_eq!(stage.visitor_reads().await, ["(deleted)"]);
    assert_eq!(stage.count("message_deleted").await, 1);
    let left = stage.files_with("It is 6 euros").await;
    assert_eq!(left, [] as [String; 0]);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn signs_and_commands_take_a_line_back() {
    let stage = Stage::new().await;
    stage.says(ana(), "p1", "one").await;
    stage.says(ana(), "p2", "two").await;
    stage.reacts(bob(), "p1", "\u{274c}").await;
    assert_eq!(stage.visitor_reads().await, ["one", "two"]);
    stage.reacts(ana(), "p1", "\u{274c}\u{fe0f}").await;
    stage.answers(ana(), "p3", "!edit three", "p2").await;
    assert_eq!(stage.visitor_reads().await, ["(deleted)", "three"]);
    stage.answers(bob(), "p4", "!delete", "p2").await;
    stage.answers(ana(), "p5", "! Delete", "p2").await;
    assert_eq!(stage.visitor_reads().await, ["(deleted)", "(deleted)"]);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn notes_stay_notes_whatever_is_made_of_them() {
    let stage = Stage::new().await;
    stage.says(ana(), "p1", "!note he is rude").await;
    stage.edits(ana(), "p1", "he is very rude").await;
    stage.says(ana(), "p2", "!tak").await;
    stage.edits(ana(), "p2", "take this").await;
    assert_eq!(stage.visitor_reads().await, [] as [String; 0]);
    assert_eq!(stage.count("note_edited").await, 1);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_changes_only_their_own_words() {
    let stage = Stage::new().await;
    stage.says(ana(), "p1", "It is 5 euros.").await;
    let answer = stage.last_of("agent_said").await;
    let edit = |of: &str, text: &str| Request::EditMessage {
        by: Editor::Visitor,
        of: Pointer::Message(of.into()),
        text: Text::plain(text),
        via: None,
    };
    stage
        .order("edit1", edit("m1", "What is the price?"))
        .await
        .unwrap();
    let foreign = stage
        .order("edit2", edit(&format!("e{answer}"), "free"))
        .await;
    assert!(matches!(foreign, Err(Refusal::NotYours)), "{foreign:?}");
    assert_eq!(stage.visitor_said().await, ["What is the price?"]);
    let delete = Request::DeleteMessage {
        by: Editor::Visitor,
        of: Pointer::Message("m1".into()),
        gone: false,
        via: None,
    };
    stage.order("delete1", delete).await.unwrap();
    assert_eq!(stage.visitor_said().await, ["(deleted)"]);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_blocked_is_refused_until_it_is_undone() {
    let stage = Stage::new().await;
    stage.visitor_says("m2").await.unwrap();
    stage.says(ana(), "p1", "!block 7d").await;
    let refused = stage.visitor_says("m3").await;
    assert!(
        matches!(refused, Err(Refusal::Blocked { until: Some(_) })),
        "{refused:?}"
    );
    // What was taken in before is not refused when it is sent again.
    assert!(stage.visitor_says("m2").await.unwrap().repeated);
    stage.says(ana(), "p2", "!unblock").await;
    stage.visitor_says("m3").await.unwrap();
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_kept_or_refused_and_the_words_go() {
    let stage = Stage::new().await;
    let png = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89";
    stage.has_file("good", Bytes::from_static(png));
    stage.has_file("bad", Bytes::from_static(b"PK\x03\x04zip"));
    let file = |handle: &str, name: &str| RemoteFile {
        name: name.to_owned(),
        size: 10,
        handle: handle.to_owned(),
    };
    let said = Said {
        files: vec![
            file("good", "a.png"),
            file("bad", "b.zip"),
            file("none", "c.png"),
        ],
        ..Said::words(PostId("p1".into()), Text::plain("Look here"))
    };
    stage
        .happens(ana(), "said:p1", Happened::Said(said.clone()))
        .await;
    stage.happens(ana(), "said:p1", Happened::Said(said)).await;
    stage.nothing_waits().await;
    assert_eq!(stage.visitor_reads().await, ["Look here +a.png"]);
    assert_eq!(stage.fetches(), 3);
    let told = stage.team_was_told().await;
    assert!(told.contains("b.zip") && told.contains("c.png"), "{told}");
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_event_has_no_second_effect() {
    let stage = Stage::new().await;
    for _ in 0..3 {
        stage.says(ana(), "p1", "Hello.").await;
        stage.edits(ana(), "p1", "Hello!").await;
    }
    assert_eq!(stage.visitor_reads().await, ["Hello!"]);
    assert_eq!(stage.count("message_edited").await, 1);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_visitor_sees_what_takers_react_with() {
    let stage = Stage::new().await;
    stage.says(ana(), "p1", "Hello.").await;
    stage.reacts(bob(), "p1", "\u{1f440}").await;
    stage.reacts(ana(), "p1", "\u{1f44d}").await;
    assert_eq!(stage.count("reacted").await, 1);
    let seq = stage.last_of("agent_said").await;
    stage
        .order("saw1", Request::Saw { upto: seq })
        .await
        .unwrap();
    stage
        .order("saw2", Request::Saw { upto: seq })
        .await
        .unwrap();
    stage
        .order("saw3", Request::Saw { upto: 999 })
        .await
        .unwrap();
    assert_eq!(stage.count("visitor_saw").await, 1);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_becomes_an_entry_and_is_taken_back() {
    let stage = Stage::new().await;
    stage.says(ana(), "p0", "!faq").await;
    assert_eq!(stage.count("faq_proposed").await, 0);
    stage.says(ana(), "p1", "It is 5 euros.").await;
    stage.says(ana(), "p2", "!faq").await;
    let draft = stage.last_of("faq_proposed").await;
    stage.presses(ana(), Action::SaveFaq { draft }).await;
    stage.presses(bob(), Action::SaveFaq { draft }).await;
    stage.waits_for("faq_saved").await;
    assert_eq!(stage.entries(), ["question m1 / It is 5 euros."]);
    stage.says(ana(), "p3", "!faq undo").await;
    stage.waits_for("faq_taken_out").await;
    assert_eq!(stage.entries(), [] as [String; 0]);
    assert_eq!(stage.count("faq_saved").await, 1);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_candidate_goes_out_once_as_the_agents_words() {
    let stage = Stage::new().await;
    let verdict = stage.judged().await;
    let send = Action::Send { verdict, index: 0 };
    stage.presses(ana(), send.clone()).await;
    stage.presses_again(bob(), send).await;
    assert_eq!(stage.visitor_reads().await, ["Five euros. (Prices)"]);
    stage
        .presses(ana(), Action::Send { verdict, index: 7 })
        .await;
    assert_eq!(stage.visitor_reads().await.len(), 1);
    assert!(stage.team_was_told().await.contains("cannot send"));
    let history = stage.store.history(&stage.conversation).await.unwrap();
    assert!(history.len() > 5);
    stage.end().await;
}
