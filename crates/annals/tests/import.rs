//! `annals import` from outside: real files into a real server.
#![allow(clippy::unwrap_used)] // a test stops at what is not as it should be

mod house;

use annals_api::wire::column::{Column, Words};
use annals_api::wire::csv::{write_event, write_heading};
use annals_collect::{TableFile, TablePart};
use annals_map::{FileForm, ImportMap, RowIds, Table};
use house::{House, annals_with, generated};
use proptest::prelude::*;
use serde_json::{Value, json};

const ENGLISH: &str = "\
Region,Stack ID,Username,Service,Operation type,Source IP,Operator,User type,Object ID,Object name,Request data,Time
cn-1,stk-1,zhang3,HPC clusters,Create cluster,10.2.0.8,zhang3,User,c-42,render farm,\"{\"\"nodes\"\":4}\",2026-11-20T08:30:00Z
cn-1,stk-1,admin,User management,Delete user,10.2.0.9,admin,User,\"u-1,u-2\",\"li4,wang5\",,2026-11-20T08:31:00Z
cn-1,stk-1,zhang3,Desktop service,Add nodes,10.2.0.8,zhang3,User,n-1,,,2026-11-20T08:32:00Z
";
const CHINESE: &str = "\
区域,Stack ID,用户名,服务,操作类型,源IP,操作人,用户类型,对象ID,对象名称,请求数据,时间
cn-1,stk-1,zhang3,HPC集群,新建集群,10.2.0.8,zhang3,用户,c-42,render farm,\"{\"\"nodes\"\":4}\",2026/11/20 8:30
cn-1,stk-1,admin,用户管理,删除用户,10.2.0.9,admin,用户,\"u-1,u-2\",\"li4,wang5\",,2026年11月20日 08:31:00
cn-1,stk-1,zhang3,桌面服务,添加节点,10.2.0.8,zhang3,用户,n-1,,,1795163520
";

struct Imported {
    code: i32,
    out: String,
    error: String,
}

impl Imported {
    fn sum(&self) -> Value {
        let answer: Value = serde_json::from_str(&self.out).unwrap_or_else(|_| {
            panic!("no JSON in {:?}; {}", self.out, self.error);
        });
        json!([answer["rows"], answer["accepted"], answer["duplicates"], answer["rejected"]])
    }
}

/// A house with a token to write and one to read.
struct Log {
    house: House,
    emitter: String,
    reader: String,
}

impl Log {
    fn start() -> Self {
        let house = House::start();
        let emitter = house.token_with("emitter", &["--may-be-system", "--stack-id", "stk-01"]);
        let reader = house.token("auditor");
        Self { house, emitter, reader }
    }

    /// Imports `bytes` under the name `name`.
    fn import(&self, name: &str, bytes: &[u8], more: &[&str]) -> Imported {
        let path = self.house.path(name);
        std::fs::write(&path, bytes).unwrap();
        let server = format!("http://{}", self.house.address);
        let env = [("ANNALS_TOKEN", self.emitter.as_str()), ("ANNALS_SERVER", server.as_str())];
        let args = [&["import", path.to_str().unwrap()][..], more].concat();
        let output = annals_with(&args, &env, b"");
        Imported {
            code: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            error: String::from_utf8(output.stderr).unwrap(),
        }
    }

