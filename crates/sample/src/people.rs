//! The people of the company: who they are, where they sit, when they work, what they like to do.
//!
//! Built once from the seed. What changes while time passes is a person's web session and the
//! files touched lately. Logins are unique and have neither blanks nor colons.

use std::collections::HashSet;

use crate::acts::Act;
use crate::dice::Dice;
use crate::habits::{self, Role};
use crate::line::Padded;
use crate::names::{AGENTS, BROWSERS, FIRST, GIVEN, LAST, PROGRAMS, SURNAMES, TEAMS};
use crate::places::{Language, REGIONS, STACKS};

/// Uid of the first person; accounts that are only administered start at `ACCOUNT_UID`.
pub(crate) const PERSON_UID: u32 = 10_001;

const FILES_KEPT: usize = 8;

/// Someone who acts.
#[derive(Debug)]
pub(crate) struct Person {
    pub(crate) login: String,
    pub(crate) name: String,
    pub(crate) role: Role,
    pub(crate) team: usize,
    /// Index into `STACKS`: where this person mostly works.
    pub(crate) stack: usize,
    /// Local hours, from and to.
    pub(crate) hours: (usize, usize),
    pub(crate) desk: u32,
    /// The address when not at the desk.
    pub(crate) remote: u32,
    pub(crate) agent: &'static str,
    pub(crate) external_auth: bool,
    pub(crate) favourites: [Act; 4],
    pub(crate) web: Option<WebSession>,
    pub(crate) locked: bool,
    pub(crate) files: Files,
}

/// A signed-in browser.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WebSession {
    pub(crate) id: u64,
    pub(crate) until: i64,
    /// Number of the login event.
    pub(crate) login: u64,
}

/// The files a person uploaded lately and has not deleted.
#[derive(Debug, Default)]
pub(crate) struct Files {
    kept: [File; FILES_KEPT],
    len: usize,
}

/// A file: all of its name follows from these numbers and the owner's team.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct File {
    pub(crate) number: u32,
    pub(crate) folder: u8,
}

/// Everybody, grouped by region.
#[derive(Debug)]
pub(crate) struct Company {
    pub(crate) people: Vec<Person>,
    /// People of each region; the busiest first.
    pub(crate) by_region: Vec<Vec<usize>>,
}

impl Company {
    pub(crate) fn new(people: usize, dice: &mut Dice) -> Self {
        let mut taken = HashSet::new();
        let mut company =
            Self { people: Vec::with_capacity(people), by_region: vec![Vec::new(); REGIONS.len()] };
        for (index, region) in REGIONS.iter().enumerate() {
            for rank in 0..(people * region.share as usize / 100).max(14) {
                company.by_region[index].push(company.people.len());
                company.people.push(Person::new(index, rank, &mut taken, dice));
            }
        }
        company
    }

    /// Someone of that role, of that region if there is one.
    pub(crate) fn of_role(&self, role: Role, region: usize, dice: &mut Dice) -> usize {
        let here = &self.by_region[region];
        for _ in 0..32 {
            let who = here[dice.skewed(here.len())];
            if self.people[who].role == role {
                return who;
            }
        }
        // Every region has all roles among its first: `Role::of_rank`.
        here.iter().copied().find(|&who| self.people[who].role == role).unwrap_or(here[0])
    }

    pub(crate) fn uid(who: usize) -> u32 {
        PERSON_UID + who as u32
    }
}

impl Person {
    fn new(region: usize, rank: usize, taken: &mut HashSet<String>, dice: &mut Dice) -> Self {
        let role = Role::of_rank(rank);
        let place = &REGIONS[region];
        let (login, name) = match role {
            Role::Service => service_name(dice),
            _ => human_name(place.language, dice),
        };
        let login = unique(login, taken);
        let homes: Vec<_> = (0..STACKS.len()).filter(|&s| STACKS[s].0 == region).collect();
        let agent = match role {
            Role::Service => AGENTS[PROGRAMS + dice.index(AGENTS.len() - PROGRAMS)],
            _ => AGENTS[dice.skewed(BROWSERS)],
        };
        let from = dice.between(7, 10) as usize;
        Self {
            login,
            name,
            role,
            team: dice.index(TEAMS.len()),
            stack: homes[dice.skewed(homes.len())],
            hours: (from, from + dice.between(9, 12) as usize),
            desk: place.address(dice.below(40) as u32 + 8, dice.word() as u32),
            remote: place.address(dice.below(4) as u32 + 250, dice.word() as u32),
            agent,
            external_auth: dice.chance(350),
            favourites: std::array::from_fn(|_| habits::choose(role, dice)),
            web: None,
            locked: false,
            files: Files::default(),
        }
    }

    pub(crate) fn region(&self) -> usize {
        STACKS[self.stack].0
    }

    pub(crate) fn is_service(&self) -> bool {
        self.role == Role::Service
    }

    pub(crate) fn is_at_work(&self, at: i64) -> bool {
        let region = &REGIONS[self.region()];
        let hour = region.hour(at);
        self.role == Role::Service
            || (!region.is_weekend(at) && (self.hours.0..self.hours.1).contains(&hour))
    }
}

impl Files {
    /// Remembers a file; the oldest is forgotten when there are too many.
    pub(crate) fn add(&mut self, file: File) {
        if self.len == FILES_KEPT {
            self.kept.copy_within(1.., 0);
            self.len -= 1;
        }
        self.kept[self.len] = file;
        self.len += 1;
    }

    pub(crate) fn all(&self) -> &[File] {
        &self.kept[..self.len]
    }

    pub(crate) fn remove(&mut self, at: usize) {
        self.kept.copy_within(at + 1.., at);
        self.len -= 1;
    }

    pub(crate) fn replace(&mut self, at: usize, file: File) {
        self.kept[at] = file;
    }
}

/// The login of an account that is only administered; it follows from the uid.
pub(crate) fn account_name(uid: u32) -> (&'static str, &'static str, Padded) {
    let (family, given) = (uid as usize % SURNAMES.len(), uid as usize / 7 % GIVEN.len());
    (SURNAMES[family].0, GIVEN[given].0, Padded(u64::from(uid % 100_000), 5))
}

fn human_name(language: Language, dice: &mut Dice) -> (String, String) {
    // Both languages are spoken everywhere, one mostly.
    if (language == Language::Chinese) == dice.chance(920) {
        let (family, given) = (dice.pick(&SURNAMES), dice.pick(&GIVEN));
        (format!("{}{}", family.0, given.0), format!("{}{}", family.1, given.1))
    } else {
        let (first, last) = (dice.pick(&FIRST), dice.pick(&LAST));
        let login = format!("{first}.{last}").to_lowercase().replace(' ', "");
        (login, format!("{first} {last}"))
    }
}

fn service_name(dice: &mut Dice) -> (String, String) {
    let task = *dice.pick(&["ci", "pipeline", "backup", "scheduler", "sync", "monitor"]);
    let team = dice.pick(&TEAMS).code;
    (format!("svc-{team}-{task}"), format!("{team} {task}"))
}

/// As people do: the second one of a name gets a number.
fn unique(login: String, taken: &mut HashSet<String>) -> String {
    let mut attempt = login.clone();
    let mut number = 2;
    while !taken.insert(attempt.clone()) {
        attempt = format!("{login}{number}");
        number += 1;
    }
    attempt
}
