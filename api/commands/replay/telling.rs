//! How a replay reads on a terminal.

use std::collections::BTreeMap;

use hinny_actors::ids::Millis;
use hinny_kb::Judgement;

use super::{Replayed, Today, name};

pub(super) fn told(replayed: &Replayed) -> String {
    let (id, site) = (&replayed.conversation, &replayed.site);
    let mut text = format!("Conversation {id} of site {site}\n");
    if replayed.decisions.is_empty() {
        text += "\nThe bot decided nothing in it.\n";
    }
    for decision in &replayed.decisions {
        text += &format!(
            "\nEvent {} · {} · turn {}\n",
            decision.seq,
            time(decision.at),
            decision.turn
        );
        text += &match &decision.facts {
            Some(facts) => facts_told(facts),
            None => format!("  verdict    {}; its words were erased\n", decision.verdict),
        };
        for line in &decision.then {
            text += &format!("  then       {line}\n");
        }
        if let Some(today) = &decision.today {
            text += &today_told(today);
        }
    }
    text
}

fn facts_told(facts: &Judgement) -> String {
    let mut text = format!("  question   {}\n", facts.query);
    for part in &facts.parts {
        text += &format!("  part       {part}\n");
    }
    text += &made_of(facts);
    for (place, found) in facts.candidates.iter().enumerate() {
        text += &format!(
            "  {}. {:5.2}   {}  ({}; {})\n",
            place + 1,
            found.score,
            found.title,
            found.entry,
            features(&found.features)
        );
    }
    if let Some(model) = &facts.model {
        let (name, prompt, outcome) = (&model.model, &model.prompt, &model.outcome);
        text += &format!("  model      {name}, prompt {prompt}: {outcome}\n");
    }
    text
}

/// The verdict, and what it was made with.
fn made_of(facts: &Judgement) -> String {
    let mut text = format!(
        "  verdict    {} at {:.2} (answer from {:.2}, suggest from {:.2})\n",
        name(&facts.verdict),
        facts.confidence,
        facts.borders.answer,
        facts.borders.suggest
    );
    let encoder = facts.encoder.as_deref().unwrap_or("none");
    let index = match facts.generation.as_str() {
        "" => "none",
        id => id,
    };
    let settings = &facts.settings_hash;
    text += &format!("  made with  index {index}, settings {settings}, encoder {encoder}\n");
    if !facts.features.is_empty() {
        text += &format!("  features   {}\n", features(&facts.features));
    }
    text
}

fn features(features: &BTreeMap<String, f64>) -> String {
    let each = features
        .iter()
        .map(|(name, value)| format!("{name} {value:.2}"));
    each.collect::<Vec<_>>().join(", ")
}

fn today_told(today: &Today) -> String {
    let decided = format!("{} at {:.2}", name(&today.verdict), today.confidence);
    let nearest = match today.entries.first() {
        Some(_) => format!(" ({})", today.entries.join(", ")),
        None => String::new(),
    };
    let changed = match today.changed.as_slice() {
        [] => "nothing has changed since".to_owned(),
        changed => format!("changed since: {}", changed.join(", ")),
    };
    let judged = match today.otherwise {
        true => "OTHERWISE",
        false => "the same",
    };
    format!("  today      {judged}: {decided}{nearest}; {changed}\n")
}

pub(super) fn time(at: Millis) -> String {
    let time = jiff::Timestamp::from_millisecond(at);
    time.map_or_else(
        |_| at.to_string(),
        |time| time.strftime("%Y-%m-%d %H:%M:%SZ").to_string(),
    )
}
