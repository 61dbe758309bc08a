//! `hinny replay`: every decision of a conversation as it was made, from the facts that were stored with it, and what
//! today's index and settings would make of the same question. Reads only.

mod telling;

use std::collections::BTreeSet;
use std::process::ExitCode;
use std::sync::Arc;

use hinny_actors::body::Body;
use hinny_actors::event::{Turn, What};
use hinny_actors::ids::{ConversationId, Millis, Seq, SiteId};
use hinny_actors::store::{
    AnswersWanted, DeskStore, Entry, InsightStore, LogStore, SqliteStore, StoreError, ThreadState,
};
use hinny_kb::{Generation, Judgement, KbError, Person, Settings, Source, Verdict};
use serde::Serialize;

use super::{Failure, load, runtime, site};
use crate::cli::{Global, Replay};
use crate::config::Config;
use crate::index;
use crate::say::say;
use telling::{time, told};

/// Conversations that are listed.
const LISTED: u32 = 20;
/// Events that are read at once.
const PAGE: u32 = 500;

pub fn run(global: &Global, replay: Replay) -> Result<ExitCode, Failure> {
    let config = load(global)?;
    match &replay.conversation {
        Some(id) => show(&config, &ConversationId(id.clone()), replay.json)?,
        None => list(
            &config,
            &site(&config, replay.site.site.as_deref())?,
            replay.json,
        )?,
    }
    Ok(ExitCode::SUCCESS)
}

/// A conversation to choose from.
#[derive(Serialize)]
struct Listed {
    conversation: ConversationId,
    at: Millis,
    /// What was said last, or what the bot answered.
    said: String,
}

fn list(config: &Config, id: &str, json: bool) -> Result<(), Failure> {
    let all = listed(config, &SiteId::from(id))?;
    if json {
        say!("{}", serde_json::to_string(&all)?);
        return Ok(());
    }
    for one in &all {
        let said = one.said.split_whitespace().collect::<Vec<_>>().join(" ");
        let said: String = said.chars().take(60).collect();
        say!("{}  {}  {said}", one.conversation, time(one.at));
    }
    match all.len() {
        0 => say!("Site `{id}` has no conversations with a decision yet."),
        _ => say!("See one with: hinny replay CONVERSATION"),
    }
    Ok(())
}

/// The newest conversations in which the bot answered or a person was fetched.
fn listed(config: &Config, site: &SiteId) -> Result<Vec<Listed>, Failure> {
    let (answers, threads) = runtime()?.block_on(async {
        let store = SqliteStore::open_read_only(&config.data).await?;
        let answers = store.answers(site, &AnswersWanted::last(LISTED)).await;
        let threads = store.threads(site, ThreadState::All, LISTED).await;
        store.close().await;
        Ok::<_, Failure>((answers?, threads?))
    })?;
    let answered = answers.into_iter().map(|row| Listed {
        conversation: row.conversation,
        at: row.at,
        said: row.question,
    });
    let handed_over = threads.into_iter().map(|row| Listed {
        conversation: row.conversation.id,
        at: row.conversation.updated_at,
        said: row.last.as_ref().map(words).unwrap_or_default(),
    });
    let mut all: Vec<Listed> = answered.chain(handed_over).collect();
    all.sort_by_key(|one| std::cmp::Reverse(one.at));
    let mut seen = BTreeSet::new();
    all.retain(|one| seen.insert(one.conversation.0.clone()));
    Ok(all)
}

fn words(entry: &Entry) -> String {
    match &entry.body {
        Some(Body::Message { text, .. }) => text.to_plain(),
        _ => String::new(),
    }
}

#[derive(Serialize)]
struct Replayed {
    conversation: ConversationId,
    site: SiteId,
    decisions: Vec<Decision>,
}

/// One verdict, with what it was made of and what came of it.
#[derive(Serialize)]
struct Decision {
    seq: Seq,
    at: Millis,
    turn: Turn,
    verdict: String,
    /// What was stored with it; `null` if the words were erased.
    facts: Option<Judgement>,
    /// What followed, in order.
    then: Vec<String>,
    /// What would be decided now; `null` if the words were erased.
    today: Option<Today>,
}

#[derive(Serialize)]
struct Today {
    verdict: Verdict,
    confidence: f64,
    /// The best entries, best first; of several questions in one message, the best of each.
    entries: Vec<String>,
    generation: String,
    /// Whether it would be decided otherwise.
    otherwise: bool,
    /// What is not as it was then.
    changed: Vec<&'static str>,
}

fn show(config: &Config, id: &ConversationId, json: bool) -> Result<(), Failure> {
    let (row, entries) = runtime()?.block_on(async {
        let store = SqliteStore::open_read_only(&config.data).await?;
        let read = read(&store, id).await;
        store.close().await;
        Ok::<_, Failure>(read?)
    })?;
    let Some(site) = row else {
        return Err(
            format!("there is no conversation `{id}`; see `hinny replay` for the newest").into(),
        );
    };
    let library = index::library(config, site.as_str())?;
    let now = Now {
        generation: library.generation(),
        settings: config
            .site(site.as_str())
            .map_or_else(Settings::default, |site| site.answers),
    };
    let replayed = Replayed {
        conversation: id.clone(),
        site,
        decisions: decisions(&entries, &now)?,
    };
    match json {
        true => say!("{}", serde_json::to_string(&replayed)?),
        false => say!("{}", told(&replayed).trim_end()),
    }
    Ok(())
}

