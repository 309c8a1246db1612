//! The bodies of the fuzz targets under proptest: over noise, and over real lines with parts
//! changed or in another order. A fuzzer finds more; this runs with every `cargo test`.

use proptest::prelude::*;

// Public for the fuzz targets; here they are private.
#[allow(unreachable_pub)]
#[path = "../../../fuzz/src/map.rs"]
mod bodies;

const ROUTES: [&str; 4] = [
    include_str!("../../../examples/routes/slurmrestd.toml"),
    include_str!("../../../examples/routes/ttyd.toml"),
    include_str!("../../../examples/routes/websockify.toml"),
    include_str!("../../../examples/routes/nginx-webdav.toml"),
];
const SAMPLE: &str = include_str!("../../../testdata/sshd/syslog-rfc5424.log");

/// Lines of the sample that the source looks at, and some that it does not have.
fn seeds() -> Vec<String> {
    let ours =
        |line: &&str| line.contains(" sshd ") || line.contains("sftp") || line.contains(" su ");
    let mut seeds: Vec<_> = SAMPLE.lines().filter(ours).map(str::to_owned).collect();
    let table = ["position = true", "[objects]\nsplit = \"+\"", "\0时间=2026/11/20 8:30"];
    seeds.extend(table.map(str::to_owned));
    seeds
        .push("对象ID=a+b\n对象名称=c,d\n请求数据={\"a\":1}\n请求数据.a=2\n结果=Failed".to_owned());
    for message in [
        "sshd[28527]: message repeated 3 times: [ Failed password for a from 127.0.0.1 port 1 ssh2]",
        "sshd[28527]: User root from x not allowed because listed in DenyUsers",
        "sshd[28527]: Failed publickey for invalid user system from 127.0.0.1 port 33996 ssh2: x",
        "internal-sftp[28583]: forced close \"/a\" bytes read 1 written 2",
        "internal-sftp[28583]: error: process_write: write \"/a\": No space left on device",
        "internal-sftp[28583]: Refusing mkdir request in read-only mode",
        "su[1]: Successful su for \u{202e}root by \\012",
    ] {
        seeds.push(format!("Nov 22 19:01:50 vm {message}"));
        let (program, message) = message.split_once(": ").expect("a tag");
        let tag = format!("{program}:");
        let time = "2026-11-22T19:01:50Z";
        let json = serde_json::json!({"time": time, "host": "vm\n", "tag": tag, "msg": message});
        seeds.push(json.to_string());
    }
    seeds
}

/// Replaces a part of a text, which stays UTF-8.
fn change(text: &mut String, at: usize, length: usize, with: &str) {
    let border = |mut at: usize| {
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let start = border(at % (text.len() + 1));
    let end = border(text.len().min(start + length)).max(start);
    text.replace_range(start..end, with);
}

proptest! {
    #[test]
    fn noise(data in proptest::collection::vec(any::<u8>(), 0..400)) {
        for (_, body) in bodies::BODIES {
            body(&data);
        }
    }

    #[test]
    fn changed(
        lines in proptest::collection::vec(proptest::sample::select(seeds()), 1..12),
        changes in proptest::collection::vec(
            (any::<usize>(), 0..30_usize, "[\\PC\\n\\x00\\x1b]{0,4}| from 1.2.3.4 port 5 ssh2: "),
            0..6,
        ),
    ) {
        let mut text = lines.join("\n");
        for (at, length, with) in changes {
            change(&mut text, at, length, &with);
        }
        for (_, body) in bodies::BODIES {
            body(text.as_bytes());
        }
    }
}

/// What a platform may be asked, and may answer.
fn exchanges() -> Vec<String> {
    let mut exchanges = Vec::new();
    for line in [
        "POST /slurm/v1/job/submit 200",
        "DELETE /slurm/v1/jobs?a=%00 200",
        "POST /slurmdb/v1/users 500",
        "DELETE /slurmdb/v1/association?user=a,b,\u{202e}&account=x 200",
        "MOVE /dav/a%0Ab/ 207",
        "GET /ws 101",
    ] {
        for body in [
            r#"{"errors":[{"error":"x\u0000","error_number":2002}],"job_id":5}"#,
            r#"{"users":[{"name":"a\nb"},{"name":""},null,7],"jobs":[1,"2",[3]]}"#,
            r#"{"job":{"name":"n","partition":[[[]]]},"status":[{"job_id":1,"error":{"code":0}}]}"#,
            "",
        ] {
            exchanges.push(format!("{line}\n{body}"));
        }
    }
    exchanges
}

proptest! {
    #[test]
    fn changed_routes(
        file in proptest::sample::select(ROUTES.to_vec()),
        exchange in proptest::sample::select(exchanges()),
        changes in proptest::collection::vec(
            (any::<usize>(), 0..12_usize, "[\\PC\n\x00]{0,4}|\\{item\\}|response\\[\\*\\]|= 1|\""),
            0..3,
        ),
        is_file_changed in any::<bool>(),
    ) {
        let (mut file, mut exchange) = (file.to_owned(), exchange);
        for (at, length, with) in changes {
            change(if is_file_changed { &mut file } else { &mut exchange }, at, length, &with);
        }
        bodies::route_file(format!("{file}\n---\n{exchange}").as_bytes());
    }
}

/// The sample as it is.
#[test]
fn sample() {
    for (_, body) in bodies::BODIES {
        body(SAMPLE.as_bytes());
    }
}

/// Each body has a target of its name, and there is no other for this crate.
#[test]
fn every_body_has_a_target() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/fuzz_targets");
    let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    let names = names.map(|name| name.into_string().unwrap());
    let mut names: Vec<_> = names.filter(|name| name.starts_with("map_")).collect();
    let mut expected: Vec<_> = bodies::BODIES.map(|(name, _)| format!("{name}.rs")).to_vec();
    names.sort();
    expected.sort();
    assert_eq!(names, expected);
}
