//! Networks as companies have them: authorities of their own, certificates of clients, proxies, and everything that can
//! be wrong with each, told in words.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};

use crate::support::{Output, Place, Program, userside};

const ANSWER: &str = r#"{"Result":"OK","data":12}"#;

/// An authority, and what it signs.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
    der: CertificateDer<'static>,
}

/// A certificate that nobody else has signed; `openssl req -x509` makes one of an authority.
fn signed_by_itself(name: &str, is_ca: IsCa) -> Signed {
    let key = KeyPair::generate().expect("a key");
    let mut params = CertificateParams::new(vec![name.to_owned()]).expect("a name");
    params.is_ca = is_ca;
    let certificate = params.self_signed(&key).expect("a certificate");
    Signed { certificate_pem: certificate.pem(), certificate: certificate.der().clone(), key }
}

/// A certificate with its key.
struct Signed {
    certificate: CertificateDer<'static>,
    certificate_pem: String,
    key: KeyPair,
}

impl Authority {
    fn new() -> Self {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new(Vec::new()).expect("no names");
        // Names of their own: two authorities of one name are told apart by their signatures alone.
        let name = format!("Authority {:?}", key.public_key_raw());
        params.distinguished_name.push(DnType::CommonName, name.get(..60).unwrap_or_default());
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = params.self_signed(&key).expect("a certificate");
        Self { pem: certificate.pem(), der: certificate.der().clone(), issuer: Issuer::new(params, key) }
    }

    fn signs(&self, name: &str, change: impl FnOnce(&mut CertificateParams)) -> Signed {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new(vec![name.to_owned()]).expect("a name");
        change(&mut params);
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        Signed { certificate_pem: certificate.pem(), certificate: certificate.der().clone(), key }
    }
}

fn head(reader: &mut impl BufRead) -> Option<String> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        (reader.read_line(&mut head).ok()? > 0).then_some(())?;
    }
    Some(head)
}

/// Reads a request and answers it.
fn answer(mut stream: impl Read + Write) -> Option<String> {
    let mut reader = BufReader::new(&mut stream);
    let head = head(&mut reader)?;
    let length =
        head.to_ascii_lowercase().split("content-length:").nth(1)?.lines().next()?.trim().parse().ok()?;
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let text =
        format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{ANSWER}", ANSWER.len());
    stream.write_all(text.as_bytes()).and_then(|()| stream.flush()).ok()?;
    Some(head)
}

/// Serves each connection on a thread of its own; the port.
fn listen(serve: impl Fn(TcpStream) + Send + Sync + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    let serve = Arc::new(serve);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let serve = Arc::clone(&serve);
            std::thread::spawn(move || serve(stream));
        }
    });
    port
}

/// A server with this certificate, which may want one of its clients.
fn tls_server(own: &Signed, clients: Option<&Authority>) -> u16 {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder =
        ServerConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions();
    let builder = builder.expect("versions");
    let builder = match clients {
        None => builder.with_no_client_auth(),
        Some(authority) => {
            let mut roots = RootCertStore::empty();
            roots.add(authority.der.clone()).expect("an authority");
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
            builder.with_client_cert_verifier(verifier.expect("a verifier"))
        }
    };
    let key = PrivateKeyDer::try_from(own.key.serialize_der()).expect("a key");
    let config =
        Arc::new(builder.with_single_cert(vec![own.certificate.clone()], key).expect("a certificate"));
    listen(move |stream| {
        let connection = ServerConnection::new(Arc::clone(&config)).expect("a connection");
        let mut stream = StreamOwned::new(connection, stream);
        let _ = answer(&mut stream);
        stream.conn.send_close_notify();
        let _ = stream.flush();
    })
}

