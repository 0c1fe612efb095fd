//! What runs: the provider in use, what is linked besides, and the OpenMP runtimes of the process.

use std::path::PathBuf;

use super::built::Library;
use crate::backend;

/// What runs in this process.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Runtime {
    /// The provider that multiplies; its name is `none` where [`unusable`](Self::unusable) says why.
    pub in_use: backend::Runtime,
    /// Why the provider that `POLYBLAS_BACKEND` names cannot be used, so that the first product panics.
    pub unusable: Option<String>,
    /// The provider that is linked, or why it was refused; `None` where none is linked.
    pub linked: Option<Result<backend::Runtime, String>>,
    /// OpenMP runtimes that are loaded, as files; more than one is trouble.
    pub openmp_runtimes: Vec<String>,
    /// Every provider that is loaded: the native engine, the linked BLAS, and libraries opened at run time.
    pub loaded: Vec<backend::Runtime>,
    /// Whether a rayon pool called a BLAS that may use several threads of its own.
    pub oversubscribed: bool,
}

impl Runtime {
    pub(super) fn look(blas: &Library) -> Self {
        let linked = backend::linked().map(|linked| linked.map_err(|error| error.to_string()));
        let (in_use, unusable) = match backend::try_current_runtime() {
            Ok(runtime) => (runtime, None),
            Err(error) => (backend::Runtime { name: "none".to_owned(), ..backend::Runtime::default() }, Some(error)),
        };
        let mut runtime = Runtime {
            in_use,
            unusable,
            linked,
            openmp_runtimes: openmp_runtimes(blas),
            loaded: backend::loaded(),
            oversubscribed: backend::threads::oversubscribed(),
        };
        runtime.fill_in(blas);
        runtime
    }

    /// What MKL does not tell at run time follows from the layer that was linked.
    fn fill_in(&mut self, blas: &Library) {
        let threading = threading_layer(blas, &self.openmp_runtimes);
        let linked = self.linked.as_mut().and_then(|linked| linked.as_mut().ok());
        if let (Some(linked), Some(threading)) = (linked, threading) {
            let in_use = (self.in_use.name == linked.name).then_some(&mut self.in_use);
            for runtime in in_use.into_iter().chain([linked]) {
                runtime.threading.get_or_insert_with(|| threading.to_owned());
            }
        }
    }

    /// Whether the provider in use is the one that was linked.
    pub(super) fn uses_linked(&self) -> bool {
        matches!(&self.linked, Some(Ok(linked)) if linked.name == self.in_use.name && linked.file == self.in_use.file)
    }
}

fn threading_layer(blas: &Library, openmp_runtimes: &[String]) -> Option<&'static str> {
    let linked = |name: &str| blas.libraries.iter().any(|library| library == name);
    let intel = linked("mkl_rt") && openmp_runtimes.iter().any(|file| file.contains("libiomp5"));
    match () {
        () if linked("mkl_sequential") => Some("none"),
        () if linked("mkl_intel_thread") || intel => Some("openmp (Intel's)"),
        () => None,
    }
}

/// The OpenMP runtimes in this process: those among the files that are mapped, and Intel's where it was linked in.
fn openmp_runtimes(blas: &Library) -> Vec<String> {
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap_or_default();
    let mut files: Vec<String> = maps.lines().filter_map(|line| Some(line[line.find('/')?..].to_owned())).collect();
    let openmp = |file: &String| {
        let name = file.rsplit('/').next().unwrap_or_default();
        ["libgomp.so", "libiomp5.so", "libomp.so"].iter().any(|runtime| name.starts_with(runtime))
            || name.starts_with("libgomp-")
    };
    files.retain(openmp);
    files.sort();
    files.dedup();
    let shared = files.iter().any(|file| file.contains("libiomp5"));
    if !shared && blas.libraries.iter().any(|library| library == "iomp5") {
        files.push("libiomp5, linked into this program".to_owned());
    }
    files
}

/// An OpenBLAS that the loader would find.
pub(super) fn installed_openblas() -> Option<PathBuf> {
    let dirs =
        ["/usr/local/lib", "/usr/lib64", "/usr/lib", "/opt/homebrew/opt/openblas/lib", "/usr/local/opt/openblas/lib"];
    let multiarch = format!("/usr/lib/{}-linux-gnu", std::env::consts::ARCH);
    let names = ["libopenblas.so.0", "libopenblas.so", "libopenblas.dylib"];
    let mut files = dirs
        .iter()
        .copied()
        .chain([multiarch.as_str()])
        .flat_map(|dir| names.map(|name| PathBuf::from(dir).join(name)));
    files.find_map(|file| std::fs::canonicalize(file).ok())
}

/// An environment variable by which the user set the number of threads.
pub(super) fn thread_variable() -> Option<String> {
    const NAMES: [&str; 5] =
        ["POLYBLAS_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS", "OMP_NUM_THREADS"];
    NAMES.iter().find(|name| std::env::var_os(name).is_some()).map(|&name| name.to_owned())
}
