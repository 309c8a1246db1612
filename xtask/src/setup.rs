//! What a fresh Debian machine with Rust still lacks, and how it is put there.
//!
//! Packages are named here once, with the program that shows they are present. Installing needs
//! root; without it the message names the command to run. Nothing is ever upgraded or removed.

use crate::repository::Repository;
use anyhow::{Context, Result, bail, ensure};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::{Command, Stdio};

/// A Debian package, and the program by which its absence is noticed.
struct Package {
    name: &'static str,
    /// On the path; or a file by its whole path, where the package brings no program.
    program: &'static str,
    /// The path in the repository that needs it; without that path it is not installed.
    needed_by: &'static str,
}

const PACKAGES: &[Package] = &[
    Package { name: "git", program: "git", needed_by: "xtask" },
    Package { name: "gcc", program: "cc", needed_by: "crates" },
    Package { name: "g++", program: "c++", needed_by: "fuzz" },
    Package { name: "strace", program: "strace", needed_by: "crates/annals/tests/fault.rs" },
    Package { name: "slapd", program: "/usr/sbin/slapd", needed_by: "crates/server/tests/ldap.rs" },
    Package {
        name: "openssl",
        program: "/usr/bin/openssl",
        needed_by: "console/e2e/vouched.spec.ts",
    },
    Package {
        name: "postgresql",
        program: "pg_lsclusters",
        needed_by: "crates/collect/tests/postgres.rs",
    },
    Package { name: "nginx", program: "/usr/sbin/nginx", needed_by: GATEWAY },
    Package { name: "websockify", program: "websockify", needed_by: GATEWAY },
    Package { name: "munge", program: "/usr/sbin/munged", needed_by: SLURM },
    Package { name: "slurmctld", program: "/usr/sbin/slurmctld", needed_by: SLURM },
    Package { name: "slurmd", program: "/usr/sbin/slurmd", needed_by: SLURM },
    Package { name: "slurmrestd", program: "/usr/sbin/slurmrestd", needed_by: SLURM },
    Package { name: "slurm-client", program: "scontrol", needed_by: SLURM },
    Package { name: "slurm-wlm-jwt-plugin", program: SLURM_TOKENS, needed_by: SLURM },
    Package { name: "curl", program: "curl", needed_by: "crates/annals/tests/guide.rs" },
    Package { name: "python3", program: "python3", needed_by: PYTHON },
    Package { name: "nodejs", program: "node", needed_by: CONSOLE },
    Package { name: "npm", program: "npm", needed_by: CONSOLE },
    Package { name: "chromium", program: "chromium", needed_by: CONSOLE },
    Package { name: "fonts-noto-cjk", program: CHINESE_FONT, needed_by: CONSOLE },
];

/// What route files are tested against.
const GATEWAY: &str = "crates/annals/tests/gateway_live.rs";
const SLURM: &str = "crates/annals/tests/gateway_slurm.rs";
/// The plug-in itself is elsewhere on every architecture.
const SLURM_TOKENS: &str = "/usr/share/doc/slurm-wlm-jwt-plugin/copyright";
const PYTHON: &str = "clients/python/pyproject.toml";
/// Debian parts it from Python, where another Python has it; no program shows that it is there.
const VENV: Package = Package { name: "python3-venv", program: "", needed_by: PYTHON };
const CONSOLE: &str = "console/package.json";
/// The provider of OpenID Connect that crates/server/tests/oidc.rs starts.
const SIGN_IN_PROVIDER: &str = "crates/server/tests/oidc";
/// Beside what was installed: a copy of the lock file it was installed from.
const STAMP: &str = ".installed-from";
/// Without one, a browser draws Chinese as empty boxes.
const CHINESE_FONT: &str = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc";

/// The oldest Node.js that the console's tools run on, major and minor.
const NODE_MIN: (u32, u32) = (20, 19);

/// Makes sure that a C compiler is there: SQLite and zstd are compiled from source.
pub(crate) fn compilers() -> Result<()> {
    only(&["gcc"])
}

/// Makes sure that the console can be built.
pub(crate) fn node() -> Result<()> {
    only(&["nodejs", "npm"])?;
    let output = Command::new("node").arg("--version").output().context("could not run node")?;
    let version = String::from_utf8_lossy(&output.stdout);
    let (major, minor) = NODE_MIN;
    ensure!(
        node_version(&version).is_some_and(|version| version >= NODE_MIN),
        "the console needs Node.js {major}.{minor} or newer; this is {}",
        version.trim()
    );
    Ok(())
}

/// Makes sure that the Python client can be tested.
pub(crate) fn python() -> Result<()> {
    only(&["python3"])?;
    let mut asked = Command::new("python3");
    asked.args(["-c", "import ensurepip, venv"]);
    if quiet_success(asked) { Ok(()) } else { install(&[&VENV]) }
}

