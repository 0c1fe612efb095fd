//! The machine that the program runs on.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The machine that the program runs on. `None` is "could not be found out".
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Machine {
    /// The CPU's name.
    pub cpu: Option<String>,
    /// The instruction set: `x86_64`, `aarch64`, …
    pub architecture: String,
    /// The operating system.
    pub system: String,
    /// Cores, not counting a core's second thread.
    pub physical_cores: Option<usize>,
    /// Hardware threads.
    pub logical_cores: Option<usize>,
    /// Hardware threads that this process may use (affinity and control groups counted).
    pub usable_cores: Option<usize>,
    /// Level-1 data cache of a core, such as `32 KiB`.
    pub l1_data_cache: Option<String>,
    /// Level-2 cache of a core.
    pub l2_cache: Option<String>,
    /// Level-3 cache that the first core shares.
    pub l3_cache: Option<String>,
}

impl Machine {
    pub(super) fn look() -> Self {
        let caches = Caches::look();
        Machine {
            cpu: cpu_name(),
            architecture: std::env::consts::ARCH.into(),
            system: system_name(),
            physical_cores: physical_cores(),
            logical_cores: logical_cores(),
            usable_cores: std::thread::available_parallelism().ok().map(usize::from),
            l1_data_cache: caches.l1_data,
            l2_cache: caches.l2,
            l3_cache: caches.l3,
        }
    }
}

const CPUS: &str = "/sys/devices/system/cpu";

fn line(path: impl AsRef<Path>) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    Some(text.trim_matches(|c: char| c.is_whitespace() || c == '\0').to_owned()).filter(|text| !text.is_empty())
}

/// What macOS's `sysctl` answers.
fn sysctl(name: &str) -> Option<String> {
    if !cfg!(target_os = "macos") {
        return None;
    }
    let output = std::process::Command::new("/usr/sbin/sysctl").args(["-n", name]).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    Some(text).filter(|text| output.status.success() && !text.is_empty())
}

fn cpu_name() -> Option<String> {
    if cfg!(windows) {
        return std::env::var("PROCESSOR_IDENTIFIER").ok();
    }
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let field = |name: &str| {
        let value =
            |line: &str| line.split_once(':').filter(|(key, _)| key.trim() == name).map(|(_, v)| v.trim().to_owned());
        info.lines().find_map(value).filter(|value| !value.is_empty())
    };
    let part = || Some(format!("implementer {}, part {}", field("CPU implementer")?, field("CPU part")?));
    field("model name")
        .map(|name| match (field("cpu family"), field("model")) {
            (Some(family), Some(model)) => format!("{name} (family {family}, model {model})"),
            _ => name,
        })
        .or_else(|| line("/sys/firmware/devicetree/base/model"))
        .or_else(part)
        .or_else(|| sysctl("machdep.cpu.brand_string"))
}

fn system_name() -> String {
    let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
    let pretty = release.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="));
    let kernel = line("/proc/sys/kernel/osrelease");
    let os = std::env::consts::OS;
    match (pretty, kernel, sysctl("kern.osproductversion")) {
        (Some(name), Some(kernel), _) => format!("{os} {kernel}, {}", name.trim_matches('"')),
        (None, Some(kernel), _) => format!("{os} {kernel}"),
        (_, None, Some(version)) => format!("{os} {version}"),
        _ => os.into(),
    }
}

fn cpu_dirs() -> Vec<std::path::PathBuf> {
    let number =
        |name: &str| name.strip_prefix("cpu").is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
    let entries = fs::read_dir(CPUS).into_iter().flatten().flatten();
    entries.filter(|entry| entry.file_name().to_str().is_some_and(number)).map(|entry| entry.path()).collect()
}

fn physical_cores() -> Option<usize> {
    let place = |cpu: &std::path::PathBuf| {
        Some((line(cpu.join("topology/physical_package_id"))?, line(cpu.join("topology/core_id"))?))
    };
    let cores: BTreeSet<_> = cpu_dirs().iter().filter_map(place).collect();
    Some(cores.len()).filter(|&n| n > 0).or_else(|| sysctl("hw.physicalcpu")?.parse().ok())
}

fn logical_cores() -> Option<usize> {
    let windows = || std::env::var("NUMBER_OF_PROCESSORS").ok()?.parse().ok();
    let online = cpu_dirs().iter().filter(|cpu| line(cpu.join("online")).is_none_or(|online| online != "0")).count();
    Some(online).filter(|&n| n > 0).or_else(|| sysctl("hw.logicalcpu")?.parse().ok()).or_else(windows)
}

#[derive(Default)]
struct Caches {
    l1_data: Option<String>,
    l2: Option<String>,
    l3: Option<String>,
}

impl Caches {
    fn look() -> Self {
        let mut caches = Caches::default();
        for index in 0.. {
            let dir = Path::new(CPUS).join(format!("cpu0/cache/index{index}"));
            let (Some(level), Some(kind), Some(size)) =
                (line(dir.join("level")), line(dir.join("type")), line(dir.join("size")))
            else {
                break;
            };
            let size = Some(match size.strip_suffix('K').and_then(|kib| kib.parse().ok()) {
                Some(kib) => in_units(kib),
                None => size,
            });
            match (level.as_str(), kind.as_str()) {
                ("1", "Data" | "Unified") => caches.l1_data = size,
                ("2", _) => caches.l2 = size,
                ("3", _) => caches.l3 = size,
                _ => {}
            }
        }
        let sysctl = |name| Some(in_units(sysctl(name)?.parse::<u64>().ok().filter(|&bytes| bytes > 0)? / 1024));
        caches.l1_data = caches.l1_data.or_else(|| sysctl("hw.l1dcachesize"));
        caches.l2 = caches.l2.or_else(|| sysctl("hw.l2cachesize"));
        caches.l3 = caches.l3.or_else(|| sysctl("hw.l3cachesize"));
        caches
    }
}

fn in_units(kib: u64) -> String {
    if kib >= 1024 && kib.is_multiple_of(1024) { format!("{} MiB", kib / 1024) } else { format!("{kib} KiB") }
}
