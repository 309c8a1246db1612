//! What has been set in motion and will happen later: the ends of sessions, decisions, deletions.
//!
//! Tasks come out in order of time, and in the order they were put in where times are equal (a
//! plain heap would make that depend on its inner layout).

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use crate::acts::Act;
use crate::objects::{Node, PoolTag, Session};
use crate::request::Approval;
use crate::scenes::Scene;

/// What will happen.
#[derive(Debug)]
pub(crate) enum Step {
    /// Someone does something, then `more` times again about every `gap` nanoseconds.
    Act { who: usize, stack: usize, act: Act, more: u32, gap: i64 },
    /// Someone tries to sign in again after `failures` wrong passwords.
    Login { who: usize, failures: u32 },
    /// The web session with this id ends, if it is still the one.
    WebEnd { who: usize, session: u64 },
    /// The platform locks someone; `cause` = number of the last failed login.
    Lock { who: usize, cause: u64 },
    /// The remote session with this id ends, if it is still open.
    SessionDue { stack: usize, pool: PoolTag, session: u64 },
    /// A remote session ends because its node is gone.
    SessionCut { stack: usize, pool: PoolTag, session: Box<Session>, cause: u64 },
    /// The platform frees the dynamic nodes of what was released.
    NodesFreed { stack: usize, pool: PoolTag, nodes: Vec<Node>, cause: u64 },
    /// A request for approval takes its next turn.
    Approval(Box<Approval>),
    /// An exported report is fetched.
    Fetch { who: usize, stack: usize, act: Act, report: u32, month: u8 },
    /// The directory is read in again.
    Sync,
    /// The accounts of a course are deleted together.
    CourseEnd { first: u32, count: u32 },
    /// The next event of a scenario.
    Scene(Scene),
}

/// Tasks in order of time.
#[derive(Debug, Default)]
pub(crate) struct Tasks {
    heap: BinaryHeap<Task>,
    put: u64,
}

#[derive(Debug)]
struct Task {
    due: i64,
    order: u64,
    step: Step,
}

impl Tasks {
    pub(crate) fn put(&mut self, due: i64, step: Step) {
        self.put += 1;
        self.heap.push(Task { due, order: self.put, step });
    }

    /// The first task, if it is due by `at`.
    pub(crate) fn take(&mut self, at: i64) -> Option<(i64, Step)> {
        if self.heap.peek()?.due > at {
            return None;
        }
        self.heap.pop().map(|task| (task.due, task.step))
    }
}

impl Ord for Task {
    /// Turned round: the heap's greatest is the earliest.
    fn cmp(&self, other: &Self) -> Ordering {
        (other.due, other.order).cmp(&(self.due, self.order))
    }
}

impl PartialOrd for Task {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Task {
    fn eq(&self, other: &Self) -> bool {
        self.order == other.order
    }
}

impl Eq for Task {}
