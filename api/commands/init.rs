//! `hinny init`: the commented example as a file of one's own, with a first site in it if somebody says which. What is
//! not said on the command line is asked, when a person sits there.

use std::io::{BufRead, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

use super::{Failure, config_file, lenient};
use crate::cli::{Global, Init};
use crate::config::{Config, EXAMPLE};
use crate::say::say;

/// Where the example begins to speak of sites.
const SITES: &str = "# One [[site]] for each website.";

/// Where a team sits.
#[derive(Clone, Debug, PartialEq)]
enum Team {
    Desk,
    Slack(String),
    Discord(String),
    Telegram(String),
}

#[derive(Clone, Debug, PartialEq)]
struct Site {
    id: String,
    name: String,
    origins: Vec<String>,
    team: Team,
    docs: Vec<String>,
}

pub fn run(global: &Global, init: Init) -> Result<ExitCode, Failure> {
    let file = init.file.clone().unwrap_or_else(|| config_file(global));
    if file.exists() {
        return Err(format!("{} exists already", file.display()).into());
    }
    let said = init.is_said();
    let site = match said || std::io::stdin().is_terminal() {
        true => site(init, &mut |question, usual| match said {
            true => Ok(usual.to_owned()),
            false => ask(question, usual),
        })?,
        false => None,
    };
    let text = site.as_ref().map_or_else(|| EXAMPLE.to_owned(), with);
    Config::parse(&text, &file, &lenient)?;
    write(&file, &text)?;
    say!("{} is written. {}", file.display(), next(site.as_ref()));
    Ok(ExitCode::SUCCESS)
}

/// Never over a file that somebody made meanwhile.
fn write(file: &Path, text: &str) -> Result<(), Failure> {
    let failed = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => format!("{} exists already", file.display()),
        _ => format!("{}: {error}", file.display()),
    };
    let mut out = std::fs::File::create_new(file).map_err(failed)?;
    out.write_all(text.as_bytes()).map_err(failed)?;
    Ok(())
}

/// Asks for a line; an empty one means the usual.
fn ask(question: &str, usual: &str) -> Result<String, Failure> {
    match usual {
        "" => eprint!("{question}: "),
        usual => eprint!("{question} [{usual}]: "),
    }
    std::io::stderr().flush()?;
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    Ok(match line.trim() {
        "" => usual.to_owned(),
        line => line.to_owned(),
    })
}

type Ask<'a> = &'a mut dyn FnMut(&str, &str) -> Result<String, Failure>;

/// The first site, or none if nobody wants one yet.
fn site(init: Init, ask: Ask<'_>) -> Result<Option<Site>, Failure> {
    let said = init.is_said();
    let name = match (init.name, &init.site) {
        (Some(name), _) => name,
        (None, Some(id)) => id.clone(),
        (None, None) => ask("The website's name (nothing: write the example only)", "")?,
    };
    if name.is_empty() && !said {
        return Ok(None);
    }
    let name = if name.is_empty() {
        "My website".to_owned()
    } else {
        name
    };
    let id = match init.site {
        Some(id) => id,
        None => ask("Its short id, for the script tag", &short(&name))?,
    };
    let origins = match init.origin.is_empty() {
        false => init.origin,
        true => vec![ask("The address of its pages", "http://localhost:3000")?],
    };
    let docs = match said {
        true => init.docs,
        false => list(&ask(
            "Your FAQ and documents, files or folders (nothing: later)",
            "",
        )?),
    };
    let chosen = chosen(init.slack, init.discord, init.telegram);
    let team = chosen.map_or_else(|| team(ask), Ok)?;
    Ok(Some(Site {
        id,
        name,
        origins,
        team,
        docs,
    }))
}

fn chosen(
    slack: Option<String>,
    discord: Option<String>,
    telegram: Option<String>,
) -> Option<Team> {
    let (discord, telegram) = (discord.map(Team::Discord), telegram.map(Team::Telegram));
    slack.map(Team::Slack).or(discord).or(telegram)
}

fn team(ask: Ask<'_>) -> Result<Team, Failure> {
    let place = ask(
        "Where does the team answer: desk, slack, discord or telegram",
        "desk",
    )?;
    match place.to_lowercase().as_str() {
        "desk" => Ok(Team::Desk),
        "slack" => ask("The channel's id (at the bottom of its details)", "").map(Team::Slack),
        "discord" => ask("The channel's id (right click, Copy Channel ID)", "").map(Team::Discord),
        "telegram" => ask("The group's id (like -1001234567890)", "").map(Team::Telegram),
        other => Err(format!("`{other}` is neither desk nor slack, discord or telegram").into()),
    }
}

