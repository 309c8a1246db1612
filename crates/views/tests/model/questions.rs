//! Random questions: filters as people write them, scopes, ranges.

use annals_record::Catalogue;
use annals_views::{Filter, Scope};

use crate::dice::Dice;
use crate::event::{
    ADDRESSES, AGENTS, DAY, IDS, KINDS, LOGINS, NAMES, OPERATIONS, REASONS, SESSIONS, START,
};

fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}

/// A text with some of its letters in the other case.
fn other_case(text: &str, dice: &mut Dice) -> String {
    match dice.below(3) {
        0 => text.to_uppercase(),
        1 => text.to_lowercase(),
        _ => text.to_owned(),
    }
}

fn word_of(text: &str, dice: &mut Dice) -> String {
    let words: Vec<&str> = text.split([' ', ':', '/', '"', '{', '}', ',', '[', ']']).collect();
    let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
    dice.pick(&words).to_owned()
}

/// A piece of a text, from anywhere in it.
fn piece_of(text: &str, dice: &mut Dice) -> String {
    let marks: Vec<char> = text.chars().collect();
    let from = dice.below(marks.len() as u64) as usize;
    let len = 1 + dice.below(6) as usize;
    let piece: String = marks[from..].iter().take(len).collect();
    let piece = piece.replace(['"', '\\', '*'], " ");
    match piece.trim().is_empty() {
        true => "a".to_owned(),
        false => piece,
    }
}

fn any_text(dice: &mut Dice) -> &'static str {
    let texts = [&REASONS[..], &crate::event::REQUESTS[..], &NAMES[..], &LOGINS[..], &IDS[..]];
    let texts = dice.pick(&texts);
    dice.pick(texts)
}

fn time(dice: &mut Dice) -> String {
    let at = START - 20 * DAY + dice.below(24 * DAY as u64) as i64;
    let instant = annals_record::Timestamp::from_nanos(at).to_string();
    match dice.below(3) {
        0 => instant,
        1 => instant[..10].to_owned(),
        _ => format!("now-{}h", dice.below(400)),
    }
}

fn term(dice: &mut Dice) -> String {
    let one_of = |field: &str, values: &[&str], dice: &mut Dice| match dice.below(7) {
        0 => format!("{field}:*"),
        1 => format!("{field}:{}*", quoted(&piece_of(dice.pick(values), dice))),
        2 => format!("{field}:*{}*", quoted(&piece_of(dice.pick(values), dice))),
        _ => {
            let value = dice.pick(values);
            format!("{field}:{}", quoted(&other_case(value, dice)))
        }
    };
    match dice.below(30) {
        0 => one_of("region", &["cn-east", "us-1", "nowhere"], dice),
        1 => one_of("stack_id", &["stk-01", "stk-02"], dice),
        2 => dice.pick(&["service:hpc-clusters", "service:hpc-*", "service:*", "服务:*"]).into(),
        3 => match dice.below(3) {
            0 => dice.pick(&["operation:cluster.*", "operation:*.delete", "operation:*登*"]).into(),
            _ => format!("operation:{}", dice.pick(&OPERATIONS)),
        },
        4 => one_of("operator", &LOGINS, dice),
        5 => one_of("username", &LOGINS, dice),
        6 => one_of("user", &LOGINS, dice),
        7 => one_of("operator_id", &["1001", "A1", "a1"], dice),
        8 => one_of("operator_name", &["张三", "li si"], dice),
        9 => dice
            .pick(&["user_type:service", "outcome:success", "outcome:*", "outcome:denied"])
            .into(),
        10 => {
            dice.pick(&["outcome:pending", "outcome:unknown", "outcome:(failure OR denied)"]).into()
        }
        11 => match dice.below(4) {
            0 => "source_ip:10.2.0.0/16".into(),
            1 => "source_ip:*".into(),
            2 => "source_ip:2001:db8::/32".into(),
            _ => format!("source_ip:{}", dice.pick(&ADDRESSES)),
        },
        12 => one_of("object.id", &IDS, dice),
        13 => one_of("object.type", &KINDS, dice),
        14 => one_of("object.name", &NAMES, dice),
        15 => one_of("object", &[dice.clone().pick(&IDS), dice.clone().pick(&NAMES)], dice),
        16 => one_of("related", &[dice.clone().pick(&IDS), dice.clone().pick(&NAMES)], dice),
        17 => dice.pick(&["severity:high", "severity>=medium", "access:write", "access:*"]).into(),
        18 => dice
            .pick(&["duration_ms>50", "duration_ms:5..700", "duration_ms:*", "duration_ms<5"])
            .into(),
        19 => dice.pick(&["source_port:5022", "source_port:*", "source_port>=5000"]).into(),
        20 => format!("index{}{}", dice.pick(&["<", ">=", ">", ":"]), dice.below(120)),
        21 => match dice.below(3) {
            0 => format!("time:{}..{}", time(dice), time(dice)),
            _ => format!("time{}{}", dice.pick(&["<", "<=", ">", ">="]), time(dice)),
        },
        22 => dice
            .pick(&[
                "request_data.nodes:4",
                "request_data.nodes>4",
                "request_data.image.id:img-7",
                "request_data.list.gb:20..30",
                "request_data.tags:\"big mem\"",
                "request_data.deep.er.x:true",
                "request_data.image:*",
                "request_data.cmd:mkfs*",
                "request_data.ratio:0.50",
                "changes.after.quota:two",
            ])
            .into(),
        23 => dice
            .pick(&["request_data:mkfs", "request_data:*cuda*", "request_data:*", "changes:two"])
            .into(),
        24 => one_of("session_id", &SESSIONS, dice),
        25 => one_of("request_id", &["r-1", "00aa11bb22cc33dd"], dice),
        26 => match dice.below(3) {
            1 => format!("id:e-{}", dice.below(130)),
            0 => "reason:*".into(),
            _ => format!("reason:{}", quoted(&word_of(dice.pick(&REASONS), dice))),
        },
        27 => match dice.below(3) {
            0 => one_of("guarantee", &["strict"], dice).replace('"', ""),
            1 => one_of("auth_method", &["password", "publickey"], dice),
            _ => format!("user_agent:{}", quoted(&word_of(dice.pick(&AGENTS), dice))),
        },
        28 => quoted(&word_of(any_text(dice), dice)),
        _ => format!("*{}*", quoted(&piece_of(any_text(dice), dice))),
    }
}

