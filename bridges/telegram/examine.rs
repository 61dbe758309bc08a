//! Looks at everything that has to be right before a group works, and says what to click where it is not.

use std::time::{Duration, SystemTime};

use serde::Deserialize;
use teloxide::{
    requests::{Request, Requester},
    types::{
        ChatFullInfo, ChatFullInfoKind, ChatFullInfoPublicKind, ChatId, ChatMember, ChatMemberKind,
        Me, ReactionType, WebhookInfo,
    },
};

use super::{Telegram, classify::Failure, members::ADMIN, signs};
use crate::{Channel, Finding, SendError, Sign};

/// How far the clocks may be apart.
const SKEW: Duration = Duration::from_secs(60);

/// All of `getMe` that hinny needs.
#[derive(Deserialize)]
struct Own {
    #[serde(default)]
    username: String,
    #[serde(default)]
    can_read_all_group_messages: bool,
}

fn own(me: Me) -> Own {
    Own {
        username: me.user.username.clone().unwrap_or_default(),
        can_read_all_group_messages: me.can_read_all_group_messages,
    }
}

/// All of a group that hinny needs.
#[derive(Deserialize)]
pub(super) struct Group {
    #[serde(default)]
    title: String,
    #[serde(default)]
    pub(super) is_forum: bool,
    username: Option<String>,
    available_reactions: Option<Vec<ReactionType>>,
}

fn group(info: ChatFullInfo) -> Group {
    Group {
        title: info.title().unwrap_or_default().to_owned(),
        username: info.username().map(str::to_owned),
        available_reactions: info.available_reactions().map(<[_]>::to_vec),
        is_forum: match info.kind {
            ChatFullInfoKind::Public(public) => matches!(
                public.kind,
                ChatFullInfoPublicKind::Supergroup(group) if group.is_forum
            ),
            ChatFullInfoKind::Private(_) => false,
        },
    }
}

/// What the bot may do in a group.
#[derive(Deserialize)]
struct Rights {
    status: String,
    #[serde(default)]
    can_manage_topics: bool,
    #[serde(default)]
    can_delete_messages: bool,
}

fn rights(member: ChatMember) -> Rights {
    let (status, topics, delete) = match &member.kind {
        ChatMemberKind::Owner(_) => ("creator", true, true),
        ChatMemberKind::Administrator(admin) => (
            "administrator",
            admin.can_manage_topics,
            admin.can_delete_messages,
        ),
        _ => ("member", false, false),
    };
    Rights {
        status: status.to_owned(),
        can_manage_topics: topics,
        can_delete_messages: delete,
    }
}

impl Telegram {
    pub(super) async fn group(&self, chat: i64) -> Result<Group, SendError> {
        let request = self.bot.get_chat(ChatId(chat)).send();
        let group = self.answered(request, group).await;
        group.map_err(Failure::into_error)
    }

    pub(super) async fn findings(&self, channels: &[Channel], roles: &[String]) -> Vec<Finding> {
        let me = match self.answered(self.bot.get_me().send(), own).await {
            Ok(me) => me,
            Err(failure) => return vec![no_token(&failure.into_error())],
        };
        let mut found = vec![Finding::good(format!("the token works: @{}", me.username))];
        found.push(self.clock().await);
        found.push(self.webhook().await);
        for role in roles.iter().filter(|role| *role != ADMIN) {
            found.push(Finding::bad(
                format!("the role \"{role}\""),
                format!(
                    "Telegram knows one role only: write \"{ADMIN}\", or list people by their ids"
                ),
            ));
        }
        for channel in channels {
            match channel {
                Channel::Telegram(channel) => self.look_at(channel.chat, &me, &mut found).await,
                other => found.push(Finding::bad(
                    format!("{other:?}"),
                    "this is no group on Telegram: correct the site's target",
                )),
            }
        }
        found
    }

    async fn look_at(&self, chat: i64, me: &Own, found: &mut Vec<Finding>) {
        let group = match self.group(chat).await {
            Ok(group) => group,
            Err(error) => return found.push(no_group(chat, &error)),
        };
        let name = format!("{} ({chat})", group.title);
        found.push(forum(&name, &group));
        found.push(public(&name, &group));
        let request = self
            .bot
            .get_chat_member(ChatId(chat), self.config.token.bot_id())
            .send();
        match self.answered(request, rights).await {
            Ok(rights) => may(&name, me, &rights, found),
            Err(failure) => found.push(no_group(chat, &failure.into_error())),
        }
        found.push(reactions(&name, &group));
    }

    async fn webhook(&self) -> Finding {
        #[derive(Deserialize)]
        struct Hook {
            #[serde(default)]
            is_set: bool,
            url: Option<String>,
        }
        let hook = |info: WebhookInfo| Hook {
            is_set: info.url.is_some(),
            url: None,
        };
        let request = self.bot.get_webhook_info().send();
        let set = |hook: &Hook| hook.is_set || hook.url.as_ref().is_some_and(|url| !url.is_empty());
        match self.answered(request, hook).await {
            Ok(hook) if set(&hook) => Finding::bad(
                "the bot has a webhook, so hinny cannot poll",
                "another program uses this bot: make a bot of its own for hinny, or call deleteWebhook",
            ),
            Ok(_) => Finding::good("no webhook is in the way"),
            Err(failure) => Finding::doubtful(
                format!("the webhook: {}", failure.into_error()),
                "try again in a minute",
            ),
        }
    }

