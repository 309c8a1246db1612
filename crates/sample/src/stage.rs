//! Where stories are played: the company, its world, what is due later, and the event in hand.
//!
//! Holds always: one call of a story writes one event or none; `begin` and `finish` frame it, so
//! that everything common to all events (ids, who, from where, with what outcome) is written in
//! one place. Does not decide who does what when: `simulation.rs` does.

use crate::acts::Act;
use crate::dice::{Dice, mix};
use crate::habits::{Role, role_of};
use crate::line::{Hex, Ip, Line, Put};
use crate::names::{AGENTS, DATA_CLIENT, PROGRAMS};
use crate::objects::{Pool, PoolKind};
use crate::people::{Company, PERSON_UID, account_name};
use crate::places::{REGIONS, STACKS};
use crate::tasks::Tasks;
use crate::world::{Stack, World};

/// Everything a story can touch.
#[derive(Debug)]
pub(crate) struct Stage {
    pub(crate) line: Line,
    pub(crate) dice: Dice,
    pub(crate) company: Company,
    pub(crate) world: World,
    pub(crate) tasks: Tasks,
    /// How long the whole stream is; long stories shorten themselves to fit.
    pub(crate) span: i64,
    ids: Ids,
    number: u64,
    seen: Vec<bool>,
    last: Act,
}

/// Who does what, when, where, and how it ends.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Turn {
    pub(crate) at: i64,
    pub(crate) who: Who,
    /// Index into `STACKS`.
    pub(crate) stack: usize,
    pub(crate) act: Act,
    pub(crate) fate: Fate,
    /// Number of the event that made this one happen.
    pub(crate) cause: Option<u64>,
    /// The remote session it belongs to; otherwise the web session is named.
    pub(crate) session: Option<u64>,
    /// The person it was done for or to, where that is not the operator.
    pub(crate) for_whom: Option<usize>,
    /// An address that is not the operator's own.
    pub(crate) from: Option<Ip>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    Person(usize),
    /// The platform itself.
    System,
    /// Somebody the platform does not know.
    Stranger,
}

