//! What `hinny doctor` looks at on Slack, with a sentence for each thing that is not right.

use std::time::Duration;

use serde::Deserialize;
use slack_morphism::api::SlackApiAppsConnectionOpenRequest;

use super::{
    Slack,
    classify::{Failure, harmless},
    client::api_token,
    date::http_date,
    model,
    people::groups,
    post::now,
};
use crate::{Channel, Finding, SendError};

/// What the app's manifest asks for (see `docs/slack.md`).
const SCOPES: [&str; 11] = [
    "channels:history",
    "channels:read",
    "chat:write",
    "files:read",
    "files:write",
    "groups:history",
    "groups:read",
    "reactions:read",
    "reactions:write",
    "usergroups:read",
    "users:read",
];

/// A clock that is further off makes time stamps useless for looking back.
const MOST_SKEW: i64 = 60_000;
/// So many members of a channel are looked at; Slack takes about a hundred such questions a minute.
const MOST_MEMBERS: usize = 90;

/// What `auth.test` says in its headers and its body.
struct Introduction {
    ok: bool,
    error: String,
    is_bot: bool,
    scopes: Option<String>,
    /// Milliseconds by which our clock is ahead of Slack's.
    ahead: Option<i64>,
}

impl Slack {
    pub(super) async fn findings(&self, channels: &[Channel], roles: &[String]) -> Vec<Finding> {
        let (mut findings, works) = self.bot_token().await;
        findings.push(self.app_token().await);
        if !works {
            return findings;
        }
        for channel in channels {
            if let Channel::Slack(channel) = channel {
                findings.extend(self.examine_channel(&channel.channel).await);
            }
        }
        let mut wanted: Vec<&String> = self.config.groups.iter().chain(roles).collect();
        wanted.sort();
        wanted.dedup();
        if !wanted.is_empty() {
            findings.extend(self.examine_groups(&wanted).await);
        }
        findings
    }

    async fn bot_token(&self) -> (Vec<Finding>, bool) {
        let what = "the bot token works";
        let introduction = match self.introduction().await {
            Ok(introduction) => introduction,
            Err(()) => {
                let url = &self.config.api_url;
                let fix = format!(
                    "Slack cannot be reached: check that this machine may connect to {url}."
                );
                return (vec![Finding::bad(what, fix)], false);
            }
        };
        if !introduction.ok {
            let fix = format!(
                "Slack says {}: open https://api.slack.com/apps, choose the app, and copy the \"Bot User OAuth \
                 Token\" from \"OAuth & Permissions\" again.",
                introduction.error
            );
            return (vec![Finding::bad(what, fix)], false);
        }
        let mut findings = vec![match introduction.is_bot {
            true => Finding::good(what),
            false => Finding::bad(
                "the bot token is a bot's",
                "This is the token of a person: copy the \"Bot User OAuth Token\" (xoxb-…) instead.",
            ),
        }];
        findings.push(scopes(introduction.scopes.as_deref().unwrap_or_default()));
        findings.extend(introduction.ahead.map(clock));
        (findings, true)
    }

    /// slack-morphism gives no headers, and they hold the scopes and Slack's time.
    async fn introduction(&self) -> Result<Introduction, ()> {
        #[derive(Deserialize)]
        struct Body {
            ok: bool,
            #[serde(default)]
            error: String,
            #[serde(default)]
            bot_id: Option<String>,
        }
        let base = self.config.api_url.as_str().trim_end_matches('/');
        let request = self.store.http.post(format!("{base}/auth.test"));
        let request = request.bearer_auth(self.config.bot_token.reveal());
        let answer = request.timeout(self.config.request_timeout).send().await;
        let answer = answer.map_err(|_| ())?;
        let header = |name: &str| {
            let value = answer.headers().get(name)?.to_str().ok()?;
            Some(value.to_owned())
        };
        let scopes = header("x-oauth-scopes");
        let date = header("date").and_then(|date| http_date(&date));
        let body = answer.text().await.map_err(|_| ())?;
        let body: Body = serde_json::from_str(&body).map_err(|_| ())?;
        Ok(Introduction {
            ok: body.ok,
            error: body.error,
            is_bot: body.bot_id.is_some(),
            scopes,
            ahead: date.map(|date| now() - date),
        })
    }

    async fn app_token(&self) -> Finding {
        let what = "the app-level token opens a socket";
        let token = api_token(&self.config.app_token);
        let session = self.client.slack.open_session(&token);
        let request = SlackApiAppsConnectionOpenRequest::new();
        let opened = session.apps_connections_open(&request);
        let opened = self
            .client
            .answered(self.config.request_timeout, opened)
            .await;
        match opened.map_err(|failure| harmless(failure.into_error())) {
            Ok(_) => Finding::good(what),
            Err(SendError::RateLimited { .. }) => Finding::doubtful(
                what,
                "Slack asks to wait: run `hinny doctor` again in a minute.",
            ),
            Err(error) => Finding::bad(
                what,
                format!(
                    "{error}: switch on \"Socket Mode\" for the app, and under \"Basic Information\", \"App-Level \
                     Tokens\" make a token with connections:write."
                ),
            ),
        }
    }

    pub(super) async fn channel(&self, id: &str) -> Result<model::Channel, SendError> {
        #[derive(Deserialize)]
        struct Info {
            channel: model::Channel,
        }
        let info = self
            .client
            .get("conversations.info", &[("channel", id)])
            .await;
        let info: Info = info.map_err(Failure::into_error)?;
        Ok(info.channel)
    }

