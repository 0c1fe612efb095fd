//! Gop/s against the size, one picture for each table of square products.

use std::path::{Path, PathBuf};
use std::sync::Once;

use anyhow::{Context, Result, anyhow};
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::{FontStyle, register_font};

use crate::case::{Fill, Group};
use crate::contender::{Contender, Polyblas};
use crate::referee::{Entry, Row};
use crate::report::{Heading, peak, tables};

const SIZE: (u32, u32) = (1080, 660);
/// The margin for names at the right.
const NAMES: u32 = 270;

/// Distinct in hue or in lightness; red is polyblas's.
const COLOURS: &[(u8, u8, u8)] = &[
    (31, 119, 180),
    (44, 160, 44),
    (148, 103, 189),
    (255, 127, 14),
    (140, 86, 75),
    (23, 190, 207),
    (227, 119, 194),
    (188, 189, 34),
    (127, 127, 127),
    (0, 77, 64),
    (57, 73, 171),
    (158, 118, 0),
    (66, 66, 66),
    (129, 199, 132),
    (142, 36, 170),
    (84, 110, 122),
    (255, 183, 77),
    (1, 87, 155),
];

/// Where the peak lies further above every contender than this many times, the picture ends below it.
const HEADROOM: f64 = 2.5;

/// Writes an SVG and a PNG of every table of square products with at least three sizes; returns their names.
pub fn draw(folder: &Path, heading: &Heading, rows: &[Row]) -> Result<Vec<PathBuf>> {
    // The font travels with the program, so that a picture looks the same wherever it was made.
    static FONT: Once = Once::new();
    FONT.call_once(|| {
        let _ = register_font("sans-serif", FontStyle::Normal, epaint_default_fonts::UBUNTU_LIGHT);
    });
    std::fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let mut written = Vec::new();
    for (group, rows) in tables(rows).into_iter().filter(|(group, rows)| group.shape == "square" && rows.len() >= 3) {
        let path = folder.join(file_name(group));
        let (svg, png) = (path.with_extension("svg"), path.with_extension("png"));
        chart(&SVGBackend::new(&svg, SIZE).into_drawing_area(), group, heading, &rows)
            .map_err(|error| anyhow!("{}: {error}", svg.display()))?;
        chart(&BitMapBackend::new(&png, SIZE).into_drawing_area(), group, heading, &rows)
            .map_err(|error| anyhow!("{}: {error}", png.display()))?;
        written.extend([svg, png]);
    }
    Ok(written)
}

fn is_drawn(entry: &Entry) -> bool {
    entry.who.is_peer() || entry.who == Contender::Polyblas(Polyblas::Dot)
}

fn file_name(group: Group) -> String {
    let fill = match group.fill {
        Fill::Unit => "",
        Fill::Small => "-small",
        Fill::Full => "-full",
    };
    format!("{}{fill}-{}.svg", group.kind.name(), group.threads)
}

