//! Requests over kept connections, a thread each: at a steady rate, or as fast as it goes.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

const WARM_UP: u64 = 2_000;

struct Connection {
    stream: BufReader<TcpStream>,
    address: String,
    request: String,
    number: u64,
    line: Vec<u8>,
}

impl Connection {
    fn open(address: &str, request: &str) -> Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        let (address, request) = (address.to_owned(), request.to_owned());
        Ok(Self { stream: BufReader::new(stream), address, request, number: 0, line: Vec::new() })
    }

    /// One request; every one of another object.
    fn ask(&mut self) -> Result<()> {
        self.number += 1;
        let (request, number, address) = (&self.request, self.number, &self.address);
        let head = format!("{request}/c-{number} HTTP/1.1\r\nhost: {address}\r\n\r\n");
        self.stream.get_mut().write_all(head.as_bytes())?;
        let mut length = 0;
        loop {
            self.line.clear();
            let bytes = self.stream.read_until(b'\n', &mut self.line)?;
            ensure!(bytes > 0, "{} hung up", self.address);
            let line = String::from_utf8_lossy(&self.line).to_ascii_lowercase();
            if line.starts_with("http/1.1") {
                ensure!(line.contains(" 200 "), "{request}: {line}");
            }
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse()?;
            }
            if bytes == 2 {
                break;
            }
        }
        let mut body = vec![0; length];
        Ok(self.stream.read_exact(&mut body)?)
    }
}

/// Opens connections on all sides and lets caches fill.
pub(super) fn warm_up(address: &str, request: &str) -> Result<()> {
    let mut connection = Connection::open(address, request)?;
    (0..WARM_UP).try_for_each(|_| connection.ask())
}

/// So many requests a second, spread over the connections: how long after it was due each was
/// answered.
pub(super) fn steady(
    address: &str,
    request: &str,
    rate: u64,
    span: Duration,
    connections: usize,
) -> Result<Vec<Duration>> {
    let pause = Duration::from_secs(connections as u64) / u32::try_from(rate)?;
    let client = |client: usize| -> Result<Vec<Duration>> {
        let mut connection = Connection::open(address, request)?;
        let start = Instant::now() + pause / u32::try_from(connections)? * u32::try_from(client)?;
        let mut times = Vec::new();
        let mut due = start;
        while due < start + span {
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
            connection.ask()?;
            times.push(due.elapsed());
            due += pause;
        }
        Ok(times)
    };
    all(connections, client).map(|times| times.concat())
}

/// Requests a second, one after the other on each connection.
pub(super) fn full(
    address: &str,
    request: &str,
    span: Duration,
    connections: usize,
) -> Result<f64> {
    let client = |_| -> Result<u64> {
        let mut connection = Connection::open(address, request)?;
        let (start, mut count) = (Instant::now(), 0);
        while start.elapsed() < span {
            connection.ask()?;
            count += 1;
        }
        Ok(count)
    };
    let count: u64 = all(connections, client)?.iter().sum();
    Ok(count as f64 / span.as_secs_f64())
}

fn all<T: Send>(connections: usize, client: impl Fn(usize) -> Result<T> + Sync) -> Result<Vec<T>> {
    std::thread::scope(|scope| {
        let client = &client;
        let threads: Vec<_> =
            (0..connections).map(|number| scope.spawn(move || client(number))).collect();
        threads.into_iter().map(|thread| thread.join().expect("a client panicked")).collect()
    })
}
