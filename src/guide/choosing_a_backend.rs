//! Which library multiplies, and how to choose it.
//!
//! Without a choice the native engine multiplies: it is in every build, needs nothing installed, and finds the CPU's
//! vector instructions when the program starts. Choose another provider where you know that it is faster for your
//! sizes on your machine, or where the program has to share one BLAS with other libraries.
//!
//! # At build time
//!
//! One Cargo feature links one provider. Nothing else is needed: no `extern crate`, no build script of your own.
//!
//! ```toml
//! [dependencies]
//! polyblas = { version = "0.1", features = ["openblas"] }
//! ```
//!
//! | feature | links | to install first |
//! |---|---|---|
//! | (none) | nothing: the native engine | nothing |
//! | `openblas` | the system's OpenBLAS | Debian `libopenblas-dev`, Fedora `openblas-devel`, `brew install openblas`, `vcpkg install openblas` |
//! | `openblas-static` | an OpenBLAS built from source | a C and a Fortran compiler, and the network once |
//! | `mkl`, `mkl-sequential` | Intel MKL into the program, with or without threads | MKL, and `MKLROOT` set to it |
//! | `mkl-dynamic` | Intel MKL's `mkl_rt` | the same |
//! | `blis`, `blis-system` | BLIS, built from source or the system's | a C compiler; Debian `libblis-dev` |
//! | `netlib`, `netlib-system` | the reference BLAS: slow, but the standard | a Fortran compiler and CMake; Debian `libblas-dev` |
//! | `accelerate` | Apple's Accelerate | nothing on macOS; elsewhere there is none |
//! | `system` | whatever `libblas` is (Debian's alternatives, FlexiBLAS) | any BLAS package |
//! | `blas-src` | what somebody else in the dependency graph chose through the crate `blas-src` | what that needs |
//!
//! A provider that is not installed stops the build with one message: what was looked for, where, and the package to
//! install. If several features are on, as Cargo may unify them, one provider is linked, in a fixed order (Accelerate
//! on Apple's systems, then MKL, OpenBLAS, BLIS, Netlib, `system`, `blas-src`); `POLYBLAS_PROVIDER=blis` at build time
//! chooses another, and [the report](super::reading_the_report) names both.
//!
//! # At run time
//!
//! With the feature `dynamic` a program opens any BLAS that it finds, with nothing linked at build time; without it,
//! it still moves between the native engine and the linked provider. From outside:
//!
//! ```text
//! POLYBLAS_BACKEND=native program
//! POLYBLAS_BACKEND=openblas program
//! POLYBLAS_BACKEND=/opt/mkl/lib/libmkl_rt.so.2 program
//! POLYBLAS_NUM_THREADS=4 program
//! ```
//!
//! From inside, for every product from then on:
//!
//! ```
//! use polyblas::backend::{self, Backend};
//! use polyblas::{Dot, matrix, threads};
//!
//! backend::select(&Backend::Native)?;
//! threads::set(1);
//! let a = matrix![[1.0, 2.0], [3.0, 4.0]];
//! assert_eq!(a.dot(&a), matrix![[7.0, 10.0], [15.0, 22.0]]);
//! assert_eq!(backend::current_runtime().name, "native");
//! # Ok::<(), backend::BackendError>(())
//! ```
//!
//! A library is never trusted: whether its integers have 32 or 64 bits, how it returns complex numbers, and that it
//! multiplies rightly is found by small products of known answer before its first real one. One that fails is refused
//! with a [`BackendError`](crate::backend::BackendError), and the provider in use stays in use.
//!
//! # What the choice does not touch
//!
//! Only products of `f32`, `f64`, `Complex<f32>` and `Complex<f64>` go to a BLAS. Integers and every other element type
//! run on the native engine in every build, and so does what the provider cannot express (a view whose strides do not
//! fit its integers, say). Results of floats differ between providers in their last bits: each adds in an order of its
//! own.