async fn read(
    store: &SqliteStore,
    id: &ConversationId,
) -> Result<(Option<SiteId>, Vec<Entry>), StoreError> {
    let Some(row) = store.conversation(id).await? else {
        return Ok((None, Vec::new()));
    };
    let mut all: Vec<Entry> = Vec::new();
    loop {
        let after = all.last().map_or(0, |entry| entry.event.seq);
        let page = store.read(id, after, PAGE).await?;
        let last = (page.len() as u32) < PAGE;
        all.extend(page);
        if last {
            return Ok((Some(row.site), all));
        }
    }
}

fn decisions(entries: &[Entry], now: &Now) -> Result<Vec<Decision>, KbError> {
    let mut decisions = Vec::new();
    for (at, entry) in entries.iter().enumerate() {
        let What::Judged { turn, verdict, .. } = &entry.event.what else {
            continue;
        };
        let facts = match &entry.body {
            Some(Body::Verdict { judgement }) => Some(judgement.as_ref().clone()),
            _ => None,
        };
        decisions.push(Decision {
            seq: entry.event.seq,
            at: entry.event.at,
            turn: *turn,
            verdict: name(verdict),
            today: facts.as_ref().map(|facts| now.decide(facts)).transpose()?,
            facts,
            then: then(&entries[at + 1..], *turn),
        });
    }
    Ok(decisions)
}

/// What came of a verdict, up to the next one.
fn then(after: &[Entry], turn: Turn) -> Vec<String> {
    let until_next = after
        .iter()
        .take_while(|entry| !matches!(entry.event.what, What::Judged { .. }));
    let told = until_next.filter_map(|entry| match &entry.event.what {
        What::BotAnswered { turn: own, .. } if *own == turn => {
            Some(format!("the bot answered (event {})", entry.event.seq))
        }
        What::Escalated { reason, .. } => Some(format!(
            "a person was fetched: {} (event {})",
            name(reason),
            entry.event.seq
        )),
        What::AgentTook { .. } => Some(format!("a person took over (event {})", entry.event.seq)),
        _ => None,
    });
    told.collect()
}

/// The name under which something is stored.
fn name(value: &impl Serialize) -> String {
    let value = serde_json::to_value(value).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}

/// What decisions are made with today.
struct Now {
    generation: Option<Arc<Generation>>,
    settings: Settings,
}

impl Now {
    fn judge(&self, person: &Person, question: &str) -> Result<Judgement, KbError> {
        match &self.generation {
            Some(generation) => generation.judge_for(person, question, &self.settings),
            None => Ok(Judgement::unsure(question, "", &self.settings)),
        }
    }

    fn decide(&self, before: &Judgement) -> Result<Today, KbError> {
        let asked = match before.parts.as_slice() {
            [] => std::slice::from_ref(&before.query),
            parts => parts,
        };
        let judged = asked.iter().map(|one| self.judge(&before.person, one));
        let judged: Vec<Judgement> = judged.collect::<Result<_, _>>()?;
        let entries = match judged.as_slice() {
            [one] => one.candidates.iter().map(|c| c.entry.clone()).collect(),
            several => several.iter().filter_map(answering).collect(),
        };
        let answered = judged.iter().find(|one| one.verdict == Verdict::Answer);
        let said = answered.or(judged.first());
        let verdict = said.map_or(Verdict::Unsure, |one| one.verdict);
        let generation = self.generation.as_ref().map_or("", |now| now.id());
        let sources_now: Vec<_> = judged.iter().flat_map(sources).collect();
        let differs =
            verdict != before.verdict || (before.model.is_none() && sources_now != sources(before));
        Ok(Today {
            verdict,
            confidence: judged.iter().map(|one| one.confidence).fold(1.0, f64::min),
            // What the visitor has had is not looked at again.
            otherwise: differs && !before.is_withdrawn(),
            entries,
            generation: generation.to_owned(),
            changed: changed(before, generation, &self.settings, said),
        })
    }
}

/// Where the answer is from, if there is one.
fn sources(judgement: &Judgement) -> Vec<Source> {
    let answers = judgement.answer.iter();
    answers.flat_map(|answer| answer.sources.clone()).collect()
}

fn answering(judgement: &Judgement) -> Option<String> {
    let first = judgement.candidates.first()?;
    judgement.answer.is_some().then(|| first.entry.clone())
}

fn changed(
    before: &Judgement,
    generation: &str,
    settings: &Settings,
    said: Option<&Judgement>,
) -> Vec<&'static str> {
    let encoder = said.is_some_and(|said| said.encoder != before.encoder);
    [
        (generation != before.generation, "the index"),
        (
            settings.hash() != before.settings_hash,
            "the settings or the way of judging",
        ),
        (encoder, "the encoder"),
    ]
    .into_iter()
    .filter_map(|(differs, what)| differs.then_some(what))
    .collect()
}
