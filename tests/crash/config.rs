//! The configuration of the story: a shop whose team is at the desk, and a lab whose team is on Telegram.

use std::path::Path;

/// Limits so high that nobody meets them, and little patience.
const CONFIG: &str = r#"
data = "data"
listen = "127.0.0.1:0"

[log]
level = "warn"

[desk]
enabled = true

[limits]
messages_burst = 100000
messages_per_minute = 1000000
address_messages_burst = 100000
address_messages_per_minute = 1000000
hellos_burst = 100000
hellos_per_minute = 1000000
sessions_burst = 100000
sessions_per_minute = 1000000
connections_per_address = 10000

[timing]
answer_within = "2s"
alarm_poll = "50ms"
quiet = "100ms"
outbox_poll = "100ms"
retry_first = "50ms"
retry_max = "500ms"
conversation_idle = "300ms"

[[site]]
id = "shop"
name = "Shop"
origins = ["https://shop.example"]
knowledge = { paths = ["faq.md"] }

[[site]]
id = "lab"
name = "Lab"
origins = ["https://shop.example"]
telegram = { connection = "group", chat = CHAT }
knowledge = { paths = ["faq.md"] }

[[telegram]]
name = "group"
token_file = "TOKEN_FILE"
api_url = "TELEGRAM"
per_minute = 1000000
"#;

pub fn toml(telegram: &str, token: &Path) -> String {
    CONFIG
        .replace("CHAT", &crate::telegram::CHAT.to_string())
        .replace("TOKEN_FILE", &token.display().to_string())
        .replace("TELEGRAM", telegram)
}
