//! One run: a server on a new folder, the platform, everything that its users do, and then the
//! question what arrived.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use annals_api::client::Client;
use annals_api::wire::page::{Asked, PageQuery};
use annals_record::Catalogue;
use anyhow::{Result, bail};

use crate::event::Event;
use crate::judge::Judged;
use crate::program::{Program, said_by};

/// How long what was recorded may take to arrive.
const PATIENCE: Duration = Duration::from_secs(30);
/// Between two questions.
const PAUSE: Duration = Duration::from_millis(250);
/// Passwords of first accounts; the folder is new and on loopback.
const ADMIN_PASSWORD: &str = "coverage-Passw0rd-27";

/// A way in which the platform's operations are recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Sdk,
}

impl Way {
    pub(crate) const ALL: [Self; 1] = [Self::Sdk];

    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Sdk => "sdk",
        }
    }
}

/// Where the programs are.
#[derive(Debug)]
pub(crate) struct Programs {
    annals: PathBuf,
    platform: PathBuf,
}

impl Programs {
    pub(crate) fn in_folder(folder: &Path) -> Self {
        Self { annals: folder.join("annals"), platform: folder.join("annals-platform") }
    }

    fn token(&self, data: &Path, role: &str, more: &[&str]) -> Result<String> {
        let mut command = Command::new(&self.annals);
        command.args(["token", "create", "--role", role, "--name", role, "--data"]).arg(data);
        said_by(command.args(more))
    }
}

/// Records in one way, leaves the data in `data`, and judges it.
pub(crate) fn run(
    way: Way,
    programs: &Programs,
    data: &Path,
    scratch: &Path,
    catalogue: &Catalogue,
) -> Result<Judged> {
    std::fs::create_dir_all(data)?;
    let mut serve = Command::new(&programs.annals);
    serve.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(data);
    let server = Program::start(quiet(&mut serve).env("ANNALS_ADMIN_PASSWORD", ADMIN_PASSWORD))?;
    let place = ["--region", "cn-north", "--stack-id", "stack-1"];
    let emitter = programs.token(data, "emitter", &[&place[..], &["--may-be-system"]].concat())?;
    let reader = programs.token(data, "auditor", &[])?;
    let mut serve = Command::new(&programs.platform);
    serve.args(["serve", "--listen", "127.0.0.1:0"]).env("PLATFORM_ADMIN_PASSWORD", ADMIN_PASSWORD);
    match way {
        Way::Sdk => {
            let spool = scratch.join(format!("{}-spool", way.word()));
            serve.args(["--audit", &server.url]).arg("--spool").arg(spool);
            serve.env("ANNALS_TOKEN", emitter);
        }
    }
    let platform = Program::start(quiet(&mut serve))?;
    let mut drive = Command::new(&programs.platform);
    drive.args(["drive", "--base", &platform.url]).env("PLATFORM_ADMIN_PASSWORD", ADMIN_PASSWORD);
    said_by(&mut drive)?;
    // It sends what it has kept before it ends.
    platform.stop()?;
    let client = Client::new(&server.url, Some(&reader))?;
    let judged = settled(&client, catalogue)?;
    server.stop()?;
    said_by(Command::new(&programs.annals).args(["verify", "--data"]).arg(data))?;
    Ok(judged)
}

/// Only what goes wrong is told.
fn quiet(command: &mut Command) -> &mut Command {
    command.env("RUST_LOG", "warn")
}

/// Asks until nothing is missing or patience ends.
fn settled(client: &Client, catalogue: &Catalogue) -> Result<Judged> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let judged = Judged::new(catalogue, &events(client)?);
        if judged.is_done() || Instant::now() > deadline {
            return Ok(judged);
        }
        std::thread::sleep(PAUSE);
    }
}

/// All that arrived, but for what the log says of itself.
fn events(client: &Client) -> Result<Vec<Event>> {
    let asked = Asked { q: Some("-service:audit-log".to_owned()), ..Asked::default() };
    let mut query = PageQuery { asked, limit: Some(1_000), ..PageQuery::default() };
    let mut events = Vec::new();
    loop {
        let page = client.page(&query)?;
        if page.partial {
            bail!("the server did not look at everything: {:?}", page.reason);
        }
        for event in &page.events {
            events.push(Event(serde_json::from_str(event.get())?));
        }
        match page.next {
            Some(next) => query.cursor = Some(next),
            None => return Ok(events),
        }
    }
}
