//! `annals export`: all events that match a filter, to one file.
//!
//! The server writes the file beside its other work; this waits, shows progress, takes the file
//! and checks its digest. A broken download goes on where it was.

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use annals_api::client::Client;
use annals_api::wire::export::{Export, ExportFormat, ExportRequest, ExportState};
use sha2::{Digest as _, Sha256};

use crate::args::ExportArgs;
use crate::exit::Exit;
use crate::{bar, output, reach};

/// Pause between two looks at the job.
const LOOK: Duration = Duration::from_millis(200);
/// How often a broken download is taken up again.
const RESUMES_MAX: u32 = 10;
const BUFFER_BYTES: usize = 1 << 16;

/// Exports.
pub(crate) fn run(args: &ExportArgs) -> Result<(), Exit> {
    let asked = super::search::asked(&args.which)?;
    let client = reach::client(&args.server)?;
    let q = asked.q.unwrap_or_default();
    let request = ExportRequest {
        q: q.clone(),
        from: asked.from,
        to: asked.to,
        tz: asked.tz,
        format: args.format.map_or_else(|| by_name(&args.out), ExportFormat::from),
        columns: args.columns.clone(),
        lang: args.lang.map(Into::into),
    };
    let job = client.begin_export(&request).map_err(|error| reach::asked(&error, Some(&q)))?;
    let done = wait(&client, job)?;
    fetch(&client, &done, &args.out)?;
    if !args.keep {
        client.end_export(&done.id).map_err(|error| reach::failed(&error))?;
    }
    output::hint(&format!("{} events, {} bytes", done.rows, done.bytes));
    super::search::warn(done.error.is_some(), done.error.as_deref());
    if args.json && args.out != Path::new("-") { output::json(&done) } else { Ok(()) }
}

fn by_name(out: &Path) -> ExportFormat {
    match out.extension().and_then(|extension| extension.to_str()) {
        Some("csv") => ExportFormat::Csv,
        Some("parquet") => ExportFormat::Parquet,
        _ => ExportFormat::Ndjson,
    }
}

/// Waits until the file is whole.
fn wait(client: &Client, mut job: Export) -> Result<Export, Exit> {
    let bar = bar::of_events();
    loop {
        if let Some(total) = job.rows_total {
            bar.set_length(total);
        }
        bar.set_position(job.rows);
        match job.state {
            ExportState::Queued | ExportState::Running => {}
            ExportState::Done => break,
            ExportState::Failed => {
                let why = job.error.unwrap_or_default();
                return Err(Exit::Fault(format!("the server could not export: {why}")));
            }
            ExportState::Cancelled => return Err(Exit::No("the export was ended".to_owned())),
        }
        std::thread::sleep(LOOK);
        job = client.export(&job.id).map_err(|error| reach::failed(&error))?;
    }
    bar.finish_and_clear();
    Ok(job)
}

/// Takes the file under another name first, so that a file of this name is a whole one.
fn fetch(client: &Client, job: &Export, out: &Path) -> Result<(), Exit> {
    if out == Path::new("-") {
        return take(client, job, &mut std::io::stdout().lock(), output::settle);
    }
    let mut part = out.as_os_str().to_owned();
    part.push(".part");
    let part = PathBuf::from(part);
    let failed =
        |error: std::io::Error| Exit::fault(&format!("cannot write {}", out.display()), &error);
    let mut file = File::create(&part).map_err(failed)?;
    take(client, job, &mut file, |done| done.map_err(failed))?;
    file.sync_all().and_then(|()| std::fs::rename(&part, out)).map_err(failed)
}

fn take(
    client: &Client,
    job: &Export,
    out: &mut impl Write,
    written: impl Fn(std::io::Result<()>) -> Result<(), Exit>,
) -> Result<(), Exit> {
    let (mut digest, mut bytes, mut resumes) = (Sha256::new(), 0, 0);
    let mut piece = vec![0; BUFFER_BYTES];
    while bytes < job.bytes {
        let mut file = client.export_file(&job.id, bytes).map_err(|error| reach::failed(&error))?;
        loop {
            match file.read(&mut piece) {
                Ok(0) => break,
                Ok(read) => {
                    written(out.write_all(&piece[..read]))?;
                    digest.update(&piece[..read]);
                    bytes += read as u64;
                }
                Err(error) if resumes == RESUMES_MAX => {
                    return Err(Exit::fault("the download broke off", &error));
                }
                Err(_) => break,
            }
        }
        resumes += 1;
        if bytes < job.bytes && resumes > RESUMES_MAX {
            return Err(Exit::Fault("the download ended before the file did".to_owned()));
        }
    }
    written(out.flush())?;
    let found: String = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    if job.sha256.as_deref() == Some(found.as_str()) {
        Ok(())
    } else {
        Err(Exit::Fault("the file is not the one the server wrote; export it again".to_owned()))
    }
}
