//! Calls of Slack's Web API with hinny's own types, through slack-morphism's connector: its models leave out what
//! the bridge needs (`include_all_metadata`, parts of `metadata`, parts of messages). Every call has an end and a
//! place in the budget.

use std::{future::Future, sync::Arc, time::Duration};

use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde::{Serialize, de::DeserializeOwned};
use slack_morphism::{
    ClientResult, SlackApiToken, SlackApiTokenValue, SlackClient,
    prelude::SlackClientHyperConnector,
};

use super::{
    budget::{Budget, Purse},
    classify::{Failure, classify, harmless},
    config::{InvalidConfig, SlackConfig, Token},
};
use crate::SendError;

pub(super) type Connector = SlackClientHyperConnector<HttpsConnector<HttpConnector>>;

pub(super) struct Client {
    pub(super) slack: Arc<SlackClient<Connector>>,
    bot: SlackApiToken,
    patience: Duration,
    budget: Budget,
}

impl Client {
    pub(super) fn new(config: &SlackConfig) -> Result<Self, InvalidConfig> {
        let mut plain = HttpConnector::new();
        plain.enforce_http(false);
        // Half of the patience is for connecting, so that "surely not sent" is noticed as such.
        plain.set_connect_timeout(Some(config.request_timeout / 2));
        let secure = HttpsConnectorBuilder::new()
            .with_native_roots()
            .map_err(|error| InvalidConfig::Client(error.to_string()))?
            .https_or_http()
            .enable_http1()
            .wrap_connector(plain);
        let base = config.api_url.as_str().trim_end_matches('/');
        let connector = Connector::with_connector(secure).with_slack_api_url(base);
        Ok(Client {
            slack: Arc::new(SlackClient::new(connector)),
            bot: api_token(&config.bot_token),
            patience: config.request_timeout,
            budget: Budget::new(config.limits),
        })
    }

    /// A call that changes something, with a body of JSON.
    pub(super) async fn post<T: DeserializeOwned + Send>(
        &self,
        method: &'static str,
        body: &(impl Serialize + Send + Sync),
    ) -> Result<T, Failure> {
        self.post_from(Purse::Method(method), method, body).await
    }

    /// A call that puts a message into a channel.
    pub(super) async fn post_into<T: DeserializeOwned + Send>(
        &self,
        channel: &str,
        method: &'static str,
        body: &(impl Serialize + Send + Sync),
    ) -> Result<T, Failure> {
        self.post_from(Purse::Posts(channel), method, body).await
    }

    async fn post_from<T: DeserializeOwned + Send>(
        &self,
        purse: Purse<'_>,
        method: &'static str,
        body: &(impl Serialize + Send + Sync),
    ) -> Result<T, Failure> {
        let session = self.slack.open_session(&self.bot);
        let call = session.http_session_api.http_post(method, body, None);
        self.metered(purse, call).await
    }

    /// A call that only reads. Its outcome is never ambiguous.
    pub(super) async fn get<T: DeserializeOwned + Send>(
        &self,
        method: &'static str,
        parameters: &[(&str, &str)],
    ) -> Result<T, Failure> {
        let parameters: Vec<(&str, Option<&str>)> = parameters
            .iter()
            .map(|(key, value)| (*key, Some(*value)))
            .collect();
        let session = self.slack.open_session(&self.bot);
        let call = session.http_session_api.http_get(method, &parameters, None);
        let answer = self.metered(Purse::Method(method), call).await;
        answer.map_err(|failure| match failure {
            Failure::Final(error) => Failure::Final(harmless(error)),
            said => said,
        })
    }

    /// Without budget Slack is not called at all.
    async fn metered<T>(
        &self,
        purse: Purse<'_>,
        call: impl Future<Output = ClientResult<T>>,
    ) -> Result<T, Failure> {
        let limited = |retry_after| Failure::Final(SendError::RateLimited { retry_after });
        let slot = self.budget.take(purse).map_err(limited)?;
        let answer = self.answered(self.patience, call).await;
        drop(slot);
        if let Err(Failure::Final(SendError::RateLimited { retry_after })) = &answer {
            self.budget.silence(purse, *retry_after);
        }
        answer
    }

    /// A call with an end: a platform that hangs must not hang the caller.
    pub(super) async fn answered<T>(
        &self,
        patience: Duration,
        call: impl Future<Output = ClientResult<T>>,
    ) -> Result<T, Failure> {
        match tokio::time::timeout(patience, call).await {
            Ok(answer) => answer.map_err(|error| classify(&error)),
            Err(_elapsed) => Err(Failure::Final(SendError::Ambiguous(format!(
                "no answer within {} s",
                patience.as_secs_f32()
            )))),
        }
    }
}

pub(super) fn api_token(token: &Token) -> SlackApiToken {
    SlackApiToken::new(SlackApiTokenValue(token.reveal().to_owned()))
}
