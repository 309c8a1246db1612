//! Checkpoints on their way to places that the ledger's owner may not control, over real TLS on
//! loopback with an authority of the test's own.

mod running;

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use annals_api::wire::status::Status;
use annals_ledger::LedgerReader;
use annals_proof::{SignedCheckpoint, notes_in};
use annals_server::config::Publish;
use annals_server::{Config, Role, fetch};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use running::{Running, event, token};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// More than enough for what takes a round of a second.
const DEADLINE: Duration = Duration::from_secs(60);

/// An authority, in a file, and the servers it vouches for.
struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    file: PathBuf,
}

impl Authority {
    fn new(folder: &Path, name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).expect("parameters");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let issuer = CertifiedIssuer::self_signed(params, key).expect("signs itself");
        let file = folder.join(name);
        std::fs::write(&file, issuer.pem()).expect("written");
        Self { issuer, file }
    }

    /// How a server on `localhost` proves itself.
    fn server(&self) -> Arc<ServerConfig> {
        let key = KeyPair::generate().expect("a key");
        let params = CertificateParams::new(vec!["localhost".to_owned()]).expect("parameters");
        let certificate = params.signed_by(&key, &self.issuer).expect("signed");
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .expect("a good certificate");
        Arc::new(config)
    }
}

type Received = Arc<Mutex<Vec<String>>>;

/// A TLS server that keeps what each connection says; `until` says when it has said all, and what
/// to answer.
fn listen(authority: &Authority, until: fn(&str) -> Option<String>) -> (u16, Received) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("bound");
    let port = listener.local_addr().expect("an address").port();
    let (config, received) = (authority.server(), Received::default());
    let kept = received.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let connection = ServerConnection::new(config.clone()).expect("a connection");
            let mut stream = StreamOwned::new(connection, stream.expect("accepted"));
            let (mut said, mut part) = (Vec::new(), [0; 4096]);
            let answer = loop {
                match stream.read(&mut part) {
                    Ok(0) | Err(_) => break None,
                    Ok(count) => said.extend_from_slice(&part[..count]),
                }
                if let Some(answer) = until(&String::from_utf8_lossy(&said)) {
                    break Some(answer);
                }
            };
            kept.lock().expect("kept").push(String::from_utf8(said).expect("UTF-8"));
            if let Some(answer) = answer {
                let _ = stream.write_all(answer.as_bytes());
                stream.conn.send_close_notify();
                let _ = stream.flush();
            }
        }
    });
    (port, received)
}

/// A request is over when its body is as long as it says.
fn http(said: &str) -> Option<String> {
    let (head, body) = said.split_once("\r\n\r\n")?;
    let length = |line: &str| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok();
    let length: usize = head.lines().find_map(length).unwrap_or(0);
    (body.len() >= length).then(|| match head.starts_with("GET") {
        true => "HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nnotes\n".to_owned(),
        false => "HTTP/1.1 204 No Content\r\n\r\n".to_owned(),
    })
}

/// A message is over when the sender closes.
fn syslog(_: &str) -> Option<String> {
    None
}

fn place(change: impl FnOnce(&mut Publish)) -> Publish {
    let mut place: Publish = toml::from_str("every_seconds = 1").expect("a place");
    change(&mut place);
    place
}

fn wait(what: &str, so: impl Fn() -> bool) {
    let started = Instant::now();
    while !so() {
        assert!(started.elapsed() < DEADLINE, "in vain: {what}");
        std::thread::yield_now();
    }
}

fn status(server: &Running, token: &str) -> Status {
    server.client(Some(token)).status().expect("a status")
}

fn published(folder: &Path) -> Vec<String> {
    let mut notes = Vec::new();
    for log in std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("one").path())
    {
        for file in std::fs::read_dir(log).expect("a folder") {
            let path = file.expect("one").path();
            if path.extension().is_some_and(|extension| extension == "checkpoint") {
                notes.push(std::fs::read_to_string(path).expect("a note"));
            }
        }
    }
    notes
}

