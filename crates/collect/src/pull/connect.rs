//! One HTTP request on a connection of its own, with TLS where the address says so.
//!
//! Authorities are the system's, or those of one file. No redirect is followed and no proxy asked.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::{Request, Response, Uri};
use hyper_util::rt::TokioIo;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::error::CollectError;

/// Largest answer, bytes.
const ANSWER_BYTES_MAX: usize = 64 << 20;
/// Longest time of one request.
const REQUEST_TIME_MAX: Duration = Duration::from_secs(60);

type Fault = Box<dyn std::error::Error + Send + Sync>;

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// What TLS takes: the authorities of `ca`, or the system's.
pub(super) fn tls_config(ca: Option<&Path>) -> Result<ClientConfig, CollectError> {
    let mut roots = RootCertStore::empty();
    match ca {
        None => {
            let found = rustls_native_certs::load_native_certs();
            roots.add_parsable_certificates(found.certs);
        }
        Some(path) => {
            let text = std::fs::read(path).map_err(CollectError::file("read", path))?;
            let certificates = CertificateDer::pem_slice_iter(&text).filter_map(Result::ok);
            roots.add_parsable_certificates(certificates);
            if roots.is_empty() {
                let why = format!("there is no certificate in {}", path.display());
                return Err(CollectError::Unfit(why));
            }
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring has the ciphers of TLS 1.2 and 1.3")
        .with_root_certificates(roots)
        .with_no_client_auth())
}

/// Opens connections under one set of authorities.
pub(super) struct Connector {
    runtime: tokio::runtime::Runtime,
    tls: TlsConnector,
}

impl Connector {
    pub(super) fn new(ca: Option<&Path>) -> Result<Self, CollectError> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(CollectError::Runtime)?;
        Ok(Self { runtime, tls: TlsConnector::from(Arc::new(tls_config(ca)?)) })
    }

    /// The whole answer to a GET, whatever its status.
    pub(super) fn get(
        &self,
        uri: &Uri,
        headers: &[(String, String)],
    ) -> Result<Response<Bytes>, String> {
        let asked = async { tokio::time::timeout(REQUEST_TIME_MAX, self.ask(uri, headers)).await };
        match self.runtime.block_on(asked) {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(fault)) => Err(format!("{} can't be reached: {fault}", host_of(uri))),
            Err(_) => Err(format!("no answer of {} within 60 s", host_of(uri))),
        }
    }

    async fn ask(&self, uri: &Uri, headers: &[(String, String)]) -> Result<Response<Bytes>, Fault> {
        let host = host_of(uri).trim_start_matches('[').trim_end_matches(']').to_owned();
        let encrypted = uri.scheme_str() == Some("https");
        let port = uri.port_u16().unwrap_or(if encrypted { 443 } else { 80 });
        let plain = TcpStream::connect((host.as_str(), port)).await?;
        let stream: Box<dyn Stream> = match encrypted {
            true => Box::new(self.tls.connect(ServerName::try_from(host)?, plain).await?),
            false => Box::new(plain),
        };
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        // Ends with the sender; what breaks it shows in the answer.
        tokio::spawn(connection);
        let mut request = Request::builder()
            .uri(uri.path_and_query().map_or("/", |path| path.as_str()))
            .header("host", uri.authority().map_or("", |authority| authority.as_str()))
            .header("accept", "application/json, application/x-ndjson, text/csv")
            .header("user-agent", concat!("annals-collect/", env!("CARGO_PKG_VERSION")));
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let answer = sender.send_request(request.body(Empty::<Bytes>::new())?).await?;
        let (parts, body) = answer.into_parts();
        let body = Limited::new(body, ANSWER_BYTES_MAX).collect().await?;
        Ok(Response::from_parts(parts, body.to_bytes()))
    }
}

fn host_of(uri: &Uri) -> &str {
    uri.host().unwrap_or_default()
}
