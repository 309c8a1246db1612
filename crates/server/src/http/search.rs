//! Questions about many events: count, facets, groups, histogram, completion.

use annals_api::wire::search::{
    Bucket, CompleteAnswer, CountAnswer, Facet, FacetsAnswer, Group, GroupsAnswer, HistogramAnswer,
    ValueCount,
};
use annals_record::Timestamp;
use annals_views::{Field, GROUP_FIELDS_MAX, Interval, Question};
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use axum::{Extension, Json};

use crate::app::Shared;
use crate::http::ask;
use crate::http::error::HttpError;
use crate::http::finish::RequestId;
use crate::http::principal::{Permit, ReadEvents};
use crate::http::progress;
use crate::http::query::{Parameters, bad};
use crate::masks;

/// Most fields of one call for facets.
const FACET_FIELDS_MAX: usize = 40;
/// Values of a facet, groups or completions, unless asked otherwise.
const TOP: usize = 10;
/// Most values of a facet, groups or completions.
const TOP_MAX: usize = 1_000;

/// How many events match; how far it is, if the caller wants to know.
pub(crate) async fn count(
    permit: Permit<ReadEvents>,
    State(app): State<Shared>,
    Extension(request): Extension<RequestId>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, HttpError> {
    let index = ask::index(&app)?;
    let parameters = Parameters::parse(&uri, &["q", "from", "to", "tz"])?;
    let question = ask::question(&app, &permit.principal, &parameters)?;
    progress::answer(&headers, request, move |progress| {
        let answer = index.count(&question, progress)?;
        Ok(CountAnswer { count: answer.value, coverage: ask::coverage(&answer) })
    })
    .await
}

/// The values of fields, with counts.
pub(crate) async fn facets(
    permit: Permit<ReadEvents>,
    State(app): State<Shared>,
    uri: Uri,
) -> Result<Json<FacetsAnswer>, HttpError> {
    let index = ask::index(&app)?;
    let parameters = Parameters::parse(&uri, &["fields", "top", "q", "from", "to", "tz"])?;
    let fields = fields(&parameters, FACET_FIELDS_MAX)?;
    let top = parameters.number_within("top", TOP, TOP_MAX)?;
    let masks = permit.principal.masks();
    let question = ask::question(&app, &permit.principal, &parameters)?;
    let known = masks.for_values(question.clone(), &fields, &app.catalogue)?;
    // Fields that can hold what is masked are counted apart, as of the same head.
    let (typed, others): (Vec<Field>, Vec<Field>) =
        fields.into_iter().partition(|field| masks::is_typed_field(*field));
    let answer = ask::blocking(move |progress| {
        let mut answer = index.facets(&question, &others, top, progress)?;
        if !typed.is_empty() {
            let known = Question { as_of: Some(answer.as_of), ..known };
            let rest = index.facets(&known, &typed, top, progress)?;
            answer.partial = answer.partial.or(rest.partial);
            answer.value.extend(rest.value);
        }
        Ok(answer)
    })
    .await?;
    let coverage = ask::coverage(&answer);
    let facets = answer.value.into_iter().map(|facet| {
        let (other, distinct) = (facet.other, facet.distinct);
        let facet_of = Facet { values: counts(facet.values), other, distinct };
        (facet.field.name().to_owned(), facet_of)
    });
    Ok(Json(FacetsAnswer { facets: facets.collect(), coverage }))
}

/// Combinations of values, with counts.
pub(crate) async fn groups(
    permit: Permit<ReadEvents>,
    State(app): State<Shared>,
    uri: Uri,
) -> Result<Json<GroupsAnswer>, HttpError> {
    let index = ask::index(&app)?;
    let parameters = Parameters::parse(&uri, &["fields", "top", "q", "from", "to", "tz"])?;
    let fields = fields(&parameters, GROUP_FIELDS_MAX)?;
    let top = parameters.number_within("top", TOP, TOP_MAX)?;
    let masks = permit.principal.masks();
    let question = ask::question(&app, &permit.principal, &parameters)?;
    let question = masks.for_values(question, &fields, &app.catalogue)?;
    let asked = fields.clone();
    let answer =
        ask::blocking(move |progress| index.group(&question, &asked, top, progress)).await?;
    let coverage = ask::coverage(&answer);
    let groups = answer.value.into_iter().map(|(values, count)| Group { values, count });
    let fields = fields.into_iter().map(|field| field.name().to_owned());
    Ok(Json(GroupsAnswer { fields: fields.collect(), groups: groups.collect(), coverage }))
}

/// Counts over time.
pub(crate) async fn histogram(
    permit: Permit<ReadEvents>,
    State(app): State<Shared>,
    uri: Uri,
) -> Result<Json<HistogramAnswer>, HttpError> {
    let index = ask::index(&app)?;
    let parameters = Parameters::parse(&uri, &["interval", "by", "top", "q", "from", "to", "tz"])?;
    let interval = parameters.text("interval").unwrap_or("1d");
    let interval = Interval::parse(interval)
        .ok_or_else(|| bad("interval", "is not one of 1m, 5m, 1h, 1d, 1w, 1mo"))?;
    let zone = ask::zone(&parameters)?;
    let by = parameters.text("by").map(|name| field("by", name)).transpose()?;
    let question = ask::question(&app, &permit.principal, &parameters)?;
    let start = |start: i64| Timestamp::from_nanos(start).to_string();
    let top = parameters.number_within("top", TOP, TOP_MAX)?;
    let Some(by) = by else {
        let answer =
            ask::blocking(move |progress| index.histogram(&question, interval, &zone, progress))
                .await?;
        let coverage = ask::coverage(&answer);
        let buckets = answer.value.into_iter();
        let buckets =
            buckets.map(|of| Bucket { start: start(of.start), count: of.count, by: None });
        return Ok(Json(HistogramAnswer { buckets: buckets.collect(), coverage }));
    };
    let question = permit.principal.masks().for_values(question, &[by], &app.catalogue)?;
    let answer = ask::blocking(move |progress| {
        index.histogram_by(&question, interval, &zone, by, top, progress)
    })
    .await?;
    let coverage = ask::coverage(&answer);
    let buckets = answer.value.into_iter().map(|of| Bucket {
        start: start(of.start),
        count: of.count,
        by: Some(of.by.into_iter().collect()),
    });
    Ok(Json(HistogramAnswer { buckets: buckets.collect(), coverage }))
}

/// Values of a field that begin with what was typed.
pub(crate) async fn complete(
    permit: Permit<ReadEvents>,
    State(app): State<Shared>,
    uri: Uri,
) -> Result<Json<CompleteAnswer>, HttpError> {
    let index = ask::index(&app)?;
    let known = &["field", "prefix", "limit", "q", "from", "to", "tz"];
    let parameters = Parameters::parse(&uri, known)?;
    let of = parameters.text("field").ok_or_else(|| bad("field", "is missing"))?;
    let of = field("field", of)?;
    let prefix = parameters.text("prefix").unwrap_or_default().to_owned();
    let limit = parameters.limit(TOP, TOP_MAX)?;
    let question = ask::question(&app, &permit.principal, &parameters)?;
    let question = permit.principal.masks().for_values(question, &[of], &app.catalogue)?;
    let answer =
        ask::blocking(move |progress| index.complete(&question, of, &prefix, limit, progress))
            .await?;
    let coverage = ask::coverage(&answer);
    Ok(Json(CompleteAnswer { values: counts(answer.value), coverage }))
}

fn counts(values: Vec<(String, u64)>) -> Vec<ValueCount> {
    values.into_iter().map(|(value, count)| ValueCount { value, count }).collect()
}

/// The parameter `fields`: names with commas between them.
fn fields(parameters: &Parameters, max: usize) -> Result<Vec<Field>, HttpError> {
    let names = parameters.text("fields").ok_or_else(|| bad("fields", "is missing"))?;
    let names = names.split([',', '，']).map(str::trim).filter(|name| !name.is_empty());
    let fields = names.map(|name| field("fields", name)).collect::<Result<Vec<_>, _>>()?;
    match fields.len() {
        0 => Err(bad("fields", "names no field")),
        count if count > max => Err(bad("fields", &format!("names more than {max} fields"))),
        _ => Ok(fields),
    }
}

fn field(parameter: &'static str, name: &str) -> Result<Field, HttpError> {
    Field::find(name).ok_or_else(|| {
        let nearest = Field::nearest(name).unwrap_or("operator");
        bad(parameter, &format!("names `{name}`, which is no field; did you mean `{nearest}`?"))
    })
}
