//! The providers of this machine.

use std::sync::atomic::{AtomicBool, Ordering};

use polyblas::backend::{self, Backend, BackendError};
use polyblas::{Dot, Matrix, threads};

use super::products;

/// Every provider that is found here, and that can be used.
fn usable() -> Vec<Backend> {
    let found = backend::available();
    let usable: Vec<Backend> =
        found.into_iter().map(|provider| provider.backend).filter(|backend| backend::select(backend).is_ok()).collect();
    backend::select(&Backend::Native).expect("native is always there");
    if usable.len() == 1 {
        println!("no BLAS was found on this machine: the native engine alone is tested");
    }
    usable
}

#[test]
fn every_provider_of_this_machine_multiplies_right() {
    let _turn = products::turn();
    for backend in usable() {
        backend::select(&backend).unwrap();
        products::check(&backend.to_string());
    }
    backend::select(&Backend::Native).unwrap();
}

#[test]
fn what_a_file_tells_is_what_the_library_tells() {
    let _turn = products::turn();
    for found in backend::available() {
        backend::select(&found.backend).unwrap_or_else(|error| panic!("{error}"));
        let runtime = backend::current_runtime();
        assert_eq!(found.name, runtime.name);
        if found.version.is_some() {
            assert_eq!(found.version, runtime.version, "{:?}", found.file);
        }
        if found.integer_bits.is_some() {
            assert_eq!(found.integer_bits, runtime.integer_bits, "{:?}", found.file);
        }
        if found.threading.is_some() {
            assert_eq!(found.threading, runtime.threading, "{:?}", found.file);
        }
        assert_eq!(found.file, runtime.file);
    }
    backend::select(&Backend::Native).unwrap();
}

#[test]
fn threads_are_set_and_limited_on_every_provider() {
    let _turn = products::turn();
    let most = std::thread::available_parallelism().map_or(1, usize::from);
    for backend in usable() {
        backend::select(&backend).unwrap();
        let threaded = threads::max() > 1;
        for n in [1, most.min(2)] {
            assert_eq!(threads::set(n), threaded || backend == Backend::Native, "{backend}");
            let expected = if threaded { n } else { 1 };
            assert_eq!(threads::get(), expected, "{backend}");
            let of_another_thread = std::thread::spawn(threads::get).join().unwrap();
            assert_eq!(of_another_thread, expected, "{backend}: the number is the whole process's");
        }
        let before = threads::get();
        {
            let _limit = threads::limit(1);
            assert_eq!(threads::get(), 1, "{backend}");
        }
        assert_eq!(threads::get(), before, "{backend}");
    }
    backend::select(&Backend::Native).unwrap();
}

#[test]
fn backends_are_switched_while_others_multiply() {
    let _turn = products::turn();
    let backends = usable();
    let stop = AtomicBool::new(false);
    let products = std::thread::scope(|scope| {
        let multiply = |seed: usize| {
            let (stop, n) = (&stop, 24 + 9 * seed);
            move || {
                let a = products::matrix(n, n + 1, [1.0f64, 0.5], seed);
                let b = products::matrix(n + 1, n, [1.0f64, 0.5], seed + 1);
                // Small whole and half numbers: every provider must get them to the bit.
                let (c, syrk) = (a.dot(&b), a.dot(&a.t()));
                let x = vec![1.0; n + 1];
                let y = a.dot(&x);
                let mut count = 0;
                while !stop.load(Ordering::Relaxed) {
                    assert_eq!(a.dot(&b), c);
                    assert_eq!(a.dot(&a.t()), syrk);
                    assert_eq!(a.dot(&x), y);
                    count += 3;
                }
                count
            }
        };
        let workers: Vec<_> = (0..4).map(|seed| scope.spawn(multiply(seed))).collect();
        for round in 0..400 {
            backend::select(&backends[round % backends.len()]).unwrap();
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
        stop.store(true, Ordering::Relaxed);
        workers.into_iter().map(|worker| worker.join().unwrap()).collect::<Vec<u64>>()
    });
    backend::select(&Backend::Native).unwrap();
    assert!(products.iter().all(|&count| count > 0), "{products:?}");
}

#[test]
#[cfg(feature = "parallel")]
fn a_rayon_pool_that_calls_a_threaded_library_is_noticed() {
    let _turn = products::turn();
    let mut threaded = usable().into_iter().filter(|backend| *backend != Backend::Native);
    let found = threaded.find(|backend| {
        backend::select(backend).expect("it is usable");
        threads::max() > 1 && threads::set(2) && threads::get() == 2
    });
    if found.is_none() {
        backend::select(&Backend::Native).unwrap();
        return println!("skipped: no library here uses two threads");
    }
    let a = Matrix::<f64>::ones(8, 8);
    let _ = a.dot(&a);
    assert!(!threads::oversubscribed(), "no pool has called yet");
    let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
    pool.install(|| {
        let _one = threads::limit(1);
        let _ = a.dot(&a);
    });
    assert!(!threads::oversubscribed(), "one thread for each call is as it should be");
    pool.install(|| a.dot(&a));
    assert!(threads::oversubscribed());
    let advice = polyblas::Config::now().advice;
    assert!(advice.iter().any(|advice| advice.finding.contains("rayon pool calls")), "{advice:?}");
    backend::select(&Backend::Native).unwrap();
}

#[test]
fn a_name_that_is_not_on_the_machine_says_where_it_was_sought() {
    let _turn = products::turn();
    let error = backend::select(&Backend::Named("flexiblas".to_owned()));
    match error {
        Err(BackendError::NotFound { name, .. }) => assert_eq!(name, "flexiblas"),
        Err(other) => panic!("{other}"),
        Ok(()) => println!("skipped: FlexiBLAS is installed"),
    }
    backend::select(&Backend::Native).unwrap();
    let _ = Matrix::<f64>::eye(2).dot(&Matrix::eye(2));
}
