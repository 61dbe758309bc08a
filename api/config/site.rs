//! One website of the configuration: its origins, identity, knowledge, and where its threads are opened.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use hinny_actors::Speaks;
use hinny_actors::ids::SiteId;
use hinny_kb::LinkStyle;
use url::Url;

use super::embeddings::Embeddings;
use super::hand::{DESK, Hand};
use super::identity::{self, Identity};
use super::look::Look;
use super::model::Model;
use super::proactive::{self, Proactive};
use super::raw::{RawKnowledge, RawSite};
use super::secret::Env;
use super::speech;
use super::team::Team;
use super::walks::{self, Scheduled};
use super::{Config, Problems, web_url};
use crate::origin::{Origins, Pattern};
use crate::words::{CONSENT, FALLBACK, Pack};

/// The longest id of a site; it stands in every row and in many log lines.
const MAX_ID: usize = 40;

#[derive(Clone, Debug, PartialEq)]
pub struct Site {
    pub id: SiteId,
    pub name: String,
    pub origins: Origins,
    pub greeting: Option<String>,
    pub look: Look,
    pub identity: Identity,
    pub knowledge: Knowledge,
    pub answers: hinny_kb::Settings,
    pub speaks: Speaks,
    /// Answers are given as they stand in the knowledge without one.
    pub model: Option<Model>,
    /// Meaning is compared by the English model of this binary without one.
    pub embeddings: Option<Embeddings>,
    pub hand: Hand,
    pub team: Team,
    /// What is said to visitors before they open the chat.
    pub proactive: Vec<Proactive>,
    /// Its own sentences by language, in place of the packs', and what visitors agree to, in every language.
    pub words: BTreeMap<String, Pack>,
}

