//! Conversations: a pure dialogue, the actor around it, and what it writes and wakes.
//!
//! A conversation is a log; one actor is its only writer; everybody else reads. This crate knows domain words,
//! actix and SQL. It never knows HTTP, a platform's name, or how answers are found.

#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod action;
mod alarms;
pub mod answerer;
pub mod body;
mod changes;
pub mod clock;
mod compose;
mod conversation;
mod core;
pub mod dialogue;
mod digest;
pub mod engine;
#[cfg(test)]
mod engine_tests;
pub mod event;
mod faces;
pub mod feed;
pub mod files;
mod guard;
pub mod ids;
mod inbound;
mod intent;
pub mod learner;
mod learning;
mod lines;
mod listeners;
mod lobby;
mod look_backs;
mod missed;
mod openings;
pub mod order;
mod outbox;
mod remote_files;
mod retry;
pub mod shell;
#[cfg(test)]
mod speaks_tests;
pub mod stats;
pub mod store;
#[cfg(test)]
mod suggest_tests;
mod switchboard;
#[cfg(test)]
mod talk_tests;
pub mod tally;
#[cfg(test)]
mod team_tests;
mod typing;
pub mod view;
mod words;

pub use action::Action;
pub use answerer::{Answerer, Around, KbAnswerer, Knowledge};
pub use engine::Engine;
pub use feed::{Feed, Subscription, Topic, Typist, Wake};
pub use learner::Learner;
pub use order::{Order, Refusal, Request};
pub use shell::{Agents, DigestAt, Mode, Parts, SiteRules, Speaks, Timing};
