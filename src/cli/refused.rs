//! Arguments that make no sense: told, unless one of them may be a secret.

use std::ffi::OsString;

use anstream::ColorChoice;
use ideoguard::detect::Engine;
use ideoguard::error::Error;
use ideoguard::finding::Confidence;

use super::{output, unsaid};

/// Says what is wrong with the arguments, or what they ask to be told; returns the exit code.
pub(super) fn tell(stop: &clap::Error) -> u8 {
    if stop.use_stderr() && (hold_secret(std::env::args_os()) || unsaid::is_in(&stop.render().to_string())) {
        let problem = "an argument looks like a secret, so none is repeated here";
        let way = "whoever may list processes, or read the shell's history, has seen it: revoke it; \
                   keys are typed, or come from a file, a variable or standard input";
        output::explain(&Error::Usage(format!("{problem}; {way}")), ColorChoice::Auto);
        return 2;
    }
    // Help goes to standard output; whoever closed it does not want it.
    let _ = stop.print();
    u8::try_from(stop.exit_code()).unwrap_or(2)
}

/// Tells whether arguments hold what looks like a secret, alone or with the one before.
fn hold_secret(arguments: impl Iterator<Item = OsString>) -> bool {
    let line: Vec<u8> = arguments.flat_map(|word| [word.into_encoded_bytes(), b" ".to_vec()].concat()).collect();
    Engine::built_in().scan(&line).iter().any(|found| found.confidence >= Confidence::Medium)
}
