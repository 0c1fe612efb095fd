//! The learning curve, and a picture of the digits that the net got wrong.

use std::path::Path;

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::digits::Digits;
use super::train::Judgement;

type Error = Box<dyn std::error::Error>;
type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

const TRAIN: RGBColor = RGBColor(0xb0, 0x5a, 0x00);
const TEST: RGBColor = RGBColor(0x1f, 0x5f, 0xa8);
const GRID: RGBColor = RGBColor(0xe4, 0xe4, 0xe4);
const INK: RGBColor = RGBColor(0x33, 0x33, 0x33);

/// What was known after an epoch.
#[derive(Clone, Copy, Debug)]
pub struct Point {
    pub epoch: usize,
    pub train_loss: f64,
    pub test_loss: f64,
    pub accuracy: f64,
}

fn text(size: i32) -> TextStyle<'static> {
    ("sans-serif", size).into_font().color(&INK)
}

/// Draws loss and accuracy by epoch to an SVG file.
pub fn learning_curve(points: &[Point], title: &str, path: &Path) -> Result<(), Error> {
    let root = SVGBackend::new(path, (800, 560)).into_drawing_area();
    root.fill(&WHITE)?;
    let root = root.margin(8, 0, 0, 0).titled(title, text(17))?;
    let (losses, accuracy) = root.split_vertically(260);
    let last = points.last().map_or(1, |p| p.epoch).max(2) as f64;
    let first = points.first().map_or(1, |p| p.epoch) as f64;
    let top = points.iter().flat_map(|p| [p.train_loss, p.test_loss]).fold(0.0, f64::max);
    let mut chart = ChartBuilder::on(&losses)
        .margin(12)
        .x_label_area_size(24)
        .y_label_area_size(64)
        .build_cartesian_2d(first..last, 0.0..top * 1.05)?;
    chart
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(GRID)
        .y_desc("loss")
        .y_label_formatter(&|y| format!("{y:.2}"))
        .x_label_formatter(&|x| format!("{x:.0}"))
        .label_style(text(13))
        .axis_desc_style(text(14))
        .draw()?;
    for (name, color, value) in
        [("training", TRAIN, (|p| p.train_loss) as fn(&Point) -> f64), ("test", TEST, |p| p.test_loss)]
    {
        let line = LineSeries::new(points.iter().map(|p| (p.epoch as f64, value(p))), color.stroke_width(2));
        chart
            .draw_series(line)?
            .label(name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], color.stroke_width(2)));
    }
    chart.configure_series_labels().background_style(WHITE).border_style(TRANSPARENT).label_font(text(14)).draw()?;

    let lowest = points.iter().map(|p| 100.0 * p.accuracy).fold(100.0, f64::min);
    let mut chart = ChartBuilder::on(&accuracy)
        .margin(12)
        .x_label_area_size(38)
        .y_label_area_size(64)
        .build_cartesian_2d(first..last, (lowest - 1.0).max(0.0)..100.0)?;
    chart
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(GRID)
        .x_desc("epoch")
        .y_desc("test accuracy, %")
        .x_label_formatter(&|x| format!("{x:.0}"))
        .y_label_formatter(&|y| format!("{y:.0}"))
        .label_style(text(13))
        .axis_desc_style(text(14))
        .draw()?;
    chart.draw_series(LineSeries::new(
        points.iter().map(|p| (p.epoch as f64, 100.0 * p.accuracy)),
        TEST.stroke_width(2),
    ))?;
    root.present()?;
    Ok(())
}

/// Draws up to 40 of the digits that the net got wrong, the most confident mistakes first, to an SVG file.
pub fn mistakes(digits: &Digits, judgement: &Judgement, brightest: u8, path: &Path) -> Result<(), Error> {
    const COLUMNS: usize = 8;
    const CELL: (usize, usize) = (92, 116);
    const MARGIN: usize = 16;
    const TITLE: usize = 40;
    const IMAGE: usize = 84;

    let mut wrong: Vec<usize> = (0..digits.len()).filter(|i| judgement.answers[*i].0 != digits.labels[*i]).collect();
    wrong.sort_by(|i, j| judgement.answers[*j].1.total_cmp(&judgement.answers[*i].1));
    let shown = wrong.len().min(5 * COLUMNS);
    let rows = shown.div_ceil(COLUMNS).max(1);
    let size = ((COLUMNS * CELL.0 + 2 * MARGIN) as u32, (rows * CELL.1 + TITLE + MARGIN) as u32);
    let root = SVGBackend::new(path, size).into_drawing_area();
    root.fill(&WHITE)?;
    let title = match (wrong.len(), shown) {
        (0, _) => format!("All {} test digits were right", digits.len()),
        (all, shown) if all == shown => format!("All {all} mistakes in {} test digits, the surest first", digits.len()),
        (all, shown) => format!("The {shown} surest of {all} mistakes in {} test digits", digits.len()),
    };
    root.draw_text(&title, &text(17), (MARGIN as i32, 12))?;

    let (height, width) = digits.shape;
    let dot = (IMAGE / height.max(width)).max(1);
    for (place, &i) in wrong[..shown].iter().enumerate() {
        let x = MARGIN + place % COLUMNS * CELL.0;
        let y = TITLE + place / COLUMNS * CELL.1;
        image(&root, digits.image(i), width, brightest, (x, y), dot)?;
        let caption = format!("{}, not {}", digits.labels[i], judgement.answers[i].0);
        let style = text(13).pos(Pos::new(HPos::Center, VPos::Top));
        root.draw_text(&caption, &style, ((x + width * dot / 2) as i32, (y + height * dot + 5) as i32))?;
    }
    root.present()?;
    Ok(())
}

/// White paper, dark ink, as the digits were written.
fn image(
    root: &Area<'_>,
    pixels: &[u8],
    width: usize,
    brightest: u8,
    at: (usize, usize),
    dot: usize,
) -> Result<(), Error> {
    let corner = |column: usize, row: usize| ((at.0 + column * dot) as i32, (at.1 + row * dot) as i32);
    let height = pixels.len() / width;
    for (row, line) in pixels.chunks_exact(width).enumerate() {
        let mut column = 0;
        // Equal neighbours become one rectangle.
        for run in line.chunk_by(PartialEq::eq) {
            if run[0] > 0 {
                let grey = 255 - (u32::from(run[0]) * 255 / u32::from(brightest)).min(255) as u8;
                let (from, to) = (corner(column, row), corner(column + run.len(), row + 1));
                root.draw(&Rectangle::new([from, to], RGBColor(grey, grey, grey).filled()))?;
            }
            column += run.len();
        }
    }
    root.draw(&Rectangle::new([corner(0, 0), corner(width, height)], RGBColor(0xcc, 0xcc, 0xcc)))?;
    Ok(())
}
