//! Who is who: sessions, identities, aliases, and that none of it crosses sites.

use super::{Talk, profile};
use crate::body::Profile;
use crate::ids::{SessionId, SiteId};
use crate::store::{Identified, Store};

async fn identify(
    store: &dyn Store,
    site: &SiteId,
    session: Option<&SessionId>,
    subject: &str,
) -> Identified {
    let profile = profile(subject, "Ada");
    store.identify(site, session, &profile, 2).await.unwrap()
}

pub async fn a_session_lasts_until_it_is_revoked(store: &dyn Store) {
    let site = SiteId::from("shop");
    let session = store.admit(&site, 1).await.unwrap();
    assert!(!session.identified);
    let other = store.admit(&site, 1).await.unwrap();
    assert_ne!(session.visitor, other.visitor);
    let found = store.session(&site, &session.id).await.unwrap();
    assert_eq!(found, Some(session.clone()));
    store.revoke(&site, &session.id).await.unwrap();
    assert_eq!(store.session(&site, &session.id).await.unwrap(), None);
    assert_eq!(store.session(&site, &other.id).await.unwrap(), Some(other));
    let nobody = SessionId::from("nobody's");
    assert_eq!(store.session(&site, &nobody).await.unwrap(), None);
}

pub async fn a_session_knows_when_its_visitor_agreed(store: &dyn Store) {
    let (shop, bakery) = (SiteId::from("shop"), SiteId::from("bakery"));
    let session = store.admit(&shop, 1).await.unwrap();
    assert_eq!(session.agreed_at, None);
    let agreed = async || {
        let found = store.session(&shop, &session.id).await.unwrap();
        found.unwrap().agreed_at
    };
    store.agree(&bakery, &session.id, 5).await.unwrap();
    assert_eq!(agreed().await, None, "another site asks for itself");
    store.agree(&shop, &session.id, 7).await.unwrap();
    store.agree(&shop, &session.id, 9).await.unwrap();
    assert_eq!(agreed().await, Some(7));
    let ada = identify(store, &shop, Some(&session.id), "ada").await;
    assert_eq!(ada.session.agreed_at, Some(7), "it is the same browser");
}

pub async fn a_session_is_worth_nothing_at_another_site(store: &dyn Store) {
    let (shop, bakery) = (SiteId::from("shop"), SiteId::from("bakery"));
    let session = store.admit(&shop, 1).await.unwrap();
    assert_eq!(store.session(&bakery, &session.id).await.unwrap(), None);
    store.revoke(&bakery, &session.id).await.unwrap();
    assert!(store.session(&shop, &session.id).await.unwrap().is_some());
}

pub async fn an_anonymous_visitor_joins_and_brings_the_conversation(store: &dyn Store) {
    let talk = Talk::begin(store, "shop").await;
    talk.commit(talk.said(0, "hello", None)).await;
    let anonymous = &talk.session.visitor;
    let ada = identify(store, &talk.site, Some(&talk.session.id), "ada").await;
    assert_eq!(ada.session.id, talk.session.id);
    assert!(ada.session.identified);
    assert_ne!(&ada.session.visitor, anonymous);
    assert_eq!(ada.joined, Some(talk.id.clone()));
    let found = store.session(&talk.site, &talk.session.id).await.unwrap();
    assert_eq!(found, Some(ada.session.clone()));
    let row = store.conversation(&talk.id).await.unwrap().unwrap();
    assert_eq!(row.visitor, ada.session.visitor);
    for visitor in [anonymous, &ada.session.visitor] {
        let current = store.current(&talk.site, visitor).await.unwrap();
        assert_eq!(current, Some(talk.id.clone()));
        assert_eq!(store.open(&talk.site, visitor, 3).await.unwrap(), talk.id);
        assert_eq!(
            store.profile(visitor).await.unwrap(),
            Some(profile("ada", "Ada"))
        );
    }
    talk.commit(talk.said(1, "still the same log", None)).await;
}

pub async fn a_person_with_a_conversation_keeps_theirs(store: &dyn Store) {
    let at_home = Talk::begin(store, "shop").await;
    let site = &at_home.site;
    let ada = identify(store, site, Some(&at_home.session.id), "ada").await;
    let on_the_way = Talk::begin(store, "shop").await;
    let joined = identify(store, site, Some(&on_the_way.session.id), "ada").await;
    assert_eq!(joined.joined, None);
    assert_eq!(joined.session.id, on_the_way.session.id);
    assert_eq!(joined.session.visitor, ada.session.visitor);
    for visitor in [&on_the_way.session.visitor, &ada.session.visitor] {
        let current = store.current(site, visitor).await.unwrap();
        assert_eq!(current, Some(at_home.id.clone()));
    }
    // What was said on the way is still there, and no stranger's.
    let left = store.conversation(&on_the_way.id).await.unwrap().unwrap();
    assert_eq!(left.visitor, ada.session.visitor);
}

