//! The prompt levers: `compress`, `examples`, `context`, `output`, in this order (SPEC section 4.2).

use super::bill::Lever;
use super::{Cause, Engine, Job, Shape, pack};
use crate::figure::{Calls, Figure, Share, Tokens};
use crate::plan::{Compressor, Cut, OutputLever, Part, Prompt, Task};
use crate::units::display;

impl Engine<'_> {
    /// The prompt of a task after the levers that shorten it; what shortening costs is billed for each request.
    pub(super) fn shortened(&mut self, task: &Task, requests: &Figure<Calls>) -> Prompt {
        let strategy = self.strategy;
        let mut prompt = task.prompt.clone();
        if let Some(compress) = &strategy.compress {
            let cut = |part: Part| compress.cuts.iter().find(|(known, _)| *known == part).map(|(_, cut)| cut);
            match &compress.compressor {
                Some(Compressor::PerRequest(price)) => {
                    self.ledger.events(Lever::Compress, "compression", "request", requests, price)
                }
                Some(Compressor::Model(server)) => {
                    let input = pack::under_a_name(prompt.total(|part| cut(part).is_some()), "uncompressed tokens");
                    let shape = Shape { input, output: Some(Figure::zero()), reasoning: Figure::zero() };
                    self.bill(server, requests, &shape, None, Cause::of(Lever::Compress));
                }
                None => {}
            }
            prompt = prompt.map(|part, tokens| match cut(part) {
                None => tokens.clone(),
                Some(Cut::Removed(share)) => tokens.scaled(&share.rest()),
                Some(Cut::To(to)) if to.value() < tokens.value() => to.clone(),
                Some(Cut::To(to)) => {
                    self.ledger.note(kept(task, part.name(), tokens, to));
                    tokens.clone()
                }
            });
        }
        if let Some(examples) = &strategy.examples
            && let Some(share) = examples.keep.over(&examples.of)
        {
            let kept: Figure<Share> = share.cast();
            prompt =
                prompt.map(|part, tokens| if part == Part::Examples { tokens.scaled(&kept) } else { tokens.clone() });
        }
        if let Some(max) = &strategy.context_max {
            prompt = prompt.map(|part, tokens| match part {
                Part::Context if tokens.value() > max.value() => max.clone(),
                Part::Context => {
                    self.ledger.note(kept(task, "context", tokens, max));
                    tokens.clone()
                }
                _ => tokens.clone(),
            });
        }
        prompt
    }

    /// What one call carries, after the output lever and packing.
    pub(super) fn shape(&mut self, job: &Job<'_>, lever: Option<&OutputLever>) -> Shape {
        let output = job.task.output.as_ref().map(|output| self.answer(output, lever, job.task));
        pack::shape(&job.prompt, output, &job.task.reasoning, job.pack)
    }

    fn answer(&mut self, output: &Figure<Tokens>, lever: Option<&OutputLever>, task: &Task) -> Figure<Tokens> {
        let Some(lever) = lever else { return output.clone() };
        let scaled = match &lever.scale {
            Some(scale) => output.scaled(scale),
            None => output.clone(),
        };
        match &lever.max {
            Some(max) if max.value() < scaled.value() => max.clone(),
            Some(max) => {
                self.ledger.note(kept(task, "output", &scaled, max));
                scaled
            }
            None => scaled,
        }
    }
}

/// A cap above the mean changes nothing in a computation with means; it acts on the requests above it.
fn kept(task: &Task, what: &str, tokens: &Figure<Tokens>, cap: &Figure<Tokens>) -> String {
    let of = task.name.as_ref().map_or_else(String::new, |name| format!(" of {name}"));
    format!(
        "the mean {what}{of} of {} tokens is not above {}: it stays (a cap acts on single requests, which a mean does not show)",
        display::count(tokens.value()),
        display::count(cap.value()),
    )
}
