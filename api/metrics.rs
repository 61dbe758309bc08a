//! `/metrics`: counts for Prometheus. Numbers only: no visitor, no page, no word of a message.

use std::fmt::Write as _;

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use hinny_actors::tally::{Count, Link, Tally};
use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue, LabelValueEncoder};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use crate::app::{App, Shared};
use crate::error::{Code, Problem};
use crate::link::End;

const TEXT: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// What the edge counts itself; the rest is read when somebody looks.
#[derive(Default)]
pub struct Meter {
    acknowledged: Counter,
    refused: Family<Refused, Counter>,
    sockets_ended: Family<Ended, Counter>,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Refused {
    error: Code,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Ended {
    why: &'static str,
}

impl EncodeLabelValue for Code {
    fn encode(&self, encoder: &mut LabelValueEncoder) -> Result<(), std::fmt::Error> {
        encoder.write_str(self.as_str())
    }
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Connection {
    connection: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Looked {
    site: String,
    how: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct OfSite {
    site: String,
}

impl Meter {
    pub fn acknowledged(&self) {
        self.acknowledged.inc();
    }

    pub fn refused(&self, error: Code) {
        self.refused.get_or_create(&Refused { error }).inc();
    }

    pub fn socket_ended(&self, end: &End) {
        let why = match end {
            End::Bye(problem) => problem.code.as_str(),
            End::Gone => "gone",
            End::TooSlow => Code::TooSlow.as_str(),
        };
        self.sockets_ended.get_or_create(&Ended { why }).inc();
    }
}

/// `GET /metrics`
pub async fn show(State(app): State<Shared>) -> Result<Response, Problem> {
    let mut registry = Registry::with_prefix("hinny");
    edge(&app, &mut registry);
    engine(&app, &mut registry);
    schedule(&app, &mut registry);
    store(&app, &mut registry).await?;
    let mut text = String::new();
    encode(&mut text, &registry).expect("writing to a string does not fail");
    Ok(([(CONTENT_TYPE, TEXT)], text).into_response())
}

fn edge(app: &App, registry: &mut Registry) {
    let meter = &app.meter;
    registry.register(
        "acknowledged",
        "Visitors' requests that are on disk",
        meter.acknowledged.clone(),
    );
    registry.register(
        "refused",
        "Visitors' requests refused on a socket",
        meter.refused.clone(),
    );
    registry.register(
        "sockets_ended",
        "Ended sockets by reason",
        meter.sockets_ended.clone(),
    );
    gauge(
        registry,
        "sockets",
        "Open sockets of visitors",
        app.limits.open_sockets() as u64,
    );
    gauge(
        registry,
        "connections",
        "Open TCP connections",
        app.limits.open_connections() as u64,
    );
}

fn engine(app: &App, registry: &mut Registry) {
    for (name, help, count) in counts(app.engine.tally()) {
        let counter = Counter::<u64>::default();
        counter.inc_by(count.get());
        registry.register(name, help, counter);
    }
    let awake = app.engine.awake() as u64;
    gauge(
        registry,
        "conversations_awake",
        "Conversations in memory",
        awake,
    );
    let (up, stopped) = (
        Family::<Connection, Gauge>::default(),
        Family::<Connection, Gauge>::default(),
    );
    for (connection, link) in app.engine.tally().links() {
        let connection = Connection {
            connection: connection.0,
        };
        up.get_or_create(&connection)
            .set(i64::from(link == Link::Up));
        let refused = matches!(link, Link::Stopped(_));
        stopped.get_or_create(&connection).set(i64::from(refused));
    }
    let help = "Whether a connection's listener works";
    registry.register("connection_up", help, up);
    let help = "Whether a connection was refused and waits for a person";
    registry.register("connection_stopped", help, stopped);
    let barred = Family::<Connection, Gauge>::default();
    for connection in app.engine.tally().barred().into_keys() {
        let connection = connection.0;
        barred.get_or_create(&Connection { connection }).set(1);
    }
    let help = "Whether a platform does not let us post somewhere";
    registry.register("connection_barred", help, barred);
}

fn counts(tally: &Tally) -> [(&'static str, &'static str, &Count); 15] {
    let late = "Verdicts that came too late to count";
    let left = "Conversations that left the memory";
    [
        ("said", "Visitors' messages stored", &tally.said),
        ("answered", "Answers of the bot", &tally.answered),
        (
            "suggested",
            "Questions to which the visitor was asked what they mean",
            &tally.suggested,
        ),
        ("phrased", "Answers that a model phrased", &tally.phrased),
        (
            "unphrased",
            "Answers that stayed as they are although there is a model",
            &tally.unphrased,
        ),
        ("escalated", "Hand-overs to a person", &tally.escalated),
        ("replied", "Messages of agents", &tally.replied),
        ("stale_verdicts", late, &tally.stale_verdicts),
        ("panics", "Panics while handling an order", &tally.panics),
        ("parked", "Orders that could not be handled", &tally.parked),
        ("woken", "Conversations brought into memory", &tally.woken),
        ("passivated", left, &tally.passivated),
        ("posts_sent", "Posts on platforms", &tally.posts_sent),
        (
            "deliveries_given_up",
            "Deliveries that became dead letters",
            &tally.given_up,
        ),
        (
            "send_failures",
            "Failed sends to platforms",
            &tally.send_failures,
        ),
    ]
}

fn schedule(app: &App, registry: &mut Registry) {
    let looks = Family::<Looked, Counter>::default();
    let good_at = Family::<OfSite, Gauge>::default();
    for (site, noted) in app.pulse.board.all() {
        for (how, count) in [("ok", noted.done), ("failed", noted.failed)] {
            let looked = Looked {
                site: site.0.clone(),
                how,
            };
            looks.get_or_create(&looked).inc_by(count);
        }
        if let Some(at) = noted.good_at {
            good_at
                .get_or_create(&OfSite { site: site.0 })
                .set(at / 1000);
        }
    }
    let help = "Scheduled looks at a site's documents and websites";
    registry.register("knowledge_looks", help, looks);
    let help = "When the last one went well, in seconds since 1970";
    registry.register("knowledge_good_at_seconds", help, good_at);
}

async fn store(app: &App, registry: &mut Registry) -> Result<(), Problem> {
    let counts = app.store().counts().await?;
    gauge(
        registry,
        "conversations",
        "Conversations stored",
        counts.conversations,
    );
    gauge(
        registry,
        "waiting",
        "Conversations that wait for a person",
        counts.waiting,
    );
    gauge(
        registry,
        "deliveries_pending",
        "Deliveries that wait",
        counts.pending_deliveries,
    );
    gauge(
        registry,
        "dead_letters",
        "Deliveries given up",
        counts.dead_letters,
    );
    gauge(
        registry,
        "orders_parked",
        "Orders that were given up and are kept",
        counts.parked,
    );
    gauge(registry, "alarms", "Alarms that are set", counts.alarms);
    Ok(())
}

fn gauge(registry: &mut Registry, name: &str, help: &str, value: u64) {
    let gauge = Gauge::<i64>::default();
    gauge.set(i64::try_from(value).unwrap_or(i64::MAX));
    registry.register(name, help, gauge);
}
