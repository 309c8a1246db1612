//! The values of a field: as numbers where columns hold them, as texts where only the event does.

use annals_record::{Catalogue, Timestamp};
use smallvec::SmallVec;

use crate::column::Column;
use crate::columns::ColumnId;
use crate::docset::DocSet;
use crate::fields::{Field, Kind};
use crate::ordinals::{ABSENT, distinct};
use crate::part::Part;
use crate::plan::{columns_of, derived_value};
use crate::row::{Row, Seen, Target};
use crate::scoped::Shown;

/// The values of a field in one part, each with a number below `len`.
pub(crate) enum Codes<'p> {
    /// One column: the numbers are its ordinals.
    Column(Column<'p>, ColumnId),
    /// Several columns, or values that follow from one: the ordinals of each, with their numbers.
    Joint { columns: Vec<(Column<'p>, Vec<u32>)>, texts: Vec<String> },
}

impl<'p> Codes<'p> {
    /// The values of `field` in `part`; none if only the events themselves hold them.
    pub(crate) fn of(part: &'p Part, field: Field, catalogue: &Catalogue) -> Option<Self> {
        match columns_of(field) {
            [] if matches!(field, Field::Severity | Field::Access) => {
                Some(Self::derived(part, field, catalogue))
            }
            [] => None,
            [column] => Some(Self::Column(part.column(*column), *column)),
            columns => Some(Self::joint(part, columns)),
        }
    }

    fn derived(part: &'p Part, field: Field, catalogue: &Catalogue) -> Self {
        let (column, mut texts) = (part.column(ColumnId::Operation), Vec::<String>::new());
        let mut numbers = vec![ABSENT; column.terms() as usize];
        column.for_each_term(&mut |ord, code| {
            let Some(operation) = catalogue.operation(code) else { return };
            let Some(value) = derived_value(field, operation) else { return };
            let known = texts.iter().position(|text| text == value).unwrap_or_else(|| {
                texts.push(value.to_owned());
                texts.len() - 1
            });
            numbers[ord as usize] = known as u32;
        });
        Self::Joint { columns: vec![(column, numbers)], texts }
    }

    fn joint(part: &'p Part, columns: &[ColumnId]) -> Self {
        let mut known = std::collections::HashMap::<String, u32>::new();
        let mut texts = Vec::new();
        let columns = columns.iter().map(|id| {
            let column = part.column(*id);
            let mut numbers = Vec::with_capacity(column.terms() as usize);
            column.for_each_term(&mut |_, text| {
                let number = known.get(text).copied().unwrap_or_else(|| {
                    let number = texts.len() as u32;
                    known.insert(text.to_owned(), number);
                    texts.push(text.to_owned());
                    number
                });
                numbers.push(number);
            });
            (column, numbers)
        });
        Self::Joint { columns: columns.collect(), texts }
    }

    /// One more than the greatest number.
    pub(crate) fn len(&self) -> u32 {
        match self {
            Self::Column(column, _) => column.terms(),
            Self::Joint { texts, .. } => texts.len() as u32,
        }
    }

    /// The text of a number.
    pub(crate) fn text(&self, number: u32) -> String {
        match self {
            Self::Column(column, _) => {
                let mut text = String::new();
                column.term(number, &mut text);
                text
            }
            Self::Joint { texts, .. } => texts[number as usize].clone(),
        }
    }

    /// Calls with each number and its text.
    pub(crate) fn for_each(&self, f: &mut dyn FnMut(u32, &str)) {
        match self {
            Self::Column(column, _) => column.for_each_term(f),
            Self::Joint { texts, .. } => {
                (0..).zip(texts).for_each(|(number, text)| f(number, text))
            }
        }
    }

    /// The values of a row, each once.
    pub(crate) fn row(&self, doc: u32, out: &mut SmallVec<[u32; 4]>) {
        match self {
            Self::Column(column, _) => column.ords(doc, out),
            Self::Joint { columns, .. } => {
                out.clear();
                let mut ords = SmallVec::new();
                for (column, numbers) in columns {
                    column.ords(doc, &mut ords);
                    let there = ords.iter().filter(|ord| **ord != ABSENT);
                    out.extend(there.map(|ord| numbers[*ord as usize]));
                }
            }
        }
        distinct(out);
    }

    /// The one value of each row, appended, [`ABSENT`] where it has none; false if a row may have
    /// several.
    pub(crate) fn firsts(&self, docs: &[u32], out: &mut Vec<u32>) -> bool {
        match self {
            Self::Column(_, id) if id.is_many() => return false,
            Self::Column(column, _) => column.firsts(docs, out),
            Self::Joint { columns, .. } => {
                let [(column, numbers)] = &columns[..] else { return false };
                let start = out.len();
                column.firsts(docs, out);
                for ord in out[start..].iter_mut().filter(|ord| **ord != ABSENT) {
                    *ord = numbers[*ord as usize];
                }
            }
        }
        true
    }

    /// How many rows of `set`, which a scope may have `shown`, have each value, by number.
    pub(crate) fn count(&self, set: &DocSet, shown: Option<&Shown>) -> Vec<u32> {
        match self {
            Self::Column(column, _) => count_column(column, set, shown),
            Self::Joint { columns, texts } => {
                let mut counts = vec![0; texts.len()];
                if let [(column, numbers)] = &columns[..] {
                    for (count, number) in count_column(column, set, shown).iter().zip(numbers) {
                        if *number != ABSENT {
                            counts[*number as usize] += count;
                        }
                    }
                    return counts;
                }
                let mut values = SmallVec::new();
                for doc in set.iter() {
                    self.row(doc, &mut values);
                    values.iter().for_each(|number| counts[*number as usize] += 1);
                }
                counts
            }
        }
    }
}

/// Counts what is in the set; or takes the counts that are kept of all rows, or of those that the
/// scope shows, and counts the difference: whichever is least.
fn count_column(column: &Column<'_>, set: &DocSet, shown: Option<&Shown>) -> Vec<u32> {
    let (there, all) = (set.count(), set.len());
    let by_scope = shown.and_then(|shown| by_scope(column, set, shown, there.min(all - there)));
    if let Some(counts) = by_scope {
        return counts;
    }
    if there <= all / 2 {
        return column.count_in(set);
    }
    let mut others = set.clone();
    others.not();
    let mut counts = Vec::clone(&column.count_all());
    take(&mut counts, column, &others);
    counts
}

/// The counts kept for the scope, corrected; none where `rows_max` rows or more differ, or
/// none are kept.
fn by_scope(column: &Column<'_>, set: &DocSet, shown: &Shown, rows_max: u32) -> Option<Vec<u32>> {
    let Column::Sealed(_, id) = column else { return None };
    let sure = &shown.sets.sure;
    let (mut missing, mut further) = (sure.clone(), set.clone());
    missing.and_not(set);
    further.and_not(sure);
    if missing.count() + further.count() >= rows_max {
        return None;
    }
    let counts = shown.counts(*id, column.terms(), || count_column(column, sure, None))?;
    let mut counts = Vec::clone(&counts);
    take(&mut counts, column, &missing);
    if !further.is_empty() {
        let more = column.count_in(&further);
        counts.iter_mut().zip(more).for_each(|(count, more)| *count += more);
    }
    Some(counts)
}

/// Takes the rows of `others` from the counts.
fn take(counts: &mut [u32], column: &Column<'_>, others: &DocSet) {
    if !others.is_empty() {
        let others = column.count_in(others);
        counts.iter_mut().zip(others).for_each(|(count, other)| *count -= other);
    }
}

/// The values of any field of an event as texts, each once.
pub(crate) fn texts_of(row: &Row<'_>, field: Field, catalogue: &Catalogue) -> Vec<String> {
    let mut texts = Vec::new();
    match field {
        Field::User => {
            push(&mut texts, row.text(Field::Operator));
            push(&mut texts, row.text(Field::Username));
        }
        Field::ObjectType => {
            row.targets().iter().for_each(|target| push(&mut texts, target.kind.clone()));
        }
        Field::ObjectId => {
            row.targets().iter().for_each(|target| push(&mut texts, target.id.clone()));
        }
        Field::ObjectName => {
            row.targets().iter().for_each(|target| push(&mut texts, target.name.clone()));
        }
        Field::Object => {
            row.targets().iter().for_each(|target| push_object(&mut texts, target));
            row.related().iter().for_each(|target| push_object(&mut texts, target));
        }
        Field::Related => row.related().iter().for_each(|target| push_object(&mut texts, target)),
        Field::SourceIp => push(&mut texts, row.address().map(|address| address.to_string())),
        Field::Time => texts.push(Timestamp::from_nanos(row.at()).to_string()),
        Field::ReceivedTime => {
            push(&mut texts, row.received().map(|at| Timestamp::from_nanos(at).to_string()));
        }
        Field::Severity | Field::Access => {
            if let Seen::Value(code) = row.text(Field::Operation) {
                let operation = catalogue.operation(&code);
                let value = operation.and_then(|operation| derived_value(field, operation));
                texts.extend(value.map(str::to_owned));
            }
        }
        Field::Anything => {}
        field if field.kind() == Kind::Number => {
            push(&mut texts, row.number(field).map(|number| number.to_string()));
        }
        field => push(&mut texts, row.text(field)),
    }
    texts.sort_unstable();
    texts.dedup();
    texts
}

fn push_object(texts: &mut Vec<String>, target: &Target<'_>) {
    push(texts, target.id.clone());
    push(texts, target.name.clone());
}

fn push(texts: &mut Vec<String>, seen: Seen<impl Into<String>>) {
    if let Seen::Value(text) = seen {
        texts.push(text.into());
    }
    texts.retain(|text| !text.is_empty());
}
