//! The keeper: the thread that writes rows to disk and takes erased values out of the files.
//!
//! It works on what it copied under the writer's lock, without the lock; what was deleted in the
//! meantime is deleted in the new files before they take the place of the old ones. A fault is
//! logged and tried again later; until then the rows stay in memory.

use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use annals_record::Tag;

use super::Shared;
use super::leaves::Leaves;
use super::manifest::{Erasure, Manifest, TextFile};
use super::writer::{SealedEntry, Writer};
use crate::docset::DocSet;
use crate::error::IndexError;
use crate::merge::merge;
use crate::part::Part;
use crate::sealed::{self, SealedPart};
use crate::text::{Chunk, GROUP_LEAVES, Group, TextFolder, with_filter};

/// Pause after a fault.
const PAUSE: Duration = Duration::from_secs(10);

/// What there is to do.
enum Job {
    /// Write the frozen rows, and the filters of `texts` beside them.
    Seal { number: u64, parts: Vec<Part>, end: u64, texts: Vec<Chunk> },
    /// Write a part anew without its deleted rows.
    Rewrite { number: u64, old: u64, part: Part },
    /// Make the filter of a group anew.
    Refilter { number: u64, group: u64, erasures: Vec<Erasure> },
    /// Nothing is left of these erased values.
    Forget { erasures: usize },
}

/// Starts it; it ends once the index is stopped.
pub(super) fn start(shared: Arc<Shared>) -> Result<JoinHandle<()>, IndexError> {
    let work = move || {
        while let Some(job) = wait(&shared) {
            if let Err(error) = run(&shared, job) {
                let cause = std::error::Error::source(&error).map(ToString::to_string);
                tracing::error!(%error, cause, "rows stay in memory; trying again later");
                give_back(&shared);
            }
        }
    };
    std::thread::Builder::new().name("index-keeper".into()).spawn(work).map_err(IndexError::Thread)
}

/// The next job; none once the index is stopped.
fn wait(shared: &Shared) -> Option<Job> {
    let mut writer = shared.writer();
    loop {
        if shared.is_stopped() {
            return None;
        }
        if let Some(job) = next_job(&mut writer, shared.options.seal_rows) {
            return Some(job);
        }
        writer = shared.changed.wait(writer).unwrap_or_else(PoisonError::into_inner);
    }
}

fn next_job(writer: &mut Writer, seal_rows: u64) -> Option<Job> {
    let number = writer.next_number;
    let job = if writer.seal_now || writer.tail_rows() >= seal_rows {
        let (parts, texts) = writer.freeze();
        Job::Seal { number, parts, end: writer.end, texts }
    } else {
        erasure_job(writer, number)?
    };
    writer.next_number += 1;
    Some(job)
}

/// What is to be done for erased values: first the parts, then the filters.
fn erasure_job(writer: &Writer, number: u64) -> Option<Job> {
    let first = writer.erasures.first()?;
    let rows = || writer.erasures.iter().flat_map(|erasure| &erasure.rows);
    let holds = |entry: &&SealedEntry| {
        let part = &entry.part;
        rows().any(|index| {
            let mut docs = DocSet::new_empty(part.len());
            part.docs_of(*index..index + 1, &mut docs);
            docs.and(part.deleted());
            !docs.is_empty()
        })
    };
    if let Some(entry) = writer.sealed.iter().find(holds) {
        return Some(Job::Rewrite { number, old: entry.number, part: entry.part.clone() });
    }
    let group = first.index / GROUP_LEAVES;
    let groups: u64 = writer.texts.iter().map(Chunk::groups).sum();
    if first.is_filtered {
        return Some(Job::Forget { erasures: 1 });
    }
    let erasures = writer.erasures.clone();
    (group < groups).then_some(Job::Refilter { number, group, erasures })
}

fn run(shared: &Shared, job: Job) -> Result<(), IndexError> {
    match job {
        Job::Seal { number, parts, end, texts } => seal(shared, number, &parts, end, &texts),
        Job::Rewrite { number, old, part } => rewrite(shared, number, old, &part),
        Job::Refilter { number, group, erasures } => refilter(shared, number, group, &erasures),
        Job::Forget { erasures } => {
            let mut writer = shared.writer();
            writer.erasures.drain(..erasures);
            save(shared, &mut writer)
        }
    }
}

fn seal(
    shared: &Shared,
    number: u64,
    parts: &[Part],
    end: u64,
    texts: &[Chunk],
) -> Result<(), IndexError> {
    let Some(part) = write_part(shared, number, parts)? else { return Ok(()) };
    let groups = texts.iter().map(Chunk::groups).sum();
    let mut chunk = None;
    if groups > 0 {
        shared.folder.write_texts(number, &Chunk::file_of(texts))?;
        chunk = Chunk::open(&shared.folder.texts(), &number.to_string(), groups)?;
    }
    let mut writer = shared.writer();
    let frozen = std::mem::take(&mut writer.frozen);
    if let Some(part) = part {
        let part = carry_deleted(parts, &frozen, part);
        writer.sealed.push(SealedEntry { number, part, deleted: None });
    }
    if let Some(chunk) = chunk {
        let files = writer.text_files.len();
        writer.texts.splice(files..files + texts.len(), [chunk]);
        writer.text_files.push(TextFile { number, groups });
    }
    writer.texts_fixed = writer.text_files.len();
    writer.settled = end;
    writer.seal_now &= writer.settled < writer.end;
    save(shared, &mut writer)
}

