//! Settings of the platform: security, global, and the bridges to WeCom and Feishu.
//!
//! Holds always: a bridge that is deleted was added before, and there is at most one of each.

use crate::acts::Act;
use crate::line::{Hex, Padded};
use crate::objects::Thing;
use crate::stage::{Stage, Told, Turn};

/// What can be set: the act that does, key, values to choose from.
const SETTINGS: [(Act, &str, [u64; 4]); 7] = [
    (Act::SecurityEdit, "password_min_length", [8, 10, 12, 14]),
    (Act::SecurityEdit, "max_failed_attempts", [5, 6, 8, 10]),
    (Act::SecurityEdit, "lock_minutes", [10, 30, 60, 120]),
    (Act::SecurityEdit, "idle_logout_minutes", [15, 30, 60, 240]),
    (Act::GlobalEdit, "vnc_timeout_minutes", [0, 60, 240, 480]),
    (Act::GlobalEdit, "client_token_days", [7, 14, 30, 90]),
    (Act::GlobalEdit, "directory_import_hours", [6, 12, 24, 48]),
];

/// A setting changes.
pub(crate) fn edit(stage: &mut Stage, turn: Turn) -> Told {
    let word = stage.dice.word() as usize;
    let mine = SETTINGS.iter().filter(|(act, ..)| *act == turn.act);
    let count = mine.clone().count();
    let Some((_, key, values)) = mine.clone().nth(word % count.max(1)) else { return Told::No };
    let (before, after) = (values[word / 8 % 4], values[(word / 8 + 1 + word / 64 % 3) % 4]);
    stage.begin(&turn);
    let line = &mut stage.line;
    match turn.act {
        Act::SecurityEdit => line.object("settings", "security", "安全配置"),
        _ => line.object("settings", "global", "全局配置"),
    }
    line.open("request_data");
    line.number(key, after);
    line.text("comment", ["等保整改", "audit finding", "按公司规定"][word / 512 % 3]);
    line.close();
    line.change_number(key, before, after);
    stage.finish(&turn);
    Told::Yes
}

/// WeCom is connected or disconnected.
pub(crate) fn wecom(stage: &mut Stage, turn: Turn) -> Told {
    let present = stage.world.directory.wecom;
    let is_add = turn.act == Act::WecomAdd;
    match (is_add, present) {
        (true, Some(_)) => return Told::Needs(Act::WecomDelete),
        (false, None) => return Told::Needs(Act::WecomAdd),
        _ => {}
    }
    let bridge = bridge(stage, &turn, present, ("wecom-", "企业微信", "corp_id"));
    stage.world.directory.wecom = bridge;
    Told::Yes
}

/// Feishu is connected or disconnected.
pub(crate) fn feishu(stage: &mut Stage, turn: Turn) -> Told {
    let present = stage.world.directory.feishu;
    let is_add = turn.act == Act::FeishuAdd;
    match (is_add, present) {
        (true, Some(_)) => return Told::Needs(Act::FeishuDelete),
        (false, None) => return Told::Needs(Act::FeishuAdd),
        _ => {}
    }
    let bridge = bridge(stage, &turn, present, ("feishu-", "飞书", "app_id"));
    stage.world.directory.feishu = bridge;
    Told::Yes
}

/// Writes the event; what is connected afterwards.
fn bridge(
    stage: &mut Stage,
    turn: &Turn,
    present: Option<Thing>,
    (prefix, name, key): (&str, &str, &str),
) -> Option<Thing> {
    let value = stage.dice.below(10_000_000_000);
    let thing = present.unwrap_or_else(|| Thing::new(value, &mut stage.dice));
    stage.begin(turn);
    let line = &mut stage.line;
    line.object("integration", (prefix, Hex(thing.id)), name);
    line.open("request_data");
    line.text(key, ("cli", Padded(thing.value, 10)));
    line.text("callback", ("https://portal.example.com/callback/", prefix, Hex(thing.id)));
    line.flag("sync_contacts", thing.id.is_multiple_of(2));
    line.close();
    stage.finish(turn);
    if turn.is_done() == present.is_none() { Some(thing) } else { None }
}