    async fn examine_channel(&self, id: &str) -> Vec<Finding> {
        let channel = match self.channel(id).await {
            Ok(channel) => channel,
            Err(error) => {
                let fix = format!(
                    "{error}: copy the id from the end of \"About\" in the channel's details, and invite the bot \
                     there with /invite."
                );
                return vec![Finding::bad(format!("the channel {id} can be seen"), fix)];
            }
        };
        let name = format!("#{}", channel.name);
        let mut findings = examine_settings(&channel, &name);
        if channel.is_member {
            findings.push(self.examine_members(id, &name).await);
        }
        findings
    }

    async fn examine_members(&self, id: &str, name: &str) -> Finding {
        let what = format!("no guests in {name}");
        match self.guests(id).await {
            Ok((guests, _)) if !guests.is_empty() => Finding::bad(
                what,
                format!(
                    "Guests read what visitors write here: remove {} from the channel, or choose another.",
                    guests.join(", ")
                ),
            ),
            Ok((_, true)) => Finding::good(what),
            Ok((_, false)) => Finding::doubtful(
                what,
                format!(
                    "Only the first {MOST_MEMBERS} members were looked at; look through the others yourself."
                ),
            ),
            Err(error) => {
                Finding::doubtful(what, format!("The members cannot be listed: {error}."))
            }
        }
    }

    /// The names of guests, and whether everybody was looked at.
    async fn guests(&self, id: &str) -> Result<(Vec<String>, bool), SendError> {
        #[derive(Deserialize)]
        struct Members {
            members: Vec<String>,
            #[serde(default)]
            response_metadata: model::Cursor,
        }
        let me = self.me().await?;
        let parameters = [("channel", id), ("limit", "200")];
        let page = self.client.get("conversations.members", &parameters).await;
        let page: Members = page.map_err(Failure::into_error)?;
        let all = page.response_metadata.next_cursor.is_empty();
        let mut guests = Vec::new();
        for member in page.members.iter().take(MOST_MEMBERS) {
            let person = self.people.person(&self.client, &me, &[], member).await?;
            guests.extend(
                person
                    .filter(|person| person.guest)
                    .map(|person| person.name),
            );
        }
        Ok((guests, all && page.members.len() <= MOST_MEMBERS))
    }

    async fn examine_groups(&self, wanted: &[&String]) -> Vec<Finding> {
        let known = match groups(&self.client).await {
            Ok(known) => known,
            Err(failure) => {
                let fix = format!(
                    "The user groups cannot be listed: {}.",
                    failure.into_error()
                );
                return vec![Finding::bad("the user groups exist", fix)];
            }
        };
        let look = |wanted: &&String| {
            let there = known.iter().any(|(id, _)| id == *wanted);
            let named = known
                .iter()
                .find(|(_, handle)| handle == wanted.trim_start_matches('@'));
            let fix = match named {
                Some((id, _)) => format!("Write the group's id, {id}, instead of its name."),
                None => "Open the group in Slack (\"People\", \"User groups\"), copy its id (S…) from the menu with \
                         the three dots."
                    .to_owned(),
            };
            check(there, format!("the user group {wanted} exists"), fix)
        };
        wanted.iter().map(look).collect()
    }
}

fn examine_settings(channel: &model::Channel, name: &str) -> Vec<Finding> {
    let mut findings = vec![
        check(
            !channel.is_archived,
            format!("{name} is in use"),
            "The channel is archived: open it in Slack and unarchive it, or choose another.",
        ),
        check(
            channel.is_member,
            format!("the bot is in {name}"),
            "Open the channel in Slack and write `/invite @hinny` (or the name you gave the app).",
        ),
        check(
            !(channel.is_ext_shared || channel.is_pending_ext_shared),
            format!("{name} belongs to this workspace alone"),
            "People of another company read what visitors write here: choose a channel that is not shared, or \
             stop sharing this one.",
        ),
    ];
    if !channel.is_private {
        findings.push(Finding::doubtful(
            format!("who can read {name}"),
            "Every full member of the workspace can read and join a public channel. If that is too many, make it \
             private in its settings.",
        ));
    }
    if channel.is_shared && !channel.is_ext_shared {
        findings.push(Finding::doubtful(
            format!("{name} is shared within your organisation"),
            "Members of your other workspaces can read it too.",
        ));
    }
    findings
}

fn check(good: bool, what: String, fix: impl Into<String>) -> Finding {
    match good {
        true => Finding::good(what),
        false => Finding::bad(what, fix),
    }
}

fn scopes(granted: &str) -> Finding {
    let granted: Vec<&str> = granted.split(',').map(str::trim).collect();
    let missing: Vec<&str> = SCOPES
        .into_iter()
        .filter(|scope| !granted.contains(scope))
        .collect();
    let what = "the app has the scopes that it needs";
    match missing.is_empty() {
        true => Finding::good(what),
        false => Finding::bad(
            what,
            format!(
                "Add {} under \"OAuth & Permissions\", \"Bot Token Scopes\", and press \"Reinstall to Workspace\".",
                missing.join(", ")
            ),
        ),
    }
}

fn clock(ahead: i64) -> Finding {
    let what = "this machine's clock agrees with Slack's";
    let seconds = Duration::from_millis(ahead.unsigned_abs()).as_secs();
    match ahead.abs() <= MOST_SKEW {
        true => Finding::good(what),
        false => Finding::bad(
            what,
            format!(
                "It is {seconds} s off: set the clock, best by switching on time synchronisation."
            ),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Grade;

    #[test]
    fn a_missing_scope_and_a_wrong_clock_are_told_with_what_to_do() {
        let all = SCOPES.join(",");
        assert_eq!(scopes(&all).grade, Grade::Good);
        let some = scopes(&all.replace("files:write,", ""));
        assert!(some.fix.unwrap().contains("Add files:write under"));
        assert_eq!(clock(59_000).grade, Grade::Good);
        assert_eq!(clock(-61_000).grade, Grade::Bad);
    }
}
