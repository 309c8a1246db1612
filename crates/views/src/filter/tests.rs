//! What a text means, what is wrong with a text, and that printing and parsing are inverse.

use std::sync::LazyLock;

use annals_record::{Catalogue, Timestamp};
use jiff::civil::date;
use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::*;
use crate::fields::{Field, Kind};

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
    let mut catalogue = Catalogue::built_in();
    let heading = "service,service_en,service_zh,operation,operation_en,operation_zh,access,\
                   severity,object_type,pairs_with,mask,notes";
    let rows = "one,One,一,one.make,Make thing,造物,write,low,thing,,,\n\
                two,Two,二,two.make,Make thing,造物,write,low,thing,,,";
    catalogue.add(&format!("{heading}\n{rows}\n")).unwrap();
    catalogue
});

fn parse(text: &str) -> Result<Filter, FilterError> {
    Filter::parse(text, &CATALOGUE)
}

/// What `text` means, printed; and that the print means the same.
fn check(text: &str, expected: &str) {
    let filter = parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    assert_eq!(filter.to_string(), expected, "{text}");
    assert_eq!(parse(expected).as_ref(), Ok(&filter), "{text}");
}

// Protects: every example of the language's description.
#[test]
fn examples() {
    check(
        "service:hpc-clusters operation:cluster.* operator:(zhang3 OR li4) -outcome:success",
        "service:hpc-clusters operation:cluster.* (operator:zhang3 OR operator:li4) \
         -outcome:success",
    );
    check("source_ip:10.2.0.0/16  object.id:c-42", "source_ip:10.2.0.0/16 object.id:c-42");
    check("object:\"render farm\"  user:zhang3", "object:\"render farm\" user:zhang3");
    check("severity:high", "severity:high");
    check("time>=now-7d", "time>=now-7d");
    check("time:2026-11-01..2026-11-07", "time:2026-11-01..2026-11-07");
    check("duration_ms>500 reason:*  -reason:*", "duration_ms>500 reason:* -reason:*");
    check("request_data.nodes:4", "request_data.nodes:4");
    check("request_data.image.id:img-7", "request_data.image.id:img-7");
    check("\"mkfs /dev\"  cuda  结果.dat", "\"mkfs /dev\" cuda 结果.dat");
    check("*partition*  request_data:*10.2.3*", "*partition* request_data:*10.2.3*");
    check("source_ip:2001:db8::1", "source_ip:2001:db8::1");
}

// Protects: Chinese names, values and marks mean the same as the English ones.
#[test]
fn chinese() {
    check("服务：HPC集群 操作类型：新建集群", "service:hpc-clusters operation:cluster.create");
    check(
        "操作人：（zhang3 OR li4）　－操作结果：成功",
        "(operator:zhang3 OR operator:li4) -outcome:success",
    );
    check("源IP:10.2.0.0／16", "source_ip:10.2.0.0/16");
    check("对象：＂渲染 农场＂", "object:\"渲染 农场\"");
    check("对象：“渲染 农场”", "object:\"渲染 农场\"");
    check("敏感级别：高 读写类型：写", "severity:high access:write");
    check("操作时间＞＝now-7d", "time>=now-7d");
    check("操作时间：2026-11-01．．2026-11-07", "time:2026-11-01..2026-11-07");
    check("耗时（毫秒）＞500 原因：＊ －原因：＊", "duration_ms>500 reason:* -reason:*");
    check("请求数据.nodes:4", "request_data.nodes:4");
    check("＊分区＊ 失败，重试 “失败，重试”", "*分区* 失败,重试 \"失败，重试\"");
    check("操作类型:造物", "operation:one.make OR operation:two.make");
    check("-操作类型:造物", "-(operation:one.make OR operation:two.make)");
}

