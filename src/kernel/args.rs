//! One product as a value: what the router hands to a backend, BLAS or native.
//!
//! All strides count elements, may be negative or zero for inputs, and are never zero for outputs of more than one row
//! or column (the views' constructors see to that). A stride that nothing follows, since the matrix has one row or one
//! column, is the length of that line where its elements are contiguous, else 1.

/// A matrix that is read: element `(i, j)` lies at `ptr + i * row_stride + j * col_stride`.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub(crate) struct Source<T> {
    pub ptr: *const T,
    pub row_stride: isize,
    pub col_stride: isize,
    /// Each element is conjugated as it is read. Only complex elements care.
    pub conj: bool,
}

impl<T> Source<T> {
    pub fn t(self) -> Self {
        Source { row_stride: self.col_stride, col_stride: self.row_stride, ..self }
    }

    pub fn cast<U>(self) -> Source<U> {
        Source { ptr: self.ptr.cast(), row_stride: self.row_stride, col_stride: self.col_stride, conj: self.conj }
    }
}

/// A matrix that is written.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub(crate) struct Target<T> {
    pub ptr: *mut T,
    pub row_stride: isize,
    pub col_stride: isize,
}

impl<T> Target<T> {
    pub fn t(self) -> Self {
        Target { ptr: self.ptr, row_stride: self.col_stride, col_stride: self.row_stride }
    }

    /// Whether its columns are contiguous and its rows are not.
    #[inline(always)]
    pub fn is_column_major(&self) -> bool {
        self.col_stride != 1 && self.row_stride == 1
    }

    pub fn cast<U>(self) -> Target<U> {
        Target { ptr: self.ptr.cast(), row_stride: self.row_stride, col_stride: self.col_stride }
    }
}

/// A vector that is read: element `i` lies at `ptr + i * stride`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct VecSource<T> {
    pub ptr: *const T,
    pub stride: isize,
    pub conj: bool,
}

impl<T> VecSource<T> {
    pub fn cast<U>(self) -> VecSource<U> {
        VecSource { ptr: self.ptr.cast(), stride: self.stride, conj: self.conj }
    }
}

/// A vector that is written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct VecTarget<T> {
    pub ptr: *mut T,
    pub stride: isize,
}

impl<T> VecTarget<T> {
    pub fn cast<U>(self) -> VecTarget<U> {
        VecTarget { ptr: self.ptr.cast(), stride: self.stride }
    }
}

/// Which elements of `c` are asked for; the others may be written or left out.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Part {
    All,
    /// Those of row `i` in columns up to `i` and this many more.
    Lower(isize),
}

impl Part {
    /// The same of what begins at row `i` and column `j`.
    #[inline(always)]
    pub fn from(self, i: usize, j: usize) -> Self {
        match self {
            Part::All => Part::All,
            Part::Lower(diagonal) => Part::Lower(diagonal + i as isize - j as isize),
        }
    }

    /// How many of `n` columns are asked for in row `i`.
    #[inline(always)]
    pub fn columns(self, i: usize, n: usize) -> usize {
        match self {
            Part::All => n,
            Part::Lower(diagonal) => (i as isize + diagonal + 1).clamp(0, n as isize) as usize,
        }
    }

    /// Whether anything is asked for of the columns from `j` on in rows up to `last`.
    #[inline(always)]
    pub fn reaches(self, last: usize, j: usize) -> bool {
        match self {
            Part::All => true,
            Part::Lower(diagonal) => j as isize <= last as isize + diagonal,
        }
    }
}

/// `c = alpha * a * b + beta * c`, with `a` `m x k`, `b` `k x n` and `c` `m x n`.
///
/// `c` overlaps neither input. `beta = 0` means that `c` is written and never read.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub(crate) struct Gemm<T> {
    pub m: usize,
    pub n: usize,
    pub k: usize,
    pub alpha: T,
    pub a: Source<T>,
    pub b: Source<T>,
    pub beta: T,
    pub c: Target<T>,
    /// Only the native engine leaves anything out.
    pub part: Part,
    /// The most threads that the native engine may use.
    pub threads: usize,
}

impl<T: Copy> Gemm<T> {
    /// All of the same product, named the other way round: `cᵀ = alpha * bᵀ * aᵀ + beta * cᵀ`.
    #[inline(always)]
    pub fn t(&self) -> Self {
        Gemm { m: self.n, n: self.m, a: self.b.t(), b: self.a.t(), c: self.c.t(), part: Part::All, ..*self }
    }
}

