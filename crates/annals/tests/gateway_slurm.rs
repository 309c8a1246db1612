//! The route file of slurmrestd against a real Slurm: munged, slurmctld, slurmd with one node, and
//! slurmrestd, in a folder of the test and on loopback.
//!
//! Slurm runs jobs of several users, so root starts it; without root the test says that it was
//! skipped. Accounting needs a database: slurmrestd is told of one that nobody listens for.
#![allow(clippy::unwrap_used)] // a test stops at what is not as it should be

mod house;
mod proxied;

use std::fs::Permissions;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use annals_map::route::Routes;
use annals_record::Catalogue;
use house::{Answer, House};
use proxied::software::Software;
use proxied::{Proxy, event_where, events, free_address, wait_for};
use serde_json::{Value, json};

const SLURM: &str = include_str!("../../../examples/routes/slurmrestd.toml");
const SUBMIT: &str = "/slurm/v0.0.38/job/submit";

/// Whose jobs run; Debian has both accounts everywhere.
const OWNER: &str = "nobody";
const OTHER: &str = "daemon";
/// Uid of `nobody` and gid of `nogroup`.
const NOBODY: u32 = 65534;

/// The line end counts for Slurm.
const KEY: &str = "the key that has signed the tokens of this cluster\n";

/// In a PID namespace that ends with the first process of it: jobs leave the processes that
/// started them.
const CONTAINED: [&str; 4] = ["--pid", "--fork", "--kill-child", "--mount-proc"];

/// A cluster of one node; killed when it is dropped.
struct Cluster {
    /// Of slurmrestd.
    address: String,
    _daemons: [Software; 4],
    folder: tempfile::TempDir,
}

impl Cluster {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        // Jobs and slurmrestd belong to others than root.
        std::fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
        write(&path("munge.key"), &[b'm'; 64], 0o600);
        write(&path("jwt.key"), KEY.as_bytes(), 0o600);
        std::fs::create_dir(path("state")).unwrap();
        let [controller, node, database, address] = [(); 4].map(|()| free_address());
        let config = config(folder.path(), &controller, &node);
        write(&path("slurm.conf"), config.as_bytes(), 0o644);
        write(&path("rest.conf"), (config + &accounting(&database)).as_bytes(), 0o644);
        // Which does nothing where nobody asks for cgroups; the other one asks systemd for some.
        write(&path("cgroup.conf"), b"CgroupPlugin=cgroup/v1\n", 0o644);

