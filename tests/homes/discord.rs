//! A team on Discord: in threads of a text channel, or in posts of a forum.

use std::path::Path;

use tokio::sync::watch;

use super::{Home, Kind, Member, Shown, Signs, Trouble};
use crate::discord::{Agent, BOT, CHANNEL, DiscordServer, FORUM, Fault, Message, TEAM, TOKEN};

pub struct Discord<const PARENT: u64> {
    pub server: DiscordServer,
}

pub type Threads = Discord<CHANNEL>;
pub type Forum = Discord<FORUM>;

impl<const PARENT: u64> Discord<PARENT> {
    fn person(&self, who: Member) -> Agent<'_> {
        let agent = self.server.agent(u64::from(who.number), who.name);
        if who.kind == Kind::Guest {
            agent.becomes(|member| member.roles.clear());
        }
        agent
    }
}

impl<const PARENT: u64> Home for Discord<PARENT> {
    type Place = u64;
    type Line = u64;

    const SIGNS: Signs = Signs {
        seen: "👀",
        failed: "⚠️",
        recalled: "↩️",
        take_back: "❌",
    };
    const REPEATS: usize = 0;

    const LINKS: &str = "http";

    async fn start() -> Self {
        let server = DiscordServer::start().await;
        Discord { server }
    }

    fn target(&self) -> String {
        format!("[site.discord]\nconnection = \"team\"\nchannel = {PARENT}\n")
    }

    fn second_target(&self) -> String {
        let other = other(PARENT);
        format!("[site.discord]\nconnection = \"team\"\nchannel = {other}\n")
    }

    fn second_places(&self) -> Vec<u64> {
        let threads = self.server.threads(other(PARENT)).into_iter();
        threads.map(|thread| thread.id).collect()
    }

    fn listeners(&self) -> usize {
        self.server.handshakes().0
    }

    fn connection(&self, secrets: &Path) -> String {
        let token = secrets.join("token");
        std::fs::write(&token, TOKEN).expect("the token is written");
        format!(
            "[[discord]]\nname = \"team\"\ntoken_file = \"{}\"\napi_url = \"{}\"\n",
            token.display(),
            self.server.url(),
        )
    }

    async fn is_listened_to(&self) {
        self.until("a listener at the gateway", |home| {
            (home.server.handshakes() != (0, 0)).then_some(())
        })
        .await;
    }

    fn places(&self) -> Vec<u64> {
        let threads = self.server.threads(PARENT).into_iter();
        threads.map(|thread| thread.id).collect()
    }

    /// The message that a thread was made from has the thread's own id, and stands in the channel above.
    fn posts(&self, place: &u64) -> Vec<Shown> {
        let card = self.server.look(|state| state.messages.get(place).cloned());
        let card = card.filter(|message| message.channel != *place).into_iter();
        let own = self.server.posts(*place).into_iter();
        let ours = card.chain(own).filter(|message| message.author == BOT);
        ours.map(shown).collect()
    }

    fn signs(&self, line: &u64) -> Vec<String> {
        let reactions = self.server.look(|state| {
            let message = state.messages.get(line);
            message
                .map(|message| message.reactions.clone())
                .unwrap_or_default()
        });
        let ours = reactions.into_iter().filter(|(_, by)| *by == BOT);
        ours.map(|(emoji, _)| emoji).collect()
    }

    fn file(&self, place: &u64, name: &str) -> Option<Vec<u8>> {
        let posts = self.server.posts(*place);
        let mut files = posts.iter().flat_map(|post| &post.attachments);
        let url = files.find(|file| file["filename"] == name)?["url"]
            .as_str()?
            .to_owned();
        self.server.look(|state| {
            let mut all = state.files.iter();
            all.find(|(path, _)| url.contains(path.as_str()))
                .map(|(_, bytes)| bytes.clone())
        })
    }

    fn knows(&self, who: Member) {
        self.person(who);
    }

    fn has_picture(&self, who: Member, bytes: &[u8]) {
        self.person(who).has_picture("0123abcd", bytes);
    }

