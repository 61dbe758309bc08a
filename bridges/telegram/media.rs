//! What a message holds besides words: files that can be fetched, or things that have no file.

use teloxide::types::{
    FileMeta, MediaKind, Message, MessageCommon, MessageKind, PhotoSize, Sticker,
};

use crate::RemoteFile;

pub(super) enum Thing {
    Words,
    File(RemoteFile),
    /// Something that only Telegram can show; a note must do.
    Named(&'static str),
}

/// Nothing for service messages.
pub(super) fn thing(message: &Message) -> Option<Thing> {
    match &message.kind {
        MessageKind::Common(common) => of_common(common),
        MessageKind::Dice(_) => Some(Thing::Named("a dice")),
        // Too new for the library, or a service message: better noted once too often than lost.
        MessageKind::Empty {} => Some(Thing::Named("a message of an unknown kind")),
        _ => None,
    }
}

fn of_common(common: &MessageCommon) -> Option<Thing> {
    let named = |name: &Option<String>, usual: &str| name.clone().unwrap_or(usual.to_owned());
    Some(match &common.media_kind {
        MediaKind::Text(_) => Thing::Words,
        MediaKind::Migration(_) => return None,
        MediaKind::Photo(media) => match largest(&media.photo) {
            Some(photo) => file(&photo.file, "photo.jpg".to_owned()),
            None => Thing::Named("a photo"),
        },
        MediaKind::Document(media) => {
            let document = &media.document;
            file(&document.file, named(&document.file_name, "file"))
        }
        MediaKind::Animation(media) => {
            let animation = &media.animation;
            file(
                &animation.file,
                named(&animation.file_name, "animation.mp4"),
            )
        }
        MediaKind::Audio(media) => file(
            &media.audio.file,
            named(&media.audio.file_name, "audio.mp3"),
        ),
        MediaKind::Video(media) => file(
            &media.video.file,
            named(&media.video.file_name, "video.mp4"),
        ),
        MediaKind::VideoNote(media) => file(&media.video_note.file, "video.mp4".to_owned()),
        MediaKind::Voice(media) => file(&media.voice.file, "voice.ogg".to_owned()),
        MediaKind::Sticker(media) => sticker(&media.sticker),
        MediaKind::Contact(_) => Thing::Named("a contact"),
        MediaKind::PaidMedia(_) => Thing::Named("paid media"),
        MediaKind::Game(_) => Thing::Named("a game"),
        MediaKind::Venue(_) | MediaKind::Location(_) => Thing::Named("a place"),
        MediaKind::Poll(_) => Thing::Named("a poll"),
        MediaKind::Checklist(_) => Thing::Named("a checklist"),
        MediaKind::Story(_) => Thing::Named("a story"),
    })
}

/// Telegram sends each photo in several sizes.
fn largest(sizes: &[PhotoSize]) -> Option<&PhotoSize> {
    sizes.iter().max_by_key(|size| size.width * size.height)
}

/// Animated stickers are of a format of Telegram's own, which no browser shows.
fn sticker(sticker: &Sticker) -> Thing {
    match (sticker.is_animated(), sticker.is_video()) {
        (true, _) => Thing::Named("an animated sticker"),
        (_, true) => file(&sticker.file, "sticker.webm".to_owned()),
        _ => file(&sticker.file, "sticker.webp".to_owned()),
    }
}

fn file(meta: &FileMeta, name: String) -> Thing {
    // The library's word for "not said".
    let size = if meta.size == u32::MAX { 0 } else { meta.size };
    Thing::File(RemoteFile {
        name,
        size: u64::from(size),
        handle: meta.id.0.clone(),
    })
}
