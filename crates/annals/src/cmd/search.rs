//! `annals search`: events that match a filter, how many there are, or the values of a field.
//!
//! Pages are walked with cursors and printed as they come; the whole answer is of one moment.

use annals_api::client::Client;
use annals_api::wire::page::{Asked, EventsPage, PageQuery};
use annals_api::wire::search::Coverage;
use jiff::Zoned;

use crate::args::{ExportArgs, ExportFormatArg, Format, SearchArgs, Which};
use crate::exit::Exit;
use crate::shown::Writer;
use crate::when::{self, Edge};
use crate::{bar, output, reach};

/// Events of one page.
const PAGE_EVENTS: u64 = 1_000;

/// Searches.
pub(crate) fn run(args: &SearchArgs) -> Result<(), Exit> {
    let asked = asked(&args.which)?;
    let client = reach::client(&args.server)?;
    if args.count {
        return count(args, &asked, &client);
    }
    if !args.facet.is_empty() {
        return facets(args, &asked, &client);
    }
    let zone = when::zone(args.which.tz.as_deref())?;
    let limit = if args.all { u64::MAX } else { args.limit };
    let fit = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut writer = Writer::open(&args.shown, args.out.as_deref(), zone, fit, &client)?;
    let mut left = limit;
    let mut cursor = None;
    while left > 0 {
        let page = page(&client, args, &asked, cursor, left.min(PAGE_EVENTS))?;
        for event in &page.events {
            writer.event(event)?;
        }
        left = left.saturating_sub(page.events.len() as u64);
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    if writer.finish()? == 0 {
        output::hint("nothing found; a wider range (--from 30d) or fewer terms may help");
    } else if cursor.is_some() {
        output::hint("more follow: raise --limit, or say --all");
    }
    Ok(())
}

/// The export that a search for a Parquet file is; none of another search.
pub(crate) fn as_export(args: &SearchArgs) -> Result<Option<ExportArgs>, Exit> {
    if args.shown.format != Some(Format::Parquet) {
        return Ok(None);
    }
    let Some(out) = args.out.clone().filter(|_| args.all) else {
        let why = "a Parquet file holds all that match: say --all and --out FILE";
        return Err(Exit::Usage(why.to_owned()));
    };
    Ok(Some(ExportArgs {
        which: args.which.clone(),
        format: Some(ExportFormatArg::Parquet),
        columns: args.shown.columns.clone(),
        lang: args.shown.lang,
        out,
        keep: false,
        json: args.shown.json,
        server: args.server.clone(),
    }))
}

fn page(
    client: &Client,
    args: &SearchArgs,
    asked: &Asked,
    cursor: Option<String>,
    limit: u64,
) -> Result<EventsPage, Exit> {
    let query = PageQuery {
        asked: asked.clone(),
        order: Some(args.order.clone()),
        after_index: None,
        limit: u32::try_from(limit).ok(),
        cursor,
    };
    let page = client.page(&query).map_err(|error| reach::asked(&error, asked.q.as_deref()))?;
    warn(page.partial, page.reason.as_deref());
    Ok(page)
}

fn count(args: &SearchArgs, asked: &Asked, client: &Client) -> Result<(), Exit> {
    let bar = bar::of_events();
    let answer = client.count_telling(asked, |looked_at, to_look_at| {
        bar.set_length(to_look_at);
        bar.set_position(looked_at);
    });
    bar.finish_and_clear();
    let answer = answer.map_err(|error| reach::asked(&error, asked.q.as_deref()))?;
    warn_of(&answer.coverage);
    if args.shown.json { output::json(&answer) } else { output::line(&answer.count.to_string()) }
}

fn facets(args: &SearchArgs, asked: &Asked, client: &Client) -> Result<(), Exit> {
    let answer = client
        .facets(asked, &args.facet, args.top)
        .map_err(|error| reach::asked(&error, asked.q.as_deref()))?;
    warn_of(&answer.coverage);
    if output::is_ndjson(args.shown.json) {
        return output::json(&answer);
    }
    let is_one = answer.facets.len() == 1;
    for (field, facet) in &answer.facets {
        if !is_one {
            output::line(field)?;
        }
        for value in &facet.values {
            output::line(&format!("{:>12}  {}", value.count, value.value))?;
        }
        if facet.other > 0 {
            let others = facet.distinct.saturating_sub(facet.values.len() as u64);
            output::line(&format!("{:>12}  ({others} other values)", facet.other))?;
        }
    }
    Ok(())
}

/// Which events, as the server understands it.
pub(crate) fn asked(which: &Which) -> Result<Asked, Exit> {
    let zone = when::zone(which.tz.as_deref())?;
    let now = Zoned::now().with_time_zone(zone);
    let instant = |text: &Option<String>, edge| {
        text.as_deref().map(|text| when::instant(text, edge, &now)).transpose()
    };
    Ok(Asked {
        q: filter(which.filter.as_deref())?,
        from: instant(&which.from, Edge::From)?,
        to: instant(&which.to, Edge::To)?,
        tz: now.time_zone().iana_name().map(str::to_owned),
    })
}

/// The words of a filter as one. A term may begin with `-`; what begins with two is an option
/// that was misspelt.
pub(crate) fn filter(text: Option<&str>) -> Result<Option<String>, Exit> {
    if let Some(option) = text.filter(|text| text.starts_with("--")) {
        return Err(Exit::Usage(format!("{option} is not an option of this command; see --help")));
    }
    Ok(text.filter(|text| !text.trim().is_empty()).map(ToOwned::to_owned))
}

/// Says of an answer that it is partial, if it is.
pub(crate) fn warn_of(coverage: &Coverage) {
    warn(coverage.partial, coverage.reason.as_deref());
}

pub(super) fn warn(is_partial: bool, reason: Option<&str>) {
    if is_partial {
        let reason = reason.unwrap_or("the server does not say why");
        output::hint(&format!("not all there is: {reason}"));
    }
}
