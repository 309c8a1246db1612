//! Acts on files, usage reports, licences and settings.

use annals_api::sdk::web::{Act, Answer, Call};
use annals_api::sdk::{End, Object, op};
use axum::extract::Query;
use http::Method;

use super::declared::{Declared, with_all};
use super::shown::{answered, changed, listed, object};
use crate::files::name_of;

pub(super) fn declare(declared: Declared) -> Declared {
    let declared = usage(files(declared));
    declared
        .on(Method::POST, "/api/licenses", op::LICENSE_IMPORT, |act| {
            act.strict().object(file_of("license")).ended(answered("license"))
        })
        .on(Method::POST, "/api/service-packages", op::SERVICE_PACKAGE_IMPORT, |act| {
            act.strict().object(file_of("service_package")).ended(answered("service_package"))
        })
        .on(Method::PUT, "/api/settings", op::SETTINGS_GLOBAL_EDIT, |act| {
            act.strict()
                .object(|_| Some(object("settings", "global", Some("Global settings"))))
                .ended(changed)
        })
}

/// What is imported, by the name of its file.
fn file_of(kind: &'static str) -> impl Fn(&Call) -> Option<Object> {
    move |call| Some(Object::new(kind).name(call.text("/file/file")?))
}

fn place(kind: &str, path: &str) -> Object {
    object(kind, path, Some(name_of(path)))
}

/// The place that the address of a request names.
fn asked(kind: &'static str) -> impl Fn(&Call) -> Option<Object> {
    move |call| {
        let query = Query::<std::collections::BTreeMap<String, String>>::try_from_uri;
        let Query(members) = query(&call.parts().uri).ok()?;
        Some(place(kind, members.get("path")?))
    }
}

fn files(declared: Declared) -> Declared {
    let way = |act: Act| {
        act.object(|call| Some(place("file", call.text("/from")?)))
            .related("destination", |call| Some(place("file", call.text("/to")?)))
    };
    declared
        .on(Method::POST, "/api/files", op::FILE_UPLOAD, |act| {
            act.object(|call| {
                let path = format!("{}/{}", call.text("/folder")?, call.text("/file/file")?);
                Some(place("file", &path))
            })
        })
        .on(Method::POST, "/api/files/folders", op::FOLDER_CREATE, |act| {
            act.object(|call| Some(place("folder", call.text("/path")?)))
        })
        .on(Method::POST, "/api/files/copy", op::FILE_COPY, way)
        .on(Method::POST, "/api/files/move", op::FILE_MOVE, way)
        .on(Method::POST, "/api/files/delete", op::FILE_DELETE, |act| {
            act.with(|call, event| {
                let paths = listed(call, "/paths").into_iter();
                with_all(event, paths.map(|path| place("file", path)).collect())
            })
        })
        .on(Method::GET, "/api/files/download", op::FILE_DOWNLOAD, |act| act.object(asked("file")))
        .on(Method::GET, "/api/files/package", op::FOLDER_PACKAGE_DOWNLOAD, |act| {
            act.strict().object(asked("folder"))
        })
}

fn usage(declared: Declared) -> Declared {
    let exported = |act: Act| {
        act.ended(|answer: &Answer, end: End| {
            let (Some(id), Some(name)) = (answer.text("/report/id"), answer.text("/report/name"))
            else {
                return end;
            };
            let end = end.target(object("usage_report", id, Some(name)));
            match answer.text("/id") {
                Some(export) => end.related("export", Object::new("usage_export").id(export)),
                None => end,
            }
        })
    };
    let downloaded = |act: Act| {
        act.object(|call| {
            let report = call.param("report")?;
            Some(object("usage_report", report, Some(&format!("{report}.csv"))))
        })
        .related("export", |call| Some(Object::new("usage_export").id(call.param("export")?)))
    };
    let at = |subject: &str, rest: &str| format!("/api/billing/{subject}/exports{rest}");
    let (licenses, resources) = ("license-usage", "resource-usage");
    let file = "/{export}/{report}";
    declared
        .on(Method::POST, &at(licenses, ""), op::BILLING_LICENSE_USAGE_EXPORT, exported)
        .on(Method::POST, &at(resources, ""), op::BILLING_RESOURCE_USAGE_EXPORT, exported)
        .on(Method::GET, &at(licenses, file), op::BILLING_LICENSE_USAGE_DOWNLOAD, downloaded)
        .on(Method::GET, &at(resources, file), op::BILLING_RESOURCE_USAGE_DOWNLOAD, downloaded)
}
