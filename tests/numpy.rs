//! Products as numpy computed them. `tests/fixtures/make.py` wrote the arrays.

mod reference;

use num_complex::Complex;
use polyblas::{Dot, Matrix, MatrixView, ger, inner_conj};

use reference::element::Element;

/// Takes the first array off a stream of `.npy` arrays (format version 1.0, little-endian): its shape, whether it is in
/// Fortran order, and its elements as they lie.
fn next_array<T: FromBytes>(bytes: &mut &[u8]) -> (Vec<usize>, bool, Vec<T>) {
    let rest = bytes.strip_prefix(b"\x93NUMPY\x01\x00").expect("an array in .npy format, version 1.0");
    let (length, rest) = rest.split_first_chunk().expect("the header's length");
    let (header, rest) = rest.split_at(usize::from(u16::from_le_bytes(*length)));
    let header = str::from_utf8(header).expect("a header in ASCII");
    let field = |name: &str| {
        let (_, value) = header.split_once(&format!("'{name}': ")).unwrap_or_else(|| panic!("no {name} in {header}"));
        value
    };
    let (descr, _) = field("descr")[1..].split_once('\'').expect("a quoted type");
    assert_eq!(descr.trim_start_matches(['<', '|']), T::DESCR);
    let (shape, _) = field("shape")[1..].split_once(')').expect("a tuple");
    let shape: Vec<usize> =
        shape.split(',').filter_map(|n| Some(n.trim()).filter(|n| !n.is_empty())).map(|n| n.parse().unwrap()).collect();
    let (data, rest) = rest.split_at(shape.iter().product::<usize>() * size_of::<T>());
    *bytes = rest;
    let data = data.chunks_exact(size_of::<T>()).map(T::from_bytes).collect();
    (shape, field("fortran_order").starts_with("True"), data)
}

/// How numpy names a type and writes its elements.
trait FromBytes: Element {
    const DESCR: &'static str;
    fn from_bytes(bytes: &[u8]) -> Self;
}

macro_rules! from_bytes {
    ($($t:ty, $descr:literal;)*) => {$(
        impl FromBytes for $t {
            const DESCR: &'static str = $descr;
            fn from_bytes(bytes: &[u8]) -> Self {
                <$t>::from_le_bytes(bytes.try_into().unwrap())
            }
        }
    )*};
}

from_bytes! { f32, "f4"; f64, "f8"; i8, "i1"; i16, "i2"; i32, "i4"; i64, "i8"; u8, "u1"; u64, "u8"; }

macro_rules! complex_from_bytes {
    ($($t:ty, $descr:literal;)*) => {$(
        impl FromBytes for Complex<$t> {
            const DESCR: &'static str = $descr;
            fn from_bytes(bytes: &[u8]) -> Self {
                let (re, im) = bytes.split_at(size_of::<$t>());
                Complex::new(<$t>::from_bytes(re), <$t>::from_bytes(im))
            }
        }
    )*};
}

complex_from_bytes! { f32, "c8"; f64, "c16"; }

/// Two values of one product, each rounded: equal for integers, else within rounding of one another.
trait Near: Element {
    /// An absolute value: their products bound the rounding.
    fn size(self) -> f64;
    fn near(self, other: Self, bound: f64) -> bool;
}

macro_rules! near {
    (integers $($i:ty)*; floats $($f:ident)*) => {
        $(impl Near for $i {
            fn size(self) -> f64 {
                0.0
            }
            fn near(self, other: Self, _: f64) -> bool {
                self == other
            }
        })*
        $(impl Near for $f {
            fn size(self) -> f64 {
                f64::from(self.abs())
            }
            fn near(self, other: Self, bound: f64) -> bool {
                f64::from((self - other).abs()) <= bound * f64::from($f::EPSILON)
            }
        }

        impl Near for Complex<$f> {
            fn size(self) -> f64 {
                self.re.size() + self.im.size()
            }
            fn near(self, other: Self, bound: f64) -> bool {
                self.re.near(other.re, 2.0 * bound) && self.im.near(other.im, 2.0 * bound)
            }
        })*
    };
}

near! { integers i8 i16 i32 i64 u8 u64; floats f32 f64 }