/// `c = alpha * a * aᵀ + beta * c`, or `a * aᴴ` when `hermitian` (with a real `alpha`); `a` is `n x k`, `c` is `n x n`
/// and both of its triangles are written. `beta` is zero unless the caller knows that `c` is symmetric (Hermitian).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Syrk<T> {
    pub n: usize,
    pub k: usize,
    pub alpha: T,
    pub a: Source<T>,
    pub hermitian: bool,
    pub beta: T,
    pub c: Target<T>,
    pub threads: usize,
}

/// `y = alpha * a * x + beta * y`, with `a` `m x n`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Gemv<T> {
    pub m: usize,
    pub n: usize,
    pub alpha: T,
    pub a: Source<T>,
    pub x: VecSource<T>,
    pub beta: T,
    pub y: VecTarget<T>,
    pub threads: usize,
}

/// `a = alpha * x * yᵀ + a`, with `a` `m x n`; `x` and `y` are conjugated where they say so.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ger<T> {
    pub m: usize,
    pub n: usize,
    pub alpha: T,
    pub x: VecSource<T>,
    pub y: VecSource<T>,
    pub a: Target<T>,
    pub threads: usize,
}

/// `out = x · y`, both of length `n`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Inner<T> {
    pub n: usize,
    pub x: VecSource<T>,
    pub y: VecSource<T>,
    pub out: *mut T,
    pub threads: usize,
}

impl<T> Inner<T> {
    pub fn cast<U>(self) -> Inner<U> {
        Inner { n: self.n, x: self.x.cast(), y: self.y.cast(), out: self.out.cast(), threads: self.threads }
    }
}

/// Reads the bits of a `T` as a `U`.
///
/// # Safety
/// The two types have the same size, and every bit pattern of `T` is a `U`.
pub(crate) unsafe fn reinterpret<T: Copy, U: Copy>(value: T) -> U {
    assert_eq!(size_of::<T>(), size_of::<U>());
    // SAFETY: the sizes agree (checked) and the caller promises that the bits are a `U`.
    unsafe { std::mem::transmute_copy(&value) }
}

impl<T: Copy> Gemm<T> {
    /// The same product over elements named `U`.
    ///
    /// # Safety
    /// `T` and `U` have the same size, and every bit pattern of one is a value of the other.
    #[inline(always)]
    pub unsafe fn cast<U: Copy>(&self) -> &Gemm<U> {
        assert!(size_of::<T>() == size_of::<U>() && align_of::<T>() == align_of::<U>());
        // SAFETY: the layout is C's, with fields of the same sizes and alignments (checked for the elements; pointers
        // to either are alike), and the caller promises that the elements' bits are values of `U`.
        unsafe { &*std::ptr::from_ref(self).cast() }
    }
}

impl<T: Copy> Syrk<T> {
    /// The same product over elements named `U`.
    ///
    /// # Safety
    /// As for [`Gemm::cast`].
    pub unsafe fn cast<U: Copy>(self) -> Syrk<U> {
        // SAFETY: passed on to the caller.
        let (alpha, beta) = unsafe { (reinterpret(self.alpha), reinterpret(self.beta)) };
        let Syrk { n, k, a, hermitian, c, threads, .. } = self;
        Syrk { n, k, alpha, a: a.cast(), hermitian, beta, c: c.cast(), threads }
    }
}

impl<T: Copy> Gemv<T> {
    /// The same product over elements named `U`.
    ///
    /// # Safety
    /// As for [`Gemm::cast`].
    pub unsafe fn cast<U: Copy>(self) -> Gemv<U> {
        // SAFETY: passed on to the caller.
        let (alpha, beta) = unsafe { (reinterpret(self.alpha), reinterpret(self.beta)) };
        let Gemv { m, n, a, x, y, threads, .. } = self;
        Gemv { m, n, alpha, a: a.cast(), x: x.cast(), beta, y: y.cast(), threads }
    }
}

impl<T: Copy> Ger<T> {
    /// The same update over elements named `U`.
    ///
    /// # Safety
    /// As for [`Gemm::cast`].
    pub unsafe fn cast<U: Copy>(self) -> Ger<U> {
        // SAFETY: passed on to the caller.
        let alpha = unsafe { reinterpret(self.alpha) };
        let Ger { m, n, x, y, a, threads, .. } = self;
        Ger { m, n, alpha, x: x.cast(), y: y.cast(), a: a.cast(), threads }
    }
}
