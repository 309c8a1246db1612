//! Events for tests: one rich one, and leaves of any record.
//!
//! Sealed as the server seals them, so that tests read what a ledger holds.

use std::sync::LazyLock;

use annals_record::{Catalogue, Leaf, Object, Record, RecordSalt, Related, Sender, Timestamp};

pub(crate) static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(Catalogue::built_in);

/// What the server took it to be.
pub(crate) const RECEIVED: &str = "2026-11-22T08:30:05Z";

/// The leaf of `record`; what it must have and has not is added.
pub(crate) fn leaf(mut record: Record<'_>) -> Leaf {
    let sender = Sender {
        emitter: "3f9a01c7".into(),
        region: Some("cn-east".into()),
        stack_id: Some("stk-01".into()),
        may_be_system: true,
        is_server: false,
    };
    record.id.get_or_insert("e-1".into());
    record.time.get_or_insert("2026-11-22T08:30:00Z".into());
    record.operation.get_or_insert("cluster.create".into());
    record.operator.get_or_insert("zhang3".into());
    let received = Timestamp::parse(RECEIVED).expect("a time of our own");
    let sealed = record.seal(&CATALOGUE, &sender, received, RecordSalt([7; 16]), || "made".into());
    sealed.unwrap_or_else(|faults| panic!("{faults:?}")).leaf
}

/// One object.
pub(crate) fn object<'a>(kind: &'a str, id: &'a str, name: &'a str) -> Object<'a> {
    let text = |text: &'a str| (!text.is_empty()).then(|| text.into());
    Object { kind: text(kind), id: text(id), name: text(name), outcome: None }
}

/// An event that has every field.
pub(crate) fn rich() -> Record<'static> {
    Record {
        operator_id: Some("1004".into()),
        operator_name: Some("张三".into()),
        username: Some("Render".into()),
        source_ip: Some("10.2.3.4".into()),
        source_port: Some(5022),
        object: Some(object("cluster", "c-42", "Render Farm")),
        related: vec![Related {
            id: Some("p-7".into()),
            name: Some("分区 A".into()),
            ..Related::default()
        }],
        request_data: Some(
            r#"{"nodes":4,"size":"4","image":{"id":"img-7"},"disks":[{"gb":20},{"gb":500}],
                "cmd":"mkfs /dev/sdb","gone":null,"a.b":true,"ratio":0.5,"big":9007199254740993}"#
                .into(),
        ),
        outcome: Some("failure".into()),
        reason: Some("磁盘已满: no space on CUDA node".into()),
        changes: Some(r#"{"before":{"quota":1},"after":{"quota":2}}"#.into()),
        request_id: Some("req-1".into()),
        session_id: Some("S-1".into()),
        cause_id: Some("e-0".into()),
        origin: Some(r#"{"collector":"sshd","line":"Failed password"}"#.into()),
        guarantee: Some("strict".into()),
        auth_method: Some("PublicKey".into()),
        user_agent: Some("curl/8.5".into()),
        duration_ms: Some(700),
        ..Record::default()
    }
}
