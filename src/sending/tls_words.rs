//! Why TLS failed, in words and with what to do.

use std::error::Error;
use std::time::Duration;

use jiff::Timestamp;
use rustls::{AlertDescription, CertificateError, Error as TlsError};

/// Why there is no TLS, and whether the server may have read a request all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TlsFault {
    pub(super) text: String,
    /// Whether the server has ended the connection before it read anything.
    pub(super) is_before_any_request: bool,
}

/// What an error says of TLS; none where it is about something else. `has_client_certificate` is whether one was shown.
pub(super) fn tls_fault(
    error: &(dyn Error + 'static),
    host: &str,
    has_client_certificate: bool,
) -> Option<TlsFault> {
    let mut next = Some(error);
    while let Some(cause) = next {
        if let Some(found) = tls_error(cause) {
            let is_before_any_request =
                !matches!(found, TlsError::AlertReceived(alert) if !is_of_the_handshake(*alert));
            return Some(TlsFault {
                text: words(found, host, has_client_certificate),
                is_before_any_request,
            });
        }
        next = cause.source();
    }
    None
}

/// The error itself, or the one that an I/O error wraps: that one does not call it its source.
fn tls_error<'e>(cause: &'e (dyn Error + 'static)) -> Option<&'e TlsError> {
    cause.downcast_ref().or_else(|| {
        let inner = cause.downcast_ref::<std::io::Error>()?.get_ref()?;
        inner.downcast_ref::<TlsError>().or_else(|| tls_error(inner))
    })
}

/// Whether a server that says so has refused the client before it read a request.
fn is_of_the_handshake(alert: AlertDescription) -> bool {
    use AlertDescription as A;
    matches!(
        alert,
        A::HandshakeFailure
            | A::NoCertificate
            | A::BadCertificate
            | A::UnsupportedCertificate
            | A::CertificateRevoked
            | A::DecryptError
            | A::CertificateExpired
            | A::CertificateUnknown
            | A::UnknownCA
            | A::AccessDenied
            | A::ProtocolVersion
            | A::InsufficientSecurity
            | A::UnrecognisedName
            | A::CertificateRequired
    )
}

fn words(error: &TlsError, host: &str, has_client_certificate: bool) -> String {
    match error {
        TlsError::InvalidCertificate(reason) => certificate_words(reason, host),
        TlsError::InvalidMessage(_) => format!(
            "{host} does not speak TLS there: check the port, and whether the address should begin with http://"
        ),
        TlsError::PeerIncompatible(_) => no_version(host),
        TlsError::AlertReceived(alert) => alert_words(*alert, host, has_client_certificate),
        TlsError::NoCertificatesPresented => format!("{host} shows no certificate"),
        other => format!("TLS with {host} failed: {other}"),
    }
}

fn no_version(host: &str) -> String {
    format!(
        "{host} has no version or cipher of TLS in common with this program, which speaks TLS 1.2 and 1.3: the web server's TLS is too old"
    )
}

fn certificate_words(reason: &CertificateError, host: &str) -> String {
    match reason {
        CertificateError::NotValidForName => {
            format!(
                "the certificate of {host} is for another name: --url must have the name that it is made for"
            )
        }
        CertificateError::NotValidForNameContext { presented, .. } => {
            let names: Vec<&str> = presented.iter().map(|name| plain_name(name)).collect();
            let names = if names.is_empty() { "no name".to_owned() } else { names.join(", ") };
            format!("the certificate of {host} is for another name ({names}): --url must have one of these")
        }
        CertificateError::Expired => {
            format!("the certificate of {host} is out of date, or this machine's clock is wrong")
        }
        CertificateError::ExpiredContext { not_after, .. } => format!(
            "the certificate of {host} is out of date since {}, or this machine's clock is wrong",
            day(not_after.as_secs())
        ),
        CertificateError::NotValidYet => {
            format!("the certificate of {host} is not valid yet, or this machine's clock is behind")
        }
        CertificateError::NotValidYetContext { not_before, .. } => format!(
            "the certificate of {host} is not valid before {}, or this machine's clock is behind",
            day(not_before.as_secs())
        ),
        CertificateError::UnknownIssuer => format!(
            "the certificate of {host} is signed by an authority that this machine does not know, or by itself: --ca-file FILE names the authority's certificate, or the server's own"
        ),
        CertificateError::Revoked => format!("the certificate of {host} has been revoked"),
        CertificateError::BadEncoding => format!("the certificate of {host} is damaged"),
        CertificateError::BadSignature => format!(
            "the certificate of {host} is not signed by the authority that it names, or it is damaged: the certificate in --ca-file may be an older one of that name"
        ),
        // What the checks of this machine say of a certificate that is an authority's own, which nobody else has signed.
        CertificateError::Other(other) if format!("{other:?}").contains("CaUsedAsEndEntity") => {
            format!(
                "the certificate of {host} is signed by itself, as an authority's, and is not accepted as a server's: have it made again with basicConstraints=CA:FALSE, and name it with --ca-file FILE"
            )
        }
        other => format!("the certificate of {host} is not accepted: {other}"),
    }
}

fn alert_words(alert: AlertDescription, host: &str, has_client_certificate: bool) -> String {
    use AlertDescription as A;
    match alert {
        A::ProtocolVersion | A::InsufficientSecurity => no_version(host),
        A::UnrecognisedName => format!("{host} has no site of this name: check the name in --url"),
        A::UnknownCA
        | A::DecryptError
        | A::BadCertificate
        | A::CertificateUnknown
        | A::UnsupportedCertificate
        | A::AccessDenied
        | A::CertificateRevoked
        | A::CertificateExpired
            if has_client_certificate =>
        {
            format!("{host} does not accept the certificate of --client-cert ({alert:?})")
        }
        A::CertificateRequired | A::NoCertificate => wants_certificate(host),
        A::HandshakeFailure | A::BadCertificate | A::AccessDenied if !has_client_certificate => {
            format!("{}, or it has no cipher in common with this program", wants_certificate(host))
        }
        other => format!("{host} ended TLS with the alert {other:?}"),
    }
}

fn wants_certificate(host: &str) -> String {
    format!(
        "{host} asks for a certificate of the client: give it with --client-cert FILE and --client-key FILE"
    )
}

/// `DnsName("us.example.com")` as people write it.
fn plain_name(name: &str) -> &str {
    name.split('"').nth(1).unwrap_or(name)
}

fn day(seconds: u64) -> String {
    let moment = Timestamp::UNIX_EPOCH.checked_add(Duration::from_secs(seconds));
    moment.map_or_else(|_| "long ago".to_owned(), |moment| moment.strftime("%Y-%m-%d").to_string())
}
