//! OpenSSH, PAM's sshd lines, internal-sftp and `su`: logins, sessions and files.
//!
//! One act is one record, however many lines tell of it: lines that only lead up to an act
//! (`Postponed`, `Accepted key`, PAM's own) are understood and make none. An address is never taken
//! from a place in a message that a user name could have written.
//!
//! What it can't see: what runs inside a session (`scp -O`, `rsync`, a shell).

mod auth;
mod peer;
mod session;
mod sftp;
mod su;
mod table;

use annals_record::Record;
use regex::Captures;

use super::{Source, Verdict};
use crate::decode::{Decoder, Line};
use crate::draft::{Draft, Repeat, Stamp};
use crate::error::MapError;
use crate::join::session::Joins;
use crate::place::{Evidence, RawLine};
use crate::rules::Found;

/// Equal messages believed of one line; the syslog daemon counts at most so many in practice.
const REPEATS_MAX: u32 = 1000;

/// The source. All that must survive a restart is in `joins`.
pub(super) struct Sshd {
    stamp: Stamp,
    decoder: Decoder,
    joins: Joins,
    done: Vec<Record<'static>>,
}

/// A message on its way through the table.
struct Message<'a> {
    raw: &'a RawLine<'a>,
    line: &'a Line<'a>,
    /// The message without `error: ` or `fatal: ` before it and `[preauth]` behind it.
    text: &'a str,
}

/// What a step of the table gives: the reason where the message can't be used after all.
type Done = Result<(), &'static str>;

/// What the table does with a message.
#[derive(Clone, Copy)]
struct Action {
    run: fn(&mut Sshd, &Message<'_>, &Captures<'_>) -> Done,
    /// It may say more about a refused try to log in, which is therefore not told yet.
    about_attempt: bool,
}

impl Message<'_> {
    fn evidence(&self) -> Evidence {
        Evidence::of(self.raw)
    }

    fn host(&self) -> &str {
        &self.line.host
    }

    fn pid(&self) -> Result<u32, &'static str> {
        self.line.pid.ok_or("the process id is missing: the line can't be joined")
    }
}

impl Sshd {
    pub(super) fn new(stamp: Stamp, decoder: Decoder) -> Self {
        Self { stamp, decoder, joins: Joins::default(), done: Vec::new() }
    }

    /// Completes a record; gives its id.
    fn tell(&mut self, draft: Draft, counter: u32) -> String {
        let (record, id) = draft.finish(&self.stamp, counter);
        self.done.push(record);
        id
    }

    fn message(&mut self, message: &Message<'_>) -> Verdict {
        let program: &str = &message.line.program;
        let (action, captures) = match table::rules().find(program, message.text) {
            Found::OtherProgram => return Verdict::OtherProgram(program.to_owned()),
            Found::NoRule => return Verdict::Unmapped("the message is not known"),
            Found::Rule(action, captures) => (action, captures),
        };
        if !action.about_attempt
            && let Some(pid) = message.line.pid
            && let Some(id) = self.joins.owner(message.host(), pid)
        {
            self.tell_attempt(id);
        }
        match (action.run)(self, message, &captures) {
            Ok(()) => Verdict::Understood,
            Err(reason) => Verdict::Unmapped(reason),
        }
    }

    /// Maps one line as many equal messages; each is decided before the next.
    fn repeats(&mut self, message: &Message<'_>, count: u32) -> Verdict {
        let mut verdict = Verdict::Understood;
        for ordinal in 0..count {
            self.stamp.repeat = Repeat { ordinal, count };
            verdict = self.message(message);
            let owner = message.line.pid.and_then(|pid| self.joins.owner(message.host(), pid));
            if let Some(id) = owner {
                self.tell_attempt(id);
            }
        }
        self.stamp.repeat = Repeat::default();
        verdict
    }

    /// Tells what is still open of the oldest joins where there are too many.
    fn keep_bounds(&mut self) {
        let (connections, sftp) = self.joins.overdue();
        for id in connections {
            self.retire(id);
        }
        for process in sftp {
            self.retire_sftp(process);
        }
    }

    /// Nothing to record: the lines that other lines say better.
    fn noted(&mut self, _: &Message<'_>, _: &Captures<'_>) -> Done {
        Ok(())
    }
}

impl Source for Sshd {
    fn line(&mut self, raw: &RawLine<'_>) -> Verdict {
        let text = String::from_utf8_lossy(raw.bytes);
        if text.trim().is_empty() {
            return Verdict::Understood;
        }
        let line = match self.decoder.decode(&text) {
            Ok(line) => line,
            Err(reason) => return Verdict::Unmapped(reason),
        };
        let (said, count) = repeated(&line.message);
        let said = said.strip_prefix("error: ").or(said.strip_prefix("fatal: ")).unwrap_or(said);
        let said = said.strip_suffix(" [preauth]").unwrap_or(said);
        let message = Message { raw, line: &line, text: said };
        let verdict = match count {
            Some(count) => self.repeats(&message, count),
            None => self.message(&message),
        };
        self.keep_bounds();
        verdict
    }

    fn settle(&mut self) {
        for id in self.joins.ids() {
            self.tell_attempt(id);
        }
        self.settle_sftp();
    }

    fn flush(&mut self) {
        for id in self.joins.ids() {
            self.tell_attempt(id);
            self.tell_refusal(id);
        }
        self.flush_sftp();
    }

    fn take(&mut self) -> Vec<Record<'static>> {
        std::mem::take(&mut self.done)
    }

    fn decoder(&mut self) -> &mut Decoder {
        &mut self.decoder
    }

    fn save(&self) -> Result<serde_json::Value, MapError> {
        serde_json::to_value(&self.joins)
            .map_err(|source| MapError::UnwritableState { name: self.stamp.source.clone(), source })
    }

    fn restore(&mut self, state: &serde_json::Value) -> Result<(), MapError> {
        self.joins = serde::Deserialize::deserialize(state)
            .map_err(|source| MapError::BadState { name: self.stamp.source.clone(), source })?;
        Ok(())
    }
}

/// `message repeated 3 times: [ TEXT]`, as rsyslog reduces equal messages -> `TEXT`, 3.
fn repeated(message: &str) -> (&str, Option<u32>) {
    let parts = message.strip_prefix("message repeated ").and_then(|rest| {
        let (count, text) = rest.split_once(" times: [")?;
        Some((text.strip_suffix(']')?.trim_start(), count.parse::<u32>().ok()?))
    });
    match parts {
        Some((text, count)) => (text, Some(count.clamp(1, REPEATS_MAX))),
        None => (message, None),
    }
}

#[cfg(test)]
mod tests;