fn scope_term(dice: &mut Dice) -> String {
    match dice.below(7) {
        0 => format!("region:{}", dice.pick(&["cn-east", "us-1"])),
        1 => format!("operator:{}", dice.pick(&LOGINS)),
        2 => format!("username:{}", dice.pick(&LOGINS)),
        3 => format!("operation:{}", dice.pick(&["cluster.*", "user.login", "file.delete"])),
        4 => format!("object.type:{}", dice.pick(&["cluster", "node", "job", "*"])),
        5 => format!("object.id:{}", dice.pick(&["c-1", "c-*", "n-7", "*"])),
        _ => "service:hpc-clusters".into(),
    }
}

fn tree(dice: &mut Dice, depth: u64, leaf: &dyn Fn(&mut Dice) -> String) -> String {
    if depth == 0 || dice.once_in(3) {
        return leaf(dice);
    }
    match dice.below(6) {
        0 => format!("NOT ({})", tree(dice, depth - 1, leaf)),
        1 | 2 => {
            format!("({} OR {})", tree(dice, depth - 1, leaf), tree(dice, depth - 1, leaf))
        }
        _ => format!("({} {})", tree(dice, depth - 1, leaf), tree(dice, depth - 1, leaf)),
    }
}

/// A filter, by the parser that everybody uses.
pub(crate) fn filter(dice: &mut Dice, catalogue: &Catalogue) -> Filter {
    if dice.once_in(12) {
        return Filter::All;
    }
    loop {
        let text = tree(dice, 3, &term);
        match Filter::parse(&text, catalogue) {
            Ok(filter) => return filter,
            // A value that is none of its field's, such as a code in pieces.
            Err(_) => continue,
        }
    }
}

pub(crate) fn scope(dice: &mut Dice, catalogue: &Catalogue) -> Scope {
    if dice.once_in(2) {
        return Scope::everything();
    }
    let text = tree(dice, 2, &scope_term);
    Scope::parse(&text, catalogue).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// Either end of a range, or none.
pub(crate) fn range(dice: &mut Dice) -> (Option<i64>, Option<i64>) {
    let mut end = || {
        let at = START - 20 * DAY + dice.below(22 * DAY as u64) as i64;
        dice.once_in(3).then_some(at)
    };
    (end(), end())
}
