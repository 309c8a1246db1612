//! Bodies on their way through: passed on piece by piece, looked at where a route asks for it.
//!
//! A body is never held as a whole: what was read ahead is passed on first. The end of an answer
//! whose operation is recorded is handed on only after that is done: who has the whole answer finds
//! it recorded. If the client leaves before, it is done all the same.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use annals_map::route::{Capture, Data};
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;

/// Why a body broke off.
pub(crate) type Broken = Box<dyn std::error::Error + Send + Sync>;

/// A body in either direction.
#[derive(Debug, Default)]
pub(crate) struct Outgoing {
    ahead: VecDeque<Bytes>,
    rest: Option<Incoming>,
    /// Bytes that may still come, where there is a limit.
    left: Option<u64>,
    watch: Watch,
}

#[derive(Debug, Default)]
enum Watch {
    #[default]
    Nobody,
    Capture(Late),
    End(Box<AtEnd>),
}

/// How an answer's body ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// As it should.
    Whole,
    /// The platform broke it off.
    Broken,
    /// The client left before.
    Left,
}

type Doing = Pin<Box<dyn Future<Output = ()> + Send>>;
type Then = Box<dyn FnOnce(End, Option<Data>) -> Doing + Send>;

/// What is done when an answer's body has ended.
struct AtEnd {
    capture: Option<Capture>,
    then: Option<Then>,
    doing: Option<Doing>,
    /// What is handed on when it is done.
    held: Option<Result<Frame<Bytes>, Broken>>,
}

impl std::fmt::Debug for AtEnd {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AtEnd").field("is_begun", &self.then.is_none()).finish_non_exhaustive()
    }
}

/// A body of a request that is looked at while it passes.
#[derive(Clone, Debug)]
pub(crate) struct Late(Arc<Mutex<Option<Capture>>>);

impl Late {
    fn new(capture: Capture) -> Self {
        Self(Arc::new(Mutex::new(Some(capture))))
    }

    fn push(&self, chunk: &Bytes) {
        let mut capture = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(capture) = &mut *capture {
            capture.push(chunk);
        }
    }

    /// What has passed so far.
    pub(crate) fn finish(&self) -> Option<Data> {
        let capture = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        capture.and_then(Capture::finish)
    }
}

impl Outgoing {
    /// No body.
    pub(crate) fn empty() -> Self {
        Self::default()
    }

    /// A text of the gateway's own.
    pub(crate) fn text(text: String) -> Self {
        Self { ahead: VecDeque::from([text.into()]), ..Self::default() }
    }

    /// A body that passes; of at most `bytes_max` bytes, if that is not 0.
    pub(crate) fn passed(body: Incoming, bytes_max: u64) -> Self {
        Self { rest: Some(body), left: (bytes_max > 0).then_some(bytes_max), ..Self::default() }
    }

    /// Reads ahead until the end or until there are more than `bytes_enough`; true at the end.
    pub(crate) async fn read_ahead(&mut self, bytes_enough: usize) -> Result<bool, Broken> {
        let mut bytes = 0;
        while bytes <= bytes_enough {
            let next = std::future::poll_fn(|context| self.poll_rest(context)).await;
            match next.transpose()? {
                None => return Ok(true),
                Some(frame) => {
                    // Trailers of requests mean nothing to anybody here.
                    if let Ok(data) = frame.into_data() {
                        bytes += data.len();
                        self.ahead.push_back(data);
                    }
                }
            }
        }
        Ok(false)
    }

    /// Shows what was read ahead.
    pub(crate) fn show(&self, mut capture: Capture) -> Capture {
        self.ahead.iter().for_each(|chunk| capture.push(chunk));
        capture
    }

    /// Looks at all of it while it passes.
    pub(crate) fn watched(mut self, capture: Capture) -> (Self, Late) {
        let late = Late::new(self.show(capture));
        self.watch = Watch::Capture(late.clone());
        (self, late)
    }

