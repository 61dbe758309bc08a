//! Turns events of the gateway into what the inbox takes, and gives each the id that a look at the history
//! would give it too.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{
    Discord,
    classify::Failure,
    gateway::Arrived,
    listen::calm,
    places::Kind,
    read::{self, by_a_person, post_id},
    wire::{self, Channel, Id, Member, Message, Note, User, each, ms},
};
use crate::{
    Channel as Room, DiscordChannel, DiscordThread, Happened, Inbound, Inbox, Origin, Person,
    SendError, Thread,
};

impl Discord {
    /// Hands one event in. What is nobody's business is passed over; only what could not be stored, or not be
    /// looked up, ends the listening.
    pub(super) async fn hand_in(
        &self,
        event: Arrived,
        own: u64,
        inbox: &dyn Inbox,
    ) -> Result<(), SendError> {
        let found = self.understand(&event.kind, event.data, own, inbox).await;
        match found {
            Ok(all) => self.receive(all, inbox).await,
            Err(failure) => pass_over(failure),
        }
    }

    async fn understand(
        &self,
        kind: &str,
        data: Value,
        own: u64,
        inbox: &dyn Inbox,
    ) -> Result<Vec<Inbound>, Failure> {
        match kind {
            "MESSAGE_CREATE" => self.said(&read_as(data), own).await,
            "MESSAGE_UPDATE" => self.edited(&read_as(data)).await,
            "MESSAGE_DELETE" => {
                let note: Note = read_as(data);
                self.deleted(note.channel_id, &[note.id]).await
            }
            "MESSAGE_DELETE_BULK" => {
                let note: Note = read_as(data);
                self.deleted(note.channel_id, &note.ids).await
            }
            "MESSAGE_REACTION_ADD" => self.reacted(&read_as(data), true, own).await,
            "MESSAGE_REACTION_REMOVE" => self.reacted(&read_as(data), false, own).await,
            "INTERACTION_CREATE" => self.pressed(&read_as(data)).await,
            "TYPING_START" => self.typed(&read_as(data)).await,
            "THREAD_CREATE" | "THREAD_UPDATE" | "CHANNEL_UPDATE" => {
                self.places.learn(&read_as(data));
                Ok(Vec::new())
            }
            "GUILD_CREATE" => {
                self.learn_guild(&data);
                Ok(Vec::new())
            }
            "THREAD_DELETE" => Ok(self.thread_deleted(&read_as(data))),
            "CHANNEL_DELETE" => self.channel_deleted(&read_as(data), inbox).await,
            _ => Ok(Vec::new()),
        }
    }

    pub(super) async fn receive(
        &self,
        all: Vec<Inbound>,
        inbox: &dyn Inbox,
    ) -> Result<(), SendError> {
        for inbound in all {
            let id = inbound.event_id.clone();
            let stored = inbox.receive(inbound).await;
            stored.map_err(|error| SendError::Unreachable(format!("{id}: {error}")))?;
        }
        Ok(())
    }

    /// A message of a member's, told live or found in the history.
    pub(super) async fn said(&self, message: &Message, own: u64) -> Result<Vec<Inbound>, Failure> {
        if !by_a_person(message) || message.author.id.0 == own {
            return Ok(Vec::new());
        }
        let place = self.places.place(message.channel_id.0).await?;
        let roles = match message.content.contains("<@&") {
            true => self.places.roles(place.guild).await?,
            false => Vec::new(),
        };
        let Some(said) = read::said(message, own, &roles, &place) else {
            tracing::warn!(
                "a message without anything in it; is the Message Content Intent switched on?"
            );
            return Ok(Vec::new());
        };
        Ok(vec![Inbound {
            connection: self.config.connection.clone(),
            event_id: format!("said:{}", message.id.0),
            origin: self.places.origin(message.channel_id.0).await?,
            agent: self.author(message, place.guild).await?,
            sent_at: message.id.made_at(),
            what: Happened::Said(said),
        }])
    }

