//! The same message in each format must decode to the same line.

use super::*;

fn decoder() -> Decoder {
    Decoder::new(Format::Auto, Calendar::of_year(Some("UTC"), 2026).unwrap())
}

/// Decodes and shows as `time host program pid message`.
fn check(text: &str, expected: &str) {
    let got = match decoder().decode(text) {
        Ok(line) => {
            let pid = line.pid.map_or("-".to_owned(), |pid| pid.to_string());
            format!("{} {} {} {pid} {}", line.time, line.host, line.program, line.message)
        }
        Err(reason) => reason.to_owned(),
    };
    assert_eq!(got, expected, "{text}");
}

/// One line a format: if one of them drifts, a site sees other events than its neighbour.
#[test]
fn all_formats_say_the_same() {
    let exact = "2026-11-22T19:01:43.270432Z vm sshd 28527 Connection from 127.0.0.1";
    let second = "2026-11-22T19:01:43Z vm sshd 28527 Connection from 127.0.0.1";
    for text in [
        "<38>1 2026-11-22T19:01:43.270432+00:00 vm sshd 28527 - -  Connection from 127.0.0.1",
        "<38>1 2026-11-22T19:01:43.270432Z vm sshd 28527 - [a@1 b=\"]\"] Connection from 127.0.0.1",
        "2026-11-22T20:01:43.270432+01:00 vm sshd[28527]: Connection from 127.0.0.1",
        r#"{"MESSAGE":"Connection from 127.0.0.1","SYSLOG_IDENTIFIER":"sshd","_PID":"28527",
            "_HOSTNAME":"vm","__REALTIME_TIMESTAMP":"1795374103270432"}"#,
        r#"{"msg":" Connection from 127.0.0.1","syslogtag":"sshd[28527]:","hostname":"vm",
            "timereported":"2026-11-22T19:01:43.270432+00:00"}"#,
        r#"{"message":[67,111,110,110,101,99,116,105,111,110,32,102,114,111,109,32,49,50,55,46,48,
            46,48,46,49],"program":"sshd","pid":28527,"host":"vm","@timestamp":1795374103270432}"#,
    ] {
        check(text, exact);
    }
    for text in [
        "<38>Nov 22 19:01:43 vm sshd[28527]: Connection from 127.0.0.1",
        "Nov 22 19:01:43 vm sshd[28527]: Connection from 127.0.0.1",
        r#"{"msg":"Connection from 127.0.0.1","programname":"sshd","procid":"28527","host":"vm",
            "timestamp":"Nov 22 19:01:43"}"#,
    ] {
        check(text, second);
        let line = decoder().decode(text).unwrap();
        let inferred = "time: year 2026 from the configuration, zone UTC, precision 1 s";
        assert_eq!(line.time_inferred.as_deref(), Some(inferred), "{text}");
    }
}

/// Lines that are no log lines name what is missing.
#[test]
fn refusals_say_why() {
    check("", "no syslog header: a time is missing");
    check("garbage", "no syslog header: a time is missing");
    check("Feb 30 19:01:43 vm sshd[1]: x", "no syslog header: a time is missing");
    check("1999-12-31T23:59:59Z vm sshd[1]: x", "the time is before the year 2000");
    check("{\"a\":", "the line is no JSON object");
    check("{\"MESSAGE\":\"x\"}", "the time is missing");
    check("{\"MESSAGE\":\"x\",\"time\":\"soon\"}", "the time can't be read");
    check("{\"MESSAGE\":\"x\",\"time\":999999999999999999}", "the time is out of range");
    check("{\"time\":1795374103,\"tag\":\"\"}", "the message is missing");
    check("{\"time\":1795374103,\"msg\":\"x\",\"tag\":\":\"}", "the program name is missing");
}
