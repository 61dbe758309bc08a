//! `hinny token`, as clap reads it.

use clap::Args;

use super::SiteArg;

#[derive(Debug, Args)]
pub struct Token {
    #[command(flatten)]
    pub site: SiteArg,
    /// The customer's id at your side
    #[arg(long, value_name = "ID")]
    pub sub: String,
    /// The customer's name
    #[arg(long)]
    pub name: Option<String>,
    /// The customer's e-mail address
    #[arg(long)]
    pub email: Option<String>,
    /// Which of the site's `identity_keys` signs it; without it the first one
    #[arg(long, value_name = "ID")]
    pub kid: Option<String>,
    /// How long it is good, at most 24h; without it one hour
    #[arg(long, value_name = "TIME")]
    pub valid: Option<String>,
    /// What else your side knows, as NAME=VALUE; may be given several times
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    pub attribute: Vec<(String, String)>,
}

pub(super) fn pair(text: &str) -> Result<(String, String), String> {
    let pair = text
        .split_once('=')
        .filter(|(name, _)| !name.trim().is_empty());
    let (name, value) = pair.ok_or("it is NAME=VALUE, for instance plan=pro")?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attribute_is_a_name_and_a_value() {
        let given = |text: &str| pair(text).ok();
        let both = |name: &str, value: &str| Some((name.to_owned(), value.to_owned()));
        assert_eq!(given("plan=pro"), both("plan", "pro"));
        assert_eq!(given("sum = 1=1"), both("sum", "1=1"));
        assert_eq!((given("plan"), given("=pro")), (None, None));
    }
}
