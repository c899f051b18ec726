//! Whose certificates are trusted.

use std::sync::Arc;

use rustls::crypto::aws_lc_rs;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, ConfigBuilder, RootCertStore, WantsVerifier};
use rustls_platform_verifier::BuilderVerifierExt;

use crate::remote::error::AddressError;

/// Whose certificates are trusted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum Trust {
    /// Those that the platform trusts: what its user or administrator added counts, and what was revoked does not.
    ///
    /// On Android the platform can only be asked with the app's context, so there it is [`Trust::Bundled`].
    #[default]
    Platform,
    /// Those of the public authorities that Mozilla trusts, as of this version of the library.
    Bundled,
    /// Those of these authorities and no others: a firm's own.
    Only {
        /// Their certificates, in PEM.
        pem: String,
    },
}

impl Trust {
    /// What TLS is set up with.
    ///
    /// # Errors
    /// [`AddressError::NoTls`]; [`AddressError::NoRoots`] if there is no certificate in the PEM, or one that is none.
    pub(super) fn config(&self) -> Result<Arc<ClientConfig>, AddressError> {
        let builder = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|_| AddressError::NoTls)?;
        let trusting = match self {
            Self::Only { pem } => builder.with_root_certificates(own(pem)?),
            Self::Platform if cfg!(not(target_os = "android")) => platform(builder)?,
            Self::Platform | Self::Bundled => builder
                .with_root_certificates(RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.to_vec())),
        };
        Ok(Arc::new(trusting.with_no_client_auth()))
    }
}

type Trusting = ConfigBuilder<ClientConfig, rustls::client::WantsClientCert>;

fn platform(builder: ConfigBuilder<ClientConfig, WantsVerifier>) -> Result<Trusting, AddressError> {
    builder.with_platform_verifier().map_err(|_| AddressError::NoTls)
}

fn own(pem: &str) -> Result<RootCertStore, AddressError> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
        let certificate = certificate.map_err(|_| AddressError::NoRoots)?;
        roots.add(certificate).map_err(|_| AddressError::NoRoots)?;
    }
    if roots.is_empty() { Err(AddressError::NoRoots) } else { Ok(roots) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_are_those_of_the_platform_those_of_the_library_or_a_firms_own() {
        assert!(Trust::Platform.config().is_ok());
        assert!(Trust::Bundled.config().is_ok());
        for pem in ["", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
            let none = Trust::Only { pem: pem.to_owned() }.config();
            assert_eq!(none.err(), Some(AddressError::NoRoots), "{pem}");
        }
    }
}
