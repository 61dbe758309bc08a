//! A file that does not come delays its own thread and nothing else.

use bytes::Bytes;
use hinny_bridges::{Happened, Origin, PostId, RemoteFile, Said, text::Text};

use super::stage::{Stage, numbered, site};
use super::{ana, bob};
use crate::event::What;
use crate::ids::{Cause, ConversationId};
use crate::order::{Order, Request};
use crate::store::{LogStore, PeopleStore};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89";

impl Stage {
    /// Ana sends a picture that does not come.
    async fn with_slow_picture(&self) {
        self.has_file("slow", Bytes::from_static(PNG));
        self.puppet.hangs("slow");
        let file = RemoteFile {
            name: "a.png".to_owned(),
            size: 10,
            handle: "slow".to_owned(),
        };
        let said = Said {
            files: vec![file],
            ..Said::words(PostId("p1".into()), Text::plain("Look here"))
        };
        self.happens(ana(), "said:p1", Happened::Said(said)).await;
    }

    /// Another visitor waits for a person, in the second thread.
    async fn with_another(&self) -> ConversationId {
        let visitor = self.store.admit(&site(), 1).await.unwrap().visitor;
        let conversation = self.store.open(&site(), &visitor, 1).await.unwrap();
        let order = Order {
            site: site(),
            conversation: conversation.clone(),
            cause: Cause("other".into()),
            request: Request::RequestPerson {
                message: "m1".into(),
            },
        };
        self.engine.handle(order).await.unwrap();
        let opened = async {
            while self.said_in(&conversation).await == (0, 0) {
                tokio::task::yield_now().await;
            }
        };
        let ended = tokio::time::timeout(std::time::Duration::from_secs(20), opened).await;
        ended.expect("the second thread is opened");
        conversation
    }

    /// Threads that were opened, and agents' lines.
    async fn said_in(&self, conversation: &ConversationId) -> (usize, usize) {
        let log = self.store.history(conversation).await.unwrap();
        let opened = log
            .iter()
            .filter(|event| matches!(event.what, What::ThreadOpened { .. }));
        let said = log
            .iter()
            .filter(|event| matches!(event.what, What::AgentSaid { .. }));
        (opened.count(), said.count())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_does_not_come_delays_no_other_thread() {
    let stage = Stage::new().await;
    let other = stage.with_another().await;
    stage.with_slow_picture().await;
    let elsewhere = Origin::Thread(numbered(2));
    stage.says_at(elsewhere, bob(), "q1", "Hello.").await;
    assert_eq!(stage.said_in(&other).await, (1, 1));
    assert_eq!(stage.visitor_reads().await, [] as [String; 0]);
    stage.puppet.lets_go("slow");
    stage.nothing_waits().await;
    assert_eq!(stage.visitor_reads().await, ["Look here +a.png"]);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_behind_a_slow_file_keeps_its_place() {
    let stage = Stage::new().await;
    stage.with_slow_picture().await;
    stage.says(ana(), "p2", "Do you see it?").await;
    stage.edits(ana(), "p1", "Look at this").await;
    stage.says(ana(), "p3", "!close").await;
    assert_eq!(stage.visitor_reads().await, [] as [String; 0]);
    stage.puppet.lets_go("slow");
    stage.nothing_waits().await;
    let read = stage.visitor_reads().await;
    assert_eq!(read, ["Look at this +a.png", "Do you see it?"]);
    assert_eq!(stage.count("closed").await, 1);
    // Nobody works through the thread any more, so nothing has to wait.
    stage.says(ana(), "p4", "One more thing.").await;
    assert_eq!(stage.visitor_reads().await.len(), 3);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_on_what_waits_takes_it_back() {
    let stage = Stage::new().await;
    stage.with_slow_picture().await;
    stage.reacts(ana(), "p1", "\u{274c}").await;
    stage.puppet.lets_go("slow");
    stage.nothing_waits().await;
    assert_eq!(stage.visitor_reads().await, ["(deleted)"]);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_process_goes_on_with_what_waits() {
    let mut stage = Stage::new().await;
    stage.with_slow_picture().await;
    stage.says(ana(), "p2", "Do you see it?").await;
    assert_eq!(stage.waiting().await.len(), 1);
    stage.starts_again().await;
    stage.nothing_waits().await;
    let read = stage.visitor_reads().await;
    assert_eq!(read, ["Look here +a.png", "Do you see it?"]);
    // The platform did not hear of the end of it, and brings it again.
    stage.says(ana(), "p2", "Do you see it?").await;
    assert_eq!(stage.visitor_reads().await.len(), 2);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_twice_counts_once_and_strangers_do_not_wait() {
    let stage = Stage::new().await;
    stage.with_slow_picture().await;
    stage.with_slow_picture().await;
    stage
        .says(super::guest("eve"), "p2", "Hello customer")
        .await;
    stage.puppet.lets_go("slow");
    stage.nothing_waits().await;
    assert_eq!(stage.visitor_reads().await, ["Look here +a.png"]);
    assert_eq!(stage.fetches(), 1);
    let left = stage.files_with("Look here").await;
    assert!(!left.is_empty(), "it is the visitor's message now");
    stage.end().await;
}
