//! The model on real sockets: against hinny's own OpenAI server, which is strict, fails on request and can be evil,
//! and against a server that other people wrote.

#![allow(clippy::unwrap_used)]

#[path = "../../../tests/platforms/openai.rs"]
mod openai;
#[path = "../../../bridges/tests/support/python.rs"]
mod python;
#[path = "../../../tests/platforms/watched.rs"]
mod watched;

mod answers;
mod client;
mod evil;
mod faults;
mod shop;
