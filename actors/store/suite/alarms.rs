//! Durable timers.

use super::Talk;
use crate::store::{Alarm, AlarmName, Change, Due, Store};

const NAME: AlarmName = AlarmName::AnswerDue;

fn setting(talk: &Talk<'_>, expected_seq: u64, at: i64, turn: u64) -> Change {
    let mut change = talk.said(expected_seq, "a question", None);
    change.alarms_set.push(Alarm {
        name: NAME,
        at,
        turn,
    });
    change
}

fn due(talk: &Talk<'_>, at: i64, turn: u64) -> Due {
    Due {
        site: talk.site.clone(),
        conversation: talk.id.clone(),
        alarm: Alarm {
            name: NAME,
            at,
            turn,
        },
    }
}

pub async fn an_alarm_is_set_moved_and_cleared(store: &dyn Store) {
    let talk = Talk::begin(store, "shop").await;
    talk.commit(setting(&talk, 0, 100, 1)).await;
    assert_eq!(store.alarms().await.unwrap(), [due(&talk, 100, 1)]);
    talk.commit(setting(&talk, 1, 200, 2)).await;
    assert_eq!(store.alarms().await.unwrap(), [due(&talk, 200, 2)]);
    let mut clearing = talk.said(2, "done", None);
    clearing.alarms_cleared.push(NAME);
    talk.commit(clearing).await;
    assert_eq!(store.alarms().await.unwrap(), []);
    assert_eq!(store.counts().await.unwrap().alarms, 0);
}

pub async fn a_change_that_clears_and_sets_an_alarm_sets_it(store: &dyn Store) {
    let talk = Talk::begin(store, "shop").await;
    talk.commit(setting(&talk, 0, 100, 1)).await;
    let mut change = setting(&talk, 1, 300, 3);
    change.alarms_cleared.push(NAME);
    talk.commit(change).await;
    assert_eq!(store.alarms().await.unwrap(), [due(&talk, 300, 3)]);
}

pub async fn due_alarms_come_the_oldest_first(store: &dyn Store) {
    let mut set = Vec::new();
    for at in [300, 100, 400, 200] {
        let talk = Talk::begin(store, "shop").await;
        talk.commit(setting(&talk, 0, at, 1)).await;
        set.push(due(&talk, at, 1));
    }
    let [third, first, fourth, second] = &set[..] else {
        panic!("four were set")
    };
    assert_eq!(store.due_alarms(99, 9).await.unwrap(), []);
    let early = store.due_alarms(300, 9).await.unwrap();
    assert_eq!(early, [first.clone(), second.clone(), third.clone()]);
    assert_eq!(store.due_alarms(300, 2).await.unwrap(), early[..2]);
    assert_eq!(store.alarms().await.unwrap().last(), Some(fourth));
}
