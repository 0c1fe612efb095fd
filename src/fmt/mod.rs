//! How a matrix prints: `Display` as numpy's `str`, `Debug` as nested lists.

mod number;

use std::fmt::{self, Debug, Display, Formatter};

use crate::matrix::Matrix;
use crate::view::{MatrixView, MatrixViewMut};

/// Matrices of more elements are elided.
const THRESHOLD: usize = 1000;
/// Rows and columns shown at each end of an elided matrix.
const EDGE: usize = 3;
/// Columns of text within which a row is wrapped.
const LINE_WIDTH: usize = 75;

/// Which of `n` rows or columns are shown; `None` stands for the gap.
fn shown(n: usize, elide: bool) -> Vec<Option<usize>> {
    if elide && n > 2 * EDGE {
        (0..EDGE).map(Some).chain([None]).chain((n - EDGE..n).map(Some)).collect()
    } else {
        (0..n).map(Some).collect()
    }
}

/// One row in its brackets, wrapped where the line would grow too long.
fn write_row<'a>(f: &mut Formatter<'_>, cells: impl Iterator<Item = &'a str>) -> fmt::Result {
    const INDENT: &str = "  ";
    // Both closing brackets fit on the line.
    let width = LINE_WIDTH - 2;
    f.write_str("[")?;
    let (mut line, mut column) = (String::new(), INDENT.len());
    for (k, cell) in cells.enumerate() {
        let len = cell.chars().count();
        // The space before the cell counts; a cell too long for any line stays where it is.
        if k > 0 && column + 1 + len > width {
            write!(f, "{}\n{INDENT}", line.trim_end())?;
            (line, column) = (String::new(), INDENT.len());
        } else if k > 0 {
            line.push(' ');
            column += 1;
        }
        line.push_str(cell);
        column += len;
    }
    write!(f, "{line}]")
}

/// As numpy prints: columns aligned, floats in as many digits as they need and at most eight after the point,
/// matrices of more than 1,000 elements elided. `{:#}` prints all of them, `{:.3}` every number with three decimals,
/// `{:+}` the sign of each.
impl<T: Display + 'static> Display for MatrixView<'_, T> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("[]");
        }
        let elide = self.len() > THRESHOLD && !f.alternate();
        let (rows, cols) = (shown(self.rows(), elide), shown(self.cols(), elide));
        let values: Vec<&T> =
            rows.iter().flatten().flat_map(|&i| cols.iter().flatten().map(move |&j| &self[(i, j)])).collect();
        let cells = number::align(&values, f.sign_plus(), f.precision());
        let mut lines = cells.chunks(cols.iter().flatten().count());
        f.write_str("[")?;
        for (k, row) in rows.iter().enumerate() {
            if k > 0 {
                f.write_str("\n ")?;
            }
            let Some(line) = row.and_then(|_| lines.next()) else {
                f.write_str("...")?;
                continue;
            };
            let mut line = line.iter();
            write_row(f, cols.iter().map(|col| col.and_then(|_| line.next()).map_or("...", String::as_str)))?;
        }
        f.write_str("]")
    }
}

impl<T: Debug> Debug for MatrixView<'_, T> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        struct Row<'a, T>(MatrixView<'a, T>);
        impl<T: Debug> Debug for Row<'_, T> {
            fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
                f.debug_list().entries(self.0).finish()
            }
        }
        f.debug_list().entries(self.rows_iter().map(Row)).finish()
    }
}

macro_rules! as_the_view_prints {
    ($($owner:ty),*) => {$(
        /// As numpy prints; see [`MatrixView`]'s.
        ///
        /// ```
        /// let a = polyblas::matrix![[1.0, -2.5], [10.25, 4.0]];
        /// assert_eq!(a.to_string(), "[[ 1.   -2.5 ]\n [10.25  4.  ]]");
        /// assert_eq!(format!("{a:.1}"), "[[ 1.0 -2.5]\n [10.2  4.0]]");
        /// ```
        impl<T: Display + 'static> Display for $owner {
            fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
                Display::fmt(&self.view(), f)
            }
        }

        impl<T: Debug> Debug for $owner {
            fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
                Debug::fmt(&self.view(), f)
            }
        }
    )*};
}

as_the_view_prints!(Matrix<T>, MatrixViewMut<'_, T>);
