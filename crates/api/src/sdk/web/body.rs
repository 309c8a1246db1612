//! `Peeked`: a body whose beginning was looked at, and which is passed on as if it had not been.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt as _;

/// A body whose beginning was looked at.
#[derive(Debug)]
pub struct Peeked<B: Body> {
    seen: VecDeque<Frame<Bytes>>,
    broken: Option<B::Error>,
    /// None once all of it was seen.
    rest: Option<B>,
}

/// What was seen of a body.
pub(super) struct Beginning {
    pub(super) bytes: Vec<u8>,
    /// True if that is all of it.
    pub(super) is_whole: bool,
}

impl<B: Body<Data = Bytes> + Unpin> Peeked<B> {
    /// A body that was not looked at.
    pub(super) fn not(body: B) -> Self {
        Self { seen: VecDeque::new(), broken: None, rest: Some(body) }
    }

    /// A body of our own.
    pub(super) fn text(text: String) -> Self {
        Self { seen: VecDeque::from([Frame::data(text.into())]), broken: None, rest: None }
    }

    /// Waits for the beginning, about `bytes_enough` of it.
    pub(super) async fn at(body: B, bytes_enough: usize) -> (Self, Beginning) {
        let mut peeked = Self::not(body);
        let mut bytes = Vec::new();
        while let Some(rest) = &mut peeked.rest
            && bytes.len() < bytes_enough
        {
            let next = rest.frame().await;
            match next {
                None => peeked.rest = None,
                Some(Err(error)) => {
                    peeked.broken = Some(error);
                    break;
                }
                Some(Ok(frame)) => {
                    if let Some(data) = frame.data_ref() {
                        bytes.extend_from_slice(data);
                    }
                    peeked.seen.push_back(frame);
                }
            }
        }
        let is_whole = peeked.rest.is_none();
        (peeked, Beginning { bytes, is_whole })
    }
}

impl<B: Body<Data = Bytes> + Unpin> Body for Peeked<B>
where
    B::Error: Unpin,
{
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        if let Some(frame) = self.seen.pop_front() {
            return Poll::Ready(Some(Ok(frame)));
        }
        if let Some(error) = self.broken.take() {
            self.rest = None;
            return Poll::Ready(Some(Err(error)));
        }
        match &mut self.rest {
            Some(rest) => Pin::new(rest).poll_frame(context),
            None => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        let is_over = self.rest.as_ref().is_none_or(Body::is_end_stream);
        self.seen.is_empty() && self.broken.is_none() && is_over
    }

    fn size_hint(&self) -> SizeHint {
        let seen = self.seen.iter().filter_map(Frame::data_ref).map(|data| data.len() as u64);
        let seen: u64 = seen.sum();
        let rest = self.rest.as_ref().map_or_else(|| SizeHint::with_exact(0), Body::size_hint);
        let mut hint = SizeHint::new();
        hint.set_lower(rest.lower() + seen);
        if let Some(upper) = rest.upper() {
            hint.set_upper(upper + seen);
        }
        hint
    }
}
