//! TLS at our own door: which certificate is shown, and which ones clients may show.
//!
//! A certificate of one's own stands in the configuration; without one the server makes itself
//! one at the first start that needs it and keeps it beside the log's keys. Clients may show a
//! certificate of a configured authority; whether one must be shown is a matter of tokens, not of
//! connections. TLS 1.2 and 1.3, HTTP/1.1 and HTTP/2.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use annals_ledger::disk::{Disk, Mode, Real};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;
use rustls::{RootCertStore, ServerConfig};
use sha2::{Digest, Sha256};
use tokio_rustls::TlsAcceptor;

use crate::config::Config;
use crate::keep;

/// The folder of the log's keys, in the data folder.
const KEYS: &str = "keys";
const OWN_CERTIFICATE: &str = "tls.pem";
const OWN_KEY: &str = "tls.key";
const ALPN: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// Why connections cannot be encrypted.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read or written.
    #[error("cannot use {}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A file holds something else.
    #[error("{} holds no {what} in PEM", path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// What it should hold.
        what: &'static str,
    },
    /// Key and certificate do not belong together, or are of a kind that is not known.
    #[error("the certificate cannot be used with its key")]
    Certificate(#[source] rustls::Error),
    /// The authorities of clients cannot be used.
    #[error("the authorities in {} cannot be used", path.display())]
    Authorities {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// No certificate could be made.
    #[error("cannot make a certificate")]
    Make(#[source] rcgen::Error),
}

/// What a certificate is known by: the SHA-256 of its bytes in hex, as `openssl x509
/// -fingerprint -sha256` prints it without colons.
pub(crate) fn fingerprint(certificate: &CertificateDer<'_>) -> String {
    Sha256::digest(certificate).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What encrypts connections; none where they are in clear text. Blocks.
pub(crate) fn acceptor(config: &Config) -> Result<Option<TlsAcceptor>, TlsError> {
    if !config.is_encrypted() {
        return Ok(None);
    }
    let (certificates, key) = if config.https.certificate.as_os_str().is_empty() {
        own(config)?
    } else {
        (read(&config.https.certificate)?, read(&config.https.key)?)
    };
    let chain = chain(&certificates)?;
    if let Some(first) = chain.first() {
        tracing::info!(sha256 = fingerprint(first), "connections are encrypted");
    }
    let key = PrivateKeyDer::from_pem_slice(key.text.as_bytes())
        .map_err(|_| TlsError::Content { path: key.path, what: "private key" })?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let versions = ServerConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .expect("ring has the ciphers of TLS 1.2 and 1.3");
    let builder = match clients(&config.https.client_ca, provider)? {
        Some(verifier) => versions.with_client_cert_verifier(verifier),
        None => versions.with_no_client_auth(),
    };
    let mut tls = builder.with_single_cert(chain, key).map_err(TlsError::Certificate)?;
    tls.alpn_protocols = ALPN.iter().map(|name| name.to_vec()).collect();
    Ok(Some(TlsAcceptor::from(Arc::new(tls))))
}

/// A file of PEM and where it lies.
struct Pem {
    path: PathBuf,
    text: String,
}

fn read(path: &Path) -> Result<Pem, TlsError> {
    let failed = |source| TlsError::File { path: path.to_owned(), source };
    let missing = || failed(io::ErrorKind::NotFound.into());
    let text = keep::read(&Real, path).map_err(failed)?.ok_or_else(missing)?;
    Ok(Pem { path: path.to_owned(), text })
}

fn chain(pem: &Pem) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let none = || TlsError::Content { path: pem.path.clone(), what: "certificate" };
    let certificates = CertificateDer::pem_slice_iter(pem.text.as_bytes());
    let chain: Vec<_> = certificates.collect::<Result<_, _>>().map_err(|_| none())?;
    if chain.is_empty() { Err(none()) } else { Ok(chain) }
}

/// The certificate that the server made itself, now or before.
fn own(config: &Config) -> Result<(Pem, Pem), TlsError> {
    let folder = config.data.join(KEYS);
    let (certificate, key) = (folder.join(OWN_CERTIFICATE), folder.join(OWN_KEY));
    let read_before = |path: &Path| {
        let failed = |source| TlsError::File { path: path.to_owned(), source };
        keep::read(&Real, path).map_err(failed)
    };
    let before = (read_before(&certificate)?, read_before(&key)?);
    let (certificate_text, key_text) = match before {
        (Some(certificate), Some(key)) => (certificate, key),
        _ => make(config, &folder, &certificate, &key)?,
    };
    Ok((Pem { path: certificate, text: certificate_text }, Pem { path: key, text: key_text }))
}

/// Makes a certificate that vouches for itself. The key is written first: a crash in between
/// leaves no certificate, and both are made anew.
fn make(
    config: &Config,
    folder: &Path,
    certificate: &Path,
    key: &Path,
) -> Result<(String, String), TlsError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| TlsError::File { path, source }
    };
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(names(config)).map_err(TlsError::Make)?;
    let (certificate_text, key_text) = (cert.pem(), signing_key.serialize_pem());
    Real.create_folder(folder).map_err(failed(folder))?;
    keep::replace(&Real, key, key_text.as_bytes(), Mode::CreatePrivate).map_err(failed(key))?;
    keep::replace(&Real, certificate, certificate_text.as_bytes(), Mode::Create)
        .map_err(failed(certificate))?;
    tracing::info!(
        file = %certificate.display(),
        "made a certificate that no authority vouches for; give it to clients as their authority"
    );
    Ok((certificate_text, key_text))
}

/// What clients may call the server.
fn names(config: &Config) -> Vec<String> {
    let host = rustix::system::uname();
    let host = host.nodename().to_str().unwrap_or_default();
    let listen = config.listen.ip();
    let mut names = vec!["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()];
    let further = config.https.names.iter().map(String::as_str).chain([host]);
    names.extend(further.filter(|name| !name.is_empty()).map(ToOwned::to_owned));
    if !listen.is_unspecified() {
        names.push(listen.to_string());
    }
    names.sort();
    names.dedup();
    names
}

/// Who vouches for clients; none if nobody is asked for a certificate.
fn clients(
    path: &Path,
    provider: Arc<rustls::crypto::CryptoProvider>,
) -> Result<Option<Arc<dyn ClientCertVerifier>>, TlsError> {
    if path.as_os_str().is_empty() {
        return Ok(None);
    }
    let unfit = |source: Box<dyn std::error::Error + Send + Sync>| TlsError::Authorities {
        path: path.to_owned(),
        source,
    };
    let mut roots = RootCertStore::empty();
    for authority in chain(&read(path)?)? {
        roots.add(authority).map_err(|error| unfit(error.into()))?;
    }
    WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider)
        .allow_unauthenticated()
        .build()
        .map(Some)
        .map_err(|error| unfit(error.into()))
}
