//! Which library it is, and what it tells of itself: one row for each library, as threadpoolctl keeps them.

use std::ffi::{CStr, c_char, c_int, c_void};

use super::past_end::reads_past_end;

/// Finds a function of the library by its plain C name.
pub(crate) trait Symbols {
    fn find(&self, name: &CStr) -> Option<*const c_void>;
}

/// What a library tells of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Told {
    pub version: Option<String>,
    pub configuration: Option<String>,
    pub core: Option<String>,
    pub threading: Option<String>,
}

/// A kind of library, recognised by a function that no other has.
pub(crate) struct Identity {
    pub name: &'static str,
    /// What `POLYBLAS_BACKEND` calls it.
    pub key: &'static str,
    /// Functions that no other library has; one is enough.
    markers: &'static [&'static CStr],
    tell: fn(&dyn Symbols) -> Told,
    threads_now: &'static [&'static CStr],
    threads_set: &'static [&'static CStr],
    /// Whether the threads are OpenMP's, to be set there: a setter of the library's own does not work then.
    openmp: fn(&dyn Symbols) -> bool,
    /// Whether two threads that call at once spoil each other's products.
    one_caller: fn(&dyn Symbols) -> bool,
    /// Whether it reads past the end of `f32` operands.
    reads_past_end: fn(&dyn Symbols) -> bool,
}

/// The rows, most telling markers first: OpenBLAS and MKL have `cblas_dgemmt` too, and a `libblas.so.3` of BLIS hides
/// all else that is its own; anything may contain the reference BLAS's helpers.
static IDENTITIES: &[Identity] = &[
    Identity {
        name: "OpenBLAS",
        key: "openblas",
        markers: &[c"openblas_get_config"],
        tell: |s| {
            let configuration = string(s, c"openblas_get_config");
            Told {
                // "OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH ..."
                version: configuration.as_deref().and_then(|c| c.split_whitespace().nth(1)).map(str::to_owned),
                core: string(s, c"openblas_get_corename"),
                threading: int(s, c"openblas_get_parallel").map(|n| {
                    match n {
                        0 => "none",
                        1 => "pthreads",
                        2 => "openmp",
                        _ => "unknown",
                    }
                    .to_owned()
                }),
                configuration,
            }
        },
        threads_now: &[c"openblas_get_num_threads"],
        threads_set: &[c"openblas_set_num_threads"],
        openmp: |s| int(s, c"openblas_get_parallel") == Some(2),
        // Built without threads it has one buffer for all packing, and commonly no lock on it.
        one_caller: |s| int(s, c"openblas_get_parallel") == Some(0),
        reads_past_end: |_| false,
    },
    Identity {
        name: "Intel MKL",
        key: "mkl",
        markers: &[c"MKL_Get_Version_String"],
        tell: |s| {
            let configuration = mkl_version(s);
            Told {
                // "Intel(R) oneAPI Math Kernel Library Version 2025.0-Product Build ..."
                version: configuration.as_deref().and_then(version_word),
                threading: mkl_threading(s),
                core: None,
                configuration,
            }
        },
        threads_now: &[c"MKL_Get_Max_Threads"],
        threads_set: &[c"MKL_Set_Num_Threads"],
        openmp: |_| false,
        one_caller: |_| false,
        reads_past_end: |_| false,
    },
    Identity {
        name: "BLIS",
        key: "blis",
        markers: &[c"bli_info_get_version_str", c"cblas_dgemmt"],
        tell: |s| Told {
            version: string(s, c"bli_info_get_version_str"),
            configuration: None,
            core: blis_core(s),
            threading: match (int(s, c"bli_info_get_enable_openmp"), int(s, c"bli_info_get_enable_pthreads")) {
                (Some(1), _) => Some("openmp".to_owned()),
                (_, Some(1)) => Some("pthreads".to_owned()),
                (Some(_), Some(_)) => Some("none".to_owned()),
                _ => None,
            },
        },
        threads_now: &[c"bli_thread_get_num_threads"],
        threads_set: &[c"bli_thread_set_num_threads"],
        openmp: |_| false,
        one_caller: |_| false,
        reads_past_end: |s| reads_past_end(string(s, c"bli_info_get_version_str").as_deref()),
    },
    Identity {
        name: "ATLAS",
        key: "atlas",
        markers: &[c"ATL_dgemm", c"atl_f77wrap_dgemm_"],
        tell: |_| Told::default(),
        threads_now: &[],
        threads_set: &[],
        openmp: |_| false,
        one_caller: |_| false,
        reads_past_end: |_| false,
    },
    Identity {
        name: "FlexiBLAS",
        key: "flexiblas",
        markers: &[c"flexiblas_current_backend"],
        tell: |_| Told::default(),
        threads_now: &[c"flexiblas_get_num_threads"],
        threads_set: &[c"flexiblas_set_num_threads"],
        openmp: |_| false,
        one_caller: |_| false,
        reads_past_end: |_| false,
    },
    Identity {
        name: "Accelerate",
        key: "accelerate",
        markers: &[c"appleblas_dgeadd"],
        tell: |_| Told { threading: Some("dispatch".to_owned()), ..Told::default() },
        threads_now: &[],
        threads_set: &[],
        openmp: |_| false,
        one_caller: |_| false,
        reads_past_end: |_| false,
    },
    Identity {
        name: "Netlib",
        key: "netlib",
        markers: &[c"dcabs1sub_", c"xerbla_array_"],
        tell: |_| Told { threading: Some("none".to_owned()), ..Told::default() },
        threads_now: &[],
        threads_set: &[],
        openmp: |_| false,
        one_caller: |_| false,
        reads_past_end: |_| false,
    },
];

