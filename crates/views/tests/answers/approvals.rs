//! Approvals, told as cases.

use annals_record::Record;
use annals_views::{Case, CaseState, CheckKind, CheckResult, Filter, Question, Scope, WantedCases};
use proptest::prelude::*;

use crate::lives::{CATALOGUE, Lives, act, object, progress, related, short};

/// An event about an approval.
fn on<'r>(approval: &'r str, record: Record<'r>) -> Record<'r> {
    Record { object: Some(object(approval)), ..record }
}

fn asks<'r>(record: Record<'r>, request: &'r str) -> Record<'r> {
    Record { request_data: Some(request.into()), ..record }
}

fn level<'r>(approval: &'r str, time: &str, who: &'r str, request: &'r str) -> Record<'r> {
    on(approval, asks(act(time, "approval.approve", who), request))
}

/// A download or a deletion that names its approval.
fn of<'r>(approval: &'r str, words: &'r str, record: Record<'r>) -> Record<'r> {
    let related = vec![related(approval, "approval")];
    Record { object: Some(object(words)), related, ..record }
}

const ONE: &str = r#"{"level":1}"#;
const TWO: &str = r#"{"level":2}"#;

/// One after the book, and some that are not. `ap-1` is also the name of a job.
fn lives() -> Lives {
    let policy = r#"{"levels":2,"keep_hours":168}"#;
    let request = r#"{"levels":2,"files":3,"bytes":700,"manifest_sha256":"aa"}"#;
    Lives::of([
        on(
            "approval_flow flow-1",
            asks(act("1T07:00", "approval_policy.flow.edit", "admin"), policy),
        ),
        on("approval ap-1 AP-1", asks(act("1T08:00", "approval.initiate", "li4"), request)),
        on("job ap-1", act("1T08:30", "job.submit", "wu5")),
        level("approval ap-1", "1T09:00", "wu5", ONE),
        level("approval ap-1", "1T10:00", "admin", r#"{"level":2,"comment":"ok"}"#),
        of("approval ap-1", "file f-1", act("1T11:00", "file.download", "li4")),
        Record {
            cause_id: Some("e-0".into()),
            ..of(
                "approval ap-1",
                "approval_data data-1",
                act("8T11:00", "approval_data.download_area.delete", "system"),
            )
        },
        // Approved by the requester under another account, all levels by one; the platform did
        // not let the first try pass.
        on("approval ap-2", asks(act("2T08:00", "approval.initiate", "li4"), request)),
        Record {
            outcome: Some("denied".into()),
            reason: Some("not your level".into()),
            ..level("approval ap-2", "2T08:10", "LI4", ONE)
        },
        Record { username: Some("Li4".into()), ..level("approval ap-2", "2T08:20", "root", ONE) },
        level("approval ap-2", "2T08:30", "root", TWO),
        // Rejected, and approved none the less; no level told, no request, taken out at once.
        of("approval ap-3", "folder d-3", act("3T08:00", "folder.package_download", "li4")),
        on("approval ap-3", act("3T08:01", "approval.reject", "wu5")),
        on("approval ap-3", asks(act("3T08:02", "approval.approve", "admin"), r#"{"levels":1}"#)),
        // The second level alone, other files, a flow made shorter, deleted by hand; the data
        // names its approval once.
        on("approval ap-4", asks(act("4T08:00", "approval.initiate", "li4"), request)),
        of(
            "approval ap-4",
            "approval_flow flow-4",
            Record {
                changes: Some(r#"{"before":{"levels":2},"after":{"levels":1}}"#.into()),
                ..act("4T08:10", "approval.flow.edit", "admin")
            },
        ),
        Record {
            related: vec![related("approval_data data-4", "data")],
            ..level("approval ap-4", "4T08:20", "wu5", r#"{"level":2,"manifest_sha256":"bb"}"#)
        },
        on("approval_data data-4", act("4T09:00", "approval_data.download_area.delete", "admin")),
        // Nobody answers.
        on("approval ap-5", act("5T08:00", "approval.initiate", "wu5")),
        of(
            "approval ap-5",
            "approval_data data-5",
            act("6T08:00", "approval_data.expired.delete", "system"),
        ),
        // The platform does not take it.
        Record {
            outcome: Some("denied".into()),
            ..on("approval ap-6", act("6T09:00", "approval.initiate", "wu5"))
        },
        // Many at once, one of them refused.
        on("approval ap-7", act("7T08:00", "approval.initiate", "wu5")),
        on("approval ap-8", act("7T08:01", "approval.initiate", "wu5")),
        Record {
            objects: vec![
                object("approval ap-7"),
                annals_record::Object { outcome: Some("denied".into()), ..object("approval ap-8") },
            ],
            outcome: Some("partial".into()),
            ..act("7T08:02", "approval.approve", "admin")
        },
    ])
}

fn everything() -> WantedCases {
    WantedCases { begun: Filter::All, state: None, findings: Vec::new() }
}

fn line(case: &Case) -> String {
    let levels = case.levels.map_or_else(|| "?".to_owned(), |levels| levels.to_string());
    let who = case.requester.as_ref().and_then(|who| who.operator.as_deref()).unwrap_or("?");
    let flags: Vec<_> = case
        .found()
        .map(|check| {
            let doubt = if check.result == CheckResult::Possible { "?" } else { "" };
            format!(" {}{doubt} {:?}", check.kind.as_str(), check.events)
        })
        .collect();
    let (began, state) = (short(case.began.at), case.state.as_str());
    format!("{began} {} {who} {state} {}/{levels}{}", case.id, case.level, flags.concat())
}

fn told(lives: &Lives, question: &Question, wanted: &WantedCases, limit: usize) -> Vec<String> {
    let (mut lines, mut last) = (Vec::new(), None);
    loop {
        let answer = lives.index.approvals(question, wanted, last, limit, &progress()).unwrap();
        assert_eq!(answer.partial, None);
        assert!(answer.value.cases.len() <= limit);
        lines.extend(answer.value.cases.iter().map(line));
        match answer.value.next {
            Some(next) => last = Some(next.last),
            None => return lines,
        }
    }
}

fn one(lives: &Lives, scope: &str, id: &str) -> Case {
    let question = lives.ask("", scope);
    let mut cases = lives.index.approval(&question, id, &progress()).unwrap().value;
    assert_eq!(cases.len(), 1, "{id}");
    cases.remove(0)
}

const ALL: [&str; 8] = [
    "07T08:01 ap-8 wu5 open 0/2",
    "07T08:00 ap-7 wu5 open 1/2",
    "06T09:00 ap-6 wu5 refused 0/2",
    "05T08:00 ap-5 wu5 expired 0/2",
    "04T08:00 ap-4 li4 deleted 2/1 level_skipped [16] fewer_levels_than_policy [0, 14, 15] \
     flow_changed_after_request [15] data_changed_after_request [14, 16] deleted_by_person [17]",
    "03T08:01 ap-3 ? rejected 1/1 decision_without_request [12, 13] \
     approval_after_rejection [12, 13] fewer_levels_than_policy [0] \
     download_before_approval [11]",
    "02T08:00 ap-2 li4 approved 2/2 self_approval [7, 9] self_approval_refused [7, 8] \
     same_approver_twice [9, 10]",
    "01T08:00 ap-1 li4 deleted 2/2",
];

// Protects: what is found in a case, and that nothing is found in one that went after the book.
#[test]
fn cases_and_what_is_wrong_with_them() {
    let lives = lives();
    let everybody = lives.ask("", "");
    assert_eq!(told(&lives, &everybody, &everything(), 50), ALL);
    let of_state = WantedCases { state: Some(CaseState::Deleted), ..everything() };
    assert_eq!(told(&lives, &everybody, &of_state, 1), [ALL[4], ALL[7]]);
    let findings = vec![CheckKind::SelfApproval, CheckKind::DownloadBeforeApproval];
    let found = WantedCases { findings, ..everything() };
    assert_eq!(told(&lives, &everybody, &found, 50), [ALL[5], ALL[6]]);
    let begun = Filter::parse("operator:li4", &CATALOGUE).unwrap();
    let of_li4 = WantedCases { begun, ..everything() };
    assert_eq!(told(&lives, &everybody, &of_li4, 50), [ALL[4], ALL[6], ALL[7]]);
    let first_day = Question { to: Some(crate::lives::at("2T08:00")), ..everybody };
    assert_eq!(told(&lives, &first_day, &everything(), 50), [ALL[7]]);
}

// Protects: the parts of a case that went after the book, the cause of its end, and that what was
// checked names its evidence.
#[test]
fn one_case_in_full() {
    let lives = lives();
    let case = one(&lives, "", "ap-1");
    let parts: Vec<_> =
        case.events.iter().map(|of| (of.found.position.index, of.part.as_str())).collect();
    let expected =
        [(1, "request"), (3, "decision"), (4, "decision"), (5, "download"), (6, "deletion")];
    assert_eq!(parts, expected);
    assert_eq!(case.events[4].cause.map(|position| position.index), Some(0));
    assert_eq!(
        case.policy.as_ref().map(|it| (it.found.position.index, it.levels)),
        Some((0, Some(2)))
    );
    assert_eq!(case.decided.map(|position| position.index), Some(4));
    assert_eq!((case.data.files, case.data.bytes), (Some(3), Some(700)));
    assert_eq!(case.decisions[1].comment.as_deref(), Some("ok"));
    assert_eq!(case.name.as_deref(), Some("AP-1"));
    let result = |kind| {
        let check = case.checks.iter().find(|check| check.kind == kind).unwrap();
        (check.result, check.events.clone())
    };
    assert_eq!(result(CheckKind::SelfApproval), (CheckResult::Held, vec![1, 3, 4]));
    assert_eq!(result(CheckKind::SelfApprovalRefused), (CheckResult::Nothing, vec![]));
    assert_eq!(result(CheckKind::FewerLevelsThanPolicy), (CheckResult::Held, vec![0, 1]));
    assert_eq!(result(CheckKind::DownloadBeforeApproval), (CheckResult::Held, vec![3, 4, 5]));
    assert_eq!(result(CheckKind::DeletedByPerson), (CheckResult::Held, vec![6]));
}

// Protects: under a scope nothing is said for sure that a hidden event could explain, and a case
// of which nothing can be seen is none.
#[test]
fn what_cannot_be_seen_is_not_claimed() {
    let lives = lives();
    let case = one(&lives, "operator:(wu5 OR admin)", "ap-1");
    assert!(case.is_limited);
    let found: Vec<_> = case.found().map(|check| (check.kind, check.result)).collect();
    assert_eq!(found, [(CheckKind::DecisionWithoutRequest, CheckResult::Possible)]);
    assert!(case.checks.iter().all(|check| check.result != CheckResult::Held));
    let certain = one(&lives, "service:approvals", "ap-2");
    assert!(certain.found().any(|check| {
        check.kind == CheckKind::SelfApproval && check.result == CheckResult::Found
    }));
    let nothing = lives.ask("", "operator:nobody");
    assert!(lives.index.approval(&nothing, "ap-1", &progress()).unwrap().value.is_empty());
    let of_job =
        Question { scope: Scope::parse("operation:job.*", &CATALOGUE).unwrap(), ..nothing };
    assert!(lives.index.approval(&of_job, "ap-1", &progress()).unwrap().value.is_empty());
}

// Protects: where the request cannot be seen, whoever a decision names as the requester is compared,
// by the id alone, too; and a list of levels counts as many as it holds.
#[test]
fn a_decision_may_name_the_requester() {
    let decided = Record {
        related: vec![related("user li4", "requester")],
        ..level("approval ap-1", "1T08:00", "li4", r#"{"levels":[["li4"],["admin"]]}"#)
    };
    let lives = Lives::of([decided]);
    let case = one(&lives, "", "ap-1");
    let expected =
        "01T08:00 ap-1 li4 open 1/2 self_approval [0] decision_without_request [0]".to_owned();
    assert_eq!(line(&case), expected);
}

// Protects: two deployments may have an approval of one id; their events are not mixed.
#[test]
fn stacks_are_told_apart() {
    let lives = Lives::new();
    let stack = |stack: &'static str, record| Record { stack_id: Some(stack.into()), ..record };
    lives.tell([
        stack("a", on("approval ap-1", act("1T08:00", "approval.initiate", "li4"))),
        stack("b", on("approval ap-1", act("1T09:00", "approval.initiate", "wu5"))),
        stack("a", on("approval ap-1", act("1T10:00", "approval.reject", "wu5"))),
    ]);
    let question = lives.ask("", "");
    let cases = lives.index.approval(&question, "ap-1", &progress()).unwrap().value;
    let lines: Vec<_> = cases.iter().map(line).collect();
    assert_eq!(lines, ["01T08:00 ap-1 li4 rejected 0/?", "01T09:00 ap-1 wu5 open 0/?"]);
    assert_eq!(told(&lives, &question, &everything(), 50).len(), 2);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    // Protects: no case is told twice or skipped, however it is cut into pages.
    #[test]
    fn pages_of_any_size_tell_the_same(limit in 1usize..10) {
        let lives = lives();
        prop_assert_eq!(told(&lives, &lives.ask("", ""), &everything(), limit), ALL);
    }
}
