//! What is wrong with a route file is said with its line and the way out.

use super::*;

/// Every part of `expected` is in the message, which begins at this line.
#[track_caller]
fn check(text: &str, expected: &[(usize, &str)]) {
    let error = Routes::parse(text, &Catalogue::built_in()).expect_err("there are faults");
    let crate::MapError::RouteFile { faults } = error else { panic!("{error}") };
    let found: Vec<_> = faults.iter().map(|fault| (fault.line, &*fault.message)).collect();
    assert_eq!(found.len(), expected.len(), "{found:#?}\n{text}");
    for ((line, message), (expected_line, part)) in found.iter().zip(expected) {
        assert_eq!(line, expected_line, "{message}");
        assert!(message.contains(part), "`{message}` does not contain `{part}`");
    }
}

/// A route with one wrong line, which is the fourth.
#[track_caller]
fn check_line(line: &str, expected: &str) {
    let head = "[[route]]\nmatch = \"POST /a/{id}\"\noperation = \"cluster.create\"\n";
    check(&format!("{head}{line}\n"), &[(4, expected)]);
}

#[test]
fn faults_of_a_line() {
    check_line("objekt = {}", "did you mean `object`?");
    check_line("guarantee = 'strickt'", "none of strict, spooled, best_effort");
    check_line("object = { ide = '{path.id}', id = 'x' }", "did you mean `id`?");
    check_line("object = { type = 'x' }", "`id` or `name` is missing");
    check_line("object = 3", "a table or a list of tables");
    check_line("object = { id = '{path.ID}' }", "it has: id");
    check_line("object = { id = '{reqest.id}' }", "did you mean `request`?");
    check_line("object = { id = '{item}' }", "`item` is not known at this place");
    check_line("object = { id = '{request.id' }", "`}` or `|` is expected");
    check_line("object = { id = 'a}' }", "closes nothing");
    check_line("object = { id = '{request[x]}' }", "belongs into the brackets");
    check_line("object = { id = '{query}' }", "write `query.NAME`");
    check_line("object = { id = '{path.id.x}' }", "nothing in it can be selected");
    check_line("object = { id = '{file_name(path.id}' }", "`)` is missing");
    check_line("object = { each = 'request.a[*] b', id = '{item}' }", "too much");
    check_line("related = { type = 'x', id = 'y' }", "`role` is missing");
    check_line("related = { role = 'x', id = 'y' }", "`type` is missing");
    check_line("when = { 'request.a' = { exist = true } }", "did you mean `exists`?");
    check_line("when = { 'request.a' = 1979-05-27 }", "write a text");
    check_line("when = { 'request.a' = { matches = '(' } }", "unclosed group");
    check_line("outcome = [{ is = 'good' }]", "none of success, failure");
    check_line("outcome = [{ when = { status = 200 } }]", "`is` is missing");
    check_line("request_data = 'all'", "must be false or a table");
    check_line("changes = { befor = 1 }", "did you mean `before`?");
    check_line("user = 'root'", "only `user = \"system\"`");
    check_line("session = { ends = 'cluster.webssh.x' }", "did you mean `cluster.webssh.");
    check_line("session = {}", "`cluster.create` has no pair");
    check_line("later = { key = 'x', every = '5' }", "is no time");
    check_line("later = { poll = '/x' }", "`done` is missing");
    check_line("later = {}", "`poll` or `key` is missing");
    check_line("later = { key = 'x', done = { 'request.a' = 1 } }", "`request` is not known");
}

#[test]
fn faults_of_a_route() {
    let route = |text: &str| format!("[[route]]\n{text}\n");
    check(&route("match = 'POST /a'"), &[(1, "`operation` is missing")]);
    check(&route("ignore = true"), &[(1, "`match` is missing")]);
    check(&route("match = 'a'\nignore = true"), &[(2, "write a method and a path")]);
    let operation = |code| format!("match = 'POST /a'\noperation = '{code}'");
    check(&route(&operation("cluster.craete")), &[(3, "did you mean `cluster.create`?")]);
    check(&route(&operation("event.quarantine")), &[(3, "only by the server itself")]);
    check(&route(&operation("")), &[(3, "or `ignore = true`")]);
    let with = |line: &str| route(&format!("{}\n{line}", operation("user.login")));
    check(&with("ignore = true"), &[(1, "no operation, no closes")]);
    let waiting = "guarantee = 'strict'\nuser = '{request.a}'";
    check(&with(waiting), &[(1, "`strict` keeps the event before")]);
    let waiting = "later = { key = 'x' }\nwhen = { status = 202 }";
    check(&with(waiting), &[(1, "`later` is kept before")]);
    check(
        &route("match = ['POST /a?x=1', 'PUT /a']\nignore = true"),
        &[(2, "the same in every `match`")],
    );
    check(
        &route(
            "match = ['POST /a/{x}', 'PUT /b/{y}']\noperation = 'cluster.create'\nobject = { id = '{path.x}' }",
        ),
        &[(4, "in every template")],
    );
}

#[test]
fn faults_between_routes() {
    let route = |text: &str| format!("[[route]]\nmatch = 'POST /a/{{b}}'\n{text}\n");
    let one = route("ignore = true");
    check(&format!("{one}{one}"), &[(5, "never taken")]);
    let waiting = route("operation = 'cluster.create'\nwhen = { status = 200 }");
    let strict = route("operation = 'cluster.create'\nguarantee = 'strict'");
    check(&format!("{waiting}{strict}"), &[(6, "put this one first")]);
    let later = route("operation = 'cluster.create'\nlater = { key = 'x' }");
    check(&format!("{waiting}{later}"), &[(6, "`later` is decided before the answer")]);
    check(
        "[[route]]\nmatch = 'POST /a/{*b}'\nignore = true\noperaton = 1\nx = 1",
        &[(4, "did you mean"), (5, "`x` is no key")],
    );
    check("[[rout]]\nmatch = 1", &[(1, "did you mean `route`?")]);
    check("a = 1\nb = \n", &[(2, "not TOML")]);
}

#[test]
fn faults_of_a_feed() {
    let feed = |text: &str| {
        format!(
            "[[feed]]\nname = 'x'\npath = '/e?a={{cursor}}'\nitems = 'response[*]'\ncursor = '{{item.seq}}'\nid = '{{item.seq}}'\n{text}\n"
        )
    };
    check(
        "[[feed]]\nname = 'x'\n",
        &[
            (1, "`path` is missing"),
            (1, "`items` is missing"),
            (1, "`cursor` is missing"),
            (1, "`id` is missing"),
        ],
    );
    check(&feed("evry = '1s'"), &[(7, "did you mean `every`?")]);
    check(
        &feed("[[feed.event]]\noperation = 'cluster.create'\nobject = { id = '{request.a}' }"),
        &[(9, "`request` is not known")],
    );
    check(&feed("[[feed.event]]\nwhen = { 'item.a' = 1 }"), &[(7, "write one of `operation`")]);
    check(&format!("{}{}", feed(""), feed("")), &[(8, "two feeds named `x`")]);
}

/// A file that is far too large is not read.
#[test]
fn too_large() {
    check(&"#".repeat(ROUTE_FILE_BYTES_MAX + 1), &[(1, "at most")]);
}
