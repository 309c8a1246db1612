//! The index as it is asked: every question under the scope of everything, or under one.

use super::question::{Ask, FACETS};
use annals_ledger::{Follower, LedgerReader};
use annals_record::{Catalogue, Timestamp};
use annals_views::{
    Field, Filter, IndexOptions, Indexer, Interval, Order, Progress, Question, Scope, SearchIndex,
};
use anyhow::{Context, Result, ensure};
use jiff::tz::TimeZone;
use std::path::Path;
use std::sync::{Arc, Mutex};

/// Values of a facet that a page shows.
const TOP: usize = 10;
const PAGE: usize = 100;
/// The page that must be as fast as the first.
const FAR_PAGE: usize = 1_000;

/// An open index.
pub(crate) struct Place {
    index: SearchIndex,
    indexer: Mutex<Option<Indexer>>,
    catalogue: Arc<Catalogue>,
    now: Timestamp,
    scope: Scope,
    /// Where the walk to the far page stands, once it was walked.
    far: Mutex<Option<annals_views::PageToken>>,
}

impl Place {
    /// Opens the index of a data folder, or makes it.
    pub(crate) fn open(data: &Path, reader: LedgerReader, now: Timestamp) -> Result<Self> {
        let catalogue = Arc::new(Catalogue::built_in());
        let (index, indexer) = SearchIndex::open(
            &data.join("views"),
            reader,
            Arc::clone(&catalogue),
            IndexOptions::default(),
        )?;
        let (indexer, far) = (Mutex::new(Some(indexer)), Mutex::new(None));
        let scope = Scope::everything();
        Ok(Self { index, indexer, catalogue, now, scope, far })
    }

    /// From now on asks under this scope. What it shows of each part is found out now.
    pub(crate) fn limit(&mut self, scope: &str) -> Result<()> {
        self.scope = Scope::parse(scope, &self.catalogue)?;
        self.far = Mutex::new(None);
        let shown = self.index.count(&self.question("")?, &Progress::default())?.value;
        ensure!(shown > 0, "the scope shows nothing");
        Ok(())
    }

    /// What follows the ledger; can be taken once.
    pub(crate) fn indexer(&self) -> Result<Box<dyn Follower>> {
        let mut indexer = self.indexer.lock().expect("nothing panics while it holds this lock");
        Ok(Box::new(indexer.take().context("the indexer was taken already")?))
    }

    /// Folds what is not in the files of the index, as a server does behind its start.
    pub(crate) fn catch_up(&self) -> Result<()> {
        let mut indexer = self.indexer.lock().expect("nothing panics while it holds this lock");
        let indexer = indexer.as_mut().context("the indexer was taken already")?;
        Ok(indexer.catch_up(|_, _| {})?)
    }

    /// The position of the newest event, as a search tells it; none if there is no event.
    pub(crate) fn newest(&self) -> Result<Option<u64>> {
        let (question, progress) = (self.question("")?, Progress::default());
        let page =
            self.index.page(&question, Order::IndexBackwards, None, None, 1, &progress)?.value;
        Ok(page.events.first().map(|found| found.position.index))
    }

    /// Asks, and answers how many rows or buckets came, or the count that was asked for.
    pub(crate) fn ask(&self, ask: &Ask) -> Result<u64> {
        let progress = Progress::default();
        Ok(match ask {
            Ask::Newest(filter) => self.rows(filter, Order::NewestFirst)?,
            Ask::Oldest(filter) => self.rows(filter, Order::OldestFirst)?,
            Ask::Count(filter) => self.index.count(&self.question(filter)?, &progress)?.value,
            Ask::Overview(filter) => self.overview(filter)?,
            Ask::Pairs => {
                let fields = [field("operator")?, field("operation")?];
                let question = self.question("")?;
                self.index.group(&question, &fields, PAGE, &progress)?.value.len() as u64
            }
            Ask::PageThousand => self.far_page()?,
        })
    }

    fn question(&self, filter: &str) -> Result<Question> {
        let mut question = Question::everything(self.scope.clone(), self.now);
        question.filter = Filter::parse(filter, &self.catalogue)?;
        Ok(question)
    }

    fn rows(&self, filter: &str, order: Order) -> Result<u64> {
        let question = self.question(filter)?;
        let progress = Progress::default();
        let page = self.index.page(&question, order, None, None, PAGE, &progress)?;
        ensure!(page.partial.is_none(), "the index is behind");
        Ok(page.value.events.len() as u64)
    }

    fn overview(&self, filter: &str) -> Result<u64> {
        let question = self.question(filter)?;
        let progress = Progress::default();
        let fields = FACETS.iter().map(|name| field(name)).collect::<Result<Vec<_>>>()?;
        let rows = self.rows(filter, Order::NewestFirst)?;
        let count = self.index.count(&question, &progress)?.value;
        let zone = TimeZone::UTC;
        let days = self.index.histogram(&question, Interval::Day, &zone, &progress)?.value;
        let facets = self.index.facets(&question, &fields, TOP, &progress)?.value;
        let is_something = rows > 0 || !self.scope.is_everything();
        ensure!(is_something && facets.len() == fields.len(), "an overview of nothing");
        let in_days: u64 = days.iter().map(|day| day.count).sum();
        ensure!(in_days == count, "the histogram holds {in_days} of {count} events");
        Ok(count)
    }

    /// Walks there once; afterwards only the last step is taken, as a person's next click is.
    fn far_page(&self) -> Result<u64> {
        let question = self.question("")?;
        let progress = Progress::default();
        let mut far = self.far.lock().expect("nothing panics while it holds this lock");
        let page =
            |last| self.index.page(&question, Order::NewestFirst, None, last, PAGE, &progress);
        if far.is_none() {
            let mut last = None;
            for _ in 1..FAR_PAGE {
                let next = match page(last)?.value.next {
                    // A scope may show no page as far as that.
                    None if !self.scope.is_everything() => break,
                    next => next.context("too few events for a far page")?,
                };
                last = Some(next.last);
                *far = Some(next);
            }
        }
        Ok(page(far.as_ref().map(|token| token.last))?.value.events.len() as u64)
    }
}

fn field(name: &str) -> Result<Field> {
    Field::find(name).with_context(|| format!("no field `{name}`"))
}
