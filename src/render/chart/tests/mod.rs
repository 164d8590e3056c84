//! A chart is sound XML, the same every time, harmless and of the asked size, whatever is drawn.

mod any;
mod colours;
mod drawing;
mod known;
mod properties;
mod snapshots;
