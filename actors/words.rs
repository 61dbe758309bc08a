//! The few sentences that hinny itself says.

use hinny_bridges::text::Text;

use crate::dialogue::Notice;
use crate::event::{Intent, Reason};

/// The bot's answer to a greeting or to thanks.
pub fn courtesy(intent: Intent) -> Text {
    Text::plain(match intent {
        Intent::Thanks => "You're welcome!",
        Intent::Greeting | Intent::Question | Intent::Person => "Hello! What can I help you with?",
    })
}

/// What the team is told in the thread.
pub fn notice(notice: Notice) -> Text {
    Text::plain(match notice {
        Notice::Help => {
            "What you write here goes to the visitor. Lines that start with ! or / never do:\n\
             !take: you answer from here on\n\
             !note and some words: a remark for colleagues\n\
             !bot: back to the bot\n\
             !close: the conversation is done\n\
             !help: this list"
        }
        Notice::UnknownCommand => {
            "I do not know this command, and did not send the line to the visitor. Write !help for the list."
        }
        Notice::BotAnswersAlready => "The bot answers already.",
        Notice::ClosedAlready => "This conversation is closed. Write a line to open it again.",
        Notice::NotHandled => {
            "Something went wrong here, and a line or command may be missing. Please look, and write it again."
        }
        Notice::HandedBack => "I take it from here, and call you when I am not sure.",
    })
}

/// Why a person was fetched, for the team.
pub fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::Asked => "The visitor asked for a person.",
        Reason::LowConfidence => "The bot was not sure of an answer.",
        Reason::AnswererDown => "The bot could not answer: something went wrong or took too long.",
    }
}