    fn map(&self, text: &str) -> String {
        let path = self.house.path("map.toml");
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// The events, oldest first.
    fn events(&self) -> Vec<Value> {
        let path = "/v1/events?limit=1000&order=time&q=-service:audit-log";
        let (status, page) = self.house.get(&self.reader, path);
        assert_eq!(status, 200, "{page}");
        page["events"].as_array().unwrap().clone()
    }
}

/// The event without what the server and the import add.
fn said(event: &Value) -> Value {
    let mut event = event.clone();
    for key in ["id", "index", "received_time", "emitter", "origin"] {
        event.as_object_mut().unwrap().remove(key);
    }
    event
}

/// Protects: headings, operations, services and times of either language are the same event, and
/// joined ids are objects.
#[test]
fn either_language_is_the_same_log() {
    let (english, chinese) = (Log::start(), Log::start());
    for (log, text) in [(&english, ENGLISH), (&chinese, CHINESE)] {
        let imported = log.import("audit.csv", text.as_bytes(), &["--json"]);
        assert_eq!(imported.sum(), json!([3, 3, 0, 0]), "{}", imported.error);
        assert_eq!(imported.code, 0);
    }
    let events: Vec<Value> = english.events().iter().map(said).collect();
    assert_eq!(events, chinese.events().iter().map(said).collect::<Vec<_>>());
    assert_eq!(events.len(), 3);
    assert_eq!(events[0]["operation"], "cluster.create");
    assert_eq!(events[0]["request_data"], json!({"nodes": 4}));
    assert_eq!(events[0]["object"]["id"], "c-42");
    let objects = events[1]["objects"].as_array().unwrap();
    let names: Vec<_> = objects.iter().map(|o| (&o["id"], &o["name"])).collect();
    assert_eq!(names, [(&json!("u-1"), &json!("li4")), (&json!("u-2"), &json!("wang5"))]);
    assert_eq!(events[2]["operation"], "desktop.node.add");
    let origin = &english.events()[0]["origin"];
    assert_eq!(origin["collector"], "annals-import");
    assert_eq!(origin["row"]["Object name"], "render farm");
}

/// Protects: a file sent twice adds nothing; one that grew, at either end and under another name,
/// adds its new rows; equal rows are as many events.
#[test]
fn a_file_that_grew_adds_its_new_rows() {
    let log = Log::start();
    let (heading, rows) = ENGLISH.split_once('\n').unwrap();
    assert_eq!(log.import("a.csv", ENGLISH.as_bytes(), &["--json"]).sum(), json!([3, 3, 0, 0]));
    assert_eq!(log.import("a.csv", ENGLISH.as_bytes(), &["--json"]).sum(), json!([3, 0, 3, 0]));
    let again = rows.lines().next().unwrap();
    let later = again.replace("c-42", "c-43");
    let grown = format!("{heading}\n{later}\n{rows}{again}\n{again}\n");
    assert_eq!(log.import("b.csv", grown.as_bytes(), &["--json"]).sum(), json!([6, 3, 3, 0]));
    assert_eq!(log.import("b.csv", grown.as_bytes(), &["--json"]).sum(), json!([6, 0, 6, 0]));
    assert_eq!(log.events().len(), 6);
}

/// Protects: rows that are no events are told with number and reason, counted and kept, and do not
/// hold up the others.
#[test]
fn bad_rows_are_kept() {
    let log = Log::start();
    let bad =
        "cn-1,stk-1,li4,HPC clusters,Explode cluster,10.2.0.8,li4,User,c-1,,,2026-11-20T08:33:00Z
cn-1,stk-1,li4,HPC clusters,Create cluster,10.2.0.8,li4,User,c-1,,,yesterday
cn-1,stk-1,li4,HPC clusters,Create cluster,10.2.0.8,li4,User,a,b,c,d,2026-11-20T08:33:00Z
";
    let imported = log.import("a.csv", format!("{ENGLISH}{bad}").as_bytes(), &["--json"]);
    assert_eq!(imported.sum(), json!([6, 3, 0, 3]));
    assert_eq!(imported.code, 1);
    for part in
        ["row 5: unknown_operation", "row 6: bad_time", "row 7: unfit: 13 cells", "quarantine"]
    {
        assert!(imported.error.contains(part), "{part:?} in {}", imported.error);
    }
    assert_eq!(log.events().len(), 3);
    let keeper = log.house.token("audit-admin");
    let (status, page) = log.house.get(&keeper, "/v1/quarantine");
    assert_eq!((status, page["items"].as_array().unwrap().len()), (200, 3), "{page}");
    let dry = log.import("a.csv", format!("{ENGLISH}{bad}").as_bytes(), &["--dry-run"]);
    assert_eq!((dry.code, dry.out.lines().count()), (1, 5), "{}", dry.error);
    assert!(dry.error.contains("row 7: unfit") && dry.error.contains("row 5: unknown_operation"));
    assert_eq!(log.events().len(), 3);
}

/// Protects: a map for odd headings, words and times; what no map knows is told by column.
#[test]
fn a_map_says_the_rest() {
    let log = Log::start();
    let text =
        "Wann;Wer;Tat;Ziel;Ausgang;Knoten;Notiz\n20.11.2026 09:30;zhang3;anlegen;c-1|c-2;gut;4;x\n";
    let unmapped = log.import("a.csv", text.as_bytes(), &[]);
    assert_eq!(unmapped.code, 2);
    assert!(unmapped.error.contains("no column gives time, operation, operator"));
    let map = log.map(
        r#"
        [time]
        zone = "Europe/Berlin"
        formats = ["%d.%m.%Y %H:%M"]
        [columns]
        Wann = "time"
        Wer = "operator"
        Tat = "operation"
        Ziel = "object.id"
        Ausgang = "outcome"
        Knoten = "request_data.nodes"
        [objects]
        split = "|"
        [defaults]
        region = "eu-1"
        source_ip = "10.0.0.1"
        [values.outcome]
        gut = "success"
        [values.operation]
        anlegen = "cluster.create"
        "#,
    );
    let dry = log.import("a.csv", text.as_bytes(), &["--map", &map, "--dry-run"]);
    assert_eq!(dry.code, 0, "{}", dry.error);
    let event: Value = serde_json::from_str(&dry.out).unwrap();
    assert_eq!(event["time"], "2026-11-20T08:30:00Z");
    assert!(
        dry.error.contains("Notiz") && dry.error.contains("request_data.nodes"),
        "{}",
        dry.error
    );
    let imported = log.import("a.csv", text.as_bytes(), &["--map", &map, "--json"]);
    assert_eq!(imported.sum(), json!([1, 1, 0, 0]), "{}", imported.error);
    let event = &log.events()[0];
    assert_eq!((&event["region"], &event["id"]), (&json!("eu-1"), &event["id"]));
    assert_eq!(event["objects"].as_array().unwrap().len(), 2);
    assert_eq!(event["request_data"], json!({"nodes": 4}));
    assert_eq!(event["origin"]["row"]["Notiz"], "x");
    std::fs::write(log.house.path("map.toml"), "[columns]\nWann = \"tiem\"").unwrap();
    let wrong = log.import("a.csv", text.as_bytes(), &["--map", &map]);
    assert_eq!(wrong.code, 2);
    assert!(wrong.error.contains("did you mean `time`?"), "{}", wrong.error);
}

/// Protects: a workbook, GBK, and JSON in both arrangements are the same log.
#[test]
fn every_form_is_the_same_log() {
    let log = Log::start();
    let expected: Vec<Value> = {
        let log = Log::start();
        log.import("a.csv", CHINESE.as_bytes(), &[]);
        log.events().iter().map(said).collect()
    };
    let (gbk, _, _) = encoding_rs::GBK.encode(CHINESE);
    let mut rows = csv_rows(CHINESE);
    let headings = rows.remove(0);
    let object = |row: &Vec<String>| -> Value {
        let pairs = headings.iter().cloned().zip(row.iter().map(|cell| json!(cell)));
        Value::Object(pairs.collect())
    };
    let objects: Vec<Value> = rows.iter().map(object).collect();
    let lines: String = objects.iter().map(|object| format!("{object}\n")).collect();
    let array = serde_json::to_string_pretty(&objects).unwrap();
    let book = workbook(&headings, &rows);
    let forms: [(&str, &[u8]); 4] = [
        ("a.csv", &gbk),
        ("a.ndjson", lines.as_bytes()),
        ("a.json", array.as_bytes()),
        ("a.xlsx", &book),
    ];
    for (name, bytes) in forms {
        let imported = log.import(name, bytes, &["--json"]);
        assert_eq!(imported.code, 0, "{name}: {}", imported.error);
        assert_eq!(imported.sum()[0], 3, "{name}");
    }
    // A row that says the same is the same row, in whatever file; only a workbook's date is a
    // cell of its own kind.
    let events: Vec<Value> = log.events().iter().map(said).collect();
    assert_eq!(events.len(), 4, "{events:#?}");
    assert_eq!((&events[0], &events[1]), (&expected[0], &expected[0]));
    assert_eq!(&events[2..], &expected[1..]);
}

/// Protects: what our own export wrote comes back as the same events.
#[test]
fn an_export_comes_back() {
    let (from, to) = (Log::start(), Log::start());
    let sent = generated(2_000, 5);
    let (status, answer) = from.house.post_events(&from.emitter, &sent);
    assert_eq!(status, 200, "{answer}");
    let file = from.house.path("export.csv");
    let server = format!("http://{}", from.house.address);
    let env = [("ANNALS_TOKEN", from.reader.as_str()), ("ANNALS_SERVER", server.as_str())];
    for lang in ["en", "zh"] {
        let args =
            ["export", "-service:audit-log", "--lang", lang, "--out", file.to_str().unwrap()];
        let output = annals_with(&args, &env, b"");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let imported = to.import("export.csv", &std::fs::read(&file).unwrap(), &["--json"]);
        if lang == "en" {
            assert_eq!(imported.sum(), json!([2000, 2000, 0, 0]), "{}", imported.error);
        } else {
            // Under other headings it is another row; its id says that it is the same event.
            assert!(imported.error.contains("id_conflict"), "{}", imported.error);
        }
    }
    let (before, after) = (from.events(), to.events());
    assert_eq!(before.len(), after.len());
    for (before, after) in before.iter().zip(&after) {
        for field in [
            "id",
            "time",
            "region",
            "stack_id",
            "service",
            "operation",
            "operator",
            "username",
            "user_type",
            "source_ip",
            "outcome",
            "reason",
            "request_data",
            "session_id",
        ] {
            assert_eq!(before[field], after[field], "{field} of {before} and {after}");
        }
        // How an operation ended for one of the objects has no column.
        let targets = |event: &Value| -> Vec<Value> {
            let mut list = event["objects"].as_array().cloned().unwrap_or_default();
            list.extend(event.get("object").cloned());
            let part = |o: &Value| json!([o["type"], o["id"], o["name"]]);
            list.iter().map(part).collect()
        };
        assert_eq!(targets(before), targets(after), "{before} and {after}");
    }
}

/// A text as a field may hold it: no blanks at its ends, not what stands for nothing.
fn text() -> impl Strategy<Value = String> {
    "\\PC{1,20}"
        .prop_map(|text| text.trim().to_owned())
        .prop_filter("it says something", |text| !["", "-", "--"].contains(&text.as_str()))
}

fn event() -> impl Strategy<Value = Value> {
    let id = || "[a-z][a-z0-9_.:-]{0,9}";
    let objects = proptest::collection::vec((id(), "[a-z]{1,8}", "[\\PC&&[^;]]{1,12}"), 0..4);
    let data = proptest::collection::btree_map("[a-z]{1,5}", (any::<i32>(), text()), 1..4);
    let outcome = proptest::sample::select(vec!["success", "failure", "denied", "unknown"]);
    let ends = (outcome, proptest::option::of(text()), proptest::option::of(data));
    (0..2_000_000_000_i64, id(), text(), objects, ends).prop_map(
        |(seconds, id, operator, objects, (outcome, reason, data))| {
            let time = annals_record::Timestamp::from_nanos(
                (seconds + 1_000_000_000) * 1_000_000_000 + seconds,
            );
            let list: Vec<_> = objects
                .iter()
                .filter(|(_, _, name)| !["", "-", "--"].contains(&name.trim()))
                .map(|(id, kind, name)| json!({"id": id, "type": kind, "name": name.trim()}))
                .collect();
            let mut event = json!({
                "id": id, "time": time.to_string(), "operation": "cluster.create",
                "service": "hpc-clusters", "operator": operator, "outcome": outcome,
            });
            let mut put = |key: &str, value: Option<Value>| {
                if let Some(value) = value {
                    event[key] = value;
                }
            };
            put("reason", reason.map(Value::from));
            put("request_data", data.map(|data| json!(data)));
            match list.len() {
                0 => {}
                1 => put("object", list.into_iter().next()),
                _ => put("objects", Some(Value::from(list))),
            }
            event
        },
    )
}

proptest! {
    /// Protects: whatever a field says, our CSV and the import are each other's inverse.
    #[test]
    fn csv_and_import_are_inverse(events in proptest::collection::vec(event(), 1..8)) {
        let mut text = Vec::new();
        let columns = Column::usual();
        write_heading(&columns, None, &mut text);
        for event in &events {
            write_event(&columns, event, &Words::default(), &mut text);
        }
        let file = tempfile::NamedTempFile::with_suffix(".csv").unwrap();
        std::fs::write(file.path(), &text).unwrap();
        let mut table = Table::new(ImportMap::default(), RowIds::new(b"test"), &[]).unwrap();
        let mut back = Vec::new();
        let file = TableFile::open(file.path(), &FileForm::default()).unwrap();
        file.read(&mut |part| {
            match part {
                TablePart::Row(row) => {
                    let mut line = Vec::new();
                    annals_collect::write_event(&table.map(&row).record, &mut line).unwrap();
                    let mut event: Value = serde_json::from_slice(&line).unwrap();
                    event.as_object_mut().unwrap().remove("origin");
                    back.push(event);
                }
                TablePart::Headings(_) => {}
                TablePart::Unfit(row, reason) => panic!("{reason}: {row:?}"),
            }
            true
        })
        .unwrap();
        // A time is the same moment, in the shortest spelling.
        let moment = |event: &Value| {
            let mut event = event.clone();
            let time = annals_record::Timestamp::parse(event["time"].as_str().unwrap()).unwrap();
            event["time"] = json!(time.to_string());
            event
        };
        prop_assert_eq!(back.iter().map(moment).collect::<Vec<_>>(), events);
    }
}

fn csv_rows(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// A workbook of these rows; the first time is a date cell, as people enter them.
fn workbook(headings: &[String], rows: &[Vec<String>]) -> Vec<u8> {
    use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, heading) in (0..).zip(headings) {
        sheet.write(0, column, heading).unwrap();
    }
    let date = Format::new().set_num_format("yyyy/m/d h:mm");
    for (line, row) in (1..).zip(rows) {
        for (column, cell) in (0..).zip(row) {
            if headings[usize::from(column)] == "时间" && line == 1 {
                let time = ExcelDateTime::parse_from_str("2026-11-20T08:30:00").unwrap();
                sheet.write_with_format(line, column, &time, &date).unwrap();
            } else {
                sheet.write(line, column, cell).unwrap();
            }
        }
    }
    book.save_to_buffer().unwrap()
}
