//! `Guest`: a visitor at the door. Who they are, which conversation is theirs, and what they may ask of it.
//! The socket and REST both talk to conversations through here, so that no rule has two homes.

mod orders;
mod own;

use std::net::IpAddr;
use std::time::Duration;

use hinny_actors::body::{Context, Profile};
use hinny_actors::clock;
use hinny_actors::ids::{Cause, ConversationId, Millis, SiteId};
use hinny_actors::store::{ConversationRow, Session};
use hinny_actors::{Order, Request, Topic, Wake};

use crate::app::App;
use crate::config::Site;
use crate::error::{Code, Problem};
use crate::identity::{self, IdentityError, Proof};
use crate::session::Pass;
use crate::wire::{LimitsView, SessionView, SiteView, VisitorView};

pub use orders::{Said, Stored};
pub use own::past;

/// A visitor whose session counts.
pub struct Guest {
    pub site: SiteId,
    pub session: Session,
    pub name: Option<String>,
    /// Until when the visitor has proved who they are.
    proved: Option<Millis>,
    /// Whether they must have.
    must_prove: bool,
    /// Whether the site asks for consent that they have not given.
    must_agree: bool,
    address: IpAddr,
}

/// What a client shows to be let in.
pub struct Papers<'a> {
    pub token: Option<&'a str>,
    pub identity: Option<&'a str>,
    /// Whether they agree to what the site asks first.
    pub consent: bool,
    pub address: IpAddr,
}

impl Guest {
    /// Lets a visitor in: back into their session, as who they can prove to be, or as somebody new.
    pub async fn admit(app: &App, site: &Site, papers: Papers<'_>) -> Result<Guest, Problem> {
        let proof = papers
            .identity
            .map(|token| prove(site, token))
            .transpose()?;
        let proved = proof.as_ref().map(|proof| proof.until);
        let profile = proof.map(|proof| proof.profile);
        if profile.is_none() && site.identity.is_required() {
            return Err(Problem::new(
                Code::IdentityInvalid,
                "This site needs a signed identity.",
            ));
        }
        let known = match papers.token {
            Some(token) => Some(resume(app, site, token).await?),
            None => None,
        };
        if known.is_none() {
            app.limits.session(papers.address)?;
        }
        let now = clock::now();
        let session = match (&profile, known) {
            (Some(profile), known) => identify(app, site, known.as_ref(), profile).await?,
            (None, Some(known)) => known,
            (None, None) => app.store().admit(&site.id, now).await?,
        };
        let session = agree(app, site, session, papers.consent).await?;
        let name = name(app, &session, profile).await?;
        Ok(Guest {
            site: site.id.clone(),
            must_agree: must_agree(site, &session),
            session,
            name,
            proved,
            must_prove: site.identity.is_required(),
            address: papers.address,
        })
    }

    /// For a request with a token in its header.
    pub async fn back(app: &App, token: &str, address: IpAddr) -> Result<Guest, Problem> {
        let pass = app
            .sessions
            .read(token, clock::now())
            .ok_or_else(token_invalid)?;
        let site = app.config.site(&pass.site).ok_or_else(token_invalid)?;
        let session = resume(app, site, token).await?;
        let must_prove = site.identity.is_required();
        if must_prove && !session.identified {
            return Err(token_invalid());
        }
        if must_prove && pass.proved.is_none_or(|until| until <= clock::now()) {
            return Err(identity_expired());
        }
        let name = name(app, &session, None).await?;
        Ok(Guest {
            site: site.id.clone(),
            must_agree: must_agree(site, &session),
            session,
            name,
            proved: pass.proved,
            must_prove,
            address,
        })
    }

    /// The visitor's conversation, once something was said.
    pub async fn conversation(&self, app: &App) -> Result<Option<ConversationRow>, Problem> {
        let store = app.store();
        match store.current(&self.site, &self.session.visitor).await? {
            Some(id) => Ok(store.conversation(&id).await?),
            None => Ok(None),
        }
    }

    pub fn view(
        &self,
        app: &App,
        site: &Site,
        conversation: Option<&ConversationId>,
    ) -> SessionView {
        let kind = match self.session.identified {
            true => "identified",
            false => "anonymous",
        };
        SessionView {
            token: app.sessions.issue(&self.pass(), clock::now()),
            visitor: VisitorView {
                kind,
                name: self.name.clone(),
            },
            conversation: conversation.map(|id| id.as_str().to_owned()),
            site: SiteView {
                id: site.id.as_str().to_owned(),
                name: site.name.clone(),
                greeting: site.greeting.clone(),
                brand: app.looks[&site.id].brand.clone(),
            },
            limits: LimitsView::ours(app.files.limit()),
        }
    }

    /// Where a site asks first, it takes nothing of a visitor who has not agreed.
    pub fn has_agreed(&self) -> Result<(), Problem> {
        match self.must_agree {
            false => Ok(()),
            true => Err(Problem::new(
                Code::ConsentNeeded,
                "This site asks its visitors to agree to a text before they write.",
            )),
        }
    }

