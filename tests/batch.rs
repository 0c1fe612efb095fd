//! Batches: the same products, whichever thread computes which.

use polyblas::{Dot, Matrix, ShapeError, dot_batch, try_dot_batch};

fn stack(count: usize, seed: u64) -> Vec<Matrix<i64>> {
    let mut state = seed;
    (0..count)
        .map(|_| {
            let data = (0..32 * 32)
                .map(|_| {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    (state >> 33) as i64
                })
                .collect();
            Matrix::from_vec(32, 32, data)
        })
        .collect()
}

#[test]
fn every_product_comes_in_its_place() {
    let (lhs, rhs) = (stack(301, 1), stack(301, 2));
    let products = dot_batch(&lhs, &rhs);
    assert_eq!(products.len(), lhs.len());
    for (i, product) in products.iter().enumerate() {
        assert_eq!(*product, lhs[i].dot(&rhs[i]), "product {i}");
    }
}

#[test]
fn views_and_shapes_may_differ_from_product_to_product() {
    let (a, b) = (Matrix::from_vec(2, 3, vec![1, 2, 3, 4, 5, 6]), Matrix::<i32>::eye(2));
    let products = dot_batch(&[a.t(), b.view()], &[b.view(), b.view()]);
    assert_eq!(products[0], a.t());
    assert_eq!(products[1], b);
}

#[test]
fn an_empty_batch_is_an_empty_list() {
    let none: [Matrix<f64>; 0] = [];
    assert!(dot_batch(&none, &none).is_empty());
}

#[test]
fn a_product_that_does_not_fit_is_named() {
    let (a, b) = (Matrix::<f32>::zeros(2, 3), Matrix::<f32>::zeros(3, 2));
    let error = try_dot_batch(&[a.clone(), a.clone()], &[b.clone(), a.clone()]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "product 1 of the batch: cannot multiply 2x3 by 2x3: inner dimensions 3 and 2 differ"
    );
    assert_eq!(try_dot_batch(&[a], &[b.clone(), b]), Err(ShapeError::Batch { lhs: 1, rhs: 2 }));
}