impl Identity {
    /// The library behind these symbols, if it is a known one.
    pub fn of(symbols: &dyn Symbols) -> Option<&'static Identity> {
        Self::recognise(|name| symbols.find(name).is_some())
    }

    /// The library that has these names, if it is a known one.
    pub fn recognise(has: impl Fn(&CStr) -> bool) -> Option<&'static Identity> {
        IDENTITIES.iter().find(|row| row.markers.iter().any(|marker| has(marker)))
    }

    /// What the libraries are called in `POLYBLAS_BACKEND`.
    pub fn keys() -> impl Iterator<Item = &'static str> {
        IDENTITIES.iter().map(|row| row.key)
    }

    pub fn tell(&self, symbols: &dyn Symbols) -> Told {
        (self.tell)(symbols)
    }

    /// Threads that the library would use now.
    pub fn threads(&self, symbols: &dyn Symbols) -> Option<usize> {
        let names: &[&CStr] = if (self.openmp)(symbols) { &[c"omp_get_max_threads"] } else { self.threads_now };
        let now = names.iter().find_map(|name| int(symbols, name))?;
        // BLIS says -1 when it was never told: it runs one.
        Some(usize::try_from(now).unwrap_or(1).max(1))
    }

    /// Whether calls have to take turns.
    pub fn is_for_one_caller(&self, symbols: &dyn Symbols) -> bool {
        (self.one_caller)(symbols)
    }

    /// Whether products of `f32` need a row to spare.
    pub fn reads_past_end(&self, symbols: &dyn Symbols) -> bool {
        (self.reads_past_end)(symbols)
    }

    /// Whether its threads are OpenMP's, whose number is each caller's own.
    pub fn is_openmp(&self, symbols: &dyn Symbols) -> bool {
        (self.openmp)(symbols)
    }

    /// Whether the library can be told to use more threads than one.
    pub fn is_threaded(&self, symbols: &dyn Symbols) -> bool {
        self.setter(symbols).is_some() && self.tell(symbols).threading.as_deref() != Some("none")
    }

    fn setter(&self, symbols: &dyn Symbols) -> Option<*const c_void> {
        let names: &[&CStr] = if (self.openmp)(symbols) { &[c"omp_set_num_threads"] } else { self.threads_set };
        names.iter().find_map(|name| symbols.find(name))
    }

    /// Tells the library how many threads to use; `false` where it has no way to be told.
    pub fn set_threads(&self, symbols: &dyn Symbols, threads: usize) -> bool {
        let Some(setter) = self.setter(symbols).filter(|_| self.is_threaded(symbols)) else { return false };
        let threads = c_int::try_from(threads).unwrap_or(c_int::MAX);
        if self.name == "BLIS" {
            // SAFETY: `void bli_thread_set_num_threads(dim_t)`; `dim_t` has 64 bits on 64-bit systems in every build.
            let set: unsafe extern "C" fn(i64) = unsafe { std::mem::transmute(setter) };
            // SAFETY: as above.
            unsafe { set(i64::from(threads)) };
        } else {
            // SAFETY: each of these setters is `void f(int)` (OpenBLAS, MKL's capitalised C form, OpenMP, FlexiBLAS).
            let set: unsafe extern "C" fn(c_int) = unsafe { std::mem::transmute(setter) };
            // SAFETY: as above.
            unsafe { set(threads) };
        }
        true
    }
}

/// Calls `int f(void)`.
fn int(symbols: &dyn Symbols, name: &CStr) -> Option<c_int> {
    let f = symbols.find(name)?;
    // SAFETY: every name asked for in this file is a function of no arguments that returns an integer whose low half,
    // if it is wider, is the value.
    Some(unsafe { std::mem::transmute::<*const c_void, unsafe extern "C" fn() -> c_int>(f)() })
}

