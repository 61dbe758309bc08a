//! Looks at everything that has to be right before the team can be reached, and says what to click where it
//! is not. For `hinny doctor`.

use serenity::http::Route;

use super::{
    Discord,
    classify::Failure,
    listen::calm,
    rights::{MENTION, NEEDED, VIEW, invited, rights},
    wire::{Channel, Id, Role, User},
};
use crate::{Channel as Room, Finding};

/// The two flags of an application that may read messages: for large ones and for small ones
/// (<https://discord.com/developers/docs/resources/application#application-object-application-flags>).
const MESSAGE_CONTENT: u64 = 1 << 18 | 1 << 19;
/// Clocks further apart than this make a mess of times and of what is looked for in the history.
const CLOCKS_APART: i64 = 5_000;

impl Discord {
    pub(super) async fn look_at_everything(
        &self,
        channels: &[Room],
        agents_by_role: &[String],
    ) -> Vec<Finding> {
        let mut found = Vec::new();
        let Some(own) = self.look_at_token(&mut found).await else {
            return found;
        };
        let application = self.look_at_application(&mut found).await;
        for channel in channels {
            match channel {
                Room::Discord(channel) => {
                    self.look_at_channel(
                        channel.channel,
                        own,
                        application,
                        agents_by_role,
                        &mut found,
                    )
                    .await;
                }
                other => found.push(Finding::bad(
                    format!("the channel {other:?}"),
                    "It is not one of Discord's: write its number into [site.discord].",
                )),
            }
        }
        self.look_at_clock(&mut found).await;
        found
    }

    async fn look_at_token(&self, found: &mut Vec<Finding>) -> Option<Id> {
        match self.rest.get(Route::UserMe).await.map_err(calm) {
            Ok(me) => {
                let me: User = serde_json::from_value(me).unwrap_or_default();
                let what = format!("Discord knows the token; the bot is called {}", me.username);
                found.push(Finding::good(what));
                Some(me.id)
            }
            Err(crate::SendError::Unauthorized(_)) => {
                found.push(Finding::bad(
                    "Discord does not know the token",
                    "Open https://discord.com/developers/applications, choose the application, \
                     \"Bot\", \"Reset Token\", and put the new one where the configuration reads it.",
                ));
                None
            }
            Err(error) => {
                let fix = "Check that this machine may reach discord.com by HTTPS.";
                found.push(Finding::bad(
                    format!("Discord does not answer: {error}"),
                    fix,
                ));
                None
            }
        }
    }

    /// The application's id, for links; the intent without which every message arrives empty.
    async fn look_at_application(&self, found: &mut Vec<Finding>) -> u64 {
        let application = self.rest.get(Route::Oauth2ApplicationCurrent).await;
        let application = match application.map_err(calm) {
            Ok(application) => application,
            Err(error) => {
                let fix = "Try again in a minute.";
                found.push(Finding::doubtful(format!("the application: {error}"), fix));
                return 0;
            }
        };
        let id: Id = serde_json::from_value(application["id"].clone()).unwrap_or_default();
        let flags = application["flags"].as_u64().unwrap_or_default();
        found.push(match flags & MESSAGE_CONTENT {
            0 => Finding::bad(
                "the bot may not read what the team writes",
                format!(
                    "Open https://discord.com/developers/applications/{}/bot, switch on \
                     \"Message Content Intent\" and save.",
                    id.0
                ),
            ),
            _ => Finding::good("the bot may read what the team writes (Message Content Intent)"),
        });
        id.0
    }

