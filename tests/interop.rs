//! The bridges to other crates, each where its feature is on.

#[cfg(feature = "approx")]
mod approx {
    use approx::{assert_abs_diff_eq, assert_abs_diff_ne, assert_relative_eq, assert_relative_ne, assert_ulps_eq};
    use polyblas::{Matrix, matrix};

    #[test]
    fn matrices_and_views_compare_within_a_tolerance() {
        let a = matrix![[1.0, 2.0], [3.0, 4.0]];
        let mut b = a.map(|x: f64| x * (1.0 + 1e-9));
        assert_abs_diff_eq!(a, b, epsilon = 1e-8);
        assert_abs_diff_ne!(a, b);
        assert_relative_eq!(a.t(), b.t(), max_relative = 1e-8);
        assert_relative_ne!(a, b.t(), max_relative = 1e-8);
        assert_ulps_eq!(a.view(), a, max_ulps = 0);
        assert_relative_eq!(b.view_mut(), a, max_relative = 1e-8);
    }

    #[test]
    fn other_shapes_are_never_close() {
        assert_abs_diff_ne!(Matrix::<f64>::zeros(2, 3), Matrix::<f64>::zeros(3, 2));
        assert_abs_diff_eq!(Matrix::<f64>::zeros(0, 3), Matrix::<f64>::zeros(0, 3));
    }
}

#[cfg(feature = "ndarray")]
mod ndarray {
    use ndarray::{Array2, ArrayView2, ArrayViewMut2, ShapeBuilder, arr2, s};
    use polyblas::{Dot, Matrix, MatrixView, MatrixViewMut, gemm, interop, matrix};

    fn counted(rows: usize, cols: usize) -> Matrix<usize> {
        Matrix::from_fn(rows, cols, |i, j| 100 * i + j)
    }

    fn same(view: MatrixView<'_, usize>, array: &ArrayView2<'_, usize>) -> bool {
        view.shape() == array.dim() && array.indexed_iter().all(|(place, x)| std::ptr::eq(x, &view[place]))
    }

    #[test]
    fn views_of_any_strides_go_there_and_back_in_place() {
        for (rows, cols) in [(5, 7), (1, 7), (5, 1), (1, 1), (0, 3), (3, 0)] {
            let a = counted(rows, cols);
            for (row_step, col_step) in [(1, 1), (2, 3), (-1, 1), (1, -2), (-2, -1)] {
                for view in [a.step(row_step, col_step), a.step(row_step, col_step).t()] {
                    let array = ArrayView2::from(view);
                    assert!(same(view, &array), "{rows}x{cols} by {row_step}, {col_step}");
                    assert!(same(MatrixView::from(array), &array));
                    assert!(same(MatrixView::from(array.slice(s![..;-1, ..])), &array.slice(s![..;-1, ..])));
                }
            }
        }
    }

    #[test]
    fn one_row_stands_for_many_there_too() {
        let row = [1, 2];
        let tall = MatrixView::with_strides(3_000_000_000, 2, &row, 0, 0, 1).unwrap();
        let array = ArrayView2::from(tall);
        assert_eq!((array.dim(), array[(2_999_999_999, 1)]), ((3_000_000_000, 2), 2));
        let column = arr2(&[[1], [2]]);
        assert_eq!(MatrixView::from(column.broadcast((2, 3)).unwrap()), matrix![[1, 1, 1], [2, 2, 2]]);
    }

    #[test]
    #[should_panic(expected = "more elements than an ndarray view may have")]
    fn more_elements_than_ndarray_counts_are_refused() {
        let n = isize::MAX.unsigned_abs();
        let _ = ArrayView2::from(matrix![[1]].view().broadcast(n, 2).unwrap());
    }

    #[test]
    fn mutable_views_write_in_place_both_ways() {
        let mut a = counted(4, 6);
        ArrayViewMut2::from(a.step_mut(-2, -3)).assign(&arr2(&[[1, 2], [3, 4]]));
        assert_eq!(a.step(-2, -3), matrix![[1, 2], [3, 4]]);
        let mut array = Array2::zeros((3, 4).f());
        MatrixViewMut::from(array.slice_mut(s![..;-2, 1..3])).assign(&matrix![[1, 2], [3, 4]]);
        assert_eq!(array, arr2(&[[0, 3, 4, 0], [0, 0, 0, 0], [0, 1, 2, 0]]));
    }