    /// Does something when it has ended, with what was looked at.
    pub(crate) fn then(mut self, capture: Option<Capture>, then: Then) -> Self {
        let at_end = AtEnd { capture, then: Some(then), doing: None, held: None };
        self.watch = Watch::End(Box::new(at_end));
        self
    }

    fn poll_rest(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        let Some(rest) = &mut self.rest else { return Poll::Ready(None) };
        let next = ready!(Pin::new(rest).poll_frame(context));
        Poll::Ready(match next {
            None => {
                self.rest = None;
                None
            }
            Some(Err(error)) => Some(Err(error.into())),
            Some(Ok(frame)) => {
                let bytes = frame.data_ref().map_or(0, |data| data.len() as u64);
                match self.left.map(|left| left.checked_sub(bytes)) {
                    Some(None) => Some(Err("the body is larger than the gateway takes".into())),
                    left => {
                        self.left = left.flatten();
                        Some(Ok(frame))
                    }
                }
            }
        })
    }
}

impl AtEnd {
    fn begin(&mut self, how: End) {
        let data = self.capture.take().and_then(Capture::finish);
        self.doing = self.then.take().map(|then| then(how, data));
    }

    /// Hands on what was held, once all is done.
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        if let Some(doing) = &mut self.doing {
            ready!(doing.as_mut().poll(context));
            self.doing = None;
        }
        Poll::Ready(self.held.take())
    }
}

impl Drop for AtEnd {
    fn drop(&mut self) {
        if self.then.is_some() {
            self.begin(End::Left);
        }
        if let (Some(doing), Ok(runtime)) =
            (self.doing.take(), tokio::runtime::Handle::try_current())
        {
            runtime.spawn(doing);
        }
    }
}

impl Body for Outgoing {
    type Data = Bytes;
    type Error = Broken;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        let this = &mut *self;
        if let Some(chunk) = this.ahead.pop_front() {
            return Poll::Ready(Some(Ok(Frame::data(chunk))));
        }
        if let Watch::End(end) = &mut this.watch
            && end.then.is_none()
        {
            return end.poll(context);
        }
        let next = ready!(this.poll_rest(context));
        let is_last = this.rest.as_ref().is_none_or(Body::is_end_stream);
        let data = next.as_ref().and_then(|frame| frame.as_ref().ok()?.data_ref());
        match &mut this.watch {
            Watch::Nobody => {}
            Watch::Capture(late) => data.into_iter().for_each(|data| late.push(data)),
            Watch::End(end) => {
                if let (Some(capture), Some(data)) = (&mut end.capture, data) {
                    capture.push(data);
                }
                let how = match &next {
                    Some(Err(_)) => Some(End::Broken),
                    _ => is_last.then_some(End::Whole),
                };
                if let Some(how) = how {
                    end.held = next;
                    end.begin(how);
                    return end.poll(context);
                }
            }
        }
        Poll::Ready(next)
    }

    fn is_end_stream(&self) -> bool {
        let is_done = match &self.watch {
            Watch::End(end) => end.then.is_none() && end.doing.is_none() && end.held.is_none(),
            Watch::Nobody | Watch::Capture(_) => true,
        };
        is_done && self.ahead.is_empty() && self.rest.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        let ahead: u64 = self.ahead.iter().map(|chunk| chunk.len() as u64).sum();
        let rest = self.rest.as_ref().map_or_else(|| SizeHint::with_exact(0), Body::size_hint);
        let held = match &self.watch {
            Watch::End(end) => match &end.held {
                Some(Ok(frame)) => frame.data_ref().map_or(0, |data| data.len() as u64),
                _ => 0,
            },
            Watch::Nobody | Watch::Capture(_) => 0,
        };
        let mut hint = SizeHint::new();
        hint.set_lower(rest.lower() + ahead + held);
        if let Some(upper) = rest.upper() {
            hint.set_upper(upper + ahead + held);
        }
        hint
    }
}
