//! What lines become: the captured sample against what was really done, other formats, refusals,
//! forged names, restarts.

use std::fmt::Write as _;

use annals_record::{Catalogue, Record};
use serde_json::Value;

use crate::decode::{Decoder, Format};
use crate::source::{Kind, Settings, Source, Verdict, open};
use crate::{Calendar, EventIds, Fingerprint, Place, RawLine};

const SAMPLE: &str = include_str!("../../../../../testdata/sshd/syslog-rfc5424.log");
const GROUND_TRUTH: &str = include_str!("../../../../../testdata/GROUND_TRUTH.tsv");

mod formats;
mod logins;
mod transfers;

fn source() -> Box<dyn Source> {
    let calendar = Calendar::of_year(Some("UTC"), 2026).unwrap();
    let settings = Settings {
        name: "test".to_owned(),
        key: EventIds::TEST_KEY,
        decoder: Decoder::new(Format::Auto, calendar),
        region: None,
        stack_id: None,
    };
    open(Kind::Sshd, settings)
}

/// The lines of a text as they stand in a file.
fn lines(text: &str) -> impl Iterator<Item = RawLine<'_>> {
    let file = Fingerprint::of(text.lines().next().unwrap_or_default().as_bytes());
    let mut offset = 0;
    text.lines().map(move |line| {
        let place = Place { file, offset };
        offset += line.len() as u64 + 1;
        RawLine { place, bytes: line.as_bytes() }
    })
}

/// All records of a text, read in one go.
fn records(text: &str) -> Vec<Record<'static>> {
    let mut source = source();
    let mut all = Vec::new();
    for raw in lines(text) {
        source.line(&raw);
        all.append(&mut source.take());
    }
    source.flush();
    all.append(&mut source.take());
    all
}

/// `operator operation type:object outcome`, one line a record.
fn shown(records: &[Record<'_>]) -> String {
    let mut out = String::new();
    for record in records {
        let object = record.object.as_ref().map_or("-".to_owned(), |object| {
            let text = |part: &Option<_>| part.clone().unwrap_or_default();
            format!("{}:{}", text(&object.kind), text(&object.id))
        });
        let [operator, operation, outcome] = [&record.operator, &record.operation, &record.outcome]
            .map(|field| field.as_deref().unwrap_or_default());
        writeln!(out, "{operator} {operation} {object} {outcome}").unwrap();
    }
    out
}

/// Lines of sshd on host `vm`, a second apart: `pid program message`.
fn log(messages: &str) -> String {
    let mut out = String::new();
    for (second, message) in messages.lines().map(str::trim_start).enumerate() {
        let mut parts = message.splitn(3, ' ');
        let (pid, program) = (parts.next().unwrap(), parts.next().unwrap());
        let message = parts.next().unwrap_or_default();
        let time = format!("2026-11-22T10:{:02}:{:02}.5Z", second / 60, second % 60);
        writeln!(out, "{time} vm {program}[{pid}]: {message}").unwrap();
    }
    out
}

fn check(messages: &str, expected: &str) -> Vec<Record<'static>> {
    let records = records(&log(messages));
    let expected: Vec<_> =
        expected.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    assert_eq!(shown(&records).lines().collect::<Vec<_>>(), expected, "{messages}");
    records
}

fn json(text: &Option<std::borrow::Cow<'_, str>>) -> Value {
    text.as_deref().map_or(Value::Null, |text| serde_json::from_str(text).unwrap())
}

/// The whole sample: rows 1-18 and 22 of the ground truth in order, and of the rest only logins
/// and sessions. `fail` there is the typist's word; an account that does not exist is `denied` in
/// the event format.
#[test]
fn sample_meets_the_ground_truth() {
    let records = records(SAMPLE);
    let got = shown(&records);
    let login = |user: &str| {
        format!(
            "{user} user.login user:{user} success\n\
             {user} host.session.open host:vm success\n\
             {user} host.session.close host:vm success\n"
        )
    };
    let path = "file:/home/alice/run1";
    let expected = [
        &login("alice") as &str,
        &login("bob"),
        "bob user.login user:bob failure\n",
        "nosuch user.login_unknown account:nosuch denied\n",
        &login("alice"),
        "alice user.login user:alice success\nalice host.session.open host:vm success\n",
        "alice folder.create folder:/home/alice/run1 success\n",
        &format!("alice file.upload {path}/in success\n"),
        &format!("alice file.upload {path}/input deck.dat success\n"),
        &format!("alice file.upload {path}/结果.dat success\n"),
        &format!("alice file.move {path}/input deck.dat success\n"),
        &format!("alice file.download {path}/b.dat success\n"),
        &format!("alice file.attributes.edit {path}/lnk success\n"),
        &format!("alice file.attributes.edit {path}/b.dat success\n"),
        "alice file.download file:/etc/shadow denied\n",
        "alice file.delete file:/etc/passwd denied\n",
        "alice folder.create folder:/root/x denied\n",
        &format!("alice file.delete {path}/b.dat success\n"),
        &format!("alice file.delete {path}/lnk success\n"),
        &format!("alice file.delete {path}/结果.dat success\n"),
        "alice folder.delete folder:/home/alice/run1 failure\n",
        "alice host.session.close host:vm success\n",
        "alice user.login user:alice success\nalice host.session.open host:vm success\n",
        "alice file.upload file:/home/alice/scp.dat success\n",
        "alice host.session.close host:vm success\n",
        &login("alice"),
        &login("alice"),
        "root host.su user:alice success\n",
        "alice host.su user:carol failure\n",
    ];
    assert_eq!(got, expected.concat());
}

