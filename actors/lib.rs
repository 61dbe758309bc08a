//! Conversations: a pure dialogue, the actor around it, and what it writes and wakes.
//!
//! A conversation is a log; one actor is its only writer; everybody else reads. This crate knows domain words,
//! actix and SQL. It never knows HTTP, a platform's name, or how answers are found.

#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod body;
pub mod event;
pub mod ids;
pub mod store;
