//! The least that a proxy of this library does: a request goes to the platform as it came, an
//! answer back as it came. In a process of its own, as the gateway is.

use anyhow::{Context as _, Result};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response, Uri};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use tokio::net::TcpListener;

use crate::arguments::Arguments;

/// Runs until it is killed; the platform's address comes as `--dir`.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let platform = arguments.dir.as_ref().context("no platform")?;
    let platform = platform.to_string_lossy().into_owned();
    tokio::runtime::Runtime::new()?.block_on(serve(platform))
}

async fn serve(platform: String) -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("listening on http://{}", listener.local_addr()?);
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    let client: Client<_, Incoming> = Client::builder(TokioExecutor::new()).build(connector);
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let (client, platform) = (client.clone(), platform.clone());
        tokio::spawn(async move {
            let service =
                service_fn(move |request| pass(client.clone(), platform.clone(), request));
            let builder = Builder::new(TokioExecutor::new());
            // Whoever hangs up ends his own connection only.
            let _ = builder.serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn pass(
    client: Client<HttpConnector, Incoming>,
    platform: String,
    mut request: Request<Incoming>,
) -> Result<Response<Incoming>, hyper_util::client::legacy::Error> {
    let path = request.uri().path_and_query().cloned();
    let mut parts = hyper::http::uri::Parts::default();
    parts.scheme = Some(hyper::http::uri::Scheme::HTTP);
    parts.authority = platform.parse().ok();
    parts.path_and_query = path;
    *request.uri_mut() = Uri::from_parts(parts).unwrap_or_default();
    client.request(request).await
}
