//! ndarray and polyblas multiply on the one OpenBLAS that the `blas-src` crate links.

use consumer_blas_src::products;

const N: usize = 96;

#[test]
fn both_give_the_same_product() {
    let (theirs, ours) = products(N, |i, j| 1.0 / (1 + i + 2 * j) as f64, |i, j| ((i * j) as f64).sin());
    for i in 0..N {
        for j in 0..N {
            let (a, b) = (theirs[(i, j)], ours[(i, j)]);
            // Each element is a sum of N terms whose absolute values add up to less than 6.
            assert!((a - b).abs() <= 2.0 * N as f64 * f64::EPSILON * 6.0, "{a} and {b} at ({i}, {j})");
        }
    }
}

#[test]
fn the_report_names_openblas() {
    assert_eq!(polyblas::backend::current_runtime().name, "OpenBLAS");
}

#[test]
#[cfg(target_os = "linux")]
fn one_openblas_is_loaded() {
    let (theirs, ours) = products(N, |i, j| (i + j) as f64, |i, j| (i * j % 7) as f64);
    assert_eq!(theirs[(1, 2)], ours[(1, 2)]);
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    let mut files: Vec<_> = maps.lines().filter_map(|line| line.split_whitespace().nth(5)).collect();
    files.retain(|file| file.contains("blas") && file.contains(".so"));
    files.sort_unstable();
    files.dedup();
    assert!(files.len() == 1 && files[0].contains("openblas"), "{files:?}");
}
