//! What a user writes, and what a user who is wrong reads.

use polyblas::{
    AsView, Dot, Matrix, MatrixView, MatrixViewMut, ShapeError, blas1, dot_batch, gemm, ger, inner, inner_conj, matrix,
    try_dot_batch, try_gemm, try_ger, try_inner,
};

#[test]
fn first_page() {
    let a = matrix![[1.0, 2.0], [3.0, 4.0]];
    let b = Matrix::<f64>::eye(2);
    let c = a.dot(&b);
    assert_eq!(c, a);
    let mut out = Matrix::zeros(2, 2);
    a.dot_into(&b.t(), &mut out);
    let y: Vec<f64> = a.dot(&vec![1.0, 1.0]);
    let s: f64 = inner(&y, &y);
    assert_eq!(s, 58.0);
    gemm(2.0, &a, &b.t(), 1.0, &mut out);
    assert_eq!(out, matrix![[3.0, 6.0], [9.0, 12.0]]);
    let i = matrix![[i64::MAX, 1], [2, 3]];
    assert_eq!(i.dot(&i)[(0, 0)], i64::MAX.wrapping_mul(i64::MAX).wrapping_add(2));
    let cs = dot_batch(&[a.clone(), b.clone()], &[b, a]);
    assert_eq!(cs[0], cs[1]);
    let x = [1.0, 2.0];
    assert_eq!(x.dot(&cs[0]), [7.0, 10.0]);
    assert_eq!(vec![1.0, 2.0].dot(&x), 5.0);
}

/// Owners, views, mutable views and references to them, in any mixture.
#[test]
fn everything_that_is_a_matrix_multiplies() {
    let (mut a, b) = (matrix![[1, 2], [3, 4]], matrix![[0, 1], [1, 0]]);
    let expected = matrix![[2, 1], [4, 3]];
    assert_eq!(a.dot(&b), expected);
    assert_eq!(a.view().dot(&b), expected);
    assert_eq!(a.dot(&b.view()), expected);
    let by_reference = &a;
    assert_eq!(by_reference.dot(&&b), expected);
    assert_eq!(a.view_mut().dot(&b), expected);
    assert_eq!(a.view().as_view().dot(&b.t()), expected);
    assert_eq!(dot_batch(&[a.view(), a.t().t()], &[&b, &b]), [expected.clone(), expected.clone()]);

    let mut out = Matrix::zeros(2, 2);
    a.dot_into(&b, &mut out);
    assert_eq!(out, expected);
    a.dot_into(&b, &mut out.view_mut().t());
    assert_eq!(out.t(), expected);
    let mut view = out.view_mut();
    a.dot_into(&b, &mut view);
    assert_eq!(out, expected);
}

#[test]
fn slices_vectors_and_arrays_are_vectors() {
    let a = matrix![[1, 2, 3], [4, 5, 6]];
    let (three, two) = ([1, 0, 1], [1, 1]);
    assert_eq!(a.dot(&three), [4, 10]);
    assert_eq!(a.dot(&three[..]), [4, 10]);
    assert_eq!(a.dot(&three.to_vec()), [4, 10]);
    assert_eq!(two.dot(&a), [5, 7, 9]);
    assert_eq!(two[..].dot(&a), [5, 7, 9]);
    assert_eq!(two.to_vec().dot(&a), [5, 7, 9]);
    assert_eq!((three.dot(&three), three[..].dot(&three.to_vec()), three.to_vec().dot(&three[..])), (2, 2, 2));
    let mut y = [0; 2];
    a.dot_into(&three, &mut y);
    assert_eq!(y, [4, 10]);
    let mut y = vec![0; 3];
    two.dot_into(&a, &mut y);
    assert_eq!(y, [5, 7, 9]);
    let mut row = Matrix::zeros(1, 3);
    two.dot_into(&a, &mut row);
    assert_eq!(row, matrix![[5, 7, 9]]);
    let mut column = Matrix::zeros(2, 1);
    a.dot_into(&three[..], &mut column.view_mut());
    assert_eq!(column, matrix![[4], [10]]);
}

