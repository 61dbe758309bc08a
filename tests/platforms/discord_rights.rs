//! Who may do what where, computed as the documentation describes
//! (<https://discord.com/developers/docs/topics/permissions>).

use super::{
    GUILD,
    rest::Refusal,
    state::{Channel, Kind, State},
};

/// The rights that matter here, by their bits.
pub mod bits {
    pub const ADMINISTRATOR: u64 = 1 << 3;
    pub const REACT: u64 = 1 << 6;
    pub const VIEW: u64 = 1 << 10;
    pub const SEND: u64 = 1 << 11;
    pub const EMBED: u64 = 1 << 14;
    pub const ATTACH: u64 = 1 << 15;
    pub const HISTORY: u64 = 1 << 16;
    pub const MENTION: u64 = 1 << 17;
    pub const MANAGE_THREADS: u64 = 1 << 34;
    pub const CREATE_THREADS: u64 = 1 << 35;
    pub const SEND_IN_THREADS: u64 = 1 << 38;
    /// What a new server gives to everyone, as far as it matters here.
    pub const EVERYBODY: u64 = REACT | VIEW | SEND | EMBED | ATTACH | HISTORY;
    /// The number in the invitation link.
    pub const INVITED: u64 = REACT
        | VIEW
        | SEND
        | ATTACH
        | HISTORY
        | MENTION
        | MANAGE_THREADS
        | CREATE_THREADS
        | SEND_IN_THREADS;
}

/// What a member may do in a channel; a thread has the rights of the channel around it.
pub fn rights(state: &State, member: u64, channel: &Channel) -> u64 {
    let around = channel.parent.and_then(|id| state.channels.get(&id));
    let channel = around.unwrap_or(channel);
    let none = Vec::new();
    let known = state.members.get(&member).filter(|member| !member.gone);
    let Some(known) = known else {
        return 0;
    };
    let roles = if known.bot && known.roles.is_empty() {
        &none
    } else {
        &known.roles
    };
    let of = |id: &u64| state.roles.get(id).map_or(0, |role| role.permissions);
    let base = roles.iter().map(of).fold(of(&GUILD), |all, one| all | one);
    if base & bits::ADMINISTRATOR != 0 {
        return u64::MAX;
    }
    overwritten(base, channel, roles, member)
}

fn overwritten(base: u64, channel: &Channel, roles: &[u64], member: u64) -> u64 {
    let find = |of: u64, role: bool| {
        let mut all = channel.overwrites.iter();
        all.find(|one| one.id == of && one.role == role)
    };
    let mut rights = base;
    if let Some(everyone) = find(GUILD, true) {
        rights = rights & !everyone.deny | everyone.allow;
    }
    let own: Vec<_> = roles.iter().filter_map(|role| find(*role, true)).collect();
    let deny = own.iter().fold(0, |all, one| all | one.deny);
    let allow = own.iter().fold(0, |all, one| all | one.allow);
    rights = rights & !deny | allow;
    match find(member, false) {
        Some(own) => rights & !own.deny | own.allow,
        None => rights,
    }
}

/// The channel if the bot may do all of `needed` there.
pub fn permitted(state: &State, id: u64, needed: u64) -> Result<&Channel, Refusal> {
    let channel = state.channels.get(&id).ok_or(Refusal::new(404, 10_003))?;
    let rights = rights(state, super::BOT, channel);
    if rights & bits::VIEW == 0 {
        return Err(Refusal::new(403, 50_001));
    }
    match rights & needed == needed {
        true => Ok(channel),
        false => Err(Refusal::new(403, 50_013)),
    }
}

/// The right to write here: threads have one of their own.
pub fn to_write(channel: &Channel) -> u64 {
    match channel.kind {
        Kind::Thread => bits::SEND_IN_THREADS,
        _ => bits::SEND,
    }
}
