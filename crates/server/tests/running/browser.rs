//! A browser, as far as signing in needs one: cookies by host, and pages of the server's own that
//! say where they come from.
#![allow(dead_code)] // each test binary uses its own part

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use serde_json::{Value, json};

use super::Running;

/// Keeps cookies and sends them back.
pub(crate) struct Browser {
    /// `127.0.0.1:PORT` of the server.
    home: String,
    /// By host and name.
    cookies: BTreeMap<(String, String), String>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) location: String,
    pub(crate) body: String,
}

impl Browser {
    pub(crate) fn new(server: &Running) -> Self {
        Self { home: server.address.to_string(), cookies: BTreeMap::new() }
    }

    /// Signs in by name and password; status and answer.
    pub(crate) fn sign_in(&mut self, name: &str, password: &str) -> (u16, Value) {
        self.call("POST", "/v1/sign-in", &json!({"username": name, "password": password}))
    }

    /// A call that a page of the server's own makes.
    pub(crate) fn call(&mut self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let home = self.home.clone();
        let page = self.send(method, &home, path, &body.to_string());
        (page.status, serde_json::from_str(&page.body).unwrap_or(Value::Null))
    }

    /// Opens an address: a path of the server's own, or a whole one.
    pub(crate) fn visit(&mut self, url: &str) -> Page {
        let (host, path) = match url.strip_prefix("http://") {
            None => (self.home.clone(), url.to_owned()),
            Some(rest) => {
                let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
                (host.to_owned(), format!("/{path}"))
            }
        };
        let mut page = self.send("GET", &host, &path, "");
        if page.location.starts_with('/') && host != self.home {
            page.location = format!("http://{host}{}", page.location);
        }
        page
    }

    fn send(&mut self, method: &str, host: &str, path: &str, body: &str) -> Page {
        let mut stream = TcpStream::connect(host).expect("connects");
        let mine = self.cookies.iter().filter(|((of, _), _)| of == host);
        let cookies: Vec<String> =
            mine.map(|((_, name), value)| format!("{name}={value}")).collect();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: {host}\r\norigin: http://{host}\r\n\
             cookie: {}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
            cookies.join("; "),
            body.len()
        );
        stream.write_all(head.as_bytes()).expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("answered");
        let (head, body) = answer.split_once("\r\n\r\n").expect("an answer");
        let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).expect("a status");
        let mut location = String::new();
        for (name, value) in head.lines().filter_map(|line| line.split_once(": ")) {
            match name.to_ascii_lowercase().as_str() {
                "location" => value.clone_into(&mut location),
                "set-cookie" => self.keep(host, value),
                _ => {}
            }
        }
        Page { status, location, body: body.to_owned() }
    }

    fn keep(&mut self, host: &str, set: &str) {
        let (name, value) = set.split(';').next().and_then(|pair| pair.split_once('=')).expect("x");
        self.cookies.insert((host.to_owned(), name.to_owned()), value.to_owned());
    }

    /// Forgets every cookie of its server.
    pub(crate) fn forget(&mut self) {
        let home = self.home.clone();
        self.cookies.retain(|(host, _), _| *host != home);
    }
}
