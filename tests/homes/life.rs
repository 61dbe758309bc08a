//! What can befall a thread, its channel and the connection: the changes that a home may see in its life, under one
//! trait. What a platform does not know is an empty list here.

use super::Home;
use super::discord::Discord;
use super::slack::Slack;
use super::telegram::Telegram;
use crate::discord::{self, BOT, GUILD, HINNY, TEAM, bits};
use crate::slack;
use crate::telegram::{self, BotRole, CHAT};

/// A way in which hinny loses its access, and how it gets it back.
pub struct ShutOut<H> {
    /// A part of what the team reads about it.
    pub told: &'static str,
    pub shut: fn(&H),
    pub open: fn(&H),
}

pub trait Life: Home {
    /// What people call the platform.
    const NAME: &'static str;
    /// Bots are told when somebody deletes a thread. Elsewhere the next line meets the loss.
    const TELLS_OF_DELETIONS: bool;
    /// A token that was refused is asked again without a restart.
    const TRIES_TOKENS_AGAIN: bool;

    fn shut_outs() -> Vec<ShutOut<Self>>;

    /// Somebody deletes a thread with all that is in it.
    fn deletes_thread(&self, place: &Self::Place);
    /// Ways to end a thread by hand, which a new line undoes.
    fn closings() -> Vec<fn(&Self, &Self::Place)>;
    fn is_open(&self, place: &Self::Place) -> bool;

    fn renames_the_channel(&self);
    fn sets_token_revoked(&self, revoked: bool);
    /// Calls that carried a token, answered or refused, so far as the server counts them.
    fn calls(&self) -> usize;

    /// Ways in which the connection breaks, without anybody being at fault.
    fn interruptions() -> Vec<fn(&Self)>;
    /// Whatever hinny wants to post from here on gets no answer at all.
    fn falls_silent(&self);
}

impl Life for Slack {
    const NAME: &'static str = "Slack";
    const TELLS_OF_DELETIONS: bool = true;
    const TRIES_TOKENS_AGAIN: bool = true;

    fn shut_outs() -> Vec<ShutOut<Self>> {
        vec![
            ShutOut {
                told: "the channel is archived",
                shut: |home| home.server.archive(true),
                open: |home| home.server.archive(false),
            },
            ShutOut {
                told: "the app was removed from it",
                shut: |home| home.server.remove_the_app(),
                open: |home| home.server.invite_the_app(),
            },
            ShutOut {
                told: "the app lacks chat:write",
                shut: |home| {
                    home.server
                        .change(|state| state.scopes.remove("chat:write"));
                },
                open: |home| {
                    home.server
                        .change(|state| state.scopes.insert("chat:write"));
                },
            },
        ]
    }

    fn deletes_thread(&self, place: &String) {
        self.server.agent("U0OWNER", "Owner").deletes(place);
    }

    /// Slack has no closed threads.
    fn closings() -> Vec<fn(&Self, &String)> {
        Vec::new()
    }

    fn is_open(&self, _: &String) -> bool {
        true
    }

    fn renames_the_channel(&self) {
        self.server.rename("customers");
    }

    fn sets_token_revoked(&self, revoked: bool) {
        self.server.revoke(revoked);
    }

    fn calls(&self) -> usize {
        self.server.calls("chat.postMessage").len()
    }

    fn interruptions() -> Vec<fn(&Self)> {
        vec![
            |home| home.server.cut_sockets(),
            |home| home.server.disconnect("refresh_requested"),
            |home| home.server.disturb(&[slack::EventFault::CutAfter]),
            |home| home.server.disturb(&[slack::EventFault::Twice]),
        ]
    }

    fn falls_silent(&self) {
        self.server
            .fail_next("chat.postMessage", 1_000, slack::Fault::Hang);
    }
}

impl<const PARENT: u64> Discord<PARENT> {
    fn owner(&self) -> discord::Agent<'_> {
        self.server.agent(1, "Owner")
    }

    pub fn may(&self, right: u64, allowed: bool) {
        self.server.with(|state| {
            for role in [HINNY, GUILD, TEAM] {
                let role = state.roles.get_mut(&role).expect("the role exists");
                role.permissions &= !right;
            }
            if allowed {
                let own = state.roles.get_mut(&HINNY).expect("the role exists");
                own.permissions |= right;
            }
        });
    }
}

