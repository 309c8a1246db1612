//! A syslog server over TLS: the note on one line (RFC 5424) in one counted frame (RFC 5425).
//!
//! Syslog acknowledges nothing. So each message has a connection of its own that is closed after
//! it, and it counts as arrived when the other side has closed too: it read to the end.

use annals_ledger::{Clock, SystemClock};
use annals_proof::checkpoint_line;
use annals_record::Timestamp;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::connect::{ConnectError, Connector};

/// Where RFC 5425 says that such servers listen.
const PORT: u16 = 6514;
/// Facility 13 (log audit), severity 5 (notice).
const PRIORITY: u8 = 13 * 8 + 5;
/// Length of a time with six digits of a second, without its zone.
const MICROSECONDS_CHARS: usize = "2027-01-15T08:00:00.123456".len();

/// A syslog server.
pub(super) struct Syslog {
    host: String,
    port: u16,
    connector: Connector,
}

impl Syslog {
    /// From `tls://HOST[:PORT]`.
    pub(super) fn new(text: &str, connector: Connector) -> Result<Self, ConnectError> {
        let like = "tls://host.example:6514";
        let bad = || ConnectError::Address { text: text.to_owned(), like };
        let uri: hyper::Uri = text.parse().map_err(|_| bad())?;
        match (uri.scheme_str(), uri.host()) {
            (Some("tls"), Some(host)) => {
                let (host, port) = (host.to_owned(), uri.port_u16().unwrap_or(PORT));
                Ok(Self { host, port, connector })
            }
            _ => Err(bad()),
        }
    }

    /// Sends the note and waits until the server has read it.
    pub(super) async fn put(&self, note: &str) -> Result<(), ConnectError> {
        let broken = |source: Box<dyn std::error::Error + Send + Sync>| ConnectError::Broken {
            host: self.host.clone(),
            source,
        };
        let line = checkpoint_line(note).map_err(|error| broken(error.into()))?;
        let frame = frame(SystemClock.now(), &line);
        let mut stream = self.connector.tls(&self.host, self.port).await?;
        let sent = async {
            stream.write_all(frame.as_bytes()).await?;
            stream.shutdown().await?;
            match stream.read_to_end(&mut Vec::new()).await {
                // It closed without TLS's farewell, as many do.
                Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Ok(()),
                read => read.map(|_| ()),
            }
        };
        sent.await.map_err(|error: std::io::Error| broken(error.into()))
    }
}

/// One message in its frame: its length in bytes, a blank, and itself.
fn frame(now: Timestamp, line: &str) -> String {
    // RFC 5424 allows six of the nine digits; host and process are the server's to know.
    let time = now.to_string();
    let time = time.get(..MICROSECONDS_CHARS).unwrap_or(&time);
    let message = format!("<{PRIORITY}>1 {time}Z - annals - checkpoint - {line}");
    format!("{} {message}", message.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    // Protects: the frame's count is that of its bytes, and the time has at most six digits.
    #[test]
    fn frames_count_their_bytes() {
        let check = |nanos: i64, expected: &str| {
            let framed = frame(Timestamp::from_nanos(nanos), "annals-checkpoint x");
            assert_eq!(framed, expected);
            let (count, message) = framed.split_once(' ').expect("a count");
            assert_eq!(count.parse(), Ok(message.len()));
        };
        check(
            1_800_000_000_123_456_789,
            "78 <109>1 2027-01-15T08:00:00.123456Z - annals - checkpoint - annals-checkpoint x",
        );
    }
}
