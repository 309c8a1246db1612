//! Programs that nobody here wrote, started for a test.

use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use super::wait_for;

/// Somebody else's program; killed when it is dropped.
pub(crate) struct Software(Child);

impl Software {
    /// Starts it and waits until it listens.
    pub(crate) fn start(command: &mut Command, address: &str) -> Self {
        Self::start_until(command, || TcpStream::connect(address).is_ok())
    }

    /// Starts it and waits until something shows that it serves; fails if it ends before that.
    pub(crate) fn start_until(command: &mut Command, serves: impl Fn() -> bool) -> Self {
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn();
        let mut child = Self(child.unwrap_or_else(|error| panic!("{command:?}: {error}")));
        let what = || format!("{command:?} serves");
        wait_for(what, || {
            let ended = child.0.try_wait().unwrap();
            assert!(ended.is_none(), "{command:?} ended: {ended:?}");
            serves().then_some(())
        });
        child
    }
}

impl Drop for Software {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
