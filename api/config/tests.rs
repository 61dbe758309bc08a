//! Tests of the configuration: the example is true, and every mistake is named.

use hinny_actors::shell::{Agents, Mode};
use hinny_bridges::Mention;

use super::*;

const SECRET: &str = "f3Qm0x1VbT9kZr7LsYp2WnHd5uGc8eJa";

fn env(name: &str) -> Option<String> {
    match name {
        "SECRET" | "HINNY_SHOP_IDENTITY" => Some(SECRET.to_owned()),
        "TOKEN" | "HINNY_TELEGRAM_TOKEN" => Some("123:abc".to_owned()),
        "BOT" | "HINNY_SLACK_BOT_TOKEN" => Some("xoxb-verysecret".to_owned()),
        "APP" | "HINNY_SLACK_APP_TOKEN" => Some("xapp-verysecret".to_owned()),
        "HINNY_MODEL_KEY" | "HINNY_EMBEDDINGS_KEY" => Some("sk-verysecret".to_owned()),
        "HINNY_DISCORD_TOKEN" => Some("a.verysecret.c".to_owned()),
        "SHORT" => Some("topsecretvalue".to_owned()),
        _ => None,
    }
}

pub(super) fn parse(text: &str) -> Result<Config, String> {
    Config::parse(text, Path::new("hinny.toml"), &env).map_err(|error| error.to_string())
}

/// A site that is right, and then one more line of its table.
pub(super) fn site(line: &str) -> String {
    format!(
        "[desk]\nenabled = true\n[[site]]\nid = \"shop\"\nname = \"Shop\"\norigins = [\"https://a.example\"]\n{line}\n"
    )
}

#[test]
fn the_example_is_the_defaults() {
    let example: RawConfig = toml::from_str(EXAMPLE).unwrap();
    assert_eq!(example, RawConfig::default());
    assert_eq!(parse(EXAMPLE), parse(""));
}

#[test]
fn the_examples_in_the_example_work() {
    let told = |line: &str| match line.strip_prefix('#') {
        Some(rest) if !rest.starts_with(' ') => rest.to_owned(),
        _ => line.to_owned(),
    };
    let lines: Vec<String> = EXAMPLE.lines().map(told).collect();
    let config = parse(&lines.join("\n")).unwrap();
    let platforms: Vec<_> = config
        .sites
        .iter()
        .map(|site| site.hand.platform())
        .collect();
    let named: Vec<_> = config
        .connections
        .names()
        .map(|(platform, _)| Some(platform))
        .collect();
    assert_eq!(platforms, named, "a site for each connection");
    assert!(matches!(config.sites[0].identity, Identity::Optional(_)));
    assert!(config.sites[0].knowledge.saved.is_some());
    assert!(config.sites[0].model.is_some());
    assert!(config.public_url.is_some());
}

#[test]
fn paths_count_from_the_files_folder() {
    let text = site("[site.knowledge]\npaths = [\"docs\", \"/srv/faq.md\"]");
    let config = Config::parse(&text, Path::new("/etc/hinny/hinny.toml"), &env).unwrap();
    assert_eq!(config.data, Path::new("/etc/hinny/hinny-data"));
    let expected = ["/etc/hinny/docs", "/srv/faq.md"].map(PathBuf::from);
    assert_eq!(config.sites[0].knowledge.paths, expected);
}

#[test]
fn a_site_gets_the_desk_when_it_names_no_bridge() {
    let config = parse(&site("")).unwrap();
    assert_eq!(config.sites[0].hand, Hand::Desk);
    assert_eq!(config.sites[0].identity, Identity::Off);
    assert!(config.site("shop").is_some() && config.site("other").is_none());
}

