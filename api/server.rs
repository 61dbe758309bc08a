//! The accept loop: TCP connections become HTTP, with a patience for each step, a bound on their number, and
//! an orderly end.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tower::ServiceExt;

use crate::app::{App, Peer, Shared};

/// Connections that may wait to be accepted; many browsers come back at once after a restart.
const BACKLOG: u32 = 4096;

/// What the system keeps for a client that does not read, per connection; it doubles this. Frames and our
/// files are small, and a larger buffer would only hide for longer that nobody reads.
const SEND_BUFFER: u32 = 64 * 1024;

/// After the system has run out of something, such as open files.
const BREATH: Duration = Duration::from_millis(100);

/// For whoever comes when the house is full.
const FULL: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 10\r\n\
                      content-length: 0\r\nconnection: close\r\n\r\n";

/// Takes the address, or says what is in the way.
pub fn bind(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    socket.set_reuseaddr(true)?;
    // Accepted connections inherit it.
    socket.set_send_buffer_size(SEND_BUFFER)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Accepts until the server closes.
pub async fn run(listener: TcpListener, router: Router, app: Shared) {
    let mut closing = app.closing.clone();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = closing.wait_for(|closing| *closing) => return,
        };
        match accepted {
            Ok((stream, peer)) => {
                tokio::spawn(connection(stream, peer.ip(), router.clone(), app.clone()));
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(BREATH).await;
            }
        }
    }
}

async fn connection(mut stream: TcpStream, peer: IpAddr, router: Router, app: Shared) {
    let Some(place) = app.limits.connection(peer, is_proxy(&app, peer)) else {
        // It is told if it still listens; there is nothing else to do for it.
        stream.write_all(FULL).await.ok();
        return;
    };
    // Without this the second of two small frames would wait for the first one's acknowledgement.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection was gone at once");
        return;
    }
    if let Err(error) = serve(stream, peer, router, &app).await {
        tracing::debug!(%error, "a connection ended early");
    }
    drop(place);
}

fn is_proxy(app: &App, peer: IpAddr) -> bool {
    let peer = peer.to_canonical();
    app.config
        .trusted_proxies
        .iter()
        .any(|network| network.contains(&peer))
}

async fn serve(
    stream: TcpStream,
    peer: IpAddr,
    router: Router,
    app: &App,
) -> Result<(), hyper::Error> {
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(Peer(peer));
        let router = router.clone();
        async move {
            Ok::<_, Infallible>(
                router
                    .oneshot(request.map(Body::new))
                    .await
                    .unwrap_or_else(|never| match never {}),
            )
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(app.config.timing.request_within)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut connection = std::pin::pin!(connection);
    let mut closing = app.closing.clone();
    tokio::select! {
        ended = connection.as_mut() => return ended,
        _ = closing.wait_for(|closing| *closing) => {}
    }
    connection.as_mut().graceful_shutdown();
    connection.await
}
