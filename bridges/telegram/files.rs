//! Members' files: `getFile` names a path, and the file is under it for an hour at least
//! (<https://core.telegram.org/bots/api#getfile>). Its address holds the token, so it never leaves this file.

use futures_util::StreamExt;
use serde::Deserialize;
use teloxide::{
    net::Download,
    requests::{Request, Requester},
    types::FileId,
};

use super::{Telegram, classify::Failure};
use crate::{FetchError, RemoteFile, SendError};

/// Bots may fetch files of up to 20 MB.
pub(super) const LARGEST_FETCH: u64 = 20_000_000;

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