// Protects: names with blanks, aliases, signs, and what ends a value.
#[test]
fn fields_and_values() {
    check("Operation type:\"create CLUSTER\"", "operation:cluster.create");
    check("\"Operation type\":cluster.create", "operation:cluster.create");
    check("Duration (ms)<=5 Source IP:10.2.*", "duration_ms<=5 source_ip:10.2.0.0/16");
    check("Request data.a:1 request.b:2", "request_data.a:1 request_data.b:2");
    check("eventName:cluster.create", "operation:cluster.create");
    check("outcome!=success", "-outcome:success");
    check("outcome!=(success OR denied)", "-(outcome:success OR outcome:denied)");
    check("operator:a:b", "operator:a:b");
    check("operator:(a (b OR -c))", "operator:a (operator:b OR -operator:c)");
    check("operator:\"a\\\"b\\\\c\\d\"", "operator:\"a\\\"b\\\\c\\\\d\"");
    check("object.name:*\"render farm\"*", "object.name:*\"render farm\"*");
    check("object.name:a*b**c", "object.name:a*b*c");
    check("object.name:\"a*b\"", "object.name:\"a*b\"");
    check("object.name:5\"disk", "object.name:\"5\\\"disk\"");
    check("object.name:../x", "object.name:\"../x\"");
    check("source_ip:::ffff:10.1.2.3", "source_ip:10.1.2.3");
    check("source_ip:10.2.3.4/8", "source_ip:10.0.0.0/8");
    check("severity>=medium", "severity:medium OR severity:high");
    check("severity>high", "-*");
    check(
        "duration_ms:5..10 duration_ms:5.. duration_ms:..5",
        "duration_ms:5..10 duration_ms>=5 duration_ms<=5",
    );
    check("request_data.x>-0.5 request_data.x:1..2.5", "request_data.x>-0.5 request_data.x:1..2.5");
    check("\"request_data.my key:x\":4", "\"request_data.my key:x\":4");
    check("service:*", "service:*");
    check("guarantee:STRICT user_type:系统用户", "guarantee:strict user_type:system");
}

// Protects: AND before OR, brackets, negation, keywords only in capitals, nothing at all.
#[test]
fn structure() {
    check("", "*");
    check(" 　", "*");
    check("*", "*");
    check("a b OR c AND d", "a b OR c d");
    check("a (b OR c) (d e)", "a (b OR c) d e");
    check("NOT a OR b", "-a OR b");
    check("NOT -(a b)", "NOT -(a b)");
    check("-*", "-*");
    check("and or not", "and or not");
    check("\"AND\" \"-x\" \"a:b\"", "\"AND\" \"-x\" \"a:b\"");
    check("\"object\" id:x", "\"object\" id:x");
    check("object(a)", "\"object\" a");
    check("foo* *bar a*b *a-b*", "foo* *bar a*b *a-b*");
    check("a*\":b\"", "a*\":b\"");
    check("/dev/sda a--b", "/dev/sda a--b");
}

// Protects: each form of a moment, and what it stands for in a zone.
#[test]
fn moments() {
    let now = Timestamp::parse("2026-11-22T12:00:00Z").unwrap();
    let zone = TimeZone::fixed(jiff::tz::offset(8));
    let check = |text: &str, printed: &str, first: &str, last: &str| {
        let moment = Moment::parse(text).unwrap_or_else(|| panic!("{text}"));
        let nanos = |text: &str| Timestamp::parse(text).unwrap().nanos();
        assert_eq!(moment.to_string(), printed, "{text}");
        assert_eq!(Moment::parse(printed), Some(moment), "{text}");
        assert_eq!(moment.span(now, &zone), (nanos(first), nanos(last)), "{text}");
    };
    let at = |text: &str, printed: &str, at: &str| check(text, printed, at, at);
    at("2026-11-07T08:30:00.50Z", "2026-11-07T08:30:00.5Z", "2026-11-07T08:30:00.5Z");
    at("2026-11-07T08:30+08:00", "2026-11-07T00:30:00Z", "2026-11-07T00:30:00Z");
    at("2026-11-07 08:30", "2026-11-07T08:30:00", "2026-11-07T00:30:00Z");
    at("now", "now", "2026-11-22T12:00:00Z");
    at("now-0d", "now", "2026-11-22T12:00:00Z");
    at("now-7d", "now-7d", "2026-11-15T12:00:00Z");
    at("now+90m", "now+90m", "2026-11-22T13:30:00Z");
    at("now-1mo", "now-1mo", "2026-10-22T12:00:00Z");
    check("2026-11-07", "2026-11-07", "2026-11-06T16:00:00Z", "2026-11-07T15:59:59.999999999Z");
    check("2026-11", "2026-11", "2026-10-31T16:00:00Z", "2026-11-30T15:59:59.999999999Z");
    for wrong in ["", "now-", "now7d", "now-7", "now-7x", "now-999999999d", "2026", "2026-13"] {
        assert_eq!(Moment::parse(wrong), None, "{wrong}");
    }
    for wrong in ["2026-11-31", "2026-11-07T25:00", "2026-11-07T", "2026-11-07T08", "２０26-11"] {
        assert_eq!(Moment::parse(wrong), None, "{wrong}");
    }
    let far = Moment::parse("now-100000000y").unwrap();
    assert_eq!(far.span(now, &zone), (i64::MIN, i64::MIN));
    let day = Moment::Day(date(9999, 12, 31)).span(now, &zone);
    assert_eq!(day, (i64::MAX, i64::MAX));
}

