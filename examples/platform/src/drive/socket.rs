//! Remote sessions: opened, used, and ended in each of the ways in which they end.

use anyhow::{Context as _, Result, ensure};
use futures_util::{SinkExt as _, StreamExt as _};
use http::header::AUTHORIZATION;
use serde_json::Value;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::visitor::{Visitor, text};

/// An open session.
pub(super) struct Socket {
    pub(super) session: String,
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Socket {
    /// Asks for the address of a session on a node, opens it and uses it.
    pub(super) async fn open(
        visitor: &Visitor,
        environment: &str,
        protocol: &str,
        node: &str,
        application: &str,
    ) -> Result<Self> {
        let path = format!(
            "{environment}/session-address?protocol={protocol}&node={node}\
             &application={application}"
        );
        let address = visitor.sees(&path).await?;
        let session = text(&address, "/query/session")?;
        let mut url =
            reqwest::Url::parse(&format!("{}{}", visitor.base, text(&address, "/path")?))?;
        let members = address["query"].as_object().context("the address has no query")?;
        url.query_pairs_mut()
            .extend_pairs(members.iter().filter_map(|(name, value)| Some((name, value.as_str()?))));
        let url = url.as_str().replacen("http", "ws", 1);
        let mut request = url.into_client_request()?;
        request.headers_mut().insert(AUTHORIZATION, visitor.authorization().clone());
        let (mut stream, _) = connect_async(request).await.context("opening a session")?;
        stream.send(Message::text("hostname")).await?;
        let echo = stream.next().await.context("the session said nothing")??;
        ensure!(echo.to_text()? == "hostname", "not an echo: {echo}");
        Ok(Self { session, stream })
    }

    /// Its user closes it.
    pub(super) async fn close(mut self, visitor: &Visitor) -> Result<()> {
        self.stream.close(None).await?;
        gone(visitor, &self.session).await
    }

    /// The line breaks.
    pub(super) async fn tear(self, visitor: &Visitor) -> Result<()> {
        drop(self.stream);
        gone(visitor, &self.session).await
    }

    /// Waits until the platform has ended it, for the reason that it must give.
    pub(super) async fn ended(mut self, visitor: &Visitor, reason: &str) -> Result<()> {
        while let Some(message) = self.stream.next().await {
            if let Message::Close(frame) = message? {
                let told = frame.map(|frame| frame.reason.to_string()).unwrap_or_default();
                ensure!(told == reason, "the session ended for `{told}`, not `{reason}`");
                return gone(visitor, &self.session).await;
            }
        }
        anyhow::bail!("the session ended without a word")
    }
}

/// Waits until nobody lists it any more.
async fn gone(visitor: &Visitor, session: &str) -> Result<()> {
    let is_gone = |seen: &Value| {
        let items = seen["items"].as_array();
        !items.is_some_and(|items| items.iter().any(|item| item["session"] == session))
    };
    visitor.waits("/api/sessions", is_gone).await.map(|_| ())
}
