//! How many events a second one core turns from JSON text into sealed leaves.
//!
//! `cargo run --release -p annals-api --example seal_rate [EVENTS]` prints events/s of reading
//! alone and of reading and sealing together, for a typical event of about 700 bytes.
#![allow(clippy::print_stdout)]

use annals_api::wire::event::parse_event;
use annals_record::{Catalogue, RecordSalt, Sender, Timestamp};
use std::hint::black_box;
use std::time::Instant;

fn line(number: u64) -> String {
    format!(
        concat!(
            r#"{{"id":"0192f0c1-7a3e-7c11-9b1d-{:012x}","#,
            r#""time":"2026-11-22T08:30:00.123456789Z","region":"cn-shanghai","#,
            r#""stack_id":"stk-01","service":"hpc-clusters","#,
            r#""operation":"cluster.node.add","operator":"zhang3","username":"zhang3","#,
            r#""operator_name":"张三","user_type":"user","source_ip":"10.12.3.{}","#,
            r#""source_port":50222,"object":{{"type":"node","id":"n-{}","name":"compute-{}"}},"#,
            r#""related":[{{"type":"cluster","id":"c-42","name":"render farm""#,
            r#","role":"cluster"}}],"#,
            r#""request_data":{{"nodes":4,"image":{{"id":"img-7","name":"rocky-9.4"}},"#,
            r#""partition":"gpu","charge":"project-17","tags":["render","night"]}},"#,
            r#""outcome":"success","request_id":"req-{:016x}","session_id":"s-{:08x}","#,
            r#""user_agent":"Mozilla/5.0 (X11; Linux x86_64) Firefox/141.0","duration_ms":1250}}"#
        ),
        number,
        number % 250,
        number,
        number % 1000,
        number.wrapping_mul(0x9e37_79b9_7f4a_7c15),
        number % 100_000,
    )
}

fn main() {
    let events = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(400_000);
    let lines: Vec<String> = (0..events.min(20_000)).map(line).collect();
    let bytes: usize = lines.iter().map(String::len).sum();
    println!("{} bytes an event", bytes / lines.len().max(1));

    let catalogue = Catalogue::built_in();
    let sender = Sender {
        emitter: "3f9a01c7".into(),
        region: None,
        stack_id: None,
        may_be_system: false,
        is_server: false,
    };
    let received = Timestamp::from_nanos(1_795_336_200_000_000_000);
    let start = Instant::now();
    for line in lines.iter().cycle().take(events as usize) {
        black_box(parse_event(line.as_bytes())).expect("the line is JSON");
    }
    report("read", events, start);

    let start = Instant::now();
    for (number, line) in lines.iter().cycle().take(events as usize).enumerate() {
        let (record, faults) = parse_event(line.as_bytes()).expect("the line is JSON");
        let salt = RecordSalt((number as u128).to_be_bytes());
        let sealed = record.seal(&catalogue, &sender, received, salt, String::new);
        black_box(sealed.expect("the event has no fault"));
        assert_eq!(faults, []);
    }
    report("read and sealed", events, start);
}

fn report(what: &str, events: u64, start: Instant) {
    let seconds = start.elapsed().as_secs_f64();
    let rate = events as f64 / seconds;
    println!("{what}: {rate:.0} events/s, {:.2} us an event", 1e6 / rate);
}