fn check_error(text: &str, column: usize, expected: &str) {
    let error = parse(text).expect_err(text);
    assert_eq!(
        (error.place.column, error.fault.to_string().as_str()),
        (column, expected),
        "{text}"
    );
    let before = text[..error.place.offset].chars().count();
    assert_eq!(before + 1, column, "{text}");
}

// Protects: an error says where, what was expected, and the nearest name.
#[test]
fn errors() {
    check_error("a (b", 5, "expected `)`, AND or OR, found the end");
    check_error("（操作人：a", 7, "expected `)`, AND or OR, found the end");
    check_error("a )", 3, "expected AND, OR or the end, found `)`");
    check_error("()", 2, "expected a term, found `)`");
    check_error("a OR", 5, "expected a term, found the end");
    check_error("OR a", 1, "expected a term (or the word in quotes), found `OR`");
    check_error("a AND OR b", 7, "expected a term (or the word in quotes), found `OR`");
    check_error("a - b", 4, "expected a term right after `-` (or `\"-\"` in quotes), found ` `");
    check_error("--nodes", 2, "expected one `-` only (or the text in quotes), found `-nodes`");
    check_error(":x", 1, "expected a field before the sign (or the text in quotes), found `:x`");
    check_error("operator: x", 10, "expected a value right here, found ` `");
    check_error("operator:", 10, "expected a value right here, found the end");
    check_error("duration_ms>(1)", 13, "expected a value right here, found `(`");
    check_error("a \"b c", 3, "the quote is not closed; expected `\"` before the end");
    check_error("\"a\"b", 4, "expected a blank, a bracket or `*` after a quote, found `b`");
    check_error("\"\"", 1, "expected some text between the quotes, found `\"\"`");
    check_error(
        "x operatr:a",
        3,
        "no field is called `operatr`; the nearest is `operator`; quote the text to search for it",
    );
    check_error(
        "操作者人:a",
        1,
        "no field is called `操作者人`; the nearest is `操作人`; quote the text to search for it",
    );
    check_error("http://x", 1, "no field is called `http`; quote the text to search for it");
    check_error(
        "operator.id:a",
        1,
        "no field is called `operator.id`; the nearest is `operator_id`; quote the text to search \
         for it",
    );
    check_error(
        "operation:cluster.craete",
        11,
        "`operation` has no value `cluster.craete`; the nearest is `cluster.create`",
    );
    check_error("服务:HPC集裙", 4, "`service` has no value `HPC集裙`; the nearest is `HPC集群`");
    check_error(
        "outcome:ok",
        9,
        "`outcome` has no value `ok`; expected one of success, failure, denied, partial, pending, \
         unknown",
    );
    check_error(
        "severity>=big",
        11,
        "`severity` has no value `big`; expected one of high, medium, low",
    );
    check_error(
        "source_ip:10.2",
        11,
        "`source_ip` cannot be `10.2`; expected an address, or a prefix such as 10.2.0.0/16",
    );
    check_error(
        "duration_ms:5s",
        13,
        "`duration_ms` cannot be `5s`; expected a number, or a range of two such as 10..20",
    );
    check_error("operator>a", 10, "`operator` has no order; expected `:` or `!=`");
    check_error("request_data>1", 14, "`request_data` has no order; expected `:` or `!=`");
    check_error("operator=a", 9, "expected `operator:`; quote the text to search for it with `=`");
    check_error("a\0b", 2, "the character U+0000 is not allowed");
    assert!(parse("time:yesterday").is_err_and(|error| error.place.column == 6));
}

