//! The built-in files, names in both languages, and what a site's file may not do.

use super::*;

fn check(service: Option<&str>, operation: &str, expected: Result<&str, Unresolved<'_>>) {
    let catalogue = Catalogue::built_in();
    let found = catalogue.resolve(service, operation).map(|found| found.code.as_str());
    assert_eq!(found, expected, "{service:?} {operation}");
}

// Protects: all 78 operations of the platform, its extras and the log's own are there.
#[test]
fn built_in_files() {
    let catalogue = Catalogue::built_in();
    assert_eq!(catalogue.operations().len(), 78 + 40 + 38);
    let (first, last) = (&catalogue.operations()[0], &catalogue.operations()[155]);
    assert_eq!((first.code.as_str(), first.zh.as_str()), ("cluster.create", "新建集群"));
    assert_eq!(last.service, RESERVED_SERVICE);
    assert_eq!(catalogue.service("billing").map(|found| found.zh.as_str()), Some("账单"));
    assert_eq!(catalogue.service("Billing"), None);
}

// Protects: "also accepted: English and Chinese names; a code implies its service".
#[test]
fn codes_and_names() {
    check(None, "cluster.create", Ok("cluster.create"));
    check(None, "Create cluster", Ok("cluster.create"));
    check(None, "CREATE CLUSTER", Ok("cluster.create"));
    check(None, "新建集群", Ok("cluster.create"));
    check(Some("HPC集群"), "新建集群", Ok("cluster.create"));
    check(Some("hpc clusters"), "cluster.create", Ok("cluster.create"));
    check(Some("desktops"), "Add nodes", Ok("desktop.node.add"));
    check(Some("桌面服务"), "添加节点", Ok("desktop.node.add"));
    check(None, "Add nodes", Err(Unresolved::Ambiguous(vec!["hpc-clusters", "desktops"])));
    check(Some("desktops"), "cluster.create", Err(Unresolved::OtherService("hpc-clusters")));
    check(Some("desktop"), "Add nodes", Err(Unresolved::Service(Some("desktops"))));
    check(None, "cluster.craete", Err(Unresolved::Operation(Some("cluster.create"))));
    check(None, "", Err(Unresolved::Operation(None)));
}

fn check_site(lines: &str, expected: Result<(), &str>) {
    let mut catalogue = Catalogue::built_in();
    let before = catalogue.operations().len();
    let heading = BUILT_IN[0].lines().next().unwrap();
    let outcome = catalogue.add(&format!("\u{feff}{heading}\n{lines}\n"));
    let message = outcome.as_ref().map_err(ToString::to_string);
    match expected {
        Ok(()) => assert_eq!(message, Ok(&())),
        Err(part) => {
            assert!(message.as_ref().is_err_and(|text| text.contains(part)), "{message:?}");
            assert_eq!(catalogue.operations().len(), before, "added in part");
        }
    }
}

// Protects: a site may add, never redefine; an error names the line.
#[test]
fn site_files() {
    let good = "site,Site,站点,site.door.open,Open door,开门,write,low,door,,door_code,\n\
                billing,Billing,账单,billing.close,Close bill,结账,write,low,bill,,,";
    check_site(good, Ok(()));
    let cases = [
        (
            "a,A,甲,cluster.create,X,乙,write,low,x,,,",
            "line 2: operation cluster.create is already",
        ),
        (
            "audit-log,Audit log,审计日志,x.y,X,乙,write,low,x,,,",
            "line 2: service audit-log is res",
        ),
        ("billing,Bills,账单,b.c,X,乙,write,low,x,,,", "use these names"),
        ("billing2,Billing,账单,b.c,X,乙,write,low,x,,,", "already called Billing"),
        ("billing,Billing,账单,b.c,approve,乙,write,low,x,z,,", "pairs_with names z"),
        ("approvals,Approval management,审批管理,b.c,approve,乙,write,low,x,,,", "named approve"),
        ("a,A,甲,B.C,X,乙,write,low,x,,,", "operation \"B.C\" must be"),
        ("a,A,甲,b.c,X,乙,change,low,x,,,", "access \"change\" must be"),
        ("a,A,甲,b.c,X,乙,write,huge,x,,,", "severity \"huge\" must be"),
        ("a,A,甲,b.c,,乙,write,low,x,,,", "operation_en must be"),
        ("a,A,甲,b.c,X,乙,write,low,x", "line: 2"),
        (
            "a,A,甲,b.c,X,乙,write,low,x,,,\na,A,甲,b.c,Y,丙,write,low,x,,,",
            "line 3: operation b.c is already defined",
        ),
    ];
    for (lines, part) in cases {
        check_site(lines, Err(part));
    }
    assert!(Catalogue::built_in().add("").is_err());
    assert!(Catalogue::built_in().add("code,name\n").is_err());
}
