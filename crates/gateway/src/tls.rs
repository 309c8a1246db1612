//! TLS on both sides: whom the gateway shows itself as, and whom it believes.
//!
//! TLS 1.2 and 1.3. Certificates of clients are not asked for.

use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio_rustls::TlsAcceptor;

use crate::config::Https;
use crate::error::GatewayError;

const ALPN: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// What encrypts connections of clients.
pub(crate) fn acceptor(https: &Https) -> Result<TlsAcceptor, GatewayError> {
    let chain = certificates(&https.certificate)?;
    let text = std::fs::read(&https.key).map_err(GatewayError::read(&https.key))?;
    let key = PrivateKeyDer::from_pem_slice(&text).map_err(|_| GatewayError::Content {
        path: https.key.clone(),
        what: "private key in PEM",
    })?;
    let mut config = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(GatewayError::Tls)?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(GatewayError::Tls)?;
    config.alpn_protocols = ALPN.iter().map(|name| name.to_vec()).collect();
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// What is believed of a platform: one's own authorities, or those of the system.
pub(crate) fn client(authorities: Option<&Path>) -> Result<ClientConfig, GatewayError> {
    let mut roots = RootCertStore::empty();
    match authorities {
        Some(path) => {
            for authority in certificates(path)? {
                roots.add(authority).map_err(GatewayError::Tls)?;
            }
        }
        None => {
            let found = rustls_native_certs::load_native_certs();
            // Some may be broken; what is not vouched for is refused when it is met.
            roots.add_parsable_certificates(found.certs);
        }
    }
    Ok(ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(GatewayError::Tls)?
        .with_root_certificates(roots)
        .with_no_client_auth())
}

fn provider() -> Arc<rustls::crypto::CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, GatewayError> {
    let text = std::fs::read(path).map_err(GatewayError::read(path))?;
    let none = || GatewayError::Content { path: path.into(), what: "certificate in PEM" };
    let all: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
    all.ok().filter(|chain| !chain.is_empty()).ok_or_else(none)
}
