//! A team on Slack.

use std::path::Path;

use serde_json::json;
use tokio::sync::watch;

use super::{Home, Kind, Member, Shown, Signs, Trouble};
use crate::slack::{APP_TOKEN, Agent, BOT, BOT_TOKEN, CHANNEL, Fault, Posted, SlackServer};

pub struct Slack {
    pub server: SlackServer,
}

/// The user group whose members are with the team.
const GROUP: &str = "S0TEAM";

/// The channel of another site.
const OTHER: &str = "C0LAB";

impl Slack {
    fn person(&self, who: Member) -> Agent<'_> {
        let id = self.id_of(who);
        match who.kind {
            Kind::Agent => {
                self.joins_the_group(&id);
                self.server.agent(&id, who.name)
            }
            Kind::Guest => self.server.guest(&id, who.name),
        }
    }

    fn places_in(&self, channel: &str) -> Vec<String> {
        let cards = self.server.cards().into_iter();
        let own = cards.filter(|card| card.channel == channel);
        own.map(|card| card.ts).collect()
    }

    fn joins_the_group(&self, id: &str) {
        self.server.change(|state| {
            let (_, members) = state.groups.entry(GROUP.to_owned()).or_default();
            if !members.iter().any(|member| member == id) {
                members.push(id.to_owned());
            }
        });
    }
}

impl Home for Slack {
    type Place = String;
    type Line = String;

    const SIGNS: Signs = Signs {
        seen: "eyes",
        failed: "warning",
        recalled: "leftwards_arrow_with_hook",
        take_back: "x",
    };
    const REPEATS: usize = 0;

    const LINKS: &str = "https://";

    async fn start() -> Self {
        let server = SlackServer::start().await;
        Slack { server }
    }

    fn target(&self) -> String {
        format!("[site.slack]\nconnection = \"team\"\nchannel = \"{CHANNEL}\"\n")
    }

    fn second_target(&self) -> String {
        self.server.add_channel(OTHER, "lab");
        format!("[site.slack]\nconnection = \"team\"\nchannel = \"{OTHER}\"\n")
    }

    fn second_places(&self) -> Vec<String> {
        self.places_in(OTHER)
    }

    fn listeners(&self) -> usize {
        self.server.open_sockets()
    }

    fn connection(&self, secrets: &Path) -> String {
        let (bot, app) = (secrets.join("bot"), secrets.join("app"));
        std::fs::write(&bot, BOT_TOKEN).expect("the token is written");
        std::fs::write(&app, APP_TOKEN).expect("the token is written");
        format!(
            "[[slack]]\nname = \"team\"\nbot_token_file = \"{}\"\napp_token_file = \"{}\"\napi_url = \"{}\"\n",
            bot.display(),
            app.display(),
            self.server.url(),
        )
    }

    async fn is_listened_to(&self) {
        self.server.await_sockets(1).await;
    }

    fn places(&self) -> Vec<String> {
        self.places_in(CHANNEL)
    }

    fn posts(&self, place: &String) -> Vec<Shown> {
        let cards = self.server.cards().into_iter();
        let card = cards.filter(|card| card.ts == *place);
        card.chain(self.server.posts(place)).map(shown).collect()
    }

    fn signs(&self, line: &String) -> Vec<String> {
        let message = self.server.message(line).unwrap_or_default();
        let all = message["reactions"].as_array().cloned().unwrap_or_default();
        let ours = all.iter().filter(|one| {
            let mut users = one["users"].as_array().into_iter().flatten();
            users.any(|user| user == BOT)
        });
        ours.filter_map(|one| one["name"].as_str().map(str::to_owned))
            .collect()
    }

    fn file(&self, _: &String, name: &str) -> Option<Vec<u8>> {
        self.server.file(name)?.bytes
    }

    fn knows(&self, who: Member) {
        self.person(who);
    }

    fn has_picture(&self, who: Member, bytes: &[u8]) {
        self.person(who);
        self.server.has_picture(&self.id_of(who), bytes);
    }

    fn says(&self, who: Member, place: &String, text: &str) -> String {
        self.person(who).says(place, text)
    }

    fn mentions(&self, who: Member, place: &String, whom: Member, text: &str) -> String {
        let id = self.id_of(whom);
        let elements = json!([{"type": "rich_text_section", "elements": [
            {"type": "user", "user_id": id}, {"type": "text", "text": format!(" {text}")},
        ]}]);
        let written = format!("<@{id}> {text}");
        self.person(who).says_rich(place, &elements, &written)
    }

    /// Slack knows no answer to a single message of a thread.
    fn replies(&self, who: Member, place: &String, _: &String, text: &str) -> String {
        self.says(who, place, text)
    }

    fn edits(&self, who: Member, line: &String, text: &str) {
        self.person(who).edits(line, text);
    }

    fn deletes(&self, who: Member, _: &String, line: &String) {
        self.person(who).deletes(line);
    }

    fn takes_back(&self, who: Member, line: &String) {
        self.person(who).reacts(line, Self::SIGNS.take_back);
    }

    fn presses(&self, who: Member, place: &String, label: &str) {
        self.person(who).presses(place, label);
    }

    fn uploads(&self, who: Member, place: &String, name: &str, bytes: &[u8], text: &str) -> String {
        let mime = match name.rsplit('.').next() {
            Some("png") => "image/png",
            Some("pdf") => "application/pdf",
            _ => "text/plain",
        };
        self.person(who).uploads(place, name, mime, bytes, text)
    }

    fn id_of(&self, who: Member) -> String {
        format!("U{}{}", who.number, who.name.to_uppercase())
    }

    fn role(&self) -> String {
        self.server.change(|state| {
            let group = ("team".to_owned(), Vec::new());
            state.groups.entry(GROUP.to_owned()).or_insert(group);
        });
        GROUP.to_owned()
    }

    fn trouble(&self, troubles: &[Trouble]) {
        for trouble in troubles {
            let fault = match trouble {
                Trouble::Broken => Fault::ServerError,
                Trouble::Reset => Fault::Reset,
                Trouble::ResetAfterAccept => Fault::ResetAfterAccept,
                Trouble::TooMany => Fault::TooMany(1),
                Trouble::Refused => Fault::Refuse("msg_too_long"),
            };
            self.server.fail_next("chat.postMessage", 1, fault);
        }
    }

    fn files_are_stuck(&self, stuck: bool) {
        self.server.change(|state| state.stuck = stuck);
    }

    fn refuses_a_change(&self) {
        let refused = Fault::Refuse("msg_too_long");
        self.server.fail_next("chat.update", 1, refused);
    }

    fn line_of(&self, id: &str) -> String {
        id.to_owned()
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
        self.server.await_all_acknowledged().await;
    }

    fn ends_well(&self) {
        assert_eq!(self.server.violations(), [] as [String; 0]);
        assert_eq!(self.server.limit_hits().1, 0, "nobody came too early");
    }
}

fn shown(post: Posted) -> Shown {
    Shown {
        id: post.ts,
        text: post.text,
        buttons: post.buttons,
        pings: post.pings,
        files: post.files,
    }
}
