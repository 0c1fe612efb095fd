//! The report as one tree of names and values, and its three renderings: text, JSON, `serde`.

use std::fmt::{self, Write};

/// A value of the report.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    /// Could not be found out: `unknown`, or `null` in JSON.
    Unknown,
    /// There is no such thing here: `none`, or `null` in JSON.
    Absent,
    Text(String),
    Number(u64),
    Flag(bool),
    List(Vec<String>),
    Group(Vec<(String, Value)>),
    Groups(Vec<Vec<(String, Value)>>),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::Text(text.to_owned())
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Value::Text(text.clone())
    }
}

impl From<&bool> for Value {
    fn from(flag: &bool) -> Self {
        Value::Flag(*flag)
    }
}

impl From<&usize> for Value {
    fn from(number: &usize) -> Self {
        Value::Number(*number as u64)
    }
}

impl From<&Vec<String>> for Value {
    fn from(list: &Vec<String>) -> Self {
        Value::List(list.clone())
    }
}

impl From<&Option<String>> for Value {
    fn from(text: &Option<String>) -> Self {
        text.as_ref().map_or(Value::Unknown, Value::from)
    }
}

impl From<&Option<usize>> for Value {
    fn from(number: &Option<usize>) -> Self {
        number.as_ref().map_or(Value::Unknown, Value::from)
    }
}

/// Builds the entries of a group: `entries![target, host]` of fields, or of `name: value`.
macro_rules! entries {
    ($from:expr => $($field:ident),* $(,)?) => {
        vec![$((stringify!($field).to_owned(), $crate::config::render::Value::from(&$from.$field))),*]
    };
}
pub(crate) use entries;

/// Columns of a line of the text report.
const WIDTH: usize = 110;
/// Columns of a name in it.
const NAME: usize = 20;

/// The text report: a title for each section, its names aligned.
pub(crate) fn text(f: &mut fmt::Formatter<'_>, sections: &[(String, Value)]) -> fmt::Result {
    for (i, (name, value)) in sections.iter().enumerate() {
        if i > 0 {
            f.write_char('\n')?;
        }
        writeln!(f, "{}", title(name))?;
        match value {
            Value::Group(entries) => group(f, entries, 2)?,
            Value::Groups(groups) => numbered(f, groups)?,
            value => writeln!(f, "  {}", plain(value))?,
        }
    }
    Ok(())
}

fn title(name: &str) -> String {
    match name {
        "blas" | "lapack" | "simd" => name.to_uppercase(),
        _ => name[..1].to_uppercase() + &name[1..],
    }
}

fn group(f: &mut fmt::Formatter<'_>, entries: &[(String, Value)], indent: usize) -> fmt::Result {
    for (name, value) in entries {
        let name = name.replace('_', " ");
        match value {
            Value::Group(inner) if !inner.is_empty() => {
                writeln!(f, "{:indent$}{name}", "")?;
                group(f, inner, indent + 2)?;
            }
            value => {
                let column = indent + NAME - (indent - 2);
                let lines = wrap(value, WIDTH - column);
                for (i, line) in lines.iter().enumerate() {
                    let name = if i == 0 { name.as_str() } else { "" };
                    writeln!(f, "{:indent$}{name:<1$}{line}", "", column - indent)?;
                }
            }
        }
    }
    Ok(())
}

fn numbered(f: &mut fmt::Formatter<'_>, groups: &[Vec<(String, Value)>]) -> fmt::Result {
    if groups.is_empty() {
        return writeln!(f, "  none");
    }
    for (number, entries) in groups.iter().enumerate() {
        for (i, (_, value)) in entries.iter().enumerate() {
            for (j, line) in words(&plain(value), WIDTH - 5).iter().enumerate() {
                let mark = if i == 0 && j == 0 { format!("{}.", number + 1) } else { String::new() };
                writeln!(f, "  {mark:<3}{}{line}", if i > 0 { "  " } else { "" })?;
            }
        }
    }
    Ok(())
}

