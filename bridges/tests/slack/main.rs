//! The Slack bridge on real sockets: against hinny's own platform server, which is strict and fails on
//! request, and that server against a client that other people wrote.

#![allow(clippy::unwrap_used)]

#[path = "../support/python.rs"]
mod python;

mod emulator;
