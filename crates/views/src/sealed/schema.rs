//! The fields of a sealed part's tantivy index.

use tantivy::schema::{FAST, Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions};

use crate::columns::{ColumnId, PostingId};

/// Names of the columns that hold no text of an event.
pub(super) mod numbers {
    pub(crate) const AT: &str = "at";
    pub(crate) const INDEX: &str = "index";
    /// The `i`th value is the row that is `i`th in the order of position.
    pub(crate) const BY_INDEX: &str = "by_index";
    pub(crate) const DURATION_MS: &str = "duration_ms";
    pub(crate) const PARTNER: &str = "partner";
    pub(crate) const FLAGS: &str = "flags";
}

const FOLDED_OPERATOR: &str = "operator_folded";
const FOLDED_USERNAME: &str = "username_folded";
const FOLDED_OBJECT_NAME: &str = "object_name_folded";

/// The fields by what they hold.
pub(super) struct Fields {
    pub(super) at: Field,
    pub(super) index: Field,
    pub(super) by_index: Field,
    pub(super) duration_ms: Field,
    pub(super) partner: Field,
    pub(super) flags: Field,
    columns: Vec<Field>,
    operator: Field,
    username: Field,
    object_name: Field,
}

impl Fields {
    /// The fields of a part's schema.
    pub(super) fn of(schema: &Schema) -> tantivy::Result<Self> {
        let field = |name| schema.get_field(name);
        Ok(Self {
            at: field(numbers::AT)?,
            index: field(numbers::INDEX)?,
            by_index: field(numbers::BY_INDEX)?,
            duration_ms: field(numbers::DURATION_MS)?,
            partner: field(numbers::PARTNER)?,
            flags: field(numbers::FLAGS)?,
            columns: ColumnId::ALL.iter().map(|id| field(id.name())).collect::<Result<_, _>>()?,
            operator: field(FOLDED_OPERATOR)?,
            username: field(FOLDED_USERNAME)?,
            object_name: field(FOLDED_OBJECT_NAME)?,
        })
    }

    /// The field of a column, and of the posting lists of its values.
    pub(super) fn column(&self, id: ColumnId) -> Field {
        self.columns[id.number()]
    }

    /// The field of other posting lists.
    pub(super) fn posting(&self, id: PostingId) -> Field {
        match id {
            PostingId::Operator => self.operator,
            PostingId::Username => self.username,
            PostingId::ObjectName => self.object_name,
        }
    }
}

/// The schema that parts are written with.
pub(super) fn schema() -> Schema {
    // Values are whole: no tokens, no frequencies, no norms.
    let lists = TextFieldIndexing::default()
        .set_tokenizer("raw")
        .set_fieldnorms(false)
        .set_index_option(IndexRecordOption::Basic);
    let postings = TextOptions::default().set_indexing_options(lists);
    let mut schema = Schema::builder();
    schema.add_i64_field(numbers::AT, FAST);
    for name in [numbers::INDEX, numbers::BY_INDEX, numbers::DURATION_MS, numbers::PARTNER] {
        schema.add_u64_field(name, FAST);
    }
    let column = TextOptions::default().set_fast("raw");
    schema.add_text_field(numbers::FLAGS, column.clone());
    for id in ColumnId::ALL {
        let options = if id.has_postings() { &postings } else { &TextOptions::default() };
        schema.add_text_field(id.name(), options.clone().set_fast("raw"));
    }
    for name in [FOLDED_OPERATOR, FOLDED_USERNAME, FOLDED_OBJECT_NAME] {
        schema.add_text_field(name, postings.clone());
    }
    schema.build()
}
