//! Where a request came from and who sent it: what an event says that no route file can know.

use annals_record::{Record, UNKNOWN};
use serde_json::{Map, Value};

use crate::who::Who;

/// Where a request came from and who sent it.
#[derive(Clone, Debug)]
pub(crate) struct Whence {
    pub(super) source_ip: String,
    /// Only of who has connected: proxies do not tell ports.
    pub(super) source_port: Option<u16>,
    pub(super) region: Option<String>,
    pub(super) stack_id: Option<String>,
    pub(super) who: Who,
}

impl Whence {
    /// Fills in what the route file cannot know.
    pub(crate) fn fill(&self, record: &mut Record<'static>) {
        let Self { source_ip, source_port, region, stack_id, who } = self;
        record.source_ip = Some(source_ip.clone().into());
        record.source_port = source_port.map(u64::from);
        record.region = record.region.take().or(region.clone().map(Into::into));
        record.stack_id = record.stack_id.take().or(stack_id.clone().map(Into::into));
        who.describe(record);
        self.claim(record);
    }

    /// A name that stayed a claim is told as one.
    fn claim(&self, record: &mut Record<'static>) {
        let Who::Claimed(name) = &self.who else { return };
        if record.operator.as_deref() != Some(UNKNOWN) {
            return;
        }
        let data = record.request_data.as_deref().map(serde_json::from_str::<Value>);
        let mut data = match data {
            Some(Ok(Value::Object(data))) => data,
            None => Map::new(),
            Some(_) => return,
        };
        data.insert("claimed_user".to_owned(), name.clone().into());
        record.request_data = Some(Value::Object(data).to_string().into());
    }
}

/// Whom the platform has let in, for the reason of an outcome whose intent could not know it.
pub(crate) fn let_in(name: &str) -> String {
    format!("let in as {name}")
}

/// Adds to the reason of an outcome.
pub(crate) fn say(outcome: &mut Record<'static>, more: &str) {
    let reason = outcome.reason.take();
    outcome.reason = Some(match reason {
        Some(reason) => format!("{reason}; {more}").into(),
        None => more.to_owned().into(),
    });
}