    /// Every answer of a web server has the time. The bare address is asked for, without the token.
    async fn clock(&self) -> Finding {
        let request = self.bot.client().get(self.config.api_url.clone()).send();
        let answer = tokio::time::timeout(self.config.request_timeout, request).await;
        let there = answer.ok().and_then(Result::ok).and_then(|answer| {
            let date = answer.headers().get("date")?.to_str().ok()?.to_owned();
            httpdate::parse_http_date(&date).ok()
        });
        match there {
            Some(there) => clock(there, SystemTime::now()),
            None => Finding::doubtful(
                "Telegram's clock could not be read",
                "nothing, if the rest is good",
            ),
        }
    }
}

fn clock(there: SystemTime, here: SystemTime) -> Finding {
    let apart = here
        .duration_since(there)
        .unwrap_or_else(|error| error.duration());
    match apart > SKEW {
        true => Finding::bad(
            format!("this machine's clock is {} s off", apart.as_secs()),
            "switch on time synchronisation (for instance systemd-timesyncd or chrony)",
        ),
        false => Finding::good("the clock is right"),
    }
}

fn no_token(error: &SendError) -> Finding {
    let fix = match error {
        SendError::Unauthorized(_) => {
            "write to @BotFather, /mybots, choose the bot, API Token, and copy it anew"
        }
        _ => "see whether this machine reaches the address of the Bot API",
    };
    Finding::bad(format!("the token: {error}"), fix)
}

fn no_group(chat: i64, error: &SendError) -> Finding {
    let fix = match error {
        SendError::NoAccess(why) if why.contains("has become") => {
            "write the new number into the site's configuration"
        }
        SendError::NoAccess(_) => {
            "add the bot to the group as an administrator, and compare the number: it begins with -100"
        }
        _ => "try again in a minute",
    };
    Finding::bad(format!("the group {chat}: {error}"), fix)
}

fn forum(name: &str, group: &Group) -> Finding {
    match group.is_forum {
        true => Finding::good(format!("{name} has topics")),
        false => Finding::bad(
            format!("{name} has no topics"),
            "open the group, Edit, Topics, and switch them on",
        ),
    }
}

fn public(name: &str, group: &Group) -> Finding {
    match &group.username {
        None => Finding::good(format!("{name} is private")),
        Some(username) => Finding::bad(
            format!("everybody can read {name}: it is public as @{username}"),
            "open the group, Edit, Group Type, and choose Private",
        ),
    }
}

fn may(name: &str, me: &Own, rights: &Rights, found: &mut Vec<Finding>) {
    let is_admin = matches!(rights.status.as_str(), "creator" | "administrator");
    let admins = "open the group, Administrators, choose the bot, and switch on";
    found.push(match is_admin && rights.can_manage_topics {
        true => Finding::good(format!("the bot may open topics in {name}")),
        false if is_admin => Finding::bad(
            format!("the bot may not open topics in {name}"),
            format!("{admins} \"Manage topics\""),
        ),
        false => Finding::bad(
            format!("the bot is no administrator of {name}"),
            "open the group, Administrators, Add admin, choose the bot, and switch on \"Manage topics\"",
        ),
    });
    found.push(match is_admin || me.can_read_all_group_messages {
        true => Finding::good(format!("the bot sees what is written in {name}")),
        false => Finding::bad(
            format!("the bot does not see what is written in {name}"),
            "make it an administrator; or write to @BotFather, /setprivacy, Disable, and add the bot to the group anew",
        ),
    });
    found.push(match is_admin && rights.can_delete_messages {
        true => Finding::good(format!("the bot may delete its old messages in {name}")),
        false => Finding::doubtful(
            format!("in {name} the bot can delete its messages for two days only"),
            format!("{admins} \"Delete messages\""),
        ),
    });
}

fn reactions(name: &str, group: &Group) -> Finding {
    let signs = [Sign::Seen, Sign::Failed, Sign::Recalled].map(signs::emoji);
    let allowed = |emoji: &&str| match &group.available_reactions {
        None => true,
        Some(list) => list
            .iter()
            .any(|kind| kind.emoji().is_some_and(|allowed| allowed == emoji)),
    };
    let missing: Vec<&str> = signs.into_iter().filter(|emoji| !allowed(emoji)).collect();
    match missing.is_empty() {
        true => Finding::good(format!("reactions are allowed in {name}")),
        false => Finding::doubtful(
            format!("{name} does not allow the reactions {}", missing.join(" ")),
            "open the group, Edit, Reactions, and allow all; without them nobody sees what the visitor has read",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Grade;

    #[test]
    fn a_wrong_clock_is_noticed_in_both_directions() {
        let noon = SystemTime::UNIX_EPOCH + Duration::from_secs(43_200);
        let near = noon + Duration::from_secs(30);
        let far = noon + Duration::from_secs(90);
        assert_eq!(clock(noon, near).grade, Grade::Good);
        assert_eq!(clock(noon, far).grade, Grade::Bad);
        assert_eq!(clock(far, noon).grade, Grade::Bad);
    }
}