/// A slice, a step or a reversal multiplies as its own copy does.
#[test]
fn parts_of_matrices_multiply_and_are_written_in_place() {
    let a = Matrix::from_fn(8, 9, |i, j| (i * 9 + j) as f64);
    let part = a.slice(1..7, 2..8);
    let copy = Matrix::from_fn(6, 6, |i, j| a[(1 + i, 2 + j)]);
    assert_eq!(part, copy);
    assert_eq!(part.dot(&part), copy.dot(&copy));
    assert_eq!(part.step(2, -1).dot(&part.step(1, 3)), {
        let left = Matrix::from_fn(3, 6, |i, j| copy[(2 * i, 5 - j)]);
        let right = Matrix::from_fn(6, 2, |i, j| copy[(i, 3 * j)]);
        left.dot(&right)
    });
    assert_eq!(part.row(2).dot(&part.col(3)), matrix![[copy.row(2).dot(&copy.col(3))[(0, 0)]]]);

    let mut whole = Matrix::full(4, 5, -1.0);
    copy.slice(..2, ..).dot_into(&copy.slice(.., ..3), &mut whole.slice_mut(1..3, 1..4));
    let product = copy.slice(..2, ..).dot(&copy.slice(.., ..3));
    for (i, j) in (0..4).flat_map(|i| (0..5).map(move |j| (i, j))) {
        let inside = (1..3).contains(&i) && (1..4).contains(&j);
        assert_eq!(whole[(i, j)], if inside { product[(i - 1, j - 1)] } else { -1.0 });
    }
}

#[test]
fn errors_name_what_was_expected_and_what_came() {
    let (a, x) = (Matrix::<f64>::zeros(3, 4), [0.0; 3]);
    let says = |error: ShapeError, text: &str| assert_eq!(error.to_string(), text);
    says(a.try_dot(&Matrix::zeros(5, 2)).unwrap_err(), "cannot multiply 3x4 by 5x2: inner dimensions 4 and 5 differ");
    says(a.try_dot(&x).unwrap_err(), "cannot multiply 3x4 by 3x1: inner dimensions 4 and 3 differ");
    says([0.0; 2].try_dot(&a).unwrap_err(), "cannot multiply 1x2 by 3x4: inner dimensions 2 and 3 differ");
    says(try_inner(&x, &[0.0]).unwrap_err(), "vectors of lengths 3 and 1 where equal lengths are needed");
    says(x.try_dot(&[0.0; 2]).unwrap_err(), "vectors of lengths 3 and 2 where equal lengths are needed");
    let mut out = Matrix::full(2, 3, 7.0);
    says(a.try_dot_into(&a.t(), &mut out).unwrap_err(), "the product is 3x3 but the output is 2x3");
    says(
        try_gemm(1.0, &a, &a, 0.0, &mut out).unwrap_err(),
        "cannot multiply 3x4 by 3x4: inner dimensions 4 and 3 differ",
    );
    says(a.try_dot_into(&[0.0; 4], &mut [0.0; 4]).unwrap_err(), "the product is 3x1 but the output is 4x1");
    says(try_ger(1.0, &x, &x, &mut out).unwrap_err(), "the product is 3x3 but the output is 2x3");
    assert_eq!(out, Matrix::full(2, 3, 7.0), "a refused output is as it was");
    let mut y = [7.0; 2];
    says(blas1::try_axpy(1.0, &x, &mut y).unwrap_err(), "vectors of lengths 3 and 2 where equal lengths are needed");
    assert_eq!(y, [7.0; 2]);
    let batch = try_dot_batch(&[a.view(), a.view()], &[a.t(), a.view()]).unwrap_err();
    says(batch, "product 1 of the batch: cannot multiply 3x4 by 3x4: inner dimensions 4 and 3 differ");
    says(
        try_dot_batch(&[a.view()], &[a.t(), a.t()]).unwrap_err(),
        "a batch needs as many left as right operands: 1 and 2 came",
    );
    says(Matrix::try_from_vec(2, 2, vec![1; 3]).unwrap_err(), "a 2x2 matrix needs 4 elements, not 3");
    let byte = matrix![[1i8, 2]];
    assert_eq!(
        byte.checked_dot(&byte).unwrap_err().to_string(),
        "cannot multiply 1x2 by 1x2: inner dimensions 2 and 1 differ"
    );
    says(byte.try_dot_widen(&byte).unwrap_err(), "cannot multiply 1x2 by 1x2: inner dimensions 2 and 1 differ");
}

macro_rules! panics {
    ($($name:ident, $says:literal, $body:expr;)*) => {$(
        #[test]
        #[should_panic(expected = $says)]
        fn $name() {
            let a = Matrix::<f64>::zeros(3, 4);
            let _ = $body(&a);
        }
    )*};
}

