//! Tables in every form give the same rows.

use serde_json::json;

use super::*;

/// The parts of a file, one a line.
fn parts_of(name: &str, bytes: &[u8], form: &FileForm) -> Result<Vec<String>, CollectError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    let mut parts = Vec::new();
    let cells = |row: &Row| {
        let cell = |(heading, value): &(Arc<str>, serde_json::Value)| format!("{heading}={value}");
        let cells: Vec<_> = row.cells.iter().map(cell).collect();
        format!("{} {}", row.number, cells.join(" "))
    };
    TableFile::open(&path, form)?.read(&mut |part| {
        parts.push(match part {
            TablePart::Headings(headings) => headings.join("|"),
            TablePart::Row(row) => cells(&row),
            TablePart::Unfit(row, reason) => format!("unfit {} : {reason}", cells(&row)),
        });
        true
    })?;
    Ok(parts)
}

fn check(name: &str, bytes: &[u8], expected: &[&str]) {
    let parts = parts_of(name, bytes, &FileForm::default()).unwrap();
    assert_eq!(parts, expected, "{name}: {}", String::from_utf8_lossy(bytes));
}

fn check_fault(name: &str, bytes: &[u8], form: &FileForm, expected: &str) {
    let error = parts_of(name, bytes, form).unwrap_err().to_string();
    assert!(error.contains(expected), "{error:?} should say {expected:?}");
}

/// Delimiters, quotes, line ends, marks and blank lines of the programs that write CSV.
#[test]
fn csv_as_it_comes() {
    check("a.csv", b"a,b\r\n1,2\r\n\r\n3,\r\n", &["a|b", "2 a=\"1\" b=\"2\"", "4 a=\"3\""]);
    check("a.csv", b"\xef\xbb\xbf\"a;x\";b\n1;2", &["a;x|b", "2 a;x=\"1\" b=\"2\""]);
    check(
        "a.txt",
        b"a\tb\n1\t\"x\ny\"\n3\t4",
        &["a|b", "2 a=\"1\" b=\"x\\ny\"", "4 a=\"3\" b=\"4\""],
    );
    check("a.csv", b"a,a,\n1,2,3", &["a|a (2)|column 3", "2 a=\"1\" a (2)=\"2\" column 3=\"3\""]);
    check("a.csv", b"a\n'=1+1\n''x\n'y", &["a", "2 a=\"=1+1\"", "3 a=\"'x\"", "4 a=\"'y\""]);
    let form = FileForm { heading_row: Some(3), ..FileForm::default() };
    let parts = parts_of("a.csv", b"title\n\na,b\n1,2", &form).unwrap();
    assert_eq!(parts, ["a|b", "4 a=\"1\" b=\"2\""]);
}

/// A row of which nobody knows which cell stands under which heading is told, not read askew.
#[test]
fn unfit_rows() {
    let reason = "cells under 2 headings; quote a cell that holds the delimiter";
    check(
        "a.csv",
        b"a,b\n1,2,3\n1\n1,2,\n",
        &[
            "a|b",
            &format!("unfit 2 a=\"1\" b=\"2\" column 3=\"3\" : 3 {reason}"),
            &format!("unfit 3 a=\"1\" : 1 {reason}"),
            "4 a=\"1\" b=\"2\"",
        ],
    );
    let parts = parts_of("a.ndjson", b"{\"a\":1}\n{\"a\":\n[2]\n", &FileForm::default()).unwrap();
    assert_eq!(parts[0], "1 a=1");
    assert!(parts[1].starts_with("unfit 2 line=\"{\\\"a\\\":\" : no JSON"), "{parts:?}");
    assert_eq!(parts[2], "unfit 3 line=[2] : not a JSON object");
    let endless = format!("a,b\n1,\"{}", "x".repeat(6 << 20));
    check_fault("a.csv", endless.as_bytes(), &FileForm::default(), "is a quote missing?");
    check_fault("a.csv", b"\n\n", &FileForm::default(), "no headings");
}

/// The encodings spreadsheets write in China, found without being told.
#[test]
fn encodings() {
    let text = "操作人,时间\n张三,2026-11-20\n".to_owned() + &"a,b\n".repeat(40_000);
    let expected = parts_of("a.csv", text.as_bytes(), &FileForm::default()).unwrap();
    let (gbk, _, _) = encoding_rs::GBK.encode(&text);
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let marked = [&b"\xff\xfe"[..], &little].concat();
    for bytes in [gbk.to_vec(), little, big, marked] {
        assert_eq!(parts_of("a.csv", &bytes, &FileForm::default()).unwrap(), expected);
    }
    let form = FileForm { encoding: Some("latin1".to_owned()), ..FileForm::default() };
    assert_eq!(parts_of("a.csv", b"a\n\xe9", &form).unwrap()[1], "2 a=\"é\"");
    check_fault("a.csv", b"a\n\xff\xff\xff", &FileForm::default(), "name its encoding");
    let form = FileForm { encoding: Some("klingon".to_owned()), ..FileForm::default() };
    check_fault("a.csv", b"a\n", &form, "no encoding `klingon`");
}

/// JSON in every arrangement.
#[test]
fn json_arrangements() {
    let rows = ["1 a=1", "2 a={\"b\":2}"];
    check("a.json", br#" [{"a":1}, {"a":{"b":2}}] "#, &rows);
    check("a.json", b"{\"a\":1}\n{\"a\":{\"b\":2}}\n", &rows);
    check("a.json", b"{\n\"a\":1}{\n\"a\":{\"b\":2}}", &rows);
    check("a.json", br#"{"Records":[{"a":1},{"a":{"b":2}}]}"#, &rows);
    check("a.txt", b"{\"next\": null,\n\"events\":[{\"a\":1},{\"a\":{\"b\":2}}]}", &rows);
    check("a.json", b"[]", &[]);
    let form = FileForm { rows: Some("data.items".to_owned()), ..FileForm::default() };
    let text = json!({"data": {"items": [{"a": 1}, {"a": {"b": 2}}], "others": [{}]}}).to_string();
    assert_eq!(parts_of("a.json", text.as_bytes(), &form).unwrap(), rows);
    check_fault("a.json", b"{\"data\":1}", &form, "no array at `data.items`");
    check_fault("a.json", b"[{\"a\":1},", &FileForm::default(), "is the file whole?");
    check_fault("a.json", b"[{\"a\":1},{\"a\"", &FileForm::default(), "row 2: no JSON");
    // A single event with one list in it is a row, not a document.
    let parts = parts_of("a.json", br#"{"time":"x","objects":[{"id":"1"}]}"#, &FileForm::default());
    assert_eq!(parts.unwrap().len(), 1);
}

/// What is no table says so.
#[test]
fn no_tables() {
    check_fault("a.xlsx", b"PK\x03\x04 nonsense", &FileForm::default(), "no workbook");
    check_fault("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1", &FileForm::default(), "old workbook");
    let form = FileForm { delimiter: Some('，'), ..FileForm::default() };
    check_fault("a.csv", b"a\n", &form, "no ASCII");
}

/// An answer from the network is read like a file.
#[test]
fn answers() {
    for text in [&b"a\n1\n"[..], b"[{\"a\":\"1\"}]", b"{\"a\":\"1\"}\n"] {
        let mut rows = 0;
        read_text(text, &FileForm::default(), &mut |part| {
            if let TablePart::Row(row) = part {
                assert_eq!(row.cells, [(Arc::from("a"), json!("1"))]);
                rows += 1;
            }
            true
        })
        .unwrap();
        assert_eq!(rows, 1);
    }
}