/// Calls `const char *f(void)`.
fn string(symbols: &dyn Symbols, name: &CStr) -> Option<String> {
    let f = symbols.find(name)?;
    // SAFETY: every name asked for in this file is a function of no arguments that returns a static C string.
    let text = unsafe { std::mem::transmute::<*const c_void, unsafe extern "C" fn() -> *const c_char>(f)() };
    // SAFETY: as above.
    (!text.is_null()).then(|| unsafe { CStr::from_ptr(text) }.to_string_lossy().trim().to_owned())
}

fn mkl_version(symbols: &dyn Symbols) -> Option<String> {
    let f = symbols.find(c"MKL_Get_Version_String")?;
    let mut text = [0 as c_char; 200];
    // SAFETY: `void MKL_Get_Version_String(char *buf, int len)` writes at most `len` bytes.
    unsafe {
        let get: unsafe extern "C" fn(*mut c_char, c_int) = std::mem::transmute(f);
        get(text.as_mut_ptr(), text.len() as c_int - 1);
        Some(CStr::from_ptr(text.as_ptr()).to_string_lossy().trim().to_owned())
    }
}

/// MKL's threading layer: its single dynamic library names it; of one linked by itself only a lack of threads shows.
fn mkl_threading(symbols: &dyn Symbols) -> Option<String> {
    let Some(f) = symbols.find(c"MKL_Set_Threading_Layer") else {
        return mkl_stays_sequential(symbols).then(|| "none".to_owned());
    };
    // SAFETY: `int MKL_Set_Threading_Layer(int)`: -1 is no layer, so it answers with the one in use and sets none.
    let layer = unsafe { std::mem::transmute::<*const c_void, unsafe extern "C" fn(c_int) -> c_int>(f)(-1) };
    let name = match layer {
        0 => "intel openmp",
        1 => "none",
        2 => "pgi openmp",
        3 => "gnu openmp",
        4 => "tbb",
        _ => return None,
    };
    Some(name.to_owned())
}

/// Whether MKL goes on with one thread when the calling thread asks for two: its sequential layer has the setters and
/// ignores them.
fn mkl_stays_sequential(symbols: &dyn Symbols) -> bool {
    let Some(f) = symbols.find(c"MKL_Set_Num_Threads_Local").filter(|_| super::threads::cores() > 1) else {
        return false;
    };
    // SAFETY: `int MKL_Set_Num_Threads_Local(int)` sets the calling thread's number and returns the one before, 0 where
    // it follows the process's, which is what 0 sets.
    let set = unsafe { std::mem::transmute::<*const c_void, unsafe extern "C" fn(c_int) -> c_int>(f) };
    // SAFETY: as above.
    let before = unsafe { set(2) };
    let now = int(symbols, c"MKL_Get_Max_Threads");
    // SAFETY: as above.
    unsafe { set(before) };
    now == Some(1)
}

/// The first word that begins with a digit, up to a hyphen.
fn version_word(text: &str) -> Option<String> {
    let word = text.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    Some(word.split('-').next().unwrap_or(word).to_owned())
}

/// The name of the sub-configuration that BLIS chose for this CPU.
fn blis_core(symbols: &dyn Symbols) -> Option<String> {
    let (query, name) = (symbols.find(c"bli_arch_query_id")?, symbols.find(c"bli_arch_string")?);
    // SAFETY: `arch_t bli_arch_query_id(void)` with `arch_t` an enum, and `const char *bli_arch_string(arch_t)`, which
    // returns a static string for each id that the first gives.
    unsafe {
        let query: unsafe extern "C" fn() -> c_int = std::mem::transmute(query);
        let name: unsafe extern "C" fn(c_int) -> *const c_char = std::mem::transmute(name);
        let text = name(query());
        (!text.is_null()).then(|| CStr::from_ptr(text).to_string_lossy().into_owned())
    }
}

/// The version in a file's name: `3.10.3` of `libblas.so.3.10.3`. A lone number is an ABI's, not a library's.
pub(crate) fn version_in_name(file: &std::path::Path) -> Option<String> {
    let name = file.file_name()?.to_str()?;
    let version = name.split(".so.").nth(1)?;
    let numeric = version.chars().all(|c| c.is_ascii_digit() || c == '.');
    (numeric && version.contains('.')).then(|| version.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_from_what_libraries_say() {
        let said = "Intel(R) oneAPI Math Kernel Library Version 2025.0-Product Build 20240101 for Intel(R) 64";
        assert_eq!(version_word(said).as_deref(), Some("2025.0"));
        assert_eq!(version_in_name("/usr/lib/atlas/libblas.so.3.10.3".as_ref()).as_deref(), Some("3.10.3"));
        assert_eq!(version_in_name("/usr/lib/blis-openmp/libblas.so.3".as_ref()), None);
        assert_eq!(version_in_name("/usr/lib/libopenblas.so".as_ref()), None);
        assert_eq!(version_in_name("libopenblasp-r0.3.21.so".as_ref()), None);
        assert_eq!(version_in_name("libblis.so.4".as_ref()), None);
    }
}
