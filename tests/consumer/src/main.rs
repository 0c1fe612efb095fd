//! Prints the report, then a number that a product of N x N matrices gave: `consumer N`.

fn main() {
    let n = std::env::args().nth(1).map_or(8, |n| n.parse().expect("N is a whole number"));
    println!("{}", polyblas::config());
    println!("checksum {}", consumer::consumer_checksum(n));
}
