//! Route files for software that nobody here wrote, against that software: nginx with WebDAV, and
//! websockify.
#![allow(clippy::unwrap_used)] // a test stops at what is not as it should be

mod house;
mod proxied;

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};

use house::House;
use proxied::software::Software;
use proxied::{PATIENCE, Proxy, event_where, events, free_address};
use serde_json::{Value, json};

const WEBDAV: &str = include_str!("../../../examples/routes/nginx-webdav.toml");
/// What nginx answers only to who has the password.
const NGINX_USERS: &str = "[users.basic]\naccepts = [404, 405, 423]\n";
const WEBSOCKIFY: &str = include_str!("../../../examples/routes/websockify.toml");

fn nginx(house: &House) -> (Software, String) {
    let (address, folder) = (free_address(), house.path("nginx"));
    std::fs::create_dir_all(folder.join("files/dav")).unwrap();
    std::fs::create_dir_all(folder.join("temp")).unwrap();
    std::fs::write(folder.join("users"), "zhang3:{PLAIN}right\n").unwrap();
    let config = format!(
        "load_module /usr/lib/nginx/modules/ngx_http_dav_ext_module.so;
         daemon off; master_process off; pid nginx.pid; error_log error.log;
         events {{ }}
         http {{
             dav_ext_lock_zone zone=locks:1m;
             access_log off; client_max_body_size 0;
             client_body_temp_path temp/body; proxy_temp_path temp/proxy;
             fastcgi_temp_path temp/fastcgi; uwsgi_temp_path temp/uwsgi; scgi_temp_path temp/scgi;
             server {{
                 listen {address};
                 location /dav/ {{
                     root files; auth_basic dav; auth_basic_user_file users;
                     dav_methods PUT DELETE MKCOL COPY MOVE;
                     dav_ext_methods PROPFIND OPTIONS LOCK UNLOCK;
                     dav_ext_lock zone=locks;
                 }}
             }}
         }}"
    );
    // Relative paths of the configuration are seen from its folder, others from the prefix.
    std::fs::write(folder.join("nginx.conf"), config).unwrap();
    let mut command = Command::new("/usr/sbin/nginx");
    command.arg("-p").arg(&folder).arg("-c").arg(folder.join("nginx.conf"));
    command.arg("-e").arg(folder.join("error.log"));
    (Software::start(&mut command, &address), address)
}

/// Protects: what users do with files of nginx is recorded as what it was, by who has the password.
#[test]
fn nginx_webdav() {
    let house = House::start();
    let (_nginx, address) = nginx(&house);
    let gateway = Proxy::start(&house, &address, WEBDAV, NGINX_USERS);
    let zhang3 = ("authorization", "Basic emhhbmczOnJpZ2h0");
    let destination = format!("http://{}/dav/b.txt", gateway.address);
    let ask = |method: &str, path: &str, more: &[(&str, &str)], body: &[u8]| {
        let headers: Vec<_> = [zhang3].into_iter().chain(more.iter().copied()).collect();
        gateway.send(method, path, &headers, body).status
    };
    let upload = ask("PUT", "/dav/a.txt", &[], b"hello");
    assert_eq!(upload, 201, "{}", gateway.log());
    assert_eq!(ask("GET", "/dav/a.txt", &[], b""), 200);
    assert_eq!(ask("MKCOL", "/dav/sub/", &[], b""), 201);
    assert_eq!(ask("COPY", "/dav/a.txt", &[("destination", &destination)], b""), 204);
    let moved = destination.replace("b.txt", "sub/c.txt");
    assert_eq!(ask("MOVE", "/dav/b.txt", &[("destination", &moved)], b""), 204);
    assert_eq!(ask("DELETE", "/dav/a.txt", &[], b""), 204);
    assert_eq!(ask("DELETE", "/dav/none.txt", &[], b""), 404);
    let wrong = ("authorization", "Basic emhhbmczOndyb25n");
    assert_eq!(gateway.send("DELETE", "/dav/sub/c.txt", &[wrong], b"").status, 401);
    gateway.delivered();
    let reader = house.token("auditor");
    let told: Vec<Value> = events(&house, &reader, "")
        .iter()
        .map(|event| {
            let keys = ["operator", "operation", "outcome"].map(|key| event[key].clone());
            json!([keys[0], keys[1], keys[2], event["object"]["id"]])
        })
        .collect();
    let expected = json!([
        ["zhang3", "file.upload", "success", "/dav/a.txt"],
        ["zhang3", "file.download", "success", "/dav/a.txt"],
        ["zhang3", "folder.create", "success", "/dav/sub"],
        ["zhang3", "file.copy", "success", "/dav/a.txt"],
        ["zhang3", "file.move", "success", "/dav/b.txt"],
        ["zhang3", "file.delete", "success", "/dav/a.txt"],
        ["zhang3", "file.delete", "failure", "/dav/none.txt"],
        ["unknown", "file.delete", "denied", "/dav/sub/c.txt"],
    ]);
    assert_eq!(Value::Array(told), expected);
    let moved = &events(&house, &reader, "operation:file.move")[0];
    assert_eq!(moved["related"][0]["id"], "/dav/sub/c.txt", "{moved:#}");
}

