//! `Action`: what a button of ours asks for. It travels through a platform as a short text and comes back with the
//! press.

use std::fmt;
use std::str::FromStr;

use crate::ids::{ConversationId, DeliveryId, Seq};

/// What a press wants. `SEQ` names an event of the conversation that the thread belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    Take,
    Close,
    Back,
    Block,
    Unblock,
    /// Candidate `index` of the verdict at `verdict` goes to the visitor.
    Send {
        verdict: Seq,
        index: usize,
    },
    /// The same, and question and answer are saved among the site's frequent questions.
    Save {
        verdict: Seq,
        index: usize,
    },
    /// A held line goes to the visitor after all; who presses joins.
    SendHeld {
        held: Seq,
    },
    DropHeld {
        held: Seq,
    },
    SaveFaq {
        draft: Seq,
    },
    /// The draft is not wanted, or the entry made from it is taken out again.
    DropFaq {
        draft: Seq,
    },
    Retry {
        delivery: DeliveryId,
    },
    /// The bot's answer was wrong.
    Wrong {
        answer: Seq,
    },
    /// It was not wrong after all.
    Right {
        answer: Seq,
    },
    /// Something in a conversation that has no thread where the button stands.
    In {
        conversation: ConversationId,
        action: Box<Action>,
    },
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Action::Take => f.write_str("take"),
            Action::Close => f.write_str("close"),
            Action::Back => f.write_str("back"),
            Action::Block => f.write_str("block"),
            Action::Unblock => f.write_str("unblock"),
            Action::Send { verdict, index } => write!(f, "send:{verdict}:{index}"),
            Action::Save { verdict, index } => write!(f, "save:{verdict}:{index}"),
            Action::SendHeld { held } => write!(f, "held:{held}"),
            Action::DropHeld { held } => write!(f, "drop:{held}"),
            Action::SaveFaq { draft } => write!(f, "faq:{draft}"),
            Action::DropFaq { draft } => write!(f, "nofaq:{draft}"),
            Action::Retry { delivery } => write!(f, "retry:{delivery}"),
            Action::Wrong { answer } => write!(f, "wrong:{answer}"),
            Action::Right { answer } => write!(f, "right:{answer}"),
            Action::In {
                conversation,
                action,
            } => write!(f, "in:{conversation}:{action}"),
        }
    }
}

/// The text is no action of ours.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no such action")]
pub struct UnknownAction;

impl FromStr for Action {
    type Err = UnknownAction;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(inner) = text.strip_prefix("in:") {
            return elsewhere(inner);
        }
        let mut parts = text.split(':');
        let word = parts.next().unwrap_or_default();
        let rest: Vec<&str> = parts.collect();
        match (word, rest.as_slice()) {
            ("take", []) => Ok(Action::Take),
            ("close", []) => Ok(Action::Close),
            ("back", []) => Ok(Action::Back),
            ("block", []) => Ok(Action::Block),
            ("unblock", []) => Ok(Action::Unblock),
            ("send", [verdict, index]) => Ok(Action::Send {
                verdict: number(verdict)?,
                index: number(index)?,
            }),
            ("save", [verdict, index]) => Ok(Action::Save {
                verdict: number(verdict)?,
                index: number(index)?,
            }),
            ("held", [held]) => number(held).map(|held| Action::SendHeld { held }),
            ("drop", [held]) => number(held).map(|held| Action::DropHeld { held }),
            ("faq", [draft]) => number(draft).map(|draft| Action::SaveFaq { draft }),
            ("nofaq", [draft]) => number(draft).map(|draft| Action::DropFaq { draft }),
            ("wrong", [answer]) => number(answer).map(|answer| Action::Wrong { answer }),
            ("right", [answer]) => number(answer).map(|answer| Action::Right { answer }),
            ("retry", [delivery]) if is_id(delivery) => Ok(Action::Retry {
                delivery: DeliveryId::from(*delivery),
            }),
            _ => Err(UnknownAction),
        }
    }
}

/// One conversation's action that is pressed outside of its thread.
fn elsewhere(text: &str) -> Result<Action, UnknownAction> {
    let (conversation, action) = text.split_once(':').ok_or(UnknownAction)?;
    if !is_id(conversation) || action.starts_with("in:") {
        return Err(UnknownAction);
    }
    Ok(Action::In {
        conversation: ConversationId::from(conversation),
        action: Box::new(action.parse()?),
    })
}

fn number<N: FromStr>(text: &str) -> Result<N, UnknownAction> {
    text.parse().map_err(|_| UnknownAction)
}

fn is_id(text: &str) -> bool {
    (1..=22).contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_comes_back_as_it_went_and_fits_into_a_button() {
        let (verdict, index) = (Seq::MAX, 9);
        let (held, draft) = (Seq::MAX, Seq::MAX);
        let delivery = DeliveryId::random();
        let answer = Seq::MAX;
        let conversation = ConversationId::random();
        let far = Box::new(Action::Right { answer });
        for action in [
            Action::Take,
            Action::Close,
            Action::Back,
            Action::Block,
            Action::Unblock,
            Action::Send { verdict, index },
            Action::Save { verdict, index },
            Action::SendHeld { held },
            Action::DropHeld { held },
            Action::SaveFaq { draft },
            Action::DropFaq { draft },
            Action::Retry { delivery },
            Action::Wrong { answer },
            Action::In {
                conversation,
                action: far,
            },
        ] {
            let text = action.to_string();
            assert!(text.len() <= hinny_bridges::LONGEST_ACTION, "{text}");
            assert_eq!(text.parse(), Ok(action));
        }
    }

    #[test]
    fn what_is_no_action_is_refused() {
        for text in [
            "",
            "take:1",
            "send:1",
            "send:-1:0",
            "send:1:2:3",
            "held:",
            "held:x",
            "retry:",
            "retry:a b",
            "TAKE",
            "in:c:in:c:take",
            "in:a b:take",
            "in:c",
            "own",
        ] {
            assert_eq!(text.parse::<Action>(), Err(UnknownAction), "{text}");
        }
    }
}
