//! A client that does almost nothing, so that on shared cores the server is what is measured.
//!
//! One connection kept alive, one request at a time, answers with a `content-length`. It is not a
//! general HTTP client and says so when an answer is of another kind.

use anyhow::{Context, Result, bail, ensure};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

/// One connection.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: BufReader<TcpStream>,
    head: String,
}

impl Connection {
    /// Connects; every request will carry `token`.
    pub(crate) fn open(address: &str, token: &str) -> Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        let head = format!("Host: {address}\r\nAuthorization: Bearer {token}\r\n");
        Ok(Self { stream: BufReader::new(stream), head })
    }

    /// Posts NDJSON and answers with the body of a 200; anything else is an error.
    pub(crate) fn post(&mut self, path: &str, body: &[u8]) -> Result<Vec<u8>> {
        let head = format!(
            "POST {path} HTTP/1.1\r\n{}Content-Type: application/x-ndjson\r\n\
             Content-Length: {}\r\n\r\n",
            self.head,
            body.len()
        );
        let socket = self.stream.get_mut();
        socket.write_all(head.as_bytes())?;
        socket.write_all(body)?;
        let (status, length) = self.answer_head()?;
        let mut answer = vec![0; length];
        self.stream.read_exact(&mut answer)?;
        if status != 200 {
            bail!("the server answered {status}: {}", String::from_utf8_lossy(&answer));
        }
        Ok(answer)
    }

    fn answer_head(&mut self) -> Result<(u16, usize)> {
        let mut line = String::new();
        self.stream.read_line(&mut line)?;
        let status = line.split(' ').nth(1).and_then(|code| code.parse().ok());
        let status = status.with_context(|| format!("not an HTTP answer: {line:?}"))?;
        let mut length = None;
        loop {
            line.clear();
            ensure!(self.stream.read_line(&mut line)? > 0, "the server hung up");
            let Some((name, value)) = line.trim_end().split_once(':') else { break };
            if name.eq_ignore_ascii_case("content-length") {
                length = Some(value.trim().parse()?);
            }
        }
        Ok((status, length.context("the answer has no content-length")?))
    }
}
