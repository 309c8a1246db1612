//! Which route a request takes, what no route takes, and what is proposed for it.

use proptest::prelude::*;

use super::*;

const TABLE: &str = r#"
[[route]]
match = "POST /a/fixed"
operation = "cluster.create"
[[route]]
match = "POST /a/{x}?act=edit"
operation = "cluster.partition.edit"
[[route]]
match = "POST /a/{y}"
when = { "request.mode" = "z" }
operation = "cluster.release"
[[route]]
match = ["POST /a/{z}/b/{w}", "PUT /a/{w}/b/{z}"]
operation = "cluster.node.edit"
object = { id = "{path.z}-{path.w}" }
[[route]]
match = "POST /a/{*rest}"
operation = "cluster.delete"
[[route]]
match = "ANY /open"
ignore = true
"#;

/// The most specific template wins, then the first whose condition holds; another spelling of a
/// path is the same path.
#[test]
fn which_route() {
    let routes = parse(TABLE);
    let check = |line: &str, expected: Value| {
        let told = event(&routes, &Exchange::new(line).body(json!({"mode": "z"})));
        let found = told.get("operation").unwrap_or(&told);
        assert_eq!(*found, expected, "{line}");
    };
    check("POST /a/fixed", json!("cluster.create"));
    check("POST /a/other?act=edit", json!("cluster.partition.edit"));
    check("POST /a/other", json!("cluster.release"));
    check("POST /a/1/b/2", json!("cluster.node.edit"));
    check("POST /a/1/c", json!("cluster.delete"));
    check("POST //a/./%66ixed/", json!("cluster.create"));
    check("POST /a%2Ffixed", json!("cluster.create"));
    check("POST /a/x%2Fy", json!("cluster.release"));
    check("GET /a/fixed", json!("nothing"));
    check("POST /b", json!("nothing"));
    check("MKCOL /open", json!("ignored"));
    let none = event(&routes, &Exchange::new("POST /a/other").body(json!({})));
    assert_eq!(none, "nothing");
    let swapped = event(&routes, &Exchange::new("PUT /a/1/b/2"));
    assert_eq!(swapped["object"]["id"], "2-1");
}

/// What must be looked at is no more than what the file asks for.
#[test]
fn needs() {
    let check = |route: &str, request, response| {
        let routes = parse(&format!(
            "[[route]]\nmatch = 'POST /a'\noperation = 'cluster.create'\n{route}\n"
        ));
        let Found::Matched(matched) = routes.find("POST", "/a") else { panic!() };
        assert_eq!(matched.needs(), Needs { request, response, session: false }, "{route}");
    };
    check("", true, false);
    check("request_data = false", false, false);
    check("request_data = false\nobject = { id = '{request.id}' }", true, false);
    check("object = { each = 'response.a[*]', id = '{item}' }", true, true);
    check("when = { 'response.a' = 1 }", true, true);
    check("when = { status = 1 }\nrequest_data = false", false, false);
    check("request_data = { add = { a = ['{response.a}'] } }", true, true);
}

/// A platform's own test fails for a mutating route that its file forgets.
#[test]
fn uncovered() {
    let routes = parse(TABLE);
    let served = [
        ("POST", "/a/{id}"),
        ("GET", "/b"),
        ("PUT", "/b/{id}"),
        ("DELETE", "/open"),
        ("PUT", "/b/{id}"),
    ];
    assert_eq!(routes.uncovered(served), ["PUT /b/{id}"]);
    let document = json!({"paths": {
        "/a/fixed": {"post": {}, "get": {}, "parameters": []}, "/c": {"patch": {}}}});
    assert_eq!(routes.uncovered_openapi(&document), ["PATCH /c"]);
}

/// The methods that change nothing, WebDAV's too; what nobody knows may change something.
#[test]
fn mutating_methods() {
    for method in ["GET", "HEAD", "OPTIONS", "PROPFIND"] {
        assert!(!is_mutating(method), "{method}");
    }
    for method in ["POST", "PUT", "PATCH", "DELETE", "MKCOL", "MOVE", "COPY", "LOCK", "PURGE"] {
        assert!(is_mutating(method), "{method}");
    }
}