/// A text of the file, and what is said of it.
const MISTAKES: &[(&str, &str)] = &[
    (
        "listen = \"8080\"",
        "`listen` = \"8080\" is not an address with a port",
    ),
    (
        "public_url = \"ftp://x\"",
        "`public_url` = \"ftp://x\" is not a URL",
    ),
    (
        "trusted_proxies = [\"proxy\"]",
        "\"proxy\" is no address or network",
    ),
    ("[log]\nformat = \"xml\"", "it is \"text\" or \"json\""),
    ("[log]\nlevel = \"a=b=c\"", "`log.level`"),
    ("[log]\nlevel = \"loud\"", "`log.level`"),
    (
        "[timing]\nhello_within = \"5\"",
        "`timing.hello_within` = \"5\"",
    ),
    ("[timing]\nping_every = \"0s\"", "`timing.ping_every`"),
    (
        "[limits]\nconnections = 0",
        "`limits.connections` must be at least 1",
    ),
    ("[limits]\nhellos_burst = -1", "hinny.toml:2: invalid value"),
    (
        "[[telegram]]\nname = \"t\"",
        "telegram `t`: set `token_env` or `token_file`",
    ),
    ("[files]\nmax_size = \"10\"", "`files.max_size` = \"10\""),
    ("[files]\nmax_size = \"1000MB\"", "at most \"50MB\""),
    (
        "[files]\nlink_valid = \"soon\"",
        "`files.link_valid` = \"soon\"",
    ),
    (
        "[[slack]]\nname = \"s\"\nbot_token_env = \"BOT\"",
        "slack `s`: set `app_token_env` or",
    ),
    (
        "[[slack]]\nname = \"s\"\nbot_token_env = \"BOT\"\napp_token_env = \"BOT\"",
        "`s`: `bot_token` and `app_token` are the same",
    ),
    (
        "[[discord]]\nname = \"d\"",
        "discord `d`: set `token_env` or `token_file`",
    ),
    (
        "[[discord]]\nname = \"\"\ntoken_env = \"TOKEN\"",
        "a [[discord]] has an empty `name`",
    ),
    (
        "[[telegram]]\nname = \"a\"\ntoken_env = \"TOKEN\"\n[[telegram]]\nname = \"b\"\ntoken_env = \"TOKEN\"",
        "the connections `a` and `b` have the same `token`: keep one",
    ),
    (
        "[[slack]]\nname = \"a\"\nbot_token_env = \"BOT\"\napp_token_env = \"APP\"\n[[slack]]\nname = \"b\"\nbot_token_env = \"BOT\"\napp_token_env = \"TOKEN\"",
        "the connections `a` and `b` have the same `bot_token`",
    ),
    (
        "[[slack]]\nname = \"x\"\nbot_token_env = \"BOT\"\napp_token_env = \"APP\"\n[[discord]]\nname = \"x\"\ntoken_env = \"TOKEN\"",
        "`x` is used twice",
    ),
    (
        "[[telegram]]\nname = \"desk\"\ntoken_env = \"TOKEN\"",
        "`desk` is used twice",
    ),
];

