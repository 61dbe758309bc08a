//! `LookBacks`: listeners that must read again what was written in their threads. A thread whose opening ended in doubt
//! was on the platform before we knew whose it is, and what a colleague wrote there meanwhile was nobody's business.

use std::collections::BTreeMap;

use hinny_bridges::ConnectionId;
use tokio::sync::watch;

/// How often each connection was asked.
#[derive(Default)]
pub struct LookBacks(watch::Sender<BTreeMap<ConnectionId, u64>>);

impl LookBacks {
    pub fn ask(&self, connection: &ConnectionId) {
        self.0
            .send_modify(|asked| *asked.entry(connection.clone()).or_default() += 1);
    }

    /// Whatever is asked after this call ends the future that it returns.
    pub fn asked(&self, connection: &ConnectionId) -> impl Future<Output = ()> + use<> {
        let mut all = self.0.subscribe();
        let connection = connection.clone();
        let count = |all: &BTreeMap<ConnectionId, u64>, one: &ConnectionId| all.get(one).copied();
        let before = count(&all.borrow(), &connection);
        async move {
            let is_new = |all: &BTreeMap<ConnectionId, u64>| count(all, &connection) != before;
            if all.wait_for(is_new).await.is_err() {
                // Nobody is left who could ask.
                std::future::pending::<()>().await;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[test]
    fn only_who_is_asked_after_beginning_looks_back() {
        let (team, other) = (ConnectionId("team".into()), ConnectionId("other".into()));
        let all = LookBacks::default();
        all.ask(&team);
        let mut listening = Box::pin(all.asked(&team));
        all.ask(&other);
        assert_eq!(listening.as_mut().now_or_never(), None);
        all.ask(&team);
        assert_eq!(listening.now_or_never(), Some(()));
    }
}
