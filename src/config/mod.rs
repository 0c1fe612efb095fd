//! The report: what is linked, where it was found, and what it runs on.

/// What this build is linked to and runs on.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Config {}

/// What this build is linked to and runs on.
pub fn config() -> &'static Config {
    static CONFIG: Config = Config {};
    &CONFIG
}
