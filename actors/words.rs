//! The few sentences that hinny itself says.

use hinny_bridges::text::Text;

use crate::dialogue::Notice;
use crate::event::Reason;
use crate::ids::Millis;

/// What the team is told in the thread.
pub fn notice(notice: Notice) -> Text {
    let fixed = match notice {
        Notice::Help => HELP,
        Notice::UnknownCommand => {
            "I do not know this command, and did not send the line to the visitor. Write !help for the list."
        }
        Notice::BotAnswersAlready => "The bot answers already.",
        Notice::ClosedAlready => "This conversation is closed. Write a line to open it again.",
        Notice::NotHandled => {
            "Something went wrong here, and a line or command may be missing. Please look, and write it again."
        }
        Notice::HandedBack => "I take it from here, and call you when I am not sure.",
        Notice::EditKept => {
            "This edit did not go to the visitor: the new words look like a command, or hold something secret. \
             The visitor still sees the old ones; !delete as a reply takes them back."
        }
        Notice::AnswerYourLine => {
            "Write !delete, or !edit and the new words, as a reply to one of your own lines."
        }
        Notice::BlockHow => "Write !block, or !block 7d (m, h, d, w), or !block forever.",
        Notice::Blocked { until } => return Text::plain(&blocked(until)),
        Notice::NotBlocked => "This visitor is not blocked.",
        Notice::Unblocked => "The visitor can write again.",
        Notice::NothingToLearn => {
            "There is no answered question here yet. Answer one first, then write !faq."
        }
        Notice::NoLearner => "This site keeps no frequent questions.",
        Notice::StillLearning => {
            "I am still busy with the last entry. Please try again in a moment."
        }
        Notice::NothingToUndo => "There is no entry to take back.",
        Notice::VisitorLeft => {
            "The visitor has begun a new conversation since. They find this line when they look at their earlier ones."
        }
        Notice::CandidateGone => "I cannot send this one: its text is not stored any more.",
    };
    Text::plain(fixed)
}

const HELP: &str = "What you write here goes to the visitor, from whoever took the conversation. Lines that start with ! or / never do:\n\
     !take: you answer from here on\n\
     !note and some words: a remark for colleagues\n\
     !edit and new words, as a reply to your own line: corrects it\n\
     !delete, as a reply to your own line: takes it back (so does the sign \u{274c} on it)\n\
     !faq: saves the last question and your answer; !faq undo takes that back\n\
     !block 7d: the visitor cannot write for so long; !unblock ends it\n\
     !bot: back to the bot\n\
     !close: the conversation is done\n\
     !help: this list";

fn blocked(until: Option<Millis>) -> String {
    let how_long = match until.map(jiff::Timestamp::from_millisecond) {
        Some(Ok(until)) => format!("until {} UTC", until.strftime("%Y-%m-%d %H:%M")),
        Some(Err(_)) | None => "for good".to_owned(),
    };
    format!(
        "This visitor is blocked {how_long}, and the conversation is closed. !unblock undoes it."
    )
}

/// Why a person was fetched, for the team.
pub fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::Asked => "The visitor asked for a person.",
        Reason::LowConfidence => "The bot was not sure of an answer.",
        Reason::Repeated => "The bot's answers did not help: the visitor asked again, or said so.",
        Reason::Policy => {
            "The team answers first here: by this site's settings, or because the bot knows too little yet."
        }
        Reason::AnswererDown => "The bot could not answer: something went wrong or took too long.",
    }
}