    async fn look_at_channel(
        &self,
        channel: u64,
        own: Id,
        application: u64,
        agents_by_role: &[String],
        found: &mut Vec<Finding>,
    ) {
        let place = match self.places.ask(channel).await {
            Ok(place) => place,
            Err(failure) => return found.push(unseen(channel, application, failure)),
        };
        let name = format!("#{}", place.name);
        found.push(match place.kind {
            0 | 5 => Finding::good(format!(
                "{name} is a text channel; each conversation is a thread"
            )),
            15 | 16 => Finding::good(format!("{name} is a forum; each conversation is a post")),
            _ => Finding::bad(
                format!("{name} is neither a text channel nor a forum"),
                "Make a text channel or a forum, and write its number into [site.discord].",
            ),
        });
        let guild = place.guild_id.0;
        let roles = self.places.roles(guild).await;
        let member = self.places.member(guild, own.0).await;
        let (roles, member) = match (roles, member) {
            (Ok(roles), Ok(member)) => (roles, member.unwrap_or_default()),
            (Err(failure), _) | (_, Err(failure)) => {
                return found.push(unseen(channel, application, failure));
            }
        };
        let who = Some((own, member.roles.as_slice()));
        let may = rights(place.guild_id, &roles, who, &place);
        look_at_rights(&name, may, found);
        look_at_visitors(&name, &place, &roles, found);
        look_at_roles(agents_by_role, &roles, found);
    }

    async fn look_at_clock(&self, found: &mut Vec<Finding>) {
        match self.rest.clock_ahead().await {
            Some(ahead) if ahead.abs() > CLOCKS_APART => found.push(Finding::doubtful(
                format!(
                    "this machine's clock is {} s off Discord's",
                    ahead.abs() / 1_000
                ),
                "Switch on time synchronisation, for instance `timedatectl set-ntp true`.",
            )),
            Some(_) => found.push(Finding::good("this machine's clock agrees with Discord's")),
            None => found.push(Finding::doubtful(
                "Discord did not say what time it is",
                "Try again in a minute.",
            )),
        }
    }
}

fn unseen(channel: u64, application: u64, failure: Failure) -> Finding {
    let invite = format!(
        "Invite the bot with \
         https://discord.com/oauth2/authorize?client_id={application}&scope=bot&permissions={} , \
         add it to the channel (Edit Channel, Permissions, Add members or roles), and copy the \
         channel's number with a right click (Developer Mode must be on).",
        invited()
    );
    match failure {
        Failure::NoChannel | Failure::Final(crate::SendError::NoAccess(_)) => Finding::bad(
            format!("the bot does not see the channel {channel}"),
            invite,
        ),
        other => Finding::doubtful(
            format!("the channel {channel}: {}", calm(other)),
            "Try again in a minute.",
        ),
    }
}

fn look_at_rights(name: &str, may: u64, found: &mut Vec<Finding>) {
    let lacking: Vec<&str> = NEEDED
        .iter()
        .filter(|(bit, _)| may & bit == 0)
        .map(|(_, right)| *right)
        .collect();
    match lacking.is_empty() {
        true => found.push(Finding::good(format!(
            "the bot has the rights it needs in {name}"
        ))),
        false => found.push(Finding::bad(
            format!("in {name} the bot lacks: {}", lacking.join(", ")),
            format!(
                "Edit Channel of {name}, Permissions, choose the bot's role, and allow: {}.",
                lacking.join(", ")
            ),
        )),
    }
    let (bit, right) = MENTION;
    if may & bit == 0 {
        found.push(Finding::doubtful(
            format!("in {name} the bot may not call @here or roles"),
            format!("Only if `notify` is \"here\" or a role: allow \"{right}\" there."),
        ));
    }
}

/// Who is not with the team must not read what visitors write.
fn look_at_visitors(name: &str, place: &Channel, roles: &[Role], found: &mut Vec<Finding>) {
    let everybody = rights(place.guild_id, roles, None, place);
    found.push(match everybody & VIEW {
        0 => Finding::good(format!("{name} is private")),
        _ => Finding::bad(
            format!("everybody on the server can read {name}, and with it what visitors write"),
            format!(
                "Edit Channel of {name}, Permissions, switch on \"Private Channel\", and add the \
                 team's role and the bot."
            ),
        ),
    });
}

fn look_at_roles(wanted: &[String], roles: &[Role], found: &mut Vec<Finding>) {
    for role in wanted {
        let known = roles.iter().find(|known| known.id.0.to_string() == *role);
        let what = match known {
            Some(known) => Finding::good(format!("the role {} is there", known.name)),
            None => Finding::bad(
                format!("the server has no role {role}"),
                "Copy the role's number (Server Settings, Roles, right click with Developer Mode \
                 on) into `agents` of [site.team].",
            ),
        };
        if !found.contains(&what) {
            found.push(what);
        }
    }
}