    #[test]
    fn arrays_are_operands_and_outputs() {
        let a = arr2(&[[1, 2], [3, 4]]);
        let m = matrix![[1, 2], [3, 4]];
        assert_eq!(interop::ndarray::dot(&a.t(), &m), arr2(&[[10, 14], [14, 20]]));
        assert_eq!(Dot::dot(&a, &m.t()), matrix![[5, 11], [11, 25]]);
        assert_eq!(Dot::dot(&a, &[1, 1]), [3, 7]);
        let mut out = Array2::from_elem((2, 2).f(), 1);
        gemm(1, &a.slice(s![.., ..]), &&*a, 1, &mut out);
        assert_eq!(out, arr2(&[[8, 11], [16, 23]]));
        m.dot_into(&a, &mut out.view_mut().reversed_axes());
        assert_eq!(out, arr2(&[[7, 15], [10, 22]]));
        assert_eq!(m, a);
        assert_eq!(m.zip_map(&a, |x, y| x * y), matrix![[1, 4], [9, 16]]);
        let shared = a.into_shared();
        assert_eq!(Dot::dot(&shared, &m), m.dot(&m));
    }

    #[test]
    fn owners_hand_their_buffers_over() {
        let a = counted(3, 4);
        let (address, expected) = (a.as_slice().as_ptr(), a.clone());
        let array = Array2::from(a);
        assert_eq!(array.as_ptr(), address);
        let back = Matrix::from(array);
        assert_eq!((back.as_slice().as_ptr(), &back), (address, &expected));
    }

    #[test]
    fn arrays_of_other_layouts_are_copied_in_order() {
        let a = counted(3, 4);
        let columns = Array2::from_shape_fn((3, 4).f(), |place| a[place]);
        assert_eq!(Matrix::from(columns), a);
        let mut part = Array2::from(a.clone());
        part.slice_collapse(s![1.., ..]);
        assert_eq!(Matrix::from(part), a.slice(1.., ..));
        assert_eq!(Matrix::from(Array2::<u8>::zeros((0, 3))).shape(), (0, 3));
    }
}

#[cfg(feature = "nalgebra")]
mod nalgebra {
    use nalgebra::{DMatrix, DMatrixView, DMatrixViewMut, Dyn, Matrix2x3, Matrix3x2};
    use polyblas::{AsView, AsViewMut, Dot, Matrix, MatrixView, MatrixViewMut, ShapeError, gemm, matrix};

    #[test]
    fn views_go_there_and_back_in_place() {
        let a = Matrix::from_fn(4, 6, |i, j| 10 * i + j);
        for view in [a.view(), a.t(), a.step(2, 3), a.slice(1..3, 2..), a.row(1), a.col(5).t()] {
            let there = DMatrixView::<usize, Dyn, Dyn>::try_from(view).unwrap();
            assert_eq!(there.shape(), view.shape());
            let (rows, cols) = view.shape();
            assert!((0..rows).all(|i| (0..cols).all(|j| std::ptr::eq(&there[(i, j)], &view[(i, j)]))));
            let back = MatrixView::from(there);
            assert_eq!((back.as_ptr(), back), (view.as_ptr(), view));
        }
        let error = DMatrixView::<usize, Dyn, Dyn>::try_from(a.step(-1, 1)).unwrap_err();
        assert_eq!(error, ShapeError::NegativeStride { row_stride: -6, col_stride: 1 });
        assert!(DMatrixView::<usize, Dyn, Dyn>::try_from(a.row(0).step(-1, 1)).is_ok());
    }

    #[test]
    fn mutable_views_write_in_place_both_ways() {
        let mut a = Matrix::zeros(4, 6);
        DMatrixViewMut::<i32, Dyn, Dyn>::try_from(a.step_mut(2, 3)).unwrap().fill(7);
        assert_eq!((a[(2, 3)], a.sum()), (7, 28));
        let mut b = DMatrix::zeros(3, 3);
        MatrixViewMut::from(b.view_mut((1, 0), (2, 3))).assign(&matrix![[1, 2, 3]]);
        assert_eq!(b, DMatrix::from_row_slice(3, 3, &[0, 0, 0, 1, 2, 3, 1, 2, 3]));
        AsViewMut::as_view_mut(&mut b).row_mut(0).fill(4);
        assert_eq!(b.sum(), 24);
    }

    #[test]
    fn matrices_of_any_storage_are_operands_and_outputs() {
        let (a, b) = (Matrix2x3::new(1, 2, 3, 4, 5, 6), Matrix3x2::new(1, 2, 3, 4, 5, 6));
        let expected = a * b;
        assert_eq!(Matrix::from(expected), Dot::dot(&a, &b));
        assert_eq!(Dot::dot(&a, &[1, 0, 1]), [4, 10]);
        let mut out = DMatrix::from_element(2, 2, 1);
        gemm(2, &a, &b, 3, &mut out);
        assert_eq!(out, DMatrix::from_row_slice(2, 2, &[47, 59, 101, 131]));
        assert_eq!(Dot::dot(&a.columns_with_step(0, 2, 1), &matrix![[1], [10]]), matrix![[31], [64]]);
        assert_eq!(AsView::as_view(&a).t(), Matrix::from(a.transpose()));
    }

