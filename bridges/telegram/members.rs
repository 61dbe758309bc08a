//! What Telegram knows of the people in a group: who is an administrator, and how somebody is called by name.
//! API: <https://core.telegram.org/bots/api#getchatmember>.

use std::time::{Duration, Instant};

use serde::Deserialize;
use teloxide::{
    requests::{Request, Requester},
    types::{ChatId, ChatMember, User, UserId},
};

use super::{
    Telegram,
    classify::Failure,
    render::{Flat, Span, Style},
};
use crate::{Line, Mention, Person, SendError};

/// An answer is good for so long; who becomes an administrator has to wait until it is over.
const GOOD_FOR: Duration = Duration::from_secs(300);

/// How often Telegram may fail to tell who somebody is.
const MOST_FAILURES: u32 = 2;

/// The one role that Telegram has.
pub(super) const ADMIN: &str = "admin";

/// A member, and when we asked.
#[derive(Clone)]
pub(super) struct Member {
    name: String,
    is_admin: bool,
    asked: Instant,
}

/// All of a member that hinny needs.
#[derive(Deserialize)]
struct Answer {
    status: String,
    user: Named,
}

#[derive(Deserialize)]
struct Named {
    first_name: String,
}

impl Telegram {
    /// The roles of somebody who just did something in a group. An anonymous administrator speaks as the group.
    /// Telegram is asked again when it fails, but not for ever: what a person wrote must not wait for that.
    pub(super) async fn roles(&self, chat: i64, person: &Person) -> Result<Vec<String>, SendError> {
        let admin = || vec![ADMIN.to_owned()];
        let Ok(user) = person.id.parse() else {
            return Ok(admin());
        };
        for failures in 1.. {
            match self.member(chat, user).await {
                Ok(Some(member)) if member.is_admin => return Ok(admin()),
                Ok(_) => break,
                Err(error @ SendError::RateLimited { .. }) => return Err(error),
                Err(error) if failures == MOST_FAILURES => {
                    tracing::warn!(%error, "whether a member is an administrator could not be found out");
                    break;
                }
                Err(error) => tracing::debug!(%error, "asking once more who a member is"),
            }
        }
        Ok(Vec::new())
    }

    /// Nothing when Telegram knows of no such member, or does not tell this bot.
    async fn member(&self, chat: i64, user: u64) -> Result<Option<Member>, SendError> {
        let known = self.members.get(&(chat, user));
        if let Some(known) = known.filter(|known| known.asked.elapsed() < GOOD_FOR) {
            return Ok(Some(known));
        }
        let request = self.bot.get_chat_member(ChatId(chat), UserId(user)).send();
        let answer = match self.answered(request, answer).await {
            Ok(answer) => answer,
            Err(
                Failure::Unreadable
                | Failure::Final(SendError::Refused(_) | SendError::NoAccess(_)),
            ) => return Ok(None),
            Err(failure) => return Err(failure.into_error()),
        };
        let member = Member {
            name: answer.user.first_name,
            is_admin: matches!(answer.status.as_str(), "creator" | "administrator"),
            asked: Instant::now(),
        };
        self.members.put((chat, user), member.clone());
        Ok(Some(member))
    }

    /// For each line the words that call whom it mentions. Telegram has neither roles nor "here".
    pub(super) async fn called(&self, chat: i64, lines: &[Line]) -> Vec<Option<Flat>> {
        let mut called = Vec::with_capacity(lines.len());
        for line in lines {
            called.push(match &line.mention {
                Some(Mention::Person(id)) => self.call(chat, id).await,
                Some(Mention::Role(_) | Mention::Here) | None => None,
            });
        }
        called
    }

    /// A username is a mention by itself; a number needs an entity over a name
    /// (<https://core.telegram.org/bots/api#messageentity>).
    async fn call(&self, chat: i64, id: &str) -> Option<Flat> {
        let Ok(user) = id.parse::<u64>() else {
            let name = id.strip_prefix('@').unwrap_or(id);
            let sound = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
            return (!name.is_empty() && name.chars().all(sound)).then(|| Flat {
                text: format!("@{name}"),
                spans: Vec::new(),
            });
        };
        // Calling matters more than the name.
        let member = self.member(chat, user).await.ok().flatten();
        let name = member.map(|member| member.name);
        let name = name.filter(|name| !name.trim().is_empty());
        Some(mention(
            user,
            name.unwrap_or_else(|| "Colleague".to_owned()),
        ))
    }
}

fn answer(member: ChatMember) -> Answer {
    let status = match member.kind.is_privileged() {
        true => "administrator",
        false => "member",
    };
    Answer {
        status: status.to_owned(),
        user: Named {
            first_name: member.user.first_name,
        },
    }
}

fn mention(user: u64, name: String) -> Flat {
    let range = 0..name.len();
    let user = User {
        id: UserId(user),
        is_bot: false,
        first_name: name.clone(),
        last_name: None,
        username: None,
        language_code: None,
        is_premium: false,
        added_to_attachment_menu: false,
    };
    let style = Style::Call(Box::new(user));
    Flat {
        text: name,
        spans: vec![Span { range, style }],
    }
}
