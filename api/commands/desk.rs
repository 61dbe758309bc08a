//! `hinny desk login` and `hinny token`: letting people in.

use std::process::ExitCode;
use std::time::Duration;

use hinny_actors::body::Profile;
use hinny_actors::clock;

use super::doing::carry_out;
use super::{Failure, config_file, env, known_site, load, site};
use crate::cli::{self, Global};
use crate::config::Config;
use crate::config::duration;
use crate::control::Verb;
use crate::identity::{self, LONGEST};
use crate::say::say;

/// How long a token for trying out is good.
const TOKEN_VALID: Duration = Duration::from_secs(3_600);

pub fn login(global: &Global, command: cli::Desk) -> Result<ExitCode, Failure> {
    let cli::Desk::Login { site: named } = command;
    let config = load(global)?;
    let site = site(&config, named.site.as_deref())?;
    let result = carry_out(&config, Verb::DeskLogin { site }, &mut |_, _, _| {})?;
    say!(
        "{}",
        result["link"].as_str().ok_or("the server gave no link")?
    );
    Ok(ExitCode::SUCCESS)
}

/// Signs with the real secret, so this command needs it, as the server does.
pub fn token(global: &Global, token: cli::Token) -> Result<ExitCode, Failure> {
    let config = Config::load(&config_file(global), &env)?;
    let id = site(&config, token.site.site.as_deref())?;
    let site = known_site(&config, &id)?;
    let keys = site.identity.keys().ok_or_else(|| {
        format!(
            "site `{id}` takes no identity; set `identity_secret_env`, `identity_secret_file` or `identity_keys`"
        )
    })?;
    let valid = match &token.valid {
        None => TOKEN_VALID,
        Some(text) => duration::parse(text)
            .filter(|valid| (1..=LONGEST.as_secs()).contains(&valid.as_secs()))
            .ok_or("--valid is 1s to 24h, for instance 10m")?,
    };
    let kid = token.kid.as_deref().or(keys.newest());
    let profile = Profile {
        subject: token.sub,
        name: token.name,
        email: token.email,
        attributes: token.attribute.into_iter().collect(),
    };
    let signed = identity::sign(&profile, &id, (clock::now(), valid), keys, kid);
    say!("{}", signed.ok_or("--kid names no key of this site")?);
    Ok(ExitCode::SUCCESS)
}