        let option = |name: &str, file: &str| format!("--{name}={}", path(file).display());
        let mut munged = logged(&folder, "/usr/sbin/munged", "slurm.conf");
        munged.args(["--foreground", &option("key-file", "munge.key")]);
        munged.args([option("socket", "munge"), option("pid-file", "munge.pid")]);
        munged.args([option("log-file", "munge.log"), option("seed-file", "munge.seed")]);
        let munged =
            Software::start_until(&mut munged, || UnixStream::connect(path("munge")).is_ok());
        let mut slurmctld = logged(&folder, "/usr/sbin/slurmctld", "slurm.conf");
        let slurmctld = Software::start(slurmctld.arg("-D"), &controller);
        let mut slurmd = logged(&folder, "unshare", "slurm.conf");
        slurmd.args(CONTAINED).args(["/usr/sbin/slurmd", "-D", "-N", "node1"]);
        let slurmd = Software::start(&mut slurmd, &node);
        let mut slurmrestd = logged(&folder, "/usr/sbin/slurmrestd", "rest.conf");
        slurmrestd.uid(NOBODY).gid(NOBODY).env("SLURM_JWT", "daemon");
        slurmrestd.args(["-a", "rest_auth/jwt", "-s", "openapi/v0.0.38,openapi/dbv0.0.38"]);
        let slurmrestd = Software::start(slurmrestd.arg(&address), &address);
        Self { address, _daemons: [slurmrestd, slurmd, slurmctld, munged], folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A token as Slurm hands it out.
    fn token(&self, user: &str) -> String {
        let mut scontrol = Command::new("scontrol");
        scontrol.args(["token", &format!("username={user}")]);
        let output = scontrol.env("SLURM_CONF", self.path("slurm.conf")).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let token = text.trim().strip_prefix("SLURM_JWT=");
        token.unwrap_or_else(|| panic!("{}", String::from_utf8_lossy(&output.stderr))).to_owned()
    }
}

fn write(path: &Path, bytes: &[u8], mode: u32) {
    std::fs::write(path, bytes).unwrap();
    std::fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

/// A daemon of the cluster, with a log of its own.
fn logged(folder: &tempfile::TempDir, program: &str, config: &str) -> Command {
    let name = Path::new(program).file_name().unwrap().to_str().unwrap();
    let log = std::fs::File::create(folder.path().join(format!("{name}.err"))).unwrap();
    let mut command = Command::new(program);
    command.env("SLURM_CONF", folder.path().join(config)).current_dir("/").stderr(log);
    command
}

fn port(address: &str) -> &str {
    address.rsplit(':').next().unwrap()
}

fn config(folder: &Path, controller: &str, node: &str) -> String {
    let (folder, controller, node) = (folder.display(), port(controller), port(node));
    format!(
        "ClusterName=test
         SlurmctldHost=localhost(127.0.0.1)
         SlurmctldPort={controller}
         SlurmdPort={node}
         CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
         SlurmUser=root
         AuthType=auth/munge
         AuthInfo=socket={folder}/munge
         AuthAltTypes=auth/jwt
         AuthAltParameters=jwt_key={folder}/jwt.key
         StateSaveLocation={folder}/state
         SlurmdSpoolDir={folder}/spool
         SlurmctldPidFile={folder}/slurmctld.pid
         SlurmdPidFile={folder}/slurmd.pid
         ProctrackType=proctrack/linuxproc
         TaskPlugin=task/none
         SelectType=select/linear
         MailProg=/bin/true
         NodeName=node1 NodeHostname=localhost NodeAddr=127.0.0.1 CPUs=1
         PartitionName=gpu Nodes=ALL Default=YES
         PartitionName=staff Nodes=ALL AllowGroups=root
        "
    )
}

fn accounting(address: &str) -> String {
    format!(
        "AccountingStorageType=accounting_storage/slurmdbd
         AccountingStorageHost=127.0.0.1
         AccountingStoragePort={}
        ",
        port(address)
    )
}

/// Somebody who asks slurmrestd through the gateway.
struct Caller<'g> {
    gateway: &'g Proxy,
    token: String,
    /// As whom; Slurm wants it said.
    name: &'static str,
}

impl Caller<'_> {
    fn ask(&self, method: &str, path: &str, body: &Value) -> Answer {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let headers = [
            ("content-type", "application/json"),
            ("x-slurm-user-token", &self.token),
            ("x-slurm-user-name", self.name),
        ];
        self.gateway.send(method, path, &headers, body.as_bytes())
    }

    /// What must be done; the job's id.
    fn submit(&self, partition: &str) -> String {
        let answer = self.ask("POST", SUBMIT, &job(partition));
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()["job_id"].to_string()
    }

    fn cancel(&self, job: &str) -> u16 {
        self.ask("DELETE", &at(job), &Value::Null).status
    }

    /// What Slurm says of a job.
    fn shown(&self, job: &str, key: &str) -> Value {
        self.ask("GET", &at(job), &Value::Null).json()["jobs"][0][key].clone()
    }

    fn wait_until(&self, job: &str, state: &str) {
        let now = || self.shown(job, "job_state");
        wait_for(
            || format!("{job} is {state}; it is {}", now()),
            || (now() == state).then_some(()),
        );
    }
}

fn at(job: &str) -> String {
    format!("/slurm/v0.0.38/job/{job}")
}

fn job(partition: &str) -> Value {
    json!({
        "script": "#!/bin/sh\nexec sleep 600\n",
        "job": {
            "name": "render", "partition": partition, "current_working_directory": "/",
            "standard_output": "/dev/null",
            "environment": {"PATH": "/usr/bin:/bin", "DB_PASSWORD": "hunter2"},
        },
    })
}

/// Root, with namespaces for processes, which containers may withhold.
fn may_run() -> bool {
    let is_root = std::fs::metadata("/proc/self").unwrap().uid() == 0;
    let mut probe = Command::new("unshare");
    is_root && probe.args(CONTAINED).arg("true").status().is_ok_and(|status| status.success())
}

