//! What must never survive, and what must stay byte for byte.

use super::*;
use proptest::prelude::*;

fn check_json(input: &str, expected: &str) {
    assert_eq!(mask_json(input, &ALWAYS).as_deref(), Ok(expected), "{input}");
}

fn check_text(input: &str, expected: &str) {
    assert_eq!(mask_text(input), expected, "{input}");
}

// Protects: values at and below secret keys go, whatever their type; the rest stays.
#[test]
fn json_keys() {
    check_json(r#"{"Password":"alicepw"}"#, r#"{"Password":"***"}"#);
    check_json(
        r#"{"auth":{"password":{"old":"alicepw"}}, "n" : 1.50}"#,
        r#"{"auth":{"password":"***"}, "n" : 1.50}"#,
    );
    check_json(r#"{"token": [1,{"a":"}"}] , "b":2}"#, r#"{"token": "***" , "b":2}"#);
    check_json(r#"{"pin":1234}"#, r#"{"pin":"***"}"#);
    check_json("{\"pin\" :\n null\n}", "{\"pin\" :\n \"***\"\n}");
    check_json(r#"{"pass\u0077ord":"alicepw"}"#, r#"{"pass\u0077ord":"***"}"#);
    check_json(r#"{"\u0070in":true,"x":[]}"#, r#"{"\u0070in":"***","x":[]}"#);
    check_json(r#"[{"spin":"x","tokenizer":"y"}]"#, r#"[{"spin":"x","tokenizer":"y"}]"#);
    check_json(r#"{"a":"password"}"#, r#"{"a":"password"}"#);
    check_json(r#"{"password":"***"}"#, r#"{"password":"***"}"#);
    check_json(r#"["x",{"otp":"1"},{"otp":"2"}]"#, r#"["x",{"otp":"***"},{"otp":"***"}]"#);
    check_json(r#""plain pin""#, r#""plain pin""#);
}

// Protects: secrets inside strings of JSON, and that other escapes keep their spelling.
#[test]
fn json_strings() {
    check_json(
        r#"{"url":"https:\/\/u:alicepw@host\/?token=alicepw&x=\u0031"}"#,
        r#"{"url":"https:\/\/u:***@host\/?token=***&x=\u0031"}"#,
    );
    check_json(
        r#"{"cmd":"\u00e9\ud83d\ude00 mysql --password alicepw -h \"db\""}"#,
        r#"{"cmd":"\u00e9\ud83d\ude00 mysql --password *** -h \"db\""}"#,
    );
    check_json(
        r#"{"argv":["mysql","--password","alicepw","-h","db"]}"#,
        r#"{"argv":["mysql","--password","***","-h","db"]}"#,
    );
    check_json(
        r#"{"raw":"{\"user\":\"alice\",\"password\":\"alicepw\"}"}"#,
        r#"{"raw":"{\"user\":\"alice\",\"password\":\"***\"}"}"#,
    );
    check_json(
        r#"{"raw":"dn: uid=a\nuserPassword:: YWxpY2Vwdw==\ncn: a"}"#,
        r#"{"raw":"dn: uid=a\nuserPassword:: ***\ncn: a"}"#,
    );
}

// Protects: the same in raw lines.
#[test]
fn texts() {
    check_text("userPassword:: YWxpY2Vwdw==", "userPassword:: ***");
    check_text("userpassword: {SSHA}abc\n def\ncn: a", "userpassword: ***\ncn: a");
    check_text("--password alicepw", "--password ***");
    check_text("useradd --password=alicepw bob", "useradd --password=*** bob");
    check_text("x --password 'alice pw' y", "x --password '***' y");
    check_text("x --password -y", "x --password -y");
    check_text("[\"--password\",\"alicepw\"] no json", "[\"--password\",\"***\"] no json");
    check_text("https://u:alicepw@host/?token=alicepw", "https://u:***@host/?token=***");
    check_text("GET /a?x=1&api_key=k,1;2&y=2 HTTP", "GET /a?x=1&api_key=***&y=2 HTTP");
    check_text("http://u:a@lice@host:80/x", "http://u:***@host:80/x");
    check_text("ftp://u:al/ice@host", "ftp://u:***@host");
    check_text("http://host:80/mail@x", "http://host:80/mail@x");
    check_text("curl -H \"Authorization: Basic YTpi\" x", "curl -H \"Authorization: ***\" x");
    check_text("Cookie: a=b; c=d\nHost: x", "Cookie: ***\nHost: x");
    check_text("PGPASSWORD=alicepw psql", "PGPASSWORD=*** psql");
    check_text("a; token = Bearer abc; b", "a; token = ***; b");
    check_text(
        "body \\x22password\\x22:\\x22alicepw\\x22}",
        "body \\x22password\\x22:\\x22***\\x22}",
    );
    check_text("{\"password\":{\"old\":\"alicepw\"}", "{\"password\":***");
    check_text("x token:[a,b}://c d", "x token:*** d");
    check_text("x token:[1],'y' key2", "x token:***,'y' key2");
    check_text("x token:{a}, y", "x token:***, y");
    check_text("{\"pass\\u0077ord\":\"alicepw\"", "{\"pass\\u0077ord\":\"***\"");
    check_text("{\"otp\" :\n  1234, ", "{\"otp\" :\n  ***, ");
    check_text("{\"otp\": 1234} ", "{\"otp\": \"***\"} ");
    check_text("r%3Ftoken%3Dalicepw", "r%3Ftoken%3D***");
}

// Protects: ordinary log lines stay whole.
#[test]
fn plain_texts_stay() {
    for line in [
        "Accepted password for alice from 10.0.0.8 port 5022 ssh2",
        "Failed password for invalid user bob from 2001:db8::1 port 22",
        "subsystem request for sftp by user alice; pinned=1, spin: 3",
        "pam_unix(chpasswd:chauthtok): password changed for dave",
        "the token was refused",
        "password=",
        "cards: 3; keys: 2",
        "see https://example.org/a:b?x=y@z",
        "--password",
        "结果.dat://",
    ] {
        check_text(line, line);
    }
}

fn check_fault(json: &str, expected: JsonFault) {
    assert_eq!(mask_json(json, &ALWAYS), Err(expected), "{json}");
}

// Protects: what is refused inside JSON values, also below masked keys.
#[test]
fn forbidden_characters_and_depth() {
    check_fault(r#"{"a":"\ud800"}"#, JsonFault::LoneSurrogate);
    check_fault(r#"{"a":"\udc00\ud800"}"#, JsonFault::LoneSurrogate);
    check_fault(r#"{"\ud800x":1}"#, JsonFault::LoneSurrogate);
    check_fault(r#"{"a":"\ud800\u0041"}"#, JsonFault::LoneSurrogate);
    check_fault(r#"{"a":["\u0000"]}"#, JsonFault::Nul);
    check_fault(r#"{"password":"\u0000"}"#, JsonFault::Nul);
    check_json(r#"{"a":"\ud83d\ude00\\ud800"}"#, r#"{"a":"\ud83d\ude00\\ud800"}"#);
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    check_json(&nested(64), &nested(64));
    check_fault(&nested(65), JsonFault::TooDeep);
    let wide = format!("[{}[]]", "[],".repeat(100));
    check_json(&wide, &wide);
    let below = format!(r#"{{"password":{}}}"#, nested(65));
    check_fault(&below, JsonFault::TooDeep);
}

// Protects: the catalogue's own keys, only for their operation.
#[test]
fn keys_of_an_operation() {
    let keys = Keys::with(&["license_text".into(), "file_content".into()]);
    let json = r#"{"licenseText":"x","file-content":"y","license":"z"}"#;
    let masked = r#"{"licenseText":"***","file-content":"***","license":"z"}"#;
    assert_eq!(mask_json(json, &keys).as_deref(), Ok(masked));
    check_json(json, json);
}

fn json_document() -> impl Strategy<Value = serde_json::Value> {
    let key = "pin|token|a|b|password|spin|\\PC{0,3}";
    let leaf = prop_oneof![
        any::<i32>().prop_map(serde_json::Value::from),
        "alicepw|x=1|token=alicepw|://u:alicepw@h|--pin alicepw|\\PC{0,5}"
            .prop_map(serde_json::Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(serde_json::Value::from),
            prop::collection::vec((key, inner), 0..4)
                .prop_map(|pairs| serde_json::Value::Object(pairs.into_iter().collect())),
        ]
    })
}

/// The same decision on the parsed value: an independent model of the walk over keys.
fn mask_value(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Object(pairs) => {
            for (key, value) in pairs.iter_mut() {
                if ALWAYS.is_secret(key) { *value = MASK.into() } else { mask_value(value) }
            }
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(mask_value),
        serde_json::Value::String(text) => *text = mask_plain(text, &ALWAYS).into_owned(),
        _ => {}
    }
}

// Protects: a hint is found wherever it stands in a long text, also across two parts of the search.
#[test]
fn hints_are_found_everywhere() {
    let own = Keys::with(&["sshFingerprintOfTheHost".into(), "口令".into()]);
    for word in ["PIN", "PassWord", "Credential", "口令", "SSH"] {
        assert_eq!(own.may_match(word), own.may_match(&format!("{word}{}", "x".repeat(64))));
        for at in (0..40).chain(PACKED_BYTES - 40..PACKED_BYTES + 40).chain([2 * PACKED_BYTES]) {
            let text = format!("{}{word}{}", "x".repeat(at), "x".repeat(64));
            assert!(own.may_match(&text), "{word} at {at}");
        }
    }
    assert!(!own.may_match(&"x".repeat(3 * PACKED_BYTES)));
}

proptest! {
    // Protects: masked text is the JSON of the masked value, and masking twice changes nothing.
    #[test]
    fn agrees_with_the_model(document in json_document()) {
        let text = document.to_string();
        let masked = mask_json(&text, &ALWAYS).unwrap().into_owned();
        prop_assert_eq!(&mask_json(&masked, &ALWAYS).unwrap(), &masked);
        let mut model = document;
        mask_value(&mut model);
        prop_assert_eq!(masked, model.to_string());
    }

    // Protects: the same where a mask changes what an address is.
    #[test]
    fn addresses_twice(text in "(://|passwd:|x|:|/|@|=|\\}|1| ){0,16}") {
        for text in [text.clone(), format!(r#"{{"a":["{text}"]}}"#)] {
            let once = mask_text(&text).into_owned();
            prop_assert_eq!(mask_text(&once).into_owned(), once);
        }
    }

    // Protects: JSON stays JSON, be it one string alone, whatever quotes and secrets stand in it.
    #[test]
    fn strings_stay_json(text in "(://|passwd|token|--otp|'|\\\\\"|:|=|@|/|[{}]|,|x|1| ){0,16}") {
        for json in [format!(r#""{text}""#), format!(r#"["{text}"]"#)] {
            let once = mask_text(&json).into_owned();
            prop_assert!(serde_json::from_str::<serde_json::Value>(&once).is_ok(), "{}", once);
            prop_assert_eq!(mask_text(&once).into_owned(), once);
        }
    }

    // Protects: what was masked stays as it is when it is masked again, as by a second collector.
    #[test]
    fn texts_twice(text in "[x ](token|pin|--otp)[=:](\\[|\\{|x|1){1,4}(\\]|\\}|x|,|://|'|;|&| ){0,6}") {
        let once = mask_text(&text).into_owned();
        prop_assert_eq!(mask_text(&once).into_owned(), once);
    }

    // Protects: no text makes the walk panic, and plain text never gains bytes but the mask.
    #[test]
    fn never_panics(text in "(pin|token|--otp|://|@|:|=|\"|'|\\\\|\\\\u0070|[{}\\[\\]&;, \n]|é|%22|x){0,24}") {
        let once = mask_text(&text).into_owned();
        let _ = mask_json(&text, &ALWAYS);
        let _ = mask_text(&once);
    }
}
