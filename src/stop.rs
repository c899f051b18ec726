//! Being asked to stop: by a terminal, a service manager, or the end of a connection.

use tokio::sync::{oneshot, watch};

/// Tells whether somebody asked the program to stop. Clones tell the same.
#[derive(Debug, Clone)]
pub struct Stop(watch::Receiver<bool>);

impl Stop {
    /// Listens from now on to SIGINT, SIGTERM, SIGHUP and SIGQUIT, which without it would end the program at once:
    /// then nobody would clean up.
    pub fn listen() -> Self {
        // Not in the task: a signal that came before its turn would still end the program.
        Self::after(signalled())
    }

    /// The same, and standard input: that it ends is another way of asking, which also the death of whoever holds its
    /// other end cannot leave out.
    pub fn listen_with_input() -> Self {
        let (signalled, input_ended) = (signalled(), input_ended());
        Self::after(async move {
            tokio::select! {
                () = signalled => {}
                () = input_ended => tracing::info!("standard input has ended, and so does this server"),
            }
        })
    }

    fn after(asking: impl Future<Output = ()> + Send + 'static) -> Self {
        let (asked, told) = watch::channel(false);
        tokio::spawn(async move {
            asking.await;
            asked.send_replace(true);
            // As long as somebody listens: a dropped sender would look like a signal.
            asked.closed().await;
        });
        Self(told)
    }

    /// Whether it was asked.
    pub fn is_asked(&self) -> bool {
        *self.0.borrow()
    }

    /// Done when it is asked.
    pub async fn asked(&self) {
        drop(self.0.clone().wait_for(|asked| *asked).await);
    }
}

/// Done when standard input ends.
fn input_ended() -> impl Future<Output = ()> + Send + 'static {
    let (held, told) = oneshot::channel::<()>();
    // A thread that nobody waits for: reading cannot be given up, and the runtime would wait for its own at the end.
    std::thread::spawn(move || {
        drop(std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink()));
        drop(held);
    });
    async move { drop(told.await) }
}

/// Listens from its call on, not from its first poll.
#[cfg(unix)]
fn signalled() -> impl Future<Output = ()> + Send + 'static {
    use tokio::signal::unix::{Signal, SignalKind, signal};
    // Without one of these signals the program can still be stopped by another.
    async fn received(signal: Option<Signal>) {
        match signal {
            Some(mut signal) => signal.recv().await.unwrap_or_default(),
            None => std::future::pending().await,
        }
    }
    let interrupted = received(signal(SignalKind::interrupt()).ok());
    let terminated = received(signal(SignalKind::terminate()).ok());
    let quit = received(signal(SignalKind::quit()).ok());
    let hung_up = received((!ignores_hangup()).then(|| signal(SignalKind::hangup()).ok()).flatten());
    async move {
        tokio::select! {
            () = interrupted => {}
            () = terminated => {}
            () = quit => {}
            () = hung_up => {}
        }
    }
}

#[cfg(not(unix))]
async fn signalled() {
    drop(tokio::signal::ctrl_c().await);
}

/// Whether the program was started by `nohup`, which is to outlive its terminal.
#[cfg(unix)]
fn ignores_hangup() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    // The lowest bit is signal 1, SIGHUP.
    ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).is_some_and(|mask| mask & 1 == 1)
}
