//! The methods that the Slack for tests knows: scope, limit and arguments of each, from
//! <https://docs.slack.dev/reference/methods>.

/// What an argument must be. Forms and queries bring everything as text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    Text,
    Flag,
    Number,
    Data,
}

pub struct Spec {
    pub method: &'static str,
    /// `*` stands for the kind of the channel: `channels` or `groups`.
    pub scope: &'static str,
    pub a_minute: usize,
    /// Whether arguments may come as JSON.
    pub json: bool,
    /// Names with their kinds; those with `!` are needed.
    arguments: &'static str,
}

impl Spec {
    pub fn kind(&self, argument: &str) -> Option<Kind> {
        let mut known = self.arguments.split_whitespace();
        let found = known.find(|known| name(known) == argument)?;
        let kind = found.trim_end_matches('!').split_once(':');
        Some(match kind.map(|(_, kind)| kind) {
            Some("flag") => Kind::Flag,
            Some("number") => Kind::Number,
            Some("data") => Kind::Data,
            _ => Kind::Text,
        })
    }

    pub fn needed(&self) -> impl Iterator<Item = &'static str> {
        let all = self.arguments.split_whitespace();
        all.filter(|known| known.ends_with('!')).map(name)
    }
}

fn name(argument: &'static str) -> &'static str {
    argument.split([':', '!']).next().unwrap_or_default()
}

const fn spec(
    method: &'static str,
    scope: &'static str,
    a_minute: usize,
    arguments: &'static str,
) -> Spec {
    Spec {
        method,
        scope,
        a_minute,
        json: true,
        arguments,
    }
}

/// Slack takes JSON for methods that write, and none for those that only read.
const fn read(
    method: &'static str,
    scope: &'static str,
    a_minute: usize,
    arguments: &'static str,
) -> Spec {
    Spec {
        json: false,
        ..spec(method, scope, a_minute, arguments)
    }
}

pub const METHODS: &[Spec] = &[
    spec("apps.connections.open", "", 60, ""),
    spec("auth.test", "", 600, ""),
    spec("chat.delete", "chat:write", 50, "channel! ts! as_user:flag"),
    read("chat.getPermalink", "", 300, "channel! message_ts!"),
    spec(
        "chat.postMessage",
        "chat:write",
        600,
        "channel! text blocks:data metadata:data thread_ts unfurl_links:flag unfurl_media:flag \
         mrkdwn:flag link_names:flag",
    ),
    spec(
        "chat.update",
        "chat:write",
        50,
        "channel! ts! text blocks:data metadata:data",
    ),
    read(
        "conversations.history",
        "*:history",
        50,
        "channel! cursor include_all_metadata:flag inclusive:flag latest limit:number oldest",
    ),
    read(
        "conversations.info",
        "*:read",
        50,
        "channel! include_locale:flag include_num_members:flag",
    ),
    spec("conversations.join", "channels:join", 50, "channel!"),
    read(
        "conversations.members",
        "*:read",
        100,
        "channel! cursor limit:number",
    ),
    read(
        "conversations.replies",
        "*:history",
        50,
        "channel! ts! cursor include_all_metadata:flag inclusive:flag latest limit:number oldest",
    ),
    spec(
        "files.completeUploadExternal",
        "files:write",
        100,
        "files:data! channel_id thread_ts initial_comment",
    ),
    spec("files.delete", "files:write", 50, "file!"),
    read(
        "files.getUploadURLExternal",
        "files:write",
        100,
        "filename! length:number! alt_txt snippet_type",
    ),
    read("files.info", "files:read", 100, "file!"),
    spec(
        "reactions.add",
        "reactions:write",
        50,
        "channel! name! timestamp!",
    ),
    spec(
        "reactions.remove",
        "reactions:write",
        50,
        "channel! name! timestamp!",
    ),
    read("team.info", "team:read", 50, ""),
    read(
        "usergroups.list",
        "usergroups:read",
        20,
        "include_users:flag",
    ),
    read("usergroups.users.list", "usergroups:read", 20, "usergroup!"),
    read("users.info", "users:read", 100, "user! include_locale:flag"),
];
