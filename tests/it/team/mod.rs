//! The whole job with a team on a platform: each story is played on Slack, Discord and Telegram alike.

mod buzz;
mod changes;
mod deaths;
mod rules;
mod whole;
