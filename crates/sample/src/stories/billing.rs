//! Usage reports, exported and then fetched, and imports of licences and service packages.
//!
//! Holds always: a download names the export it fetches; an import carries the file's name and
//! SHA-256, never its content.

use crate::acts::Act;
use crate::line::{Hex, Line, Padded, Put};
use crate::places::{MINUTE, STACKS};
use crate::stage::{Stage, Told, Turn};
use crate::tasks::Step;

/// Someone has a report made.
pub(crate) fn export(stage: &mut Stage, turn: Turn) -> Told {
    let report = stage.dice.fresh();
    let month = stage.dice.between(1, 12) as u8;
    stage.begin(&turn);
    let line = &mut stage.line;
    match turn.is_done() {
        true => line.object("usage_report", ("rep-", Hex(report)), name(turn.act, month)),
        false => line.unmade("usage_report", name(turn.act, month)),
    }
    line.open("request_data");
    line.number("month", month.into());
    line.text("format", if report.is_multiple_of(3) { "pdf" } else { "xlsx" });
    line.text("scope", STACKS[turn.stack].1);
    line.list("columns");
    for column in ["node_id", "region", "vcpu", "gpu", "username", "start", "end"] {
        line.entry(column);
    }
    line.end_list();
    line.close();
    stage.finish(&turn);
    if turn.is_done() && stage.dice.chance(900) {
        let act = match turn.act {
            Act::LicenseUsageExport => Act::LicenseUsageDownload,
            _ => Act::ResourceUsageDownload,
        };
        let (who, stack) = (turn.person_index(), turn.stack);
        let due = turn.at + MINUTE / 2 + stage.dice.wait(3 * MINUTE);
        stage.tasks.put(due, Step::Fetch { who, stack, act, report, month });
    }
    Told::Yes
}

/// The report that was made is fetched.
pub(crate) fn fetch(stage: &mut Stage, turn: Turn, report: u32, month: u8) -> Told {
    stage.begin(&turn);
    let line = &mut stage.line;
    let export = match turn.act {
        Act::LicenseUsageDownload => Act::LicenseUsageExport,
        _ => Act::ResourceUsageExport,
    };
    line.object("usage_report", ("rep-", Hex(report)), name(export, month));
    line.list("related");
    line.relation("export", "usage_report", ("rep-", Hex(report)), name(export, month));
    line.end_list();
    line.open("request_data");
    line.text("format", if report.is_multiple_of(3) { "pdf" } else { "xlsx" });
    line.number("bytes", 20_000 + u64::from(report % 4_000_000));
    line.close();
    stage.finish(&turn);
    Told::Yes
}

/// A licence or a service package is imported from a file.
pub(crate) fn import(stage: &mut Stage, turn: Turn) -> Told {
    let id = stage.dice.fresh();
    let digest: [u32; 8] = std::array::from_fn(|_| stage.dice.word() as u32);
    stage.begin(&turn);
    let line = &mut stage.line;
    let (kind, prefix, extension) = match turn.act {
        Act::LicenseImport => ("license", "lic-", ".lic"),
        _ => ("service_package", "pkg-", ".tar.zst"),
    };
    let product = ["solver-suite", "render-farm", "eda-flow", "platform-core"][id as usize % 4];
    let file = (product, "-", Padded(u64::from(id % 1000), 3), extension);
    match turn.is_done() {
        true => line.object(kind, (prefix, Hex(id)), product),
        false => line.unmade(kind, product),
    }
    line.open("request_data");
    line.text("file_name", file);
    write_digest(line, digest);
    line.number("file_bytes", 900 + u64::from(id % 9_000));
    line.number("seats", u64::from(id % 500) + 8);
    line.text("product", product);
    line.close();
    stage.finish(&turn);
    Told::Yes
}

fn name(export: Act, month: u8) -> impl Put + Copy {
    let what = match export {
        Act::LicenseUsageExport => "许可证用量",
        _ => "资源用量",
    };
    (what, "-", Padded(month.into(), 2))
}

fn write_digest(line: &mut Line, digest: [u32; 8]) {
    let [a, b, c, d, e, f, g, h] = digest.map(Hex);
    line.text("file_sha256", (a, b, c, d, (e, f, g, h)));
}