// Protects: no text can exhaust the stack, the memory or the time of the server.
#[test]
fn limits() {
    let fault = |text: &str| parse(text).expect_err("too much").fault;
    let (bytes, limit) = (FILTER_BYTES_MAX + 1, FILTER_BYTES_MAX);
    assert_eq!(fault(&"(".repeat(bytes)), FilterFault::TooLong { bytes, limit });
    let limit = FILTER_DEPTH_MAX;
    for nested in ["(", "NOT ", "-(", "operator:("] {
        assert_eq!(fault(&nested.repeat(6_000)), FilterFault::TooDeep { limit }, "{nested}");
    }
    assert!(parse(&format!("{}a{}", "(".repeat(limit), ")".repeat(limit))).is_ok());
    let limit = FILTER_TERMS_MAX;
    assert!(parse(&"a ".repeat(limit)).is_ok());
    assert_eq!(fault(&"a ".repeat(limit + 1)), FilterFault::TooManyTerms { limit });
    assert!(parse(&"\"a ".repeat(10_000)).is_err());
}

fn texts() -> impl Strategy<Value = String> {
    "[a-z*\"\\\\ ():.<>=!-]{1,6}|[一-龥（：”“＊　]{1,4}|(AND|OR|NOT|operator|Object|a\\.\\.b|耗时)|\\PC{1,8}"
}

fn patterns() -> impl Strategy<Value = Pattern> {
    let pieces = prop::collection::vec(texts(), 1..4);
    (any::<bool>(), pieces, any::<bool>()).prop_map(|(open_start, pieces, open_end)| Pattern {
        open_start,
        pieces,
        open_end,
    })
}

fn moments_of_all_forms() -> impl Strategy<Value = Moment> {
    let units =
        [Unit::Second, Unit::Minute, Unit::Hour, Unit::Day, Unit::Week, Unit::Month, Unit::Year];
    let days =
        || (0..=9999i16, 1..=12i8, 1..=28i8).prop_map(|(year, month, day)| date(year, month, day));
    prop_oneof![
        any::<i64>().prop_map(|nanos| Moment::At(Timestamp::from_nanos(nanos))),
        days().prop_map(Moment::Day),
        days().prop_map(|day| Moment::Month(day.first_of_month())),
        (days(), 0..24i8, 0..60i8, 0..1_000_000_000i32)
            .prop_map(|(day, hour, minute, nanos)| Moment::Local(day.at(hour, minute, 7, nanos))),
        (-NOW_UNITS_MAX..=NOW_UNITS_MAX, prop::sample::select(units.to_vec())).prop_map(
            |(count, unit)| Moment::Now {
                count,
                unit: if count == 0 { Unit::Second } else { unit }
            }
        ),
    ]
}

fn comparisons() -> impl Strategy<Value = Comparison> {
    use Comparison::{AtLeast, AtMost, Greater, Less};
    prop::sample::select(vec![Less, AtMost, Greater, AtLeast])
}

/// A test of an ordered field.
fn ordered(values: impl Strategy<Value = Value> + Clone + 'static) -> BoxedStrategy<Test> {
    prop_oneof![
        Just(Test::Exists),
        values.clone().prop_map(Test::Is),
        (comparisons(), values.clone())
            .prop_map(|(comparison, value)| Test::Compare(comparison, value)),
        (values.clone(), values).prop_map(|(from, to)| Test::Between(from, to)),
    ]
    .boxed()
}

fn numbers() -> impl Strategy<Value = Value> + Clone {
    any::<f64>()
        .prop_filter_map("finite", |number| Number::parse(&number.to_string()))
        .prop_map(Value::Number)
}

