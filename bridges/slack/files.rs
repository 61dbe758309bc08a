//! Files. Out: Slack gives an address, takes the bytes there, and then shares the file into the thread
//! (<https://docs.slack.dev/messaging/working-with-files#upload>). In: a private address that wants the bot's token.
//! The token goes to Slack's own hosts (or the configured one) and nowhere else, whatever a message says.

use std::time::Duration;

use serde::Deserialize;
use serde_json::json;
use url::Url;

use super::{
    Slack,
    classify::Failure,
    config::{InvalidConfig, SlackConfig},
    heard::post_id,
    model::{Done, File},
    pack::messages,
    post::Place,
};
use crate::{
    Attachment, FetchError, Line, Person, PostId, RemoteFile, SendError, SlackThread, text::Text,
};

/// Bytes take longer than words.
const PATIENCE: u32 = 8;

/// Where the bytes are.
pub(super) struct Store {
    pub(super) http: reqwest::Client,
    api_url: Url,
}

impl Store {
    pub(super) fn new(config: &SlackConfig) -> Result<Self, InvalidConfig> {
        let connecting = Duration::from_secs(5).min(config.request_timeout / 2);
        let http = reqwest::Client::builder()
            .connect_timeout(connecting)
            .timeout(config.request_timeout * PATIENCE)
            // A redirect could lead the token anywhere.
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| InvalidConfig::Client(error.to_string()))?;
        let api_url = config.api_url.clone();
        Ok(Store { http, api_url })
    }

    /// The address, if it is Slack's: `files.slack.com` and the workspace's own host, or the configured server.
    fn own(&self, address: &str) -> Option<Url> {
        self.below(".slack.com", address)
    }

    /// The address of a member's picture, if it lies where Slack keeps those, or at the configured server.
    fn picture(&self, address: &str) -> Option<Url> {
        self.below(".slack-edge.com", address)
    }

    /// Hosts below Slack's `domain` count where Slack itself is configured, and else the configured server alone.
    fn below(&self, domain: &str, address: &str) -> Option<Url> {
        let url = Url::parse(address).ok()?;
        let configured = url.origin() == self.api_url.origin();
        let slack = self.api_url.host_str() == Some("slack.com")
            && url.scheme() == "https"
            && url.host_str().is_some_and(|host| host.ends_with(domain));
        (configured || slack).then_some(url)
    }
}

impl Slack {
    pub(super) async fn post_file(
        &self,
        thread: &SlackThread,
        line: &Line,
        file: &Attachment,
        index: usize,
    ) -> Result<PostId, SendError> {
        match self.upload(thread, file).await {
            Ok(id) => Ok(post_id(&thread.channel, &id)),
            // The words of the line arrive all the same.
            Err(SendError::Refused(why)) => {
                tracing::warn!(delivery.id = line.delivery, why, "Slack refused a file");
                let name = &file.name;
                let text = Text::plain(&format!("(file {name} could not be shown here)"));
                let note = Line::new(line.delivery.clone(), line.author.clone(), text);
                let mut message = messages(&note, None).remove(0);
                message.metadata = super::pack::metadata(&line.delivery, index);
                let place = Place::from(thread);
                let ts = self.post(place, &message, &line.delivery, index).await?;
                Ok(post_id(&thread.channel, &ts))
            }
            Err(error) => Err(error),
        }
    }

    async fn upload(&self, thread: &SlackThread, file: &Attachment) -> Result<String, SendError> {
        #[derive(Deserialize)]
        struct Ticket {
            upload_url: String,
            file_id: String,
        }
        let length = file.bytes.len().to_string();
        let parameters = [
            ("filename", file.name.as_str()),
            ("length", length.as_str()),
        ];
        let ticket = self
            .client
            .get("files.getUploadURLExternal", &parameters)
            .await;
        let ticket: Ticket = ticket.map_err(Failure::into_error)?;
        self.put(&ticket.upload_url, file).await?;
        let body = json!({
            "files": [{"id": ticket.file_id, "title": file.name}],
            "channel_id": thread.channel, "thread_ts": thread.ts,
        });
        let method = "files.completeUploadExternal";
        let shared: Result<Done, Failure> =
            self.client.post_into(&thread.channel, method, &body).await;
        shared.map_err(Failure::into_error)?;
        Ok(ticket.file_id)
    }

    /// The address is its own permission, so no token goes along. Nothing is shared yet, so a failure is no doubt.
    async fn put(&self, address: &str, file: &Attachment) -> Result<(), SendError> {
        let unreachable = || SendError::Unreachable("the file could not be uploaded".to_owned());
        let Some(url) = self.store.own(address) else {
            return Err(SendError::Refused(
                "an address that is not Slack's".to_owned(),
            ));
        };
        let request = self.store.http.post(url).body(file.bytes.clone());
        let answer = request.send().await.map_err(|_| unreachable())?;
        match answer.status() {
            status if status.is_success() => Ok(()),
            status if status.is_client_error() => {
                Err(SendError::Refused(format!("the upload ended in {status}")))
            }
            _ => Err(unreachable()),
        }
    }