/// Protects: what is done to jobs of a real Slurm is recorded as what it was, by the user whom
/// Slurm has accepted, whether it was done, refused or nobody knows.
#[test]
fn jobs() {
    if !may_run() {
        println!("skipped: Slurm's daemons need root and PID namespaces");
        return;
    }
    let (house, cluster) = (House::start(), Cluster::start());
    let users = format!(
        "[users.jwt]\nheader = \"x-slurm-user-token\"\nclaim = \"sun\"\nsecret_file = {:?}\n",
        cluster.path("jwt.key")
    );
    let gateway = Proxy::start(&house, &cluster.address, SLURM, &users);
    let caller = |token: &str, name| Caller { gateway: &gateway, token: token.to_owned(), name };
    let [own, others, roots] = [OWNER, OTHER, "root"].map(|user| cluster.token(user));
    let signature = others.rsplit('.').next().unwrap();
    let forged = format!("{}.{signature}", own.rsplit_once('.').unwrap().0);
    let (owner, other, root) = (caller(&own, OWNER), caller(&others, OTHER), caller(&roots, OTHER));

    let first = owner.submit("gpu");
    owner.wait_until(&first, "RUNNING");
    // Of which the catalogue has no operation.
    assert_eq!(owner.ask("POST", &at(&first), &json!({"comment": "again"})).status, 200);
    assert_eq!(owner.shown(&first, "comment"), "again");
    let second = root.submit("gpu");
    assert_eq!(owner.shown(&second, "user_name"), OTHER, "Slurm takes it for the other's");
    assert_eq!(owner.ask("POST", SUBMIT, &job("staff")).status, 500);
    assert_eq!(other.cancel(&first), 500);
    assert_eq!(caller(&forged, OWNER).cancel(&first), 500);
    assert_eq!(caller(&others, OWNER).cancel(&first), 500, "only root speaks for others");
    assert_eq!(gateway.send("DELETE", &at(&first), &[], b"").status, 401);
    assert_eq!(owner.shown(&first, "job_state"), "RUNNING", "nobody has cancelled it");
    assert_eq!(owner.cancel(&first), 200);
    owner.wait_until(&first, "CANCELLED");
    assert_eq!(other.cancel(&second), 200);
    assert_eq!(owner.cancel("4000"), 500);
    let user = json!({"users": [{"name": "zhang3"}]});
    assert_eq!(root.ask("POST", "/slurmdb/v0.0.38/users", &user).status, 500);

    gateway.delivered();
    let reader = house.token("auditor");
    let told: Vec<Value> = events(&house, &reader, "")
        .iter()
        .map(|event| {
            let keys = ["operator", "username", "operation", "outcome"];
            let mut told: Vec<_> = keys.iter().map(|key| event[key].clone()).collect();
            told.push(event["object"]["id"].clone());
            Value::Array(told)
        })
        .collect();
    let expected = json!([
        [OWNER, OWNER, "job.submit", "success", first],
        ["root", OTHER, "job.submit", "success", second],
        [OWNER, OWNER, "job.submit", "denied", null],
        [OTHER, OTHER, "job.cancel", "denied", first],
        ["unknown", OWNER, "job.cancel", "denied", first],
        [OTHER, OWNER, "job.cancel", "unknown", first],
        ["unknown", "unknown", "job.cancel", "denied", first],
        [OWNER, OWNER, "job.cancel", "success", first],
        [OTHER, OTHER, "job.cancel", "success", second],
        [OWNER, OWNER, "job.cancel", "failure", "4000"],
        ["root", OTHER, "user.create", "failure", "zhang3"],
    ]);
    assert_eq!(Value::Array(told), expected);
    assert_eq!(gateway.figure("uncovered_requests"), 0);
    what_is_told(&house, &reader, &first);
    let described = owner.ask("GET", "/openapi/v3", &Value::Null).json();
    assert!(described["paths"][SUBMIT]["post"].is_object(), "{described:#}");
    let routes = Routes::parse(SLURM, &Catalogue::built_in()).unwrap();
    assert_eq!(routes.uncovered_openapi(&described), Vec::<String>::new());
}

/// Names, data and reasons.
fn what_is_told(house: &House, reader: &str, first: &str) {
    let of = |operation: &str, id: &Value, outcome: &str| {
        event_where(house, reader, operation, |event| {
            event["object"]["id"] == *id && event["outcome"] == outcome
        })
    };
    let first = Value::from(first);
    let submitted = of("job.submit", &first, "success");
    assert_eq!(submitted["object"], json!({"type": "job", "id": first, "name": "render"}));
    let partition = json!([{"role": "partition", "type": "partition", "id": "gpu"}]);
    assert_eq!(submitted["related"], partition);
    assert_eq!(submitted["auth_method"], "jwt");
    let mut data = job("gpu");
    data["job"]["environment"]["DB_PASSWORD"] = "***".into();
    assert_eq!(submitted["request_data"], data);
    let refused = of("job.submit", &Value::Null, "denied");
    assert_eq!(refused["reason"], "User's group not permitted to use this partition");
    assert_eq!(refused["related"][0]["id"], "staff");
    let refused = of("job.cancel", &first, "denied");
    let reason = refused["reason"].as_str().unwrap_or_default();
    assert!(reason.ends_with("Access/permission denied"), "{refused:#}");
}
