//! `annals demo`: a server on a temporary folder, filled with realistic events, and a trickle that
//! keeps coming, so that a newcomer sees something alive within seconds.
//!
//! The events go in by the front door (`POST /v1/events`), as any sender's would.

mod guide;

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use annals_api::client::Client;
use annals_sample::{Generator, Options};
use annals_server::control::{Control, NewToken};
use annals_server::{Config, Role};

use crate::args::DemoArgs;
use crate::exit::{Exit, chain};
use crate::{log, output};

/// Bytes of events in one request.
const REQUEST_BYTES: usize = 1 << 20;
/// How fast events trickle in.
const TRICKLE_PER_MINUTE: u32 = 60;
/// How often the trickle is looked at.
const TRICKLE_PERIOD: Duration = Duration::from_millis(500);
/// How many days the events span.
const DAYS: u32 = 30;

/// Serves until a signal; the folder is removed at the end.
pub(crate) fn run(args: &DemoArgs) -> Result<(), Exit> {
    if !args.listen.ip().is_loopback() {
        return Err(Exit::Usage("the demo listens on loopback only".to_owned()));
    }
    log::start();
    let folder = tempfile::Builder::new()
        .prefix("annals-demo-")
        .tempdir()
        .map_err(|error| Exit::fault("cannot make a temporary folder", &error))?;
    let data = folder.path().join("data");
    let mut config = Config { data: data.clone(), listen: args.listen, ..Config::default() };
    config.region = "cn-shanghai".to_owned();
    config.stack_id = "demo".to_owned();
    let (events, is_encrypted) = (args.events, config.is_encrypted());
    super::serve::first_account(&config, None)?;
    super::serve::serve(config, move |address| {
        std::thread::spawn(move || {
            if let Err(exit) = fill(&data, address, is_encrypted, events) {
                output::hint(&format!("annals: the demo's events stopped: {}", exit.message()));
            }
        });
    })
}

/// Makes tokens, tells the newcomer what to try, sends the events and then the trickle.
fn fill(data: &Path, address: SocketAddr, is_encrypted: bool, events: u64) -> Result<(), Exit> {
    let control = Control::open(data)
        .map_err(|error| Exit::fault("cannot open the demo's folder", &error))?;
    let token = |name: &str, role| {
        let new =
            NewToken { name: name.to_owned(), role, may_be_system: true, ..NewToken::default() };
        control
            .create_token(&new)
            .map(|token| token.secret)
            .map_err(|error| Exit::fault("cannot make a token", &error))
    };
    let emitter = token("demo platform", Role::Emitter)?;
    let auditor = token("you", Role::Auditor)?;
    let unreached = "cannot reach the demo's server";
    let reach = match address.ip().is_unspecified() {
        true => format!("localhost:{}", address.port()),
        false => address.to_string(),
    };
    let url = format!("{}://{reach}", if is_encrypted { "https" } else { "http" });
    let ca = is_encrypted.then(|| data.join("keys/tls.pem"));
    let pem = ca.as_ref().map(std::fs::read).transpose();
    let pem = pem.map_err(|error| Exit::fault(unreached, &error))?;
    let client = Client::with_authorities(&url, Some(&emitter), pem.as_deref())
        .map_err(|error| Exit::fault(unreached, &error))?;

    let options = Options { seed: 1, events, days: DAYS, until: super::now(), scenarios: false };
    let mut generator = Generator::new(&options);
    let mut body = Vec::with_capacity(REQUEST_BYTES + (64 << 10));
    while let Some(line) = generator.next_line() {
        body.extend_from_slice(line.json.as_bytes());
        body.push(b'\n');
        if body.len() >= REQUEST_BYTES {
            send(&client, &mut body)?;
        }
    }
    body.extend(guide::events(super::now()));
    send(&client, &mut body)?;
    tell(&url, &auditor, events, data, ca.as_deref());

    let mut trickle = generator.into_trickle(TRICKLE_PER_MINUTE);
    loop {
        while let Some(line) = trickle.next_line(super::now()) {
            body.extend_from_slice(line.json.as_bytes());
            body.push(b'\n');
        }
        send(&client, &mut body)?;
        std::thread::sleep(TRICKLE_PERIOD);
    }
}

fn send(client: &Client, body: &mut Vec<u8>) -> Result<(), Exit> {
    if body.is_empty() {
        return Ok(());
    }
    let answer = client
        .append_ndjson(std::mem::take(body), false)
        .map_err(|error| Exit::Fault(chain(&error)))?;
    match answer.rejected.first() {
        None => Ok(()),
        Some(rejected) => {
            Err(Exit::Fault(format!("the server refused a generated event: {}", rejected.message)))
        }
    }
}

/// What to try first; a hint, so it goes to stderr.
fn tell(url: &str, auditor: &str, events: u64, data: &Path, ca: Option<&Path>) {
    let data = data.display();
    let (variable, option) = match ca.map(Path::display) {
        Some(ca) => (format!("\n  export ANNALS_CA={ca}"), format!(" --cacert {ca}")),
        None => (String::new(), String::new()),
    };
    output::hint(&format!(
        "
{events} events are in, and more trickle in.

In the browser: {url}/ — sign in as `admin` with the one-time password above, then set your own.
Or in another terminal:

  export ANNALS_TOKEN={auditor}{variable}
  annals search 'severity:high -outcome:success' --server {url} --limit 5
  curl{option} -sH \"authorization: Bearer $ANNALS_TOKEN\" '{url}/v1/events?limit=3'
  ID=$(curl{option} -sH \"authorization: Bearer $ANNALS_TOKEN\" '{url}/v1/events?limit=1' \
| grep -o '\"id\":\"[^\"]*\"' | head -1 | cut -d'\"' -f4)
  annals proof \"$ID\" --server {url} --out event.tlog-proof
  annals verify event.tlog-proof --key \"$(annals key show --data {data})\"
  annals verify --data {data}

Ctrl-C ends the demo and removes its folder.
"
    ));
}