fn rewrite(shared: &Shared, number: u64, old: u64, part: &Part) -> Result<(), IndexError> {
    let before = std::slice::from_ref(part);
    let Some(fresh) = write_part(shared, number, before)? else { return Ok(()) };
    let mut writer = shared.writer();
    let Some(place) = writer.sealed.iter().position(|entry| entry.number == old) else {
        return Ok(());
    };
    match fresh {
        Some(fresh) => {
            let now = std::slice::from_ref(&writer.sealed[place].part);
            let part = carry_deleted(before, now, fresh);
            writer.sealed[place] = SealedEntry { number, part, deleted: None };
        }
        None => {
            writer.sealed.remove(place);
        }
    }
    save(shared, &mut writer)
}

/// The outer none: the index was stopped. The inner none: no row is left.
fn write_part(
    shared: &Shared,
    number: u64,
    parts: &[Part],
) -> Result<Option<Option<Part>>, IndexError> {
    let merged = merge(&parts.iter().collect::<Vec<_>>());
    if merged.len() == 0 {
        return Ok(Some(None));
    }
    let path = shared.folder.part(number);
    if !sealed::write(&merged, &path, &|| shared.is_stopped())? {
        return Ok(None);
    }
    shared.folder.sync_parts()?;
    Ok(Some(Part::sealed(SealedPart::open(&path)?, None)))
}

/// Deletes in `fresh` the rows that were deleted after it was begun.
fn carry_deleted(before: &[Part], now: &[Part], fresh: Part) -> Part {
    let mut docs = Vec::new();
    for (before, now) in before.iter().zip(now) {
        let mut deleted = DocSet::clone(now.deleted());
        deleted.and_not(before.deleted());
        docs.extend(deleted.iter().filter_map(|doc| fresh.doc_of(now.index(doc))));
    }
    if docs.is_empty() { fresh } else { fresh.without(docs) }
}

/// Makes a group's filter anew from its leaves, without what was erased.
fn refilter(
    shared: &Shared,
    number: u64,
    group: u64,
    erasures: &[Erasure],
) -> Result<(), IndexError> {
    let mut folder = TextFolder::default();
    let start = group * GROUP_LEAVES;
    let end = (start + GROUP_LEAVES).min(shared.reader.head().size.0);
    let Leaves { leaves, lost } = Leaves::read(&shared.reader, start..end)?;
    for (index, mut leaf) in leaves {
        for erasure in erasures.iter().filter(|erasure| erasure.index == index.0) {
            leaf.erase(&erasure.tags.iter().map(|tag| Tag(*tag)).collect::<Vec<_>>());
        }
        folder.add(&leaf);
    }
    let filter = match lost.is_empty() {
        true => folder.finish(),
        // Their rows may be older than the damage, and the damage be mended.
        false => Group::full(),
    };
    let mut writer = shared.writer();
    let mut first = 0;
    let holds = |chunk: &Chunk| {
        first += chunk.groups();
        group < first
    };
    let Some(place) = writer.texts.iter().position(holds) else { return Ok(()) };
    let chunk = writer.texts[place].clone();
    let inside = group - (first - chunk.groups());
    match chunk {
        Chunk::Memory(filters) => {
            writer.texts[place] = Chunk::Memory(with_filter(&filters, inside, &filter));
        }
        Chunk::Mapped(slices) => {
            shared.folder.write_texts(number, &slices.with(inside, &filter))?;
            let groups = writer.text_files[place].groups;
            if let Some(chunk) = Chunk::open(&shared.folder.texts(), &number.to_string(), groups)? {
                writer.texts[place] = chunk;
                writer.text_files[place].number = number;
            }
        }
    }
    for erasure in &mut writer.erasures {
        erasure.is_filtered |= erasure.index / GROUP_LEAVES == group && erasures.contains(erasure);
    }
    save(shared, &mut writer)
}

/// Makes the writer's state the one that a start finds, and shows it.
fn save(shared: &Shared, writer: &mut Writer) -> Result<(), IndexError> {
    for place in 0..writer.sealed.len() {
        let entry = &writer.sealed[place];
        let deleted = Arc::clone(entry.part.deleted());
        let saved = entry.deleted.as_ref().map(|(_, set)| set);
        if deleted.is_empty() || saved.is_some_and(|saved| **saved == *deleted) {
            continue;
        }
        let number = writer.next_number;
        writer.next_number += 1;
        shared.folder.write_deleted(number, &deleted.to_bytes())?;
        writer.sealed[place].deleted = Some((number, deleted));
    }
    shared.folder.sync_parts()?;
    let mut manifest = Manifest {
        settled: writer.settled,
        parts: writer.sealed.iter().map(SealedEntry::file).collect(),
        texts: writer.text_files.clone(),
        refold: writer.rows_to_refold(),
        erasures: writer.erasures.clone(),
        lost: writer.lost.clone(),
        next_number: writer.next_number,
        ..Manifest::default()
    };
    manifest.save(&shared.folder, &shared.reader)?;
    shared.publish(writer);
    shared.folder.sweep(&manifest)?;
    shared.bytes.store(shared.folder.bytes(), Ordering::Relaxed);
    Ok(())
}

/// Frozen rows go back to the tail, and the next look waits a little.
fn give_back(shared: &Shared) {
    let mut writer = shared.writer();
    writer.thaw();
    writer.seal_now = false;
    shared.publish(&writer);
    if !shared.is_stopped() {
        drop(shared.changed.wait_timeout(writer, PAUSE));
    }
}