    fn pass(&self) -> Pass {
        Pass {
            session: self.session.id.clone(),
            site: self.site.as_str().to_owned(),
            proved: self.proved,
        }
    }

    /// Ends when the visitor must prove again who they are; where nobody must, never.
    pub async fn unproved(&self) -> Problem {
        match self.proved.filter(|_| self.must_prove) {
            None => std::future::pending().await,
            Some(until) => {
                let left = until.saturating_sub(clock::now()).max(0);
                tokio::time::sleep(Duration::from_millis(left as u64)).await;
                identity_expired()
            }
        }
    }

    /// Whether the session is still this visitor's. It may have been revoked, or joined a person, elsewhere.
    pub async fn still_here(&self, app: &App) -> Result<bool, Problem> {
        let session = app.store().session(&self.site, &self.session.id).await?;
        let session = session.ok_or_else(token_invalid)?;
        Ok(session.visitor == self.session.visitor)
    }
}

/// Remembers where the visitor is, for the team.
pub async fn set_context(
    app: &App,
    site: &SiteId,
    conversation: &ConversationId,
    context: &Context,
) -> Result<(), Problem> {
    let store = app.store();
    if store
        .set_context(conversation, context, clock::now())
        .await?
    {
        let changed = Wake::Changed(conversation.clone());
        app.engine
            .feed()
            .publish(&Topic::Site(site.clone()), changed);
    }
    Ok(())
}

fn must_agree(site: &Site, session: &Session) -> bool {
    site.asks_first() && session.agreed_at.is_none()
}

/// Writes down that the visitor agrees, where the site asks and they have not before.
async fn agree(
    app: &App,
    site: &Site,
    session: Session,
    consent: bool,
) -> Result<Session, Problem> {
    if !consent || !must_agree(site, &session) {
        return Ok(session);
    }
    let now = clock::now();
    app.store().agree(&site.id, &session.id, now).await?;
    let agreed_at = Some(now);
    Ok(Session {
        agreed_at,
        ..session
    })
}

fn prove(site: &Site, token: &str) -> Result<Proof, Problem> {
    let invalid = |detail: String| {
        // The client may come back at once, without this token.
        Problem::new(Code::IdentityInvalid, detail).after(Duration::ZERO)
    };
    let keys = site.identity.keys();
    let keys = keys.ok_or_else(|| invalid("This site takes no identity.".to_owned()))?;
    identity::verify(token, keys, site.id.as_str(), clock::now()).map_err(|error| match error {
        IdentityError::Expired => identity_expired(),
        _ => invalid(format!("The identity was not accepted: {error}.")),
    })
}

/// The client may come back at once with a new token.
fn identity_expired() -> Problem {
    let detail = "The identity has expired. Get a new token and come back with it.";
    Problem::new(Code::IdentityExpired, detail).after(Duration::ZERO)
}

/// Every reason why a token is worth nothing gets the same answer.
fn token_invalid() -> Problem {
    Problem::new(
        Code::TokenInvalid,
        "This session is not valid any more. Start without it.",
    )
    .after(Duration::ZERO)
}

async fn resume(app: &App, site: &Site, token: &str) -> Result<Session, Problem> {
    let read = app.sessions.read(token, clock::now());
    let pass = read
        .filter(|pass| pass.site == site.id.as_str())
        .ok_or_else(token_invalid)?;
    let session = app.store().session(&site.id, &pass.session).await?;
    session.ok_or_else(token_invalid)
}

async fn identify(
    app: &App,
    site: &Site,
    known: Option<&Session>,
    profile: &Profile,
) -> Result<Session, Problem> {
    let id = known.map(|session| &session.id);
    let identified = app
        .store()
        .identify(&site.id, id, profile, clock::now())
        .await?;
    if let Some(before) = known.filter(|known| known.visitor != identified.session.visitor) {
        // Sockets that still know the anonymous visitor must greet again.
        let topic = Topic::Visitor(before.visitor.clone());
        app.engine.feed().publish(&topic, Wake::Log);
    }
    if let Some(conversation) = identified.joined {
        let order = Order {
            site: site.id.clone(),
            cause: Cause(format!(
                "identify:{conversation}:{}",
                identified.session.visitor
            )),
            conversation,
            request: Request::Identify {
                profile: profile.clone(),
            },
        };
        app.engine.handle(order).await?;
    }
    Ok(identified.session)
}

async fn name(
    app: &App,
    session: &Session,
    profile: Option<Profile>,
) -> Result<Option<String>, Problem> {
    match (profile, session.identified) {
        (Some(profile), _) => Ok(profile.name),
        (None, true) => {
            let profile = app.store().profile(&session.visitor).await?;
            Ok(profile.and_then(|profile| profile.name))
        }
        (None, false) => Ok(None),
    }
}