/// Protects: with locks, what nginx refuses is recorded as refused, by who has the password; locks
/// themselves are no events, and a platform that does not know a method says so.
#[test]
fn nginx_locks() {
    let house = House::start();
    let (_nginx, address) = nginx(&house);
    let gateway = Proxy::start(&house, &address, WEBDAV, NGINX_USERS);
    let ask = |method: &str, more: &[(&str, &str)], body: &str| {
        let zhang3 = ("authorization", "Basic emhhbmczOnJpZ2h0");
        let headers: Vec<_> = [zhang3].into_iter().chain(more.iter().copied()).collect();
        gateway.send(method, "/dav/a.txt", &headers, body.as_bytes())
    };
    assert_eq!(ask("PUT", &[], "hello").status, 201, "{}", gateway.log());
    let what = "<lockinfo xmlns=\"DAV:\"><lockscope><exclusive/></lockscope>\
                <locktype><write/></locktype></lockinfo>";
    let locked = ask("LOCK", &[("content-type", "application/xml")], what);
    assert_eq!(locked.status, 200, "{}", locked.text());
    let token = locked.headers.lines().find_map(|line| line.strip_prefix("lock-token: ")).unwrap();
    assert_eq!(ask("DELETE", &[], "").status, 423);
    let wrong = ("authorization", "Basic emhhbmczOndyb25n");
    assert_eq!(gateway.send("DELETE", "/dav/a.txt", &[wrong], b"").status, 401);
    let held = format!("({token})");
    assert_eq!(ask("PUT", &[("if", &held)], "again").status, 204);
    assert_eq!(ask("PROPPATCH", &[], "<propertyupdate xmlns=\"DAV:\"/>").status, 405);
    assert_eq!(ask("PROPFIND", &[("depth", "0")], "").status, 207);
    assert_eq!(ask("UNLOCK", &[("lock-token", token)], "").status, 204);
    assert_eq!(ask("DELETE", &[], "").status, 204);
    gateway.delivered();
    let reader = house.token("auditor");
    let told: Vec<Value> = events(&house, &reader, "")
        .iter()
        .map(|event| json!([event["operator"], event["operation"], event["outcome"]]))
        .collect();
    let expected = json!([
        ["zhang3", "file.upload", "success"],
        ["zhang3", "file.delete", "failure"],
        ["unknown", "file.delete", "denied"],
        ["zhang3", "file.upload", "success"],
        ["zhang3", "file.attributes.edit", "failure"],
        ["zhang3", "file.delete", "success"],
    ]);
    assert_eq!(Value::Array(told), expected);
    assert_eq!(gateway.figure("uncovered_requests"), 0);
}

/// Something that speaks first and then sends back what it gets, like a desktop would; it ends
/// when it is told so.
fn desktop() -> (String, std::sync::mpsc::Sender<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (end, ended) = std::sync::mpsc::channel::<()>();
    std::thread::spawn(move || {
        let mut open = Vec::new();
        listener.set_nonblocking(true).unwrap();
        loop {
            if let Ok((mut stream, _)) = listener.accept() {
                stream.write_all(b"RFB 003.008\n").unwrap();
                open.push(stream);
            }
            match ended.try_recv() {
                Ok(()) => open.clear(),
                Err(std::sync::mpsc::TryRecvError::Disconnected) => return,
                Err(std::sync::mpsc::TryRecvError::Empty) => std::thread::yield_now(),
            }
        }
    });
    (address, end)
}

fn open_desktop(gateway: &Proxy, desktop: &str) -> TcpStream {
    let mut stream = TcpStream::connect(&gateway.address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let head = format!(
        "GET /websockify?token={desktop} HTTP/1.1\r\nhost: hpc\r\nconnection: Upgrade\r\n\
         upgrade: websocket\r\nsec-websocket-version: 13\r\nx-remote-user: zhang3\r\n\
         sec-websocket-protocol: binary\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut seen = Vec::new();
    let mut bytes = [0; 512];
    while !seen.ends_with(b"RFB 003.008\n") {
        let count = stream.read(&mut bytes).unwrap();
        assert!(count > 0, "{}", String::from_utf8_lossy(&seen));
        seen.extend_from_slice(&bytes[..count]);
    }
    stream
}

/// Protects: a desktop in the browser is a session with its user, its desktop, and why it ended.
#[test]
fn websockify() {
    let house = House::start();
    let (target, end_target) = desktop();
    let address = free_address();
    let mut command = Command::new("websockify");
    command.args([&address, &target]).stderr(Stdio::null());
    let _websockify = Software::start(&mut command, &address);
    let users = "trusted_proxies = [\"127.0.0.1\"]\n[users.proxy]\nheader = \"x-remote-user\"\n";
    let gateway = Proxy::start(&house, &address, WEBSOCKIFY, users);
    let reader = house.token("auditor");
    let created = |desktop: &str| {
        event_where(&house, &reader, "desktop.webvnc.create", |event| {
            event["object"]["id"] == desktop
        })
    };
    let ended = |created: &Value| {
        event_where(&house, &reader, "desktop.webvnc.disconnect", |event| {
            event["session_id"] == created["session_id"]
        })
    };
    let mut first = open_desktop(&gateway, "d-1");
    let session = created("d-1");
    assert_eq!((&session["operator"], &session["outcome"]), (&json!("zhang3"), &json!("success")));
    first.write_all(b"\x88\x82\x00\x00\x00\x00\x03\xe8").unwrap();
    let end = ended(&session);
    assert_eq!(end["request_data"]["end_cause"], "user", "{end:#}");

    let _second = open_desktop(&gateway, "d-2");
    let session = created("d-2");
    end_target.send(()).unwrap();
    let end = ended(&session);
    assert_eq!(end["request_data"]["end_cause"], "release", "{end:#}");
}
