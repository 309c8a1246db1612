//! `annals generate`: realistic events as NDJSON on stdout.

use std::fs::File;
use std::io::{BufWriter, Write as _};

use annals_record::Timestamp;
use annals_sample::Options;

use crate::args::GenerateArgs;
use crate::exit::Exit;
use crate::output;

/// Bytes gathered before a write to stdout.
const OUTPUT_BUFFER_BYTES: usize = 1 << 20;

/// Prints the events.
pub(crate) fn run(args: &GenerateArgs) -> Result<(), Exit> {
    let until = match &args.until {
        Some(text) => super::moment(text)?,
        None => start_of_today(),
    };
    let options = Options {
        seed: args.seed,
        events: args.events,
        days: args.days,
        until,
        scenarios: args.scenarios,
    };
    let mut out = BufWriter::with_capacity(OUTPUT_BUFFER_BYTES, std::io::stdout().lock());
    let done = match &args.labels {
        None => annals_sample::write_ndjson(&options, &mut out),
        Some(path) => {
            let labels = File::create(path).map_err(|error| {
                Exit::usage(&format!("cannot write labels to {}", path.display()), &error)
            })?;
            let mut labels = BufWriter::new(labels);
            annals_sample::write_labelled(&options, &mut out, &mut labels)
                .and_then(|()| labels.flush())
        }
    };
    output::settle(done.and_then(|()| out.flush()))
}

/// 00:00 UTC of today: the same day gives the same bytes.
fn start_of_today() -> Timestamp {
    const DAY_NANOS: i64 = 86_400_000_000_000;
    let now = super::now().nanos();
    Timestamp::from_nanos(now - now.rem_euclid(DAY_NANOS))
}