    #[test]
    fn owners_are_copied_in_order() {
        let a = matrix![[1, 2, 3], [4, 5, 6]];
        let there = DMatrix::from(a.clone());
        assert_eq!(there, Matrix2x3::new(1, 2, 3, 4, 5, 6));
        assert_eq!(Matrix::from(there), a);
    }
}

#[cfg(feature = "serde")]
mod serde {
    use num_complex::Complex;
    use polyblas::{Matrix, matrix};

    #[test]
    fn json_and_a_binary_format_give_back_what_they_took() {
        let a = Matrix::from_fn(3, 5, |i, j| Complex::new(i as f64 / 3.0, -(j as f64)));
        let text = serde_json::to_string(&a).unwrap();
        assert_eq!(serde_json::from_str::<Matrix<Complex<f64>>>(&text).unwrap(), a);
        let bytes = postcard::to_allocvec(&a.step(-1, 2)).unwrap();
        assert_eq!(postcard::from_bytes::<Matrix<Complex<f64>>>(&bytes).unwrap(), a.step(-1, 2));
        let empty = Matrix::<u8>::zeros(0, 4);
        let bytes = postcard::to_allocvec(&empty).unwrap();
        assert_eq!(postcard::from_bytes::<Matrix<u8>>(&bytes).unwrap(), empty);
        let mut b = matrix![[1, 2]];
        assert_eq!(serde_json::to_string(&b.view_mut()).unwrap(), serde_json::to_string(&b).unwrap());
    }

