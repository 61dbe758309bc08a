//! The whole job with a team on a platform: each story is played on Slack, Discord and Telegram alike.

mod buzz;
mod card;
mod changes;
mod commands;
mod deaths;
mod digest;
mod faq;
mod life;
mod life_apart;
mod modes;
mod moving;
mod rules;
mod sites;
mod truth;
mod whole;
