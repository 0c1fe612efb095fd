//! What [`config()`](crate::config) tells, and what to look for first.
//!
//! ```
//! let report = polyblas::config().to_string();
//! for section in ["Package", "BLAS", "LAPACK", "Runtime", "SIMD", "Machine", "Advice"] {
//!     assert!(report.lines().any(|line| line == section), "{section}");
//! }
//! ```
//!
//! `cargo run --example config` prints it for this crate's own build; a program of yours that prints
//! `polyblas::config()` prints it for yours, which is the one that counts: features and flags are those of your build.
//! [`to_json`](crate::Config::to_json) gives the same to other programs. Every value was found by looking, at build or
//! at run time; what could not be found is `unknown`, and nothing is left out.
//!
//! # What each section answers
//!
//! | section | question |
//! |---|---|
//! | Package | How was this crate compiled: for which target, with which optimisation, which features on? |
//! | BLAS, LAPACK | What was linked at build time, which version, where was it found and by what means? |
//! | Runtime | What multiplies now: which file was really loaded, what does it say of itself, with how many threads? |
//! | SIMD | Which vector instructions does this CPU have, and which kernel does each element type get? |
//! | Machine | Which CPU, how many cores that this process may use, how large are the caches? |
//! | Advice | What is slow or wrong here, and which one line mends it? |
//!
//! BLAS and Runtime may differ, and that is what the two are for: BLAS is what the linker was told, Runtime is what the
//! process does. A program linked with Debian's `libblas.so.3` has that name under BLAS; under Runtime stands the
//! library behind the name today, ATLAS or OpenBLAS or the reference.
//!
//! # If something is slow
//!
//! Read from the end. **Advice** names the usual causes: a debug build, the reference BLAS, one thread where there are
//! cores, more threads than cores, a library that is installed but not used. If it has nothing to say, look at:
//!
//! - **Runtime, name**: `native` where you expected a library means that the feature is not on in *this* build, or that
//!   the library was refused; `linked provider` says why.
//! - **Runtime, threads**: one, where you expected more, is an environment variable (`OPENBLAS_NUM_THREADS`,
//!   `OMP_NUM_THREADS`, `POLYBLAS_NUM_THREADS`) or a container that grants one core (**Machine**, usable cores).
//! - **SIMD, level**: `portable` on a CPU that has more means that the operating system or a virtual machine hides it.
//! - **Runtime, openmp runtimes**: two OpenMP runtimes in one process wait for each other's threads.
//!
//! # If results are wrong
//!
//! **Runtime, interface** says how wide the library's integers are, as a probe found: `LP64` (32 bits) or `ILP64`
//! (64 bits). The probe and a product of known answer run before the first real product, so a mismatch is a refusal and
//! not a wrong number. When you report a defect, paste the whole report.
