//! Measures how many lines of a log file the sshd source maps a second, on one core.
//!
//! `cargo run --release -p annals-map --example lines_per_second -- FILE`

use std::io::Write;

use annals_map::{
    Calendar, Decoder, EventIds, Fingerprint, Format, Kind, Place, RawLine, Settings, open,
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("name a log file")?;
    let bytes = std::fs::read(&path)?;
    let settings = Settings {
        name: "measured".to_owned(),
        key: EventIds::TEST_KEY,
        decoder: Decoder::new(Format::Auto, Calendar::of_year(Some("UTC"), 2026)?),
        region: None,
        stack_id: None,
    };
    let mut source = open(Kind::Sshd, settings);
    let file = Fingerprint::of(b"measured");
    let (mut lines, mut events, mut offset) = (0_u32, 0, 0);
    let start = std::time::Instant::now();
    for line in bytes.split(|byte| *byte == b'\n') {
        source.line(&RawLine { place: Place { file, offset }, bytes: line });
        events += source.take().len();
        offset += line.len() as u64 + 1;
        lines += 1;
    }
    let seconds = start.elapsed().as_secs_f64();
    let rate = f64::from(lines) / seconds;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{lines} lines, {events} events, {seconds:.2} s, {rate:.0} lines/s")?;
    Ok(())
}
