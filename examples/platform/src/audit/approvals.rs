//! Acts on approvals, their policy and their data.

use annals_api::sdk::web::{Act, Call};
use annals_api::sdk::{Object, op};
use http::Method;

use super::declared::Declared;
use super::shown::{answered, changed, object, wanted};
use crate::approvals::{Approval, POLICY};
use crate::platform::App;

pub(super) fn declare(declared: Declared) -> Declared {
    let app = declared.app.clone();
    let concerned = |act: Act| {
        act.strict()
            .related("requester", of_some(&app, |it| Object::new("user").id(&it.requester)))
            .related(
                "data",
                of_some(&app, |it| object("approval_data", &it.data.id, Some(&it.data.name))),
            )
    };
    let request = |kind: &'static str| {
        of(&app, move |id, found| object(kind, id, found.map(|it| it.title.as_str())))
    };
    let decided = |act: Act| concerned(act).object(request("approval"));
    let at = |rest: &str| format!("/api/approvals/{{id}}/{rest}");
    declared
        .on(Method::POST, "/api/approvals", op::APPROVAL_INITIATE, |act| {
            act.object(wanted("approval", "/title"))
                .with(|call, event| {
                    super::shown::listed(call, "/paths").into_iter().fold(event, |event, path| {
                        let name = crate::files::name_of(path);
                        event.related("data", Object::new("file").id(path).name(name))
                    })
                })
                .ended(answered("approval"))
        })
        .on(Method::POST, &at("approve"), op::APPROVAL_APPROVE, decided)
        .on(Method::POST, &at("reject"), op::APPROVAL_REJECT, decided)
        .on(Method::PUT, &at("flow"), op::APPROVAL_FLOW_EDIT, |act| {
            let act = concerned(act).object(request("approval_flow"));
            act.related("approval", request("approval"))
        })
        .on(Method::PUT, "/api/approval-policy", op::APPROVAL_POLICY_FLOW_EDIT, |act| {
            let [id, name] = POLICY;
            act.strict()
                .object(move |_| Some(Object::new("approval_flow").id(id).name(name)))
                .ended(changed)
        })
        .on(
            Method::DELETE,
            "/api/approval-data/{id}",
            op::APPROVAL_DATA_DOWNLOAD_AREA_DELETE,
            |act| {
                let (data, approval) = (app.clone(), app.clone());
                act.strict()
                    .object(move |call| {
                        let id = call.param("id")?;
                        let state = data.state();
                        let found = state.approvals.of_data(id).ok();
                        Some(object("approval_data", id, found.map(|it| it.data.name.as_str())))
                    })
                    .related("approval", move |call| {
                        let state = approval.state();
                        let found = state.approvals.of_data(call.param("id")?).ok()?;
                        Some(object("approval", &found.id, Some(&found.title)))
                    })
            },
        )
}

/// The request that is decided on, or its id where it does not exist.
fn of<S>(app: &App, show: S) -> impl Fn(&Call) -> Option<Object> + use<S>
where
    S: Fn(&str, Option<&Approval>) -> Object,
{
    let app = app.clone();
    move |call| {
        let id = call.param("id")?;
        let state = app.state();
        Some(show(id, state.approvals.find(id).ok()))
    }
}

/// Something about the request that is decided on.
fn of_some<S>(app: &App, show: S) -> impl Fn(&Call) -> Option<Object> + use<S>
where
    S: Fn(&Approval) -> Object,
{
    let app = app.clone();
    move |call| {
        let state = app.state();
        state.approvals.find(call.param("id")?).ok().map(&show)
    }
}
