//! How requests of an SFTP process ended, and the records that say so.
//!
//! Silence is success, a status is a refusal, and a transfer ends with its `close`; where the end
//! was not seen the record says `unknown`.

use annals_record::Record;
use serde_json::Value;

use crate::draft::{Draft, Stamp};
use crate::join::session::{OPEN_MAX, OpenFile, Request, Sftp};

/// What is set of a file by itself, and links.
pub(super) const ATTRIBUTES_EDIT: &str = "file.attributes.edit";

/// What a transfer moved.
pub(super) struct Moved {
    pub(super) read: u64,
    pub(super) written: u64,
    pub(super) lasted_ms: u64,
}

pub(super) fn open_file(request: Request) -> OpenFile {
    let flags = request.details.get("flags").and_then(Value::as_str).unwrap_or_default();
    let has = |names: &[&str]| flags.split(',').any(|flag| names.contains(&flag));
    let (writes, reads) = (has(&["WRITE", "APPEND", "CREATE", "TRUNCATE"]), has(&["READ"]));
    OpenFile { request, writes, reads, error: None }
}

/// Nothing contradicted what is held: it has succeeded.
pub(super) fn settle(sftp: &mut Sftp, stamp: &Stamp, done: &mut Vec<Record<'static>>) {
    let Some(request) = sftp.pending.take() else { return };
    if request.is_open {
        if sftp.open.len() >= OPEN_MAX {
            let oldest = sftp.open.remove(0);
            tell_transfer(sftp, oldest, None, stamp, done);
        }
        sftp.open.push(open_file(request));
        return;
    }
    let written = |file: &&mut OpenFile| file.writes && file.request.path == request.path;
    if request.operation == ATTRIBUTES_EDIT
        && request.other.is_none()
        && let Some(file) = sftp.open.iter_mut().rev().find(written)
    {
        // Clients set size, mode and time of a file they upload: part of the upload.
        file.request.details.extend(request.details);
        request.lines.into_iter().for_each(|line| file.request.rests_on(line));
        return;
    }
    tell(sftp, request, "success", None, 0, stamp, done);
}

/// No line will come any more.
pub(super) fn flush(sftp: &mut Sftp, stamp: &Stamp, done: &mut Vec<Record<'static>>) {
    settle(sftp, stamp, done);
    for file in std::mem::take(&mut sftp.open) {
        tell_transfer(sftp, file, None, stamp, done);
    }
}

/// A file was closed, or its end was not seen (`moved` absent). Bytes moved in both directions are
/// two acts.
pub(super) fn tell_transfer(
    sftp: &Sftp,
    file: OpenFile,
    moved: Option<&Moved>,
    stamp: &Stamp,
    done: &mut Vec<Record<'static>>,
) {
    let OpenFile { mut request, writes, reads, error } = file;
    let (up, down) = match moved {
        Some(Moved { read: 0, written: 0, .. }) | None => (writes || !reads, !writes && reads),
        Some(moved) => (moved.written > 0, moved.read > 0),
    };
    let outcome = match (moved, &error) {
        (None, _) => "unknown",
        (Some(_), None) => "success",
        (Some(Moved { read: 0, written: 0, .. }), Some(_)) => "failure",
        (Some(_), Some(_)) => "partial",
    };
    match moved {
        Some(moved) => {
            request.details.insert("bytes_read".into(), moved.read.into());
            request.details.insert("bytes_written".into(), moved.written.into());
            request.details.insert("lasted_ms".into(), moved.lasted_ms.into());
        }
        None => request.inferred.push("outcome: the close of the file was not seen".to_owned()),
    }
    let acts = [(up, "file.upload"), (down, "file.download")];
    let acts = acts.iter().filter(|(happened, _)| *happened);
    for (counter, (_, operation)) in (0..).zip(acts) {
        let request = Request { operation: (*operation).to_owned(), ..request.clone() };
        tell(sftp, request, outcome, error.as_deref(), counter, stamp, done);
    }
}

pub(super) fn tell(
    sftp: &Sftp,
    mut request: Request,
    outcome: &'static str,
    reason: Option<&str>,
    counter: u32,
    stamp: &Stamp,
    done: &mut Vec<Record<'static>>,
) {
    let operation = catalogued(&request.operation);
    let kind = if operation.starts_with("folder.") { "folder" } else { "file" };
    let mut draft = Draft::new(operation, request.time);
    draft.inferred.append(&mut request.inferred);
    draft.inferred.extend(sftp.inferred.iter().cloned());
    draft.operator(&sftp.user);
    draft.record.operator_id = sftp.uid.clone().map(Into::into);
    if let Some(path) = &request.path {
        draft.object(kind, path, Some(base_name(path)));
    }
    if let Some((role, path)) = &request.other {
        let role = if role == "target" { "target" } else { "destination" };
        draft.related(kind, path, role);
    }
    draft.related("host", &sftp.host, "host");
    if let Some(ip) = sftp.ip {
        draft.source(&ip.to_string(), sftp.port);
    }
    draft.outcome(outcome, reason);
    draft.record.session_id = sftp.session_id.clone().map(Into::into);
    draft.record.duration_ms = request.details.remove("lasted_ms").and_then(|ms| ms.as_u64());
    draft.request = request.details;
    draft.request.insert("protocol".into(), "sftp".into());
    draft.lines(&sftp.lines);
    draft.lines(&request.lines);
    done.push(draft.finish(stamp, counter).0);
}

/// Requests hold their operation as text, so that they can be written down.
fn catalogued(operation: &str) -> &'static str {
    const OPERATIONS: [&str; 7] = [
        "file.upload",
        "file.download",
        "file.delete",
        "file.move",
        "folder.create",
        "folder.delete",
        ATTRIBUTES_EDIT,
    ];
    OPERATIONS.into_iter().find(|known| *known == operation).unwrap_or(ATTRIBUTES_EDIT)
}

/// The last part of a path; the path itself where it has none.
fn base_name(path: &str) -> &str {
    let name = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    if name.is_empty() { path } else { name }
}
