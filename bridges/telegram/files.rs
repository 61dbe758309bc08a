//! Members' files: `getFile` names a path, and the file is under it for an hour at least
//! (<https://core.telegram.org/bots/api#getfile>). Its address holds the token, so it never leaves this file.

use futures_util::StreamExt;
use serde::Deserialize;
use teloxide::{
    net::Download,
    payloads::GetUserProfilePhotosSetters,
    requests::{Request, Requester},
    types::{FileId, UserId, UserProfilePhotos},
};

use super::{Telegram, classify::Failure};
use crate::{FetchError, Person, RemoteFile, SendError};

/// Bots may fetch files of up to 20 MB.
pub(super) const LARGEST_FETCH: u64 = 20_000_000;

/// What pictures of members are called: this and the user's number. A new picture has the same name.
pub(super) const PICTURE: &str = "photo:";

/// A picture is shown smaller than this, in pixels.
const LEAST_WIDTH: u32 = 100;

impl Telegram {
    pub(super) async fn fetch_file(
        &self,
        file: &RemoteFile,
        limit: u64,
    ) -> Result<Vec<u8>, FetchError> {
        if file.size > limit.min(LARGEST_FETCH) {
            return Err(FetchError::TooLarge);
        }
        let path = self.path_of(&file.handle).await?;
        let mut chunks = std::pin::pin!(self.bot.download_file_stream(&path));
        let mut bytes = Vec::new();
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk.map_err(|error| self.broken_off(&error))?;
            if bytes.len() as u64 + chunk.len() as u64 > limit {
                return Err(FetchError::TooLarge);
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    }

    /// The newest picture of a member, in the smallest size that is large enough
    /// (<https://core.telegram.org/bots/api#getuserprofilephotos>). Nobody's who shows it to nobody.
    pub(super) async fn fetch_picture(
        &self,
        person: &Person,
        limit: u64,
    ) -> Result<Vec<u8>, FetchError> {
        let user = person
            .avatar
            .as_deref()
            .and_then(|name| name.strip_prefix(PICTURE));
        let user = user.and_then(|id| id.parse().ok());
        let none = || FetchError::Gone("there is no picture".to_owned());
        let asked = self
            .bot
            .get_user_profile_photos(UserId(user.ok_or_else(none)?))
            .limit(1);
        let sizes =
            |photos: UserProfilePhotos| photos.photos.into_iter().next().unwrap_or_default();
        let mut sizes = match self.answered(asked.send(), sizes).await {
            Ok(sizes) => sizes,
            Err(failure) => {
                return Err(FetchError::Unreachable(failure.into_error().to_string()));
            }
        };
        sizes.sort_by_key(|size| (size.width < LEAST_WIDTH, size.width));
        let picture = sizes.into_iter().next().ok_or_else(none)?;
        let file = RemoteFile {
            name: "picture".to_owned(),
            size: u64::from(picture.file.size),
            handle: picture.file.id.0,
        };
        self.fetch_file(&file, limit).await
    }

    async fn path_of(&self, handle: &str) -> Result<String, FetchError> {
        #[derive(Deserialize)]
        struct Found {
            file_path: String,
        }
        let found = |file: teloxide::types::File| Found {
            file_path: file.path,
        };
        let request = self.bot.get_file(FileId(handle.to_owned())).send();
        match self.answered(request, found).await {
            Ok(found) => Ok(found.file_path),
            Err(Failure::Final(SendError::Refused(why))) if why.contains("too big") => {
                Err(FetchError::TooLarge)
            }
            Err(Failure::Final(SendError::Refused(why))) => Err(FetchError::Gone(why)),
            Err(failure) => Err(FetchError::Unreachable(failure.into_error().to_string())),
        }
    }

    fn broken_off(&self, error: &reqwest::Error) -> FetchError {
        let gone = error
            .status()
            .is_some_and(|status| status.is_client_error());
        match gone {
            true => FetchError::Gone("it is not there any more".to_owned()),
            false => FetchError::Unreachable(self.config.token.scrub(&error.to_string())),
        }
    }
}
