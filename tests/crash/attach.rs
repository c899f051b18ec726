//! A phone that makes its local workspace an account's, and says so at every point where the core asks for the time,
//! for chance or for the server, and where it tells what changed.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use roadbook_client::account::{Credentials, Installation};
use roadbook_client::app::{self, Attached};
use roadbook_client::{Client, HttpTransport, Transport, TransportError};
use roadbook_domain::value::env::{Env, SystemEnv};
use roadbook_domain::value::time::Timestamp;
use roadbook_tests::sim::PASSWORD;

use crate::phone::{reached, say};

/// Attaches the file to the firm's first user. At the point with the number `stop_at` it stays, to be killed there.
pub async fn run(file: &Path, server: &Path, device: u8, stop_at: Option<usize>) {
    let points = Arc::new(Points { passed: AtomicUsize::new(0), stop_at });
    let client = Client::open(file, Arc::new(Asked(Arc::clone(&points)))).unwrap();
    let told = Arc::clone(&points);
    let _subscription = client.subscribe(move |_| told.pass());
    let line = Line { transport: reached(server).unwrap(), points };
    let credentials = Credentials { email: "user0@example.com", password: PASSWORD };
    let installation = Installation { platform: "test", name: "phone", secret: &[device; 32] };
    let attached = app::attach(&client, &line, credentials, installation, &[], &[]).await;
    assert!(matches!(attached, Ok(Attached::Done { .. })), "{attached:?}");
    say("attached");
}

struct Points {
    passed: AtomicUsize,
    stop_at: Option<usize>,
}

impl Points {
    fn pass(&self) {
        let number = self.passed.fetch_add(1, Ordering::Relaxed);
        say("point");
        if self.stop_at == Some(number) {
            loop {
                std::thread::park();
            }
        }
    }
}

/// The system's clock and chance.
struct Asked(Arc<Points>);

impl Env for Asked {
    fn now(&self) -> Timestamp {
        self.0.pass();
        SystemEnv.now()
    }

    fn fill(&self, bytes: &mut [u8]) {
        self.0.pass();
        SystemEnv.fill(bytes);
    }
}

/// A line to the server: there are points before a call and after its answer.
struct Line {
    transport: HttpTransport,
    points: Arc<Points>,
}

impl Transport for Line {
    async fn exchange(&self, token: &str, frame: Vec<u8>) -> Result<Vec<u8>, TransportError> {
        self.points.pass();
        let answer = self.transport.exchange(token, frame).await;
        self.points.pass();
        answer
    }

    async fn post(&self, path: &str, token: Option<&str>, json: String) -> Result<String, TransportError> {
        self.points.pass();
        let answer = self.transport.post(path, token, json).await;
        self.points.pass();
        answer
    }
}