fn chart<B: DrawingBackend>(
    area: &DrawingArea<B, Shift>,
    group: Group,
    heading: &Heading,
    rows: &[&Row],
) -> Result<(), DrawingAreaErrorKind<B::ErrorType>> {
    area.fill(&WHITE)?;
    let size = |row: &Row| (row.case.n as f64).log2();
    let contenders = rows.iter().flat_map(|row| &row.entries).filter(|entry| is_drawn(entry));
    let fastest = contenders.map(Entry::best).fold(0.0, f64::max) / 1e9;
    let peaks: Vec<(f64, f64)> = rows.iter().filter_map(|row| Some((size(row), peak(row)?.best() / 1e9))).collect();
    let top = peaks.iter().map(|&(_, y)| y).fold(fastest, f64::max).min(HEADROOM * fastest);
    let (first, last) = (size(rows[0]), size(rows[rows.len() - 1]));
    let note = format!("{}, commit {}", heading.cpu, heading.commit);
    let (body, foot) = area.split_vertically(SIZE.1 as i32 - 24);
    foot.draw_text(&note, &("sans-serif", 14).into_text_style(&foot).color(&BLACK.mix(0.6)), (16, 2))?;
    let mut chart = ChartBuilder::on(&body)
        .caption(group.to_string(), ("sans-serif", 24))
        .margin(12)
        .margin_right(NAMES)
        .x_label_area_size(44)
        .y_label_area_size(60)
        .build_cartesian_2d(first..last, 0.0..top * 1.06)?;
    let sizes: Vec<String> = rows.iter().map(|row| row.case.n.to_string()).collect();
    chart
        .configure_mesh()
        .disable_x_mesh()
        .light_line_style(WHITE)
        .bold_line_style(BLACK.mix(0.12))
        .x_labels(0)
        .x_desc("n (product of two n x n matrices)")
        .y_desc("Gop/s, best of the rounds")
        .label_style(("sans-serif", 16))
        .draw()?;
    let origin = chart.backend_coord(&(first, 0.0));
    let mut taken = i32::MIN;
    for (row, label) in rows.iter().zip(&sizes) {
        let x = chart.backend_coord(&(size(row), 0.0)).0;
        body.draw(&PathElement::new(vec![(x, origin.1), (x, origin.1 + 5)], BLACK))?;
        let width = 9 * label.len() as i32;
        if x - width / 2 > taken {
            let style = ("sans-serif", 16).into_text_style(&body).pos(plotters::style::text_anchor::Pos::new(
                plotters::style::text_anchor::HPos::Center,
                plotters::style::text_anchor::VPos::Top,
            ));
            body.draw_text(label, &style, (x, origin.1 + 7))?;
            taken = x + width / 2;
        }
    }
    let mut labels: Vec<(f64, String, RGBColor)> = Vec::new();
    if let Some(&(_, y)) = peaks.last() {
        let route = peak(rows[rows.len() - 1]).and_then(|peak| peak.route.as_deref()).unwrap_or_default();
        let above = if y > top { ", above" } else { "" };
        labels.push((y, format!("peak ({route}{above})"), BLACK));
        if y <= top {
            chart.draw_series(DashedLineSeries::new(peaks, 6, 5, BLACK.stroke_width(1)))?;
        }
    }
    let mut names: Vec<(&str, &Contender)> = Vec::new();
    for entry in rows.iter().flat_map(|row| &row.entries) {
        if is_drawn(entry) && !names.iter().any(|(name, _)| *name == entry.name) {
            names.push((&entry.name, &entry.who));
        }
    }
    // polyblas last, so that its line lies on top.
    names.sort_by_key(|(_, who)| matches!(who, Contender::Polyblas(_)));
    for (index, (name, who)) in names.iter().enumerate() {
        let own = matches!(who, Contender::Polyblas(_));
        let colour = if own {
            RGBColor(214, 20, 20)
        } else {
            let (r, g, b) = COLOURS[index % COLOURS.len()];
            RGBColor(r, g, b)
        };
        let points: Vec<(f64, f64)> = rows
            .iter()
            .filter_map(|row| Some((size(row), row.entries.iter().find(|e| e.name == *name)?.best() / 1e9)))
            .collect();
        let Some(&(_, end)) = points.last() else { continue };
        chart.draw_series(LineSeries::new(points.iter().copied(), colour.stroke_width(if own { 4 } else { 2 })))?;
        let radius = if own { 4 } else { 3 };
        chart.draw_series(points.iter().map(|&point| Circle::new(point, radius, colour.filled())))?;
        labels.push((end, (*name).to_owned(), colour));
    }
    // Names stand beside the ends of their lines, moved apart where the lines end close together.
    labels.sort_by(|a, b| b.0.total_cmp(&a.0));
    let right = chart.backend_coord(&(last, 0.0)).0 + 10;
    let mut heights: Vec<i32> = labels.iter().map(|(y, ..)| chart.backend_coord(&(last, y.min(top))).1 - 8).collect();
    const STEP: i32 = 19;
    for i in 1..heights.len() {
        heights[i] = heights[i].max(heights[i - 1] + STEP);
    }
    let floor = origin.1 + 4;
    for i in (0..heights.len()).rev() {
        let below = heights.get(i + 1).map_or(floor, |below| below - STEP);
        heights[i] = heights[i].min(below);
    }
    for ((y, name, colour), height) in labels.iter().zip(heights) {
        let text = format!("{name} {}", crate::report::rate(y * 1e9));
        body.draw_text(&text, &("sans-serif", 17).into_text_style(&body).color(colour), (right, height))?;
    }
    area.present()
}
