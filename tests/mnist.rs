//! The example `mnist`: what its parts promise, and what its users meet when something is wrong.

#[allow(dead_code, reason = "the program's entry point and its reports are run as a program below")]
#[path = "../examples/mnist/main.rs"]
mod mnist;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use allocation_counter::AllocationInfo;
use flate2::Compression;
use flate2::write::GzEncoder;
use mnist::activation::{Hidden, Output as Last};
use mnist::digits::Split;
use mnist::idx::{Idx, IdxError};
use mnist::net::{Descent, Net, Workspace};
use mnist::random::SplitMix64;
use mnist::real::Real;
use mnist::train::Training;

/// The example's program. `cargo test` builds it, but `cargo test --test mnist` does not: it is built here when it is
/// not there, or older than its source, or has to open the library that `POLYBLAS_BACKEND` names.
fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let test = std::env::current_exe().unwrap();
        let profile = test.parent().unwrap().parent().unwrap();
        let program = profile.join("examples").join(format!("mnist{}", std::env::consts::EXE_SUFFIX));
        let written = |path: &Path| path.metadata().and_then(|meta| meta.modified()).ok();
        let sources = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/mnist")).unwrap();
        let newest = sources.filter_map(|source| written(&source.unwrap().path())).max();
        let opens = cfg!(feature = "dynamic") && std::env::var_os("POLYBLAS_BACKEND").is_some();
        if opens || written(&program) < newest {
            let mut build = Command::new(env!("CARGO"));
            build.args(["build", "--quiet", "--example", "mnist", "--manifest-path"]);
            build.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"));
            build.arg("--target-dir").arg(profile.parent().unwrap());
            if opens {
                build.args(["--features", "dynamic"]);
            }
            if !cfg!(debug_assertions) {
                build.arg("--release");
            }
            assert!(build.status().unwrap().success() && program.exists(), "{} cannot be built", program.display());
        }
        program
    })
}

fn run(args: &[&str]) -> Output {
    Command::new(program()).args(args).output().unwrap()
}

/// The one line that says what was wrong.
fn error(args: &[&str]) -> String {
    let output = run(args);
    assert_eq!(output.status.code(), Some(1), "{args:?}: {output:?}");
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(stderr.lines().count(), 1, "{args:?}: {stderr}");
    stderr.trim_end().strip_prefix("error: ").expect(&stderr).to_owned()
}

