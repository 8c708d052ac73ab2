//! Lanes of computers as a picture within a page: SVG with places in per cent and sizes in pixels, so
//! that it fits any width and its marks keep their shape. It has no style of its own; the page's
//! style sheet names its classes.

use maud::{Markup, html as template};

use super::class;
use crate::doc::{Extent, Hole, Lane, Lanes, Mark, Shape};

/// Pixels for a lane's name.
const NAME: usize = 18;
/// Pixels for a row of findings' letters above the band.
const LETTERS: usize = 20;
/// Pixels for the band, on which everything else stands.
const BAND: usize = 26;
/// Part of the axis that a letter takes on a narrow picture: what is nearer stands in another row.
const NEAR: f64 = 0.055;
/// Rows of letters at most; where more findings meet, they are drawn over each other.
const MOST_ROWS: usize = 6;
/// Pixels for the times below.
const AXIS: usize = 26;
/// Pixels of lanes in one picture: what is taller would be cut by the end of a printed page.
const TALLEST: usize = 760;
/// Part of the width that is left free at both ends, so that marks there are whole, in per cent.
const MARGIN: f64 = 2.0;
/// Times below the lanes; more would overlap on a telephone.
const MOST_TIMES: usize = 4;

/// Draws lanes: in several pictures, each with its axis, where they are many.
pub(super) fn lanes(lanes: &Lanes) -> Markup {
    let mut pictures: Vec<Vec<Placed>> = Vec::new();
    let mut top = 0;
    for lane in &lanes.lanes {
        let rows = rows(lane);
        let used = rows.iter().map(|row| row + 1).max().unwrap_or(0);
        let height = NAME + used * LETTERS + BAND;
        if pictures.is_empty() || top + height > TALLEST {
            pictures.push(Vec::new());
            top = 0;
        }
        let placed = Placed {
            lane,
            top,
            rows,
            middle: top + height - BAND / 2,
        };
        top += height;
        if let Some(picture) = pictures.last_mut() {
            picture.push(placed);
        }
    }
    template! {
        figure.timeline {
            @for placed in &pictures { (picture(lanes, placed)) }
            figcaption { (legend(lanes)) }
        }
    }
}

/// Some of the lanes over the whole axis.
fn picture(lanes: &Lanes, placed: &[Placed]) -> Markup {
    let bottom = placed.last().map_or(0, |last| last.middle + BAND / 2);
    let height = bottom + AXIS;
    template! {
            svg width="100%" height=(height) role="group" aria-label=(lanes.caption.as_str()) {
                @for part in &lanes.parts {
                    rect.part x=(place(part.x[0])) width=(extent(part.x)) y="0"
                        height=(height - AXIS + 4) {}
                }
                @for Placed { lane, top, rows, middle } in placed {
                    @let middle = *middle;
                    text.name x=(place(0.0)) y=(top + 15) { (lane.name.as_str()) }
                    @for x in &lane.covered {
                        rect.covered x=(place(x[0])) width=(extent(*x)) y=(middle - 3) height="6" {}
                        // One record alone covers an instant, and is seen all the same.
                        rect.covered x=(place(x[0])) width="2" y=(middle - 3) height="6" {}
                    }
                    @for hole in &lane.holes { (self::hole(hole, middle)) }
                    @for (mark, row) in lane.marks.iter().zip(rows) { (self::mark(mark, middle, *row)) }
                }
                (times(lanes, height - 6))
            }
    }
}

/// A lane with its place in the picture.
struct Placed<'a> {
    lane: &'a Lane,
    top: usize,
    /// For each mark the row of letters it stands in, if it is a finding.
    rows: Vec<usize>,
    /// The middle of its band.
    middle: usize,
}

