//! Being asked to stop: by a terminal, a service manager, or the end of a connection.

use tokio::sync::watch;

/// Tells whether somebody asked the program to stop. Clones tell the same.
#[derive(Debug, Clone)]
pub struct Stop(watch::Receiver<bool>);

impl Stop {
    /// Listens from now on to SIGINT, SIGTERM, SIGHUP and SIGQUIT, which without it would end the program at once:
    /// then nobody would clean up.
    pub fn listen() -> Self {
        let (asked, told) = watch::channel(false);
        // Not in the task: a signal that came before its turn would still end the program.
        let signalled = signalled();
        tokio::spawn(async move {
            signalled.await;
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