/// The ground truth itself, row by row: operator, code, outcome, and that the object is named.
#[test]
fn ground_truth_rows() {
    let records = records(SAMPLE);
    let mut at = 0;
    let mut rows = 0;
    for row in GROUND_TRUTH.lines().filter(|row| row.starts_with("sshd/")) {
        let columns: Vec<_> = row.split('\t').collect();
        let number: u32 = columns[1].parse().unwrap();
        if matches!(number, 19..=21) {
            continue;
        }
        let outcomes: &[&str] = match columns[5] {
            "ok" => &["success"],
            "fail" => &["failure", "denied"],
            other => &[other],
        };
        for code in columns[7].split(' ') {
            let found = records[at..].iter().position(|record| {
                record.operation.as_deref() == Some(code)
                    && record.operator.as_deref() == Some(columns[2])
                    && record.outcome.as_deref().is_some_and(|is| outcomes.contains(&is))
            });
            at += found.unwrap_or_else(|| panic!("row {number} {code} is not met")) + 1;
        }
        rows += 1;
    }
    assert_eq!(rows, 19);
}

/// Every code must stand in the built-in catalogue, and every event in the sample must say where
/// it came from.
#[test]
fn codes_are_catalogued_and_origins_complete() {
    let catalogue = Catalogue::built_in();
    for record in records(SAMPLE) {
        let code = record.operation.as_deref().unwrap();
        assert!(catalogue.operations().iter().any(|known| known.code == code), "{code}");
        let origin = json(&record.origin);
        let lines = origin["lines"].as_array().unwrap();
        let offset = usize::try_from(origin["position"]["offset"].as_u64().unwrap()).unwrap();
        let last = lines.last().unwrap().as_str().unwrap();
        assert_eq!(SAMPLE[offset..].lines().next(), Some(last), "{origin}");
        assert_eq!(record.id.as_deref().map(str::len), Some(32));
    }
}

/// Ids must differ within a file and be the same when it is read again.
#[test]
fn ids_are_unique_and_repeatable() {
    let ids = |records: Vec<Record<'_>>| -> Vec<String> {
        records.into_iter().map(|record| record.id.unwrap().into_owned()).collect()
    };
    let first = ids(records(SAMPLE));
    let mut sorted = first.clone();
    sorted.sort();
    sorted.dedup();
    assert_eq!(sorted.len(), first.len());
    assert_eq!(ids(records(SAMPLE)), first);
}

/// A restart after any line must change nothing: the state is written down and taken up again, as
/// after a kill, and settling early must not change a record either.
#[test]
fn restarts_change_nothing() {
    let whole = records(SAMPLE);
    for settled in [false, true] {
        let mut state = source().save().unwrap();
        let mut pieces = Vec::new();
        for raw in lines(SAMPLE) {
            let mut source = source();
            source.restore(&state).unwrap();
            source.line(&raw);
            if settled && raw.bytes.ends_with(b"mode 0600") {
                source.settle();
            }
            pieces.append(&mut source.take());
            state = serde_json::from_str(&source.save().unwrap().to_string()).unwrap();
        }
        assert_eq!(pieces, whole);
    }
    assert!(source().restore(&serde_json::json!({"connections": 7})).is_err());
}

/// Lines of other programs are told apart from lines of ours that are not understood.
#[test]
fn verdicts() {
    let mut source = source();
    let mut other = std::collections::BTreeMap::new();
    for raw in lines(SAMPLE) {
        match source.line(&raw) {
            Verdict::Understood => {}
            Verdict::OtherProgram(program) => *other.entry(program).or_insert(0) += 1,
            unmapped @ Verdict::Unmapped(_) => {
                panic!("{unmapped:?}: {}", String::from_utf8_lossy(raw.bytes))
            }
        }
    }
    assert_eq!((other["slapd"], other["slurmrestd"], other["useradd"]), (122, 110, 4));
    let place = Place { file: Fingerprint::of(b""), offset: 0 };
    let mut verdict = |bytes: &[u8]| source.line(&RawLine { place, bytes });
    assert_eq!(verdict(b""), Verdict::Understood);
    let unknown = Verdict::Unmapped("the message is not known");
    assert_eq!(verdict(b"Nov 22 19:01:43 vm sshd[1]: what is this"), unknown);
    assert!(matches!(verdict(b"\xff\xfe\0"), Verdict::Unmapped(_)));
    let unjoined =
        verdict(b"Nov 22 19:01:43 vm sshd: Failed password for a from 1.1.1.1 port 2 ssh2");
    assert!(matches!(unjoined, Verdict::Unmapped(_)), "{unjoined:?}");
}
