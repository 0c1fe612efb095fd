//! Prints the report, then a number that a product gave.

fn main() {
    println!("{}", polyblas::config());
    println!("checksum {}", consumer::consumer_checksum());
}
