//! How a request's body arrives: what a client must reach is a rate, not a time.
//!
//! A phone on a slow line sends a large body for minutes and is welcome; a client that holds a place
//! with a few bytes is not (R28).

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, Bytes};
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use tokio::time::Instant;

/// What a client and the work on its request are allowed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Allowance {
    /// How long a body may take however slow it is.
    pub grace: Duration,
    /// How many bytes of a body a second there must be on average, once the grace is over.
    pub rate: u32,
    /// How long a request may take once its body is here.
    pub work: Duration,
}

/// The body of one request on its way.
#[derive(Debug)]
pub(super) struct Arrival {
    allowance: Allowance,
    began: Instant,
    so_far: Mutex<SoFar>,
}

#[derive(Debug, Default)]
struct SoFar {
    bytes: u64,
    /// When the body ended, or failed: from then on only the work on it counts.
    ended: Option<Instant>,
}

impl Arrival {
    /// A request that begins now, and its body, which tells how it arrives.
    pub(super) fn watch(allowance: Allowance, body: Body) -> (Arc<Self>, Body) {
        let arrival = Arc::new(Self { allowance, began: Instant::now(), so_far: Mutex::default() });
        // A request without a body may never be polled for one.
        if body.is_end_stream() {
            arrival.lock().ended = Some(arrival.began);
        }
        let watched = Watched { body, arrival: Arc::clone(&arrival) };
        (arrival, Body::new(watched))
    }

    /// When the request is too slow, unless more of its body has arrived by then.
    pub(super) fn deadline(&self) -> Instant {
        let SoFar { bytes, ended } = *self.lock();
        let Allowance { grace, rate, work } = self.allowance;
        match ended {
            Some(ended) => ended + work,
            // A body has a greatest size, so this ends, too.
            None => {
                self.began
                    + grace
                    + Duration::from_millis(bytes.saturating_mul(1000) / u64::from(rate.max(1)))
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, SoFar> {
        self.so_far.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Watched {
    body: Body,
    arrival: Arc<Arrival>,
}

impl HttpBody for Watched {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        let mut so_far = self.arrival.lock();
        match &frame {
            Some(Ok(frame)) => {
                let length = frame.data_ref().map_or(0, Bytes::len);
                so_far.bytes = so_far.bytes.saturating_add(u64::try_from(length).unwrap_or(u64::MAX));
                // A reader that has the whole length need not poll again, so the end is noted here.
                if self.body.is_end_stream() {
                    so_far.ended.get_or_insert_with(Instant::now);
                }
            }
            Some(Err(_)) | None => drop(so_far.ended.get_or_insert_with(Instant::now)),
        }
        drop(so_far);
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
