//! The first page of the README.

use polyblas::{Dot, Matrix, matrix};

#[test]
fn first_page() {
    let a = matrix![[1.0, 2.0], [3.0, 4.0]];
    let b = Matrix::<f64>::eye(2);
    let c = a.dot(&b);
    assert_eq!(c, a);
    let mut out = Matrix::zeros(2, 2);
    a.dot_into(&b.t(), &mut out);
    let y: Vec<f64> = a.dot(&vec![1.0, 1.0]);
    let s: f64 = polyblas::inner(&y, &y);
    assert_eq!(s, 58.0);
    polyblas::gemm(2.0, &a, &b.t(), 1.0, &mut out);
    assert_eq!(out, matrix![[3.0, 6.0], [9.0, 12.0]]);
    let i = matrix![[i64::MAX, 1], [2, 3]];
    assert_eq!(i.dot(&i)[(0, 0)], i64::MAX.wrapping_mul(i64::MAX).wrapping_add(2));
    let cs = polyblas::dot_batch(&[a.clone(), b.clone()], &[b, a]);
    assert_eq!(cs[0], cs[1]);
    let x = [1.0, 2.0];
    assert_eq!(x.dot(&cs[0]), [7.0, 10.0]);
    assert_eq!(vec![1.0, 2.0].dot(&x), 5.0);
}
