//! Twins: a thread that was opened while the conversation had one already. It says where the conversation goes on, and
//! must not look alive.

use hinny_bridges::text::{Block, Inline, Text};
use hinny_bridges::{Line, LineAuthor, Mark, PostChange, PostId, SendError, Thread};

use super::Outbox;
use super::deliver::{Stop, Turn};
use crate::event::What;
use crate::store::Delivery;

impl Outbox {
    /// Its card loses its buttons, its last word is a link to the thread in use, and it is closed.
    pub(super) async fn close_twin(
        &self,
        turn: &Turn<'_>,
        active: &Thread,
        delivery: &Delivery,
    ) -> Result<(), Stop> {
        let entry = turn.scene.entry(delivery.seq).await?;
        let Some(What::TwinFound { thread, posts }) = entry.map(|entry| entry.event.what) else {
            return self.done(&[delivery]).await;
        };
        if thread == *active || !thread.is_in(&turn.target.channel) {
            return self.done(&[delivery]).await;
        }
        let text = words(turn.bridge.link(active).await);
        let line = Line::new(delivery.id.as_str(), LineAuthor::Hinny, text);
        match shut(turn, &thread, &posts, line).await {
            Ok(()) => self.served(turn.target),
            // Somebody was faster; and this says nothing about the thread in use.
            Err(SendError::ThreadGone) => {}
            Err(error) => return Err(Stop::at(delivery, error)),
        }
        self.done(&[delivery]).await
    }
}

/// Each step may be done again after a failure or a crash.
async fn shut(
    turn: &Turn<'_>,
    twin: &Thread,
    posts: &[PostId],
    line: Line,
) -> Result<(), SendError> {
    if !posts.is_empty() {
        let change = PostChange::Edit(vec![line.clone()]);
        turn.bridge.change(twin, posts, &change).await?;
    }
    let told = turn.bridge.send(twin, &[line]).await;
    told.map_err(|stopped| stopped.error)?;
    turn.bridge.mark(twin, &Mark::Done).await
}

fn words(link: Option<String>) -> Text {
    let plain = |text: &str| Inline::Text { text: text.into() };
    let goes_on = "This conversation goes on in another thread";
    let mut children = match link {
        Some(url) => vec![
            plain(&format!("{goes_on}: ")),
            Inline::Link {
                children: vec![plain(&url)],
                url,
            },
        ],
        None => vec![plain(&format!("{goes_on} with the same name."))],
    };
    children.push(Inline::Break);
    children.push(plain(
        "What is written here is held there, and does not reach the visitor by itself.",
    ));
    Text(vec![Block::Paragraph { children }])
}
