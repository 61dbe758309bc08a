//! A team on Telegram, in topics of a forum group.

use std::path::Path;

use serde_json::json;
use tokio::sync::watch;

use super::{Home, Kind, Member, Shown, Signs, Trouble};
use crate::telegram::{Agent, CHAT, Fault, Posted, TOKEN, TelegramServer};

pub struct Telegram {
    pub server: TelegramServer,
}

/// The group of another site.
const OTHER: i64 = CHAT - 1;

impl Telegram {
    fn places_in(&self, chat: i64) -> Vec<i32> {
        let topics = self.server.topics().into_iter();
        let own = topics.filter(|topic| topic.chat == chat);
        own.map(|topic| topic.id).collect()
    }

    fn person(&self, who: Member) -> Agent<'_> {
        let agent = self.server.agent(i64::from(who.number), who.name);
        if who.kind == Kind::Agent {
            agent.is_admin(CHAT);
        }
        agent
    }
}

impl Home for Telegram {
    type Place = i32;
    type Line = i32;

    const SIGNS: Signs = Signs {
        seen: "👀",
        failed: "🤷",
        recalled: "🙈",
        take_back: "🙊",
    };
    const REPEATS: usize = 1;

    const LINKS: &str = "https://t.me/c/";

    async fn start() -> Self {
        let server = TelegramServer::start().await;
        Telegram { server }
    }

    fn target(&self) -> String {
        format!("[site.telegram]\nconnection = \"team\"\nchat = {CHAT}\n")
    }

    fn second_target(&self) -> String {
        self.server.add_group(OTHER, true);
        format!("[site.telegram]\nconnection = \"team\"\nchat = {OTHER}\n")
    }

    fn second_places(&self) -> Vec<i32> {
        self.places_in(OTHER)
    }

    /// Telegram gives its updates to one poller only, and tells a second one so.
    fn listeners(&self) -> usize {
        let refused = self.server.calls("getUpdates");
        1 + refused.iter().filter(|call| call.status == 409).count()
    }

    fn connection(&self, secrets: &Path) -> String {
        let token = secrets.join("token");
        std::fs::write(&token, TOKEN).expect("the token is written");
        format!(
            "[[telegram]]\nname = \"team\"\ntoken_file = \"{}\"\napi_url = \"{}\"\nper_minute = 1000\n",
            token.display(),
            self.server.url(),
        )
    }

    async fn is_listened_to(&self) {
        self.until("a poll for updates", |home| {
            (!home.server.calls("getUpdates").is_empty()).then_some(())
        })
        .await;
    }

    fn places(&self) -> Vec<i32> {
        self.places_in(CHAT)
    }

    fn posts(&self, place: &i32) -> Vec<Shown> {
        self.server.posts(*place).into_iter().map(shown).collect()
    }

    fn signs(&self, line: &i32) -> Vec<String> {
        self.server.reaction(CHAT, *line).into_iter().collect()
    }

    fn file(&self, place: &i32, name: &str) -> Option<Vec<u8>> {
        let posts = self.server.posts(*place).into_iter();
        let mut files = posts.filter_map(|post| post.file);
        let (_, upload) = files.find(|(_, upload)| upload.name == name)?;
        Some(upload.bytes.to_vec())
    }

    fn knows(&self, who: Member) {
        self.person(who);
    }

    fn has_picture(&self, who: Member, bytes: &[u8]) {
        self.person(who).has_picture(bytes);
    }

    fn says(&self, who: Member, place: &i32, text: &str) -> i32 {
        self.person(who).says(*place, text)
    }

    fn mentions(&self, who: Member, place: &i32, whom: Member, text: &str) -> i32 {
        let name = whom.name;
        let user = json!({"id": whom.number, "is_bot": false, "first_name": name});
        let mention =
            json!([{"type": "text_mention", "offset": 0, "length": name.len(), "user": user}]);
        let content = json!({"text": format!("{name} {text}"), "entities": mention});
        self.person(who).writes(*place, content)
    }

    fn replies(&self, who: Member, place: &i32, to: &i32, text: &str) -> i32 {
        self.person(who).replies(*place, *to, text)
    }

    fn edits(&self, who: Member, line: &i32, text: &str) {
        self.person(who).edits(*line, text);
    }

    fn deletes(&self, who: Member, place: &i32, line: &i32) {
        self.person(who).replies(*place, *line, "!delete");
    }

    fn takes_back(&self, who: Member, line: &i32) {
        self.person(who).reacts(*line, Self::SIGNS.take_back, true);
    }

    fn presses(&self, who: Member, place: &i32, label: &str) {
        self.person(who).presses(*place, label);
    }

    fn uploads(&self, who: Member, place: &i32, name: &str, bytes: &[u8], text: &str) -> i32 {
        self.person(who)
            .uploads_with(*place, "document", name, bytes, text)
    }

    fn id_of(&self, who: Member) -> String {
        who.number.to_string()
    }

    fn role(&self) -> String {
        "admin".to_owned()
    }

    fn trouble(&self, troubles: &[Trouble]) {
        for trouble in troubles {
            let fault = match trouble {
                Trouble::Broken => Fault::ServerError,
                Trouble::Reset => Fault::Reset,
                Trouble::ResetAfterAccept => Fault::ResetAfterAccept,
                Trouble::TooMany => Fault::TooMany(1),
                Trouble::Refused => Fault::Refuse(400, "Bad Request: MESSAGE_TOO_LONG"),
            };
            self.server.fail_next("sendMessage", 1, fault);
        }
    }

    fn files_are_stuck(&self, stuck: bool) {
        self.server.files_are_stuck(stuck);
    }

    fn refuses_a_change(&self) {
        let refused = Fault::Refuse(400, "Bad Request: MESSAGE_TOO_LONG");
        self.server.fail_next("editMessageText", 1, refused);
    }

    fn line_of(&self, id: &str) -> i32 {
        id.parse().expect("ids on Telegram are numbers")
    }

    async fn stop(&mut self) {
        self.server.stop().await;
    }

    async fn come_back(&mut self) {
        self.server.come_back().await;
    }

    fn changes(&self) -> watch::Receiver<u64> {
        self.server.changes()
    }

    async fn is_confirmed(&self) {
        self.server.await_all_confirmed().await;
        self.until("every press acknowledged", |home| {
            (home.server.open_queries() == 0).then_some(())
        })
        .await;
    }

    fn ends_well(&self) {
        assert_eq!(self.server.limit_hits().1, 0, "nobody came too early");
    }
}

fn shown(post: Posted) -> Shown {
    Shown {
        id: post.id.to_string(),
        text: post.text,
        buttons: post
            .buttons
            .into_iter()
            .flatten()
            .map(|(label, _)| label)
            .collect(),
        pings: post.pings,
        files: post
            .file
            .into_iter()
            .map(|(_, upload)| upload.name)
            .collect(),
    }
}
