//! Files and folders: up, down, copied, moved, deleted, packed.
//!
//! What a person deletes or moves was uploaded by the same person before; downloads and copies
//! also reach into the shared project library, which is older than the log.

use crate::acts::Act;
use crate::line::{Hex, Padded, Put};
use crate::names::{FOLDERS, TEAMS, Team};
use crate::people::File;
use crate::stage::{Stage, Told, Turn};

/// Someone puts a file into their home.
pub(crate) fn upload(stage: &mut Stage, turn: Turn) -> Told {
    let who = turn.person_index();
    let file = new_file(stage);
    stage.begin(&turn);
    write_target(stage, who, file);
    let (bytes, digest) = (size(stage), stage.dice.word());
    let Stage { line, dice, .. } = stage;
    line.open("request_data");
    line.number("bytes", bytes);
    line.text("conflict", if dice.chance(200) { "overwrite" } else { "rename" });
    line.number("parts", bytes / (64 << 20) + 1);
    line.text("crc32", Hex(digest as u32));
    line.close();
    stage.finish(&turn);
    if turn.is_done() {
        stage.company.people[who].files.add(file);
    }
    Told::Yes
}

/// Someone fetches a file, their own or one of the project's.
pub(crate) fn download(stage: &mut Stage, turn: Turn) -> Told {
    let who = turn.person_index();
    let own = stage.company.people[who].files.all();
    let chosen = own.get(stage.dice.index(own.len().max(1))).copied();
    stage.begin(&turn);
    match chosen.filter(|_| stage.dice.chance(550)) {
        Some(file) => write_target(stage, who, file),
        None => {
            let file = new_file(stage);
            let team = &TEAMS[stage.company.people[who].team];
            stage.line.object("file", library_path(team, file), file_name(team, file));
        }
    }
    let bytes = size(stage);
    let Stage { line, dice, .. } = stage;
    line.open("request_data");
    line.number("bytes", bytes);
    line.text("range", ("bytes=0-", bytes.saturating_sub(1)));
    line.flag("approved", dice.chance(300));
    line.close();
    stage.finish(&turn);
    Told::Yes
}

/// Someone copies or moves one of their files; without one, they first upload it.
pub(crate) fn relocate(stage: &mut Stage, turn: Turn) -> Told {
    let who = turn.person_index();
    let files = stage.company.people[who].files.all();
    if files.is_empty() {
        return Told::Needs(Act::FileUpload);
    }
    let place = stage.dice.index(files.len());
    let from = files[place];
    let is_move = turn.act == Act::FileMove;
    let mut to = File { folder: (from.folder + 1) % FOLDERS.len() as u8, ..from };
    if !is_move {
        to.number = new_file(stage).number;
    }
    stage.begin(&turn);
    write_target(stage, who, from);
    let bytes = size(stage);
    let Stage { line, company, .. } = stage;
    let person = &company.people[who];
    let team = &TEAMS[person.team];
    line.list("related");
    line.relation("destination", "file", home_path(&person.login, team, to), file_name(team, to));
    line.end_list();
    line.open("request_data");
    line.number("bytes", bytes);
    line.text("conflict", "fail");
    line.close();
    stage.finish(&turn);
    if turn.is_done() && is_move {
        stage.company.people[who].files.replace(place, to);
    } else if turn.is_done() {
        stage.company.people[who].files.add(to);
    }
    Told::Yes
}

/// Someone deletes one of their files; without one, they first upload it.
pub(crate) fn delete(stage: &mut Stage, turn: Turn) -> Told {
    let who = turn.person_index();
    let files = stage.company.people[who].files.all();
    if files.is_empty() {
        return Told::Needs(Act::FileUpload);
    }
    let place = stage.dice.index(files.len());
    let file = files[place];
    stage.begin(&turn);
    write_target(stage, who, file);
    let bytes = size(stage);
    stage.line.open("request_data");
    stage.line.flag("to_recycle_bin", stage.dice.chance(600));
    stage.line.number("bytes", bytes);
    stage.line.close();
    stage.finish(&turn);
    if turn.is_done() {
        stage.company.people[who].files.remove(place);
    }
    Told::Yes
}

/// Someone makes a folder, or fetches one as a package.
pub(crate) fn folder(stage: &mut Stage, turn: Turn) -> Told {
    let who = turn.person_index();
    let number = stage.dice.below(10_000);
    let bytes = size(stage) * 8;
    stage.begin(&turn);
    let Stage { line, company, dice, .. } = stage;
    let person = &company.people[who];
    let project = TEAMS[person.team].projects[number as usize % 4];
    let name = (FOLDERS[number as usize / 4 % FOLDERS.len()], "-", Padded(number, 4));
    line.object(
        "folder",
        (("/share/users/", person.login.as_str()), "/", project, "/", name),
        name,
    );
    line.open("request_data");
    if turn.act == Act::FolderPackage {
        line.text("format", if dice.chance(700) { "zip" } else { "tar.gz" });
        line.number("files", 1 + dice.skewed(4000) as u64);
        line.number("bytes", bytes);
    } else {
        line.text("mode", "0750");
        line.text("project", project);
    }
    line.text("storage", storage_of(bytes));
    line.close();
    stage.finish(&turn);
    Told::Yes
}

/// A file that has not been named yet.
pub(crate) fn new_file(stage: &mut Stage) -> File {
    let word = stage.dice.word();
    File { number: (word >> 32) as u32, folder: (word % FOLDERS.len() as u64) as u8 }
}

/// Sizes in bytes: each power of two from 512 to 8 Gi as likely as the next.
pub(crate) fn size(stage: &mut Stage) -> u64 {
    let power = stage.dice.between(9, 32);
    (1 << power) + stage.dice.below(1 << power)
}

/// The name of a file.
pub(crate) fn file_name(team: &Team, file: File) -> impl Put + Copy + use<> {
    let number = file.number as usize;
    let stem = team.stems[number % team.stems.len()];
    let extension = team.extensions[number / 8 % team.extensions.len()];
    (stem, "_", Padded(u64::from(file.number % 10_000), 4), ".", extension)
}

/// Where a file of someone's home stands.
pub(crate) fn home_path<'a>(login: &'a str, team: &Team, file: File) -> impl Put + Copy + use<'a> {
    let project = team.projects[file.number as usize / 64 % team.projects.len()];
    let folder = FOLDERS[usize::from(file.folder)];
    ("/share/users/", login, "/", project, "/", folder, "/", file_name(team, file))
}

fn library_path(team: &Team, file: File) -> impl Put + Copy + use<> {
    let project = team.projects[file.number as usize / 64 % team.projects.len()];
    (
        "/share/projects/",
        project,
        "/",
        FOLDERS[usize::from(file.folder)],
        "/",
        file_name(team, file),
    )
}

fn write_target(stage: &mut Stage, who: usize, file: File) {
    let Stage { line, company, .. } = stage;
    let person = &company.people[who];
    let team = &TEAMS[person.team];
    line.object("file", home_path(&person.login, team, file), file_name(team, file));
}

/// Which of the storages a thing of that number is on.
fn storage_of(number: u64) -> &'static str {
    ["nfs-home", "nfs-project", "lustre-scratch", "object-archive"][number as usize % 4]
}
