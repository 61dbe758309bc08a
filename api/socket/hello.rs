//! The greeting: the first frame must be a good `hello`, in time, or the socket ends.

use std::net::IpAddr;

use hinny_actors::Subscription;
use hinny_actors::body::Context;
use hinny_actors::ids::ConversationId;
use hinny_actors::store::{ConversationRow, handling_name};
use tokio::time::timeout;

use super::{Left, visitor_topic};
use crate::app::{App, Origin};
use crate::error::{Code, Problem};
use crate::guest::{Guest, Papers};
use crate::link::{End, Incoming, Link};
use crate::reader::Reader;
use crate::wire::{ClientFrame, Hello, PROTOCOL, ServerFrame, check_protocol, tidy_context};

/// A socket that knows its visitor.
pub struct Greeted {
    pub guest: Guest,
    pub reader: Option<Reader>,
    pub visitor: Subscription,
    pub context: Context,
    /// Whether the store knows it.
    pub context_known: bool,
}

/// Waits for the hello, lets the visitor in and answers with `welcome`.
pub async fn greet(
    app: &App,
    link: &mut Link,
    address: IpAddr,
    origin: &Origin,
) -> Result<Greeted, End> {
    let mut hello = first_frame(app, link).await?;
    app.limits.hello(address)?;
    check_protocol(hello.protocol)?;
    let site = app.site(&hello.site)?;
    origin.check(site)?;
    let papers = Papers {
        token: hello.token.as_deref(),
        identity: hello.identity.as_deref(),
        consent: hello.consent,
        address,
    };
    let guest = Guest::admit(app, site, papers).await?;
    let left = Left {
        conversation: hello.conversation.take(),
        after: hello.after,
    };
    let greeted = begin(app, link, guest, &left).await?;
    let context = tidy_context(hello.context(), &greeted.context);
    Ok(Greeted {
        context_known: greeted.context_known && greeted.context == context,
        context,
        ..greeted
    })
}

/// Tells a visitor who was let in what there is, and begins where they stopped.
pub async fn begin(app: &App, link: &mut Link, guest: Guest, left: &Left) -> Result<Greeted, End> {
    // Subscribed before the conversation is looked up, so that one opened in between is heard of.
    let visitor = app.engine.feed().subscribe(visitor_topic(&guest));
    let row = guest.conversation(app).await?;
    let welcome = welcome(app, &guest, row.as_ref())?;
    link.send(welcome.to_json()).await?;
    let known = row.as_ref().map(|row| row.context.clone());
    let mut context = known.clone().unwrap_or_default();
    context.agreed_at = context.agreed_at.or(guest.session.agreed_at);
    Ok(Greeted {
        reader: row.map(|row| reader(app, row, left)),
        guest,
        visitor,
        context_known: known.as_ref() == Some(&context),
        context,
    })
}

/// Where the visitor is.
pub fn welcome(
    app: &App,
    guest: &Guest,
    row: Option<&ConversationRow>,
) -> Result<ServerFrame, Problem> {
    let site = app.site(guest.site.as_str())?;
    Ok(ServerFrame::Welcome {
        protocol: PROTOCOL,
        session: guest.view(app, site, row.map(|row| &row.id)),
        seq: row.map_or(0, |row| row.seq),
        handling: row.map_or("bot", |row| handling_name(&row.handling)),
    })
}

async fn first_frame(app: &App, link: &mut Link) -> Result<Hello, End> {
    let within = app.config.timing.hello_within;
    let incoming = timeout(within, async {
        loop {
            match link.receive().await {
                Incoming::Alive => {}
                incoming => return incoming,
            }
        }
    });
    match incoming.await {
        Err(_) => Err(Problem::new(Code::HelloLate, "The hello did not come in time.").into()),
        Ok(Incoming::Text(text)) => match ClientFrame::parse(&text) {
            Ok(ClientFrame::Hello(hello)) => Ok(*hello),
            Ok(_) => Err(Problem::new(Code::HelloFirst, "The first frame must be hello.").into()),
            Err(refused) => Err(refused.problem.into()),
        },
        Ok(Incoming::Broken(problem)) => Err(problem.into()),
        Ok(Incoming::Gone | Incoming::Alive) => Err(End::Gone),
    }
}

/// Goes on where the client stopped, if it is this conversation. A foreign or unknown id gets the same as
/// none: the visitor's own conversation from the start. So does a client that is ahead of the log, which
/// happens when the store was restored from a backup.
fn reader(app: &App, row: ConversationRow, left: &Left) -> Reader {
    let same = |id: &ConversationId| left.conversation.as_deref() == Some(id.as_str());
    let after = left
        .after
        .filter(|after| same(&row.id) && *after <= row.seq)
        .unwrap_or(0);
    Reader::new(app, row.id, after)
}
