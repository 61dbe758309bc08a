//! Stories on the real binary: a visitor, a team, and everything that goes wrong on normal days.

#![allow(clippy::unwrap_used)]

#[path = "../support/mod.rs"]
mod support;
#[path = "../platforms/telegram.rs"]
mod telegram;

mod bad_input;
mod continuity;
mod demo;
mod desk;
mod doctor;
mod edge;
mod handover;
mod heart;
mod identity;
mod init;
mod operator;
mod team_telegram;
