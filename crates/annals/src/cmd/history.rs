//! `annals history TYPE ID`: the life of one object, event by event, with what each changed.

use annals_api::client::Client;
use annals_api::wire::column::{Column, Words};
use annals_api::wire::export::Lang;
use annals_api::wire::history::{Changed, Difference, HistoryEvent, Life, LifeMark};
use jiff::tz::TimeZone;

use crate::args::{HistoryArgs, HistoryFormat, Which};
use crate::exit::Exit;
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
        filter: None,
        from: args.from.clone(),
        to: args.to.clone(),
        tz: args.told.tz.clone(),
    })?;
    let client = reach::client(&args.server)?;
    let to_people = match args.format {
        Some(format) => format == HistoryFormat::Table,
        None => !output::is_ndjson(args.told.json),
    };
    let teller = to_people.then(|| Teller::new(&client, args, zone)).transpose()?;
    let mut cursor = None;
    let mut events = 0;
    let mut is_warned = false;
    loop {
        let page = client
            .history(&args.kind, &args.id, &asked, cursor.as_deref(), PAGE_EVENTS)
            .map_err(|error| reach::asked(&error, None))?;
        events += page.events.len();
        if page.coverage.partial && !is_warned {
            super::search::warn_of(&page.coverage);
            is_warned = true;
        }
        if let (Some(teller), Some(life), true) = (&teller, &page.life, events > 0) {
            teller.life(&args.kind, &args.id, life)?;
        }
        for event in &page.events {
            match &teller {
                Some(teller) => teller.event(event)?,
                None => output::json(event)?,
            }
        }
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    if events == 0 {
        output::hint("nothing is known of it; type and id are exact, as events name them");
    }
    Ok(())
}

/// Tells lives to people.
struct Teller {
    words: Words,
    columns: [Column; 3],
    zone: TimeZone,
}

impl Teller {
    fn new(client: &Client, args: &HistoryArgs, zone: TimeZone) -> Result<Self, Exit> {
        let lang = args.told.lang.map_or_else(shown::locale, Lang::from);
        let catalogue = client.catalogue().map_err(|error| reach::failed(&error))?;
        let column = |name| Column::parse(name).expect("a field of every event");
        let columns = ["operator", "operation", "outcome"].map(column);
        Ok(Self { words: Words::new(&catalogue, Some(lang)), columns, zone })
    }

    fn life(&self, kind: &str, id: &str, life: &Life) -> Result<(), Exit> {
        let name = life.name.as_ref().map(|name| format!(" \"{}\"", cut(name, VALUE_WIDTH)));
        let mark = |what: &str, mark: &Option<LifeMark>| {
            let mark = mark.as_ref()?;
            let by = mark.operator.as_ref().map(|by| format!(" by {by}")).unwrap_or_default();
            Some(format!(", {what} {}{by}", self.time(&mark.time)))
        };
        let created = mark("created", &life.created).unwrap_or_default();
        let deleted = mark("deleted", &life.deleted).unwrap_or_default();
        output::line(&format!("{kind} {id}{}{created}{deleted}", name.unwrap_or_default()))
    }

    fn event(&self, of: &HistoryEvent) -> Result<(), Exit> {
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
        output::line(&format!("{time}  {operator}  {operation}  {outcome}{reason}{role}"))?;
        if let Some(before) = &of.renamed_from {
            output::line(&format!("    renamed from \"{}\"", cut(before, VALUE_WIDTH)))?;
        }
        changed(&of.changed)
    }

    fn time(&self, text: &str) -> String {
        when::shown(text, &self.zone).unwrap_or_else(|| text.to_owned())
    }
}

fn changed(changed: &Changed) -> Result<(), Exit> {
    let doubt = if changed.known == "approximate" { "  (from requests)" } else { "" };
    for difference in &changed.differences {
        output::line(&format!("    {}{doubt}", told(difference)))?;
    }
    if changed.cut { output::line("    and more") } else { Ok(()) }
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
