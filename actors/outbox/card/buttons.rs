//! The card's buttons. What makes no sense as things are now is not there.

use hinny_bridges::{Button, Look};

use super::facts::Facts;
use crate::action::Action;
use crate::event::Handling;

/// Answers to send, the same with saving, and what can be done with the conversation; a row each.
pub(super) fn rows(facts: &Facts, can_save: bool) -> Vec<Vec<Button>> {
    let mut rows = Vec::new();
    if let Some(verdict) = facts.verdict.as_ref().map(|verdict| verdict.seq) {
        let count = facts.candidates().len();
        rows.push(sends(count, |index| Action::Send { verdict, index }, ""));
        if can_save {
            let save = |index| Action::Save { verdict, index };
            rows.push(sends(count, save, " and save"));
        }
    }
    rows.push(handling(facts));
    rows.retain(|row| !row.is_empty());
    rows
}

fn sends(count: usize, action: impl Fn(usize) -> Action, more: &str) -> Vec<Button> {
    let button = |index| {
        let label = format!("Send {}{more}", index + 1);
        plain(&action(index), label)
    };
    (0..count).map(button).collect()
}

fn handling(facts: &Facts) -> Vec<Button> {
    let mut row = match facts.handling {
        Handling::Waiting { .. } => vec![take(), close(), back()],
        Handling::Agent { .. } => vec![close(), back()],
        Handling::Bot => vec![take(), close()],
        Handling::Closed => Vec::new(),
    };
    row.push(match facts.block {
        None => Button {
            look: Look::Danger,
            ..plain(&Action::Block, "Block")
        },
        Some(_) => plain(&Action::Unblock, "Unblock"),
    });
    row
}

fn take() -> Button {
    Button {
        look: Look::Primary,
        ..plain(&Action::Take, "Take")
    }
}

fn close() -> Button {
    plain(&Action::Close, "Close")
}

fn back() -> Button {
    plain(&Action::Back, "Back to bot")
}

/// A button without any look of its own.
pub(in crate::outbox) fn plain(action: &Action, label: impl Into<String>) -> Button {
    Button {
        action: action.to_string(),
        label: label.into(),
        look: Look::Plain,
    }
}
