//! TLS at the server's own door, over loopback: its certificate, its protocols, and tokens that
//! are bound to a client's certificate.

mod running;

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;

use annals_server::Role;
use annals_server::config::Tls;
use annals_server::control::{Control, NewToken};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use running::{Running, event};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use sha2::{Digest as _, Sha256};

/// What a client shows to prove itself.
type Shown = (CertificateDer<'static>, PrivateKeyDer<'static>);

/// An authority of the test's own.
fn authority() -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::new(Vec::new()).expect("parameters");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("signs")
}

fn client_of(authority: &CertifiedIssuer<'static, KeyPair>) -> Shown {
    let key = KeyPair::generate().expect("a key");
    let params = CertificateParams::new(vec!["node-7".to_owned()]).expect("parameters");
    let certificate = params.signed_by(&key, authority).expect("signed");
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    (certificate.der().clone(), key)
}

/// The certificate that the server made itself.
fn own_certificate(data: &Path) -> CertificateDer<'static> {
    CertificateDer::from_pem_file(data.join("keys/tls.pem")).expect("a certificate")
}

fn client(trusted: &CertificateDer<'static>, shown: Option<Shown>) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).expect("a certificate");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots);
    match shown {
        None => builder.with_no_client_auth(),
        Some((certificate, key)) => {
            builder.with_client_auth_cert(vec![certificate], key).expect("a good certificate")
        }
    }
}

/// One request over TLS; the whole answer, or what the handshake says.
fn request(address: SocketAddr, config: ClientConfig, text: &str) -> Result<String, String> {
    let name = ServerName::try_from("localhost").expect("a name");
    let connection = ClientConnection::new(Arc::new(config), name).expect("a connection");
    let stream = TcpStream::connect(address).expect("connects");
    let mut stream = StreamOwned::new(connection, stream);
    stream.write_all(text.as_bytes()).map_err(|error| error.to_string())?;
    let mut answer = Vec::new();
    match stream.read_to_end(&mut answer) {
        Err(error) if answer.is_empty() => Err(error.to_string()),
        _ => Ok(String::from_utf8_lossy(&answer).into_owned()),
    }
}

const HEALTHZ: &str = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

// Protects the first start on an open address: a certificate is made once and kept, its key is
// its owner's alone, and clear text gets no answer.
#[test]
fn a_server_makes_itself_a_certificate() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Running::start(folder.path(), |config| config.tls = Tls::On);
    let certificate = own_certificate(folder.path());
    let answer = request(server.address, client(&certificate, None), HEALTHZ).expect("answers");
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    let key = std::fs::metadata(folder.path().join("keys/tls.key")).expect("a key");
    assert_eq!(key.permissions().mode() & 0o777, 0o600);
    let mut plain = TcpStream::connect(server.address).expect("connects");
    plain.write_all(HEALTHZ.as_bytes()).expect("sent");
    let mut answer = Vec::new();
    let _ = plain.read_to_end(&mut answer);
    assert!(!String::from_utf8_lossy(&answer).contains("HTTP/1.1"));
    server.stop().expect("stops well");
    let server = Running::start(folder.path(), |config| config.tls = Tls::On);
    assert_eq!(own_certificate(folder.path()), certificate);
    server.stop().expect("stops well");
}

#[test]
fn both_versions_of_http_are_spoken() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Running::start(folder.path(), |config| config.tls = Tls::On);
    let certificate = own_certificate(folder.path());
    for protocol in [&b"h2"[..], b"http/1.1"] {
        let mut config = client(&certificate, None);
        config.alpn_protocols = vec![protocol.to_vec()];
        let name = ServerName::try_from("localhost").expect("a name");
        let connection = ClientConnection::new(Arc::new(config), name).expect("a connection");
        let stream = TcpStream::connect(server.address).expect("connects");
        let mut stream = StreamOwned::new(connection, stream);
        let hello: &[u8] = match protocol {
            // The preface and empty settings of HTTP/2 (RFC 9113, 3.4).
            b"h2" => b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0",
            _ => HEALTHZ.as_bytes(),
        };
        stream.write_all(hello).expect("sent");
        let mut begin = [0; 5];
        stream.read_exact(&mut begin).expect("answered");
        assert_eq!(stream.conn.alpn_protocol(), Some(protocol));
        // A frame of settings, or a status line.
        let expected = if protocol == b"h2" { begin[3] == 4 } else { &begin == b"HTTP/" };
        assert!(expected, "{begin:?}");
    }
    server.stop().expect("stops well");
}

// A stolen token is worth nothing without the machine's certificate, and a certificate alone is
// nobody.
#[test]
fn a_token_can_be_bound_to_a_certificate() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let (ours, foreign) = (authority(), authority());
    let ca = folder.path().join("clients.pem");
    std::fs::write(&ca, ours.pem()).expect("written");
    let server = Running::start(&data, |config| {
        config.tls = Tls::On;
        config.https.client_ca = ca;
    });
    let (node, other) = (client_of(&ours), client_of(&ours));
    let digest = Sha256::digest(&node.0);
    let certificate: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let new = NewToken {
        name: "node-7".to_owned(),
        role: Role::Emitter,
        certificate: Some(certificate),
        ..NewToken::default()
    };
    let token = Control::open(&data).expect("opens").create_token(&new).expect("made").secret;
    let body = event("e1");
    let append = format!(
        "POST /v1/events HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
         Authorization: Bearer {token}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let trusted = own_certificate(&data);
    let send = |shown: Option<Shown>| request(server.address, client(&trusted, shown), &append);
    let without = send(None).expect("answers");
    assert!(without.contains("certificate_required"), "{without}");
    let wrong = send(Some(other)).expect("answers");
    assert!(wrong.contains("certificate_required"), "{wrong}");
    let right = send(Some(node)).expect("answers");
    assert!(right.starts_with("HTTP/1.1 200") && right.contains("\"accepted\":1"), "{right}");
    let strange = send(Some(client_of(&foreign)));
    assert!(strange.as_ref().is_err(), "{strange:?}");
    server.stop().expect("stops well");
}
