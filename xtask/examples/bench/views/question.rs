//! The questions: each in the filter language and, for the peers, in SQL.

use super::sought::Sought;

/// One line of the table.
pub(crate) struct Question {
    pub(crate) what: &'static str,
    /// What must hold at 20 M events, in milliseconds.
    pub(crate) must_ms: u32,
    pub(crate) ask: Ask,
    /// The same for the peers; one statement after the other.
    pub(crate) sql: Vec<String>,
}

/// What is wanted of the events that match.
pub(crate) enum Ask {
    /// The newest hundred.
    Newest(String),
    /// The oldest hundred first.
    Oldest(String),
    /// Newest hundred, count, histogram by day and eight facets.
    Overview(String),
    /// How many.
    Count(String),
    /// By user and operation, the top hundred pairs.
    Pairs,
    /// The newest hundred after 999 pages of a hundred.
    PageThousand,
}

/// The fields of an overview: all those of the peers' table.
pub(crate) const FACETS: [&str; 8] = [
    "service",
    "operation",
    "operator",
    "source_ip",
    "outcome",
    "region",
    "stack_id",
    "object.type",
];

/// The set. `week_ago` is where the last seven days begin, RFC 3339.
pub(crate) fn questions(sought: &Sought, week_ago: &str) -> Vec<Question> {
    let mut set = columns(sought, week_ago);
    set.extend(overviews());
    set.extend(texts(&sought.rare_word));
    set.extend(whole());
    set
}

/// Values of fields, newest or oldest first.
fn columns(sought: &Sought, week_ago: &str) -> Vec<Question> {
    let Sought { user, object_type, object_id, rare_address, .. } = sought;
    let user_week = format!("operator = '{user}' AND time >= '{week_ago}'");
    let object = format!("object_type = '{object_type}' AND object_id = '{object_id}'");
    vec![
        line("newest 100, no filter", 10, Ask::Newest(String::new()), vec![newest("1 = 1")]),
        line(
            "a user, 7 days, newest 100",
            10,
            Ask::Newest(format!("operator:\"{user}\" time>={week_ago}")),
            vec![newest(&user_week)],
        ),
        line(
            "one object, oldest 100",
            10,
            Ask::Oldest(format!("object.type:{object_type} object.id:{object_id}")),
            vec![newest(&object).replace("DESC", "ASC")],
        ),
        line(
            "a rare address, newest 100",
            10,
            Ask::Newest(format!("source_ip:{rare_address}")),
            vec![newest(&format!("source_ip = '{rare_address}'"))],
        ),
    ]
}

/// All that a page shows of a filter.
fn overviews() -> Vec<Question> {
    let filter = "service:users operation:user.login";
    let sql = "service = 'users' AND operation = 'user.login'";
    vec![
        line(
            "service + operation: rows, count, histogram, 8 facets",
            150,
            Ask::Overview(filter.to_owned()),
            overview(sql),
        ),
        line("the same without a filter", 400, Ask::Overview(String::new()), overview("1 = 1")),
    ]
}

/// Words and parts of words.
fn texts(rare: &str) -> Vec<Question> {
    let like = |part: &str| format!("body LIKE '%{part}%'");
    let page = |what, must_ms, filter: &str, part: &str| {
        line(what, must_ms, Ask::Newest(filter.to_owned()), vec![newest(&like(part))])
    };
    // The peers know no words: the rare one is part of no other.
    let count = |what, must_ms, filter: &str, part: &str| {
        let sql = format!("SELECT count(*) FROM event WHERE {}", like(part));
        line(what, must_ms, Ask::Count(filter.to_owned()), vec![sql])
    };
    vec![
        page("a rare word, newest 100", 20, rare, rare),
        page("a common word, newest 100", 20, "interactive", "interactive"),
        page("a substring, newest 100", 100, "*teracti*", "teracti"),
        count("count of a rare word", 500, rare, rare),
        count("count of a rare substring", 500, &format!("*{rare}*"), rare),
        count("count of a common substring", 8_000, "*teracti*", "teracti"),
    ]
}

/// What goes over everything.
fn whole() -> Vec<Question> {
    let pairs = "SELECT count(*) AS n, operator, operation FROM event \
                 GROUP BY operator, operation ORDER BY n DESC LIMIT 100";
    let far = "SELECT body FROM event ORDER BY time DESC LIMIT 100 OFFSET 99900";
    vec![
        line("user x operation, top 100", 500, Ask::Pairs, vec![pairs.to_owned()]),
        line("page 1,000 of 100", 10, Ask::PageThousand, vec![far.to_owned()]),
    ]
}

fn line(what: &'static str, must_ms: u32, ask: Ask, sql: Vec<String>) -> Question {
    Question { what, must_ms, ask, sql }
}

fn newest(condition: &str) -> String {
    format!("SELECT body FROM event WHERE {condition} ORDER BY time DESC LIMIT 100")
}

fn overview(condition: &str) -> Vec<String> {
    let column = |field: &str| field.replace('.', "_");
    let facet = |field: &&str| {
        let column = column(field);
        format!(
            "SELECT count(*) AS n, {column} FROM event WHERE {condition} \
             GROUP BY {column} ORDER BY n DESC LIMIT 10"
        )
    };
    let mut statements = vec![
        format!("SELECT body FROM event WHERE {condition} ORDER BY time DESC LIMIT 100"),
        format!("SELECT count(*) FROM event WHERE {condition}"),
        // The first ten characters of a time are its day, in every peer's text.
        format!(
            "SELECT substr(CAST(time AS TEXT), 1, 10) AS day, count(*) FROM event \
             WHERE {condition} GROUP BY 1 ORDER BY 1"
        ),
    ];
    statements.extend(FACETS.iter().map(facet));
    statements
}
