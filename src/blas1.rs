//! Vector operations, BLAS level 1.
