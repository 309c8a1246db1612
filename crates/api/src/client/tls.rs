//! Whom the client trusts: the system's authorities, or those of one file and nobody else.
//!
//! `rustls` with `ring`, as at the server's door. Nothing can be switched off: a server without a
//! certificate that somebody vouches for makes its own, and that one can be handed out.

use std::error::Error;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};

use super::ClientError;

/// What TLS takes; for an address without it nobody needs to be trusted.
pub(super) fn config(is_https: bool, pem: Option<&[u8]>) -> Result<ClientConfig, ClientError> {
    let mut roots = RootCertStore::empty();
    match pem {
        Some(pem) => {
            for certificate in CertificateDer::pem_slice_iter(pem) {
                let certificate = certificate.map_err(|_| ClientError::Authorities)?;
                roots.add(certificate).map_err(|_| ClientError::Authorities)?;
            }
            if roots.is_empty() {
                return Err(ClientError::Authorities);
            }
        }
        // Those that can be read; none at all shows in the first handshake.
        None if is_https => {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
        None => {}
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring has the ciphers of TLS 1.2 and 1.3")
        .with_root_certificates(roots)
        .with_no_client_auth())
}

/// True if the server answered and its certificate was refused.
pub(super) fn is_refusal(error: &reqwest::Error) -> bool {
    let mut cause = Some(error as &(dyn Error + 'static));
    while let Some(error) = cause {
        if names_certificate(error) {
            return true;
        }
        cause = error.source();
    }
    false
}

/// An I/O error stands for the one inside it and skips that in its chain; one may stand in another.
fn names_certificate(error: &(dyn Error + 'static)) -> bool {
    let mut inside = Some(error);
    while let Some(error) = inside {
        if let Some(rustls::Error::InvalidCertificate(_)) = error.downcast_ref() {
            return true;
        }
        let io = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        inside = io.map(|error| error as &(dyn Error + 'static));
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    // A file that holds something else must not leave a client that trusts nobody, or everybody.
    #[test]
    fn only_certificates_are_authorities() {
        for pem in
            [&b""[..], b"no PEM", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
        {
            assert!(matches!(config(true, Some(pem)), Err(ClientError::Authorities)));
        }
        assert!(config(false, None).is_ok());
    }
}
