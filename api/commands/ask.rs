//! `hinny ask`: what the bot would say, and why. Reads the index itself, so it works without a server.

use std::process::ExitCode;

use hinny_actors::Speaks;
use hinny_kb::{Judgement, Library, Person, Settings, Verdict};

use super::{Failure, load, site};
use crate::cli::{Ask, Global};
use crate::index;
use crate::say::say;

pub fn run(global: &Global, ask: Ask) -> Result<ExitCode, Failure> {
    let config = load(global)?;
    let site = site(&config, ask.site.site.as_deref())?;
    let configured = config.site(&site);
    let settings = configured.map_or_else(Settings::default, |site| site.answers);
    let speaks = configured.map_or(Speaks::BotFirst, |site| site.speaks);
    let library = Library::open(index::folder(&config.data, &site))?;
    let nothing =
        || format!("nothing is indexed for site `{site}` yet; see `hinny kb index --help`");
    let generation = library.generation().ok_or_else(nothing)?;
    let judgement = {
        let signed = ask.signed.into_iter().collect();
        generation.judge_for(&Person { signed }, &ask.question, &settings)?
    };
    match ask.json {
        true => say!("{}", serde_json::to_string(&judgement)?),
        false => say!("{}", told(&judgement, speaks).trim_end()),
    }
    Ok(ExitCode::SUCCESS)
}

fn mode(speaks: Speaks) -> &'static str {
    match speaks {
        Speaks::BotFirst => "",
        Speaks::Drafts => "mode        drafts: the team gets the answer, and a person sends it\n",
        Speaks::HumanFirst => {
            "mode        human-first: the team gets the candidates, and a person answers\n"
        }
    }
}

fn told(judgement: &Judgement, speaks: Speaks) -> String {
    let verdict = match judgement.verdict {
        Verdict::Answer => "answer",
        Verdict::Suggest => {
            "suggest (the visitor is asked which candidate they mean, or wants a person)"
        }
        Verdict::Unsure => "unsure (the visitor gets a person)",
    };
    let mut text = format!(
        "verdict     {verdict}\nconfidence  {:.2}\n",
        judgement.confidence
    );
    text += mode(speaks);
    if judgement.small {
        text += &format!("\n{}\n", index::too_small());
    }
    if let Some(answer) = &judgement.answer {
        text += &format!("\n{}\n", answer.markdown.trim_end());
        for source in &answer.sources {
            text += &format!(
                "\nSource: {} ({})\n",
                source.title,
                source.url.as_ref().unwrap_or(&source.path)
            );
        }
    }
    if !judgement.candidates.is_empty() {
        text += "\nCandidates:\n";
    }
    for candidate in &judgement.candidates {
        let path = &candidate.source.path;
        text += &format!("  {:5.2}  {}  ({path})\n", candidate.score, candidate.title);
    }
    text
}