fn tests_of(field: Field) -> BoxedStrategy<Test> {
    let codes: Vec<&str> = match field {
        Field::Service => CATALOGUE.services().iter().map(|s| s.code.as_str()).collect(),
        Field::Operation => CATALOGUE.operations().iter().map(|o| o.code.as_str()).collect(),
        _ => field.listed_value("?").and_then(Result::err).unwrap_or(vec!["-"]),
    };
    let like = |stars: Pattern| match stars {
        Pattern { open_start: false, pieces, open_end: false } if pieces.len() == 1 => {
            Test::Is(Value::Text(pieces.concat()))
        }
        stars => Test::Like(stars),
    };
    match field.kind() {
        Kind::Code => prop_oneof![
            Just(Test::Exists),
            patterns().prop_map(|pattern| Test::Like(Pattern { open_end: true, ..pattern })),
            prop::sample::select(codes).prop_map(|code| Test::Is(Value::Text(code.to_owned()))),
        ]
        .boxed(),
        Kind::Name | Kind::Id => prop_oneof![Just(Test::Exists), patterns().prop_map(like)].boxed(),
        Kind::Ip => {
            let v4 = (any::<[u8; 4]>(), 0..=32u8).prop_map(|(ip, bits)| {
                ipnet::IpNet::new(ip.into(), bits).expect("bits are few").trunc()
            });
            let v6 = (any::<[u16; 8]>(), 0..=128u8).prop_map(|(ip, bits)| {
                ipnet::IpNet::new(ip.into(), bits).expect("bits are few").trunc()
            });
            prop_oneof![v4, v6].prop_map(|net| Test::Is(Value::Ip(net))).boxed()
        }
        Kind::Number => {
            let numbers = (0..1u64 << 53).prop_map(|n| Value::Number(Number::integer(n)));
            ordered(numbers.boxed())
        }
        Kind::Time => ordered(moments_of_all_forms().prop_map(Value::Moment).boxed()),
        Kind::Text | Kind::Json => {
            let exists = if field == Field::Anything {
                Test::Holds(Pattern::closed("x"))
            } else {
                Test::Exists
            };
            prop_oneof![Just(exists), patterns().prop_map(Test::Holds)].boxed()
        }
    }
}

fn terms() -> impl Strategy<Value = Filter> {
    let mut fields: Vec<_> = Field::all().collect();
    fields.push(Field::Anything);
    let plain = prop::sample::select(fields)
        .prop_flat_map(|field| tests_of(field).prop_map(move |test| Filter::term(field, test)));
    let scalars = texts().prop_map(|text| Test::Is(Value::Text(text)));
    let ordered = ordered(numbers().boxed()).prop_map(|test| match test {
        Test::Is(Value::Number(number)) => Test::Is(Value::Text(number.to_string())),
        test => test,
    });
    let json = [Field::RequestData, Field::Changes, Field::Origin];
    let inside = (prop::sample::select(json.to_vec()), texts(), prop_oneof![scalars, ordered])
        .prop_map(|(field, path, test)| Filter::Term(Term { field, path, test }));
    prop_oneof![4 => plain, 1 => inside]
}

pub(crate) fn filters() -> impl Strategy<Value = Filter> {
    prop_oneof![9 => terms(), 1 => Just(Filter::All)].prop_recursive(5, 40, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Filter::and),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Filter::or),
            inner.prop_map(Filter::negated),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    // Protects: a filter can be stored, shared and shown as text without changing its meaning.
    #[test]
    fn parse_undoes_print(filter in filters()) {
        let text = filter.to_string();
        prop_assert_eq!(parse(&text).map_err(|error| format!("{text}: {error}")), Ok(filter));
    }

    // Protects: no text makes the parser panic, and what it takes prints to the same filter.
    #[test]
    fn any_text(text in "(\\PC|[ab\"*():.<>=!-]| AND | OR |NOT |operator:|time:|-){0,30}") {
        match parse(&text) {
            Ok(filter) => prop_assert_eq!(parse(&filter.to_string()), Ok(filter)),
            Err(error) => prop_assert!(text.is_char_boundary(error.place.offset)),
        }
    }
}

// Protects what is masked: a term that may not be asked is unknown wherever it stands, and what
// is unknown is no hit, neither plainly nor under a negation.
#[test]
fn hidden_terms_are_unknown() {
    #[track_caller]
    fn check(filter: &str, expected: &str) {
        let left = parse(filter).unwrap().without(&|term| term.field == Field::Operator);
        assert_eq!(left.to_string(), expected, "{filter}");
    }
    check("*", "*");
    check("region:a", "region:a");
    check("operator:x", "-*");
    check("-operator:x", "-*");
    check("-(-operator:x)", "-*");
    check("region:a operator:x", "-*");
    check("region:a -operator:x", "-*");
    check("region:a OR operator:x", "region:a");
    check("region:a OR -operator:x", "region:a");
    check("operator:x OR operator:y", "-*");
    check("-(region:a OR operator:x) outcome:denied", "-*");
    // What is false whatever the value is stays so, and its negation a hit.
    check("-(region:a operator:x)", "-region:a");
    check("-(region:a -operator:x)", "-region:a");
}
