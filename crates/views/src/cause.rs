//! Cause trees: what made an event happen, and what it made happen.
//!
//! Upwards an event names its cause by id: of several events with that id the one of the same
//! emitter is meant, else the only one. Downwards all events that name it. Each event stands
//! once, so a circle of causes ends; limits are said by `cut`. Only what the scope shows is seen.

mod growing;

use std::collections::HashMap;

use crate::gather::Gather;
use crate::page::Order;
use crate::thing::text;
use crate::{
    Answer, Field, Filter, Found, Page, Position, Progress, QueryError, Question, SearchIndex,
};
use growing::Growing;

/// Steps upwards from the event asked for.
pub const CAUSE_STEPS_MAX: usize = 64;
/// Events of a tree.
pub const CAUSE_EVENTS_MAX: usize = 500;

/// The events around one event, by cause: parents before their children, in the order of time.
#[derive(Debug)]
pub struct CauseTree {
    /// The events, depth first from the root.
    pub nodes: Vec<CauseNode>,
    /// Place in `nodes` of the event asked for.
    pub asked: usize,
    /// The root names a cause that is not among the events that can be seen.
    pub unseen_cause: bool,
    /// True if there is more than the limits allow.
    pub cut: bool,
}

/// An event of a cause tree.
#[derive(Debug)]
pub struct CauseNode {
    /// The event.
    pub found: Found,
    /// Place of its cause in `nodes`; none for the root.
    pub parent: Option<usize>,
    /// Steps from the root.
    pub depth: usize,
}

impl SearchIndex {
    /// The cause tree around the event at `index`; none if there is no such event in scope.
    /// Filter and range of the question play no part.
    ///
    /// # Errors
    /// As `page`.
    pub fn causes(
        &self,
        question: &Question,
        index: u64,
        progress: &Progress,
    ) -> Result<Answer<Option<CauseTree>>, QueryError> {
        let mut search = Search { gather: Gather::new(self, question, progress) };
        let mut asked = search.all(Filter::at_indexes([index]), Order::Index, 1)?.0;
        let tree = match asked.pop() {
            Some(asked) => Some(search.tree(asked)?),
            None => None,
        };
        Ok(search.gather.answer(tree))
    }
}

struct Search<'i> {
    gather: Gather<'i>,
}

impl Search<'_> {
    fn tree(&mut self, asked: Found) -> Result<CauseTree, QueryError> {
        let asked_at = asked.position;
        let (chain, unseen_cause, mut cut) = self.causes_of(asked)?;
        let mut tree = Growing::default();
        let mut parent = None;
        // The way to the event asked for comes first, so that no limit can cut it off.
        for found in chain.into_iter().rev() {
            parent = tree.add(parent, found.position, found);
        }
        let mut level: Vec<usize> = (0..tree.len()).collect();
        while !level.is_empty() {
            let (effects, is_cut) = self.effects_of(&tree, &level)?;
            cut |= is_cut;
            level.clear();
            for (parent, found) in effects {
                if tree.len() == CAUSE_EVENTS_MAX {
                    cut = true;
                    level.clear();
                    break;
                }
                level.extend(tree.add(Some(parent), found.position, found));
            }
        }
        let nodes: Vec<_> = tree
            .into_depth_first()
            .into_iter()
            .map(|(found, parent, depth)| CauseNode { found, parent, depth })
            .collect();
        let asked = nodes.iter().position(|node| node.found.position == asked_at).unwrap_or(0);
        Ok(CauseTree { nodes, asked, unseen_cause, cut })
    }

    /// The event and its causes, nearest first; whether the last of them names one that is not
    /// seen, and whether there are too many.
    fn causes_of(&mut self, asked: Found) -> Result<(Vec<Found>, bool, bool), QueryError> {
        let mut chain = vec![asked];
        while chain.len() <= CAUSE_STEPS_MAX {
            let effect = &chain[chain.len() - 1];
            let Some(cause) = text(&effect.row(), Field::CauseId) else {
                return Ok((chain, false, false));
            };
            let emitter = effect.leaf.core().emitter().to_owned();
            let Some(cause) = self.gather.named(&cause, &emitter)? else {
                return Ok((chain, true, false));
            };
            if chain.iter().any(|known| known.position == cause.position) {
                return Ok((chain, false, false)); // A circle: it has been told.
            }
            chain.push(cause);
        }
        Ok((chain, false, true))
    }

    /// Events that name one of these as their cause, each with the place of that one.
    fn effects_of(
        &mut self,
        tree: &Growing<Position, Found>,
        level: &[usize],
    ) -> Result<(Vec<(usize, Found)>, bool), QueryError> {
        let mut causes: HashMap<String, Vec<usize>> = HashMap::new();
        for &place in level {
            let id = tree.get(place).leaf.core().id().into_owned();
            causes.entry(id).or_default().push(place);
        }
        let filter = Filter::one_of(Field::CauseId, causes.keys().cloned());
        let (found, is_cut) = self.all(filter, Order::OldestFirst, CAUSE_EVENTS_MAX)?;
        let cause_of = |found: &Found| {
            let places = causes.get(&text(&found.row(), Field::CauseId)?)?;
            let emitter = found.leaf.core().emitter();
            let is_own = |place: &&usize| tree.get(**place).leaf.core().emitter() == emitter;
            match places[..] {
                [only] => Some(only),
                _ => places.iter().find(is_own).copied(),
            }
        };
        let effects = found.into_iter().filter_map(|found| Some((cause_of(&found)?, found)));
        Ok((effects.collect(), is_cut))
    }

    /// Every event in scope for which `filter` holds, up to a limit, and whether there are more.
    fn all(
        &mut self,
        filter: Filter,
        order: Order,
        limit: usize,
    ) -> Result<(Vec<Found>, bool), QueryError> {
        let question = Question { filter, ..self.gather.ever() };
        let Page { events, next } = self.gather.page(&question, order, None, limit)?;
        Ok((events, next.is_some()))
    }
}
