//! What tests over all crates use: the simulation on a seed, the reference models, and the programs that
//! are killed. It is no part of the product and holds no tests itself; they are in `suite/`.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a harness that meets the unexpected has found something, and may end"
)]

pub mod dice;
pub mod failure;
pub mod fuzz;
pub mod merge;
pub mod model;
pub mod reference;
pub mod served;
pub mod sim;
