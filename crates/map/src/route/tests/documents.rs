//! Every example of the reference is a route file, and does what the text says.

use super::*;

const REFERENCE: &str = include_str!("../../../../../docs/formats/route-file.md");

/// The fenced TOML of the reference.
fn examples() -> Vec<&'static str> {
    let parts = REFERENCE.split("```toml\n").skip(1);
    parts.map(|part| part.split("```").next().unwrap_or_default()).collect()
}

/// An example that doesn't work is worse than none.
#[test]
fn examples_are_route_files() {
    let examples = examples();
    assert!(examples.len() > 8, "{}", examples.len());
    for example in examples {
        parse(example);
    }
}

/// The sign-in of the reference does what the text around it says.
#[test]
fn the_sign_in_of_the_reference() {
    let example =
        examples().into_iter().find(|text| text.contains("/api/login")).expect("it is there");
    let request = Exchange::new("POST /api/login").user(None).body(json!({"username": "li4"}));
    let told = event(&parse(example), &request.clone().answered(200, json!({})));
    assert_eq!((&told["operation"], &told["operator"]), (&json!("user.login"), &json!("li4")));
    let told = event(&parse(example), &request.answered(401, json!({"code": "unknown_account"})));
    assert_eq!(
        (&told["operation"], &told["operator"]),
        (&json!("user.login_unknown"), &json!("unknown"))
    );
}
