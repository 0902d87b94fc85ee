//! Starts the program; everything else is the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    banwen::cli::main()
}
