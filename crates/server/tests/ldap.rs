//! Signing in by a directory: a real slapd on loopback, reached by TLS alone (from the first byte,
//! or by StartTLS), and a server that asks it; groups that name their members, and entries that
//! name their groups (`memberOf`, as in Active Directory).

mod running;

use std::collections::HashSet;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use annals_api::wire::problem::Problem;
use annals_server::Role;
use annals_server::config::{Grant, Ldap};
use ldap3::{LdapConnAsync, LdapConnSettings};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use running::{Browser, Running};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use serde_json::{Value, json};

/// More than enough for a process to begin to listen.
const DEADLINE: Duration = Duration::from_secs(60);
const SEARCH_PASSWORD: &str = "the-search-password";

/// A directory that runs as long as this lives.
struct Slapd {
    process: Child,
    url: String,
    ca: PathBuf,
    password_file: PathBuf,
}

impl Slapd {
    fn start(folder: &Path) -> Self {
        Self::speaking(folder, "ldaps", true)
    }

    /// One that speaks `scheme`, and has a certificate or none.
    fn speaking(folder: &Path, scheme: &str, has_certificate: bool) -> Self {
        let ca = certificates(folder);
        let configuration = folder.join("slapd.conf");
        std::fs::create_dir(folder.join("db")).expect("a folder");
        let text = configuration_of(folder, has_certificate);
        std::fs::write(&configuration, text).expect("written");
        let entries = folder.join("entries.ldif");
        std::fs::write(&entries, ENTRIES).expect("written");
        let loaded = Command::new("/usr/sbin/slapadd")
            .arg("-f")
            .args([&configuration, Path::new("-l"), &entries])
            .output()
            .expect("slapadd runs");
        assert!(loaded.status.success(), "{}", String::from_utf8_lossy(&loaded.stderr));
        let free = TcpListener::bind("127.0.0.1:0").expect("bound");
        let port = free.local_addr().expect("an address").port();
        drop(free);
        let log = std::fs::File::create(folder.join("slapd.log")).expect("made");
        let process = Command::new("/usr/sbin/slapd")
            .args(["-d", "0", "-h", &format!("{scheme}://127.0.0.1:{port}"), "-f"])
            .arg(&configuration)
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("slapd runs");
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(begun.elapsed() < DEADLINE, "slapd does not listen");
            std::thread::yield_now();
        }
        let password_file = folder.join("search-password");
        std::fs::write(&password_file, format!("{SEARCH_PASSWORD}\n")).expect("written");
        let url = format!("{scheme}://localhost:{port}");
        Self { process, url, ca, password_file }
    }

    /// Adds a group as an administrator of the directory does, so that its overlay sees it.
    fn add_group(&self, name: &str, member: &str) {
        let text = std::fs::read(&self.ca).expect("read");
        let mut roots = RootCertStore::empty();
        for authority in CertificateDer::pem_slice_iter(&text) {
            roots.add(authority.expect("PEM")).expect("a certificate");
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_root_certificates(roots)
            .with_no_client_auth();
        let settings = LdapConnSettings::new()
            .set_starttls(self.url.starts_with("ldap://"))
            .set_config(Arc::new(tls));
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(async {
            let (connection, mut ldap) =
                LdapConnAsync::with_settings(settings, &self.url).await.expect("connects");
            ldap3::drive!(connection);
            let bound = ldap.simple_bind("cn=root,dc=example", SEARCH_PASSWORD).await;
            bound.and_then(|bound| bound.success()).expect("bound");
            let one = |text: &str| HashSet::from([text.to_owned()]);
            let attributes = vec![
                ("objectClass".to_owned(), one("groupOfNames")),
                ("cn".to_owned(), one(name)),
                ("member".to_owned(), one(member)),
            ];
            let dn = format!("cn={name},ou=groups,dc=example");
            let added = ldap.add(&dn, attributes).await;
            added.and_then(|added| added.success()).expect("added");
        });
    }
}

