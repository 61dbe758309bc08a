//! What of all that waits for a conversation is done next, and what may count as one.

use crate::store::{Delivery, DeliveryKind};

/// Lines that go to the bridge at once.
const BATCH: usize = 50;

/// The next piece of work.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Work<'a> {
    /// These lines, in this order.
    Say(Vec<&'a Delivery>),
    /// One thing that is done to the thread or to posts in it.
    Do(&'a Delivery),
    /// The last of these, which stands for all of them.
    Newest(Vec<&'a Delivery>),
}

/// Said in the thread, and not done to it.
pub(super) fn is_said(what: DeliveryKind) -> bool {
    match what {
        DeliveryKind::Card
        | DeliveryKind::Line
        | DeliveryKind::Held
        | DeliveryKind::Failed
        | DeliveryKind::Nudge => true,
        DeliveryKind::Close
        | DeliveryKind::CardUpdate
        | DeliveryKind::Edit
        | DeliveryKind::Delete
        | DeliveryKind::Seen
        | DeliveryKind::Recalled
        | DeliveryKind::FailedSign
        | DeliveryKind::OldCard
        | DeliveryKind::CloseTwin
        | DeliveryKind::Taken => false,
    }
}

/// Nice to have: what people say goes first, and a failure is no dead letter.
pub(super) fn is_extra(what: DeliveryKind) -> bool {
    matches!(
        what,
        DeliveryKind::CardUpdate
            | DeliveryKind::Seen
            | DeliveryKind::Recalled
            | DeliveryKind::FailedSign
            | DeliveryKind::OldCard
            | DeliveryKind::CloseTwin
            | DeliveryKind::Taken
    )
}

/// Whether giving up is worth a dead letter and a word to the team. Telling of a failure is not: that could go on
/// for ever.
pub(super) fn is_missed(what: DeliveryKind) -> bool {
    !is_extra(what) && !matches!(what, DeliveryKind::Failed | DeliveryKind::Nudge)
}

/// Whose time is the whole conversation's: the store looks at the same one.
pub(super) fn head(waiting: &[Delivery]) -> Option<&Delivery> {
    let first = waiting.iter().find(|delivery| !is_extra(delivery.what));
    first.or(waiting.first())
}

/// What people said and changed keeps its order. Extras go after it, but before the thread is closed.
pub(super) fn pick(waiting: &[Delivery]) -> Option<Work<'_>> {
    let first = waiting.iter().find(|delivery| !is_extra(delivery.what));
    match first {
        Some(first) if is_said(first.what) => Some(Work::Say(said_together(waiting))),
        Some(first) if first.what != DeliveryKind::Close => Some(Work::Do(first)),
        closing => extra(waiting).or(closing.map(Work::Do)),
    }
}

/// The lines up to the next thing that must not be overtaken.
fn said_together(waiting: &[Delivery]) -> Vec<&Delivery> {
    waiting
        .iter()
        .filter(|delivery| !is_extra(delivery.what))
        .take_while(|delivery| is_said(delivery.what))
        .take(BATCH)
        .collect()
}

fn extra(waiting: &[Delivery]) -> Option<Work<'_>> {
    let first = waiting.iter().find(|delivery| is_extra(delivery.what))?;
    if !matches!(first.what, DeliveryKind::CardUpdate | DeliveryKind::Seen) {
        return Some(Work::Do(first));
    }
    let same = waiting.iter().filter(|other| other.what == first.what);
    Some(Work::Newest(same.collect()))
}

#[cfg(test)]
mod tests {
    use super::DeliveryKind::{Card, CardUpdate, Close, Delete, Edit, Line, Seen, Taken};
    use super::*;
    use crate::store::suite::target;

    fn waiting(kinds: &[DeliveryKind]) -> Vec<Delivery> {
        let delivery = |(index, what): (usize, &DeliveryKind)| Delivery {
            id: format!("d{index}").as_str().into(),
            target: target(),
            seq: index as u64 + 1,
            what: *what,
            attempts: 0,
            parts_done: 0,
            due_at: 0,
            doubt_since: None,
        };
        kinds.iter().enumerate().map(delivery).collect()
    }

    /// Which ones are done, step by step.
    fn order(kinds: &[DeliveryKind]) -> Vec<String> {
        let mut waiting = waiting(kinds);
        let mut steps = Vec::new();
        loop {
            let done: Vec<String> = match pick(&waiting) {
                None => return steps,
                Some(Work::Do(one)) => vec![one.id.0.clone()],
                Some(Work::Say(many) | Work::Newest(many)) => {
                    many.iter().map(|one| one.id.0.clone()).collect()
                }
            };
            waiting.retain(|delivery| !done.contains(&delivery.id.0));
            steps.push(done.join(" "));
        }
    }

    #[test]
    fn lines_go_together_and_in_order() {
        assert_eq!(order(&[Card, Line, Line]), ["d0 d1 d2"]);
        assert_eq!(order(&[Line, Edit, Line]), ["d0", "d1", "d2"]);
        assert_eq!(order(&[Line, Delete, Close]), ["d0", "d1", "d2"]);
    }

    #[test]
    fn what_people_say_overtakes_signs_and_updates() {
        assert_eq!(
            order(&[CardUpdate, Line, Seen, Line]),
            ["d1 d3", "d0", "d2"]
        );
        assert_eq!(
            order(&[Seen, Edit, CardUpdate, Card]),
            ["d1", "d3", "d0", "d2"]
        );
    }

    #[test]
    fn many_updates_count_as_one() {
        assert_eq!(
            order(&[CardUpdate, Seen, CardUpdate, Seen]),
            ["d0 d2", "d1 d3"]
        );
    }

    #[test]
    fn the_card_is_updated_before_the_thread_is_closed() {
        assert_eq!(order(&[Taken, Close, CardUpdate]), ["d0", "d2", "d1"]);
    }

    #[test]
    fn no_batch_grows_without_end() {
        let many = waiting(&[Line; 120]);
        let Some(Work::Say(lines)) = pick(&many) else {
            panic!("lines are said")
        };
        assert_eq!(lines.len(), BATCH);
    }
}
