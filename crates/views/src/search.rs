//! `Search`: one question put to one snapshot of the index.
//!
//! It fixes what is seen (the ledger head, the snapshot, the scope) and knows how to find the
//! matching rows of a part, or of all parts with everything checked. Each kind of answer builds
//! on it; none of them looks at deleted rows, hidden rows or heads itself.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use annals_ledger::LedgerReader;
use annals_record::Catalogue;

use crate::check::{CHUNK_ROWS, Checker, LeafCursor, Place};
use crate::damage::Damage;
use crate::docset::DocSet;
use crate::eval::Compiled;
use crate::evaluate::{Beside, evaluate};
use crate::fields::Field;
use crate::filter::{Bound, Test, Value};
use crate::found::Found;
use crate::index::{SearchIndex, Snapshot};
use crate::part::Part;
use crate::piece::{Piece, in_ledger_order};
use crate::plan::{Node, Planner};
use crate::question::{Answer, Partial, Progress, Question};
use crate::scoped::Shown;
use crate::sets::Sets;
use crate::sieve::Sought;
use crate::threads;
use crate::{Order, QueryError};

/// How long an answer waits for leaves that the index has not folded yet.
const AHEAD_MAX: Duration = Duration::from_secs(2);

/// One question put to one snapshot.
pub(crate) struct Search<'s> {
    index: &'s SearchIndex,
    pub(crate) question: &'s Question,
    pub(crate) progress: &'s Progress,
    snapshot: Snapshot,
    filter: Compiled,
    sought: Option<Sought>,
    node: Node,
    /// Under which the parts keep what the scope shows; none without a scope.
    scope_text: Option<String>,
    /// The positions of the ids that the filter asks for.
    ids: HashMap<String, Vec<u64>>,
    pub(crate) as_of: u64,
    partial: Option<Partial>,
    /// Met while reading.
    damage: Damage,
    /// Intents whose outcome is known to the snapshot but lies at or above `as_of`: their
    /// columns say too much.
    reopened: Vec<u64>,
}

impl<'s> Search<'s> {
    /// Begins to answer.
    pub(crate) fn new(
        index: &'s SearchIndex,
        question: &'s Question,
        progress: &'s Progress,
    ) -> Result<Self, QueryError> {
        let head = index.reader().head().size.0;
        let as_of = question.as_of.unwrap_or(head);
        if as_of > head {
            return Err(QueryError::CursorBeyond);
        }
        let (snapshot, partial) = index.snapshot_to(as_of, Instant::now() + AHEAD_MAX)?;
        let bound = question.bound();
        let planner = Planner { catalogue: index.catalogue() };
        let scope = planner.scope(&question.scope.bound());
        let scope_text = match &scope {
            Node::Scope { text, .. } => Some(text.clone()),
            _ => None,
        };
        let node = Node::and(vec![scope, planner.plan(&bound)]);
        let filter = bound.compile(index.catalogue());
        let damage = Damage::none();
        let ids = positions(index.reader(), &bound, &damage)?;
        let reopened = reopened(&snapshot, as_of);
        Ok(Self {
            index,
            question,
            progress,
            snapshot,
            filter,
            sought: Sought::of(&bound),
            node,
            scope_text,
            ids,
            as_of,
            partial,
            damage,
            reopened,
        })
    }

