//! What exists at a moment of a stream, judged from outside by the events alone.
//!
//! `see` takes one event and says which rule it breaks. Knows nothing of the generator's insides.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

/// What the events seen so far have brought into being.
#[derive(Debug, Default)]
pub(crate) struct World {
    ids: HashSet<String>,
    /// Type and id of what exists.
    alive: HashSet<(String, String)>,
    released: HashSet<String>,
    /// Session id -> id of the cluster or desktop, node, operator.
    sessions: HashMap<String, (String, String, String)>,
    /// Mount -> whether it is global.
    mounts: HashMap<String, bool>,
    /// Approval -> (levels passed, levels, rejected).
    approvals: HashMap<String, (u64, u64, bool)>,
    exports: HashSet<String>,
    policies: HashSet<String>,
    /// Ids of deleted accounts.
    deleted_users: HashSet<String>,
}

type Verdict = Result<(), &'static str>;

impl World {
    /// Takes in one event; the rule it breaks, if any.
    pub(crate) fn see(&mut self, event: &Value) -> Verdict {
        require(self.ids.insert(word(event, "id")), "an id stands for one event")?;
        if let Some(cause) = event["cause_id"].as_str() {
            require(self.ids.contains(cause), "a cause comes before what it caused")?;
            require(event["cause_id"] != event["id"], "nothing causes itself")?;
        }
        let is_system = event["operator"] == "system";
        require(is_system == (event["user_type"] == "system"), "system is the platform")?;
        let targets = targets(event);
        require(!targets.is_empty(), "there is a target")?;
        require(targets.len() <= 1_000, "at most a thousand targets")?;
        require(event.to_string().len() < 256 << 10, "a line stays small")?;
        self.lives(event, &targets)?;
        match word(event, "service").as_str() {
            "hpc-clusters" | "desktops" => self.pools(event, &targets),
            "approvals" | "approval-data" | "approval-policy" => self.approvals(event),
            "billing" => self.billing(event),
            "users" => self.users(event, &targets),
            _ => Ok(()),
        }
    }

    /// What is made, used and removed in general.
    fn lives(&mut self, event: &Value, targets: &[(String, String, bool)]) -> Verdict {
        let operation = word(event, "operation");
        let verb = operation.rsplit('.').next().unwrap_or_default();
        let makes = matches!(verb, "create" | "add" | "register" | "initiate" | "submit")
            && !operation.contains(".web")
            && !matches!(
                operation.as_str(),
                "folder.create"
                    | "user.group.add"
                    | "user.permission.add"
                    | "group.member.add"
                    | "group.permission.add"
            );
        let removes = matches!(verb, "delete" | "unbind" | "release" | "cancel")
            && !operation.starts_with("file.")
            && !operation.starts_with("approval_data.")
            && !operation.contains("permission")
            && !matches!(operation.as_str(), "cluster.release" | "desktop.release");
        for (kind, id, is_good) in targets {
            if !is_tracked(kind) || id.is_empty() {
                continue;
            }
            let key = (kind.clone(), id.clone());
            if makes {
                require(!self.alive.contains(&key), "what is made was not there before")?;
                if *is_good {
                    self.alive.insert(key);
                }
                continue;
            }
            let is_freed = event["operator"] == "system" && kind == "node";
            require(is_freed || self.alive.contains(&key), "what is used was made before")?;
            if removes && *is_good {
                self.alive.remove(&key);
            }
        }
        for other in list(event, "related") {
            let (kind, id) = (word(other, "type"), word(other, "id"));
            let is_end = verb == "disconnect" || event["operator"] == "system";
            // The partition that every desktop has is made with it.
            let is_implied = kind == "partition" && word(event, "service") == "desktops";
            if is_tracked(&kind) && !is_end && !is_implied {
                require(self.alive.contains(&(kind, id)), "what is related was made before")?;
            }
        }
        Ok(())
    }

    /// Clusters, desktops and what they hold.
    fn pools(&mut self, event: &Value, targets: &[(String, String, bool)]) -> Verdict {
        let operation = word(event, "operation");
        let (kind, id, is_good) = &targets[0];
        match operation.as_str() {
            "cluster.release" | "desktop.release" => {
                require(!self.released.contains(id), "nothing is released twice")?;
                if *is_good {
                    self.released.insert(id.clone());
                }
            }
            "cluster.delete" | "desktop.delete" => {
                require(self.released.contains(id), "released before deleted")?;
            }
            _ if operation.contains(".web") => self.session(event, id)?,
            _ if operation.contains("mount") => self.mount(event, &operation, id, *is_good)?,
            _ => {}
        }
        let is_over = operation.ends_with("disconnect") || operation.ends_with(".delete");
        let home = if kind == "cluster" || kind == "desktop" {
            Some(id.clone())
        } else {
            let homes = ["cluster", "desktop"].map(|role| role_of(event, role));
            homes.into_iter().flatten().next()
        };
        if *is_good && !is_over && event["operator"] != "system" && !operation.ends_with(".release")
        {
            let is_gone = home.is_some_and(|home| self.released.contains(&home));
            require(!is_gone, "nothing happens to what is released")?;
        }
        Ok(())
    }

