//! What any backend must do. A backend's tests call `suite!` with a function that makes a fresh, empty store,
//! and every promise of the traits becomes one of its tests.

pub mod alarms;
pub mod commit;
pub mod desk;
pub mod group;
pub mod inbound;
pub mod insight;
pub mod log;
pub mod outbox;
pub mod people;
pub mod posts;
pub mod threads;

use hinny_bridges::text::Text;
use hinny_bridges::{Channel, ConnectionId, DeskThread, Target, Thread};

use crate::body::{Body, Context, Profile};
use crate::event::{Event, Handling, Intent, What};
use crate::ids::{Cause, ConversationId, DeliveryId, MessageId, Seq, SiteId};
use crate::store::{Change, DeliveryKind, NewDelivery, Receipt, Session, Store};

/// A fresh store, together with whatever must live as long as it does.
pub trait Fresh {
    fn store(&self) -> &dyn Store;
}

/// Makes the tests of the suite in the module that calls it.
macro_rules! suite {
    ($fresh:path) => {
        $crate::store::suite::each! { $fresh;
            log: one_current_conversation_however_many_ask,
                only_known_visitors_of_the_site_open_conversations,
                what_was_written_is_read_back,
                reading_goes_on_after_a_cursor,
                many_events_in_one_change_keep_their_order,
                any_words_come_back_as_they_were,
                a_newer_body_takes_the_place_of_the_older_one,
                the_context_is_the_last_one,
                a_walk_through_the_site_is_one_change_of_the_card,
                who_begins_anew_keeps_the_old_one_in_the_list,
                the_list_is_the_visitors_own_and_joins_with_them;
            commit: a_stale_change_writes_nothing,
                a_repeated_cause_has_no_second_effect,
                a_cause_without_events_is_remembered,
                the_same_cause_at_two_sites_is_two_causes,
                unknown_and_foreign_conversations_are_refused,
                wrongly_numbered_events_are_refused,
                a_change_that_cannot_be_written_leaves_nothing;
            group: a_conflict_and_a_repetition_leave_ninety_eight_alone,
                an_impossible_change_leaves_its_neighbours_alone,
                two_writers_of_one_conversation_cannot_both_win,
                one_cause_from_many_callers_counts_once,
                changes_and_other_verbs_go_side_by_side;
            alarms: an_alarm_is_set_moved_and_cleared,
                a_change_that_clears_and_sets_an_alarm_sets_it,
                due_alarms_come_the_oldest_first;
            outbox: deliveries_wait_in_order,
                busy_conversations_are_left_out,
                hand_overs_go_first_then_the_longest_waiting,
                a_postponed_head_holds_its_conversation_only,
                a_dead_letter_lets_the_next_one_pass,
                only_its_own_site_revives_a_dead_letter,
                posts_and_deliveries_are_many_to_many,
                a_long_line_is_sent_with_its_last_part,
                deliveries_without_posts_are_ticked_off,
                parked_commands_are_kept,
                the_fate_of_a_delivery_is_known;
            posts: a_line_is_found_in_all_its_posts,
                the_card_is_the_newest_or_what_came_first,
                the_card_before_another_is_found,
                changed_posts_are_written_down,
                an_edit_of_the_first_post_leaves_it_the_first,
                doubt_stays_until_it_is_sent,
                sites_that_are_shut_wait;
            inbound: a_post_leads_to_what_was_said_with_it,
                our_own_posts_lead_back_too,
                names_of_both_sides_are_kept_apart,
                an_edit_shows_the_words_of_now,
                a_deletion_leaves_no_version,
                a_held_line_hands_its_words_on,
                live_threads_know_where_to_go_on,
                a_dead_letter_is_put_back_with_the_press,
                what_waits_in_a_thread_keeps_its_order;
            threads: one_thread_is_active_and_all_are_known,
                a_lost_thread_is_active_no_longer,
                only_threads_of_who_waits_or_is_looked_after_are_open,
                nobody_takes_the_thread_of_another_conversation,
                a_twin_is_known_and_not_active;
            people: a_session_lasts_until_it_is_revoked,
                a_session_knows_when_its_visitor_agreed,
                a_session_is_worth_nothing_at_another_site,
                an_anonymous_visitor_joins_and_brings_the_conversation,
                a_person_with_a_conversation_keeps_theirs,
                a_session_joins_only_one_person,
                a_known_session_stays_and_learns_the_new_profile,
                without_a_session_a_person_gets_one,
                a_revoked_or_foreign_session_is_not_joined,
                the_same_subject_at_two_sites_is_two_people,
                a_subject_is_needed,
                a_desk_login_works_once_and_in_time;
            desk: the_list_shows_what_a_person_has_to_do_with,
                the_list_is_of_one_site_and_the_newest_first,
                a_line_tells_the_essentials,
                counts_count,
                a_backup_never_overwrites;
            insight: answers_come_with_question_and_confidence,
                what_was_drafted_or_suggested_is_told_too,
                a_wrong_answer_is_marked_missed_and_unmarked,
                what_was_handed_over_is_missed,
                what_did_not_help_is_missed,
                what_is_asked_while_somebody_waits_is_missed_too,
                a_suggestion_is_missed_unless_it_is_chosen,
                what_the_team_answers_first_is_missed_without_an_answer_only,
                a_rejected_answer_is_missed;
        }
    };
}

