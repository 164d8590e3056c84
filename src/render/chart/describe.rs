//! A picture in words, for those who do not see it.

use super::{Body, ChartSpec, Series};

/// Items that are read out before the rest is left out.
const MOST: usize = 24;

/// What the picture shows, from its own words.
pub(super) fn describe(spec: &ChartSpec) -> String {
    let mut out: Vec<String> = Vec::new();
    if !spec.subtitle.is_empty() {
        out.push(spec.subtitle.clone());
    }
    match &spec.body {
        Body::Plane(plane) => {
            out.push(format!("{} against {}.", plane.y.label, plane.x.label));
            out.push(listed(plane.series.iter().filter_map(said)));
        }
        Body::Bars(bars) => {
            out.push(format!("{}:", bars.axis.label));
            out.push(listed(bars.rows.iter().map(|bar| format!("{} {} {}", bar.label, bar.total.text, bar.remark))));
        }
        Body::Waterfall(waterfall) => {
            out.push(format!("{}:", waterfall.axis.label));
            out.push(listed(waterfall.rungs.iter().map(|rung| format!("{} {}", rung.label, rung.text))));
        }
        Body::Tornado(tornado) => {
            let centre = tornado.centre.as_ref().map_or("", |centre| centre.text.as_str());
            out.push(format!("{}, {} {centre}:", tornado.axis.label, tornado.centre_label));
            out.push(listed(tornado.rows.iter().map(|row| {
                let (low, high) = (&row.low.text, &row.high.text);
                format!("{} at {}: {low}, at {}: {high}", row.label, row.low_input, row.high_input)
            })));
        }
        Body::Heat(heat) => {
            let (columns, rows) = (heat.columns.len(), heat.rows.len());
            out.push(format!("{} over {} ({columns}) and {} ({rows}).", heat.measure, heat.x_label, heat.y_label));
        }
        Body::Distribution(all) => {
            out.push(format!("{}:", all.axis.label));
            out.push(listed(all.spreads.iter().map(|spread| {
                let quantiles = spread.quantiles.iter().map(|each| format!("{} {}", each.name, each.amount.text));
                format!("{} {}", spread.name, quantiles.collect::<Vec<_>>().join(", "))
            })));
        }
    }
    out.retain(|part| !part.is_empty());
    out.join(" ")
}

fn said(series: &Series) -> Option<String> {
    let text = match series {
        Series::Line { name, .. }
        | Series::Step { name, .. }
        | Series::Band { name, .. }
        | Series::Dots { name, .. } => name,
        Series::Point { label, .. } | Series::Mark { label, .. } => label,
        Series::Span { .. } => return None,
    };
    (!text.is_empty()).then(|| text.clone())
}

fn listed(items: impl Iterator<Item = String>) -> String {
    let items: Vec<String> = items.map(|item| item.trim_end().to_owned()).collect();
    let more = items.len().saturating_sub(MOST);
    let mut text = items.into_iter().take(MOST).collect::<Vec<_>>().join("; ");
    if more > 0 {
        text.push_str(&format!("; {}", super::words::and_more(more)));
    }
    if text.is_empty() { text } else { format!("{text}.") }
}