pub async fn a_session_joins_only_one_person(store: &dyn Store) {
    let talk = Talk::begin(store, "shop").await;
    let ada = identify(store, &talk.site, Some(&talk.session.id), "ada").await;
    let bob = identify(store, &talk.site, Some(&talk.session.id), "bob").await;
    assert_ne!(bob.session.id, ada.session.id);
    assert_ne!(bob.session.visitor, ada.session.visitor);
    assert_eq!(bob.joined, None);
    let found = store.session(&talk.site, &talk.session.id).await.unwrap();
    assert_eq!(found, Some(ada.session.clone()));
    let current = store
        .current(&talk.site, &bob.session.visitor)
        .await
        .unwrap();
    assert_eq!(current, None);
    let row = store.conversation(&talk.id).await.unwrap().unwrap();
    assert_eq!(row.visitor, ada.session.visitor);
}

pub async fn a_known_session_stays_and_learns_the_new_profile(store: &dyn Store) {
    let talk = Talk::begin(store, "shop").await;
    let first = identify(store, &talk.site, Some(&talk.session.id), "ada").await;
    let id = Some(&first.session.id);
    let renamed = profile("ada", "Ada Lovelace");
    let again = store.identify(&talk.site, id, &renamed, 3).await.unwrap();
    assert_eq!(again.session, first.session);
    assert_eq!(again.joined, None);
    let known = store.profile(&first.session.visitor).await.unwrap();
    assert_eq!(known, Some(renamed));
}

pub async fn without_a_session_a_person_gets_one(store: &dyn Store) {
    let site = SiteId::from("shop");
    let first = identify(store, &site, None, "ada").await;
    let second = identify(store, &site, None, "ada").await;
    assert_eq!(first.session.visitor, second.session.visitor);
    assert_ne!(first.session.id, second.session.id);
    assert!(second.session.identified && second.joined.is_none());
    let found = store.session(&site, &second.session.id).await.unwrap();
    assert_eq!(found, Some(second.session));
    // A person who never was anonymous opens conversations like anybody else.
    store.open(&site, &first.session.visitor, 3).await.unwrap();
}

pub async fn a_revoked_or_foreign_session_is_not_joined(store: &dyn Store) {
    let revoked = Talk::begin(store, "shop").await;
    store
        .revoke(&revoked.site, &revoked.session.id)
        .await
        .unwrap();
    let foreign = Talk::begin(store, "bakery").await;
    for talk in [&revoked, &foreign] {
        let ada = identify(store, &revoked.site, Some(&talk.session.id), "ada").await;
        assert_ne!(ada.session.id, talk.session.id);
        assert_eq!(ada.joined, None);
        let row = store.conversation(&talk.id).await.unwrap().unwrap();
        assert_eq!(row.visitor, talk.session.visitor);
    }
}

pub async fn the_same_subject_at_two_sites_is_two_people(store: &dyn Store) {
    let shop = identify(store, &SiteId::from("shop"), None, "ada").await;
    let bakery = identify(store, &SiteId::from("bakery"), None, "ada").await;
    assert_ne!(shop.session.visitor, bakery.session.visitor);
    let crossed = store
        .session(&SiteId::from("bakery"), &shop.session.id)
        .await
        .unwrap();
    assert_eq!(crossed, None);
}

pub async fn a_subject_is_needed(store: &dyn Store) {
    let talk = Talk::begin(store, "shop").await;
    let id = Some(&talk.session.id);
    let refused = store.identify(&talk.site, id, &Profile::default(), 2).await;
    assert!(refused.is_err());
    let found = store.session(&talk.site, &talk.session.id).await.unwrap();
    assert_eq!(found, Some(talk.session.clone()));
}

pub async fn a_desk_login_works_once_and_in_time(store: &dyn Store) {
    let site = SiteId::from("shop");
    store.add_desk_login(&site, "login", 100).await.unwrap();
    store.add_desk_login(&site, "late", 50).await.unwrap();
    assert_eq!(store.use_desk_login("late", "s0", 50).await.unwrap(), None);
    assert_eq!(store.use_desk_login("wrong", "s0", 50).await.unwrap(), None);
    let used = store.use_desk_login("login", "s1", 50).await.unwrap();
    assert_eq!(used, Some(site.clone()));
    assert_eq!(store.use_desk_login("login", "s2", 50).await.unwrap(), None);
    for hash in ["s0", "s2"] {
        assert_eq!(store.desk_session(hash, 0).await.unwrap(), None);
    }
    let session = store.desk_session("s1", 0).await.unwrap().unwrap();
    assert_eq!((session.site, session.name.as_str()), (site, ""));
    store.name_desk_session("s1", "Bea").await.unwrap();
    let session = store.desk_session("s1", 0).await.unwrap().unwrap();
    assert_eq!(session.name, "Bea");
    store.end_desk_session("s1").await.unwrap();
    assert_eq!(store.desk_session("s1", 0).await.unwrap(), None);
}