/// How an act ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Done,
    /// Not done, and why.
    Failed(&'static str),
    /// Not allowed, and why.
    Denied(&'static str),
    /// Done for some of several targets.
    Partial(&'static str),
}

/// What a story says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub(crate) enum Told {
    /// It wrote one event.
    Yes,
    /// There was nothing to tell.
    No,
    /// It wrote nothing, because this must be done first.
    Needs(Act),
}

impl Turn {
    pub(crate) fn person(at: i64, who: usize, stack: usize, act: Act) -> Self {
        Self { who: Who::Person(who), ..Self::system(at, stack, act, None) }
    }

    pub(crate) fn system(at: i64, stack: usize, act: Act, cause: Option<u64>) -> Self {
        Self {
            at,
            who: Who::System,
            stack,
            act,
            fate: Fate::Done,
            cause,
            session: None,
            for_whom: None,
            from: None,
        }
    }

    /// The same moment and person, another act.
    pub(crate) fn with(self, act: Act) -> Self {
        Self { act, ..self }
    }

    pub(crate) fn is_done(&self) -> bool {
        self.fate == Fate::Done
    }

    /// The person who acts; for the platform itself the first of all.
    pub(crate) fn person_index(&self) -> usize {
        match self.who {
            Who::Person(who) => who,
            Who::System | Who::Stranger => 0,
        }
    }
}

impl Stage {
    pub(crate) fn new(seed: u64, people: usize, span: i64) -> Self {
        let mut dice = Dice::new(seed);
        Self {
            line: Line::new(),
            company: Company::new(people, &mut dice),
            world: World::new(),
            tasks: Tasks::default(),
            span,
            ids: Ids::new(seed),
            number: 0,
            seen: vec![false; Act::ALL.len()],
            last: Act::Login,
            dice,
        }
    }

    /// What the last event was.
    pub(crate) fn act(&self) -> Act {
        self.last
    }

    /// Starts an event: everything that does not depend on what is done. Returns its number.
    pub(crate) fn begin(&mut self, turn: &Turn) -> u64 {
        let number = self.number;
        self.number += 1;
        self.seen[turn.act as usize] = true;
        self.last = turn.act;
        let (region, stack) = STACKS[turn.stack];
        let (service, operation) = turn.act.codes();
        let line = &mut self.line;
        line.start();
        line.text("id", self.ids.of(number));
        line.time("time", turn.at);
        line.text("region", REGIONS[region].code);
        line.text("stack_id", stack);
        line.text("service", service);
        line.text("operation", operation);
        match turn.who {
            Who::Person(who) => self.write_person(who, turn),
            Who::System => {
                self.line.text("operator", "system");
                self.line.text("user_type", "system");
            }
            Who::Stranger => {
                self.line.text("operator", "unknown");
                self.line.text("user_type", "unknown");
                self.write_client(turn.from.unwrap_or(Ip(0)), AGENTS[PROGRAMS + 1]);
            }
        }
        if let Some(who) = turn.for_whom {
            self.line.text("username", self.company.people[who].login.as_str());
        }
        let request = self.dice.word();
        let millis = 8 + self.dice.wait(90) as u64;
        // Programs that call the API directly send none.
        if !request.is_multiple_of(4) {
            let (high, low) = (Hex((request >> 32) as u32), Hex(request as u32));
            self.line.text("request_id", ("req-", high, low));
        }
        self.line.number("duration_ms", millis);
        number
    }

    /// Ends the event: how it went and what made it happen.
    pub(crate) fn finish(&mut self, turn: &Turn) {
        let (outcome, reason) = match turn.fate {
            Fate::Done => ("success", None),
            Fate::Failed(why) => ("failure", Some(why)),
            Fate::Denied(why) => ("denied", Some(why)),
            Fate::Partial(why) => ("partial", Some(why)),
        };
        self.line.text("outcome", outcome);
        if let Some(reason) = reason {
            self.line.text("reason", reason);
        }
        if let Some(cause) = turn.cause {
            self.line.text("cause_id", self.ids.of(cause));
        }
        self.line.close();
    }

    pub(crate) fn stack(&mut self, turn: &Turn) -> &mut Stack {
        &mut self.world.stacks[turn.stack]
    }

    /// The same moment and place for an act that must come first; it works. What anybody may do
    /// the same person does, the rest somebody whose task it is.
    pub(crate) fn first(&mut self, turn: Turn, act: Act) -> Turn {
        let who = match role_of(act) {
            Some(role) if role != Role::Engineer => {
                self.company.of_role(role, STACKS[turn.stack].0, &mut self.dice)
            }
            _ => turn.person_index(),
        };
        Turn::person(turn.at, who, turn.stack, act)
    }

    /// The place of a cluster or desktop of the turn's stack for which `fits` holds: mostly the
    /// one this person always uses.
    pub(crate) fn find_pool(
        &mut self,
        turn: &Turn,
        kind: PoolKind,
        fits: impl Fn(&Pool) -> bool,
    ) -> Option<usize> {
        let usual = self.dice.chance(600);
        let dice = &mut self.dice;
        let pools = self.world.stacks[turn.stack].pools(kind);
        let count = pools.iter().filter(|pool| fits(pool)).count();
        let nth = if usual { turn.person_index() % count.max(1) } else { dice.index(count) };
        pools.iter().enumerate().filter(|(_, pool)| fits(pool)).nth(nth).map(|(place, _)| place)
    }

    /// An act nobody has done yet, of those that `wanted` picks.
    pub(crate) fn unseen(&mut self, wanted: impl Fn(Act) -> bool) -> Option<Act> {
        let unseen = |act: &&Act| !self.seen[**act as usize] && wanted(**act);
        let count = Act::ALL.iter().filter(unseen).count();
        let nth = self.dice.index(count);
        Act::ALL.iter().filter(unseen).nth(nth).copied()
    }

    /// Type, id and name of a uid: of a person, or of an account that only exists.
    pub(crate) fn write_user(&mut self, uid: u32) {
        let person = (uid as usize).checked_sub(PERSON_UID as usize);
        let id = ("u-", u64::from(uid));
        match person.and_then(|who| self.company.people.get(who)) {
            Some(person) => self.line.identity("user", id, person.login.as_str()),
            None => self.line.identity("user", id, account_name(uid)),
        }
    }

    fn write_person(&mut self, who: usize, turn: &Turn) {
        let person = &self.company.people[who];
        let line = &mut self.line;
        line.text("operator", person.login.as_str());
        line.text("operator_id", ("u-", u64::from(Company::uid(who))));
        line.text("operator_name", person.name.as_str());
        let is_service = person.is_service();
        if is_service {
            line.text("user_type", "service");
        }
        let at_desk = person.is_at_work(turn.at) && !self.dice.chance(60);
        let ip = turn.from.unwrap_or(Ip(if at_desk { person.desk } else { person.remote }));
        let web = person.web.filter(|web| web.until > turn.at);
        let agent = match turn.act.codes().0 {
            "data" | "approvals" if !is_service && self.dice.chance(700) => AGENTS[DATA_CLIENT],
            _ if is_service || web.is_some() => person.agent,
            _ if turn.act == Act::Login => person.agent,
            _ => AGENTS[PROGRAMS],
        };
        let method = match (web, person.external_auth) {
            (None, _) if turn.act != Act::Login => "token",
            (_, true) => "ldap",
            (_, false) => "password",
        };
        if let Some(id) = turn.session {
            line.text("session_id", ("rs-", Hex((id >> 32) as u32), Hex(id as u32)));
        } else if let Some(web) = web {
            line.text("session_id", ("ws-", Hex((web.id >> 32) as u32), Hex(web.id as u32)));
        }
        line.text("auth_method", method);
        self.write_client(ip, agent);
    }

    fn write_client(&mut self, ip: Ip, agent: &str) {
        let port = self.dice.between(32_768, 60_999);
        self.line.text("source_ip", ip);
        // Behind a proxy the port is not known.
        if port.is_multiple_of(3) {
            self.line.number("source_port", port);
        }
        self.line.text("user_agent", agent);
    }
}

/// Ids of events: random-looking, in the form of a UUID of version 4, made of the seed and the
/// event's number only, so that a cause can be named by its number.
#[derive(Debug)]
struct Ids {
    keys: [u64; 2],
}

struct EventId(u64, u64);

impl Ids {
    fn new(seed: u64) -> Self {
        Self { keys: [mix(seed ^ 0x6964_2d68_6967_6800), mix(seed ^ 0x6964_2d6c_6f77_0000)] }
    }

    fn of(&self, number: u64) -> EventId {
        let [high, low] = self.keys.map(|key| mix(mix(number ^ key).wrapping_add(key)));
        EventId(high & !0xf000 | 0x4000, low & (u64::MAX >> 2) | 1 << 63)
    }
}

impl Put for EventId {
    fn put(&self, out: &mut Vec<u8>) {
        let digits: [u8; 36] = std::array::from_fn(|at| {
            // Digits stand in groups of 8, 4, 4, 4 and 12.
            let digit = match at {
                8 | 13 | 18 | 23 => return b'-',
                0..8 => at,
                9..13 => at - 1,
                14..18 => at - 2,
                19..23 => at - 3,
                _ => at - 4,
            };
            let word = if digit < 16 { self.0 } else { self.1 };
            b"0123456789abcdef"[(word >> (60 - 4 * (digit % 16)) & 15) as usize]
        });
        out.extend_from_slice(&digits);
    }
}