panics! {
    dot_panics_naming_both_shapes, "cannot multiply 3x4 by 3x4: inner dimensions 4 and 3 differ",
        |a: &Matrix<f64>| a.dot(a);
    dot_into_panics_naming_both_shapes, "the product is 3x3 but the output is 3x4",
        |a: &Matrix<f64>| a.dot_into(&a.t(), &mut a.clone());
    gemm_panics_naming_both_shapes, "cannot multiply 4x3 by 4x3: inner dimensions 3 and 4 differ",
        |a: &Matrix<f64>| gemm(1.0, &a.t(), &a.t(), 0.0, &mut a.clone());
    ger_panics_naming_both_shapes, "the product is 1x2 but the output is 3x4",
        |a: &Matrix<f64>| ger(1.0, &[1.0], &[1.0, 2.0], &mut a.clone());
    inner_panics_naming_both_lengths, "vectors of lengths 1 and 2", |_: &Matrix<f64>| inner(&[1.0], &[1.0, 2.0]);
    inner_conj_panics_naming_both_lengths, "vectors of lengths 1 and 2",
        |_: &Matrix<f64>| inner_conj(&[1.0], &[1.0, 2.0]);
    axpy_panics_naming_both_lengths, "vectors of lengths 1 and 2",
        |_: &Matrix<f64>| blas1::axpy(1.0, &[1.0], &mut [1.0, 2.0]);
    batches_panic_naming_the_product, "product 0 of the batch: cannot multiply 3x4 by 3x4",
        |a: &Matrix<f64>| dot_batch(&[a], &[a]);
    a_matrix_is_no_vector, "a 3x4 matrix is no vector", |a: &Matrix<f64>| blas1::nrm2(a);
}

#[test]
#[cfg(debug_assertions)] // Only then do the elements' operators panic.
fn a_batch_passes_on_the_panic_of_an_element_on_whichever_thread_it_was() {
    // Its last element is the only one that is too large, so that there is time for another thread to come.
    let large = Matrix::from_fn(48, 48, |i, j| num_complex::Complex::new(if i + j == 94 { i32::MAX } else { 1 }, 1));
    let lhs = vec![&large; 60];
    let panic = std::panic::catch_unwind(|| dot_batch(&lhs, &lhs)).expect_err("the sums overflow");
    let message = panic.downcast_ref::<&str>().expect("a message of the language's own");
    assert!(message.contains("overflow"), "{message}");
}

#[test]
fn views_that_leave_their_slice_are_refused() {
    let data = [1, 2, 3, 4, 5, 6];
    let view = |rows, cols, offset, rs, cs| MatrixView::with_strides(rows, cols, &data, offset, rs, cs);
    assert!(view(2, 3, 0, 3, 1).is_ok() && view(2, 3, 5, -3, -1).is_ok() && view(2, 2, 1, 2, 2).is_ok());
    assert!(view(2, 2, 0, 0, 0).is_ok() && view(0, 9, 6, 1, 1).is_ok());
    for (rows, cols, offset, rs, cs) in [
        (2, 3, 1, 3, 1),
        (2, 3, 4, -3, -1),
        (1, 1, 6, 1, 1),
        (2, 1, 0, -1, 1),
        (7, 1, 0, 1, 0),
        (3, 2, 0, isize::MAX, 1),
        (2, 2, 0, isize::MIN, isize::MIN),
        (usize::MAX, 1, 0, 0, 0),
        (2, usize::MAX, 0, 1, 1),
    ] {
        let error = view(rows, cols, offset, rs, cs).err();
        assert!(matches!(error, Some(ShapeError::OutOfBounds { .. })), "{rows}x{cols} at {offset}, {rs} and {cs}");
    }
    let mut data = data;
    for (rows, cols, rs, cs) in [(2, 2, 0, 1), (2, 2, 1, 0), (2, 2, 1, 1), (2, 3, 2, 1), (2, 3, -2, 1)] {
        let overlaps = MatrixViewMut::with_strides(rows, cols, &mut data, if rs < 0 { 2 } else { 0 }, rs, cs);
        assert!(overlaps.is_err(), "two elements of a {rows}x{cols} output with strides {rs} and {cs} share a place");
    }
}

/// `alpha * a * aᴴ` is Hermitian only while `alpha` is real.
#[test]
fn a_complex_alpha_scales_both_triangles_of_a_hermitian_product_alike() {
    use num_complex::Complex;
    let a = Matrix::from_fn(70, 3, |i, j| Complex::new((i % 7) as f64, (j + i % 3) as f64));
    let alpha = Complex::new(0.0, 1.0);
    let mut out = Matrix::zeros(70, 70);
    polyblas::gemm(alpha, &a, &a.h(), Complex::new(0.0, 0.0), &mut out);
    assert_eq!(out, a.dot(&a.h()).map(|x| alpha * x));
}
