//! Element-wise work and sums.

mod arithmetic;
mod map;
mod reduce;
mod stack;
mod traverse;