/// One test per name, in modules of the suite's names.
macro_rules! each {
    ($fresh:path; $($module:ident: $($test:ident),+;)+) => {
        $(mod $module {
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $test() {
                    let fresh = $fresh().await;
                    let store = $crate::store::suite::Fresh::store(&fresh);
                    $crate::store::suite::$module::$test(store).await;
                    store.close().await;
                }
            )+
        })+
    };
}

pub(crate) use {each, suite};

/// A visitor with a session and an open conversation, for stories to begin with.
pub struct Talk<'a> {
    pub store: &'a dyn Store,
    pub site: SiteId,
    pub session: Session,
    pub id: ConversationId,
}

impl<'a> Talk<'a> {
    pub async fn begin(store: &'a dyn Store, site: &str) -> Self {
        let site = SiteId::from(site);
        let session = store.admit(&site, 1).await.unwrap();
        let id = store.open(&site, &session.visitor, 1).await.unwrap();
        Talk {
            store,
            site,
            session,
            id,
        }
    }

    /// A Change with nothing in it yet.
    pub fn change(&self, expected_seq: Seq, cause: &str) -> Change {
        Change::new(
            self.site.clone(),
            self.id.clone(),
            expected_seq,
            Cause::from(cause),
            Handling::Bot,
        )
    }

    /// The visitor says something, told to the team when `deliver` says how.
    pub fn said(&self, expected_seq: Seq, words: &str, deliver: Option<DeliveryKind>) -> Change {
        let mut change = self.change(expected_seq, &format!("{}:{expected_seq}", self.id));
        let seq = add(
            &mut change,
            said(words),
            Some(Body::words(Text::plain(words))),
        );
        let delivery = |what| NewDelivery {
            id: DeliveryId::random(),
            target: target(),
            seq,
            what,
        };
        change.deliveries.extend(deliver.map(delivery));
        change
    }

    pub async fn commit(&self, change: Change) -> Receipt {
        self.store.commit(change).await.unwrap()
    }

    /// Says `words` and returns the delivery that tells the team.
    pub async fn tells(&self, expected_seq: Seq, words: &str, kind: DeliveryKind) -> DeliveryId {
        let change = self.said(expected_seq, words, Some(kind));
        let id = change.deliveries[0].id.clone();
        self.commit(change).await;
        id
    }

    pub async fn seq(&self) -> Seq {
        let row = self.store.conversation(&self.id).await.unwrap();
        row.unwrap().seq
    }
}

/// Adds an event to a Change, a second after the one before.
pub fn add(change: &mut Change, what: What, body: Option<Body>) -> Seq {
    let seq = change.expected_seq + change.events.len() as u64 + 1;
    let at = seq as i64 * 1000;
    change.events.push(Event { seq, at, what });
    change.bodies.extend(body.map(|body| (seq, body)));
    seq
}

pub fn said(message: &str) -> What {
    What::VisitorSaid {
        message: MessageId::from(message),
        intent: Intent::Question,
        turn: None,
    }
}

pub fn target() -> Target {
    Target {
        connection: ConnectionId("desk".to_owned()),
        channel: Channel::Desk,
    }
}

pub fn thread(id: &str) -> Thread {
    Thread::Desk(DeskThread { id: id.to_owned() })
}

pub fn profile(subject: &str, name: &str) -> Profile {
    Profile {
        subject: subject.to_owned(),
        name: Some(name.to_owned()),
        ..Profile::default()
    }
}

pub fn page(title: &str) -> Context {
    let mut context = Context::default();
    context.page.get_or_insert_default().title = title.to_owned();
    context
}
