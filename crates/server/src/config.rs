//! The configuration: one documented struct, read from `annals.toml` and `ANNALS_…` variables.
//!
//! The doc comment of each key is the manual: `Config::reference` prints it. Every key has a
//! default, an unknown key is an error that names the nearest known one, and a variable beats
//! the file (`ANNALS_VIEWS_ENABLED` is `views.enabled`). How keys are matched to files and
//! variables is in `config/load.rs`; nothing here opens the data folder or a socket.

mod access;
mod console;
mod load;
mod outside;
mod sources;

use std::net::SocketAddr;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

pub use access::{Behaviour, Switch};
pub use load::ConfigError;
pub(crate) use outside::Target;
pub use outside::{Method, Publish, Witness};
pub use sources::{Grant, Ldap, Oidc};

/// One key as the reference prints it.
pub(crate) struct Key {
    pub(crate) name: &'static str,
    pub(crate) doc: &'static [&'static str],
}

/// Declares a section: the struct, its defaults, and its keys with their documentation.
macro_rules! section {
    ($(#[doc = $about:literal])* $name:ident {
        $($(#[doc = $doc:literal])* $key:ident : $type:ty = $default:expr,)*
    }) => {
        $(#[doc = $about])*
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct $name { $($(#[doc = $doc])* pub $key: $type,)* }

        impl Default for $name {
            fn default() -> Self {
                Self { $($key: $default,)* }
            }
        }

        impl $name {
            pub(crate) const KEYS: &'static [Key] =
                &[$(Key { name: stringify!($key), doc: &[$($doc),*] },)*];
        }
    };
}

use section;

section! {
    /// Everything the server can be told.
    Config {
        /// The data folder; made on first start. The ledger, its keys, the control database and
        /// the views live in it.
        data: PathBuf = PathBuf::from("annals-data"),
        /// Where to listen; port 0 picks a free one.
        listen: SocketAddr = SocketAddr::from(([127, 0, 0, 1], 7200)),
        /// `auto`: plain http on loopback, TLS elsewhere. `on`: TLS on loopback, too. `off`: plain
        /// http everywhere, for use behind a proxy that ends TLS; tokens and passwords travel in
        /// clear text up to it.
        tls: Tls = Tls::Auto,
        /// Region of events whose sender and token name none; empty: no default.
        region: String = String::new(),
        /// Stack of events whose sender and token name none; empty: no default, such events
        /// are rejected as `missing_stack`.
        stack_id: String = String::new(),
        /// Files with further services and operations, in the columns of the built-in
        /// catalogue.
        catalogue: Vec<PathBuf> = Vec::new(),
        /// Names of the deployments in both languages, for people:
        /// `[[stacks]]` with `region`, `id`, `en`, `zh`.
        stacks: Vec<Stack> = Vec::new(),
        /// Where each new signed checkpoint is put besides, best where the owner of this server
        /// has no say. `[[publish]]` with one of `folder`, `url` (`https://…`; `method` is `put`
        /// or `post`) or `syslog` (`tls://HOST:6514`), and, if need be, `every_seconds` (10),
        /// `name`, `ca` (a PEM file), `token_file` or `token_variable` (a bearer token).
        publish: Vec<Publish> = Vec::new(),
        /// Who is asked to cosign the checkpoints (c2sp.org/tlog-witness): `[[witness]]` with
        /// `url`, `vkey` and, if need be, `ca`.
        witness: Vec<Witness> = Vec::new(),
        /// Who may do and see what.
        access: Access = Access::default(),
        /// Other sites that vouch for people (OpenID Connect): `[[oidc]]` with `id`, `name`,
        /// `issuer`, `client_id` and `roles` (`group`, `role`, and `scope` where it is limited),
        /// and, if need be, `client_secret_file`, `ca`, `scopes`, `login_claim`
        /// (`preferred_username`), `name_claim` (`name`), `groups_claim` (`groups`).
        oidc: Vec<Oidc> = Vec::new(),
        /// The transparency log.
        log: Log = Log::default(),
        /// How events are taken in.
        ingest: Ingest = Ingest::default(),
        /// Rejected lines.
        quarantine: Quarantine = Quarantine::default(),
        /// What can be asked beyond the ledger itself.
        views: Views = Views::default(),
        /// Room on the disk.
        compaction: Compaction = Compaction::default(),
        /// Files written for whoever asks for many events at once.
        exports: Exports = Exports::default(),
        /// The daily check of everything that is kept.
        scrub: Scrub = Scrub::default(),
        /// People's accounts and their sessions.
        accounts: Accounts = Accounts::default(),
        /// A directory whose names and passwords count, too.
        ldap: Ldap = Ldap::default(),
        /// Certificates, where connections are encrypted.
        https: Https = Https::default(),
        /// The HTTP server's patience.
        http: Http = Http::default(),
        /// The console in the browser.
        console: Console = Console::default(),
    }
}

section! {
    /// Section `[access]`.
    Access {
        /// `on`: the three powers are in three hands. No account may be system-admin and
        /// security-admin, security-admin and audit-admin, or system-admin and audit-admin at
        /// once; one that is, from before, can do nothing until it is mended. `off`: the first
        /// account holds all three.
        separation: Switch = Switch::Off,
        /// How a person's behaviour is shown: `on`; `pseudonymised`, under a name that is always
        /// the same but not theirs; `off`, not at all. One's own is always shown.
        behaviour: Behaviour = Behaviour::On,
        /// Demand a reason of whoever opens the profile of somebody else. It is recorded.
        profile_reason: bool = false,
    }
}

section! {
    /// Section `[log]`.
    Log {
        /// Name of the log in its checkpoints, such as `audit.example.org/hpc`. Used when the
        /// data folder is made and never after; empty: a generated one.
        origin: String = String::new(),
        /// Serve entry bundles (`/log/tile/entries/…`) to everyone. They hold each event's
        /// core, such as time and operation, and no personal value in clear.
        public_entries: bool = false,
        /// Seconds between two requests to the witnesses, if there is a new checkpoint.
        cosign_seconds: u64 = 10,
    }
}

section! {
    /// Section `[ingest]`.
    Ingest {
        /// Bytes of expanded request bodies that may be in work at once. Beyond it requests
        /// are answered 503 and nothing of them is kept.
        in_flight_bytes_max: u64 = 256 * 1024 * 1024,
        /// Events that one token may send in a second, in the long run; 0: no limit. Beyond it
        /// requests are answered 503 `too_fast` and nothing of them is kept.
        events_per_second_max: u64 = 0,
    }
}

section! {
    /// Section `[quarantine]`.
    Quarantine {
        /// Bytes of rejected lines kept for one token until they are replayed. Once they are
        /// spent, requests with bad lines are answered 507 `quarantine_full`.
        quota_bytes: u64 = 64 * 1024 * 1024,
    }
}

section! {
    /// Section `[views]`.
    Views {
        /// `false`: ledger only. Events are taken, kept, served by id and position and proved;
        /// queries are answered 503 `views_off`.
        enabled: bool = true,
        /// Hours that the first half of an operation of two phases waits for its outcome. After
        /// that its outcome is `unknown`, until a late one corrects it.
        open_hours_max: u64 = 4,
    }
}

section! {
    /// Section `[compaction]`.
    Compaction {
        /// Rewrite each sealed segment once, behind the work and at the lowest priority, so that
        /// it takes about half the room. `annals compact` does it for a stopped server.
        enabled: bool = true,
    }
}

section! {
    /// Section `[exports]`.
    Exports {
        /// Bytes one exported file may have; a larger answer has to be asked for in parts.
        bytes_max: u64 = 64 * 1024 * 1024 * 1024,
        /// Bytes that must stay free on the disk: an export stops before it takes the last room
        /// from new events.
        free_bytes_min: u64 = 1024 * 1024 * 1024,
        /// Jobs that one token may have, ended ones included until they are removed.
        jobs_max: u64 = 100,
        /// Hours after which an ended job and its file are removed.
        keep_hours: u64 = 72,
    }
}

section! {
    /// Section `[scrub]`.
    Scrub {
        /// Seconds from the end of one check of the whole ledger to the next; 0: never.
        every_seconds: u64 = 24 * 60 * 60,
        /// Bytes of the ledger read in a second; slower is gentler to the disk.
        bytes_per_second_max: u64 = 32 * 1024 * 1024,
    }
}

section! {
    /// Section `[accounts]`.
    Accounts {
        /// The address under which browsers reach the console, such as
        /// `https://audit.example.org`, where that is not the address it listens on: behind a
        /// proxy, and for OpenID Connect. With `https` cookies are for TLS only.
        external_url: String = String::new(),
        /// Minutes without a request after which a session ends.
        idle_minutes: u64 = 30,
        /// Hours after which a session ends in any case.
        session_hours: u64 = 12,
        /// Wrong passwords or codes in a row that lock an account for a while.
        lock_after: u64 = 10,
        /// Minutes for which it is locked then.
        lock_minutes: u64 = 15,
        /// Failed tries to sign in that one address, or one name, may make in a minute.
        attempts_per_minute: u64 = 30,
    }
}

section! {
    /// Section `[https]`.
    Https {
        /// A file with the certificate and those between it and its authority, in PEM. Empty:
        /// the server makes itself one in `keys` of the data folder, which no authority vouches
        /// for.
        certificate: PathBuf = PathBuf::new(),
        /// The file with its private key, in PEM.
        key: PathBuf = PathBuf::new(),
        /// Further names and addresses in the certificate that the server makes itself.
        names: Vec<String> = Vec::new(),
        /// A file with the authorities of clients, in PEM: then emitters may show a certificate,
        /// and a token that is bound to one is good with it alone. Empty: nobody is asked.
        client_ca: PathBuf = PathBuf::new(),
    }
}

section! {
    /// Section `[http]`.
    Http {
        /// Networks of proxies that are believed whom they are called by (`X-Forwarded-For`).
        trusted_proxies: Vec<ipnet::IpNet> = Vec::new(),
        /// Connections open at once; further ones wait to be accepted.
        connections_max: usize = 1024,
        /// Seconds a client may take to send the head of a request.
        header_seconds_max: u64 = 10,
        /// Seconds a client may pause within a body.
        body_pause_seconds_max: u64 = 30,
        /// Seconds a client may take for a whole body.
        body_seconds_max: u64 = 300,
        /// Seconds that requests in work may take to finish once the server was told to stop.
        stop_seconds_max: u64 = 30,
    }
}

section! {
    /// Section `[console]`.
    Console {
        /// The path below which a proxy shows this server, such as `/audit`; empty: none. The
        /// proxy may strip it or keep it.
        base_path: String = String::new(),
        /// Origins of pages that may show `/embed` in a frame and hand it a token, such as
        /// `["https://portal.example.org"]`; empty: none.
        frame_ancestors: Vec<String> = Vec::new(),
    }
}

/// Whether connections are encrypted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tls {
    /// Plain http on loopback, TLS elsewhere.
    #[default]
    Auto,
    /// TLS everywhere.
    On,
    /// Plain http everywhere.
    Off,
}

/// Names of one deployment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stack {
    /// The region as it stands in events.
    pub region: String,
    /// The `stack_id` as it stands in events.
    pub id: String,
    /// Its name in English.
    pub en: String,
    /// Its name in Chinese.
    pub zh: String,
}

impl Config {
    /// True if connections are encrypted here.
    #[must_use]
    pub fn is_encrypted(&self) -> bool {
        match self.tls {
            Tls::Auto => !self.listen.ip().is_loopback(),
            Tls::On => true,
            Tls::Off => false,
        }
    }

    /// True if browsers come by TLS, be it ended here or in front.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.is_encrypted() || self.accounts.external_url.starts_with("https://")
    }

    /// The documented configuration file with every key at its default.
    ///
    /// # Panics
    /// Never: the defaults are plain data.
    #[must_use]
    pub fn reference() -> String {
        Self::default().print()
    }

    /// This configuration as a file: every key with its meaning and its value.
    ///
    /// # Panics
    /// Never: a configuration is plain data.
    #[must_use]
    pub fn print(&self) -> String {
        let values = toml::Table::try_from(self).expect("a configuration is plain data");
        let mut out = String::new();
        print_section(&mut out, "", &values);
        out
    }
}

/// The keys of the section at `path`; empty for what is not a section.
pub(crate) fn keys(path: &str) -> &'static [Key] {
    match path {
        "" => Config::KEYS,
        "access" => Access::KEYS,
        "log" => Log::KEYS,
        "ingest" => Ingest::KEYS,
        "quarantine" => Quarantine::KEYS,
        "views" => Views::KEYS,
        "compaction" => Compaction::KEYS,
        "exports" => Exports::KEYS,
        "scrub" => Scrub::KEYS,
        "ldap" => Ldap::KEYS,
        "accounts" => Accounts::KEYS,
        "https" => Https::KEYS,
        "http" => Http::KEYS,
        "console" => Console::KEYS,
        _ => &[],
    }
}

/// Plain keys come before sections, as TOML demands.
fn print_section(out: &mut String, path: &str, values: &toml::Table) {
    let (sections, plain): (Vec<&Key>, Vec<&Key>) =
        keys(path).iter().partition(|key| values.get(key.name).is_some_and(toml::Value::is_table));
    for key in plain {
        print_doc(out, key);
        if let Some(value) = values.get(key.name) {
            out.push_str(&format!("{} = {value}\n", key.name));
        }
        out.push('\n');
    }
    for key in sections {
        print_doc(out, key);
        out.push_str(&format!("[{}]\n", key.name));
        if let Some(toml::Value::Table(inner)) = values.get(key.name) {
            print_section(out, key.name, inner);
        }
    }
}

fn print_doc(out: &mut String, key: &Key) {
    for line in key.doc {
        out.push_str(&format!("#{line}\n"));
    }
}

#[cfg(test)]
mod tests;
