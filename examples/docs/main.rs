//! Writes the parts of the book that the code decides: the tables of rules, of keys and of words.
//!
//! `cargo run --example docs`
//!
//! A part stands between two comments in its page; what is around it is written by hand.

mod regions;

fn main() -> std::io::Result<()> {
    for region in regions::ALL {
        let page = region.page();
        let text = std::fs::read_to_string(&page)?;
        std::fs::write(&page, region.filled(&text))?;
    }
    Ok(())
}