    /// Discord updates a message too when it finds a preview; only an edit has a time.
    pub(super) async fn edited(&self, message: &Message) -> Result<Vec<Inbound>, Failure> {
        let Some(when) = message.edited_timestamp.as_ref().map(ms) else {
            return Ok(Vec::new());
        };
        if !by_a_person(message) || message.author.id.0 == 0 {
            return Ok(Vec::new());
        }
        let place = self.places.place(message.channel_id.0).await?;
        let roles = match message.content.contains("<@&") {
            true => self.places.roles(place.guild).await?,
            false => Vec::new(),
        };
        Ok(vec![Inbound {
            connection: self.config.connection.clone(),
            event_id: format!("edited:{}:{when}", message.id.0),
            origin: self.places.origin(message.channel_id.0).await?,
            agent: self.author(message, place.guild).await?,
            sent_at: when,
            what: Happened::Edited {
                post: post_id(message.id.0),
                text: read::text(message, &roles, &place),
            },
        }])
    }

    /// Discord does not say who deleted a message.
    async fn deleted(&self, channel: Id, ids: &[Id]) -> Result<Vec<Inbound>, Failure> {
        let origin = self.places.origin(channel.0).await?;
        let one = |id: &Id| self.deletion(origin.clone(), *id);
        Ok(ids.iter().map(one).collect())
    }

    pub(super) fn deletion(&self, origin: Origin, id: Id) -> Inbound {
        Inbound {
            connection: self.config.connection.clone(),
            event_id: format!("deleted:{}", id.0),
            origin,
            agent: Person::default(),
            sent_at: wire::now(),
            what: Happened::Deleted {
                post: post_id(id.0),
            },
        }
    }

    /// Discord gives no time for a sign, so the time of its arrival parts on and off from on again.
    async fn reacted(&self, note: &Note, on: bool, own: u64) -> Result<Vec<Inbound>, Failure> {
        if note.user_id.0 == own {
            return Ok(Vec::new());
        }
        let Some(agent) = self.member_of(note).await? else {
            return Ok(Vec::new());
        };
        let origin = self.origin_of(note.channel_id, note.message_id).await?;
        Ok(vec![self.reaction(
            origin,
            agent,
            note.message_id,
            &note.emoji.sign(),
            (on, wire::now()),
        )])
    }

    pub(super) fn reaction(
        &self,
        origin: Origin,
        agent: Person,
        post: Id,
        sign: &str,
        (on, when): (bool, i64),
    ) -> Inbound {
        let (post, by) = (post.0, &agent.id);
        Inbound {
            connection: self.config.connection.clone(),
            event_id: format!("reacted:{post}:{by}:{sign}:{on}:{when}"),
            origin,
            agent,
            sent_at: wire::now(),
            what: Happened::Reacted {
                post: post_id(post),
                sign: sign.to_owned(),
                on,
            },
        }
    }

    async fn pressed(&self, note: &Note) -> Result<Vec<Inbound>, Failure> {
        let (Some(message), Some(data)) = (&note.message, &note.data) else {
            return Ok(Vec::new());
        };
        // Other interactions, such as commands, have no component.
        let component = !data["component_type"].is_null();
        let Some(action) = data["custom_id"].as_str().filter(|_| component) else {
            return Ok(Vec::new());
        };
        let Some(agent) = self.member_of(note).await? else {
            return Ok(Vec::new());
        };
        Ok(vec![Inbound {
            connection: self.config.connection.clone(),
            event_id: format!("pressed:{}", note.id.0),
            origin: self.origin_of(note.channel_id, message.id).await?,
            agent,
            sent_at: note.id.made_at(),
            what: Happened::Pressed {
                post: post_id(message.id.0),
                action: action.to_owned(),
            },
        }])
    }

    async fn typed(&self, note: &Note) -> Result<Vec<Inbound>, Failure> {
        let Some(agent) = self.member_of(note).await? else {
            return Ok(Vec::new());
        };
        let (channel, when) = (note.channel_id.0, note.timestamp);
        Ok(vec![Inbound {
            connection: self.config.connection.clone(),
            event_id: format!("typing:{channel}:{}:{when}", agent.id),
            origin: self.places.origin(channel).await?,
            agent,
            sent_at: wire::now(),
            what: Happened::Typing,
        }])
    }