impl Site {
    /// Whether its visitors agree to a text before their first message.
    pub fn asks_first(&self) -> bool {
        let said = self.words.get(FALLBACK);
        said.is_some_and(|said| said.contains_key(CONSENT))
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Knowledge {
    pub paths: Vec<PathBuf>,
    pub base_url: Option<Url>,
    /// Whose rules make the links; found out by itself without it.
    pub links: Option<LinkStyle>,
    /// Where the team's own answers are kept, if not in the data folder.
    pub saved: Option<PathBuf>,
    /// How often the documents are looked at again while the server runs.
    pub every: Option<Duration>,
    /// Websites that are walked on schedule.
    pub crawl: Vec<Scheduled>,
}

/// Checks one site by itself.
pub(super) fn check(
    raw: RawSite,
    base: &Path,
    env: Env<'_>,
    problems: &mut Problems,
) -> Option<Site> {
    let label = format!("site `{}`", raw.id);
    let within = |what: String| format!("{label}: {what}");
    let id = problems.take(id(&raw.id).map_err(within));
    let hand = problems.take(Hand::check(&raw).map_err(within));
    let look = Look::check(&raw.look, base, &label, problems);
    let team = Team::check(&raw.team, hand.as_ref(), &label, problems);
    let identity = problems.take(identity::check(&raw, base, env).map_err(within));
    let origins = problems.take(origins(&raw.origins).map_err(within));
    if let Err(what) = raw.answers.settings.check() {
        problems.add(within(format!("`answers`: {what}")));
    }
    let speaks = problems.take(speaks(&raw.answers.mode).map_err(within));
    let knowledge = knowledge(&raw.knowledge, base, &label, problems);
    let model = Model::of(raw.model.as_ref(), base, env, &label, problems);
    let words = speech::words(raw.words, raw.consent.as_deref(), &label, problems);
    let embeddings = Embeddings::of(raw.embeddings.as_ref(), base, env, &label, problems);
    Some(Site {
        id: id?,
        name: raw.name,
        origins: origins?,
        greeting: raw.greeting,
        look: look?,
        identity: identity?,
        knowledge,
        answers: raw.answers.settings,
        speaks: speaks?,
        model,
        embeddings,
        hand: hand?,
        team,
        proactive: proactive::check(raw.proactive, &label, problems),
        words,
    })
}

fn knowledge(raw: &RawKnowledge, base: &Path, label: &str, problems: &mut Problems) -> Knowledge {
    let within = |what: String| format!("{label}: {what}");
    let url = raw
        .base_url
        .as_ref()
        .map(|url| web_url("base_url", url).map_err(within));
    let saved = raw.saved.as_ref().map(|saved| base.join(saved));
    let markdown = |path: &PathBuf| path.extension().is_some_and(|end| end == "md");
    if saved.as_ref().is_some_and(|path| !markdown(path)) {
        problems.add(within(
            "`knowledge.saved` is a Markdown file; its name ends with .md".to_owned(),
        ));
    }
    let every = raw.every.as_deref();
    let every = every.map(|every| walks::every("knowledge", every).map_err(within));
    Knowledge {
        paths: raw.paths.iter().map(|path| base.join(path)).collect(),
        base_url: url.and_then(|url| problems.take(url)),
        links: raw
            .links
            .as_deref()
            .and_then(|name| problems.take(links(name).map_err(within))),
        saved,
        every: every.and_then(|every| problems.take(every)),
        crawl: walks::check(&raw.crawl, label, problems),
    }
}

fn links(name: &str) -> Result<LinkStyle, String> {
    let names = LinkStyle::NAMES.map(|(name, _)| format!("\"{name}\""));
    let unknown = || format!("`knowledge.links` is one of {}", names.join(", "));
    LinkStyle::named(name).ok_or_else(unknown)
}

/// Checks what several parts must agree on.
pub(super) fn check_all(config: &Config, problems: &mut Problems) {
    let mut names = HashSet::from([DESK]);
    for (_, name) in config.connections.names() {
        if !names.insert(name) {
            problems.add(format!("the connection name `{name}` is used twice"));
        }
    }
    let (mut ids, mut saved) = (HashSet::new(), HashSet::new());
    for site in &config.sites {
        if !ids.insert(&site.id) {
            problems.add(format!("site `{}` is there twice", site.id));
        }
        if site
            .knowledge
            .saved
            .as_ref()
            .is_some_and(|path| !saved.insert(path))
        {
            problems.add(format!(
                "site `{}`: `knowledge.saved` is another site's file",
                site.id
            ));
        }
        if let Some(what) = unreachable(config, site) {
            problems.add(format!("site `{}`{what}", site.id));
        }
    }
}

/// Why this site's hand-overs could go nowhere.
fn unreachable(config: &Config, site: &Site) -> Option<String> {
    let Some(platform) = site.hand.platform() else {
        let off = " hands over to the desk, but `desk.enabled` is false";
        return (!config.desk).then(|| off.to_owned());
    };
    let name = site.hand.connection();
    let known = config
        .connections
        .names()
        .any(|connection| connection == (platform, name));
    (!known).then(|| format!(": there is no [[{}]] named `{name}`", platform.word()))
}

fn id(id: &str) -> Result<SiteId, String> {
    let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    match (1..=MAX_ID).contains(&id.len()) && id.bytes().all(letter) {
        true => Ok(SiteId(id.to_owned())),
        false => Err(format!("`id` is 1 to {MAX_ID} of a-z, 0-9 and -")),
    }
}

fn origins(texts: &[String]) -> Result<Origins, String> {
    if texts.is_empty() {
        return Err("`origins` is empty, so no page could use it".to_owned());
    }
    let patterns = texts.iter().map(|text| Pattern::parse(text));
    patterns.collect::<Result<_, _>>().map(Origins::new)
}

fn speaks(mode: &str) -> Result<Speaks, String> {
    match mode {
        "bot-first" => Ok(Speaks::BotFirst),
        "drafts" => Ok(Speaks::Drafts),
        "human-first" => Ok(Speaks::HumanFirst),
        other => Err(format!(
            "`answers.mode` = \"{other}\": it is \"bot-first\", \"drafts\" or \"human-first\""
        )),
    }
}
