//! Who members are: names, pictures, groups, and whether they belong to the team at all. Kept for a while, so that
//! a conversation asks Slack once and not with every line.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use serde::Deserialize;

use super::{
    classify::Failure,
    client::Client,
    model::{Channel, Me, User},
};
use crate::{Person, PostId, SendError};

/// Names change seldom, but who leaves a group or becomes a guest must not stay an agent for long.
const FRESH: Duration = Duration::from_secs(300);
const MANY: usize = 5_000;

#[derive(Default)]
pub(super) struct People {
    users: Mutex<HashMap<String, Kept<User>>>,
    /// Members of the groups that the configuration names.
    groups: Mutex<HashMap<String, Kept<Vec<String>>>>,
    /// What mentions of channels and groups are shown as.
    names: Mutex<HashMap<String, Kept<String>>>,
    /// The thread of a message, for reactions.
    roots: Mutex<HashMap<String, Kept<String>>>,
}

#[derive(Clone)]
struct Kept<T> {
    what: T,
    since: Instant,
}

impl People {
    /// The member `id`; nothing for bots.
    pub(super) async fn person(
        &self,
        client: &Client,
        me: &Me,
        groups: &[String],
        id: &str,
    ) -> Result<Option<Person>, SendError> {
        let user = self.user(client, id).await?;
        if user.is_bot || id == "USLACKBOT" {
            return Ok(None);
        }
        let mut roles = Vec::new();
        for group in groups {
            let members = self.members(client, group).await?;
            roles.extend(
                members
                    .iter()
                    .any(|member| member == id)
                    .then(|| group.clone()),
            );
        }
        Ok(Some(Person {
            id: id.to_owned(),
            name: shown_name(&user),
            avatar: user.profile.image_192.clone(),
            roles,
            guest: is_guest(&user, me),
        }))
    }

    /// `@name`, for a mention. A name is not worth a failure.
    pub(super) async fn user_name(&self, client: &Client, id: &str) -> Option<String> {
        let user = self.user(client, id).await.ok()?;
        Some(shown_name(&user))
    }

    pub(super) async fn channel_name(&self, client: &Client, id: &str) -> Option<String> {
        #[derive(Deserialize)]
        struct Info {
            channel: Channel,
        }
        if let Some(name) = fresh(&self.names, id) {
            return Some(name);
        }
        let info: Result<Info, _> = client.get("conversations.info", &[("channel", id)]).await;
        let name = info.ok()?.channel.name;
        keep(&self.names, id, name.clone());
        Some(name)
    }

    pub(super) async fn group_name(&self, client: &Client, id: &str) -> Option<String> {
        if let Some(name) = fresh(&self.names, id) {
            return Some(name);
        }
        for (group, handle) in groups(client).await.ok()? {
            keep(&self.names, &group, handle);
        }
        fresh(&self.names, id)
    }

    pub(super) fn root(&self, post: &PostId) -> Option<String> {
        fresh(&self.roots, &post.0)
    }

    pub(super) fn keep_root(&self, post: &PostId, root: &str) {
        keep(&self.roots, &post.0, root.to_owned());
    }

    async fn user(&self, client: &Client, id: &str) -> Result<User, SendError> {
        #[derive(Deserialize)]
        struct Info {
            user: User,
        }
        if let Some(user) = fresh(&self.users, id) {
            return Ok(user);
        }
        let info: Result<Info, Failure> = client.get("users.info", &[("user", id)]).await;
        let user = match info {
            Ok(info) => info.user,
            // Whoever cannot be looked at does not belong to this workspace.
            Err(failure) if failure.is(&["user_not_found", "user_not_visible"]) => User {
                id: id.to_owned(),
                is_stranger: true,
                ..User::default()
            },
            Err(failure) => return Err(failure.into_error()),
        };
        keep(&self.users, id, user.clone());
        Ok(user)
    }

    async fn members(&self, client: &Client, group: &str) -> Result<Vec<String>, SendError> {
        #[derive(Deserialize)]
        struct Members {
            users: Vec<String>,
        }
        if let Some(members) = fresh(&self.groups, group) {
            return Ok(members);
        }
        let answer: Result<Members, Failure> = client
            .get("usergroups.users.list", &[("usergroup", group)])
            .await;
        let members = match answer {
            Ok(members) => members.users,
            // A group that is gone has no members; `examine` says that it is gone.
            Err(failure) if failure.is(&["no_such_subteam", "subteam_not_found"]) => Vec::new(),
            Err(failure) => return Err(failure.into_error()),
        };
        keep(&self.groups, group, members.clone());
        Ok(members)
    }
}

/// All groups of the workspace: id and handle (<https://docs.slack.dev/reference/methods/usergroups.list>).
pub(super) async fn groups(client: &Client) -> Result<Vec<(String, String)>, Failure> {
    #[derive(Deserialize)]
    struct Groups {
        usergroups: Vec<Group>,
    }
    #[derive(Deserialize)]
    struct Group {
        id: String,
        handle: String,
    }
    let groups: Groups = client.get("usergroups.list", &[]).await?;
    let pair = |group: Group| (group.id, group.handle);
    Ok(groups.usergroups.into_iter().map(pair).collect())
}

fn shown_name(user: &User) -> String {
    let names = [
        user.profile.display_name.as_str(),
        user.profile.real_name.as_str(),
        user.real_name.as_deref().unwrap_or_default(),
        user.name.as_str(),
    ];
    let mut given = names.into_iter().map(str::trim);
    let name = given.find(|name| !name.is_empty());
    name.unwrap_or("Somebody").to_owned()
}

/// Guests, strangers and people of other workspaces
/// (<https://docs.slack.dev/apis/slack-connect#users>); colleagues within one enterprise are no guests.
fn is_guest(user: &User, me: &Me) -> bool {
    let colleague = user
        .enterprise_user
        .as_ref()
        .is_some_and(|user| me.enterprise_id.as_deref() == Some(user.enterprise_id.as_str()));
    let elsewhere = user.team_id != me.team_id && !colleague;
    user.is_restricted || user.is_ultra_restricted || user.is_stranger || elsewhere
}

fn fresh<T: Clone>(map: &Mutex<HashMap<String, Kept<T>>>, key: &str) -> Option<T> {
    let map = locked(map);
    let kept = map.get(key)?;
    (kept.since.elapsed() < FRESH).then(|| kept.what.clone())
}

fn keep<T>(map: &Mutex<HashMap<String, Kept<T>>>, key: &str, what: T) {
    let mut map = locked(map);
    if map.len() >= MANY {
        map.clear();
    }
    let since = Instant::now();
    map.insert(key.to_owned(), Kept { what, since });
}

/// The maps stay sound whatever happened to a thread that held one, so a poisoned lock is taken.
fn locked<T>(map: &Mutex<T>) -> MutexGuard<'_, T> {
    map.lock().unwrap_or_else(PoisonError::into_inner)
}
