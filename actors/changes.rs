//! What a Change carries besides events and words: threads, platform messages, removed words, dead letters to retry.

use hinny_bridges::Thread;

use crate::dialogue::Decision;
use crate::event::{Event, What};
use crate::order::{Pointer, Request};
use crate::store::{Change, ReplyPost};

/// Fills in what follows from the request and the decision.
pub fn note(change: &mut Change, request: &Request, decision: &Decision) {
    change.revived.extend(decision.retry.clone());
    if !change.events.is_empty() {
        note_threads(change, request);
        note_posts(change, request);
        note_removals(change);
    }
}

fn note_threads(change: &mut Change, request: &Request) {
    match request {
        Request::NoteThread {
            target,
            thread,
            posts,
        } => {
            let named = Some((target.clone(), thread.clone()));
            let is_twin = |event: &Event| matches!(event.what, What::TwinFound { .. });
            if change.events.iter().any(is_twin) {
                change.thread_twin = named;
            } else {
                change.thread_opened = named;
                change.posted.clone_from(posts);
            }
        }
        Request::LoseThread { thread } => change.thread_lost = Some(thread.clone()),
        _ => {}
    }
}

/// Which of the platform's messages holds which words; edits, deletions, signs and answers come by its name.
fn note_posts(change: &mut Change, request: &Request) {
    match request {
        Request::Reply {
            said,
            via: Some(thread),
            ..
        } => {
            let holder = change.events.iter().find(|event| holds_a_line(&event.what));
            let seq = holder.map(|event| event.seq);
            let post = said.post.clone().zip(seq).map(|(post, seq)| ReplyPost {
                thread: thread.clone(),
                post,
                seq,
            });
            change.reply_posts.extend(post);
        }
        // Nothing holds the words of a line that could not be handled; its sign needs its place all the same.
        Request::HandOver {
            written: Some((thread, post)),
        } => {
            let told = change.events.last().map(|event| event.seq);
            change.reply_posts.extend(told.map(|seq| ReplyPost {
                thread: thread.clone(),
                post: post.clone(),
                seq,
            }));
        }
        Request::DeleteMessage {
            of: Pointer::Post(post),
            gone: true,
            via: Some(thread),
            ..
        } => change
            .posts_gone
            .push((Thread::clone(thread), post.clone())),
        _ => {}
    }
}

fn holds_a_line(what: &What) -> bool {
    matches!(
        what,
        What::AgentSaid { .. } | What::NoteWritten { .. } | What::LineHeld { .. }
    )
}

fn note_removals(change: &mut Change) {
    let removed = change.events.iter().filter_map(|event| match event.what {
        What::MessageDeleted { of, .. } | What::NoteDeleted { of, .. } => Some(of),
        _ => None,
    });
    change.bodies_removed = removed.collect();
}