/// The sizes under these notes, each signed by the folder's log.
fn sizes(data: &Path, notes: &[String]) -> Vec<u64> {
    let keys = LedgerReader::open(data).expect("opens").verifiers();
    let size = |note: &String| SignedCheckpoint::verify(note, &keys).expect("signed").checkpoint;
    notes.iter().map(|note| size(note).size.0).collect()
}

// Each place gets the newest checkpoint while the server runs and the last one at its stop, with
// the token that was configured and nothing of it anywhere else.
#[test]
fn each_place_gets_each_checkpoint() {
    let dir = tempfile::tempdir().expect("a folder");
    let (data, folder) = (dir.path().join("data"), dir.path().join("other disk"));
    std::fs::create_dir(&folder).expect("made");
    let authority = Authority::new(dir.path(), "ca.pem");
    let (web, requests) = listen(&authority, http);
    let (logs, messages) = listen(&authority, syslog);
    let secret = dir.path().join("token");
    std::fs::write(&secret, "s3cret\n").expect("written");
    let configure = |config: &mut Config| {
        let ca = Some(authority.file.clone());
        config.publish = vec![
            place(|place| place.folder = Some(folder.clone())),
            place(|place| {
                place.url = Some(format!("https://localhost:{web}/annals?x=1"));
                (place.ca, place.token_file) = (ca.clone(), Some(secret.clone()));
            }),
            place(|place| {
                place.syslog = Some(format!("tls://localhost:{logs}"));
                (place.ca, place.name) = (ca.clone(), Some("central".to_owned()));
            }),
        ];
    };
    let server = Running::start(&data, configure);
    let operator = token(&data, Role::SystemAdmin);
    let emitter = server.client(Some(&token(&data, Role::Emitter)));
    let answer = emitter.append_ndjson(event("e1").into_bytes(), false).expect("taken");
    let size = answer.last_index.expect("kept") + 1;
    wait("all places hold the event", || {
        status(&server, &operator).places.iter().all(|place| place.size >= size)
    });
    let places = status(&server, &operator).places;
    let names: Vec<&str> = places.iter().map(|place| place.name.as_str()).collect();
    let url = format!("https://localhost:{web}/annals");
    assert_eq!(names, [folder.to_str().expect("a path"), &url, "central"]);
    assert!(places.iter().all(|place| place.error.is_none() && place.failures == 0), "{places:?}");
    server.stop().expect("stops well");

    let last = LedgerReader::open(&data).expect("opens").head().size.0;
    let in_folder = sizes(&data, &published(&folder));
    assert!(in_folder.contains(&last) && in_folder.iter().any(|one| *one < last), "{in_folder:?}");
    let requests = requests.lock().expect("kept");
    let head = requests[0].split_once("\r\n\r\n").expect("a head").0.to_lowercase();
    assert!(head.starts_with("put /annals?x=1 http/1.1\r\n"), "{head}");
    assert!(head.contains("authorization: bearer s3cret"), "{head}");
    let bodies: Vec<String> = requests
        .iter()
        .map(|all| all.split_once("\r\n\r\n").expect("a body").1.to_owned())
        .collect();
    assert_eq!(sizes(&data, &bodies).last(), Some(&last));
    let messages = messages.lock().expect("kept");
    for message in messages.iter() {
        let (count, rest) = message.split_once(' ').expect("a count");
        assert_eq!(count.parse(), Ok(rest.len()));
        assert!(rest.starts_with("<109>1 20") && !rest.contains('\n'), "{rest}");
    }
    let notes = notes_in(&messages.join("\n")).expect("whole lines");
    assert_eq!(sizes(&data, &notes).last(), Some(&last));
}

