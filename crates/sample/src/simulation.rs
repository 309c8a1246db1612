//! The company at work: who does what next.
//!
//! Each step writes exactly one event: what was set in motion and is due by then, or else something
//! that somebody starts now. Whoever calls says when; there is no clock here. Early on, operations
//! nobody has done yet are preferred, so that even short streams show all of them.

use crate::acts::Act;
use crate::habits::{self, Role, role_of};
use crate::places::{DAY, HOUR, MINUTE, REGIONS, SECOND, STACKS};
use crate::scenario;
use crate::scenes::Scenario;
use crate::stage::{Fate, Stage, Told, Turn};
use crate::stories::{account, approval, billing, login, node, session, tell};
use crate::tasks::Step;

/// Every so many acts, one nobody has done yet is preferred.
const UNSEEN_EVERY: u64 = 12;
/// How often another person or act is tried before someone just uploads a file.
const TRIES_MAX: u32 = 6;
/// Accounts imported for a course at most; they are deleted together.
const COURSE_MAX: u64 = 1_000;

/// The company and what is going on in it.
#[derive(Debug)]
pub(crate) struct Simulation {
    pub(crate) stage: Stage,
    /// What the last event belongs to.
    pub(crate) scenario: Option<Scenario>,
    acts: u64,
    sync_period: i64,
    syncs: u64,
}

impl Simulation {
    /// `events` over `span` nanoseconds from `start` on; only the size of the company and how rare
    /// rare things are depend on it.
    pub(crate) fn new(seed: u64, events: u64, start: i64, span: i64) -> Self {
        let days = (span / DAY).max(1) as u64;
        let people = (events / days / 20).clamp(200, 2_000) as usize;
        let mut stage = Stage::new(seed, people, span);
        // Once a day, but at most one event in a hundred.
        let sync_period = DAY.max(span / (events / 100).max(1) as i64);
        stage.tasks.put(start + span / 40, Step::Sync);
        Self { stage, scenario: None, acts: 0, sync_period, syncs: 0 }
    }

    /// Spreads scenarios over the later part of the stream, `each` of every kind.
    pub(crate) fn plan_scenarios(&mut self, each: u64, start: i64, span: i64) {
        let all = each * Scenario::ALL.len() as u64;
        for nth in 0..all {
            let kind = Scenario::ALL[(nth % Scenario::ALL.len() as u64) as usize];
            let due = start + span / 4 + (span / 3 * 2 / all as i64) * nth as i64;
            let scene = scenario::cast(&mut self.stage, kind);
            let due = match kind {
                Scenario::NightDeletion => {
                    night(due, self.stage.company.people[scene.who].region(), start, span)
                }
                _ => due,
            };
            self.stage.tasks.put(due, Step::Scene(scene));
        }
    }

    /// Writes one event that happened between `earliest` and `at`: what was due before that and
    /// found no place in the stream happens at `earliest`.
    pub(crate) fn step(&mut self, earliest: i64, at: i64) {
        self.scenario = None;
        while let Some((due, step)) = self.stage.tasks.take(at) {
            if self.follow(due.max(earliest), step) {
                return;
            }
        }
        self.acts += 1;
        for _ in 0..TRIES_MAX {
            if self.start_something(at) {
                return;
            }
        }
        let (who, stack) = self.somebody(at);
        let told = tell(&mut self.stage, Turn::person(at, who, stack, Act::FileUpload));
        debug_assert!(told, "an upload needs nothing");
    }