fn list(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

/// An id made of a name.
fn short(name: &str) -> String {
    let words = name.split(|letter: char| !letter.is_ascii_alphanumeric());
    let words: Vec<String> = words
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    match words.is_empty() {
        true => "site".to_owned(),
        false => words.join("-").chars().take(40).collect(),
    }
}

/// The example with this site before the examples of sites.
fn with(site: &Site) -> String {
    let example = match site.team {
        Team::Desk => EXAMPLE.replacen("enabled = false", "enabled = true", 1),
        _ => EXAMPLE.to_owned(),
    };
    example.replacen(SITES, &format!("{}\n{SITES}", tables(site)), 1)
}

fn tables(site: &Site) -> String {
    let quoted = |text: &str| toml::Value::from(text).to_string();
    let listed = |texts: &[String]| toml::Value::from(texts.to_vec()).to_string();
    let mut text = format!(
        "[[site]]\nid = {}\nname = {}\norigins = {}\n",
        quoted(&site.id),
        quoted(&site.name),
        listed(&site.origins)
    );
    if !site.docs.is_empty() {
        text += &format!("\n[site.knowledge]\npaths = {}\n", listed(&site.docs));
    }
    text + &match &site.team {
        Team::Desk => String::new(),
        Team::Slack(channel) => format!(
            "\n[site.slack]\nconnection = \"slack\"\nchannel = {}\n\n[[slack]]\nname = \"slack\"\n\
             bot_token_env = \"HINNY_SLACK_BOT_TOKEN\"\napp_token_env = \"HINNY_SLACK_APP_TOKEN\"\n",
            quoted(channel)
        ),
        Team::Discord(channel) => format!(
            "\n[site.discord]\nconnection = \"discord\"\nchannel = {channel}\n\n[[discord]]\nname = \"discord\"\n\
             token_env = \"HINNY_DISCORD_TOKEN\"\n"
        ),
        Team::Telegram(chat) => format!(
            "\n[site.telegram]\nconnection = \"telegram\"\nchat = {chat}\n\n[[telegram]]\nname = \"telegram\"\n\
             token_env = \"HINNY_TELEGRAM_TOKEN\"\n"
        ),
    }
}

fn next(site: Option<&Site>) -> String {
    let start = "then run: hinny doctor, and hinny serve";
    let Some(site) = site else {
        return format!("Add a [[site]], {start}");
    };
    let variables = match site.team {
        Team::Desk => {
            return format!(
                "Now run: hinny doctor, hinny serve, and hinny desk login --site {}",
                site.id
            );
        }
        Team::Slack(_) => "HINNY_SLACK_BOT_TOKEN and HINNY_SLACK_APP_TOKEN",
        Team::Discord(_) => "HINNY_DISCORD_TOKEN",
        Team::Telegram(_) => "HINNY_TELEGRAM_TOKEN",
    };
    format!("Set {variables}, {start}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flags(team: [Option<&str>; 3]) -> Init {
        let [slack, discord, telegram] = team.map(|channel| channel.map(str::to_owned));
        Init {
            file: None,
            site: None,
            name: Some("Ada's \"Shop\"".to_owned()),
            origin: vec!["https://shop.example".to_owned()],
            docs: vec!["docs".to_owned()],
            slack,
            discord,
            telegram,
        }
    }

    fn written(init: Init) -> Config {
        let site = site(init, &mut |_, usual| Ok(usual.to_owned()))
            .unwrap()
            .unwrap();
        Config::parse(&with(&site), Path::new("hinny.toml"), &lenient).unwrap()
    }

    #[test]
    fn every_place_of_a_team_gives_a_configuration_that_is_understood() {
        for (team, connection) in [
            ([None, None, None], "desk"),
            ([Some("C0123"), None, None], "slack"),
            ([None, Some("123"), None], "discord"),
            ([None, None, Some("-1001")], "telegram"),
        ] {
            let config = written(flags(team));
            assert_eq!(config.sites.len(), 1);
            assert_eq!(config.sites[0].hand.connection(), connection);
            assert_eq!(config.sites[0].id.as_str(), "ada-s-shop");
            assert_eq!(config.sites[0].name, "Ada's \"Shop\"");
        }
    }

    #[test]
    fn a_wrong_channel_is_named_before_anything_is_written() {
        let site = site(flags([Some("#support"), None, None]), &mut |_, usual| {
            Ok(usual.to_owned())
        });
        let text = with(&site.unwrap().unwrap());
        let error = Config::parse(&text, Path::new("hinny.toml"), &lenient).unwrap_err();
        assert!(error.to_string().contains("slack.channel"), "{error}");
    }

    #[test]
    fn questions_are_asked_until_there_is_a_site() {
        let nothing = Init::default();
        let mut answers = ["Shop", "", "", "", "discord", "42"].into_iter();
        let mut ask = |_: &str, usual: &str| {
            let answer = answers.next().unwrap();
            Ok(if answer.is_empty() { usual } else { answer }.to_owned())
        };
        let site = site(nothing.clone(), &mut ask).unwrap().unwrap();
        assert_eq!(
            (site.id.as_str(), site.team),
            ("shop", Team::Discord("42".to_owned()))
        );
        let none = self::site(nothing, &mut |_, usual| Ok(usual.to_owned())).unwrap();
        assert_eq!(none, None);
    }
}