/// A proxy that leads to this port, whatever it is asked for; it may want a password. Also what it was asked for.
fn proxy(to: Option<u16>, wants_password: bool) -> (u16, Arc<Mutex<Vec<String>>>) {
    let asked: Arc<Mutex<Vec<String>>> = Arc::default();
    let seen = Arc::clone(&asked);
    let port = listen(move |stream| {
        let mut reader = BufReader::new(stream.try_clone().expect("a stream"));
        let Some(head) = head(&mut reader) else { return };
        let mut stream = stream;
        seen.lock().expect("no panic").push(head.lines().next().unwrap_or_default().to_owned());
        let mut say = |text: &str| drop(stream.write_all(text.as_bytes()));
        if wants_password && !head.to_ascii_lowercase().contains("proxy-authorization: basic dtpw") {
            say(
                "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"x\"\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
            );
            return;
        }
        if !head.starts_with("CONNECT ") {
            say(&format!(
                "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{ANSWER}",
                ANSWER.len()
            ));
            // The rest of the request is read, so that the answer is not lost with it.
            let _ = reader.read(&mut [0; 4096]);
            return;
        }
        let Some(to) = to else {
            say("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
            return;
        };
        say("HTTP/1.1 200 Connection established\r\n\r\n");
        let server = TcpStream::connect(("127.0.0.1", to)).expect("the server");
        let (mut up, mut down) =
            (server.try_clone().expect("a stream"), stream.try_clone().expect("a stream"));
        let forth = std::thread::spawn(move || std::io::copy(&mut reader, &mut up));
        let mut server = server;
        let _ = std::io::copy(&mut server, &mut down);
        let _ = down.shutdown(std::net::Shutdown::Both);
        let _ = forth.join();
    });
    (port, asked)
}

fn count(place: &Place, url: &str) -> Program {
    userside(place).line("count net --retries 0").at_url(url)
}

#[track_caller]
fn counts(output: Output) {
    assert_eq!(output.exits(0).stdout.trim(), "12");
}

fn place(files: &[(&str, &str)]) -> Place {
    files.iter().fold(Place::new(), |place, (name, text)| place.with(name, *text))
}

#[test]
fn an_authority_of_the_company_is_trusted_where_it_is_named() {
    let authority = Authority::new();
    let port = tls_server(&authority.signs("localhost", |_| {}), None);
    let url = format!("https://localhost:{port}");
    let place = place(&[("ca.pem", &authority.pem)]);
    counts(count(&place, &url).line("--ca-file ca.pem").run());
    let output = count(&place, &url).run().exits(3);
    output.says("signed by an authority that this machine does not know, or by itself").says("--ca-file");
    let output = userside(&place).line("check --ca-file ca.pem").at_url(&url).run();
    assert!(output.stdout.contains("authorities of ca.pem are trusted too"), "{}", output.report());
    let output = userside(&place).line("check").at_url(&url).run().exits(3);
    assert!(output.stdout.contains("problem  TLS: "), "{}", output.report());
}

#[test]
fn a_server_that_has_signed_its_certificate_itself_is_trusted_where_that_is_named() {
    let own = signed_by_itself("localhost", IsCa::ExplicitNoCa);
    let authority = signed_by_itself("localhost", IsCa::Ca(BasicConstraints::Unconstrained));
    let place = place(&[("own.pem", &own.certificate_pem), ("authority.pem", &authority.certificate_pem)]);
    let url = format!("https://localhost:{}", tls_server(&own, None));
    count(&place, &url).run().exits(3).says("or by itself: --ca-file FILE names");
    counts(count(&place, &url).line("--ca-file own.pem").run());
    // It is not a server's, whoever trusts it.
    let url = format!("https://localhost:{}", tls_server(&authority, None));
    for options in ["", "--ca-file authority.pem"] {
        count(&place, &url).line(options).run().exits(3).says("signed by itself, as an authority's");
    }
}

#[test]
fn what_is_wrong_with_a_certificate_is_told_in_words() {
    let authority = Authority::new();
    let place = place(&[("ca.pem", &authority.pem)]);
    let own_name = |_: &mut CertificateParams| {};
    for (certificate, words) in [
        (authority.signs("other.example.com", own_name), "is for another name (other.example.com)"),
        (
            authority.signs("localhost", |p| p.not_after = rcgen::date_time_ymd(2020, 2, 3)),
            "is out of date since 2020-02-03",
        ),
        (
            authority.signs("localhost", |p| p.not_before = rcgen::date_time_ymd(2090, 2, 3)),
            "is not valid before 2090-02-03",
        ),
        (
            Authority::new().signs("localhost", own_name),
            "signed by an authority that this machine does not know, or by itself",
        ),
    ] {
        let port = tls_server(&certificate, None);
        let output =
            count(&place, &format!("https://localhost:{port}")).line("--ca-file ca.pem").run().exits(3);
        let mut output = output.says(words);
        for debug in ["InvalidCertificate", "Context", "Error {", "Os {"] {
            output = output.says_not(debug);
        }
    }
}

#[test]
fn what_does_not_speak_tls_is_told_in_words() {
    let place = Place::new();
    let plain = listen(|stream| drop(answer(stream)));
    let chatty = listen(|mut stream| {
        let _ = stream.write_all(b"220 mail.example.com ESMTP ready\r\n").and_then(|()| stream.flush());
        let _ = stream.read(&mut [0; 1024]);
    });
    count(&place, &format!("https://localhost:{chatty}")).run().exits(3).says("does not speak TLS");
    let closing = listen(|mut stream| drop(stream.read(&mut [0; 1024])));
    count(&place, &format!("https://localhost:{closing}")).run().exits(3).says("in place of TLS");
    let _ = plain;
    // As a server says it that knows older versions only.
    let old = listen(|mut stream| {
        let _ = stream.read(&mut [0; 1024]);
        let _ = stream.write_all(&[21, 3, 1, 0, 2, 2, 70]).and_then(|()| stream.flush());
    });
    count(&place, &format!("https://localhost:{old}")).run().exits(3).says("TLS is too old");
}

#[test]
fn a_server_may_want_a_certificate_of_the_client() {
    let authority = Authority::new();
    let port = tls_server(&authority.signs("localhost", |_| {}), Some(&authority));
    let url = format!("https://localhost:{port}");
    let client = authority.signs("client", |_| {});
    let stranger = Authority::new().signs("client", |_| {});
    let place = place(&[
        ("ca.pem", &authority.pem),
        ("client.pem", &client.certificate_pem),
        ("client.key", &client.key.serialize_pem()),
        ("stranger.pem", &stranger.certificate_pem),
        ("stranger.key", &stranger.key.serialize_pem()),
    ]);
    let with = |options: &str| count(&place, &url).line("--ca-file ca.pem").line(options).run();
    counts(with("--client-cert client.pem --client-key client.key"));
    with("").exits(3).says("asks for a certificate of the client").says("--client-cert FILE");
    let output = with("--client-cert stranger.pem --client-key stranger.key").exits(3);
    output.says("does not accept the certificate of --client-cert");
    let output = with("--client-cert client.pem --client-key stranger.key").exits(2);
    output.says("the key in stranger.key does not belong to the certificate in client.pem");
    with("--client-cert client.pem").exits(2).says("--client-key");
}

#[test]
fn files_for_tls_that_cannot_be_used_are_named_with_the_cause() {
    let client = Authority::new().signs("client", |_| {});
    let protected = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAA=\n-----END ENCRYPTED PRIVATE KEY-----\n";
    let place = place(&[
        ("notes.txt", "our authority\n"),
        ("cut.pem", "-----BEGIN CERTIFICATE-----\nMIIB\n"),
        ("client.pem", &client.certificate_pem),
        ("client.key", &client.key.serialize_pem()),
        ("protected.key", protected),
    ]);
    let place = place.with("ca.der", &client.certificate).with("large.pem", "x".repeat((1 << 20) + 1));
    for (options, words) in [
        ("--ca-file nowhere.pem", "cannot read --ca-file nowhere.pem: "),
        ("--ca-file notes.txt", "--ca-file notes.txt has no certificate in PEM form"),
        ("--ca-file client.key", "--ca-file client.key has no certificate in PEM form"),
        ("--ca-file ca.der", "it is binary: openssl x509 -inform der"),
        ("--ca-file cut.pem", "--ca-file cut.pem: "),
        ("--ca-file large.pem", "--ca-file large.pem: larger than 1 MiB"),
        ("--ca-file /dev/zero", "--ca-file /dev/zero: larger than 1 MiB"),
        (
            "--client-cert client.pem --client-key client.pem",
            "--client-key client.pem has no private key in PEM form",
        ),
        ("--client-cert client.pem --client-key protected.key", "protected.key is protected by a password"),
    ] {
        let output = count(&place, "https://localhost:1").line(options).run().exits(2).says(words);
        output.says_not("Error");
    }
}

#[test]
fn the_proxy_of_the_environment_leads_to_the_server() {
    let authority = Authority::new();
    let to = tls_server(&authority.signs("userside.test", |_| {}), None);
    let place = place(&[("ca.pem", &authority.pem)]);
    let (port, asked) = proxy(Some(to), true);
    let url = "https://userside.test";
    let program = |value: &str| count(&place, url).line("--ca-file ca.pem").env("HTTPS_PROXY", value);
    counts(program(&format!("http://u:pw@127.0.0.1:{port}")).run());
    assert_eq!(
        asked.lock().expect("no panic").first().map(String::as_str),
        Some("CONNECT userside.test:443 HTTP/1.1")
    );
    let output = program(&format!("http://127.0.0.1:{port}")).run().exits(3);
    output.says(&format!(
        "the proxy http://127.0.0.1:{port} (HTTPS_PROXY) asks for a user and a password (407)"
    ));
    let output = program(&format!("u:wrong-s3cret@127.0.0.1:{port}")).run().exits(3);
    output.says("asks for a user and a password").says_not("s3cret");
    // Over http it answers in the server's place.
    let plain = count(&place, "http://userside.test").env("http_proxy", &format!("127.0.0.1:{port}"));
    plain.run().exits(3).says("asks for a user and a password (407)");
    counts(count(&place, "http://userside.test").env("ALL_PROXY", &format!("u:pw@127.0.0.1:{port}")).run());
    let checked = userside(&place).line("check --ca-file ca.pem").at_url(url);
    let checked = checked.env("HTTPS_PROXY", &format!("http://u:pw@127.0.0.1:{port}")).run();
    let line = format!("ok       proxy: http://127.0.0.1:{port} (HTTPS_PROXY) is used for this server\n");
    assert!(checked.stdout.starts_with(&line), "{}", checked.report());
    assert!(
        checked.stdout.contains("userside.test:443 answers, by way of the proxy"),
        "{}",
        checked.report()
    );
}

#[test]
fn what_a_proxy_does_not_do_is_told() {
    let place = Place::new();
    let (port, _) = proxy(None, false);
    let url = "https://userside.test";
    let program = |value: &str| count(&place, url).env("HTTPS_PROXY", value);
    let output = program(&format!("127.0.0.1:{port}")).run().exits(3);
    output.says("refuses to connect to the server, or can't").says("NO_PROXY");
    program("127.0.0.1:1").run().exits(3).says("through the proxy http://127.0.0.1:1 (HTTPS_PROXY)");
    let output = program("ftp://u:s3cret@x").run().exits(2).says("HTTPS_PROXY is not the address of a proxy");
    output.says_not("s3cret");
    // Left out, it is not asked.
    let output = program(&format!("127.0.0.1:{port}")).env("NO_PROXY", ".test").run().exits(3);
    output.says_not("proxy");
    // This machine is never asked for through one.
    let plain = listen(|stream| drop(answer(stream)));
    counts(
        count(&place, &format!("http://127.0.0.1:{plain}"))
            .env("ALL_PROXY", &format!("127.0.0.1:{port}"))
            .run(),
    );
}
