//! Acts on accounts, groups and integrations.

use annals_api::sdk::web::{Act, Call};
use annals_api::sdk::{Object, op};
use http::Method;

use super::declared::{Declared, with_all};
use super::shown::{answered, listed, object, wanted};
use crate::caller::Caller;
use crate::people::Provider;
use crate::platform::App;

/// Keys of what organisations give to whoever may read their directories.
const WECOM_SECRETS: [&str; 3] = ["corpsecret", "encoding_aes_key", "token"];
const FEISHU_SECRETS: [&str; 3] = ["app_secret", "encrypt_key", "verification_token"];

pub(super) fn declare(declared: Declared) -> Declared {
    integrations(own(groups(users(declared))))
}

/// An account with its display name.
fn user(app: &App, login: &str) -> Object {
    let name = app.state().people.user(login).ok().map(|user| user.name.clone());
    object("user", login, name.as_deref())
}

/// A group with its name.
fn group(app: &App, id: &str) -> Object {
    let name = app.state().people.group(id).ok().map(|group| group.name.clone());
    object("group", id, name.as_deref())
}

/// What one of these is for a part of a request.
type Named = fn(&App, &str) -> Object;

fn in_path(
    app: &App,
    what: &'static str,
    named: Named,
) -> impl Fn(&Call) -> Option<Object> + use<> {
    let app = app.clone();
    move |call| Some(named(&app, call.param(what)?))
}

fn in_list(
    app: &App,
    pointer: &'static str,
    named: Named,
) -> impl Fn(&Call) -> Vec<Object> + use<> {
    let app = app.clone();
    move |call| listed(call, pointer).into_iter().map(|id| named(&app, id)).collect()
}

fn users(declared: Declared) -> Declared {
    let app = declared.app.clone();
    let one = |act: Act| act.object(in_path(&app, "login", user));
    let at = |rest: &str| format!("/api/users/{{login}}{rest}");
    declared
        .on(Method::POST, "/api/users", op::USER_CREATE, |act| {
            let act = act.strict().mask(&["password"]);
            act.object(|call| Some(object("user", call.text("/login")?, call.text("/name"))))
        })
        .on(Method::PATCH, &at(""), op::USER_EDIT, |act| one(act.strict()).ended(answered("user")))
        .on(Method::PUT, &at("/home"), op::GROUP_ENVIRONMENT_CONFIGURE, one)
        .on(Method::POST, &at("/permissions"), op::USER_PERMISSION_ADD, |act| one(act.strict()))
        .on(Method::DELETE, &at("/permissions/{permission}"), op::USER_PERMISSION_DELETE, |act| {
            one(act.strict())
        })
        .on(Method::POST, &at("/groups"), op::USER_GROUP_ADD, |act| {
            let groups = in_list(&app, "/groups", group);
            one(act.strict()).with(move |call, event| {
                groups(call).into_iter().fold(event, |event, group| event.related("group", group))
            })
        })
        .on(Method::DELETE, &at("/groups/{group}"), op::USER_GROUP_REMOVE, |act| {
            one(act.strict()).related("group", in_path(&app, "group", group))
        })
        .on(Method::POST, "/api/users/delete", op::USER_DELETE, |act| {
            let users = in_list(&app, "/users", user);
            act.strict().with(move |call, event| with_all(event, users(call)))
        })
}

fn groups(declared: Declared) -> Declared {
    let app = declared.app.clone();
    let one = |act: Act| act.object(in_path(&app, "id", group));
    let at = |rest: &str| format!("/api/groups/{{id}}{rest}");
    declared
        .on(Method::POST, "/api/groups", op::GROUP_CREATE, |act| {
            act.object(wanted("group", "/name")).ended(answered("group"))
        })
        .on(Method::PATCH, &at(""), op::GROUP_EDIT, |act| one(act).ended(answered("group")))
        .on(Method::PUT, &at("/environment"), op::GROUP_ENVIRONMENT_CONFIGURE, one)
        .on(Method::POST, &at("/permissions"), op::GROUP_PERMISSION_ADD, |act| one(act.strict()))
        .on(Method::DELETE, &at("/permissions/{permission}"), op::GROUP_PERMISSION_DELETE, |act| {
            one(act.strict())
        })
        .on(Method::POST, &at("/members"), op::GROUP_MEMBER_ADD, |act| {
            let users = in_list(&app, "/users", user);
            act.strict()
                .with(move |call, event| with_all(event, users(call)))
                .related("group", in_path(&app, "id", group))
        })
        .on(Method::POST, "/api/groups/delete", op::GROUP_DELETE, |act| {
            let groups = in_list(&app, "/groups", group);
            act.strict().with(move |call, event| with_all(event, groups(call)))
        })
}

/// Acts on one's own account.
fn own(declared: Declared) -> Declared {
    let app = declared.app.clone();
    let own = |act: Act| {
        let app = app.clone();
        act.object(move |call| {
            let caller = call.parts().extensions.get::<Caller>()?;
            Some(user(&app, &caller.login))
        })
    };
    declared
        .on(Method::POST, "/api/account/password", op::USER_PASSWORD_CHANGE, |act| {
            own(act.strict().mask(&["old_password", "new_password"]))
        })
        .on(Method::PATCH, "/api/account", op::ACCOUNT_EDIT, |act| own(act).ended(answered("user")))
}

fn integrations(declared: Declared) -> Declared {
    let app = declared.app.clone();
    let gone = |act: Act, provider: Provider| {
        let app = app.clone();
        act.strict().object(move |call| {
            let id = call.param("id")?;
            let state = app.state();
            let found = state.people.integration(provider, id).ok();
            Some(object("integration", id, found.map(|found| found.name.as_str())))
        })
    };
    let answered = || answered("integration");
    declared
        .on(Method::POST, "/api/integrations/wecom", op::WECOM_ADD, |act| {
            let act = act.strict().mask(&WECOM_SECRETS).object(wanted("integration", "/corpid"));
            act.ended(answered())
        })
        .on(Method::POST, "/api/integrations/feishu", op::FEISHU_ADD, |act| {
            let act = act.strict().mask(&FEISHU_SECRETS).object(wanted("integration", "/app_id"));
            act.ended(answered())
        })
        .on(Method::DELETE, "/api/integrations/wecom/{id}", op::WECOM_DELETE, |act| {
            gone(act, Provider::Wecom)
        })
        .on(Method::DELETE, "/api/integrations/feishu/{id}", op::FEISHU_DELETE, |act| {
            gone(act, Provider::Feishu)
        })
}
