//! Calls for export jobs and saved views.

use std::io::Read;
use std::time::Duration;

use reqwest::Method;
use reqwest::header::RANGE;

use super::{Client, ClientError, json};
use crate::routes;
use crate::wire::export::{Export, ExportRequest, ExportsAnswer};
use crate::wire::view::{View, ViewDraft, ViewsAnswer};

/// Longest time one download may take, seconds.
const DOWNLOAD_SECONDS_MAX: u64 = 24 * 3600;

impl Client {
    /// Begins an export job.
    ///
    /// # Errors
    /// As for all calls; `bad_filter` carries the place.
    pub fn begin_export(&self, request: &ExportRequest) -> Result<Export, ClientError> {
        json(self.send(|client| client.request(Method::POST, routes::EXPORTS).json(request))?)
    }

    /// The caller's export jobs, newest first.
    ///
    /// # Errors
    /// As for all calls.
    pub fn exports(&self) -> Result<ExportsAnswer, ClientError> {
        json(self.get(routes::EXPORTS, &[])?)
    }

    /// One export job.
    ///
    /// # Errors
    /// As for all calls.
    pub fn export(&self, id: &str) -> Result<Export, ClientError> {
        json(self.get(&named(routes::EXPORT, id), &[])?)
    }

    /// Ends an export job, or removes one that has ended with its file.
    ///
    /// # Errors
    /// As for all calls.
    pub fn end_export(&self, id: &str) -> Result<(), ClientError> {
        let path = named(routes::EXPORT, id);
        self.send(|client| client.request(Method::DELETE, &path)).map(|_| ())
    }

    /// The file of a job that is done, from a byte on.
    ///
    /// # Errors
    /// As for all calls.
    pub fn export_file(&self, id: &str, from: u64) -> Result<Box<dyn Read + Send>, ClientError> {
        let path = named(routes::EXPORT_FILE, id);
        let response = self.send(|client| {
            let request = client.request(Method::GET, &path);
            let request = request.timeout(Duration::from_secs(DOWNLOAD_SECONDS_MAX));
            if from == 0 { request } else { request.header(RANGE, format!("bytes={from}-")) }
        })?;
        Ok(Box::new(response))
    }

    /// The saved views that the caller may see.
    ///
    /// # Errors
    /// As for all calls.
    pub fn views(&self) -> Result<ViewsAnswer, ClientError> {
        json(self.get(routes::VIEWS, &[])?)
    }

    /// Saves a view.
    ///
    /// # Errors
    /// As for all calls; `bad_filter` carries the place.
    pub fn save_view(&self, draft: &ViewDraft) -> Result<View, ClientError> {
        json(self.send(|client| client.request(Method::POST, routes::VIEWS).json(draft))?)
    }
}

fn named(route: &str, id: &str) -> String {
    route.replace("{id}", id)
}
