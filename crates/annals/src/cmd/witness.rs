//! `annals witness`: cosigns checkpoints of the logs it was given, until SIGTERM or SIGINT.
//!
//! The one line on stdout is `listening on http://ADDR:PORT`; its verifier key goes to stderr.

use annals_proof::Verifier;
use annals_server::{Witness, WitnessError, serve_witness};

use crate::args::WitnessArgs;
use crate::exit::{Exit, chain};
use crate::{log, output};

/// Runs the witness.
pub(crate) fn run(args: &WitnessArgs) -> Result<(), Exit> {
    log::start();
    let parse = |text: &String| {
        Verifier::parse(text.trim())
            .map_err(|error| Exit::Usage(format!("--log {text} is not a vkey: {}", chain(&error))))
    };
    let logs = args.logs.iter().map(parse).collect::<Result<_, _>>()?;
    let witness = Witness::open(&args.state, args.name.as_deref(), logs).map_err(failed)?;
    output::hint(&format!("witness key: {}", witness.verifier()));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Exit::fault("cannot start the runtime", &error))?;
    let mut printed = Ok(());
    let ready = |address| printed = output::line(&format!("listening on http://{address}"));
    let served = runtime.block_on(async {
        serve_witness(witness, args.listen, ready, super::serve::stopped()).await
    });
    printed?;
    served.map_err(failed)
}

fn failed(error: WitnessError) -> Exit {
    match error {
        WitnessError::Name(_) => Exit::usage("cannot start the witness", &error),
        error => Exit::fault("the witness cannot work", &error),
    }
}
