//! A `cdylib` carries the provider with it. This test links neither polyblas nor a BLAS of its own: what a C program
//! that opens the library would have.

mod expected;

#[test]
fn the_cdylib_loads_and_multiplies() {
    let name = libloading::library_filename("consumer");
    let deps = std::env::current_exe().unwrap().parent().unwrap().to_path_buf();
    let places = [deps.join(&name), deps.parent().unwrap().join(&name)];
    let file = places.iter().find(|place| place.exists()).unwrap_or_else(|| panic!("none of {places:?} exists"));
    // SAFETY: the library is this crate's own: loading it runs no code but the BLAS's initialisers, and the function
    // has the type that `src/lib.rs` declares.
    let sum = unsafe {
        let library = libloading::Library::new(file).unwrap();
        let checksum: libloading::Symbol<'_, extern "C" fn(usize) -> f64> = library.get("consumer_checksum").unwrap();
        let sum = checksum(expected::N);
        // A BLAS's threads may still be running code of the library, so it is never unloaded.
        std::mem::forget(library);
        sum
    };
    assert_eq!(sum, expected::checksum());
}