/// Makes sure that there is a browser to test the console in.
pub(crate) fn browser() -> Result<()> {
    only(&["chromium", "fonts-noto-cjk"])
}

fn only(names: &[&str]) -> Result<()> {
    install(&PACKAGES.iter().filter(|package| names.contains(&package.name)).collect::<Vec<_>>())
}

/// Major and minor of `v20.19.2`.
fn node_version(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.trim().strip_prefix('v')?.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// Everything `cargo xtask test` needs.
pub(crate) fn everything(repository: &Repository) -> Result<()> {
    let needed: Vec<&Package> = PACKAGES
        .iter()
        .filter(|package| repository.root().join(package.needed_by).exists())
        .collect();
    install(&needed)?;
    for component in ["rustfmt", "clippy"] {
        rust_component(repository, component)?;
    }
    node_packages(&repository.root().join(SIGN_IN_PROVIDER))?;
    cargo_deny(repository)
}

/// An npm command in a folder, without colours.
pub(crate) fn npm(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new("npm");
    command.args(args).current_dir(folder).env("NO_COLOR", "1").env_remove("FORCE_COLOR");
    command
}

/// Installs what the lock file of a folder names.
pub(crate) fn node_packages(folder: &Path) -> Result<()> {
    node()?;
    unless_installed(&folder.join("node_modules"), &folder.join("package-lock.json"), || {
        run(npm(folder, &["ci", "--no-audit", "--no-fund"]))
    })
}

/// Installs into a folder, unless that was done from the same lock file.
pub(crate) fn unless_installed(
    folder: &Path,
    lock: &Path,
    install: impl FnOnce() -> Result<()>,
) -> Result<()> {
    let wanted = std::fs::read(lock).with_context(|| format!("reading {}", lock.display()))?;
    let stamp = folder.join(STAMP);
    if std::fs::read(&stamp).is_ok_and(|found| found == wanted) {
        return Ok(());
    }
    eprintln!("installing what {} names", lock.display());
    install()?;
    std::fs::write(&stamp, wanted).with_context(|| format!("writing {}", stamp.display()))
}

/// Runs a command that has to succeed.
pub(crate) fn run(mut command: Command) -> Result<()> {
    let status = command.status().with_context(|| format!("could not run {command:?}"))?;
    ensure!(status.success(), "{command:?} failed; the reason stands above");
    Ok(())
}

fn install(packages: &[&Package]) -> Result<()> {
    let missing: Vec<&str> = packages
        .iter()
        .filter(|package| !on_path(package.program))
        .map(|package| package.name)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let names = missing.join(" ");
    if !is_root() {
        bail!("missing packages; run `apt-get install {names}` as root and try again");
    }
    eprintln!("installing {names}");
    apt_get(&["update", "--quiet"])?;
    let mut args = vec!["install", "--yes", "--quiet", "--no-install-recommends"];
    args.extend(missing);
    apt_get(&args)
}

fn apt_get(args: &[&str]) -> Result<()> {
    let status = Command::new("apt-get")
        .args(args)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .status()
        .context("could not run apt-get; install the packages by hand")?;
    ensure!(status.success(), "apt-get {} failed", args.join(" "));
    Ok(())
}

/// `rustfmt` and `clippy` come with most toolchains; a minimal one gets them through rustup.
fn rust_component(repository: &Repository, name: &str) -> Result<()> {
    let subcommand = if name == "rustfmt" { "fmt" } else { name };
    if quiet_success(repository.cargo(&[subcommand, "--version"])) {
        return Ok(());
    }
    eprintln!("installing {name}");
    let status = Command::new("rustup")
        .args(["component", "add", name])
        .status()
        .with_context(|| format!("{name} is missing, and so is rustup; install either"))?;
    ensure!(status.success(), "rustup could not add {name}");
    Ok(())
}

/// The licence and dependency check. The unoptimised build is quick enough to run and takes a
/// fraction of the time to compile.
fn cargo_deny(repository: &Repository) -> Result<()> {
    if quiet_success(repository.cargo(&["deny", "--version"])) {
        return Ok(());
    }
    eprintln!("installing cargo-deny; once, some minutes");
    let status = repository
        .cargo(&["install", "--locked", "--debug", "cargo-deny"])
        .status()
        .context("could not run cargo")?;
    ensure!(status.success(), "cargo install cargo-deny failed; its errors stand above");
    Ok(())
}

fn quiet_success(mut command: Command) -> bool {
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}

fn on_path(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// The owner of /proc/self is the user this process acts as.
fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A newer major with a smaller minor is newer.
    #[test]
    fn versions_of_node_are_compared() {
        let check = |text: &str, expected: Option<bool>| {
            assert_eq!(node_version(text).map(|version| version >= NODE_MIN), expected, "{text}");
        };
        check("v20.19.0\n", Some(true));
        check("v22.4.1\n", Some(true));
        check("v20.9.0\n", Some(false));
        check("v18.20.4\n", Some(false));
        check("not found", None);
    }
}
