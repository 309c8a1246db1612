//! Usage reports and imports.

use anyhow::Result;
use http::Method;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::Crew;
use super::visitor::text;

pub(super) async fn work(crew: &Crew) -> Result<()> {
    let carol = &crew.carol;
    for (path, name, data) in [
        ("/api/licenses", "blender-2027.lic", "FEATURE blender 4.2 SEATS=25 KEY=0f9e-aa31"),
        ("/api/service-packages", "support-gold.pkg", "SERVICE gold UNTIL 2027-12-31"),
    ] {
        let sha256 = Sha256::digest(data);
        let sha256: String = sha256.iter().map(|byte| format!("{byte:02x}")).collect();
        carol.sends_file(path, &[("sha256", &sha256)], (name, data.as_bytes())).await?;
    }
    for subject in ["license-usage", "resource-usage"] {
        let path = format!("/api/billing/{subject}/exports");
        let made = carol.does(Method::POST, &path, json!({"month": "2026-10"})).await?;
        let path = format!("{path}/{}/{}", text(&made, "/id")?, text(&made, "/report/id")?);
        carol.sees(&path).await?;
        crew.alice.refused(403, Method::GET, &path, json!(null)).await?;
    }
    Ok(())
}