/// The rows of letters: one beside the other as long as there is room. Other marks are in row 0, which
/// says nothing.
fn rows(lane: &Lane) -> Vec<usize> {
    let mut order: Vec<usize> = (0..lane.marks.len()).collect();
    let x = |at: usize| lane.marks.get(at).map_or(0.0, |mark| mark.x[0]);
    order.sort_by(|a, b| x(*a).total_cmp(&x(*b)));
    let mut ends: Vec<f64> = Vec::new();
    let mut rows = vec![0; lane.marks.len()];
    for at in order {
        let is_finding = |mark: &Mark| matches!(mark.shape, Shape::Finding(..));
        if !lane.marks.get(at).is_some_and(is_finding) {
            continue;
        }
        let free = ends.iter().position(|end| x(at) - end >= NEAR);
        let row = free.unwrap_or(ends.len()).min(MOST_ROWS - 1);
        match ends.get_mut(row) {
            Some(end) => *end = x(at),
            None => ends.push(x(at)),
        }
        if let Some(place) = rows.get_mut(at) {
            *place = row;
        }
    }
    rows
}

fn place(x: f64) -> String {
    format!(
        "{:.2}%",
        MARGIN + x.clamp(0.0, 1.0) * (100.0 - 2.0 * MARGIN)
    )
}

fn extent([from, to]: Extent) -> String {
    format!("{:.2}%", (to - from).max(0.0) * (100.0 - 2.0 * MARGIN))
}

fn hole(hole: &Hole, middle: usize) -> Markup {
    let class = if hole.is_damage {
        "hole damage"
    } else {
        "hole missing"
    };
    let title = hole.title.as_str();
    template! {
        g class=(class) tabindex="0" role="img" aria-label=(title) {
            title { (title) }
            rect x=(place(hole.x[0])) width=(extent(hole.x)) y=(middle - 9) height="18" {}
            // What is shorter than a pixel must be seen, too.
            rect x=(place(hole.x[0])) width="2" y=(middle - 9) height="18" {}
        }
    }
}

fn mark(mark: &Mark, middle: usize, row: usize) -> Markup {
    let title = mark.title.as_str();
    match mark.shape {
        Shape::Finding(letter, tone) => {
            let above = middle.saturating_sub(BAND / 2 + LETTERS / 2 + row * LETTERS);
            let drawn = template! {
                title { (title) }
                rect x=(place(mark.x[0])) width=(extent(mark.x)) y=(middle - 5) height="10" {}
                // A line from the letter to its place on the band.
                rect x=(place(mark.x[0])) width="2" y=(above) height=(middle - above) {}
                svg x=(place(mark.x[0])) y=(above) overflow="visible" {
                    circle r="9" {}
                    text y="4" text-anchor="middle" { (letter) }
                }
            };
            let class = format!("finding {}", class(tone).unwrap_or("plain"));
            template! {
                @if let Some(target) = &mark.target {
                    a class=(class) href=(format!("#{}", target.as_str())) aria-label=(title) { (drawn) }
                } @else {
                    g class=(class) tabindex="0" role="img" aria-label=(title) { (drawn) }
                }
            }
        }
        shape => template! {
            // Records are many: the table below has them for those who do not see the picture.
            g class=(name(shape)) role="img" aria-label=(title)
                tabindex=[(shape != Shape::Event).then_some("0")] {
                title { (title) }
                svg x=(place(mark.x[0])) y=(middle) overflow="visible" { path d=(path(shape)) {} }
            }
        },
    }
}

fn name(shape: Shape) -> &'static str {
    match shape {
        Shape::Event => "event",
        Shape::Update => "update",
        Shape::Start => "start",
        Shape::Stop => "stop",
        Shape::Clock => "clock",
        Shape::Cleared => "cleared",
        Shape::UncleanStop => "unclean",
        Shape::Finding(..) => "finding",
    }
}

/// Outlines around the middle of the band, each of its own form: colour alone tells nothing.
fn path(shape: Shape) -> &'static str {
    match shape {
        Shape::Event => "M-1 -6h2v12h-2z",
        Shape::Update => "M-1.5 -6h3v4.5h4.5v3h-4.5v4.5h-3v-4.5h-4.5v-3h4.5z",
        Shape::Start => "M0 -7L6 5H-6z",
        Shape::Stop => "M0 7L6 -5H-6z",
        Shape::Clock => "M-6 -4h12v3h-12zM-6 2h12v3h-12z",
        Shape::Cleared => "M0 -7L7 0L0 7L-7 0z",
        Shape::UncleanStop | Shape::Finding(..) => {
            "M-6 -4l2 -2l4 4l4 -4l2 2l-4 4l4 4l-2 2l-4 -4l-4 4l-2 -2l4 -4z"
        }
    }
}

