//! The live tail from outside: what is acknowledged is printed, over a restart of the server too.
#![allow(clippy::unwrap_used)]

mod house;

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use house::{ANNALS, House, event};
use serde_json::Value;

struct Listener(Child);

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

// Protects: events come once and in order, under the filter, from the position asked for, although
// the connection ends in between.
#[test]
fn events_come_once_over_a_restart() {
    let mut house = House::start();
    let (emitter, reader) = (house.token("emitter"), house.token("viewer"));
    let send = |house: &House, id: &str| {
        assert_eq!(house.post_events(&emitter, &event(id)).0, 200);
    };
    send(&house, "e0");
    let start = Command::new(ANNALS)
        .args(["tail", "operator:zhang3", "--after", "0", "--server"])
        .arg(format!("http://{}", house.address))
        .env("ANNALS_TOKEN", &reader)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut listener = Listener(start);
    let mut lines = BufReader::new(listener.0.stdout.take().unwrap()).lines();
    let mut next = || serde_json::from_str::<Value>(&lines.next().unwrap().unwrap()).unwrap();
    // Position 0 is the server's own first event.
    assert_eq!(next()["id"], "e0");
    send(&house, "e1");
    assert_eq!(next()["id"], "e1");
    let address = house.address.clone();
    assert_eq!(house.stop(), 0);
    house.serve_at(&address);
    send(&house, "e2");
    assert_eq!(next()["id"], "e2");
}