    /// What was set in motion goes on. False if there is nothing to tell any more.
    fn follow(&mut self, at: i64, step: Step) -> bool {
        let stage = &mut self.stage;
        let told = match step {
            Step::Act { who, stack, act, more, gap } => {
                if more > 0 {
                    let next = Step::Act { who, stack, act, more: more - 1, gap };
                    let due = at + gap / 4 + stage.dice.wait(gap);
                    stage.tasks.put(due, next);
                }
                return !stage.company.people[who].locked && self.play(at, who, stack, act);
            }
            Step::Login { who, failures } => {
                let stack = stage.company.people[who].stack;
                login::sign_in(stage, Turn::person(at, who, stack, Act::Login), failures)
            }
            Step::WebEnd { who, session } => login::end(stage, at, who, session),
            Step::Lock { who, cause } => login::lock(stage, at, who, cause),
            Step::SessionDue { stack, pool, session } => {
                session::due(stage, at, stack, pool, session)
            }
            Step::SessionCut { stack, pool, session, cause } => {
                let turn = Turn::person(at, session.who, stack, session.opened_by);
                session::end(stage, &turn, pool, &session, cause)
            }
            Step::NodesFreed { stack, pool, nodes, cause } => {
                node::freed(stage, at, stack, cause, pool, &nodes)
            }
            Step::Approval(request) => approval::advance(stage, at, request),
            Step::Fetch { who, stack, act, report, month } => {
                billing::fetch(stage, Turn::person(at, who, stack, act), report, month)
            }
            Step::Sync => return self.sync(at),
            Step::CourseEnd { first, count } => {
                let region = stage.dice.index(REGIONS.len());
                let who = stage.company.of_role(Role::Security, region, &mut stage.dice);
                let stack = stage.company.people[who].stack;
                account::end_course(
                    stage,
                    Turn::person(at, who, stack, Act::UserDelete),
                    first,
                    count,
                )
            }
            Step::Scene(scene) => {
                self.scenario = Some(scene.scenario);
                let told = scenario::play(stage, at, scene);
                if told != Told::Yes {
                    self.scenario = None;
                }
                told
            }
        };
        told == Told::Yes
    }

    /// Somebody starts something.
    fn start_something(&mut self, at: i64) -> bool {
        if self.stage.dice.chance(6) {
            let stack = self.stage.dice.index(STACKS.len());
            return login::stranger(&mut self.stage, at, stack) == Told::Yes;
        }
        if self.acts.is_multiple_of(UNSEEN_EVERY)
            && let Some(act) = self.stage.unseen(|act| role_of(act).is_some())
        {
            let role = role_of(act).unwrap_or(Role::Engineer);
            let region = self.busy_region(at);
            let who = self.stage.company.of_role(role, region, &mut self.stage.dice);
            let stack = self.stage.company.people[who].stack;
            return tell(&mut self.stage, Turn::person(at, who, stack, act));
        }
        let (who, stack) = self.somebody(at);
        let person = &self.stage.company.people[who];
        let is_away = person.web.is_none_or(|web| web.until <= at);
        let (role, can_sign_in) = (person.role, !person.is_service() && is_away);
        if person.locked {
            return self.stage.dice.chance(100) && self.play(at, who, stack, Act::Login);
        }
        let act = match self.stage.dice.chance(400) {
            true => *self.stage.dice.pick(&self.stage.company.people[who].favourites),
            false => habits::choose(role, &mut self.stage.dice),
        };
        if can_sign_in && self.stage.dice.chance(600) {
            let due = at + 4 * SECOND + self.stage.dice.wait(20 * SECOND);
            self.stage.tasks.put(due, Step::Act { who, stack, act, more: 0, gap: 0 });
            return self.play(at, who, stack, Act::Login);
        }
        self.play(at, who, stack, act)
    }

    /// An act with its chances of going wrong, and what comes in its wake.
    fn play(&mut self, at: i64, who: usize, stack: usize, act: Act) -> bool {
        let stage = &mut self.stage;
        let mut turn = Turn::person(at, who, stack, act);
        if act != Act::Login {
            match stage.dice.below(1000) {
                0..28 => turn.fate = Fate::Failed(failure(act, stage)),
                28..38 => turn.fate = Fate::Denied(denial(stage)),
                38..44 if stage.company.people[who].role == Role::Engineer => {
                    // Someone tries what is not theirs to do.
                    turn.act = habits::choose(Role::Admin, &mut stage.dice);
                    turn.fate = Fate::Denied("no permission for this operation");
                }
                _ => {}
            }
        }
        if !tell(stage, turn) {
            return false;
        }
        if turn.is_done() && act != Act::Login {
            self.go_on(at, who, stack, act);
        }
        true
    }