fn times(lanes: &Lanes, y: usize) -> Markup {
    // A picture may be narrow: where there are several parts, each is told by its shortest form.
    let several = lanes.parts.len() > 1;
    let shown = lanes.parts.iter().take(MOST_TIMES);
    template! {
        @for part in shown {
            @if let Some(label) = if several { part.begin.last() } else { part.begin.first() } {
                text.time x=(place(part.x[0])) y=(y) { (label.as_str()) }
            }
            @if !several && let Some(label) = part.end.first() {
                text.time x=(place(part.x[1])) y=(y) text-anchor="end" { (label.as_str()) }
            }
        }
    }
}

fn legend(lanes: &Lanes) -> Markup {
    let swatch = |class: &str| {
        template! {
            svg.key width="18" height="18" aria-hidden="true" {
                g class=(class) { rect x="2" y="4" width="14" height="10" {} }
            }
        }
    };
    template! {
        ul.key {
            @for letter in &lanes.letters {
                li {
                    span class={ "letter " (class(letter.tone).unwrap_or("plain")) } { (letter.letter) }
                    " "
                    @if let Some(target) = &letter.target {
                        a href=(format!("#{}", target.as_str())) { (letter.text.text()) }
                    } @else {
                        (letter.text)
                    }
                }
            }
            @for shape in lanes.shapes().iter().rev() {
                li {
                    svg.key width="18" height="18" aria-hidden="true" {
                        g class=(name(*shape)) {
                            svg x="9" y="9" overflow="visible" { path d=(path(*shape)) {} }
                        }
                    }
                    " " (shape.said().0)
                }
            }
            @if lanes.has_hole(false) { li { (swatch("hole missing")) " records missing" } }
            @if lanes.has_hole(true) { li { (swatch("hole damage")) " damaged: records may be missing" } }
            li { (swatch("covered")) " covered by a log" }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Clean;
    use crate::doc::{Anchor, AxisPart, Tone};

    #[test]
    fn marks_are_links_with_names_and_nothing_foreign_is_markup() {
        let hostile = "\"><script>alert(1)</script>";
        let drawn = super::lanes(&Lanes {
            caption: Clean::new(hostile),
            parts: vec![AxisPart {
                x: [0.0, 1.0],
                begin: vec![Clean::new("10:00")],
                end: Vec::new(),
            }],
            lanes: vec![Lane {
                name: Clean::new(hostile),
                covered: vec![[0.0, 1.0]],
                holes: Vec::new(),
                marks: vec![Mark {
                    x: [0.5, f64::NAN],
                    shape: Shape::Finding('A', Tone::Good),
                    title: Clean::new(hostile),
                    target: Some(Anchor::new("Q1")),
                }],
            }],
            letters: Vec::new(),
        })
        .into_string();
        assert!(!drawn.contains("<script"), "{drawn}");
        assert!(drawn.contains("<a class=\"finding good\" href=\"#Q1\" aria-label="));
        assert!(!drawn.contains(" style="));
    }

    #[test]
    fn the_style_sheet_knows_every_class() {
        let style = include_str!("style.css");
        for shape in [
            Shape::Event,
            Shape::Update,
            Shape::Start,
            Shape::Stop,
            Shape::Clock,
            Shape::Cleared,
            Shape::UncleanStop,
        ] {
            assert!(style.contains(&format!(".{}", name(shape))), "{shape:?}");
        }
        for tone in [Tone::Good, Tone::Warn, Tone::Dim] {
            let class = class(tone).unwrap_or("plain");
            assert!(style.contains(&format!(".finding.{class}")), "{tone:?}");
        }
    }
}
