//! Writes events to nowhere and says how fast and how long they are: `cargo run --release --example
//! rate -- 2000000`. With a second argument the events go to stdout.

use std::io::{self, Write};
use std::time::Instant;

use annals_record::Timestamp;
use annals_sample::{Options, write_ndjson};

fn main() -> io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let events = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(1_000_000);
    let until = Timestamp::parse("2026-11-22T00:00:00Z").expect("a valid time");
    let options = Options { seed: 1, events, days: 30, until, scenarios: false };
    if arguments.next().is_some() {
        return write_ndjson(&options, io::stdout().lock());
    }
    let mut count = Counter(0);
    let start = Instant::now();
    write_ndjson(&options, &mut count)?;
    let seconds = start.elapsed().as_secs_f64();
    let (rate, mean) = (events as f64 / seconds, count.0 as f64 / events as f64);
    writeln!(io::stdout(), "{events} events, {mean:.1} bytes each, {rate:.0} a second")
}

struct Counter(u64);

impl Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
