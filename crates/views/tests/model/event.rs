//! Random events, as the test itself remembers them, and the records they are sent as.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use annals_record::{Control, Object, Phase, Record, Related, Tag, Timestamp};

use crate::dice::Dice;

/// 2026-11-10T00:00:00Z
pub(crate) const START: i64 = 1_794_268_800_000_000_000;
pub(crate) const DAY: i64 = 86_400_000_000_000;
pub(crate) const EMITTER: &str = "3f9a01c7";
/// By whom the log gives orders to itself.
pub(crate) const SERVER: &str = "00000000";

pub(crate) const OPERATIONS: [&str; 7] = [
    "cluster.create",
    "cluster.release",
    "cluster.node.add",
    "user.login",
    "user.logout",
    "file.delete",
    "job.submit",
];
pub(crate) const LOGINS: [&str; 6] = ["zhang3", "Zhang3", "li4", "ROOT", "wang.wu", "svc-a"];
pub(crate) const KINDS: [&str; 3] = ["cluster", "node", "Job"];
pub(crate) const IDS: [&str; 6] = ["c-1", "c-2", "C-1", "n-7", "n-8", "j-42"];
pub(crate) const NAMES: [&str; 5] = ["Render Farm", "render farm", "分区 A", "node-01", "结果.dat"];
pub(crate) const ADDRESSES: [&str; 5] =
    ["10.2.3.4", "10.2.9.9", "192.168.1.10", "2001:db8::1", "10.3.0.1"];
pub(crate) const REASONS: [&str; 6] = [
    "no space on device",
    "mkfs /dev/sdb failed",
    "磁盘已满: quota",
    "CUDA out of memory",
    "最终结果.dat missing",
    "deadbeefcafe0123 not found",
];
pub(crate) const REQUESTS: [&str; 6] = [
    r#"{"nodes":4,"image":{"id":"img-7"}}"#,
    r#"{"nodes":"4","tags":["gpu","Big Mem"]}"#,
    r#"{"nodes":16,"cmd":"mkfs /dev/sda","list":[{"gb":20},{"gb":500}]}"#,
    r#"{"path":"/home/结果.dat","ratio":0.5}"#,
    r#"{"note":"使用cuda编译","deep":{"er":{"x":true}}}"#,
    r#"{"cmd":"a\nb \u7ed3果","trace":"0123456789abcdef0123"}"#,
];
pub(crate) const AGENTS: [&str; 3] = ["curl/8.5", "Annals CLI 1.0", "Mozilla/5.0"];
pub(crate) const SESSIONS: [&str; 4] = ["s-1", "s-2", "9f86d081884c7d65", "S-1"];

/// A target or related object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Thing {
    pub(crate) kind: Option<&'static str>,
    pub(crate) id: Option<&'static str>,
    pub(crate) name: Option<&'static str>,
    /// It had an id, or cannot be told from one that had.
    pub(crate) id_erased: bool,
}

/// What can be erased of an event, by the name that the model has for it.
const ERASABLE: [&str; 14] = [
    "operator",
    "username",
    "operator_id",
    "operator_name",
    "source_ip",
    "reason",
    "request_id",
    "session_id",
    "cause_id",
    "user_agent",
    "request_data",
    "changes",
    "objects",
    "related",
];

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// The log's own order to erase fields of a leaf.
    Erase(u64, Vec<Tag>),
    Whole,
    Intent,
    /// Of the intent with this number.
    Outcome(u64),
}

/// What was sent as one leaf.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) number: u64,
    pub(crate) part: Part,
    pub(crate) time: i64,
    /// Fields with one text, by name.
    pub(crate) texts: BTreeMap<&'static str, &'static str>,
    pub(crate) numbers: BTreeMap<&'static str, u64>,
    pub(crate) targets: Vec<Thing>,
    pub(crate) related: Vec<Thing>,
    pub(crate) request: Option<&'static str>,
    pub(crate) changes: Option<&'static str>,
    /// Names of `ERASABLE` whose values are gone.
    pub(crate) erased: BTreeSet<&'static str>,
}

fn thing(dice: &mut Dice) -> Thing {
    let mut thing = Thing { kind: Some(dice.pick(&KINDS)), ..Thing::default() };
    match dice.below(4) {
        0 => thing.id = Some(dice.pick(&IDS)),
        1 => thing.name = Some(dice.pick(&NAMES)),
        _ => (thing.id, thing.name) = (Some(dice.pick(&IDS)), Some(dice.pick(&NAMES))),
    }
    thing
}

