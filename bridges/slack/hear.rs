//! What a member did becomes an `Inbound`: who it was is looked up, and the words are read.

use super::{
    Slack,
    heard::{Heard, What, millis, own_part},
    model::{File, Me, Message, Messages},
    mrkdwn,
    rich::{self, Names},
};
use crate::{
    Aside, Channel, Happened, Inbound, Inbox, Origin, Person, PostId, RemoteFile, Said, SendError,
    SlackThread, Thread,
    text::{Block, Inline, Text},
};

impl Slack {
    /// Hands in what was heard. `Ok` means that it is stored, or nobody's business.
    pub(super) async fn hand_in(
        &self,
        me: &Me,
        heard: Heard,
        inbox: &dyn Inbox,
    ) -> Result<(), SendError> {
        let Some(agent) = self.agent(me, heard.user.as_deref()).await? else {
            return Ok(());
        };
        let inbound = Inbound {
            connection: self.config.connection.clone(),
            event_id: heard.event_id,
            origin: self.place(heard.origin, &heard.what).await?,
            agent,
            sent_at: millis(&heard.at),
            what: self.happened(heard.what).await,
        };
        let event = inbound.event_id.clone();
        let stored = inbox.receive(inbound).await;
        stored.map_err(|not_stored| SendError::Unreachable(format!("event {event}: {not_stored}")))
    }

    /// Slack does not always tell who it was; then the person has no id.
    async fn agent(&self, me: &Me, user: Option<&str>) -> Result<Option<Person>, SendError> {
        match user {
            Some(user) => {
                let groups = &self.config.groups;
                self.people.person(&self.client, me, groups, user).await
            }
            None => Ok(Some(Person::new("", "Somebody"))),
        }
    }

    /// A reaction names the message but not its thread, so that is asked for, once per message.
    async fn place(&self, origin: Origin, what: &What) -> Result<Origin, SendError> {
        let (Origin::Channel(Channel::Slack(channel)), What::Reacted { post, .. }) =
            (&origin, what)
        else {
            return Ok(origin);
        };
        let channel = channel.channel.clone();
        let ts = match self.people.root(post) {
            Some(root) => root,
            None => {
                let own = own_part(post);
                let parameters = [("channel", channel.as_str()), ("ts", own), ("limit", "1")];
                let page = self.client.get("conversations.replies", &parameters).await;
                let page: Messages = match page {
                    Ok(page) => page,
                    Err(failure) if failure.is(&["thread_not_found"]) => return Ok(origin),
                    Err(failure) => return Err(failure.into_error()),
                };
                let mut messages = page.messages.into_iter();
                let message = messages.find(|message| message.ts == own);
                let root = message.and_then(|message| message.thread_ts);
                let root = root.unwrap_or_else(|| own.to_owned());
                self.people.keep_root(post, &root);
                root
            }
        };
        Ok(Origin::Thread(Thread::Slack(SlackThread { channel, ts })))
    }

    async fn happened(&self, what: What) -> Happened {
        match what {
            What::Said(post, message) => Happened::Said(self.said(post, &message).await),
            What::Edited(post, message) => Happened::Edited {
                post,
                text: self.text(&message).await,
            },
            What::Deleted(post) => Happened::Deleted { post },
            What::Reacted { post, sign, on } => Happened::Reacted { post, sign, on },
            What::Pressed { post, action } => Happened::Pressed { post, action },
            What::ThreadGone => Happened::ThreadGone,
        }
    }

    async fn said(&self, post: PostId, message: &Message) -> Said {
        let elements = rich::elements(&message.blocks);
        let calls = match elements.is_empty() {
            true => mrkdwn::begins_with_mention(&message.text),
            false => rich::begins_with_mention(&elements),
        };
        Said {
            text: self.text(message).await,
            files: message.files.iter().filter_map(remote).collect(),
            // A thread on Slack has no answers to single messages.
            quotes: None,
            aside: calls.then_some(Aside::Mention),
            post,
        }
    }

    /// The words of a message, and a note where it holds more than words, so that nothing is lost unseen.
    async fn text(&self, message: &Message) -> Text {
        let elements = rich::elements(&message.blocks);
        let mentioned = match elements.is_empty() {
            true => mrkdwn::mentioned(&message.text),
            false => rich::mentioned(&elements),
        };
        let names = self.names(mentioned).await;
        let mut text = match elements.is_empty() {
            true => mrkdwn::read(&message.text, &names),
            false => rich::read(&elements, &names),
        };
        if message
            .attachments
            .iter()
            .any(|attachment| attachment.is_share)
        {
            text.0.push(note("a forwarded message"));
        }
        let lost = message.files.iter().filter(|file| remote(file).is_none());
        text.0
            .extend(lost.map(|file| note(&format!("the file {}", name(file)))));
        text
    }

    async fn names(&self, mentioned: Vec<(&'static str, String)>) -> Names {
        let mut names = Names::new();
        for (kind, id) in mentioned {
            let name = match kind {
                "user" => self.people.user_name(&self.client, &id).await,
                "usergroup" => self.people.group_name(&self.client, &id).await,
                _ => self.people.channel_name(&self.client, &id).await,
            };
            names.extend(name.map(|name| (id, name)));
        }
        names
    }
}

fn note(what: &str) -> Block {
    let text = format!("[{what}, which cannot be shown here]");
    Block::Paragraph {
        children: vec![Inline::Text { text }],
    }
}

fn name(file: &File) -> String {
    let names = [file.name.as_deref(), file.title.as_deref()];
    let mut given = names.into_iter().flatten();
    let name = given.find(|name| !name.is_empty());
    name.unwrap_or("file").to_owned()
}

/// A file that can be fetched. Its address needs the bot's token, or is asked for by the file's id.
fn remote(file: &File) -> Option<RemoteFile> {
    let elsewhere = matches!(
        file.mode.as_str(),
        "external" | "tombstone" | "hidden_by_limit"
    );
    let address = file
        .url_private_download
        .clone()
        .or(file.url_private.clone());
    let asked_for = file.file_access.as_deref() == Some("check_file_info");
    let handle = match address.filter(|address| !address.is_empty() && !asked_for) {
        Some(address) => address,
        None => format!("file:{}", file.id),
    };
    let known = !elsewhere && !file.id.is_empty();
    known.then(|| RemoteFile {
        name: name(file),
        size: file.size,
        handle,
    })
}
