//! Why no provider can be linked, said once and fully.

use std::fmt;

/// What to install, by platform.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Install {
    pub debian: &'static str,
    pub fedora: &'static str,
    pub macos: &'static str,
    pub windows: &'static str,
}

/// A provider that was asked for and is not there.
#[derive(Clone, Debug, PartialEq)]
pub struct Missing {
    pub feature: &'static str,
    pub name: &'static str,
    /// The files that would have served.
    pub sought: Vec<String>,
    /// Where they were looked for, a line each.
    pub looked_in: Vec<String>,
    pub install: Install,
    /// What else would mend it.
    pub hint: String,
    /// Other providers that the build selects.
    pub also_selected: Vec<String>,
    pub target: String,
}

/// Why the build cannot go on.
#[derive(Clone, Debug, PartialEq)]
pub enum Error {
    Missing(Box<Missing>),
    /// The selected provider does not exist for the target.
    NotForTarget {
        feature: &'static str,
        name: &'static str,
        target: String,
        only: &'static str,
    },
    /// `POLYBLAS_PROVIDER` names something that is not selected.
    Override {
        value: String,
        selected: Vec<String>,
    },
    /// The library is there, and of a kind that cannot be linked.
    Unfit {
        feature: &'static str,
        file: String,
        reason: String,
        mend: String,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Missing(missing) => missing.fmt(f),
            Error::NotForTarget { feature, name, target, only } => write!(
                f,
                "polyblas: feature `{feature}` asks for {name}, which exists {only}; this build is for {target}.\n\n  \
                 Choose another provider (`openblas`, `blis`, `system`, ...), or none: the native engine needs nothing.\n  \
                 Together with another provider's feature, `{feature}` is passed over where it cannot be."
            ),
            Error::Override { value, selected } => {
                write!(
                    f,
                    "polyblas: POLYBLAS_PROVIDER={value}, but that provider's feature is not on.\n\n  Selected: "
                )?;
                if selected.is_empty() {
                    f.write_str("none")?;
                }
                f.write_str(&selected.join(", "))?;
                write!(
                    f,
                    ".\n  Add `--features {value}`, name one of these, or set POLYBLAS_PROVIDER=native to link none."
                )
            }
            Error::Unfit { feature, file, reason, mend } => {
                write!(f, "polyblas: feature `{feature}` found {file}, but {reason}.\n\n  {mend}")
            }
        }
    }
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Missing { feature, name, sought, looked_in, install, hint, also_selected, target } = self;
        writeln!(f, "polyblas: feature `{feature}` needs {name}, which was not found.\n")?;
        writeln!(f, "  sought    {} for {target}", sought.join(" or "))?;
        for (i, line) in join_dirs(looked_in).iter().enumerate() {
            writeln!(f, "  {:<8}  {line}", if i == 0 { "in" } else { "" })?;
        }
        writeln!(f)?;
        writeln!(f, "  install   Debian, Ubuntu   {}", install.debian)?;
        writeln!(f, "            Fedora, RHEL     {}", install.fedora)?;
        writeln!(f, "            macOS            {}", install.macos)?;
        writeln!(f, "            Windows          {}", install.windows)?;
        writeln!(f)?;
        write!(f, "  or        {hint}")?;
        if let Some(other) = also_selected.first() {
            let others = also_selected.join(", ");
            write!(f, "\n            choose another that is selected ({others}): POLYBLAS_PROVIDER={other}")?;
        }
        write!(f, "\n            leave the feature out: the native engine needs nothing installed")
    }
}

/// Directories in a row share lines.
fn join_dirs(places: &[String]) -> Vec<String> {
    const WIDTH: usize = 100;
    let is_dir = |place: &str| !place.contains([' ', '=']) && place.contains(['/', '\\']);
    let mut lines: Vec<String> = Vec::new();
    for place in places {
        match lines.last_mut() {
            Some(line) if is_dir(place) && line.ends_with(',') && line.len() + 1 + place.len() < WIDTH => {
                line.push_str(&format!(" {place},"));
            }
            _ if is_dir(place) => lines.push(format!("{place},")),
            _ => lines.push(place.clone()),
        }
    }
    for i in 0..lines.len() {
        let goes_on = lines.get(i + 1).is_some_and(|next| next.starts_with('/'));
        if lines[i].ends_with(',') && !goes_on {
            lines[i].pop();
        }
    }
    lines
}
