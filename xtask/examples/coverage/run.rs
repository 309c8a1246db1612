//! One run: a server on a new folder, the platform, everything that its users do, and then the
//! question what arrived.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use annals_api::client::Client;
use annals_api::wire::page::{Asked, PageQuery};
use annals_map::route::Routes;
use annals_record::Catalogue;
use anyhow::{Context as _, Result, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::event::Event;
use crate::judge::Judged;
use crate::program::{Program, said_by};

/// How long what was recorded may take to arrive.
const PATIENCE: Duration = Duration::from_secs(30);
/// Between two questions.
const PAUSE: Duration = Duration::from_millis(250);
/// Passwords of first accounts; the folder is new and on loopback.
const ADMIN_PASSWORD: &str = "coverage-Passw0rd-27";
const LOOPBACK: &str = "127.0.0.1:0";

/// A way in which the platform's operations are recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// By a gateway in front of it, with its route file.
    Gateway,
    /// By the platform itself.
    Sdk,
}

impl Way {
    pub(crate) const ALL: [Self; 2] = [Self::Gateway, Self::Sdk];

    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Gateway => "gateway",
            Self::Sdk => "sdk",
        }
    }
}

/// Where the programs are, and the route file.
#[derive(Debug)]
pub(crate) struct Programs {
    annals: PathBuf,
    platform: PathBuf,
    routes: PathBuf,
}

impl Programs {
    pub(crate) fn new(folder: &Path, routes: PathBuf) -> Self {
        Self { annals: folder.join("annals"), platform: folder.join("annals-platform"), routes }
    }

    fn serve(&self, data: &Path) -> Result<Program> {
        let mut serve = Command::new(&self.annals);
        serve.args(["serve", "--listen", LOOPBACK, "--data"]).arg(data);
        Program::start(quiet(&mut serve).env("ANNALS_ADMIN_PASSWORD", ADMIN_PASSWORD))
    }

    fn token(&self, data: &Path, role: &str, more: &[&str]) -> Result<String> {
        let mut command = Command::new(&self.annals);
        command.args(["token", "create", "--role", role, "--name", role, "--data"]).arg(data);
        said_by(command.args(more))
    }

    fn platform(&self) -> Command {
        let mut command = Command::new(&self.platform);
        quiet(&mut command).env("PLATFORM_ADMIN_PASSWORD", ADMIN_PASSWORD);
        command
    }

    /// Mutating routes of the platform that the route file does not know.
    pub(crate) fn uncovered(&self, catalogue: &Catalogue) -> Result<Vec<String>> {
        let text = std::fs::read_to_string(&self.routes)
            .with_context(|| format!("reading {}", self.routes.display()))?;
        let routes = Routes::parse(&text, catalogue)?;
        let served = said_by(self.platform().arg("routes"))?;
        Ok(routes.uncovered(served.lines().filter_map(|line| line.split_once(' '))))
    }
}

/// The platform, and what stands in front of it.
struct Recorded {
    platform: Program,
    gateway: Option<Program>,
}

impl Recorded {
    fn start(
        way: Way,
        programs: &Programs,
        scratch: &Path,
        server: &str,
        token: &str,
    ) -> Result<Self> {
        let spool = scratch.join(format!("{}-spool", way.word()));
        let mut serve = programs.platform();
        serve.args(["serve", "--listen", LOOPBACK]);
        if way == Way::Sdk {
            serve.args(["--audit", server]).arg("--spool").arg(spool).env("ANNALS_TOKEN", token);
            return Ok(Self { platform: Program::start(&mut serve)?, gateway: None });
        }
        let platform = Program::start(serve.args(["--trusted-proxy", "127.0.0.1/32"]))?;
        // The account by which the gateway asks for itself.
        let authorization = STANDARD.encode(format!("admin:{ADMIN_PASSWORD}"));
        std::fs::write(scratch.join("authorization"), format!("Basic {authorization}"))?;
        let text = format!(
            "listen = \"{LOOPBACK}\"\nupstream = \"{}\"\nroutes = {:?}\nspool = {spool:?}\n\
             [server]\nurl = \"{server}\"\n\
             [platform]\nauthorization_file = \"authorization\"\n\
             [users.session]\ntoken = \"/token\"\n",
            platform.url, programs.routes,
        );
        let config = scratch.join("gateway.toml");
        std::fs::write(&config, text)?;
        let mut gateway = Command::new(&programs.annals);
        gateway.args(["gateway", "--config"]).arg(config).env("ANNALS_TOKEN", token);
        Ok(Self { platform, gateway: Some(Program::start(quiet(&mut gateway))?) })
    }

    /// Where its users find it.
    fn url(&self) -> &str {
        &self.gateway.as_ref().unwrap_or(&self.platform).url
    }

    /// What was recorded is sent before this ends.
    fn stop(self) -> Result<()> {
        let Self { platform, gateway } = self;
        gateway.map(Program::stop).transpose()?;
        platform.stop()
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
    let server = programs.serve(data)?;
    let place = ["--region", "cn-north", "--stack-id", "stack-1"];
    let emitter = programs.token(data, "emitter", &[&place[..], &["--may-be-system"]].concat())?;
    let reader = programs.token(data, "auditor", &[])?;
    let recorded = Recorded::start(way, programs, scratch, &server.url, &emitter)?;
    said_by(programs.platform().args(["drive", "--base", recorded.url()]))?;
    let client = Client::new(&server.url, Some(&reader))?;
    wait(&client, catalogue)?;
    recorded.stop()?;
    let judged = Judged::new(catalogue, &events(&client)?);
    server.stop()?;
    said_by(Command::new(&programs.annals).args(["verify", "--data"]).arg(data))?;
    Ok(judged)
}

/// Only what goes wrong is told.
fn quiet(command: &mut Command) -> &mut Command {
    command.env("RUST_LOG", "warn").env("ANNALS_LOG_FILTER", "warn")
}

/// Waits until nothing is missing, or patience ends.
fn wait(client: &Client, catalogue: &Catalogue) -> Result<()> {
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline && !Judged::new(catalogue, &events(client)?).is_done() {
        std::thread::sleep(PAUSE);
    }
    Ok(())
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