fn plain(value: &Value) -> String {
    match value {
        Value::Unknown => "unknown".into(),
        Value::Absent => "none".into(),
        Value::Text(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Flag(flag) => if *flag { "yes" } else { "no" }.into(),
        Value::List(list) if list.is_empty() => "none".into(),
        Value::List(list) => list.join(", "),
        Value::Group(_) | Value::Groups(_) => "none".into(),
    }
}

/// The value in lines of at most `width` columns, where its words allow that.
fn wrap(value: &Value, width: usize) -> Vec<String> {
    words(&plain(value), width)
}

fn words(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// The report as JSON, indented by two spaces; what is unknown is `null`.
pub(crate) fn json(sections: &[(String, Value)]) -> String {
    let mut out = String::new();
    write_json(&mut out, &Value::Group(sections.to_vec()), 0);
    out
}

fn write_json(out: &mut String, value: &Value, depth: usize) {
    let lines = |out: &mut String, brackets: [char; 2], count: usize, item: &mut dyn FnMut(&mut String, usize)| {
        out.push(brackets[0]);
        for i in 0..count {
            out.push_str(if i == 0 { "\n" } else { ",\n" });
            out.push_str(&"  ".repeat(depth + 1));
            item(out, i);
        }
        if count > 0 {
            out.push('\n');
            out.push_str(&"  ".repeat(depth));
        }
        out.push(brackets[1]);
    };
    match value {
        Value::Unknown | Value::Absent => out.push_str("null"),
        Value::Text(text) => quote(out, text),
        Value::Number(number) => out.push_str(&number.to_string()),
        Value::Flag(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Value::List(list) => lines(out, ['[', ']'], list.len(), &mut |out, i| quote(out, &list[i])),
        Value::Group(entries) => lines(out, ['{', '}'], entries.len(), &mut |out, i| {
            quote(out, &entries[i].0);
            out.push_str(": ");
            write_json(out, &entries[i].1, depth + 1);
        }),
        Value::Groups(groups) => lines(out, ['[', ']'], groups.len(), &mut |out, i| {
            write_json(out, &Value::Group(groups[i].clone()), depth + 1);
        }),
    }
}

fn quote(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c < ' ' => {
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

#[cfg(feature = "serde")]
impl serde::Serialize for Value {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Value::Unknown | Value::Absent => serializer.serialize_none(),
            Value::Text(text) => serializer.serialize_str(text),
            Value::Number(number) => serializer.serialize_u64(*number),
            Value::Flag(flag) => serializer.serialize_bool(*flag),
            Value::List(list) => serializer.collect_seq(list),
            Value::Group(entries) => serializer.collect_map(entries.iter().map(|(name, value)| (name, value))),
            Value::Groups(groups) => serializer.collect_seq(groups.iter().map(|entries| Value::Group(entries.clone()))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_escapes_what_json_must() {
        let mut out = String::new();
        quote(&mut out, "a\"b\\c\n\u{1}é");
        assert_eq!(out, r#""a\"b\\c\n\u0001é""#);
    }

    #[test]
    fn long_lists_wrap_under_their_first_word() {
        let features: Vec<String> = (0..40).map(|i| format!("feature{i}")).collect();
        let sections = [("machine".to_owned(), Value::Group(vec![("features".to_owned(), Value::List(features))]))];
        struct Report<'a>(&'a [(String, Value)]);
        impl fmt::Display for Report<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                text(f, self.0)
            }
        }
        let text = Report(&sections).to_string();
        let lines: Vec<&str> = text.lines().skip(1).collect();
        let column = lines[0].find("feature0,").expect("the first feature");
        assert!(lines.len() > 3);
        assert!(lines[1..].iter().all(|line| line.find("feature") == Some(column) && line.len() <= WIDTH));
    }
}
