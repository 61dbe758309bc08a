//! What a team is told of its own lines, and what the visitor is told of the team.

use bytes::Bytes;
use hinny_bridges::{
    DeskThread, Happened, Origin, Person, PostId, RemoteFile, Said, Sign, Thread, text::Text,
};

use super::stage::{Stage, person, thread};
use super::{ana, bob};
use crate::action::Action;
use crate::feed::{Typist, Wake};

fn twin() -> Thread {
    Thread::Desk(DeskThread { id: "t2".into() })
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_in_a_twin_is_held_with_a_sign_until_somebody_sends_it() {
    let stage = Stage::new().await;
    stage.has_twin(twin()).await;
    stage
        .says_at(Origin::Thread(twin()), ana(), "p1", "It is 5 euros.")
        .await;
    assert_eq!(stage.visitor_reads().await, [] as [String; 0]);
    let held = stage.last_of("line_held").await;
    let sign = |on| (twin(), "p1".to_owned(), Sign::Failed, on);
    assert_eq!(stage.signs(1).await, [sign(true)]);
    stage.presses(ana(), Action::SendHeld { held }).await;
    assert_eq!(stage.visitor_reads().await, ["It is 5 euros."]);
    assert_eq!(stage.signs(2).await, [sign(true), sign(false)]);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_work_in_a_twin_and_the_first_thread_stays_the_active_one() {
    let stage = Stage::new().await;
    stage.has_twin(twin()).await;
    stage
        .says_at(Origin::Thread(twin()), ana(), "p1", "!take")
        .await;
    stage.says(ana(), "p2", "Hello.").await;
    assert_eq!(stage.visitor_reads().await, ["Hello."]);
    assert_eq!(stage.count("thread_opened").await, 1);
    assert_eq!(stage.count("twin_found").await, 1);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_whose_file_was_not_taken_has_the_failed_sign() {
    let stage = Stage::new().await;
    stage.has_file("bad", Bytes::from_static(b"PK\x03\x04zip"));
    let file = RemoteFile {
        name: "b.zip".to_owned(),
        size: 10,
        handle: "bad".to_owned(),
    };
    let said = Said {
        files: vec![file],
        ..Said::words(PostId("p1".into()), Text::plain("Look here"))
    };
    stage.happens(ana(), "said:p1", Happened::Said(said)).await;
    stage.nothing_waits().await;
    assert_eq!(stage.visitor_reads().await, ["Look here"]);
    let sign = (thread(), "p1".to_owned(), Sign::Failed, true);
    assert_eq!(stage.signs(1).await, [sign]);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn visitors_read_the_name_that_the_site_gives_an_agent() {
    let stage = Stage::new().await;
    let cleo = Person::new("cleo", "xX_cleo_Xx");
    stage.says(cleo, "p1", "Hello.").await;
    assert_eq!(stage.names().await, ["Cleopatra"]);
    stage.says(bob(), "p2", "Me too.").await;
    let held = stage.last_of("line_held").await;
    stage.presses(bob(), Action::SendHeld { held }).await;
    assert_eq!(stage.names().await, ["Cleopatra", "bob"]);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_has_the_conversation_is_shown_writing() {
    let stage = Stage::new().await;
    stage.says(person("cleo"), "p1", "Hello.").await;
    let mut reader = stage.reader();
    stage.happens(bob(), "typing1", Happened::Typing).await;
    stage
        .happens(person("cleo"), "typing2", Happened::Typing)
        .await;
    let name = "Cleopatra".to_owned();
    let from = Typist::Agent { name };
    let first = loop {
        match reader.next().await {
            Wake::Log => {}
            shown => break shown,
        }
    };
    assert_eq!(first, Wake::Typing { from, on: true });
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_team_sees_that_the_visitor_writes() {
    let stage = Stage::new().await;
    stage.visitor_types().await;
    stage.end().await;
}