fn json(args: &[&str]) -> serde_json::Value {
    let output = run(&[args, &["--json"]].concat());
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A directory of MNIST's files: `count` images of 2 x 2, each digit in turn.
struct Dir(PathBuf);

impl Dir {
    fn new(name: &str, count: usize) -> Self {
        let dir = std::env::temp_dir().join(format!("polyblas-mnist-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        let dir = Dir(dir);
        let pixels = (0..4 * count).map(|i| (i * 37 % 256) as u8).collect();
        dir.put("train-images-idx3-ubyte", &file(&Idx { dims: [count, 2, 2], bytes: pixels }));
        dir.put("train-labels-idx1-ubyte", &file(&Idx { dims: [count], bytes: (0..10).cycle().take(count).collect() }));
        dir
    }

    fn put(&self, name: &str, content: &[u8]) {
        std::fs::write(self.0.join(name), content).unwrap();
    }

    fn get(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.0.join(name)).unwrap()
    }

    fn error(&self, args: &[&str]) -> String {
        error(&[&["--data", self.0.to_str().unwrap()], args].concat())
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn file<const N: usize>(idx: &Idx<N>) -> Vec<u8> {
    let mut bytes = Vec::new();
    idx.write(&mut bytes).unwrap();
    bytes
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn idx_files_are_read_back_plain_and_gzipped() {
    let idx = Idx { dims: [3, 2, 2], bytes: (0..12).collect() };
    let bytes = file(&idx);
    assert_eq!(Idx::parse(&bytes, Path::new("plain")).unwrap(), idx);
    assert_eq!(Idx::parse(&gzip(&bytes), Path::new("gzipped")).unwrap(), idx);
}

#[test]
fn every_prefix_of_an_idx_file_is_refused() {
    let bytes = file(&Idx { dims: [3, 2, 2], bytes: (0..12).collect() });
    let packed = gzip(&bytes);
    for end in 0..bytes.len() {
        let error = Idx::<3>::parse(&bytes[..end], Path::new("x")).unwrap_err();
        assert!(matches!(error, IdxError::Truncated { found, .. } if found == end), "{end}: {error}");
    }
    for end in 2..packed.len() {
        let error = Idx::<3>::parse(&packed[..end], Path::new("x")).unwrap_err();
        assert!(matches!(error, IdxError::Gzip { .. }), "{end}: {error}");
    }
}

#[test]
fn a_header_that_promises_more_than_memory_is_truncated() {
    let bytes = [&0x803u32.to_be_bytes()[..], &[0xff; 12]].concat();
    let error = Idx::<3>::parse(&bytes, Path::new("huge")).unwrap_err();
    assert!(matches!(error, IdxError::Truncated { expected: u64::MAX, found: 16, .. }), "{error}");
}

#[test]
fn a_missing_directory_says_how_to_fetch_the_digits() {
    let error = error(&["--data", "/no/such/directory"]);
    assert!(error.starts_with("no MNIST in /no/such/directory: neither train-images-idx3-ubyte nor"), "{error}");
    assert!(error.contains("scripts/mnist-data.sh"), "{error}");
}

#[test]
fn a_wrong_magic_number_is_named() {
    let dir = Dir::new("magic", 20);
    dir.put("train-images-idx3-ubyte", &dir.get("train-labels-idx1-ubyte"));
    let error = dir.error(&[]);
    assert!(error.ends_with("is no IDX file of images: its magic number is 0x00000801, not 0x00000803"), "{error}");
}

#[test]
fn a_truncated_file_says_how_much_is_there() {
    let dir = Dir::new("truncated", 20);
    let mut images = dir.get("train-images-idx3-ubyte");
    images.truncate(50);
    dir.put("train-images-idx3-ubyte", &images);
    let error = dir.error(&[]);
    assert!(error.contains("is truncated: its header promises 96 bytes and 50 are there"), "{error}");
}

#[test]
fn a_broken_gzip_stream_is_named() {
    let dir = Dir::new("gzip", 20);
    let mut images = gzip(&dir.get("train-images-idx3-ubyte"));
    images.truncate(images.len() / 2);
    dir.put("train-images-idx3-ubyte", &images);
    let error = dir.error(&[]);
    assert!(error.contains("is damaged: its gzip stream breaks off or is corrupt"), "{error}");
}

#[test]
fn images_and_labels_of_different_sets_are_refused() {
    let dir = Dir::new("count", 20);
    dir.put("train-labels-idx1-ubyte", &file(&Idx { dims: [19], bytes: vec![0; 19] }));
    let error = dir.error(&[]);
    assert!(error.contains("has 20 images but 19 labels belong to them"), "{error}");
}

#[test]
fn a_label_that_is_no_digit_is_refused() {
    let dir = Dir::new("label", 20);
    dir.put("train-labels-idx1-ubyte", &file(&Idx { dims: [20], bytes: vec![10; 20] }));
    assert_eq!(dir.error(&[]), "label 0 is 10; digits are 0 to 9");
}

#[test]
fn test_digits_of_another_shape_are_refused() {
    let dir = Dir::new("shapes", 20);
    dir.put("t10k-images-idx3-ubyte", &file(&Idx { dims: [2, 3, 3], bytes: vec![0; 18] }));
    dir.put("t10k-labels-idx1-ubyte", &file(&Idx { dims: [2], bytes: vec![0; 2] }));
    assert_eq!(dir.error(&[]), "the test images are 3x3 but the training images 2x2");
}

#[test]
fn layers_that_do_not_fit_the_digits_are_refused() {
    assert_eq!(
        error(&["--layers", "784,128,10"]),
        "--layers 784,128,10: the first layer must have 64 units, one for each pixel of a 8x8 image, not 784"
    );
    assert_eq!(
        error(&["--layers", "64,9"]),
        "--layers 64,9: the last layer must have 10 units, one for each digit, not 9"
    );
    let two = ": a net has at least two layers, the pixels and the digits, and none is empty";
    assert_eq!(error(&["--layers", "64"]), format!("--layers 64{two}"));
    assert_eq!(error(&["--layers", "64,0,10"]), format!("--layers 64,0,10{two}"));
}

#[test]
fn rates_and_momenta_out_of_range_are_refused() {
    assert_eq!(error(&["--rate", "0"]), "--rate 0: must be above 0");
    assert_eq!(error(&["--rate", "NaN"]), "--rate NaN: must be above 0");
    assert_eq!(error(&["--momentum", "1"]), "--momentum 1: must be at least 0 and below 1");
}

#[test]
fn a_loss_that_is_no_number_stops_the_training() {
    let error = Dir::new("nan", 200).error(&["--rate", "1e30"]);
    assert!(error.starts_with("the loss became NaN in batch 2 of epoch 1: the learning rate is too high"), "{error}");
}

#[test]
fn an_unknown_backend_is_refused() {
    let error = error(&["--backend", "no-such-backend"]);
    assert!(error.contains("no-such-backend"), "{error}");
}

#[test]
fn a_place_that_cannot_be_written_is_named() {
    let dir = Dir::new("out", 20);
    let out = dir.0.join("train-labels-idx1-ubyte").join("below-a-file");
    let error = dir.error(&["--epochs", "1", "--out", out.to_str().unwrap()]);
    assert!(error.starts_with(&format!("cannot write to {}", out.display())), "{error}");
}

#[test]
fn the_seed_decides_all() {
    let loss = |seed| json(&["--epochs", "2", "--threads", "1", "--seed", seed])["loss"].as_f64().unwrap();
    assert_eq!(loss("7"), loss("7"));
    assert_ne!(loss("7"), loss("8"));
}

#[test]
fn the_bundled_digits_are_learnt_and_drawn() {
    let dir = Dir::new("drawn", 5);
    let output = run(&["--epochs", "4", "--quantise", "--out", dir.0.to_str().unwrap()]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert!(stdout.contains("64 → 128 ReLU → 10 softmax, f32") && stdout.contains("taken for"), "{stdout}");
    for name in ["learning-curve.svg", "mistakes.svg"] {
        assert!(String::from_utf8(dir.get(name)).unwrap().trim_end().ends_with("</svg>"), "{name}");
    }
}

#[test]
fn nets_of_each_kind_learn() {
    for (args, least) in [
        (&["--epochs", "5"][..], 0.93),
        (&["--epochs", "5", "--dtype", "f64", "--quantise"], 0.93),
        (&["--epochs", "5", "--layers", "64,40,20,10", "--hidden", "sigmoid", "--rate", "0.2", "--quantise"], 0.9),
        (&["--preset", "perceptron", "--epochs", "10"], 0.88),
        (&["--preset", "blog", "--epochs", "100"], 0.8),
        (&["--batch", "1", "--rate", "0.01", "--momentum", "0", "--epochs", "2"], 0.9),
    ] {
        let told = json(args);
        let accuracy = told["test_accuracy"].as_f64().unwrap();
        assert!(accuracy >= least, "{args:?}: {accuracy}");
        if let Some(quantised) = told["i8"]["accuracy"].as_f64() {
            assert!((quantised - accuracy).abs() <= 0.02, "{args:?}: {accuracy} and {quantised} in bytes");
        }
    }
}

#[test]
fn numpy_from_the_same_seed_reaches_the_same() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/mnist_numpy.py");
    let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
    match Command::new(&python).args(["-c", "import numpy"]).output() {
        Ok(output) if output.status.success() => {}
        _ => return println!("skipped: {python} has no numpy"),
    }
    let args = ["--dtype", "f64", "--epochs", "3", "--batch", "50"];
    let output = Command::new(&python).arg(script).args(args).arg("--json").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let numpy: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let ours = json(&args);
    for value in ["loss", "test_loss", "test_accuracy"] {
        let (ours, numpy) = (ours[value].as_f64().unwrap(), numpy[value].as_f64().unwrap());
        assert!((ours - numpy).abs() <= 1e-9, "{value}: {ours}, numpy {numpy}");
    }
}

/// Central differences of the loss by every weight, against what one step without momentum changes.
fn check_gradient(hidden: Hidden, output: Last) {
    const STEP: f64 = 1e-5;
    const ROWS: usize = 7;

    let mut random = SplitMix64::new(3);
    let mut net = Net::<f64>::random(&[5, 4, 6, 10], hidden, output, false, &mut random);
    let mut work = Workspace::to_learn(&net, ROWS);
    let fill = |work: &mut Workspace<f64>| {
        let mut random = SplitMix64::new(4);
        work.activations[0].as_mut_slice().iter_mut().for_each(|x| *x = random.next_f64());
        (0..).zip(&mut work.labels).for_each(|(i, label)| *label = i % 10);
    };
    let loss = |net: &Net<f64>, work: &mut Workspace<f64>| {
        net.forward(work, ROWS);
        net.output.loss(work.output(ROWS), &work.labels) / ROWS as f64
    };
    fill(&mut work);
    let mut expected = Vec::new();
    for l in 0..net.layers.len() {
        for w in 0..net.layers[l].weights.as_slice().len() {
            let kept = net.layers[l].weights.as_slice()[w];
            let mut at = |x| {
                net.layers[l].weights.as_mut_slice()[w] = x;
                loss(&net, &mut work)
            };
            expected.push((at(kept + STEP) - at(kept - STEP)) / (2.0 * STEP));
            at(kept);
        }
    }
    let weights = |net: &Net<f64>| net.layers.iter().flat_map(|l| l.weights.as_slice().to_vec()).collect::<Vec<_>>();
    let before = weights(&net);
    net.step(&mut work, ROWS, Descent { rate: 1.0, momentum: 0.0 });
    for ((before, after), expected) in before.iter().zip(weights(&net)).zip(expected) {
        assert!((before - after - expected).abs() < 1e-7, "{hidden:?} {output:?}: {} and {expected}", before - after);
    }
}

#[test]
fn the_gradient_is_that_of_central_differences() {
    for output in [Last::Softmax, Last::Sigmoid] {
        check_gradient(Hidden::Sigmoid, output);
        check_gradient(Hidden::Relu, output);
    }
}

fn allocations_of_an_epoch<T: Real>(batch: usize, momentum: f64) -> AllocationInfo {
    let mut random = SplitMix64::new(5);
    let split = Split::load(None, &mut random).unwrap();
    let net = Net::<T>::random(&[64, 32, 16, 10], Hidden::Relu, Last::Softmax, momentum > 0.0, &mut random);
    let descent = Descent { rate: T::of(0.01), momentum: T::of(momentum) };
    let mut training = Training::new(net, &split.train, split.brightest, batch, descent, random);
    // The first epoch is where the engine may take the memory that it keeps.
    training.epoch(|| {}).unwrap();
    allocation_counter::measure(|| {
        training.epoch(|| {}).unwrap();
    })
}

#[test]
fn nothing_is_allocated_while_it_learns() {
    let threads = polyblas::threads::get();
    polyblas::threads::set(1);
    for batch in [1, 32, 100, usize::MAX] {
        for momentum in [0.0, 0.9] {
            let f32 = allocations_of_an_epoch::<f32>(batch, momentum);
            assert_eq!(f32.count_total, 0, "f32, batches of {batch}, momentum {momentum}: {f32:?}");
            let f64 = allocations_of_an_epoch::<f64>(batch, momentum);
            assert_eq!(f64.count_total, 0, "f64, batches of {batch}, momentum {momentum}: {f64:?}");
        }
    }
    // A product that is spread over threads hands each of them a job in a box of its own; the smallest matrix of this
    // epoch takes 57 kB.
    polyblas::threads::set(threads.max(2));
    let jobs = allocations_of_an_epoch::<f32>(usize::MAX, 0.9);
    assert!(jobs.bytes_total < 8192, "{jobs:?}");
    polyblas::threads::set(threads);
}
