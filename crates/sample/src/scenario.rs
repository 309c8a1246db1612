//! The misuse mixed into a stream: each call plays the next event of one scenario.
//!
//! Holds always: every event written here belongs to the scenario and is done by its person (the
//! caller labels it); what the scenario needs from others is there before or is left out.

use crate::acts::Act;
use crate::habits::Role;
use crate::line::Ip;
use crate::names::PERMISSIONS;
use crate::people::Company;
use crate::places::{MINUTE, REGIONS, SECOND, STACKS};
use crate::scenes::{Scenario, Scene};
use crate::stage::{Fate, Stage, Told, Turn};
use crate::stories::{account, approval, data, login, tell_only};
use crate::tasks::Step;

/// What the intruder deletes at night.
const DELETIONS: [Act; 8] = [
    Act::UserDelete,
    Act::DesktopRelease,
    Act::ClusterNodeRelease,
    Act::BackupDelete,
    Act::ImageRelease,
    Act::GroupDelete,
    Act::DesktopNodeRelease,
    Act::ClusterRelease,
];

/// Someone a scenario can be about, and how long it will be.
pub(crate) fn cast(stage: &mut Stage, scenario: Scenario) -> Scene {
    let region = stage.dice.index(REGIONS.len());
    let role = match scenario {
        Scenario::NightDeletion => Role::Admin,
        Scenario::SelfApproval => Role::Lead,
        _ => Role::Engineer,
    };
    let who = stage.company.of_role(role, region, &mut stage.dice);
    // Far away for shared accounts, outside the company's network for intruders.
    let far = &REGIONS[(region + 2) % REGIONS.len()];
    let ip = match scenario {
        Scenario::SharedAccount => far.address(20, stage.dice.word() as u32),
        _ => 203 << 24 | 113 << 8 | stage.dice.between(1, 254) as u32,
    };
    let length = match scenario {
        // Few enough not to be locked out, then the right password and a look around.
        Scenario::BruteForce => stage.dice.between(6, u64::from(login::FAILURES_MAX) - 1) + 5,
        Scenario::MassDownload => stage.dice.between(80, 200),
        Scenario::NightDeletion => stage.dice.between(10, 24),
        Scenario::PrivilegeEscalation => 8,
        Scenario::SharedAccount => stage.dice.between(10, 24),
        Scenario::SelfApproval => 12,
    };
    Scene { scenario, who, ip: Ip(ip), played: 0, length: length as u32, request: None }
}

/// Plays the next event and puts the one after it off to its time.
pub(crate) fn play(stage: &mut Stage, at: i64, mut scene: Scene) -> Told {
    let who = scene.who;
    let stack = stage.company.people[who].stack;
    if stage.company.people[who].locked {
        return Told::No;
    }
    let turn = Turn::person(at, who, stack, Act::FileDownload);
    let intruder = Turn { from: Some(scene.ip), ..turn };
    let gap = match scene.scenario {
        Scenario::BruteForce => 3 * SECOND,
        Scenario::MassDownload => 15 * SECOND,
        Scenario::NightDeletion => 40 * SECOND,
        Scenario::PrivilegeEscalation | Scenario::SharedAccount => MINUTE,
        Scenario::SelfApproval => 2 * MINUTE,
    };
    let told = match scene.scenario {
        Scenario::BruteForce => brute_force(stage, intruder, &scene),
        Scenario::MassDownload => mass_download(stage, turn),
        Scenario::NightDeletion => night_deletion(stage, intruder, &scene),
        Scenario::PrivilegeEscalation => escalate(stage, turn, &scene),
        Scenario::SharedAccount => share(stage, turn, &scene),
        Scenario::SelfApproval => approve_own(stage, turn, &mut scene),
    };
    scene.played += 1;
    if scene.played < scene.length {
        let due = at + gap / 2 + stage.dice.wait(gap);
        stage.tasks.put(due, Step::Scene(scene));
    }
    told
}

fn brute_force(stage: &mut Stage, turn: Turn, scene: &Scene) -> Told {
    const AFTERWARDS: u32 = 4;
    let failures = scene.length - AFTERWARDS - 1;
    if scene.played < failures {
        let fate = Fate::Failed("wrong password");
        return login::sign_in(stage, Turn { fate, act: Act::Login, ..turn }, scene.played);
    }
    if scene.played == failures {
        return login::sign_in(stage, turn.with(Act::Login), failures);
    }
    data::download(stage, turn)
}

fn mass_download(stage: &mut Stage, turn: Turn) -> Told {
    if stage.dice.chance(150) {
        data::folder(stage, turn.with(Act::FolderPackage))
    } else {
        data::download(stage, turn)
    }
}

fn night_deletion(stage: &mut Stage, turn: Turn, scene: &Scene) -> Told {
    if scene.played == 0 {
        return login::sign_in(stage, turn.with(Act::Login), 0);
    }
    let act = DELETIONS[scene.played as usize % DELETIONS.len()];
    match tell_only(stage, turn.with(act)) {
        Told::Yes => Told::Yes,
        // Nothing of that kind is left.
        Told::No | Told::Needs(_) => data::folder(stage, turn.with(Act::FolderPackage)),
    }
}

fn escalate(stage: &mut Stage, turn: Turn, scene: &Scene) -> Told {
    let uid = Company::uid(scene.who);
    let highest = PERMISSIONS.len() as u8 - 1;
    match scene.played {
        0 => account::write_grant(stage, &turn.with(Act::UserPermissionAdd), uid, highest),
        1 => return tell_only(stage, turn.with(Act::SecurityEdit)),
        2 | 3 => return account::edit(stage, turn.with(Act::PasswordReset)),
        4..7 => return data::folder(stage, turn.with(Act::FolderPackage)),
        _ => account::write_grant(stage, &turn.with(Act::UserPermissionDelete), uid, highest),
    }
    Told::Yes
}

fn share(stage: &mut Stage, turn: Turn, scene: &Scene) -> Told {
    // Every other event comes from the far region, and reaches the stack there.
    let turn = if scene.played.is_multiple_of(2) {
        turn
    } else {
        let octet = scene.ip.0 >> 16 & 255;
        let there = STACKS.iter().position(|(region, _)| REGIONS[*region].octet == octet);
        Turn { from: Some(scene.ip), stack: there.unwrap_or(turn.stack), ..turn }
    };
    match scene.played {
        0 | 1 => login::sign_in(stage, turn.with(Act::Login), 0),
        2 | 3 | 6 => data::download(stage, turn),
        _ => data::upload(stage, turn.with(Act::FileUpload)),
    }
}

fn approve_own(stage: &mut Stage, turn: Turn, scene: &mut Scene) -> Told {
    let Some(mut request) = scene.request.take() else {
        let turn = turn.with(Act::ApprovalInitiate);
        let Some(mut request) = approval::new_request(stage, &turn, 0) else {
            // No policy yet in this stack: the scenario can't happen here.
            scene.played = scene.length;
            return Told::No;
        };
        request.event = approval::write_request(stage, &turn, &request);
        scene.request = Some(Box::new(request));
        return Told::Yes;
    };
    if request.level < request.levels {
        approval::write_decision(stage, &turn.with(Act::ApprovalApprove), &request);
        request.level += 1;
        request.deciders.push(scene.who);
        scene.request = Some(request);
        return Told::Yes;
    }
    scene.played = scene.length;
    approval::advance(stage, turn.at, Box::new(request.granted()))
}
