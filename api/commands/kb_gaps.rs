//! `hinny kb gaps`: what visitors ask and the knowledge does not answer, put together by meaning, with a draft of an FAQ
//! entry for each. Reads the store itself, beside a running server or without.

use std::collections::HashMap;
use std::process::ExitCode;

use hinny_actors::ids::{ConversationId, Millis, SiteId};
use hinny_actors::store::{
    InsightStore, LogStore, Missed, PeopleStore, SqliteStore, StoreError, Why,
};
use hinny_kb::gaps::{Cluster, Open, clusters, write_drafts};

use super::{Failure, load, reading, since, site};
use crate::cli::{Gaps, Global};
use crate::say::say;

/// Characters of an agent's answer that are shown.
const SHOWN: usize = 160;

pub fn run(global: &Global, wanted: Gaps) -> Result<ExitCode, Failure> {
    let config = load(global)?;
    let site = SiteId(site(&config, wanted.site.site.as_deref())?);
    let since = since(&wanted.since)?;
    let open = reading(&config, async |store| open(store, &site, since).await)?;
    let mut found = clusters(&open);
    found.retain(|cluster| cluster.count >= wanted.least);
    if let Some(file) = &wanted.out {
        write_drafts(file, &found, wanted.force)?;
    }
    match wanted.json {
        true => say!("{}", serde_json::to_string(&found)?),
        false => say!("{}", told(&found, &wanted).trim_end()),
    }
    Ok(ExitCode::SUCCESS)
}

/// The open questions of a site, the newest first, with the names that a draft must not have.
async fn open(store: &SqliteStore, site: &SiteId, since: Millis) -> Result<Vec<Open>, StoreError> {
    let mut names = HashMap::new();
    let mut open = Vec::new();
    for missed in store.missed(site, since).await? {
        if missed.question.trim().is_empty() {
            continue;
        }
        let id = &missed.conversation;
        if !names.contains_key(id) {
            names.insert(id.clone(), people(store, id).await?);
        }
        open.push(question(&missed, names[id].clone()));
    }
    Ok(open)
}

fn question(missed: &Missed, names: Vec<String>) -> Open {
    Open {
        question: missed.question.clone(),
        wrong: missed.why == Why::Wrong,
        not_helped: missed.why == Why::NotHelped,
        suggested: missed.why == Why::Suggested,
        answer: missed.reply.clone(),
        conversation: missed.conversation.to_string(),
        names,
    }
}

/// The visitor's name, as a whole and word by word.
async fn people(store: &SqliteStore, id: &ConversationId) -> Result<Vec<String>, StoreError> {
    let Some(row) = store.conversation(id).await? else {
        return Ok(Vec::new());
    };
    let profile = store.profile(&row.visitor).await?;
    let Some(name) = profile.and_then(|profile| profile.name) else {
        return Ok(Vec::new());
    };
    let words = name.split_whitespace().map(str::to_owned);
    let mut names: Vec<String> = words.collect();
    names.push(name);
    Ok(names)
}

fn told(found: &[Cluster], wanted: &Gaps) -> String {
    let mut text = String::new();
    for cluster in found {
        let (count, example) = (cluster.count, one_line(&cluster.example));
        text += &format!("{count:4} × {example}\n");
        text += &format!(
            "       {} without an answer, {} only suggested, {} marked wrong, {} did not help; conversation {}\n",
            cluster.handed_over,
            cluster.suggested,
            cluster.wrong,
            cluster.not_helped,
            cluster.conversation
        );
        let answer = match &cluster.draft.answer {
            Some(answer) => one_line(answer),
            None => "nobody has answered it yet".to_owned(),
        };
        text += &format!("       {answer}\n\n");
    }
    text += &match (found.len(), &wanted.out) {
        (0, _) => format!("Nothing was left open in the last {}.", wanted.since),
        (_, Some(file)) => format!(
            "The drafts are in {}. Read them, and add the file to the paths that are indexed.",
            file.display()
        ),
        (_, None) => "Write drafts of FAQ entries with: --out drafts.yaml".to_owned(),
    };
    text
}

fn one_line(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}
