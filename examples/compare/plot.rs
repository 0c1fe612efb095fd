//! GFLOP/s against n, one panel for each element type.

use std::path::Path;

use plotters::prelude::*;

use crate::results::Results;

const PANEL: (u32, u32) = (900, 420);

pub fn write(results: &Results, file: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let groups = results.by_element();
    let labels = results.labels();
    let root = SVGBackend::new(file, (PANEL.0, PANEL.1 * groups.len() as u32)).into_drawing_area();
    root.fill(&WHITE)?;
    for (panel, (element, rows)) in root.split_evenly((groups.len(), 1)).iter().zip(&groups) {
        let sizes: Vec<f64> = rows.iter().map(|row| row.n as f64).collect();
        let (least, most) = sizes.iter().fold((f64::MAX, f64::MIN), |(l, m), &n| (l.min(n), m.max(n)));
        // A lone size needs some room.
        let (least, most) = if least < most { (least, most) } else { (least / 2.0, most * 2.0) };
        let rates = rows.iter().flat_map(|row| &row.cells).map(|cell| cell.gflops);
        let top = rates.chain([rows[0].peak]).fold(0.0, f64::max) * 1.05;
        let threads = if results.threads == 1 { "1 thread".to_owned() } else { format!("{} threads", results.threads) };
        // The legend stands beside the curves, not on them.
        let (drawing, legend) = panel.split_horizontally(PANEL.0 as i32 - 270);
        let mut chart = ChartBuilder::on(&drawing)
            .caption(format!("n x n products of {element}, {threads}"), ("sans-serif", 18))
            .margin(12)
            .x_label_area_size(36)
            .y_label_area_size(52)
            .build_cartesian_2d((least..most).log_scale().base(2.0), 0.0..top)?;
        chart
            .configure_mesh()
            .light_line_style(WHITE)
            .x_desc("n")
            .y_desc("GFLOP/s")
            .x_label_formatter(&|n| format!("{n:.0}"))
            .draw()?;
        let peak = rows[0].peak;
        chart.draw_series(DashedLineSeries::new([(least, peak), (most, peak)], 6, 4, BLACK.into()))?;
        let mut entries = vec![("peak".to_owned(), BLACK.into())];
        for (at, label) in labels.iter().enumerate() {
            let color = if label == "native" { RGBAColor(200, 0, 0, 1.0) } else { colour(at) };
            let mut points: Vec<(f64, f64)> = rows.iter().map(|row| (row.n as f64, row.cells[at].gflops)).collect();
            points.sort_by(|a, b| a.0.total_cmp(&b.0));
            let width = if label == "native" { 3 } else { 2 };
            chart.draw_series(LineSeries::new(points.iter().copied(), color.stroke_width(width)))?;
            chart.draw_series(points.iter().map(|&point| Circle::new(point, 3, color.filled())))?;
            entries.push((label.clone(), color));
        }
        for (at, (label, color)) in entries.iter().enumerate() {
            let y = 50 + 20 * at as i32;
            legend.draw(&PathElement::new([(4, y), (26, y)], color.stroke_width(3)))?;
            legend.draw(&Text::new(label.clone(), (32, y - 7), ("sans-serif", 14)))?;
        }
    }
    root.present()?;
    Ok(())
}

/// Colours that are told apart, also beside native's red.
fn colour(at: usize) -> RGBAColor {
    const COLOURS: [(u8, u8, u8); 13] = [
        (31, 119, 180),
        (44, 160, 44),
        (255, 127, 14),
        (148, 103, 189),
        (23, 190, 207),
        (140, 86, 75),
        (188, 189, 34),
        (227, 119, 194),
        (90, 90, 90),
        (0, 60, 120),
        (120, 190, 130),
        (250, 190, 120),
        (170, 200, 235),
    ];
    let (r, g, b) = COLOURS[at % COLOURS.len()];
    RGBAColor(r, g, b, 1.0)
}