/// What is proposed for requests of a known kind is what a person would have written.
#[test]
fn proposals() {
    let observed = [
        ("DELETE", "/api/v1/clusters/c-17"),
        ("DELETE", "/api/v1/clusters/c-18"),
        ("DELETE", "/api/v1/clusters/render"),
        ("POST", "/api/v1/clusters"),
        ("POST", "/api/v1/clusters/5/nodes"),
        ("POST", "/api/v1/clusters/c-17/release"),
        ("GET", "/api/v1/clusters/c-17"),
        ("PUT", "/api/v1/policies/0f8fad5b-d9cb-469f-a165-70867728950e"),
        ("POST", "/api/v1/auth/login"),
    ];
    let text = propose(observed, &Catalogue::built_in());
    let expected = r#"
# seen once, such as POST /api/v1/auth/login
[[route]]
match = "POST /api/v1/auth/login"
operation = "" # no guess

# seen once, such as POST /api/v1/clusters
[[route]]
match = "POST /api/v1/clusters"
operation = "cluster.create" # a guess

# seen 3 times, such as DELETE /api/v1/clusters/c-17
[[route]]
match = "DELETE /api/v1/clusters/{cluster}"
operation = "cluster.delete" # a guess
object = { id = "{path.cluster}" }

# seen once, such as POST /api/v1/clusters/5/nodes
[[route]]
match = "POST /api/v1/clusters/{cluster}/nodes"
operation = "cluster.node.add" # a guess
object = { id = "{path.cluster}" }

# seen once, such as POST /api/v1/clusters/c-17/release
[[route]]
match = "POST /api/v1/clusters/{cluster}/release"
operation = "cluster.release" # a guess
object = { id = "{path.cluster}" }

# seen once, such as PUT /api/v1/policies/0f8fad5b-d9cb-469f-a165-70867728950e
[[route]]
match = "PUT /api/v1/policies/{policy}"
operation = "" # no guess
object = { id = "{path.policy}" }
"#;
    let (_, proposed) = text.split_once("\n\n").expect("a head");
    assert_eq!(format!("\n{proposed}"), expected);
}

fn part() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z]{1,6}",
        "[a-z]{1,3}-[0-9]{1,3}",
        "[0-9]{1,4}",
        "%[0-9A-F]{2}",
        "[\\PC&&[^ ?#]]{0,4}",
    ]
}

fn encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

proptest! {
    /// Whatever was seen, its proposal is a route file that covers it.
    #[test]
    fn proposals_cover(
        observed in proptest::collection::vec(
            (proptest::sample::select(vec!["POST", "PUT", "DELETE", "MKCOL"]),
             proptest::collection::vec(part(), 0..5)),
            0..30,
        ),
    ) {
        let observed: Vec<_> =
            observed.iter().map(|(method, parts)| (*method, format!("/{}", parts.join("/")))).collect();
        let seen = || observed.iter().map(|(method, path)| (*method, &**path));
        let text = propose(seen(), &Catalogue::built_in());
        let decided = text.lines().filter(|line| !line.starts_with("object"));
        let decided: Vec<_> = decided.map(|line| match line.starts_with("operation") {
            true => "ignore = true",
            false => line,
        }).collect();
        let routes = Routes::parse(&decided.join("\n"), &Catalogue::built_in());
        let routes = routes.map_err(|error| TestCaseError::fail(format!("{error}\n{text}")))?;
        prop_assert_eq!(routes.uncovered(seen()), Vec::<String>::new(), "{}", text);
    }

    /// The parts of a path are what was put into it, whatever that was.
    #[test]
    fn parts_of_paths(id in "\\PC{1,20}", rest in "[\\PC&&[^/]]{1,10}") {
        prop_assume!(![".", ".."].contains(&&*id) && ![".", ".."].contains(&&*rest));
        prop_assume!(!id.trim().is_empty() && !rest.trim().is_empty());
        let routes = parse(
            "[[route]]\nmatch = 'POST /a/{id}/b/{*rest}'\noperation = 'cluster.create'\n\
             request_data = { add = { id = '{path.id}', rest = '{path.rest}' } }\n",
        );
        let path = format!("POST /a/{}/b/{}/x", encoded(&id), encoded(&rest));
        let told = event(&routes, &Exchange::new(&path));
        let clean = |text: &str| text.replace('\0', "\u{fffd}");
        prop_assert_eq!(&told["request_data"]["id"], &json!(clean(&id)));
        prop_assert_eq!(&told["request_data"]["rest"], &json!(clean(&format!("{rest}/x"))));
    }

    /// A fixed text comes out as it was put in.
    #[test]
    fn fixed_texts(text in "\\PC{0,20}") {
        let quoted = text.replace('{', "{{").replace('}', "}}");
        let parsed = text::Text::parse(&quoted, &selector::Allowed::only(selector::Uses::NONE));
        let parsed = parsed.map_err(TestCaseError::fail)?;
        let scope = scope::Scope::default();
        let rendered = parsed.render(&scope);
        prop_assert_eq!(rendered.as_deref(), Some(&*text));
    }
}
