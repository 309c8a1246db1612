//! Connections to others: TCP, TLS over it with `rustls`, and one HTTP request on a connection.
//!
//! Authorities are the system's, or those of one file. Nothing is kept open between two requests:
//! there are seconds between them. No redirect is followed and no proxy asked. Time limits are
//! the caller's.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use annals_ledger::disk::Real;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::{Request, Response, StatusCode, Uri};
use hyper_util::rt::TokioIo;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::keep;

/// Largest answer, bytes: many notes.
const ANSWER_BYTES_MAX: usize = 16 << 20;
const HTTP_PORT: u16 = 80;
const HTTPS_PORT: u16 = 443;

/// Why somebody else could not be asked.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// Not an address of the kind that is needed.
    #[error("{text:?} is no address; write it like {like}")]
    Address {
        /// What stands there.
        text: String,
        /// An example.
        like: &'static str,
    },
    /// The file of authorities cannot be used.
    #[error("no certificates can be read from {}", path.display())]
    Authorities {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Nobody answers there, or no encryption could be agreed upon.
    #[error("cannot connect to {host}:{port}")]
    Connect {
        /// The host.
        host: String,
        /// The port.
        port: u16,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The connection broke.
    #[error("the connection to {host} broke")]
    Broken {
        /// The host.
        host: String,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Another status than one of success.
    #[error("{host} answers {status}: {body}")]
    Status {
        /// The host.
        host: String,
        /// The status.
        status: u16,
        /// The first line of its body.
        body: String,
    },
    /// The answer is not text.
    #[error("what {host} answers is not text")]
    NotText {
        /// The host.
        host: String,
    },
    /// The bearer token cannot be had.
    #[error("cannot read the token for {url}")]
    Token {
        /// Where it should go.
        url: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// No answer in time.
    #[error("no answer within {seconds} s")]
    TimedOut {
        /// How long was waited.
        seconds: u64,
    },
}

/// A connection, encrypted or not.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// What TLS to others takes: the authorities of `ca`, or the system's.
pub(crate) fn tls_config(ca: Option<&Path>) -> Result<ClientConfig, ConnectError> {
    let roots = match ca {
        Some(path) => authorities(path)?,
        None => system_authorities(),
    };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring has the ciphers of TLS 1.2 and 1.3")
        .with_root_certificates(roots)
        .with_no_client_auth())
}

/// Opens connections under one set of authorities.
#[derive(Clone)]
pub(crate) struct Connector(TlsConnector);

impl Connector {
    /// With the authorities of `ca`, or the system's.
    pub(crate) fn new(ca: Option<&Path>) -> Result<Self, ConnectError> {
        Ok(Self(TlsConnector::from(Arc::new(tls_config(ca)?))))
    }

    /// An encrypted connection to `host`, whose certificate must name it.
    pub(super) async fn tls(&self, host: &str, port: u16) -> Result<Box<dyn Stream>, ConnectError> {
        let failed = |source| ConnectError::Connect { host: host.to_owned(), port, source };
        let bare = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let name = ServerName::try_from(bare).map_err(io::Error::other).map_err(failed)?;
        let stream = tcp(host, port).await?;
        let stream = self.0.connect(name, stream).await.map_err(failed)?;
        Ok(Box::new(stream))
    }

    /// Sends one request to where `uri` points; the whole answer, whatever its status.
    pub(crate) async fn send(
        &self,
        uri: &Uri,
        request: Request<Full<Bytes>>,
    ) -> Result<Response<Bytes>, ConnectError> {
        let (host, port, encrypted) = destination(uri)?;
        let stream: Box<dyn Stream> = match encrypted {
            true => self.tls(&host, port).await?,
            false => Box::new(tcp(&host, port).await?),
        };
        let broken = |source: Box<dyn std::error::Error + Send + Sync>| ConnectError::Broken {
            host: host.clone(),
            source,
        };
        let (mut sender, connection) =
            http1::handshake(TokioIo::new(stream)).await.map_err(|error| broken(error.into()))?;
        // Ends with the sender; what breaks it shows in the answer.
        tokio::spawn(connection);
        let answer = sender.send_request(request).await.map_err(|error| broken(error.into()))?;
        let (parts, body) = answer.into_parts();
        let body = Limited::new(body, ANSWER_BYTES_MAX).collect().await.map_err(broken)?;
        Ok(Response::from_parts(parts, body.to_bytes()))
    }
}

/// A request as HTTP/1.1 wants it: path in the first line, the host in a header.
pub(super) fn request(
    method: &str,
    uri: &Uri,
    token: Option<&str>,
    body: String,
) -> Result<Request<Full<Bytes>>, ConnectError> {
    let host = uri.authority().map_or("", |authority| authority.as_str());
    let mut request = Request::builder()
        .method(method)
        .uri(uri.path_and_query().map_or("/", |path| path.as_str()))
        .header("host", host)
        .header("user-agent", concat!("annals/", env!("CARGO_PKG_VERSION")))
        .header("content-type", "text/plain; charset=utf-8");
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let like = "https://host.example/path";
    request
        .body(Full::from(body))
        .map_err(|_| ConnectError::Address { text: uri.to_string(), like })
}

/// The text at an `http` or `https` address.
///
/// # Errors
/// When nobody answers there, or something else than 200 and text.
pub async fn fetch(url: &str, ca: Option<&Path>) -> Result<String, ConnectError> {
    let uri = parse_url(url)?;
    let answer = Connector::new(ca)?.send(&uri, request("GET", &uri, None, String::new())?).await?;
    let host = uri.host().unwrap_or_default();
    if answer.status() != StatusCode::OK {
        return Err(refused(host, &answer));
    }
    String::from_utf8(answer.into_body().into())
        .map_err(|_| ConnectError::NotText { host: host.to_owned() })
}

/// An `http` or `https` address.
pub(super) fn parse_url(text: &str) -> Result<Uri, ConnectError> {
    let like = "https://host.example/path";
    let bad = || ConnectError::Address { text: text.to_owned(), like };
    let uri: Uri = text.parse().map_err(|_| bad())?;
    destination(&uri)?;
    // Who is asked is no place for secrets: addresses stand in logs.
    match uri.authority().is_some_and(|authority| authority.as_str().contains('@')) {
        true => Err(bad()),
        false => Ok(uri),
    }
}

/// What another server said instead of yes.
pub(super) fn refused(host: &str, answer: &Response<Bytes>) -> ConnectError {
    let text = String::from_utf8_lossy(answer.body());
    let line: String = text.lines().next().unwrap_or_default().chars().take(200).collect();
    let (host, status) = (host.to_owned(), answer.status().as_u16());
    ConnectError::Status { host, status, body: line.escape_debug().to_string() }
}

/// Host, port, and whether to encrypt.
fn destination(uri: &Uri) -> Result<(String, u16, bool), ConnectError> {
    let host = uri.host().unwrap_or_default().to_owned();
    match uri.scheme_str() {
        Some("https") if !host.is_empty() => Ok((host, uri.port_u16().unwrap_or(HTTPS_PORT), true)),
        Some("http") if !host.is_empty() => Ok((host, uri.port_u16().unwrap_or(HTTP_PORT), false)),
        _ => {
            Err(ConnectError::Address { text: uri.to_string(), like: "https://host.example/path" })
        }
    }
}

async fn tcp(host: &str, port: u16) -> Result<TcpStream, ConnectError> {
    let failed = |source| ConnectError::Connect { host: host.to_owned(), port, source };
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    TcpStream::connect((bare, port)).await.map_err(failed)
}

fn authorities(path: &Path) -> Result<RootCertStore, ConnectError> {
    let failed = |source| ConnectError::Authorities { path: path.to_owned(), source };
    let none = || io::Error::new(io::ErrorKind::NotFound, "there is no certificate in it");
    let text = keep::read(&Real, path).map_err(failed)?.ok_or_else(none).map_err(failed)?;
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(text.as_bytes()) {
        let certificate = certificate.map_err(io::Error::other).map_err(failed)?;
        roots.add(certificate).map_err(io::Error::other).map_err(failed)?;
    }
    if roots.is_empty() { Err(failed(none())) } else { Ok(roots) }
}

/// Those that can be read; none at all shows in the first handshake.
fn system_authorities() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    roots
}
