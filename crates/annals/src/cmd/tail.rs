//! `annals tail`: events as they are kept, until somebody ends it.
//!
//! A broken connection is taken up again behind the last event that was printed, so that none is
//! missed and none comes twice.

use std::time::Duration;

use annals_api::client::{Client, ClientError, Message};
use annals_api::wire::page::PageQuery;
use serde_json::value::RawValue;

use crate::args::{TailArgs, Which};
use crate::exit::Exit;
use crate::shown::Writer;
use crate::{output, reach, when};

/// Pause before the first attempt to connect again; doubled with each that fails.
const PAUSE: Duration = Duration::from_millis(500);
/// Longest pause between two attempts.
const PAUSE_MAX: Duration = Duration::from_secs(30);
/// Events by which a table's widths are settled: nobody waits for more than the first.
const FIT_EVENTS: usize = 1;

/// Prints events until it is ended.
pub(crate) fn run(args: &TailArgs) -> Result<(), Exit> {
    let q = super::search::filter(args.filter.as_deref())?.unwrap_or_default();
    let zone = when::zone(args.tz.as_deref())?;
    let tz = zone.iana_name().map(str::to_owned);
    let client = reach::client(&args.server)?;
    let mut writer = Writer::open(&args.shown, args.out.as_deref(), zone, FIT_EVENTS, &client)?;
    let mut after = args.after;
    let mut left = args.limit.unwrap_or(u64::MAX);
    let first = args.from.as_deref().map(|from| first(&client, args, from)).transpose()?;
    // It comes from a page: of the very first event there is no position before.
    if let Some((index, event)) = first.flatten() {
        writer.event(&event).and_then(|()| writer.flush())?;
        after = Some(index);
        left -= 1;
    }
    let mut pause = PAUSE;
    while left > 0 {
        match listen(&client, &q, tz.as_deref(), &mut after, &mut left, &mut writer) {
            Ok(()) if left == 0 => break,
            Ok(()) => pause = PAUSE,
            Err(Ended::Exit(exit)) => return Err(exit),
            Err(Ended::Refused(error)) => return Err(reach::asked(&error, Some(&q))),
            Err(Ended::Broken(why)) => {
                let seconds = pause.as_secs_f32();
                output::hint(&format!("{why}; connecting again in {seconds} s"));
            }
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(PAUSE_MAX);
    }
    writer.finish().map(drop)
}

/// The first event kept that matches and whose time is not before `from`, with its position.
fn first(
    client: &Client,
    args: &TailArgs,
    from: &str,
) -> Result<Option<(u64, Box<RawValue>)>, Exit> {
    let (filter, tz) = (args.filter.clone(), args.tz.clone());
    let asked = super::search::asked(&Which { filter, from: Some(from.to_owned()), to: None, tz })?;
    let q = asked.q.clone();
    let order = Some("index".to_owned());
    let query = PageQuery { asked, order, after_index: None, limit: Some(1), cursor: None };
    let page = client.page(&query).map_err(|error| reach::asked(&error, q.as_deref()))?;
    let index = |event: &RawValue| {
        let event: serde_json::Value = serde_json::from_str(event.get()).ok()?;
        event["index"].as_u64()
    };
    Ok(page.events.into_iter().find_map(|event| Some((index(&event)?, event))))
}

/// Why one connection ended.
enum Ended {
    /// The command cannot go on.
    Exit(Exit),
    /// The server says no.
    Refused(Box<ClientError>),
    /// The network or the server failed; another attempt may do.
    Broken(String),
}

/// One connection, to its end or to that of the events that are `left` to print.
fn listen(
    client: &Client,
    q: &str,
    tz: Option<&str>,
    after: &mut Option<u64>,
    left: &mut u64,
    writer: &mut Writer,
) -> Result<(), Ended> {
    let mut tail = client.tail(q, tz, *after).map_err(|error| match error.status() {
        Some(400..=499) => Ended::Refused(Box::new(error)),
        _ => Ended::Broken(crate::exit::chain(&error)),
    })?;
    loop {
        let message = tail.next_message();
        let message = message.map_err(|error| Ended::Broken(crate::exit::chain(&error)))?;
        let Some(Message { name, id, data }) = message else { return Ok(()) };
        // The server says where the listening begins, so that nothing is missed between two
        // connections although nothing has come yet.
        *after = id.or(*after);
        match name.as_str() {
            "event" => {
                let event: &RawValue = serde_json::from_str(&data)
                    .map_err(|error| Ended::Broken(crate::exit::chain(&error)))?;
                writer.event(event).and_then(|()| writer.flush()).map_err(Ended::Exit)?;
                *left -= 1;
                if *left == 0 {
                    return Ok(());
                }
            }
            "damaged" => output::hint(&format!("damaged and passed over: {data}")),
            "end" => return Ok(()),
            _ => {}
        }
    }
}
