//! The gateway's own pages, on an address of their own that only this machine reaches: is it well,
//! what was counted, what no route knows.

use std::convert::Infallible;
use std::sync::Arc;

use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Method, Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use serde_json::json;
use tokio::net::TcpListener;

use crate::body::Outgoing;
use crate::gateway::Gateway;
use crate::problem::Problem;

const PLAIN: &str = "text/plain; charset=utf-8";
const METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
const JSON: &str = "application/json";

/// Answers until the task is dropped.
pub(crate) async fn serve(gateway: Arc<Gateway>, listener: TcpListener) {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            continue;
        };
        let gateway = gateway.clone();
        tokio::spawn(async move {
            let service = service_fn(|request| {
                let response = answer(&gateway, &request);
                async { Ok::<_, Infallible>(response) }
            });
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .serve_connection(TokioIo::new(stream), service);
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection broke");
            }
        });
    }
}

fn answer(gateway: &Gateway, request: &Request<Incoming>) -> Response<Outgoing> {
    if request.method() != Method::GET {
        return Problem::NotFound.response();
    }
    match request.uri().path() {
        "/healthz" => page(PLAIN, "ok\n".to_owned()),
        "/metrics" => page(METRICS, metrics(gateway)),
        "/uncovered" => {
            let lines = gateway.uncovered.lines();
            page(JSON, json!({ "uncovered": lines }).to_string())
        }
        _ => Problem::NotFound.response(),
    }
}

fn page(kind: &'static str, text: String) -> Response<Outgoing> {
    let mut response = Response::new(Outgoing::text(text));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

/// What was counted and how things stand, as a Prometheus server reads it.
fn metrics(gateway: &Gateway) -> String {
    let counters = &gateway.counters;
    let mut registry = Registry::with_prefix("annals_gateway");
    let mut count = |name: &str, help: &str, counter: &Counter| {
        registry.register(name, help, counter.clone());
    };
    count("requests", "Requests that came", &counters.requests);
    count("recorded", "Requests that are recorded", &counters.recorded);
    count("refused", "Requests refused because they could not be recorded", &counters.refused);
    count("unanswered", "Requests that the platform did not answer", &counters.unanswered);
    count("tunnels", "Connections that changed their protocol", &counters.tunnels);
    count("tunnel_bytes", "Bytes through such connections", &counters.bytes_tunnelled);
    count("feed_unmapped", "Items of feeds that no rule takes", &counters.feed_items_unmapped);
    let (uncovered, shapes) = gateway.uncovered.totals();
    let stats = gateway.keeper.stats();
    let gauges: [(&str, &str, u64); 9] = [
        (
            "uncovered_requests",
            "Requests that may have changed something, without a route",
            uncovered,
        ),
        ("uncovered_shapes", "Kinds of such requests", shapes as u64),
        ("spool_waiting", "Items on disk that the server does not have", stats.waiting),
        ("spool_bytes", "Bytes of the spool", stats.spool_bytes),
        ("sent", "Items that the server has acknowledged", stats.sent),
        ("rejected", "Items that the server refused for good", stats.refused),
        ("dropped", "Best-effort items for which there was no room", stats.dropped),
        ("operations_open", "Operations that go on after their answer", gateway.laters.open()),
        ("sessions_open", "Open sessions", gateway.sessions.open_count()),
    ];
    for (name, help, value) in gauges {
        let gauge = Gauge::<i64>::default();
        gauge.set(i64::try_from(value).unwrap_or(i64::MAX));
        registry.register(name, help, gauge);
    }
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = encode(&mut text, &registry);
    text
}