/// One more line in the table of a good site, and what is said of it.
const SITE_MISTAKES: &[(&str, &str)] = &[
    ("bridge = \"teams\"", "`bridge` = \"teams\": it is"),
    ("bridge = \"slack\"", "add [site.slack]"),
    (
        "slack = { connection = \"s\", channel = \"#support\" }",
        "`slack.channel` = \"#support\" is no id",
    ),
    (
        "slack = { connection = \"s\", channel = \"C01\" }",
        "no [[slack]] named `s`",
    ),
    (
        "discord = { connection = \"d\", channel = 5 }",
        "no [[discord]] named `d`",
    ),
    (
        "discord = { connection = \"d\", channel = 5 }\nslack = { connection = \"s\", channel = \"C01\" }",
        "[site.slack] and [site.discord] are set; a site has one of them",
    ),
    (
        "[site.team]\nagents = \"nobody\"",
        "`team.agents` is \"everyone\", {",
    ),
    (
        "[site.team]\nagents = { roles = [] }",
        "`team.agents.roles` is a list",
    ),
    (
        "[site.team]\nagents = { role = [\"a\"] }",
        "`team.agents` is",
    ),
    (
        "[site.team]\nagents = { list = [true] }",
        "`team.agents.list`: an id is",
    ),
    ("[site.team]\nmode = \"shut\"", "`team.mode` = \"shut\""),
    ("[site.team]\nnotify = \"all\"", "`team.notify` is \"none\""),
    ("[site.team]\nnotify = \"here\"", "the desk calls nobody"),
    (
        "[site.team]\nnudge_after = \"0s\"",
        "`team.nudge_after` = \"0s\"",
    ),
    (
        "[site.team]\nblock_for = \"long\"",
        "`team.block_for` = \"long\"",
    ),
    ("[site.team]\nnudge = \"1m\"", "did you mean `nudge_after`"),
    (
        "[site.knowledge]\nsaved = \"faq.yaml\"",
        "`knowledge.saved` is a Markdown file",
    ),
    ("bridge = \"telegram\"", "add [site.telegram]"),
    (
        "bridge = \"desk\"\ntelegram = { connection = \"t\", chat = 1 }",
        "[site.telegram] is set",
    ),
    (
        "telegram = { connection = \"t\", chat = 1 }",
        "no [[telegram]] named `t`",
    ),
    (
        "identity = \"maybe\"\nidentity_secret_env = \"SECRET\"",
        "\"off\", \"optional\"",
    ),
    (
        "identity = \"required\"",
        "\"required\" needs `identity_secret_env`",
    ),
    (
        "identity_secret_env = \"NOPE\"",
        "environment variable NOPE is not set",
    ),
    (
        "identity_secret_env = \"SHORT\"",
        "site `shop`: `identity_secret` is 14 bytes long",
    ),
    (
        "[site.team]\ndigest = \"noon\"",
        "site `shop`: `team.digest` = \"noon\": it is a time of the day like \"09:00\", or \"off\"",
    ),
    (
        "[site.team]\ntime_zone = \"Moon/Crater\"",
        "site `shop`: `team.time_zone` = \"Moon/Crater\": zones are called like \"Europe/Berlin\" or \"UTC\"",
    ),
    ("[site.answers]\nanswer = 2.0", "site `shop`: `answers`:"),
    (
        "[site.answers]\nmode = \"robot\"",
        "site `shop`: `answers.mode` = \"robot\": it is \"bot-first\", \"drafts\" or \"human-first\"",
    ),
    (
        "[site.model]\nbase_url = \"x\"\nmodel = \"m\"",
        "`model.base_url` = \"x\" is not a URL",
    ),
    (
        "[site.model]\nbase_url = \"https://x.example/v1\"\nmodel = \"m\"\nkey_env = \"NOPE\"",
        "`model.key_env`: the environment variable NOPE is not set",
    ),
    (
        "[site.model]\nbase_url = \"https://x.example/v1\"\nmodel = \"m\"\nhosts = [\"https://a.example\"]",
        "`model.hosts`: \"https://a.example\" is no host",
    ),
    (
        "[site.knowledge]\nbase_url = \"docs\"",
        "`base_url` = \"docs\"",
    ),
];

/// What in a good site becomes what, and what is said of it.
const WRONG_SITES: &[(&str, &str, &str)] = &[
    ("https://a.example", "a.example", "`origins`: \"a.example\""),
    ("\"https://a.example\"", "", "`origins` is empty"),
    ("\"shop\"", "\"The Shop\"", "`id` is 1 to 40 of"),
    (
        "= true",
        "= false",
        "hands over to the desk, but `desk.enabled` is false",
    ),
];

#[test]
fn every_mistake_is_named() {
    let whole = MISTAKES
        .iter()
        .map(|(text, expected)| ((*text).to_owned(), *expected));
    let lines = SITE_MISTAKES
        .iter()
        .map(|(line, expected)| (site(line), *expected));
    let sites = WRONG_SITES
        .iter()
        .map(|(from, to, expected)| (site("").replace(from, to), *expected));
    let twice = site("") + &site("").replace("[desk]\nenabled = true\n", "");
    let twice = std::iter::once((twice, "`shop` is there twice"));
    for (text, expected) in whole.chain(lines).chain(sites).chain(twice) {
        let message = parse(&text).unwrap_err();
        assert!(message.contains(expected), "{text}\ngave: {message}");
        assert!(message.starts_with("hinny.toml"), "{message}");
        assert!(
            !message.contains("topsecretvalue") && !message.contains("verysecret"),
            "{message}"
        );
    }
}

