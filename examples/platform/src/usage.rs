//! `Usage`: reports of what was used, exported once and downloaded from there.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ids::Ids;
use crate::refusal::Refusal;

/// Whose usage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Subject {
    LicenseUsage,
    ResourceUsage,
}

impl Subject {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::LicenseUsage => "license-usage",
            Self::ResourceUsage => "resource-usage",
        }
    }
}

/// What to export.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct NewExport {
    /// Such as `2026-10`.
    pub(crate) month: String,
}

/// A report that was made.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Export {
    pub(crate) id: String,
    pub(crate) report: Report,
    #[serde(skip)]
    pub(crate) csv: String,
}

/// What the report is called; as a file, with its kind.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Report {
    pub(crate) id: String,
    pub(crate) name: String,
}

/// All of them.
#[derive(Debug, Default)]
pub(crate) struct Usage {
    exports: BTreeMap<String, Export>,
}

impl Usage {
    pub(crate) fn export(
        &mut self,
        ids: &mut Ids,
        subject: Subject,
        ask: &NewExport,
        rows: Vec<[String; 3]>,
    ) -> Result<Export, Refusal> {
        let is_month = jiff::civil::Date::strptime("%Y-%m-%d", format!("{}-01", ask.month)).is_ok();
        if !is_month {
            return Err(Refusal::Request(format!("`{}` is no month like 2026-10", ask.month)));
        }
        let id = format!("{}-{}", subject.word(), ask.month);
        let report = Report { name: format!("{id}.csv"), id };
        let lines = rows.iter().map(|row| row.join(","));
        let header = "id,name,quantity".to_owned();
        let csv: String = [header].into_iter().chain(lines).map(|line| line + "\n").collect();
        let export = Export { id: ids.next("x"), report, csv };
        self.exports.insert(export.id.clone(), export.clone());
        Ok(export)
    }

    /// An export, if it is of this report.
    pub(crate) fn find(&self, export: &str, report: &str) -> Result<&Export, Refusal> {
        let found = self.exports.get(export).filter(|found| found.report.id == report);
        found.ok_or_else(|| Refusal::missing("export", export))
    }
}