// A place that cannot be reached holds up no other, says so, and gets what it missed.
#[test]
fn a_place_that_fails_comes_back() {
    let dir = tempfile::tempdir().expect("a folder");
    let (data, there, away) = (dir.path().join("data"), dir.path().join("a"), dir.path().join("b"));
    std::fs::create_dir(&there).expect("made");
    let ours = Authority::new(dir.path(), "ours.pem");
    let theirs = Authority::new(dir.path(), "theirs.pem");
    let (web, requests) = listen(&theirs, http);
    let server = Running::start(&data, |config| {
        config.publish = vec![
            place(|place| place.folder = Some(away.clone())),
            place(|place| {
                place.url = Some(format!("https://localhost:{web}/"));
                place.ca = Some(ours.file.clone());
            }),
            place(|place| place.folder = Some(there.clone())),
        ];
    });
    let operator = token(&data, Role::SystemAdmin);
    wait("one arrives, two fail", || {
        let places = status(&server, &operator).places;
        places[2].size > 0 && places[..2].iter().all(|place| place.failures > 0)
    });
    let places = status(&server, &operator).places;
    let error = |place: usize| places[place].error.clone().expect("an error");
    assert!(error(0).contains("is it mounted"), "{places:?}");
    assert!(error(1).contains("certificate"), "an authority that nobody named: {places:?}");
    assert_eq!((places[0].size, places[1].size), (0, 0));
    let metrics = metrics(&server, &operator);
    let away_ = away.display();
    assert!(
        metrics.contains(&format!("annals_publish_failing{{name=\"{away_}\"}} 1")),
        "{metrics}"
    );

    std::fs::create_dir(&away).expect("made");
    wait("it came back", || status(&server, &operator).places[0].error.is_none());
    server.stop().expect("stops well");
    assert!(!sizes(&data, &published(&away)).is_empty());
    assert!(requests.lock().expect("kept").iter().all(String::is_empty), "it said nothing");
}

fn metrics(server: &Running, token: &str) -> String {
    let mut stream = std::net::TcpStream::connect(server.address).expect("connects");
    let request = format!(
        "GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("answered");
    answer
}

// Reading back over TLS trusts the file of authorities and nobody else.
#[test]
fn notes_are_fetched_from_whom_is_trusted() {
    let dir = tempfile::tempdir().expect("a folder");
    let (ours, theirs) =
        (Authority::new(dir.path(), "ours.pem"), Authority::new(dir.path(), "theirs.pem"));
    let (port, _) = listen(&ours, http);
    let url = format!("https://localhost:{port}/");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let fetched = runtime.block_on(fetch(&url, Some(&ours.file)));
    assert_eq!(fetched.expect("trusted"), "notes\n");
    assert!(runtime.block_on(fetch(&url, Some(&theirs.file))).is_err());
    assert!(runtime.block_on(fetch("ftp://localhost/", None)).is_err());
}

// What cannot work is refused before anything is served.
#[test]
fn places_that_make_no_sense_are_refused() {
    let check = |text: &str, expected: &str| {
        let dir = tempfile::tempdir().expect("a folder");
        let mut config: Config = toml::from_str(text).expect("a configuration");
        config.data = dir.path().join("data");
        config.listen.set_port(0);
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let refused = runtime.block_on(annals_server::serve(config, |_| {}, async {}));
        let refused = refused.expect_err("refused");
        assert!(refused.is_configuration(), "{refused:?}");
        let all = format!("{refused:?}");
        assert!(all.contains(expected), "{text}: {all}");
    };
    check("[[publish]]", "NotOnePlace");
    check("[[publish]]\nfolder = '/a'\nurl = 'https://b/'", "NotOnePlace");
    check("[[publish]]\nurl = 'b.example/c'", "Address");
    check("[[publish]]\nurl = 'https://me:secret@b.example/'", "Address");
    check("[[publish]]\nurl = 'http://b.example/'\ntoken_variable = 'X'", "clear text");
    check("[[publish]]\nsyslog = 'udp://b.example:514'", "Address");
    check("[[publish]]\nsyslog = 'tls://b.example'\nca = '/nowhere.pem'", "Authorities");
    check("[[witness]]\nurl = 'https://w.example'\nvkey = 'x'", "Vkey");
}
