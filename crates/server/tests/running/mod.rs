//! A server on a thread of its own, for tests that look at it from outside.
#![allow(dead_code, unused_imports, clippy::unwrap_used)] // each test uses its own part

pub(crate) mod browser;

use std::net::SocketAddr;
use std::path::Path;
use std::thread::JoinHandle;

use annals_api::client::{Client, Retry};
use annals_server::auth::account::Source;
use annals_server::auth::password;
use annals_server::control::{By, Control, NewAccount, NewToken};
use annals_server::{Config, Role, ServerError, serve};

pub(crate) use browser::Browser;

/// A server on a thread of its own.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    stop: Option<tokio::sync::oneshot::Sender<()>>,
    thread: Option<JoinHandle<Result<(), ServerError>>>,
}

impl Running {
    pub(crate) fn start(data: &Path, change: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config { data: data.to_owned(), ..Config::default() };
        config.listen.set_port(0);
        config.stack_id = "s".to_owned();
        config.region = "r".to_owned();
        change(&mut config);
        let (stop, stopped) = tokio::sync::oneshot::channel();
        let (ready, bound) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Runtime::new().expect("a runtime");
            runtime.block_on(serve(
                config,
                move |address| ready.send(address).expect("the test waits"),
                async move { stopped.await.unwrap_or(()) },
            ))
        });
        let address = bound.recv().expect("the server starts");
        Self { address, stop: Some(stop), thread: Some(thread) }
    }

    pub(crate) fn client(&self, token: Option<&str>) -> Client {
        let url = format!("http://{}", self.address);
        Client::new(&url, token).expect("a client").with_retry(Retry::NEVER)
    }

    pub(crate) fn stop(mut self) -> Result<(), ServerError> {
        drop(self.stop.take());
        self.thread.take().expect("running").join().expect("no panic")
    }
}

pub(crate) fn token(data: &Path, role: Role) -> String {
    let new = NewToken { name: role.to_string(), role, ..NewToken::default() };
    Control::open(data).expect("opens").create_token(&new).expect("made").secret
}

/// A local account with a password, of an auditor.
pub(crate) fn account(data: &Path, name: &str, password: &str) {
    let new = NewAccount {
        name: name.to_owned(),
        display_name: String::new(),
        source: Source::Local,
        subject: None,
        roles: Role::Auditor.into(),
        scope: None,
        password: Some(password::hash(password).expect("hashed")),
        must_change: false,
    };
    Control::open(data).expect("opens").create_account(By::Local, &new).expect("made");
}

pub(crate) fn event(id: &str) -> String {
    format!(
        "{{\"id\":\"{id}\",\"time\":\"2026-11-02T08:00:00Z\",\"operation\":\"cluster.create\",\
         \"operator\":\"zhang3\"}}\n"
    )
}
