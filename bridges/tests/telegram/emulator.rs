//! The bridge against npm's `telegram-test-api`, so that the Bot API is not only what we take it for.
//! It knows `sendMessage`, `getUpdates` and an incomplete `getMe`, but neither topics nor long polling.

use std::{
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc::{Receiver, channel as pipe},
};

use hinny_bridges::Origin;
use serde_json::{Value, json};

use super::*;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/emulators");

struct Emulator {
    process: Child,
    input: ChildStdin,
    lines: Receiver<Value>,
}

impl Emulator {
    fn start() -> (Self, String) {
        assert!(
            Path::new(FOLDER)
                .join("node_modules/telegram-test-api")
                .exists(),
            "telegram-test-api is not installed: run `npm ci` in tests/emulators"
        );
        let mut process = Command::new("node")
            .arg("telegram.js")
            .current_dir(FOLDER)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("node is installed");
        let input = process.stdin.take().unwrap();
        let output = BufReader::new(process.stdout.take().unwrap());
        let (sender, lines) = pipe();
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                let Ok(()) = sender.send(serde_json::from_str(&line).unwrap()) else {
                    return;
                };
            }
        });
        let emulator = Emulator {
            process,
            input,
            lines,
        };
        let url = emulator.line()["url"].as_str().unwrap().to_owned();
        (emulator, url)
    }

    fn line(&self) -> Value {
        self.lines
            .recv_timeout(PATIENCE)
            .expect("the emulator says something")
    }

    fn say(&mut self, message: Value) {
        writeln!(self.input, "{}", json!({ "say": message })).unwrap();
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

fn check_posted(posted: &Value) {
    assert_eq!(posted["text"], "Ada (visitor)\nIs this open, @ann?");
    assert_eq!(posted["chat_id"], json!(CHAT));
    assert_eq!(posted["message_thread_id"], 17);
    let entities = posted["entities"].as_array().unwrap().iter();
    let kinds: Vec<_> = entities.map(|entity| &entity["type"]).collect();
    assert_eq!(kinds, ["bold", "bold", "code"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_and_replies_pass_through_another_server() {
    let (mut emulator, url) = Emulator::start();
    let bridge = Arc::new(Telegram::new(config(&url)).unwrap());
    let thread = Thread::Telegram(TelegramThread {
        chat: CHAT,
        topic: 17,
    });
    bridge.check().await.unwrap();
    let line = Line {
        text: Text::from_markdown("Is **this** open, @ann?"),
        ..line("d1", "")
    };
    let posts = bridge.send(&thread, &[line]).await.unwrap();
    check_posted(&emulator.line()["posted"]);
    assert!(posts[0].id.0.starts_with(&CHAT.to_string()));

    let mut listening = Listening::start(bridge, 0);
    emulator.say(json!({
        "botToken": TOKEN, "date": 1_760_000_000, "text": "Yes, until six",
        "message_thread_id": 17, "is_topic_message": true,
        "from": {"id": 4242, "is_bot": false, "first_name": "Ann"},
        "chat": {"id": CHAT, "title": "Support", "type": "supergroup", "is_forum": true},
    }));
    let reply = listening.next().await;
    assert_eq!(words(&reply), "Yes, until six");
    assert_eq!(reply.origin, Origin::Thread(thread));
    assert_eq!(reply.agent.name, "Ann");
}