impl Event {
    /// Event `number`, which happened about `number` times `step` after the start, or late.
    pub(crate) fn random(number: u64, step: i64, dice: &mut Dice) -> Self {
        let mut texts = BTreeMap::from([
            ("region", dice.pick(&["cn-east", "CN-East", "us-1"])),
            ("stack_id", dice.pick(&["stk-01", "stk-02"])),
            ("operation", dice.pick(&OPERATIONS)),
            ("operator", dice.pick(&LOGINS)),
            ("username", dice.pick(&LOGINS)),
            ("user_type", dice.pick(&["user", "service"])),
            ("outcome", dice.pick(&["success", "success", "failure", "denied"])),
        ]);
        let mut maybe = |field, from: &[&'static str], times| {
            if dice.once_in(times) {
                texts.insert(field, dice.pick(from));
            }
        };
        maybe("operator_id", &["1001", "1002", "A1"], 3);
        maybe("operator_name", &["张三", "Li Si"], 3);
        maybe("source_ip", &ADDRESSES, 2);
        maybe("reason", &REASONS, 3);
        maybe("session_id", &SESSIONS, 3);
        maybe("request_id", &["r-1", "00aa11bb22cc33dd"], 4);
        maybe("cause_id", &["e-1", "e-2"], 5);
        maybe("guarantee", &["strict", "spooled"], 3);
        maybe("auth_method", &["password", "PublicKey"], 3);
        maybe("user_agent", &AGENTS, 3);
        let mut numbers = BTreeMap::new();
        if texts.contains_key("source_ip") && dice.once_in(2) {
            numbers.insert("source_port", dice.pick(&[22, 5022]));
        }
        if dice.once_in(2) {
            numbers.insert("duration_ms", dice.pick(&[0, 5, 90, 700, 1_000_000]));
        }
        let count = match dice.below(5) {
            0 => 0,
            4 => 2 + dice.below(3),
            _ => 1,
        };
        let mut targets: Vec<Thing> = (0..count).map(|_| thing(dice)).collect();
        let related = if dice.once_in(4) { 1 + dice.below(2) } else { 0 };
        if dice.once_in(2) {
            let word: &'static str = format!("qc_report_{}.fastq.gz", 1000 + number * 7).leak();
            if let Some(thing) = targets.first_mut() {
                thing.name = Some(word);
            }
        }
        let late = if dice.once_in(6) { dice.below(20 * DAY as u64) as i64 } else { 0 };
        // Several events share a moment.
        let time = (START + number as i64 * step - late) / (step * 3) * (step * 3);
        Self {
            number,
            part: Part::Whole,
            time,
            texts,
            numbers,
            targets,
            related: (0..related).map(|_| thing(dice)).collect(),
            request: dice.once_in(2).then(|| dice.pick(&REQUESTS)),
            changes: dice.once_in(6).then_some(r#"{"before":{"quota":1},"after":{"quota":"Two"}}"#),
            erased: BTreeSet::new(),
        }
    }

    /// The order to erase `tags` of the leaf at `index`.
    pub(crate) fn order(number: u64, index: u64, tags: Vec<Tag>, dice: &mut Dice) -> Self {
        let mut order = Self::random(number, 3_600_000_000_000, dice);
        order.part = Part::Erase(index, tags);
        order.texts.insert("operation", "audit.redact");
        order
    }

    /// Takes one thing away, if it is there; answers the tags of the fields that held it.
    pub(crate) fn erase(&mut self, dice: &mut Dice) -> Vec<Tag> {
        let what = dice.pick(&ERASABLE);
        let tags = self.tags_of(what);
        if tags.is_empty() {
            return tags;
        }
        self.erased.insert(what);
        match what {
            "objects" => {
                // The type stands in clear, if it is the same for all.
                let kind = self.targets[0].kind;
                let kind = kind.filter(|_| self.targets.iter().all(|it| it.kind == kind));
                let id_erased = tags.iter().any(|tag| *tag != Tag::OBJECT_NAME);
                self.targets = vec![Thing { kind, id_erased, ..Thing::default() }];
            }
            "related" => self.related.clear(),
            "request_data" => self.request = None,
            "changes" => self.changes = None,
            text => {
                self.texts.remove(text);
            }
        }
        if what == "source_ip" {
            self.numbers.remove("source_port");
        }
        tags
    }

    fn tags_of(&self, what: &str) -> Vec<Tag> {
        let tag = |is_there: bool, tag: Tag| is_there.then_some(tag);
        match (what, &self.targets[..]) {
            ("objects", []) => Vec::new(),
            ("objects", [only]) => {
                let parts = [(only.id, Tag::OBJECT_ID), (only.name, Tag::OBJECT_NAME)];
                parts.into_iter().filter_map(|(part, tag)| part.map(|_| tag)).collect()
            }
            ("objects", _) => vec![Tag::OBJECTS],
            ("related", _) => tag(!self.related.is_empty(), Tag::RELATED).into_iter().collect(),
            ("request_data", _) => {
                tag(self.request.is_some(), Tag::REQUEST_DATA).into_iter().collect()
            }
            ("changes", _) => tag(self.changes.is_some(), Tag::CHANGES).into_iter().collect(),
            (text, _) => match self.texts.contains_key(text) {
                true => Tag::named(text).into_iter().collect(),
                false => Vec::new(),
            },
        }
    }

    /// The same as an intent.
    pub(crate) fn intent(mut self) -> Self {
        self.part = Part::Intent;
        self.texts.insert("outcome", "pending");
        self.numbers.remove("duration_ms");
        self
    }

    /// How an intent ended.
    pub(crate) fn outcome_of(intent: &Self, number: u64, dice: &mut Dice) -> Self {
        let mut outcome = Self::random(number, 1_000, dice);
        outcome.part = Part::Outcome(intent.number);
        outcome.time = intent.time + 5_000_000_000;
        outcome.texts.retain(|field, _| ["outcome", "reason"].contains(field));
        for field in ["region", "stack_id", "operation", "operator", "username", "user_type"] {
            outcome.texts.insert(field, intent.texts[field]);
        }
        outcome.numbers.remove("source_port");
        outcome.request = None;
        if dice.once_in(2) {
            outcome.targets.clear();
        }
        outcome
    }

    pub(crate) fn id(&self) -> String {
        format!("e-{}", self.number)
    }

    /// As it is sent.
    pub(crate) fn record(&self) -> Record<'static> {
        let text = |field: &str| self.texts.get(field).map(|text| Cow::Borrowed(*text));
        let borrowed = |text: Option<&'static str>| text.map(Cow::Borrowed);
        let object = |thing: &Thing| Object {
            kind: borrowed(thing.kind),
            id: borrowed(thing.id),
            name: borrowed(thing.name),
            outcome: None,
        };
        let (object, objects) = match &self.targets[..] {
            [only] => (Some(object(only)), Vec::new()),
            several => (None, several.iter().map(object).collect()),
        };
        let related = |thing: &Thing| Related {
            kind: borrowed(thing.kind),
            id: borrowed(thing.id),
            name: borrowed(thing.name),
            role: None,
        };
        Record {
            id: Some(self.id().into()),
            time: Some(Timestamp::from_nanos(self.time).to_string().into()),
            region: text("region"),
            stack_id: text("stack_id"),
            operation: text("operation"),
            operator: text("operator"),
            username: text("username"),
            operator_id: text("operator_id"),
            operator_name: text("operator_name"),
            user_type: text("user_type"),
            source_ip: text("source_ip"),
            source_port: self.numbers.get("source_port").copied(),
            object,
            objects,
            related: self.related.iter().map(related).collect(),
            request_data: borrowed(self.request),
            // An intent's outcome is `pending` by itself.
            outcome: text("outcome").filter(|_| self.part != Part::Intent),
            reason: text("reason"),
            changes: borrowed(self.changes),
            request_id: text("request_id"),
            session_id: text("session_id"),
            cause_id: text("cause_id"),
            guarantee: text("guarantee"),
            auth_method: text("auth_method"),
            user_agent: text("user_agent"),
            duration_ms: self.numbers.get("duration_ms").copied(),
            control: match &self.part {
                Part::Erase(index, tags) => {
                    Some(Control::Redact { index: *index, tags: tags.clone() })
                }
                _ => None,
            },
            phase: match self.part {
                Part::Whole | Part::Erase(..) => Phase::Whole,
                Part::Intent => Phase::Intent,
                Part::Outcome(of) => Phase::Outcome { of: format!("e-{of}").into() },
            },
            ..Record::default()
        }
    }
}