    /// Acts come in streaks of the same kind and in visits of several kinds; seldom in bursts.
    fn go_on(&mut self, at: i64, who: usize, stack: usize, act: Act) {
        let dice = &mut self.stage.dice;
        let is_small = matches!(act.codes().0, "data") || act == Act::JobSubmit;
        let (more, gap) = match dice.below(1000) {
            0..2 if is_small => (dice.between(40, 160), SECOND / 2),
            2..60 if is_small => (dice.between(1, 6), 8 * SECOND),
            _ => (0, 0),
        };
        if more > 0 {
            let due = at + gap;
            self.stage.tasks.put(due, Step::Act { who, stack, act, more: more as u32 - 1, gap });
        } else if dice.chance(350) {
            let role = self.stage.company.people[who].role;
            let act = habits::choose(role, dice);
            let due = at + 10 * SECOND + dice.wait(3 * MINUTE);
            self.stage.tasks.put(due, Step::Act { who, stack, act, more: 0, gap: 0 });
        }
    }

    /// The directory is read in; sometimes it brings a course, whose accounts go together later.
    fn sync(&mut self, at: i64) -> bool {
        let stage = &mut self.stage;
        let is_course = self.syncs.is_multiple_of(12);
        let count = match (is_course, self.syncs) {
            (true, 0) => COURSE_MAX,
            (true, _) => stage.dice.between(100, COURSE_MAX),
            (false, _) => stage.dice.between(0, 12),
        };
        self.syncs += 1;
        let before = stage.world.directory.accounts.len();
        let first = account::sync(stage, Turn::system(at, 0, Act::UserSync, None), count as u32);
        let imported = (stage.world.directory.accounts.len() - before) as u32;
        if is_course && imported > 0 {
            let due = at + stage.span / 5;
            stage.world.directory.course = first..first + imported;
            stage.tasks.put(due, Step::CourseEnd { first, count: imported });
        }
        stage.tasks.put(at + self.sync_period, Step::Sync);
        true
    }

    /// Someone who is at work about now, and where.
    fn somebody(&mut self, at: i64) -> (usize, usize) {
        let region = self.busy_region(at);
        let Stage { company, dice, .. } = &mut self.stage;
        let here = &company.by_region[region];
        let mut who = here[dice.skewed(here.len())];
        for _ in 0..TRIES_MAX {
            if company.people[who].is_at_work(at) || dice.chance(50) {
                break;
            }
            who = here[dice.skewed(here.len())];
        }
        let stack = match company.people[who].role {
            Role::Admin | Role::Security if dice.chance(400) => dice.index(STACKS.len()),
            _ => company.people[who].stack,
        };
        (who, stack)
    }

    fn busy_region(&mut self, at: i64) -> usize {
        let all: u64 = REGIONS.iter().map(|region| region.activity(at)).sum();
        let mut left = self.stage.dice.below(all);
        for (index, region) in REGIONS.iter().enumerate() {
            let activity = region.activity(at);
            if left < activity {
                return index;
            }
            left -= activity;
        }
        0
    }
}

/// The night nearest to `due` that lies well inside the stream, at two o'clock local time.
fn night(due: i64, region: usize, start: i64, span: i64) -> i64 {
    let local = due + REGIONS[region].utc_hours * HOUR;
    let night = due - local.rem_euclid(DAY) + 2 * HOUR;
    let inside = start + span / 10..start + span - HOUR;
    [night, night + DAY, night - DAY].into_iter().find(|at| inside.contains(at)).unwrap_or(due)
}

fn failure(act: Act, stage: &mut Stage) -> &'static str {
    let reasons: [&str; 4] = match act.codes().0 {
        "hpc-clusters" | "desktops" => [
            "quota exceeded: no vCPU left",
            "资源不足：没有可用的实例规格",
            "cloud API timed out after 30 s",
            "target is busy: another operation is in progress",
        ],
        "data" => [
            "no space left on device",
            "connection reset by peer",
            "文件被占用，请稍后重试",
            "checksum mismatch",
        ],
        "users" => [
            "directory server unavailable",
            "密码不符合复杂度要求",
            "version conflict: reload and try again",
            "name is already taken",
        ],
        "licenses" => [
            "signature of the file is invalid",
            "许可证已过期",
            "file is not readable",
            "product does not match this deployment",
        ],
        _ => ["timed out", "服务暂时不可用", "version conflict", "invalid parameter"],
    };
    stage.dice.pick::<&str>(&reasons)
}

fn denial(stage: &mut Stage) -> &'static str {
    stage.dice.pick::<&str>(&[
        "no permission for this operation",
        "资源不属于当前用户",
        "blocked by access policy",
        "role Regular User lacks this right",
    ])
}
