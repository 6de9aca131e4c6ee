//! What a company's network asks for: authorities of its own, a certificate of the client's, a proxy.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::proxy::ProxyVariables;

/// How a server is reached where that takes more than its address.
#[derive(Debug, Clone, Default)]
pub struct NetworkSettings {
    /// `--ca-file`: authorities that are trusted beside those of this machine.
    pub ca_file: Option<PathBuf>,
    /// The certificate that shows who asks.
    pub client: Option<ClientCertificate>,
    /// What the environment says of proxies.
    pub proxies: ProxyVariables,
}

/// `--client-cert` and `--client-key`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientCertificate {
    pub certificate: PathBuf,
    pub key: PathBuf,
}

/// A file for TLS can't be used.
#[derive(Debug, thiserror::Error)]
pub enum NetworkFileError {
    #[error("cannot read {option} {}: {source}", path.display())]
    Unread { option: &'static str, path: PathBuf, source: std::io::Error },
    #[error(
        "{option} {} has no {what} in PEM form (text that begins with -----BEGIN {begin}-----){}", path.display(), found.advice()
    )]
    NoPem { option: &'static str, path: PathBuf, what: &'static str, begin: &'static str, found: FoundForm },
    #[error(
        "{option} {} is protected by a password; write the key without one to a file that only you can read: openssl pkey -in FILE -out FILE2", path.display()
    )]
    Protected { option: &'static str, path: PathBuf },
    #[error("{option} {}: {reason}", path.display())]
    Damaged { option: &'static str, path: PathBuf, reason: String },
    #[error("the key in {} does not belong to the certificate in {}", key.display(), certificate.display())]
    OtherKey { certificate: PathBuf, key: PathBuf },
}

/// What a file is that is not PEM.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FoundForm {
    /// ASN.1: a certificate or a key in DER, or both in PKCS #12.
    Binary,
    Text,
}

impl FoundForm {
    fn advice(self) -> &'static str {
        match self {
            Self::Binary => {
                "; it is binary: openssl x509 -inform der, openssl pkey -inform der or openssl pkcs12 turn such a file into PEM"
            }
            Self::Text => "",
        }
    }
}

pub(super) const CA_FILE: &str = "--ca-file";
pub(super) const CLIENT_CERT: &str = "--client-cert";
pub(super) const CLIENT_KEY: &str = "--client-key";

/// A file with certificates.
pub(super) fn certificates(option: &'static str, path: &Path) -> Result<Vec<u8>, NetworkFileError> {
    pem(option, path, "certificate", "CERTIFICATE")
}

/// A file with a private key that can be used as it is.
pub(super) fn private_key(path: &Path) -> Result<Vec<u8>, NetworkFileError> {
    let bytes = pem(CLIENT_KEY, path, "private key", "PRIVATE KEY")?;
    let is_protected = has(&bytes, "BEGIN ENCRYPTED PRIVATE KEY") || has(&bytes, "Proc-Type: 4,ENCRYPTED");
    if is_protected {
        return Err(NetworkFileError::Protected { option: CLIENT_KEY, path: path.to_owned() });
    }
    Ok(bytes)
}

fn pem(
    option: &'static str,
    path: &Path,
    what: &'static str,
    begin: &'static str,
) -> Result<Vec<u8>, NetworkFileError> {
    /// The authorities of a whole system are a quarter of this.
    const LARGEST: u64 = 1 << 20;
    let unread = |source| NetworkFileError::Unread { option, path: path.to_owned(), source };
    let mut bytes = Vec::new();
    File::open(path).and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes)).map_err(unread)?;
    if bytes.len() as u64 > LARGEST {
        let reason = "larger than 1 MiB, which no file of certificates or keys is".to_owned();
        return Err(NetworkFileError::Damaged { option, path: path.to_owned(), reason });
    }
    if has(&bytes, begin) && has(&bytes, "-----BEGIN ") {
        return Ok(bytes);
    }
    let is_text = std::str::from_utf8(&bytes).is_ok_and(|text| !text.contains('\0'));
    let found = if is_text { FoundForm::Text } else { FoundForm::Binary };
    Err(NetworkFileError::NoPem { option, path: path.to_owned(), what, begin, found })
}

fn has(bytes: &[u8], words: &str) -> bool {
    bytes.windows(words.len()).any(|window| window == words.as_bytes())
}
