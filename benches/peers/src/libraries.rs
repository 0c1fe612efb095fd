//! Finds the shared libraries and the Python that take part.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::contender::{Contender, Setting};
use crate::options::Options;

/// How a BLAS's file name begins, up to the `.so`, `.dylib` or `.dll`.
const STEMS: &[&str] = &["libopenblas", "libscipy_openblas", "libmkl_rt", "libblis", "mkl_rt", "openblas"];

/// Who else could take part, and what brings it.
pub const PACKAGES: &[(&str, &str)] = &[
    ("OpenBLAS", "Debian: libopenblas0-pthread; PyPI: scipy-openblas32"),
    ("MKL", "PyPI: mkl; or set MKLROOT"),
    ("BLIS", "Debian: libblis4-pthread"),
    ("numpy", "PyPI: numpy; or give --python"),
];

/// Every BLAS and Python found, as contenders; those that turn out to be twice the same are sorted out by name later.
pub fn find(options: &Options) -> Vec<Contender> {
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    let named = options.blas.iter().cloned();
    for path in named.chain(folders().iter().flat_map(|folder| blas_in(folder))) {
        if seen.insert(path.canonicalize().unwrap_or_else(|_| path.clone())) {
            found.push(Contender::Blas(path, None));
        }
    }
    found.extend(python(options).map(Contender::Numpy));
    found
}

/// The kernels that a library could use on this CPU and has passed over, since it does not know the CPU: one that is
/// newer than the library is often given those of a far older one. A comparison should beat the library at its best.
pub fn better_kernels(name: &str, core: &str) -> Option<Setting> {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::is_x86_feature_detected as has;
        let wide = has!("avx512f") && has!("avx512dq") && has!("avx512bw") && has!("avx512vl");
        let is = |library: &str, cores: &[&str]| name.starts_with(library) && cores.contains(&core);
        if wide && is("OpenBLAS", &["Haswell", "Zen", "Prescott", "Nehalem"]) {
            return Some(Setting { variable: "OPENBLAS_CORETYPE", value: "SKYLAKEX", core: "SkylakeX" });
        }
        // BLIS counts its kernels; the name that it then gives says whether the number meant what it should.
        if wide && is("BLIS", &["generic", "haswell", "zen", "zen2", "zen3"]) {
            return Some(Setting { variable: "BLIS_ARCH_TYPE", value: "0", core: "skx" });
        }
        if has!("avx2") && has!("fma") && is("BLIS", &["generic"]) {
            return Some(Setting { variable: "BLIS_ARCH_TYPE", value: "3", core: "haswell" });
        }
    }
    None
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Where installers put libraries: the system's folders, prefixes named by variables, and wheels of PyPI in the
/// repository's `.providers` or the active environment.
fn folders() -> Vec<PathBuf> {
    let mut folders = Vec::new();
    for name in ["OPENBLAS_PATH", "MKLROOT", "BLIS_PATH"] {
        if let Some(root) = std::env::var_os(name) {
            folders.extend([PathBuf::from(&root), Path::new(&root).join("lib"), Path::new(&root).join("lib/intel64")]);
        }
    }
    if let Some(paths) = std::env::var_os("LD_LIBRARY_PATH") {
        folders.extend(std::env::split_paths(&paths).filter(|path| !path.as_os_str().is_empty()));
    }
    let providers = repository().join(".providers");
    folders.extend(below(&providers, 7).into_iter().filter(|folder| {
        let last = |path: &Path| path.file_name().and_then(OsStr::to_str).map(str::to_owned).unwrap_or_default();
        last(folder).starts_with("lib")
    }));
    if let Some(environment) = std::env::var_os("VIRTUAL_ENV") {
        folders.push(Path::new(&environment).join("lib"));
    }
    let triple = format!("{}-linux-gnu", std::env::consts::ARCH);
    for root in [Path::new("/usr/lib").join(triple), "/usr/lib64".into(), "/usr/lib".into(), "/usr/local/lib".into()] {
        for flavour in ["openblas-pthread", "blis-pthread", ""] {
            folders.push(root.join(flavour));
        }
    }
    for prefix in ["/opt/homebrew/opt", "/usr/local/opt"] {
        folders.extend(["openblas", "blis"].map(|name| Path::new(prefix).join(name).join("lib")));
    }
    folders
}

/// A folder and those below it.
fn below(folder: &Path, depth: usize) -> Vec<PathBuf> {
    let mut found = vec![folder.to_owned()];
    if depth > 0
        && let Ok(entries) = std::fs::read_dir(folder)
    {
        let folders = entries.flatten().filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
        found.extend(folders.flat_map(|entry| below(&entry.path(), depth - 1)));
    }
    found
}

/// The BLAS libraries in a folder, one for each stem: `libopenblas.so`, else `libopenblas.so.0`.
fn blas_in(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<String> = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort_by_key(|name| (name.len(), name.clone()));
    let of_stem = |stem: &&str| {
        names.iter().find(|name| {
            let after = name.strip_prefix(*stem);
            after.is_some_and(|rest| [".so", ".dylib", ".dll"].iter().any(|ending| rest.starts_with(ending)))
        })
    };
    STEMS.iter().filter_map(of_stem).map(|name| folder.join(name)).collect()
}

fn python(options: &Options) -> Option<PathBuf> {
    let local = [".providers/venv/bin/python", ".venv/bin/python"].map(|path| repository().join(path));
    let candidates = options.python.iter().cloned().chain(local).chain(["python3".into(), "python".into()]);
    candidates.into_iter().find(|python| {
        let mut command = Command::new(python);
        let import = command.args(["-c", "import numpy"]).stdout(Stdio::null()).stderr(Stdio::null()).status();
        import.is_ok_and(|status| status.success())
    })
}
