//! A server that reads a request and always gives the same answer. It does as little as HTTP allows, so that
//! the client is measured. It has a thread and a runtime of its own.

use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use super::customers;
use super::delay::DelayLine;

/// The answer to every request: a write is done, and a counter has its number.
const ANSWER: &str = r#"{"Result":"OK","Data":"1"}"#;

/// Room for a request, head and body.
const LARGEST_REQUEST: usize = 64 * 1024;

/// How the responder behaves.
#[derive(Clone, Copy, Default)]
pub struct Behaviour {
    /// From a request's arrival to its answer.
    pub latency: Option<Duration>,
    /// Whether to record when requests arrive.
    pub record_arrivals: bool,
    /// How many customers it has; without any, all requests get the same answer.
    pub customers: Option<u64>,
}

/// A responder that is running.
pub struct Responder {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    thread: JoinHandle<io::Result<()>>,
    seen: Arc<Seen>,
}

/// The requests so far.
#[derive(Default)]
struct Seen {
    requests: AtomicUsize,
    made: AtomicUsize,
    arrivals: Mutex<Vec<Instant>>,
}

/// Shared by all connections.
struct Service {
    answer: String,
    customers: Option<u64>,
    delay: Option<DelayLine>,
    record_arrivals: bool,
    seen: Arc<Seen>,
}

impl Responder {
    /// Starts listening on a free port of this machine.
    pub fn start(behaviour: Behaviour) -> io::Result<Self> {
        let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let seen = Arc::new(Seen::default());
        let service = Arc::new(Service {
            answer: with_head(ANSWER),
            customers: behaviour.customers,
            delay: behaviour.latency.map(DelayLine::start),
            record_arrivals: behaviour.record_arrivals,
            seen: Arc::clone(&seen),
        });
        let (stop, stopped) = oneshot::channel();
        let thread = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
            runtime.block_on(accept(listener, service, stopped))
        });
        Ok(Self { address, stop, thread, seen })
    }

    /// The URL of the API.
    pub fn url(&self) -> String {
        format!("http://{}/api.php", self.address)
    }

    /// Stops the responder and checks that it got exactly the expected number of requests. Returns the times
    /// of their arrival if they were recorded.
    pub fn finish(self, expected: usize) -> io::Result<Vec<Instant>> {
        // The thread has already ended if nobody listens any more; joining tells why.
        let _ = self.stop.send(());
        self.thread.join().map_err(|_| io::Error::other("the responder panicked"))??;
        let requests = self.seen.requests.load(Ordering::Relaxed);
        if requests != expected {
            return Err(io::Error::other(format!("{requests} requests came, {expected} were due")));
        }
        Ok(std::mem::take(&mut *self.seen.arrivals.lock().unwrap_or_else(PoisonError::into_inner)))
    }
}

/// Serves every connection until told to stop; what is open then is dropped with the runtime.
async fn accept(
    listener: std::net::TcpListener,
    service: Arc<Service>,
    mut stopped: oneshot::Receiver<()>,
) -> io::Result<()> {
    let listener = TcpListener::from_std(listener)?;
    loop {
        tokio::select! {
            _ = &mut stopped => return Ok(()),
            connection = listener.accept() => {
                let (stream, _) = connection?;
                stream.set_nodelay(true)?;
                // A connection that breaks shows as a failure of the client's.
                tokio::spawn(serve(stream, Arc::clone(&service)));
            }
        }
    }
}

/// Answers the requests of one connection until the client closes it.
async fn serve(mut stream: TcpStream, service: Arc<Service>) -> io::Result<()> {
    let mut buffer = vec![0; LARGEST_REQUEST];
    let mut filled = 0;
    loop {
        let request = loop {
            if let Some(length) = request_length(&buffer[..filled])
                && length <= filled
            {
                break length;
            }
            let read = read_some(&mut stream, &mut buffer[filled..]).await?;
            if read == 0 {
                return Ok(());
            }
            filled += read;
        };
        let form = buffer[..request].rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
        let customers = match service.customers {
            Some(customers) => Some(with_head(&customers::answer(customers, form))),
            None => is_add(form).then(|| with_head(&service.made())),
        };
        buffer.copy_within(request..filled, 0);
        filled -= request;
        service.arrived().await;
        write_all(&mut stream, customers.as_ref().unwrap_or(&service.answer).as_bytes()).await?;
    }
}

/// Whether a form asks for a new customer.
fn is_add(form: &[u8]) -> bool {
    const ADD: &[u8] = b"&subcat=add&";
    form.windows(ADD.len()).any(|part| part == ADD)
}

impl Service {
    /// A customer is made, each with an id of its own.
    fn made(&self) -> String {
        let id = self.seen.made.fetch_add(1, Ordering::Relaxed) + 1_000_000;
        format!(r#"{{"Result":"OK","Id":{id}}}"#)
    }

    /// Counts a request and waits for the latency.
    async fn arrived(&self) {
        self.seen.requests.fetch_add(1, Ordering::Relaxed);
        if self.record_arrivals {
            self.seen.arrivals.lock().unwrap_or_else(PoisonError::into_inner).push(Instant::now());
        }
        if let Some(delay) = &self.delay {
            delay.pass().await;
        }
    }
}

/// The answer as HTTP sends it.
fn with_head(body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}")
}

/// The length of the request at the start of `bytes`, once its head is complete. A request without
/// `Content-Length` has no body.
fn request_length(bytes: &[u8]) -> Option<usize> {
    let head = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let body = bytes[..head].split(|&byte| byte == b'\n').find_map(content_length).unwrap_or(0);
    Some(head + 4 + body)
}

/// The value of a `Content-Length` line; none for other lines.
fn content_length(line: &[u8]) -> Option<usize> {
    const NAME: &[u8] = b"content-length:";
    let (name, value) = line.split_at_checked(NAME.len())?;
    if !name.eq_ignore_ascii_case(NAME) {
        return None;
    }
    std::str::from_utf8(value).ok()?.trim().parse().ok()
}

/// Reads what is there, once there is something.
async fn read_some(stream: &mut TcpStream, buffer: &mut [u8]) -> io::Result<usize> {
    let mut buffer = ReadBuf::new(buffer);
    poll_fn(|context| Pin::new(&mut *stream).poll_read(context, &mut buffer)).await?;
    Ok(buffer.filled().len())
}

/// Writes everything.
async fn write_all(stream: &mut TcpStream, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        let written = poll_fn(|context| Pin::new(&mut *stream).poll_write(context, bytes)).await?;
        bytes = &bytes[written..];
    }
    Ok(())
}