    fn session(&mut self, event: &Value, pool: &str) -> Verdict {
        let node =
            role_of(event, "node").ok_or("a session has its node in related").or_else(|rule| {
                // A failed opening may not have reached a node.
                if event["outcome"] == "success" { Err(rule) } else { Ok(String::new()) }
            })?;
        let id = word(event, "session_id");
        let user = if event["username"].is_null() { "operator" } else { "username" };
        let whole = (pool.to_owned(), node, word(event, user));
        if word(event, "operation").ends_with(".create") {
            if event["outcome"] == "success" {
                require(!id.is_empty(), "an open session has an id")?;
                require(self.sessions.insert(id, whole).is_none(), "a session opens once")?;
            }
            return Ok(());
        }
        require(self.sessions.remove(&id) == Some(whole), "an end has its own beginning")?;
        let request = &event["request_data"];
        let cause = word(request, "end_cause");
        let is_known = ["user", "admin", "timeout", "network", "release"].contains(&cause.as_str());
        require(is_known, "an end has a known cause")?;
        let is_platform = ["timeout", "network", "release"].contains(&cause.as_str());
        require(
            is_platform == event["cause_id"].is_string(),
            "what the platform ends has a cause",
        )?;
        require(request["connected_seconds"].is_u64(), "an end says how long it was")
    }

    fn mount(&mut self, event: &Value, operation: &str, id: &str, is_good: bool) -> Verdict {
        let is_global = operation.contains("global_mount");
        match operation.rsplit('.').next() {
            Some("create") if is_good => {
                self.mounts.insert(id.to_owned(), is_global);
            }
            Some("unbind") => {
                require(self.mounts.get(id) == Some(&is_global), "what is unbound was bound so")?;
            }
            Some("convert" | "upgrade") => {
                let from_global = operation.ends_with("convert");
                require(self.mounts.get(id) == Some(&from_global), "converted from what it was")?;
                let before = &event["changes"]["before"]["scope"];
                require((before == "global") == from_global, "changes say what it was")?;
                if is_good {
                    self.mounts.insert(id.to_owned(), !from_global);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn approvals(&mut self, event: &Value) -> Verdict {
        let operation = word(event, "operation");
        let is_good = event["outcome"] == "success";
        let id = role_of(event, "request").unwrap_or_else(|| word(&event["object"], "id"));
        match operation.as_str() {
            "approval.initiate" if is_good => {
                let levels = event["request_data"]["levels"].as_u64().unwrap_or(0);
                require((1..=10).contains(&levels), "one to ten levels")?;
                self.approvals.insert(id, (0, levels, false));
            }
            "approval.approve" | "approval.reject" if is_good => {
                let Some((passed, levels, rejected)) = self.approvals.get_mut(&id) else {
                    return Err("decided is what was asked for");
                };
                require(!*rejected, "after a rejection nobody decides")?;
                require(*passed < *levels, "no more decisions than levels")?;
                let level = event["request_data"]["level"].as_u64();
                require(level == Some(*passed + 1), "level after level")?;
                *passed += 1;
                *rejected = operation == "approval.reject";
            }
            "approval.flow.edit" => {
                let Some((_, levels, _)) = self.approvals.get_mut(&id) else {
                    return Err("edited is the flow of a request");
                };
                *levels = event["request_data"]["levels"].as_u64().unwrap_or(0);
            }
            "approval_policy.flow.edit" => {
                self.policies.insert(word(event, "id"));
            }
            _ if operation.starts_with("approval_data.") => {
                require(event["operator"] == "system", "the platform deletes")?;
                let cause = word(event, "cause_id");
                require(self.policies.contains(&cause), "deletions follow from a policy")?;
                let Some((passed, levels, rejected)) = self.approvals.get(&id) else {
                    return Err("deleted is what was asked for");
                };
                let fits = match operation.as_str() {
                    "approval_data.rejected.delete" => *rejected,
                    "approval_data.expired.delete" => !*rejected && passed < levels,
                    _ => !*rejected && passed == levels,
                };
                require(fits, "what is deleted fits how the request ended")?;
            }
            _ => {}
        }
        Ok(())
    }

    fn billing(&mut self, event: &Value) -> Verdict {
        if word(event, "operation").ends_with("export") {
            self.exports.insert(word(&event["object"], "id"));
            return Ok(());
        }
        let export = role_of(event, "export").ok_or("a download names its export")?;
        require(self.exports.contains(&export), "exported before downloaded")
    }

    fn users(&mut self, event: &Value, targets: &[(String, String, bool)]) -> Verdict {
        for (kind, id, is_good) in targets.iter().filter(|(kind, ..)| kind == "user") {
            require(!self.deleted_users.contains(id), "who is deleted is not touched again")?;
            if *is_good && kind == "user" && event["operation"] == "user.delete" {
                self.deleted_users.insert(id.clone());
            }
        }
        let login = word(event, "operation") == "user.login";
        require(!login || event["outcome"] != "unknown", "a login has an outcome")
    }
}

fn require(holds: bool, rule: &'static str) -> Verdict {
    if holds { Ok(()) } else { Err(rule) }
}

/// Types whose whole life is in the stream. Users may be older, files too.
fn is_tracked(kind: &str) -> bool {
    matches!(
        kind,
        "cluster"
            | "desktop"
            | "partition"
            | "node"
            | "mount"
            | "group"
            | "role"
            | "approval"
            | "job"
            | "filesystem"
            | "backup_plan"
            | "image"
            | "host"
            | "integration"
    )
}

/// Type, id and whether it worked, of every target.
fn targets(event: &Value) -> Vec<(String, String, bool)> {
    let whole = event["outcome"] == "success";
    let object = &event["object"];
    if object.is_object() {
        return vec![(word(object, "type"), word(object, "id"), whole)];
    }
    let each =
        |target: &Value| (word(target, "type"), word(target, "id"), target["outcome"] == "success");
    list(event, "objects").iter().map(each).collect()
}

/// The id of the related object with that role.
fn role_of(event: &Value, role: &str) -> Option<String> {
    let found = list(event, "related").iter().find(|other| other["role"] == role)?;
    Some(word(found, "id"))
}

fn word(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap_or_default().to_owned()
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}