const SLACK: &str =
    "[[slack]]\nname = \"team\"\nbot_token_env = \"BOT\"\napp_token_env = \"APP\"\n";

fn slack_site(id: &str, channel: &str, team: &str) -> String {
    format!(
        "[[site]]\nid = \"{id}\"\nname = \"N\"\norigins = [\"https://a.example\"]\n[site.slack]\nconnection = \"team\"\n\
         channel = \"{channel}\"\n[site.team]\n{team}\n"
    )
}

#[test]
fn sites_share_a_connection_and_have_their_own_channel_and_team() {
    let first = slack_site(
        "a",
        "C01",
        "agents = { roles = [\"S01\"] }\nmode = \"explicit\"\nnotify = { person = \"U01\" }\n\
         nudge_after = \"never\"\nnames = { U01 = \"Ada\" }\nblock_for = \"7d\"",
    );
    let second = slack_site(
        "b",
        "C02",
        "agents = { list = [\"U02\", 3] }\nnotify = \"here\"",
    );
    let config = parse(&format!("{SLACK}{first}{second}")).unwrap();
    let [a, b] = &config.sites[..] else {
        panic!("two sites");
    };
    assert_eq!(a.hand.connection(), b.hand.connection());
    assert_ne!(a.hand.target(), b.hand.target());
    assert_eq!(a.team.agents, Agents::Role(vec!["S01".to_owned()]));
    assert_eq!((a.team.mode, a.team.nudge_after), (Mode::Explicit, None));
    assert_eq!(a.team.notify, Some(Mention::Person("U01".to_owned())));
    assert_eq!(
        (a.team.names["U01"].as_str(), a.team.block_for.as_secs()),
        ("Ada", 7 * 86_400)
    );
    assert_eq!(
        b.team.agents,
        Agents::List(vec!["U02".to_owned(), "3".to_owned()])
    );
    assert_eq!(
        (b.team.mode, b.team.nudge_after),
        (Mode::Open, Some(Duration::from_secs(600)))
    );
    assert_eq!(b.team.notify, Some(Mention::Here));
}

#[test]
fn telegram_calls_persons_only() {
    let telegram = "[[telegram]]\nname = \"team\"\ntoken_env = \"TOKEN\"\n";
    let site = slack_site("a", "1", "notify = \"here\"");
    let site = site
        .replace("[site.slack]", "[site.telegram]")
        .replace("channel = \"1\"", "chat = -1");
    let message = parse(&format!("{telegram}{site}")).unwrap_err();
    assert!(
        message.contains("telegram cannot call \"here\""),
        "{message}"
    );
    let person = site.replace("\"here\"", "{ person = \"@ada\" }");
    assert!(parse(&format!("{telegram}{person}")).is_ok());
}

#[test]
fn all_mistakes_are_told_at_once() {
    let message = parse("listen = \"x\"\ntrusted_proxies = [\"y\"]\n[timing]\nping_every = \"z\"")
        .unwrap_err();
    assert_eq!(message.lines().count(), 3, "{message}");
    assert!(message.lines().all(|line| line.starts_with("hinny.toml: ")));
}

#[test]
fn a_missing_file_is_named() {
    let error = Config::load(Path::new("no/hinny.toml"), &env).unwrap_err();
    assert!(
        error.to_string().starts_with("there is no no/hinny.toml; "),
        "{error}"
    );
}

/// What the documents tell people to write must be understood.
#[test]
fn every_example_in_the_documents_is_understood() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let mut seen = 0;
    for file in std::fs::read_dir(docs).unwrap().map(Result::unwrap) {
        if file.path().is_dir() {
            continue;
        }
        let text = std::fs::read_to_string(file.path()).unwrap();
        for block in text.split("```toml\n").skip(1) {
            let block = block.split("```").next().unwrap();
            seen += 1;
            if let Err(error) = read::read(block, &file.path()) {
                panic!("{error}\n{block}");
            }
        }
    }
    assert!(seen > 3, "only {seen} examples were found");
}
