//! What the system's loader knows of what is in the process.

#[cfg(unix)]
pub(crate) use unix::*;

#[cfg(not(unix))]
pub(crate) use other::*;

#[cfg(unix)]
#[cfg_attr(not(all(provider, feature = "dynamic")), allow(dead_code, reason = "each feature needs a part"))]
mod unix {
    use std::ffi::{CStr, CString, OsStr, c_void};
    use std::os::unix::ffi::OsStrExt;
    use std::path::{Path, PathBuf};
    use std::sync::OnceLock;

    /// The file and the load address of the object that holds `address`.
    fn object(address: *const c_void) -> Option<(PathBuf, *mut c_void)> {
        // SAFETY: an all-zero `Dl_info` is four null pointers.
        let mut info: libc::Dl_info = unsafe { std::mem::zeroed() };
        // SAFETY: `info` is writable; any address may be asked for.
        if unsafe { libc::dladdr(address, &mut info) } == 0 || info.dli_fname.is_null() {
            return None;
        }
        // SAFETY: the loader gave a C string that lives as long as the object is loaded.
        let name = unsafe { CStr::from_ptr(info.dli_fname) };
        Some((Path::new(OsStr::from_bytes(name.to_bytes())).to_owned(), info.dli_fbase))
    }

    /// The file that holds this function, links resolved; `None` where it is part of the program itself.
    pub fn file_of(address: *const c_void) -> Option<PathBuf> {
        let (path, base) = object(address)?;
        let (_, own) = object(object as *const c_void)?;
        (base != own).then(|| path.canonicalize().unwrap_or(path))
    }

    /// Whether two functions are of one library.
    pub fn same_object(a: *const c_void, b: *const c_void) -> bool {
        object(a).map(|(_, base)| base) == object(b).map(|(_, base)| base)
    }

    /// Finds a function in the library that `linked` is of and in what that needs, but not elsewhere: another BLAS may
    /// be in the process too. `linked` is always the same.
    pub fn find_beside(linked: *const c_void, name: &CStr) -> Option<*const c_void> {
        static HANDLE: OnceLock<usize> = OnceLock::new();
        let handle = *HANDLE.get_or_init(|| {
            let name = object(linked).and_then(|(path, _)| CString::new(path.as_os_str().as_bytes()).ok());
            // SAFETY: a C string; NOLOAD only finds what is loaded already.
            name.map_or(0, |name| unsafe { libc::dlopen(name.as_ptr(), libc::RTLD_LAZY | libc::RTLD_NOLOAD) as usize })
        }) as *mut c_void;
        let handle = if handle.is_null() { libc::RTLD_DEFAULT } else { handle };
        // SAFETY: a handle that is never closed, and a C string.
        let address = unsafe { libc::dlsym(handle, name.as_ptr()) };
        (!address.is_null()).then_some(address.cast_const())
    }
}

#[cfg(not(unix))]
#[cfg_attr(not(all(provider, feature = "dynamic")), allow(dead_code, reason = "each feature needs a part"))]
mod other {
    use std::ffi::{CStr, c_void};
    use std::path::PathBuf;

    pub fn file_of(_: *const c_void) -> Option<PathBuf> {
        None
    }

    pub fn same_object(_: *const c_void, _: *const c_void) -> bool {
        true
    }

    pub fn find_beside(_: *const c_void, _: &CStr) -> Option<*const c_void> {
        None
    }
}
