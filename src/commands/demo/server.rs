//! The demo's server: a sandbox in a thread of its own.

use std::net::{Ipv4Addr, SocketAddr};
use std::thread::JoinHandle;

use secrecy::SecretString;
use tokio::sync::oneshot;

use crate::commands::failure::Failure;
use crate::sandbox::{Sandbox, SandboxError, Settings};

/// Of no use anywhere but in the demo's own sandbox.
pub(super) const KEY: &str = "key-of-the-demo-sandbox";

/// Some of them are in the list of the sample, too.
const CUSTOMERS: u32 = 1000;

/// The answer to this write gets lost: it is a booking in the middle of the migration.
const LOST: &str = "change_balance:drop-after@60";

/// A sandbox in a thread of its own.
pub(super) struct DemoServer {
    pub(super) url: String,
    stop: oneshot::Sender<()>,
    thread: JoinHandle<Result<(), SandboxError>>,
}

impl DemoServer {
    pub(super) fn start() -> Result<Self, Failure> {
        let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let faults = vec![LOST.parse().map_err(|error| Failure::Demo(format!("{LOST}: {error}")))?];
        let settings =
            Settings { customers: CUSTOMERS, faults, ..Settings::new(listen, SecretString::from(KEY)) };
        let runtime = crate::commands::runtime::new()?;
        let sandbox = runtime.block_on(Sandbox::bind(settings))?;
        let url = format!("http://{}", sandbox.address());
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = std::thread::Builder::new().name("sandbox".to_owned()).spawn(move || {
            runtime.block_on(sandbox.serve(async {
                let _ = stopped.await;
            }))
        })?;
        Ok(Self { url, stop, thread })
    }

    pub(super) fn stop(self) -> Result<(), Failure> {
        let _ = self.stop.send(());
        self.thread
            .join()
            .map_err(|_| Failure::Demo("the sandbox has stopped unexpectedly".to_owned()))?
            .map_err(Failure::Sandbox)
    }
}
