//! The sample rewritten in every other format must give the same events.

use super::*;

/// Time, host, program, pid and message of an RFC 5424 line.
fn parts(line: &str) -> (&str, &str, &str, &str, &str) {
    let mut words = line.splitn(8, ' ');
    let mut next = || words.next().unwrap();
    let (_, time, host, program, pid) = (next(), next(), next(), next(), next());
    let (_, _, message) = (next(), next(), next());
    (time, host, program, pid, message.trim_start())
}

fn tag(program: &str, pid: &str) -> String {
    if pid == "-" { format!("{program}:") } else { format!("{program}[{pid}]:") }
}

fn traditional_time(time: &str) -> String {
    let time: jiff::Timestamp = time.parse().unwrap();
    let time = jiff::tz::TimeZone::UTC.to_datetime(time);
    format!("Nov {:>2} {:02}:{:02}:{:02}", time.day(), time.hour(), time.minute(), time.second())
}

fn rewritten(write: impl Fn(&str) -> String) -> String {
    SAMPLE.lines().map(|line| write(line) + "\n").collect()
}

/// What must be the same: everything but ids (they are of the file), the lines themselves and,
/// where the format has only seconds, the times.
fn essence(text: &str, with_times: bool) -> Vec<Record<'static>> {
    let mut records = records(text);
    for record in &mut records {
        (record.id, record.session_id, record.cause_id, record.origin) = (None, None, None, None);
        if !with_times {
            let time = record.time.as_mut().unwrap().to_mut();
            time.truncate("2026-11-22T19:01:43".len());
            record.duration_ms = None;
            let mut request = json(&record.request_data);
            if let Some(request) = request.as_object_mut() {
                request.remove("lasted_ms");
                record.request_data = Some(Value::Object(request.clone()).to_string().into());
            }
        }
    }
    records
}

/// Formats with full times: nothing may differ.
#[test]
fn exact_formats_agree() {
    let expected = essence(SAMPLE, true);
    let rsyslog_file = rewritten(|line| {
        let (time, host, program, pid, message) = parts(line);
        format!("{time} {host} {} {message}", tag(program, pid))
    });
    let journal = rewritten(|line| {
        let (time, host, program, pid, message) = parts(line);
        let time: jiff::Timestamp = time.parse().unwrap();
        let mut object = serde_json::json!({
            "__REALTIME_TIMESTAMP": time.as_microsecond().to_string(),
            "_HOSTNAME": host, "SYSLOG_IDENTIFIER": program, "MESSAGE": message,
            "PRIORITY": "6", "_TRANSPORT": "syslog", "__CURSOR": "s=1",
        });
        if pid != "-" {
            object["_PID"] = pid.into();
        }
        object.to_string()
    });
    let rsyslog_json = rewritten(|line| {
        let (time, host, program, pid, message) = parts(line);
        serde_json::json!({
            "msg": format!(" {message}"), "timereported": time, "hostname": host,
            "syslogtag": tag(program, pid), "fromhost-ip": "127.0.0.1",
        })
        .to_string()
    });
    for (name, text) in
        [("rsyslog file", rsyslog_file), ("journal", journal), ("rsyslog json", rsyslog_json)]
    {
        assert_eq!(essence(&text, true), expected, "{name}");
    }
}

/// Formats without year, zone and fractions: the same events, a second rough, and saying so.
#[test]
fn traditional_formats_agree() {
    let expected = essence(SAMPLE, false);
    let traditional = rewritten(|line| {
        let (time, host, program, pid, message) = parts(line);
        format!("{} {host} {} {message}", traditional_time(time), tag(program, pid))
    });
    let rfc3164: String = traditional.lines().map(|line| format!("<38>{line}\n")).collect();
    for text in [traditional, rfc3164] {
        assert_eq!(essence(&text, false), expected);
        for record in records(&text) {
            assert!(json(&record.origin)["inferred"].to_string().contains("precision 1 s"));
        }
    }
}

/// The rewritten logs of sshd 9.8 and later: the program is called sshd-session.
#[test]
fn newer_program_names_agree() {
    let newer = SAMPLE.replace(" sshd 28", " sshd-session 28");
    assert_eq!(essence(&newer, true), essence(SAMPLE, true));
}