/// `found`, the product of `a` and `b`, is what numpy says.
fn compare<T: Near>(
    what: &str,
    found: MatrixView<'_, T>,
    a: MatrixView<'_, T>,
    b: MatrixView<'_, T>,
    expected: (Vec<usize>, bool, Vec<T>),
) {
    let (shape, fortran, data) = expected;
    assert_eq!(shape.iter().product::<usize>(), found.rows() * found.cols(), "{what}");
    let (rows, cols) = found.shape();
    let expected = if fortran {
        MatrixView::with_strides(rows, cols, &data, 0, 1, rows as isize).unwrap()
    } else {
        MatrixView::from_slice(rows, cols, &data)
    };
    for i in 0..rows {
        for j in 0..cols {
            let absolute: f64 = (0..a.cols()).map(|p| a[(i, p)].size() * b[(p, j)].size()).sum();
            let (found, expected) = (found[(i, j)], expected[(i, j)]);
            let near = found.near(expected, (a.cols() + 2) as f64 * absolute);
            assert!(near, "{what}: {found:?} at ({i}, {j}), but numpy says {expected:?}");
        }
    }
}

fn agrees_with_numpy<T: FromBytes + Near>(mut bytes: &[u8]) {
    let bytes = &mut bytes;
    let (shape, fortran, a) = next_array::<T>(bytes);
    assert!(!fortran);
    let a = MatrixView::from_slice(shape[0], shape[1], &a);
    let (shape, fortran, b) = next_array::<T>(bytes);
    assert!(fortran);
    let b = MatrixView::with_strides(shape[0], shape[1], &b, 0, 1, shape[0] as isize).unwrap();
    let ((_, _, x), (_, _, y)) = (next_array::<T>(bytes), next_array::<T>(bytes));
    let (x_column, y_column) = (MatrixView::column(&x), MatrixView::column(&y));

    compare("a b", a.dot(&b).view(), a, b, next_array(bytes));
    compare("bᵀ aᵀ", b.t().dot(&a.t()).view(), b.t(), a.t(), next_array(bytes));
    compare("a aᵀ", a.dot(&a.t()).view(), a, a.t(), next_array(bytes));
    compare("aᴴ a", a.h().dot(&a).view(), a.t(), a, next_array(bytes));
    let (left, right) = (a.step(2, -1), b.slice(.., 1..).step(1, 3));
    compare("a[::2, ::-1] b[:, 1::3]", left.dot(&right).view(), left, right, next_array(bytes));
    compare("a x", MatrixView::column(&a.dot(&x)), a, x_column, next_array(bytes));
    compare("yᵀ a", MatrixView::column(&y.dot(&a)).t(), y_column.t(), a, next_array(bytes));
    let reversed: Vec<T> = x.iter().rev().copied().collect();
    let reversed_column = MatrixView::column(&reversed);
    let one = [inner_conj(&x, &reversed)];
    compare("vdot", MatrixView::column(&one), x_column.t(), reversed_column, next_array(bytes));
    let mut outer = Matrix::zeros(y.len(), x.len());
    ger(T::one(), &y, &x, &mut outer);
    compare("outer", outer.view(), y_column, x_column.t(), next_array(bytes));
    assert!(bytes.is_empty());
}

macro_rules! fixtures {
    ($($name:ident $t:ty, $file:literal;)*) => {$(
        #[test]
        fn $name() {
            agrees_with_numpy::<$t>(include_bytes!(concat!("fixtures/", $file)));
        }
    )*};
}

fixtures! {
    f32_products_are_numpys f32, "f4.npy";
    f64_products_are_numpys f64, "f8.npy";
    complex_f32_products_are_numpys Complex<f32>, "c8.npy";
    complex_f64_products_are_numpys Complex<f64>, "c16.npy";
    i8_products_wrap_as_numpys i8, "i1.npy";
    i16_products_wrap_as_numpys i16, "i2.npy";
    i32_products_wrap_as_numpys i32, "i4.npy";
    i64_products_wrap_as_numpys i64, "i8.npy";
    u8_products_wrap_as_numpys u8, "u1.npy";
    u64_products_wrap_as_numpys u64, "u8.npy";
}