impl Drop for Slapd {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// An authority in a file, and what the directory shows.
fn certificates(folder: &Path) -> PathBuf {
    let mut params = CertificateParams::new(Vec::new()).expect("parameters");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key"));
    let issuer = issuer.expect("signs itself");
    let key = KeyPair::generate().expect("a key");
    let params = CertificateParams::new(vec!["localhost".to_owned()]).expect("parameters");
    let certificate = params.signed_by(&key, &issuer).expect("signed");
    let ca = folder.join("ca.pem");
    std::fs::write(&ca, issuer.pem()).expect("written");
    std::fs::write(folder.join("ldap.pem"), certificate.pem()).expect("written");
    std::fs::write(folder.join("ldap.key"), key.serialize_pem()).expect("written");
    ca
}

fn configuration_of(folder: &Path, has_certificate: bool) -> String {
    let folder = folder.display();
    let tls = match has_certificate {
        false => String::new(),
        true => format!(
            "TLSCACertificateFile {folder}/ca.pem\n\
             TLSCertificateFile {folder}/ldap.pem\n\
             TLSCertificateKeyFile {folder}/ldap.key\n\
             security tls=1\n"
        ),
    };
    format!(
        "include /etc/ldap/schema/core.schema\n\
         include /etc/ldap/schema/cosine.schema\n\
         include /etc/ldap/schema/inetorgperson.schema\n\
         moduleload /usr/lib/ldap/back_mdb\n\
         moduleload /usr/lib/ldap/memberof\n\
         pidfile {folder}/slapd.pid\n\
         {tls}\
         database mdb\n\
         suffix dc=example\n\
         directory {folder}/db\n\
         rootdn cn=root,dc=example\n\
         rootpw {SEARCH_PASSWORD}\n\
         access to attrs=userPassword by anonymous auth by * none\n\
         access to * by dn.exact=cn=search,dc=example read by * none\n\
         overlay memberof\n\
         memberof-group-oc groupOfNames\n"
    )
}

/// A searching account, three people and two groups.
const ENTRIES: &str = "\
dn: dc=example
objectClass: domain
dc: example

dn: cn=search,dc=example
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: search
userPassword: the-search-password

dn: ou=people,dc=example
objectClass: organizationalUnit
ou: people

dn: uid=wang5,ou=people,dc=example
objectClass: inetOrgPerson
uid: wang5
cn: Wang Wu
sn: Wang
userPassword: password-of-wang5

dn: uid=zhao6,ou=people,dc=example
objectClass: inetOrgPerson
uid: zhao6
cn: Zhao Liu
sn: Zhao
userPassword: password-of-zhao6

dn: uid=admin,ou=people,dc=example
objectClass: inetOrgPerson
uid: admin
cn: Somebody Else
sn: Else
userPassword: password-of-admin

dn: ou=groups,dc=example
objectClass: organizationalUnit
ou: groups

dn: cn=auditors,ou=groups,dc=example
objectClass: groupOfNames
cn: auditors
member: uid=wang5,ou=people,dc=example
member: uid=admin,ou=people,dc=example
";

fn server(folder: &Path, slapd: &Slapd) -> Running {
    server_with(folder, slapd, |_| {})
}

fn server_with(folder: &Path, slapd: &Slapd, change: impl FnOnce(&mut Ldap)) -> Running {
    let grant = Grant {
        group: "cn=Auditors,ou=groups,dc=example".to_owned(),
        role: Role::Auditor,
        scope: "region:cn-east".to_owned(),
    };
    Running::start(&folder.join("data"), |config| {
        config.ldap.url.clone_from(&slapd.url);
        config.ldap.start_tls = slapd.url.starts_with("ldap://");
        config.ldap.ca.clone_from(&slapd.ca);
        config.ldap.bind_dn = "cn=search,dc=example".to_owned();
        config.ldap.bind_password_file.clone_from(&slapd.password_file);
        config.ldap.base = "ou=people,dc=example".to_owned();
        config.ldap.group_base = "ou=groups,dc=example".to_owned();
        config.ldap.roles = vec![grant];
        change(&mut config.ldap);
    })
}

fn refused(browser: &mut Browser, name: &str, password: &str) -> String {
    let (status, body) = browser.sign_in(name, password);
    let problem: Problem = serde_json::from_value(body).expect("a problem");
    assert_eq!(status, 401, "{name}: {}", problem.code);
    problem.code
}

// Protects the whole way: a person of a group gets the group's role and scope, as an account
// without a password of its own; everybody else is refused like with any wrong password.
#[test]
fn a_directory_vouches_for_people() {
    let folder = tempfile::tempdir().expect("a folder");
    let slapd = Slapd::start(folder.path());
    let server = server(folder.path(), &slapd);
    running::account(&folder.path().join("data"), "admin", "four pandas eat quietly");
    let mut browser = Browser::new(&server);
    let (status, info) = browser.sign_in("WANG5", "password-of-wang5");
    assert_eq!(status, 200, "{info}");
    assert_eq!(info["principal"]["name"], json!("wang5"));
    assert_eq!(info["principal"]["source"], json!("ldap"));
    assert_eq!((&info["roles"], &info["scope"]), (&json!(["auditor"]), &json!("region:cn-east")));
    assert_eq!(info["methods"]["ldap"], json!(true));
    assert_eq!(info["principal"]["display_name"], json!("Wang Wu"));
    assert_eq!(browser.call("GET", "/v1/events", &Value::Null).0, 200);
    let change = json!({"current": "password-of-wang5", "new": "seven cranes fold paper"});
    let (status, body) = browser.call("POST", "/v1/account/password", &change);
    assert_eq!((status, &body["code"]), (409, &json!("kept_elsewhere")));

    let mut other = Browser::new(&server);
    for (name, password) in [
        ("wang5", "wrong"),
        ("nobody", "password-of-wang5"),
        ("zhao6", "password-of-zhao6"),
        // An anonymous bind is no proof of anything.
        ("wang5", ""),
        // What is typed is a name and never a part of the filter.
        ("wang*", "password-of-wang5"),
        ("*)(uid=wang5", "password-of-wang5"),
        ("wang5)(|(uid=*", "password-of-wang5"),
        // A local account is nobody else's.
        ("admin", "password-of-admin"),
    ] {
        assert_eq!(refused(&mut other, name, password), "sign_in_failed", "{name}");
    }
    assert_eq!(other.sign_in("admin", "four pandas eat quietly").0, 200);
    server.stop().expect("stops well");
}

// StartTLS: the connection begins in clear text, and nothing is asked or told before it is
// encrypted (slapd refuses what comes before). Groups stand in the person's own entry.
#[test]
fn an_entry_names_its_groups_over_starttls() {
    let folder = tempfile::tempdir().expect("a folder");
    let slapd = Slapd::speaking(folder.path(), "ldap", true);
    slapd.add_group("operators", "uid=zhao6,ou=people,dc=example");
    let server = server_with(folder.path(), &slapd, |ldap| {
        // Nothing but `memberOf` says who is in which group.
        ldap.group_base = String::new();
        ldap.roles = vec![Grant {
            group: "CN=Operators,ou=groups,dc=example".to_owned(),
            role: Role::Viewer,
            scope: "stack_id:s-2".to_owned(),
        }];
    });
    let mut browser = Browser::new(&server);
    let (status, info) = browser.sign_in("zhao6", "password-of-zhao6");
    assert_eq!(status, 200, "{info}");
    assert_eq!((&info["roles"], &info["scope"]), (&json!(["viewer"]), &json!("stack_id:s-2")));
    assert_eq!(info["principal"]["source"], json!("ldap"));
    let mut other = Browser::new(&server);
    assert_eq!(refused(&mut other, "zhao6", "wrong"), "sign_in_failed");
    // In a group of the directory, but in none that has a role here.
    assert_eq!(refused(&mut other, "wang5", "password-of-wang5"), "sign_in_failed");
    server.stop().expect("stops well");
}

// A directory that will not begin TLS, or somebody in the middle who says so, gets no password.
#[test]
fn without_tls_nothing_is_asked() {
    let folder = tempfile::tempdir().expect("a folder");
    let slapd = Slapd::speaking(folder.path(), "ldap", false);
    let server = server(folder.path(), &slapd);
    let (status, body) = Browser::new(&server).sign_in("wang5", "password-of-wang5");
    assert_eq!((status, &body["code"]), (503, &json!("directory_silent")));
    server.stop().expect("stops well");
}

// A directory that does not answer is no reason to let somebody in, nor to keep local people out.
#[test]
fn without_its_directory_a_server_knows_its_own() {
    let folder = tempfile::tempdir().expect("a folder");
    let slapd = Slapd::start(folder.path());
    let data = folder.path().join("data");
    let server = server(folder.path(), &slapd);
    running::account(&data, "li.si", "four pandas eat quietly");
    drop(slapd);
    let mut browser = Browser::new(&server);
    let (status, body) = browser.sign_in("wang5", "password-of-wang5");
    assert_eq!((status, &body["code"]), (503, &json!("directory_silent")));
    assert_eq!(browser.sign_in("li.si", "four pandas eat quietly").0, 200);
    server.stop().expect("stops well");
}

// Whoever pretends to be the directory gets no password to see.
#[test]
fn a_directory_without_the_right_certificate_is_not_asked() {
    let folder = tempfile::tempdir().expect("a folder");
    let other = tempfile::tempdir().expect("a folder");
    let mut slapd = Slapd::start(folder.path());
    slapd.ca = certificates(other.path());
    let server = server(folder.path(), &slapd);
    let (status, body) = Browser::new(&server).sign_in("wang5", "password-of-wang5");
    assert_eq!((status, &body["code"]), (503, &json!("directory_silent")));
    server.stop().expect("stops well");
}
