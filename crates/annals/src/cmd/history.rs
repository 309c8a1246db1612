//! `annals history TYPE ID`: the life of one object, event by event, with what each changed.

use std::io::Write;

use annals_api::client::Client;
use annals_api::wire::column::{Column, Words};
use annals_api::wire::export::Lang;
use annals_api::wire::history::{Changed, Difference, HistoryEvent, Life, LifeMark};
use jiff::tz::TimeZone;

use crate::args::{Format, HistoryArgs, HistoryFormat, Shown, Which};
use crate::exit::Exit;
use crate::shown::Writer;
use crate::table::cut;
use crate::{output, reach, shown, when};

/// Events of one page.
const PAGE_EVENTS: u32 = 500;
/// Places of a shown value.
const VALUE_WIDTH: usize = 60;

/// Tells the life.
pub(crate) fn run(args: &HistoryArgs) -> Result<(), Exit> {
    let zone = when::zone(args.told.tz.as_deref())?;
    let asked = super::search::asked(&Which {
        filter: args.filter.clone(),
        from: args.from.clone(),
        to: args.to.clone(),
        tz: args.told.tz.clone(),
    })?;
    let client = reach::client(&args.server)?;
    let mut form = Form::open(&client, args, zone)?;
    let mut left = args.limit.unwrap_or(u64::MAX);
    let (mut cursor, mut events, mut is_warned) = (None, 0, false);
    while left > 0 {
        let limit = u32::try_from(left).unwrap_or(u32::MAX).min(PAGE_EVENTS);
        let page = client
            .history(&args.kind, &args.id, &asked, cursor.as_deref(), limit)
            .map_err(|error| reach::asked(&error, asked.q.as_deref()))?;
        events += page.events.len();
        left = left.saturating_sub(page.events.len() as u64);
        if page.coverage.partial && !is_warned {
            super::search::warn_of(&page.coverage);
            is_warned = true;
        }
        if let (Form::People(teller), Some(life), true) = (&mut form, &page.life, events > 0) {
            teller.life(&args.kind, &args.id, life)?;
        }
        for event in &page.events {
            form.event(event)?;
        }
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    form.finish()?;
    if events == 0 {
        let is_narrowed = asked.q.is_some() || asked.from.is_some() || asked.to.is_some();
        output::hint(match is_narrowed {
            true => "nothing of it matches; ask without filter and range whether it is known",
            false => "nothing is known of it; type and id are exact, as events name them",
        });
    } else if cursor.is_some() {
        output::hint("more follow: raise --limit");
    }
    Ok(())
}

/// How the events leave.
enum Form {
    People(Box<Teller>),
    Json(Box<dyn Write>),
    Csv(Box<Writer>),
}

impl Form {
    fn open(client: &Client, args: &HistoryArgs, zone: TimeZone) -> Result<Self, Exit> {
        let out = args.out.as_deref();
        let format = args.format.unwrap_or(match output::is_ndjson(args.told.json) {
            _ if !args.columns.is_empty() => HistoryFormat::Csv,
            is_ndjson if is_ndjson || out.is_some() => HistoryFormat::Ndjson,
            _ => HistoryFormat::Table,
        });
        Ok(match format {
            HistoryFormat::Table => Self::People(Box::new(Teller::new(client, args, zone)?)),
            HistoryFormat::Ndjson => Self::Json(shown::target(out)?),
            HistoryFormat::Csv => {
                let (columns, lang) = (args.columns.clone(), args.told.lang);
                let shown = Shown { format: Some(Format::Csv), json: false, columns, lang };
                Self::Csv(Box::new(Writer::open(&shown, out, zone, 0, client)?))
            }
        })
    }

    fn event(&mut self, of: &HistoryEvent) -> Result<(), Exit> {
        match self {
            Self::People(teller) => teller.event(of),
            Self::Csv(writer) => {
                let event = serde_json::from_str(of.event.get())
                    .map_err(|error| Exit::fault("cannot read the answer", &error))?;
                writer.event(event)
            }
            Self::Json(out) => {
                let text = serde_json::to_string(of)
                    .map_err(|error| Exit::fault("cannot print the answer as JSON", &error))?;
                output::settle(writeln!(out, "{text}"))
            }
        }
    }

    fn finish(self) -> Result<(), Exit> {
        match self {
            Self::People(mut teller) => output::settle(teller.out.flush()),
            Self::Json(mut out) => output::settle(out.flush()),
            Self::Csv(writer) => writer.finish().map(drop),
        }
    }
}

/// Tells lives to people.
struct Teller {
    words: Words,
    columns: [Column; 3],
    zone: TimeZone,
    out: Box<dyn Write>,
}

impl Teller {
    fn new(client: &Client, args: &HistoryArgs, zone: TimeZone) -> Result<Self, Exit> {
        let lang = args.told.lang.map_or_else(shown::locale, Lang::from);
        let catalogue = client.catalogue().map_err(|error| reach::failed(&error))?;
        let column = |name| Column::parse(name).expect("a field of every event");
        let columns = ["operator", "operation", "outcome"].map(column);
        let out = shown::target(args.out.as_deref())?;
        Ok(Self { words: Words::new(&catalogue, Some(lang)), columns, zone, out })
    }

    fn life(&mut self, kind: &str, id: &str, life: &Life) -> Result<(), Exit> {
        let name = life.name.as_ref().map(|name| format!(" \"{}\"", cut(name, VALUE_WIDTH)));
        let mark = |what: &str, mark: &Option<LifeMark>| {
            let mark = mark.as_ref()?;
            let by = mark.operator.as_ref().map(|by| format!(" by {by}")).unwrap_or_default();
            Some(format!(", {what} {}{by}", self.time(&mark.time)))
        };
        let created = mark("created", &life.created).unwrap_or_default();
        let deleted = mark("deleted", &life.deleted).unwrap_or_default();
        self.line(&format!("{kind} {id}{}{created}{deleted}", name.unwrap_or_default()))
    }

    fn event(&mut self, of: &HistoryEvent) -> Result<(), Exit> {
        let event: serde_json::Value = serde_json::from_str(of.event.get()).unwrap_or_default();
        let cell =
            |column: &Column| column.cell(&event, &self.words).unwrap_or_default().into_owned();
        let [operator, operation, outcome] = self.columns.each_ref().map(cell);
        let time = self.time(event["time"].as_str().unwrap_or_default());
        let role = match (of.part.as_str(), &of.object.role) {
            ("related", Some(role)) => format!("  (as {role})"),
            ("related", None) => "  (related)".to_owned(),
            _ => String::new(),
        };
        let reason =
            event["reason"].as_str().map(|reason| format!(": {}", cut(reason, VALUE_WIDTH)));
        let reason = reason.unwrap_or_default();
        self.line(&format!("{time}  {operator}  {operation}  {outcome}{reason}{role}"))?;
        if let Some(before) = &of.renamed_from {
            self.line(&format!("    renamed from \"{}\"", cut(before, VALUE_WIDTH)))?;
        }
        self.changed(&of.changed)
    }

    fn changed(&mut self, changed: &Changed) -> Result<(), Exit> {
        let doubt = if changed.known == "approximate" { "  (from requests)" } else { "" };
        for difference in &changed.differences {
            self.line(&format!("    {}{doubt}", told(difference)))?;
        }
        if changed.cut { self.line("    and more") } else { Ok(()) }
    }

    fn line(&mut self, text: &str) -> Result<(), Exit> {
        output::settle(writeln!(self.out, "{text}"))
    }

    fn time(&self, text: &str) -> String {
        when::shown(text, &self.zone).unwrap_or_else(|| text.to_owned())
    }
}

/// One difference as people read it.
fn told(of: &Difference) -> String {
    let value = |value: &Option<serde_json::Value>| {
        cut(&value.as_ref().map(ToString::to_string).unwrap_or_default(), VALUE_WIDTH)
    };
    let (before, after) = (value(&of.before), value(&of.after));
    match of.kind.as_str() {
        "added" => format!("+ {}: {after}", of.path),
        "removed" => format!("- {}: {before}", of.path),
        "masked" => format!("? {}: a secret, before and after", of.path),
        _ => format!("~ {}: {before} -> {after}", of.path),
    }
}