    pub(super) async fn fetch_file(
        &self,
        file: &RemoteFile,
        limit: u64,
    ) -> Result<Vec<u8>, FetchError> {
        if file.size > limit {
            return Err(FetchError::TooLarge);
        }
        let address = match file.handle.strip_prefix("file:") {
            Some(id) => self.address_of(id).await?,
            None => file.handle.clone(),
        };
        let Some(url) = self.store.own(&address) else {
            return Err(FetchError::Gone("it does not lie on Slack".to_owned()));
        };
        let request = self
            .store
            .http
            .get(url)
            .bearer_auth(self.config.bot_token.reveal());
        let answer = request.send().await.map_err(|_| broken())?;
        read(answer, limit).await
    }

    /// Pictures are public, so no token goes along
    /// (<https://docs.slack.dev/reference/objects/user-object#profile>).
    pub(super) async fn fetch_picture(
        &self,
        person: &Person,
        limit: u64,
    ) -> Result<Vec<u8>, FetchError> {
        let address = person.avatar.as_deref().unwrap_or_default();
        let Some(url) = self.store.picture(address) else {
            return Err(FetchError::Gone("it does not lie on Slack".to_owned()));
        };
        let answer = self.store.http.get(url).send().await;
        read(answer.map_err(|_| broken())?, limit).await
    }

    /// A file of another workspace is first named only by its id (<https://docs.slack.dev/apis/slack-connect#files>).
    async fn address_of(&self, id: &str) -> Result<String, FetchError> {
        #[derive(Deserialize)]
        struct Info {
            file: File,
        }
        let info: Result<Info, Failure> = self.client.get("files.info", &[("file", id)]).await;
        match info {
            Ok(Info { file }) => {
                let address = file.url_private_download.or(file.url_private);
                address.ok_or_else(|| FetchError::Gone("Slack gives no address".to_owned()))
            }
            Err(failure) => Err(match failure.into_error() {
                error @ (SendError::RateLimited { .. }
                | SendError::Unreachable(_)
                | SendError::Ambiguous(_)) => FetchError::Unreachable(error.to_string()),
                error => FetchError::Gone(error.to_string()),
            }),
        }
    }
}

async fn read(mut answer: reqwest::Response, limit: u64) -> Result<Vec<u8>, FetchError> {
    let status = answer.status();
    if status.is_server_error() || status.as_u16() == 429 {
        return Err(FetchError::Unreachable(format!("status {status}")));
    }
    let kind = answer.headers().get("content-type");
    let page = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    // Without the right to see a file Slack shows its page for logging in.
    if !status.is_success() || page {
        return Err(FetchError::Gone(format!(
            "Slack does not hand it out (status {status}); does the app have files:read?"
        )));
    }
    if answer.content_length().is_some_and(|length| length > limit) {
        return Err(FetchError::TooLarge);
    }
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|_| broken())? {
        if (bytes.len() + chunk.len()) as u64 > limit {
            return Err(FetchError::TooLarge);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// The library's own words would name the address, which is nobody's business.
fn broken() -> FetchError {
    FetchError::Unreachable("the connection broke".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ConnectionId, slack::Token};

    fn store(api_url: &str) -> Store {
        let token = |text: &str| Token::new(text.to_owned());
        let connection = ConnectionId("slack".to_owned());
        let mut config = SlackConfig::new(connection, token("xoxb-1"), token("xapp-1"));
        config.api_url = Url::parse(api_url).unwrap();
        Store::new(&config).unwrap()
    }

    #[test]
    fn the_token_goes_to_slack_and_nowhere_else() {
        let real = store("https://slack.com/api");
        for good in [
            "https://files.slack.com/files-pri/T1-F1/a.png",
            "https://team.slack.com/files/a",
        ] {
            assert!(real.own(good).is_some(), "{good}");
        }
        for bad in [
            "http://files.slack.com/a",
            "https://files.slack.com.example.com/a",
            "https://notslack.com/a",
            "https://example.com/?https://files.slack.com",
            "https://slack.com@example.com/",
            "file:///etc/passwd",
            "nonsense",
        ] {
            assert!(real.own(bad).is_none(), "{bad}");
        }
        let picture = "https://avatars.slack-edge.com/a.png";
        assert!(real.picture(picture).is_some() && real.own(picture).is_none());
        assert!(
            real.picture("https://slack-edge.com.example.com/a.png")
                .is_none()
        );
        let test = store("http://127.0.0.1:4000/api");
        assert!(test.picture(picture).is_none());
        assert!(test.own("http://127.0.0.1:4000/files/a").is_some());
        assert!(test.own("http://127.0.0.1:4001/files/a").is_none());
        assert!(test.own("https://files.slack.com/a").is_none());
    }
}
