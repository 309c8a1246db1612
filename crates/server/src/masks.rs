//! `Masks`: which values somebody may not see, in one place for every answer.
//!
//! | what | stands as `***` for | in clear |
//! |---|---|---|
//! | `origin`, the raw line of an event | roles without `see-origins`: viewers | all others |
//! | what was typed for a name, of `user.login_unknown` | everybody | unmasked, for a reason |
//!
//! The raw line may hold more than the event. What is typed in the place of an account that does
//! not exist is often a password. What is masked can be neither confirmed nor denied by asking: a
//! filter by it is refused, or such a term is unknown for the event, and what is unknown is no
//! hit, also under `NOT` (as in scopes); no facet, group, completion, history or profile has it.

use annals_record::{Catalogue, Tag};
use annals_views::{Field, Filter, Found, Question, Scope, Term};

use crate::auth::identity::Identity;
use crate::auth::role::{Right, Roles};

/// Sign-in of an account that does not exist.
const LOGIN_UNKNOWN: &str = "user.login_unknown";
/// Its fields that can hold what was typed.
const TYPED: &[Tag] = &[
    Tag::OBJECT_NAME,
    Tag::REQUEST_DATA,
    Tag::CHANGES,
    Tag::REASON,
    Tag::USERNAME,
    Tag::OPERATOR,
    Tag::OBJECT_ID,
    Tag::OBJECTS,
    Tag::ORIGIN,
    Tag::OPERATOR_ID,
    Tag::OPERATOR_NAME,
];
/// The same fields, as filters and facets name them.
const TYPED_FIELDS: &[Field] = &[
    Field::Anything,
    Field::Operator,
    Field::Username,
    Field::User,
    Field::OperatorId,
    Field::OperatorName,
    Field::ObjectId,
    Field::ObjectName,
    Field::Object,
    Field::RequestData,
    Field::Changes,
    Field::Reason,
    Field::Origin,
];

/// The field is masked for whoever asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the field `{0}` is masked for you: ask without it")]
pub(crate) struct MaskedField(pub(crate) &'static str);

/// Which values somebody may not see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Masks {
    origin: bool,
}

impl Masks {
    /// What is masked for a caller.
    pub(crate) fn of(identity: &Identity) -> Self {
        Self::of_roles(identity.roles)
    }

    /// What is masked for holders of these roles.
    pub(crate) fn of_roles(roles: Roles) -> Self {
        Self { origin: !roles.may(Right::SeeOrigins) }
    }

    /// The fields of an event that are masked, whether it has them or not.
    pub(crate) fn tags(self, event: &Found) -> &'static [Tag] {
        if event.leaf.core().operation() == LOGIN_UNKNOWN {
            TYPED
        } else if self.origin {
            &[Tag::ORIGIN]
        } else {
            &[]
        }
    }

    /// Refuses a question about the values of a masked field.
    pub(crate) fn check(self, field: Field) -> Result<(), MaskedField> {
        let is_masked = self.origin && field == Field::Origin;
        if is_masked { Err(MaskedField(field.name())) } else { Ok(()) }
    }

    /// The filter, so that it tells nothing of what is masked: sign-ins of unknown accounts are
    /// found only by what is known of them without it.
    pub(crate) fn narrow(
        self,
        filter: Filter,
        catalogue: &Catalogue,
    ) -> Result<Filter, MaskedField> {
        for term in filter.terms() {
            self.check(term.field)?;
        }
        Ok(match sign_ins_of_unknown(catalogue) {
            None => filter,
            Some(unknown) => filter.masking(&unknown, &is_typed),
        })
    }

    /// The scope, so that it tells nothing of what is masked either: who reads events may make
    /// tokens for pages with scopes of their own choice.
    pub(crate) fn narrow_scope(self, scope: Scope, catalogue: &Catalogue) -> Scope {
        match sign_ins_of_unknown(catalogue) {
            Some(unknown) if !scope.is_everything() => {
                scope.masking(&unknown, &is_typed, catalogue)
            }
            _ => scope,
        }
    }

    /// The question, for an answer that shows values of `fields`.
    pub(crate) fn for_values(
        self,
        question: Question,
        fields: &[Field],
        catalogue: &Catalogue,
    ) -> Result<Question, MaskedField> {
        fields.iter().try_for_each(|field| self.check(*field))?;
        let is_typed = fields.iter().any(|field| TYPED_FIELDS.contains(field));
        match sign_ins_of_unknown(catalogue).filter(|_| is_typed) {
            None => Ok(question),
            Some(unknown) => {
                let parts = [question.filter, Filter::negated(unknown)];
                let parts = parts.into_iter().filter(|part| *part != Filter::All);
                Ok(Question { filter: Filter::and(parts), ..question })
            }
        }
    }
}

/// True if values of the field can be what was typed in the place of a name.
pub(crate) fn is_typed_field(field: Field) -> bool {
    TYPED_FIELDS.contains(&field)
}

fn is_typed(term: &Term) -> bool {
    is_typed_field(term.field)
}

/// None where the catalogue does not know them: then there are none.
fn sign_ins_of_unknown(catalogue: &Catalogue) -> Option<Filter> {
    Filter::parse(&format!("operation:{LOGIN_UNKNOWN}"), catalogue).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::role::Role;

    // What is masked must not be found out by asking for it: not directly, not by what is left
    // when it is excluded, not by free text.
    #[test]
    fn filters_tell_nothing_of_what_is_masked() {
        let catalogue = Catalogue::built_in();
        let check = |role: Role, filter: &str, expected: Result<&str, &str>| {
            let parsed = Filter::parse(filter, &catalogue).expect("a filter");
            let narrowed = Masks::of_roles(role.into()).narrow(parsed, &catalogue);
            let narrowed = narrowed.map(|filter| filter.to_string());
            let expected = expected.map(str::to_owned).map_err(str::to_owned);
            assert_eq!(narrowed.map_err(|MaskedField(field)| field.to_owned()), expected);
        };
        check(Role::Viewer, "", Ok("*"));
        check(Role::Viewer, "service:auth outcome:denied", Ok("service:auth outcome:denied"));
        // Known false of what is masked: not even where the term is denied is it a hit.
        let known = "-operation:user.login_unknown";
        check(Role::Auditor, "operator:li4", Ok(&format!("operator:li4 {known}")));
        check(Role::Auditor, "hunter2", Ok(&format!("hunter2 {known}")));
        check(Role::Auditor, "-operator:li4", Ok(&format!("-operator:li4 {known}")));
        check(Role::Auditor, "-reason:*", Ok(&format!("-reason:* {known}")));
        let either = "outcome:denied OR -operator:li4";
        let shown = "outcome:denied operation:user.login_unknown";
        check(Role::Auditor, either, Ok(&format!("({either}) {known} OR {shown}")));
        let pair = format!("object.type:a object.id:b {known}");
        check(Role::Auditor, "object.type:a object.id:b", Ok(&pair));
        check(Role::Viewer, "origin:*secret*", Err("origin"));
        check(Role::Viewer, "outcome:denied OR -origin.line:x", Err("origin"));
        check(Role::Auditor, "origin:*secret*", Ok(&format!("origin:*secret* {known}")));
    }
}
