//! Bridges: how the team's platforms look from inside hinny. Each platform is one module of the same
//! shape behind the `Bridge` trait; the desk is the built-in one. Texts cross this border as a tree of
//! safe nodes (`text`). This crate knows nothing of conversations, storage or HTTP servers.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod bridge;
pub mod desk;
pub mod discord;
mod html;
mod inbound;
mod line;
pub mod links;
pub mod markdown;
mod markdown_out;
mod place;
pub mod slack;
pub mod telegram;
pub mod text;

pub use bridge::*;
pub use inbound::*;
pub use line::*;
pub use place::*;
