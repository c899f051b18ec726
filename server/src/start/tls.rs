//! The certificate that the server shows, where no proxy before it ends TLS.

use std::path::Path;
use std::sync::Arc;

use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// TLS 1.2 and 1.3 with this certificate, its chain behind it, and its private key.
///
/// # Errors
/// In words: which of the two is not what it should be.
pub(super) fn load(certificate: &Path, key: &Path) -> Result<Arc<ServerConfig>, String> {
    let chain =
        CertificateDer::pem_file_iter(certificate).and_then(Iterator::collect::<Result<Vec<_>, _>>).map_err(
            |error| format!("the certificate cannot be read ({error}); give a PEM file with its chain"),
        )?;
    if chain.is_empty() {
        return Err("there is no certificate in it; give a PEM file with its chain".into());
    }
    let key = PrivateKeyDer::from_pem_file(key)
        .map_err(|error| format!("the key {} cannot be read ({error}); give a PEM file", key.display()))?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(|error| format!("certificate and key do not fit together ({error})"))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}