    #[test]
    fn a_length_that_does_not_fit_is_refused() {
        let read = |text: &str| serde_json::from_str::<Matrix<i32>>(text).unwrap_err().to_string();
        assert!(read(r#"{"rows":2,"cols":2,"data":[1,2,3]}"#).starts_with("a 2x2 matrix needs 4 elements, not 3"));
        let huge = format!(r#"{{"rows":{},"cols":2,"data":[]}}"#, u64::MAX);
        assert!(read(&huge).contains("needs more than usize::MAX elements, not 0"));
        assert!(read(r#"{"rows":2,"data":[]}"#).starts_with("missing field `cols`"));
        let (rows, cols, data) = (2usize, 2usize, vec![1u8]);
        let bytes = postcard::to_allocvec(&(rows, cols, data)).unwrap();
        assert!(postcard::from_bytes::<Matrix<u8>>(&bytes).is_err());
    }
}

#[cfg(feature = "rand")]
mod rand {
    use polyblas::Matrix;
    use rand::distr::{Bernoulli, Uniform};
    use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};

    #[test]
    fn a_seed_decides_every_element() {
        let make = |seed| Matrix::<f64>::random(20, 30, &mut Xoshiro256PlusPlus::seed_from_u64(seed));
        let a = make(7);
        assert_eq!((a.shape(), &a), ((20, 30), &make(7)));
        assert_ne!(a, make(8));
        assert!(a.iter().all(|x| (0.0..1.0).contains(x)) && (a.mean().unwrap() - 0.5).abs() < 0.1);
    }

    #[test]
    fn distributions_are_kept_to() {
        let rng = &mut Xoshiro256PlusPlus::seed_from_u64(7);
        let a = Matrix::random_range(50, 50, -3i8..3, rng).unwrap();
        assert_eq!((a.min(), a.max()), (Some(-3), Some(2)));
        assert!(Matrix::random_range(1, 1, f64::NAN..1.0, rng).is_err());
        let b = Matrix::random_with(50, 50, Uniform::new_inclusive(1.0, 2.0).unwrap(), rng);
        assert!(b.iter().all(|x: &f64| (1.0..=2.0).contains(x)));
        let c = Matrix::random_with(9, 9, Bernoulli::new(1.0).unwrap(), rng);
        assert_eq!(c, Matrix::full(9, 9, true));
    }
}

#[cfg(feature = "npy")]
mod npy {
    use num_complex::Complex;
    use polyblas::interop::npy::{self, NpyError};
    use polyblas::{Matrix, matrix};

    /// The bytes that numpy's `save` writes for this header and data.
    fn file(descr: &str, fortran: &str, shape: &str, data: &[u8]) -> Vec<u8> {
        let dict = format!("{{'descr': '{descr}', 'fortran_order': {fortran}, 'shape': {shape}, }}");
        let header = format!("{dict:<117}\n");
        assert_eq!(header.len(), 118);
        [b"\x93NUMPY\x01\x00\x76\x00", header.as_bytes(), data].concat()
    }

    #[test]
    fn what_is_written_is_what_numpy_writes() {
        let mut bytes = Vec::new();
        npy::write(&matrix![[1i16, 2, 3], [4, 5, -6]], &mut bytes).unwrap();
        let data: Vec<u8> = [1i16, 2, 3, 4, 5, -6].into_iter().flat_map(i16::to_le_bytes).collect();
        let numpys = file("<i2", "False", "(2, 3)", &data);
        assert_eq!(npy::read::<i16>(&numpys[..]).unwrap(), npy::read::<i16>(&bytes[..]).unwrap());
        assert!(bytes.ends_with(&data) && bytes.starts_with(b"\x93NUMPY\x01\x00"));
    }

    #[test]
    fn every_element_type_goes_there_and_back() {
        macro_rules! check {
            ($($t:ty = $values:expr;)*) => {$({
                let [a, b, c] = $values;
                let matrix: Matrix<$t> = matrix![[a, b, c], [c, a, b]];
                let mut bytes = Vec::new();
                npy::write(&matrix.t(), &mut bytes).unwrap();
                assert_eq!(npy::read::<$t>(&bytes[..]).unwrap(), matrix.t());
            })*};
        }
        check! {
            f32 = [0.1, -0.0, f32::INFINITY];
            f64 = [0.1, f64::MIN_POSITIVE, f64::MAX];
            Complex<f32> = [Complex::i(), Complex::new(0.5, -1.0), Complex::ZERO];
            Complex<f64> = [Complex::i(), Complex::new(0.1, -1.0), Complex::ONE];
            i8 = [i8::MIN, 0, i8::MAX];
            i16 = [i16::MIN, 0, i16::MAX];
            i32 = [i32::MIN, 0, i32::MAX];
            i64 = [i64::MIN, 0, i64::MAX];
            u8 = [u8::MIN, 1, u8::MAX];
            u16 = [u16::MIN, 1, u16::MAX];
            u32 = [u32::MIN, 1, u32::MAX];
            u64 = [u64::MIN, 1, u64::MAX];
        }
    }

    #[test]
    fn fortran_order_and_big_endian_are_read() {
        let data: Vec<u8> = [1i32, 4, 2, 5, 3, 6].into_iter().flat_map(i32::to_be_bytes).collect();
        let bytes = file(">i4", "True", "(2, 3)", &data);
        assert_eq!(npy::read::<i32>(&bytes[..]).unwrap(), matrix![[1, 2, 3], [4, 5, 6]]);
    }

    #[test]
    fn what_cannot_be_read_says_why() {
        let message = |bytes: &[u8]| npy::read::<f64>(bytes).unwrap_err().to_string();
        let error = npy::read::<f64>(&file("<f8", "False", "(2, 2)", &[0; 31])[..]).unwrap_err();
        assert!(matches!(error, NpyError::Elements { rows: 2, cols: 2, found: 3, .. }));
        assert!(error.to_string().starts_with("the file's shape is 2x2, but only 3 elements could be read"));
        assert!(message(&file("<f4", "False", "(1, 1)", &[0; 4])).contains("elements of type '<f4', not f64"));
        assert!(message(&file("<f8", "False", "(1, 2, 3)", &[0; 48])).contains("shape [1, 2, 3], not a matrix"));
        assert!(message(&file("<f8", "False", "(5,)", &[0; 40])).contains("shape [5], not a matrix"));
        assert!(message(b"PK\x03\x04 no array").starts_with("not a .npy file"));
        assert!(message(b"").starts_with("not a .npy file"));
        let claims = file("<f8", "False", "(2000000000, 1000000000)", &[0; 8]);
        assert!(matches!(npy::read::<f64>(&claims[..]), Err(NpyError::Shape(_))));
        let claims = file("<f8", "False", "(100000, 1000000)", &[0; 8]);
        assert!(matches!(npy::read::<f64>(&claims[..]), Err(NpyError::Elements { found: 1, .. })));
    }

    #[test]
    fn files_are_saved_and_loaded_by_name() {
        let dir = std::env::temp_dir().join(format!("polyblas-npy-{}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        let a = Matrix::from_fn(7, 3, |i, j| i as f32 - j as f32 / 3.0);
        npy::save(dir.join("a.npy"), &a.t()).unwrap();
        assert_eq!(npy::load::<f32>(dir.join("a.npy")).unwrap(), a.t());
        let error = npy::load::<f32>(dir.join("none.npy")).unwrap_err().to_string();
        assert!(error.starts_with("cannot open ") && error.contains("none.npy"));
        std::fs::remove_dir_all(&dir).unwrap();
    }
}
