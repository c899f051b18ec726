//! The certificate that the server shows, where no proxy before it ends TLS.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::small_file::small_text;

/// How often it is looked whether the certificate was renewed.
const LOOK: Duration = Duration::from_secs(60);

/// A certificate and its key in two files, which are taken anew when they change.
pub struct Tls {
    certificate: PathBuf,
    key: PathBuf,
    state: Mutex<State>,
}

/// What became of a look at the files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Look {
    /// They are as they were at the last look.
    Same,
    /// New connections are shown what is in them now.
    Renewed,
    /// They changed and cannot be used, for this reason. What was shown before goes on being shown.
    Unfit(String),
}

struct State {
    shown: Arc<ServerConfig>,
    /// What was in the files at the last look; nothing if they could not be read.
    seen: Option<Files>,
}

/// Their bytes, and not the times when they were changed: a copied file may keep an old time.
#[derive(PartialEq, Eq)]
struct Files {
    certificate: Vec<u8>,
    key: Vec<u8>,
}

impl Tls {
    /// TLS 1.2 and 1.3 with this certificate, its chain behind it, and its private key.
    ///
    /// # Errors
    /// In words: which of the two is not what it should be.
    pub(super) fn load(certificate: &Path, key: &Path) -> Result<Self, String> {
        let files = Files::read(certificate, key)?;
        let state = State { shown: files.config()?, seen: Some(files) };
        Ok(Self { certificate: certificate.into(), key: key.into(), state: Mutex::new(state) })
    }

    /// What a new connection is shown.
    pub fn shown(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.state().shown)
    }

    /// Looks at the files, and takes them if they changed and can be used.
    pub fn look(&self) -> Look {
        let read = Files::read(&self.certificate, &self.key);
        let mut state = self.state();
        let found = match read {
            Ok(files) if state.seen.as_ref() == Some(&files) => return Look::Same,
            Ok(files) => {
                let config = files.config();
                state.seen = Some(files);
                config
            }
            // A renewal may be under way: its first file is there, its second not yet.
            Err(_) if state.seen.is_none() => return Look::Same,
            Err(problem) => {
                state.seen = None;
                Err(problem)
            }
        };
        match found {
            Ok(config) => {
                state.shown = config;
                Look::Renewed
            }
            Err(problem) => Look::Unfit(problem),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Looks once a minute whether the certificate was renewed, until the server stops.
pub async fn watch(tls: Arc<Tls>, mut stopping: watch::Receiver<bool>) {
    while tokio::time::timeout(LOOK, stopping.wait_for(|stop| *stop)).await.is_err() {
        let tls = Arc::clone(&tls);
        // Not on a thread that serves requests: the files may be on a slow disk.
        match tokio::task::spawn_blocking(move || tls.look()).await {
            Ok(Look::Renewed) => tracing::info!("a renewed certificate is shown from now on"),
            Ok(Look::Unfit(problem)) => {
                tracing::warn!(
                    error.cause = problem,
                    "the certificate changed and cannot be used: the old one stays"
                );
            }
            Ok(Look::Same) => {}
            Err(error) => tracing::error!(%error, "it is not known whether the certificate was renewed"),
        }
    }
}

impl Files {
    fn read(certificate: &Path, key: &Path) -> Result<Self, String> {
        Ok(Self {
            certificate: small_text(certificate).map_err(unreadable_certificate)?.into_bytes(),
            key: small_text(key)
                .map(String::into_bytes)
                .map_err(|error| format!("the key {} {}", key.display(), unreadable(error)))?,
        })
    }

    fn config(&self) -> Result<Arc<ServerConfig>, String> {
        let chain = CertificateDer::pem_slice_iter(&self.certificate)
            .collect::<Result<Vec<_>, _>>()
            .map_err(unreadable_certificate)?;
        if chain.is_empty() {
            return Err("there is no certificate in it; give a PEM file with its chain".into());
        }
        let key = PrivateKeyDer::from_pem_slice(&self.key)
            .map_err(|error| format!("the key {}", unreadable(error)))?;
        let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .map_err(|error| format!("certificate and key do not fit together ({error})"))?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }
}

fn unreadable_certificate(error: impl fmt::Display) -> String {
    format!("the certificate cannot be read ({error}); give a PEM file with its chain")
}

fn unreadable(error: impl fmt::Display) -> String {
    format!("cannot be read ({error}); give a PEM file")
}

impl fmt::Debug for Tls {
    /// Without the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls").field("certificate", &self.certificate).finish_non_exhaustive()
    }
}