    fn thread_deleted(&self, note: &Note) -> Vec<Inbound> {
        let parent = note.parent_id.map(|id| id.0);
        let gone = parent.map(|channel| DiscordThread {
            channel,
            thread: note.id.0,
        });
        gone.into_iter().map(|thread| self.gone(thread)).collect()
    }

    /// A channel takes all its threads with it.
    async fn channel_deleted(
        &self,
        channel: &Channel,
        inbox: &dyn Inbox,
    ) -> Result<Vec<Inbound>, Failure> {
        let live = inbox.live(&self.config.connection).await;
        let live = live.map_err(|error| {
            Failure::Final(SendError::Unreachable(format!("live threads: {error}")))
        })?;
        let inside = live.into_iter().filter_map(|live| match live.thread {
            Thread::Discord(thread) if thread.channel == channel.id.0 => Some(self.gone(thread)),
            _ => None,
        });
        Ok(inside.collect())
    }

    pub(super) fn gone(&self, thread: DiscordThread) -> Inbound {
        Inbound {
            connection: self.config.connection.clone(),
            event_id: format!("gone:{}", thread.thread),
            origin: Origin::Thread(Thread::Discord(thread)),
            agent: Person::default(),
            sent_at: wire::now(),
            what: Happened::ThreadGone,
        }
    }

    fn learn_guild(&self, guild: &Value) {
        let id = serde_json::from_value(guild["id"].clone()).unwrap_or_default();
        for list in ["channels", "threads"] {
            for mut channel in each::<Channel>(&guild[list]) {
                channel.guild_id = id;
                self.places.learn(&channel);
            }
        }
    }

    /// What happened to a message in a text channel happened to the card of a thread, if to anything of ours.
    async fn origin_of(&self, channel: Id, message: Id) -> Result<Origin, Failure> {
        let place = self.places.place(channel.0).await?;
        Ok(match place.kind {
            Kind::Text => Origin::Thread(Thread::Discord(DiscordThread {
                channel: channel.0,
                thread: message.0,
            })),
            Kind::Thread => self.places.origin(channel.0).await?,
            Kind::Forum | Kind::Other => {
                let channel = channel.0;
                Origin::Channel(Room::Discord(DiscordChannel { channel }))
            }
        })
    }

    /// The author with roles and nickname, which the history does not give.
    async fn author(&self, message: &Message, guild: u64) -> Result<Person, Failure> {
        let told = message.member.clone();
        let member = match told {
            Some(member) => Some(member),
            None => self.places.member(guild, message.author.id.0).await?,
        };
        Ok(read::person(&message.author, member.as_ref(), guild))
    }

    /// Who pressed, typed or put a sign; nothing for bots.
    async fn member_of(&self, note: &Note) -> Result<Option<Person>, Failure> {
        let guild = match note.guild_id.0 {
            0 => self.places.place(note.channel_id.0).await?.guild,
            guild => guild,
        };
        let told = note.member.clone().filter(|member| member.user.is_some());
        let member: Option<Member> = match told {
            Some(member) => Some(member),
            None => self.places.member(guild, note.user_id.0).await?,
        };
        let user = member.as_ref().and_then(|member| member.user.clone());
        let user = user.unwrap_or_else(|| User {
            id: note.user_id,
            username: "Somebody".to_owned(),
            ..User::default()
        });
        let person = read::person(&user, member.as_ref(), guild);
        Ok((!user.bot).then_some(person))
    }
}

fn read_as<T: DeserializeOwned + Default>(data: Value) -> T {
    serde_json::from_value(data).unwrap_or_default()
}

/// A channel that is gone meanwhile, or that we may not look at, concerns nobody.
pub(super) fn pass_over(failure: Failure) -> Result<(), SendError> {
    match failure {
        Failure::Final(SendError::NoAccess(_)) => Ok(()),
        Failure::Final(_) => Err(calm(failure)),
        _ => Ok(()),
    }
}