impl<const PARENT: u64> Life for Discord<PARENT> {
    const NAME: &'static str = "Discord";
    const TELLS_OF_DELETIONS: bool = true;
    /// Too many refused calls ban an address.
    const TRIES_TOKENS_AGAIN: bool = false;

    fn shut_outs() -> Vec<ShutOut<Self>> {
        vec![
            ShutOut {
                told: "the bot lacks a right in the channel",
                shut: |home| home.may(bits::SEND_IN_THREADS, false),
                open: |home| home.may(bits::SEND_IN_THREADS, true),
            },
            ShutOut {
                told: "the bot cannot see the channel",
                shut: |home| home.owner().removes_the_bot(),
                open: |home| {
                    home.server.with(|state| {
                        state
                            .members
                            .entry(BOT)
                            .and_modify(|member| member.gone = false);
                    });
                },
            },
        ]
    }

    fn deletes_thread(&self, place: &u64) {
        self.owner().deletes_channel(*place);
    }

    fn closings() -> Vec<fn(&Self, &u64)> {
        vec![
            |home, place| home.owner().archives(*place),
            |home, place| home.owner().locks(*place),
        ]
    }

    fn is_open(&self, place: &u64) -> bool {
        self.server.look(|state| {
            let thread = state.channels.get(place);
            thread.is_some_and(|thread| !thread.archived && !thread.locked)
        })
    }

    fn renames_the_channel(&self) {
        self.owner().renames(PARENT, "customers");
    }

    fn sets_token_revoked(&self, revoked: bool) {
        self.server.with(|state| state.revoked = revoked);
        if revoked {
            self.server.close_sockets(4_004);
        }
    }

    fn calls(&self) -> usize {
        self.server.look(|state| state.calls.len())
    }

    fn interruptions() -> Vec<fn(&Self)> {
        vec![
            |home| home.server.cut_sockets(),
            |home| home.server.ask_to_reconnect(),
            |home| home.server.invalidate_sessions(true),
            |home| home.server.invalidate_sessions(false),
            |home| {
                home.server.forget_sessions();
                home.server.cut_sockets();
            },
        ]
    }

    fn falls_silent(&self) {
        self.server.fail_next("any", 1_000, discord::Fault::Hang);
    }
}

impl Telegram {
    fn is_bot(&self, role: BotRole) {
        self.server.set_bot(CHAT, role);
    }
}

const INVITED: BotRole = BotRole::Admin {
    topics: true,
    delete: true,
};

impl Life for Telegram {
    const NAME: &'static str = "Telegram";
    const TELLS_OF_DELETIONS: bool = false;
    const TRIES_TOKENS_AGAIN: bool = true;

    fn shut_outs() -> Vec<ShutOut<Self>> {
        vec![ShutOut {
            told: "kicked",
            shut: |home| home.is_bot(BotRole::Kicked),
            open: |home| home.is_bot(INVITED),
        }]
    }

    fn deletes_thread(&self, place: &i32) {
        self.server.delete_topic(*place);
    }

    fn closings() -> Vec<fn(&Self, &i32)> {
        vec![|home, place| home.server.close_topic(*place)]
    }

    fn is_open(&self, place: &i32) -> bool {
        let mut topics = self.server.topics().into_iter();
        topics.any(|topic| topic.id == *place && topic.open)
    }

    fn renames_the_channel(&self) {
        self.server.rename_group(CHAT, "Customers");
    }

    fn sets_token_revoked(&self, revoked: bool) {
        self.server.revoke(revoked);
    }

    fn calls(&self) -> usize {
        self.server.calls("sendMessage").len()
    }

    fn interruptions() -> Vec<fn(&Self)> {
        const CONFLICT: &str = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running";
        vec![
            |home| home.polls_fail(telegram::Fault::Reset),
            |home| home.polls_fail(telegram::Fault::ResetAfterAccept),
            |home| home.polls_fail(telegram::Fault::ServerError),
            |home| home.polls_fail(telegram::Fault::Refuse(409, CONFLICT)),
        ]
    }

    fn falls_silent(&self) {
        self.server.fail_next("any", 1_000, telegram::Fault::Hang);
    }
}

impl Telegram {
    /// The poll that waits is answered, and the next one fails.
    fn polls_fail(&self, fault: telegram::Fault) {
        self.server.fail_next("getUpdates", 1, fault);
    }
}