    /// Names and properties of services and operations.
    pub(crate) fn catalogue(&self) -> &'s Catalogue {
        self.index.catalogue()
    }

    /// The parts of the snapshot.
    pub(crate) fn parts(&self) -> &[Part] {
        self.snapshot.parts()
    }

    /// The answer with this value.
    ///
    /// # Errors
    /// `PartDamaged` if files of the index were found damaged on the way to it.
    pub(crate) fn answer<T>(&self, value: T) -> Result<Answer<T>, QueryError> {
        if let Some(what) = self.parts().iter().find_map(Part::fault) {
            return Err(QueryError::PartDamaged { what: what.to_owned() });
        }
        let settled = self.snapshot.settled().min(self.as_of);
        let partial = self.damage.partial().or_else(|| self.partial.clone());
        Ok(Answer { value, as_of: self.as_of, settled, partial })
    }

    /// Reads events and checks them against filter and scope.
    pub(crate) fn checker(&self) -> Checker<'_> {
        let Self { index, question, filter, damage, as_of, progress, .. } = self;
        let (reader, scope, sought) = (index.reader(), &question.scope, self.sought.as_ref());
        Checker { reader, filter, sought, damage, as_of: *as_of, scope, progress }
    }

    /// The rows of a part that the question is about, whatever the filter says; hidden ones too
    /// if they are met in the order of position.
    pub(crate) fn seen(&self, part: &Part, order: Order, after: Option<u64>) -> DocSet {
        let mut seen = DocSet::full(part.len());
        let first = self.question.from.map_or(0, |from| part.first_doc_at(from));
        let end = self.question.to.map_or(part.len(), |to| part.first_doc_at(to));
        seen.keep_range(first..end.max(first));
        let indexes = part.index_range();
        let from = after.map_or(0, |after| after.saturating_add(1));
        if from > indexes.start || self.as_of < indexes.end {
            let mut in_range = DocSet::new_empty(part.len());
            part.docs_of(from..self.as_of.max(from), &mut in_range);
            seen.and(&in_range);
        }
        seen.and_not(part.deleted());
        if order.is_by_time() {
            seen.and_not(part.hidden());
        }
        seen
    }

    /// Which of the rows of `seen` match, for sure or perhaps.
    pub(crate) fn sets(&self, part: &Part, seen: &DocSet) -> Sets {
        if seen.is_empty() {
            return Sets { sure: seen.clone(), may: None };
        }
        let beside = Beside { texts: self.snapshot.texts(), ids: &self.ids };
        let mut sets = evaluate(part, &self.node, seen, &beside);
        if let Some(mut reopened) = self.reopened(part) {
            reopened.and(seen);
            sets.may.get_or_insert_with(|| sets.sure.clone()).or(&reopened);
            sets.sure.and_not(&reopened);
        }
        sets
    }

    /// What the scope shows of a part, if there is one and that is kept.
    pub(crate) fn shown(&self, part: &Part) -> Option<Arc<Shown>> {
        part.scoped().known(self.scope_text.as_ref()?)
    }

    /// The rows of a part whose columns say more than was known as of the head.
    pub(crate) fn reopened(&self, part: &Part) -> Option<DocSet> {
        let mut rows = DocSet::new_empty(part.len());
        for intent in &self.reopened {
            if let Some(doc) = part.doc_of(*intent) {
                rows.insert(doc);
            }
        }
        (!rows.is_empty()).then_some(rows)
    }

    /// Where the leaves of a row stand.
    pub(crate) fn place(&self, part: &Part, doc: u32) -> Place {
        Place::of(part, doc, self.as_of)
    }

    /// The matching rows of each part, everything checked. Hidden rows are none of them.
    pub(crate) fn matched(&self) -> Result<Vec<DocSet>, QueryError> {
        let parts = self.parts();
        let sets = threads::each(parts.len(), |part| {
            self.progress.go_on()?;
            let part = &parts[part];
            Ok(self.sets(part, &self.seen(part, Order::NewestFirst, None)))
        })?;
        let open = |(part, sets): (usize, &Sets)| Some((part, sets.open()?));
        let open: Vec<_> = sets.iter().enumerate().filter_map(open).collect();
        let mut pieces = Vec::new();
        for (part, open) in &open {
            self.progress.expect(u64::from(open.count()));
            pieces.extend(Piece::all(&parts[*part], open).into_iter().map(|piece| (*part, piece)));
        }
        let matched: Vec<_> = sets.into_iter().map(|sets| Mutex::new(sets.sure)).collect();
        threads::each(pieces.len(), |number| {
            let (part, piece) = &pieces[number];
            let docs = self.checker().which(&parts[*part], &piece.docs())?;
            let mut matched = matched[*part].lock().unwrap_or_else(PoisonError::into_inner);
            docs.into_iter().for_each(|doc| matched.insert(doc));
            Ok(())
        })?;
        let matched = matched.into_iter().map(Mutex::into_inner);
        Ok(matched.map(|rows| rows.unwrap_or_else(PoisonError::into_inner)).collect())
    }

    /// Reads events of a part, in the order of position, on this thread.
    pub(crate) fn read_part(
        &self,
        part: &Part,
        rows: &DocSet,
        each: &mut dyn FnMut(&Found) -> Result<(), QueryError>,
    ) -> Result<(), QueryError> {
        let docs = in_ledger_order(part, rows);
        self.progress.expect(docs.len() as u64);
        let mut cursor = LeafCursor::new(self.index.reader(), None, &self.damage);
        for chunk in docs.chunks(CHUNK_ROWS) {
            for doc in chunk {
                if let Some(found) = cursor.found(&self.place(part, *doc))? {
                    each(&found)?;
                }
            }
            self.progress.go_on()?;
            self.progress.advance(chunk.len() as u64);
        }
        Ok(())
    }
}

/// The positions of all leaves with an id that the filter asks for.
fn positions(
    reader: &LedgerReader,
    filter: &Bound,
    damage: &Damage,
) -> Result<HashMap<String, Vec<u64>>, QueryError> {
    let mut positions = HashMap::new();
    for term in filter.terms() {
        if let (Field::Id, Test::Is(Value::Text(id))) = (term.field, &term.test) {
            // Where it stands is not known of what is damaged.
            let found = damage.unless(0, reader.find(id))?.unwrap_or_default();
            positions.insert(id.clone(), found.iter().map(|index| index.0).collect());
        }
    }
    Ok(positions)
}

/// Intents whose outcomes lie at or above `as_of`.
fn reopened(snapshot: &Snapshot, as_of: u64) -> Vec<u64> {
    let mut intents = Vec::new();
    for part in snapshot.parts().iter().filter(|part| part.index_range().end > as_of) {
        let mut later = DocSet::new_empty(part.len());
        part.docs_of(as_of..u64::MAX, &mut later);
        later.and(part.hidden());
        intents.extend(later.iter().filter_map(|doc| part.partner(doc)));
    }
    intents.retain(|intent| *intent < as_of);
    intents.sort_unstable();
    intents
}
