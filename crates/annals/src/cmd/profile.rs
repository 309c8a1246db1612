//! `annals profile USER`: what somebody does, when, from where, and what of it is unusual.

use annals_api::wire::column::Words;
use annals_api::wire::export::Lang;
use annals_api::wire::history::Thing;
use annals_api::wire::profile::{Compared, Finding, ProfileAnswer};
use jiff::tz::TimeZone;

use crate::args::{ProfileArgs, Which};
use crate::exit::Exit;
use crate::table::cut;
use crate::{output, reach, shown, when};

/// The range where none is named.
const FROM: &str = "30d";
/// Values told of a field.
const VALUES: usize = 8;
/// Places of a shown value.
const VALUE_WIDTH: usize = 50;
/// Levels of a heat map, from none to the most.
const SHADES: [char; 5] = ['·', '░', '▒', '▓', '█'];
const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const HOURS: usize = 24;

/// Tells the profile.
pub(crate) fn run(args: &ProfileArgs) -> Result<(), Exit> {
    let zone = when::zone(args.told.tz.as_deref())?;
    let asked = super::search::asked(&Which {
        filter: args.filter.clone(),
        from: Some(args.from.clone().unwrap_or_else(|| FROM.to_owned())),
        to: args.to.clone(),
        tz: args.told.tz.clone(),
    })?;
    let client = reach::client(&args.server)?;
    let profile = client
        .profile(&args.user, &asked)
        .map_err(|error| reach::asked(&error, asked.q.as_deref()))?;
    super::search::warn_of(&profile.coverage);
    if args.told.json {
        return output::json(&profile);
    }
    if profile.events == 0 && profile.last_seen.is_none() {
        output::hint("nothing is known of this user");
        return Ok(());
    }
    let lang = args.told.lang.map_or_else(shown::locale, Lang::from);
    let catalogue = client.catalogue().map_err(|error| reach::failed(&error))?;
    Teller { words: Words::new(&catalogue, Some(lang)), zone }.tell(&profile)
}

/// Tells profiles to people.
struct Teller {
    words: Words,
    zone: TimeZone,
}

impl Teller {
    fn tell(&self, of: &ProfileAnswer) -> Result<(), Exit> {
        let seen = |time: &Option<String>| time.as_deref().map(|time| self.time(time));
        let (first, last) = (seen(&of.first_seen), seen(&of.last_seen));
        output::line(&of.user)?;
        output::line(&format!(
            "  seen        {} to {}",
            first.unwrap_or_default(),
            last.unwrap_or_default()
        ))?;
        output::line(&format!("  range       {} to {}", self.time(&of.from), self.time(&of.to)))?;
        output::line(&format!(
            "  events      {} ({} in the period before), on {} days, {} sessions",
            of.events, of.events_before, of.active_days, of.sessions
        ))?;
        self.findings(&of.findings)?;
        self.compared("services", "service", &of.services)?;
        self.compared("operations", "operation", &of.operations)?;
        self.compared("outcomes", "outcome", &of.outcomes)?;
        self.rest(of)?;
        week(&of.week)
    }

    fn rest(&self, of: &ProfileAnswer) -> Result<(), Exit> {
        let head = |text: &str, is_empty| if is_empty { Ok(()) } else { output::line(text) };
        head("refused", of.refusals.is_empty())?;
        for refused in of.refusals.iter().take(VALUES) {
            let operation = self.words.name("operation", &refused.operation);
            let outcome = self.words.name("outcome", &refused.outcome);
            output::line(&format!("  {:>8}  {operation}: {outcome}", refused.events))?;
        }
        head("addresses", of.addresses.is_empty())?;
        for address in of.addresses.iter().take(VALUES) {
            let since = address.first_seen.as_deref().map(|time| self.time(time));
            let (events, text) = (address.events, &address.address);
            output::line(&format!("  {events:>8}  {text}  since {}", since.unwrap_or_default()))?;
        }
        others(of.address_count, of.addresses.len().min(VALUES))?;
        head("objects", of.objects.is_empty())?;
        for touched in of.objects.iter().take(VALUES) {
            output::line(&format!("  {:>8}  {}", touched.events, named(&touched.object)))?;
        }
        Ok(())
    }

    fn findings(&self, findings: &[Finding]) -> Result<(), Exit> {
        for finding in findings {
            output::line(&format!("  ! {}", self.finding(finding)))?;
        }
        Ok(())
    }

    fn finding(&self, finding: &Finding) -> String {
        match finding {
            Finding::NewAddress { address, events } => {
                format!("new address {address}: {events} events")
            }
            Finding::NewOperation { operation, events } => {
                let name = self.words.name("operation", operation);
                format!("new operation {name}: {events} events")
            }
            Finding::UnusualHours { events, usual, hours } => {
                let hours: Vec<String> =
                    hours.iter().map(|(hour, _)| hour_of_week(*hour)).collect();
                let hours = cut(&hours.join(", "), VALUE_WIDTH);
                format!("unusual hours ({hours}): {events} events, {usual} in the past")
            }
            Finding::MoreRefusals { events, expected } => {
                format!("{events} failures and denials, where {expected:.1} are usual")
            }
            Finding::Burst { start, events, usual } => {
                let start = self.time(start);
                format!("{events} events in the hour from {start}, where {usual:.0} are usual")
            }
            Finding::Dormant { last, again } => {
                format!("back at {} after silence since {}", self.time(again), self.time(last))
            }
        }
    }

    fn compared(&self, heading: &str, field: &str, values: &[Compared]) -> Result<(), Exit> {
        if values.is_empty() {
            return Ok(());
        }
        output::line(heading)?;
        for of in values.iter().take(VALUES) {
            let name = self.words.name(field, &of.value);
            output::line(&format!("  {:>8}  {name}  (before: {})", of.events, of.before))?;
        }
        others(values.len() as u64, values.len().min(VALUES))
    }

    fn time(&self, text: &str) -> String {
        when::shown(text, &self.zone).unwrap_or_else(|| text.to_owned())
    }
}

fn others(count: u64, told: usize) -> Result<(), Exit> {
    let others = count.saturating_sub(told as u64);
    if others == 0 { Ok(()) } else { output::line(&format!("            and {others} others")) }
}

fn named(thing: &Thing) -> String {
    let kind = thing.kind.as_deref().unwrap_or("object");
    let id = thing.id.as_deref().unwrap_or_default();
    let name = thing.name.as_ref().map(|name| format!(" \"{}\"", cut(name, VALUE_WIDTH)));
    format!("{kind} {}{}", cut(id, VALUE_WIDTH), name.unwrap_or_default())
}

fn hour_of_week(hour: usize) -> String {
    format!("{} {:02}h", DAYS[(hour / HOURS) % DAYS.len()], hour % HOURS)
}

/// The week as a heat map: a line a day, a place an hour.
fn week(week: &[u64]) -> Result<(), Exit> {
    let most = week.iter().copied().max().unwrap_or(0);
    if most == 0 {
        return Ok(());
    }
    output::line("week      0     6     12    18")?;
    for (day, hours) in DAYS.iter().zip(week.chunks(HOURS)) {
        let shade = |count: &u64| {
            let level = (count * (SHADES.len() as u64 - 1)).div_ceil(most);
            SHADES[usize::try_from(level).unwrap_or(0).min(SHADES.len() - 1)]
        };
        output::line(&format!("  {day}     {}", hours.iter().map(shade).collect::<String>()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_have_names() {
        let check = |hour, expected| assert_eq!(hour_of_week(hour), expected);
        check(0, "Mon 00h");
        check(23, "Mon 23h");
        check(167, "Sun 23h");
    }
}
