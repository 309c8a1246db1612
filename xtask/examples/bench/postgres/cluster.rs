//! A PostgreSQL cluster of our own: made for one measurement, reached by a socket in a private
//! folder, stopped and removed when dropped.
//!
//! PostgreSQL refuses to run as root; then the user `postgres` of the Debian package runs it.

use anyhow::{Context, Result, ensure};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

/// Where the Debian packages put a folder for each version.
const VERSIONS: &str = "/usr/lib/postgresql";
const USER: &str = "postgres";
/// More memory and rarer checkpoints than the defaults give; durability stays at its default.
const SETTINGS: &str = "-c listen_addresses='' -c fsync=on -c synchronous_commit=on \
    -c shared_buffers=1GB -c max_wal_size=8GB -c checkpoint_timeout=15min";

/// A running cluster.
#[derive(Debug)]
pub(crate) struct Cluster {
    programs: PathBuf,
    /// Holds `data`.
    folder: TempDir,
    /// Apart from the data, because the path of a socket may have 107 bytes only.
    socket: TempDir,
    pub(crate) version: String,
}

impl Cluster {
    /// Makes and starts a cluster below `scratch`; `None` if PostgreSQL is not installed.
    pub(crate) fn start(scratch: &Path) -> Result<Option<Self>> {
        let Some(programs) = programs() else { return Ok(None) };
        let folder = tempfile::tempdir_in(std::path::absolute(scratch)?)?;
        let socket = tempfile::tempdir()?;
        if is_root()? {
            done(Command::new("chown").arg(USER).args([folder.path(), socket.path()]))?;
        }
        let version = done(Command::new(programs.join("postgres")).arg("--version"))?;
        // `postgres (PostgreSQL) 15.18 (Debian …)`
        let version = format!("PostgreSQL {}", version.split(' ').nth(2).unwrap_or("?").trim());
        let cluster = Self { programs, folder, socket, version };
        let data = cluster.folder.path().join("data");
        let mut initdb = cluster.program("initdb")?;
        initdb.args(["--auth=trust", "--locale=C", "--encoding=UTF8", "--username", USER]);
        done(initdb.arg("--pgdata").arg(&data))?;
        let settings = format!("-k {} {SETTINGS}", cluster.socket.path().display());
        let mut start = cluster.program("pg_ctl")?;
        start.args(["start", "--wait", "--silent", "--options", &settings, "--pgdata"]).arg(&data);
        done(start.arg("--log").arg(cluster.folder.path().join("log")))?;
        Ok(Some(cluster))
    }

    /// Runs statements and answers what they print.
    pub(crate) fn ask(&self, statements: &str) -> Result<String> {
        done(self.psql().args(["--tuples-only", "--command", statements]))
    }

    /// A session that reads statements from its stdin and fails at the first error.
    pub(crate) fn session(&self) -> Result<Child> {
        let mut psql = self.psql();
        psql.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().context("could not start psql")
    }

    /// The client, to be given what to do.
    pub(crate) fn psql(&self) -> Command {
        let mut psql = Command::new(self.programs.join("psql"));
        psql.args(["--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", "--username", USER]);
        psql.args(["--dbname", "postgres", "--host"]).arg(self.socket.path());
        psql
    }

    /// A program of the server, run by a user who may.
    fn program(&self, name: &str) -> Result<Command> {
        let program = self.programs.join(name);
        let mut command = if is_root()? {
            let mut command = Command::new("runuser");
            command.args(["-u", USER, "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        // Whose home or working folder is closed to that user would only cause warnings.
        command.current_dir("/");
        Ok(command)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // Its data are removed next, so nothing is lost by not waiting for them to be written.
        if let Ok(mut stop) = self.program("pg_ctl") {
            stop.args(["stop", "--silent", "--mode=immediate", "--pgdata"]);
            let _ = done(stop.arg(self.folder.path().join("data")));
        }
    }
}

/// The programs of the newest version that has a server.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir(VERSIONS).ok()?.flatten();
    let number = |folder: &PathBuf| folder.file_name()?.to_str()?.parse::<u32>().ok();
    let installed = versions.map(|version| version.path());
    let newest = installed.filter(|path| path.join("bin/initdb").exists()).max_by_key(number)?;
    Some(newest.join("bin"))
}

fn is_root() -> Result<bool> {
    Ok(std::fs::metadata("/proc/self")?.uid() == 0)
}

/// Runs a command to its end and answers what it printed.
fn done(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("could not run {command:?}"))?;
    let message = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{:?}: {}", command.get_program(), message.trim());
    Ok(String::from_utf8(output.stdout)?)
}
