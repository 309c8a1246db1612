//! Files and variables into a `Config`: what is taken, what is refused and how.

use std::io::Write;

use super::*;

fn load(file: &str, variables: &[(&str, &str)]) -> Result<(Config, Vec<String>), String> {
    let mut path = tempfile::NamedTempFile::new().expect("a temporary file");
    path.write_all(file.as_bytes()).expect("written");
    let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Config::load(Some(path.path()), variables)
        .map_err(|error| error.to_string().replace(&path.path().display().to_string(), "FILE"))
}

// An unknown key must never be ignored: a typing error in a security setting would go unseen.
#[test]
fn unknown_keys_are_errors_that_name_the_nearest() {
    let check = |file: &str, expected: &str| assert_eq!(load(file, &[]), Err(expected.to_owned()));
    check("lisen = 1", "unknown key `lisen` in FILE; did you mean `listen`?");
    check(
        "[views]\nenable = true",
        "unknown key `views.enable` in FILE; did you mean `views.enabled`?",
    );
    check("[log]\norigins.x = 1", "unknown key `log.origins` in FILE; did you mean `log.origin`?");
}

// Variables beat the file, take the type of their key, and strangers are told once each.
#[test]
fn variables_override_the_file() {
    let (config, warnings) = load(
        "region = 'cn-east'\n[views]\nenabled = true",
        &[
            ("ANNALS_VIEWS_ENABLED", "false"),
            ("ANNALS_STACK_ID", "7"),
            ("ANNALS_LISTEN", "127.0.0.1:0"),
            ("ANNALS_QUARANTINE_QUOTA_BYTES", "1024"),
            ("ANNALS_TOKEN", "not a key"),
            ("ANNALS_LISTN", "x"),
            ("PATH", "x"),
        ],
    )
    .expect("loads");
    assert!(!config.views.enabled);
    assert_eq!((config.region.as_str(), config.stack_id.as_str()), ("cn-east", "7"));
    assert_eq!(config.listen.port(), 0);
    assert_eq!(config.quarantine.quota_bytes, 1024);
    assert_eq!(
        warnings,
        ["the variable ANNALS_LISTN means nothing here; did you mean ANNALS_LISTEN?"]
    );
    assert!(load("", &[("ANNALS_VIEWS_ENABLED", "perhaps")]).is_err());
}

// The printed reference is a valid file, says the defaults, and documents every key.
#[test]
fn the_reference_is_a_configuration_file() {
    let reference = Config::reference();
    let (config, _) = load(&reference, &[]).expect("the reference loads");
    assert_eq!(config, Config::default());
    for section in ["", "log", "ingest", "quarantine", "views", "scrub", "http"] {
        assert!(keys(section).iter().all(|key| !key.doc.is_empty()), "{section}");
    }
    let stack = Stack { region: "r".into(), id: "7".into(), en: "Seven".into(), zh: "七".into() };
    let own = Config { region: "cn-east".into(), stacks: vec![stack], ..Config::default() };
    let (printed, _) = load(&own.print(), &[]).expect("the print loads");
    assert_eq!(printed, own);
}

// A place that is none, or that metrics could not tell from another, is found before a start.
#[test]
fn places_are_checked() {
    let check = |file: &str, ok: bool| {
        let (config, _) = load(file, &[]).expect("loads");
        assert_eq!(config.check().is_ok(), ok, "{file}");
        assert_eq!(load(&config.print(), &[]).expect("the print loads").0, config, "{file}");
    };
    check("[[publish]]\nfolder = '/a'\n[[publish]]\nfolder = '/b'", true);
    check("[[publish]]\nfolder = '/a'\n[[publish]]\nfolder = '/a'", false);
    check("[[publish]]\nurl = 'https://a/?b'\nmethod = 'post'\n[[publish]]\nfolder = '/a'", true);
    check("[[publish]]\nurl = 'https://a/?b'\n[[publish]]\nurl = 'https://a/?c'", false);
    check("[[publish]]\nname = 'x'", false);
    assert!(load("[[publish]]\nfoldr = '/a'", &[]).is_err());
    let variables = [("ANNALS_PUBLISH", "[{folder = '/a', every_seconds = 60}]")];
    let (config, warnings) = load("", &variables).expect("loads");
    assert_eq!((config.publish[0].every_seconds, warnings.len()), (60, 0));
}

// Tokens and passwords must not travel in clear text over a network without someone having said
// so.
#[test]
fn an_open_address_is_encrypted() {
    let check = |file: &str, encrypted: bool| {
        let (config, _) = load(file, &[]).expect("loads");
        assert_eq!(config.is_encrypted(), encrypted, "{file}");
    };
    check("", false);
    check("listen = '[::1]:7200'", false);
    check("listen = '0.0.0.0:7200'", true);
    check("listen = '192.0.2.1:7200'\ntls = 'off'", false);
    check("tls = 'on'", true);
    let (config, _) = load("", &[("ANNALS_TLS", "off")]).expect("loads");
    assert!(!config.is_encrypted());
    let url = "[accounts]\nexternal_url = 'https://audit.example'";
    assert!(load(url, &[]).expect("loads").0.is_secure());
}