    fn says(&self, who: Member, place: &u64, text: &str) -> u64 {
        self.person(who).says(*place, text)
    }

    fn mentions(&self, who: Member, place: &u64, whom: Member, text: &str) -> u64 {
        self.person(who)
            .says(*place, &format!("<@{}> {text}", whom.number))
    }

    fn replies(&self, who: Member, place: &u64, to: &u64, text: &str) -> u64 {
        self.person(who).replies(*place, *to, text)
    }

    fn edits(&self, who: Member, line: &u64, text: &str) {
        self.person(who).edits(*line, text);
    }

    fn deletes(&self, who: Member, _: &u64, line: &u64) {
        self.person(who).deletes(*line);
    }

    fn takes_back(&self, who: Member, line: &u64) {
        self.person(who).reacts(*line, Self::SIGNS.take_back);
    }

    fn presses(&self, who: Member, place: &u64, label: &str) {
        let has = |post: &Shown| post.buttons.iter().any(|button| button == label);
        let post = self.posts(place).into_iter().rev().find(has);
        let post = post.unwrap_or_else(|| panic!("no button {label:?}; {}", self.summary()));
        let message = post.id.parse().expect("ids on Discord are numbers");
        self.person(who).presses(message, label);
    }

    fn uploads(&self, who: Member, place: &u64, name: &str, bytes: &[u8], text: &str) -> u64 {
        self.person(who).uploads(*place, text, &[(name, bytes)])
    }

    fn id_of(&self, who: Member) -> String {
        who.number.to_string()
    }

    fn role(&self) -> String {
        TEAM.to_string()
    }

    fn trouble(&self, troubles: &[Trouble]) {
        for trouble in troubles {
            let fault = match trouble {
                Trouble::Broken => Fault::ServerError(502),
                Trouble::Reset => Fault::Reset,
                Trouble::ResetAfterAccept => Fault::ResetAfterAccept,
                Trouble::TooMany => Fault::TooMany(1.0),
                Trouble::Refused => Fault::Refuse(400, 50_035),
            };
            self.server.fail_next("POST channels/messages", 1, fault);
        }
    }

    fn files_are_stuck(&self, stuck: bool) {
        self.server.with(|state| state.stuck = stuck);
    }

    fn refuses_a_change(&self) {
        let refused = Fault::Refuse(400, 50_035);
        self.server.fail_next("PATCH channels/messages", 1, refused);
    }

    fn line_of(&self, id: &str) -> u64 {
        id.parse().expect("ids on Discord are numbers")
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

    /// Discord wants nothing confirmed but presses.
    async fn is_confirmed(&self) {
        self.until("every press acknowledged", |home| {
            let presses = home.server.presses();
            presses
                .iter()
                .all(|press| press.answered.is_some())
                .then_some(())
        })
        .await;
    }

    fn ends_well(&self) {
        assert_eq!(self.server.limit_hits().1, 0, "nobody came too early");
    }
}

/// The other of the two channels that exist from the start.
fn other(parent: u64) -> u64 {
    if parent == CHANNEL { FORUM } else { CHANNEL }
}

fn shown(message: Message) -> Shown {
    let rows = message.components.as_array().cloned().unwrap_or_default();
    let buttons = rows
        .iter()
        .flat_map(|row| row["components"].as_array().into_iter().flatten());
    let word = |value: &serde_json::Value| value.as_str().map(str::to_owned);
    let files = message.attachments.iter();
    Shown {
        id: message.id.to_string(),
        text: unescaped(&message.content),
        buttons: buttons
            .filter_map(|button| word(&button["label"]))
            .collect(),
        pings: message.pings,
        files: files.filter_map(|file| word(&file["filename"])).collect(),
    }
}

/// The words as people read them: a backslash before a sign of Discord's markdown is not shown.
fn unescaped(content: &str) -> String {
    let mut text = String::new();
    let mut letters = content.chars().peekable();
    while let Some(letter) = letters.next() {
        let escapes = letters.peek().is_some_and(char::is_ascii_punctuation);
        match letter == '\\' && escapes {
            true => text.extend(letters.next()),
            false => text.push(letter),
        }
    }
    text
}
