//! What somebody may do in a channel, computed from roles and the channel's own permissions
//! (<https://discord.com/developers/docs/topics/permissions#permission-overwrites>), and what hinny needs.

use super::wire::{Channel, Id, Overwrite, Role};

const ADMINISTRATOR: u64 = 1 << 3;
pub(super) const VIEW: u64 = 1 << 10;

/// What the bot needs, as Discord's own settings call it.
pub(super) const NEEDED: [(u64, &str); 8] = [
    (VIEW, "View Channel"),
    (1 << 11, "Send Messages"),
    (1 << 38, "Send Messages in Threads"),
    (1 << 35, "Create Public Threads"),
    (1 << 34, "Manage Threads"),
    (1 << 15, "Attach Files"),
    (1 << 16, "Read Message History"),
    (1 << 6, "Add Reactions"),
];
/// Without it roles that nobody may mention, and `@here`, stay silent.
pub(super) const MENTION: (u64, &str) = (1 << 17, "Mention @everyone, @here, and All Roles");

/// The number in the invitation link: everything above.
pub(super) fn invited() -> u64 {
    NEEDED.iter().fold(MENTION.0, |all, (bit, _)| all | bit)
}

/// Rights in a channel. `member` is nobody for what every member of the server may do.
pub(super) fn rights(
    guild: Id,
    roles: &[Role],
    member: Option<(Id, &[Id])>,
    channel: &Channel,
) -> u64 {
    let (who, own) = member.unwrap_or((Id(0), &[]));
    let counts = |role: &&Role| role.id == guild || own.contains(&role.id);
    let base = roles.iter().filter(counts);
    let base = base.fold(0, |all, role| all | role.permissions.0);
    if base & ADMINISTRATOR != 0 {
        return u64::MAX;
    }
    let of = |wanted: &dyn Fn(&&Overwrite) -> bool| {
        let found = channel.permission_overwrites.iter().filter(wanted);
        found.fold((0, 0), |(allow, deny), one| {
            (allow | one.allow.0, deny | one.deny.0)
        })
    };
    let everyone = of(&|one| one.kind.0 == 0 && one.id == guild);
    let by_role = of(&|one| one.kind.0 == 0 && one.id != guild && own.contains(&one.id));
    let by_name = of(&|one| one.kind.0 == 1 && one.id == who);
    [everyone, by_role, by_name]
        .iter()
        .fold(base, |rights, (allow, deny)| rights & !deny | allow)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn role(id: u64, permissions: u64) -> Role {
        Role {
            id: Id(id),
            permissions: Id(permissions),
            ..Role::default()
        }
    }

    fn channel(overwrites: &[(u64, u64, u64, u64)]) -> Channel {
        let overwrite = |&(id, kind, allow, deny): &(u64, u64, u64, u64)| Overwrite {
            id: Id(id),
            kind: Id(kind),
            allow: Id(allow),
            deny: Id(deny),
        };
        Channel {
            permission_overwrites: overwrites.iter().map(overwrite).collect(),
            ..Channel::default()
        }
    }

    #[test]
    fn the_nearer_rule_wins() {
        let roles = [role(1, VIEW), role(2, 0), role(3, ADMINISTRATOR)];
        let private = [(1, 0, 0, VIEW), (2, 0, VIEW, 0)];
        for (own, overwrites, seen) in [
            (vec![], vec![], true),
            (vec![], private.to_vec(), false),
            (vec![Id(2)], private.to_vec(), true),
            (vec![Id(3)], private.to_vec(), true),
            (
                vec![Id(2)],
                vec![private[0], private[1], (9, 1, 0, VIEW)],
                false,
            ),
            (vec![], vec![private[0], (9, 1, VIEW, 0)], true),
        ] {
            let rights = rights(Id(1), &roles, Some((Id(9), &own)), &channel(&overwrites));
            assert_eq!(rights & VIEW != 0, seen, "{own:?} {overwrites:?}");
        }
        let nobody = super::rights(Id(1), &roles, None, &channel(&private));
        assert_eq!(nobody & VIEW, 0);
    }

    #[test]
    fn the_invitation_asks_for_what_the_page_says() {
        assert_eq!(invited(), 326_417_747_008);
    }
}
