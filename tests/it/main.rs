//! Stories on the real binary: a visitor, a team, and everything that goes wrong on normal days.

#![allow(clippy::unwrap_used)]

#[path = "../platforms/discord.rs"]
mod discord;
#[path = "../homes/mod.rs"]
mod homes;
#[path = "../platforms/openai.rs"]
mod openai;
#[path = "../../kb/read/pdf_tests.rs"]
mod pdf_files;
#[path = "../platforms/slack.rs"]
mod slack;
#[path = "../support/mod.rs"]
mod support;
#[path = "../platforms/telegram.rs"]
mod telegram;
#[path = "../platforms/watched.rs"]
mod watched;
#[path = "../platforms/website.rs"]
mod website;

mod about;
mod addresses;
mod bad_input;
mod chat_page;
mod consent;
mod context;
mod continuity;
mod demo;
mod desk;
mod doctor;
mod doctor_platforms;
mod doctor_telegram;
mod edge;
mod embeddings;
mod events;
mod explain;
mod feed;
mod files;
mod handover;
mod heart;
mod identity;
mod init;
mod isolation;
mod knowledge;
mod model;
mod odd_questions;
mod operator;
mod pdf;
mod signing;
mod small;
mod sources;
mod sources_killed;
mod suggest;
mod team;
mod team_telegram;
mod words;
