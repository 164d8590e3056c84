//! What prompts carry in a strategy: the counts of the log, made shorter where the log knows the parts.

use super::program::Side;
use super::request::Request;
use super::tariff::PRICED;
use crate::plan::log::Counter;

/// What a call carries: the prompt in the parts of a token that the strategy counts in.
#[derive(Clone, Copy, Debug)]
pub struct Usage {
    /// The whole prompt.
    pub whole: u64,
    /// Fresh, cached, written, written for an hour, answer, reasoning.
    pub tokens: [u64; PRICED],
}

impl Usage {
    /// As the log counts it.
    #[inline(always)]
    pub fn of(request: &Request) -> Self {
        let [whole, cached, written, written_1h, output, reasoning, ..] = request.counts;
        // The reader made sure that the parts fit into the whole.
        let fresh = whole.wrapping_sub(cached).wrapping_sub(written).wrapping_sub(written_1h);
        Self { whole, tokens: [fresh, cached, written, written_1h, output, reasoning] }
    }
}

/// Levers that make prompts shorter.
#[derive(Clone, Debug)]
pub struct PromptLevers {
    /// Parts of a token that prompts are counted in.
    pub of: u64,
    /// In their order: what happens to which counter.
    pub cuts: Vec<(Part, Cut)>,
    /// What shortening costs.
    pub compressor: Option<Side>,
}

/// A part of a prompt as a log counts it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    /// One with a counter of its own.
    Counted(Counter),
    /// What the counted parts leave.
    Rest,
}

/// How a part is made shorter.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cut {
    /// To this share of it: numerator, denominator.
    Kept(u64, u64),
    /// To this many parts of a token, where it has more.
    AtMost(u64),
}

/// Counters of the parts of a prompt.
const COUNTED: [Counter; 5] = [Counter::System, Counter::Tools, Counter::Examples, Counter::Context, Counter::History];

impl PromptLevers {
    /// What is left of the prompt of a request. What is cut away was fresh, as far as there are fresh tokens; then
    /// written, then cached.
    pub fn shortened(&self, request: &Request) -> Usage {
        let mut usage = Usage::of(request);
        let scale = |count: u64| count.saturating_mul(self.of);
        let counted: u64 = COUNTED.iter().map(|part| request.count(*part)).sum();
        let mut parts: Vec<(Part, u64)> =
            COUNTED.iter().map(|part| (Part::Counted(*part), scale(request.count(*part)))).collect();
        parts.push((Part::Rest, scale(usage.whole.saturating_sub(counted))));
        for (part, cut) in &self.cuts {
            for (_, count) in parts.iter_mut().filter(|(known, _)| known == part) {
                *count = match cut {
                    // The denominator divides the parts of a token, so that nothing is lost.
                    Cut::Kept(share, of) => (*count / of).saturating_mul(*share),
                    Cut::AtMost(most) => (*count).min(*most),
                };
            }
        }
        let whole: u64 = parts.iter().map(|(_, count)| *count).sum();
        let mut gone = scale(usage.whole).saturating_sub(whole);
        let [fresh, cached, written, written_1h, _, _] = &mut usage.tokens;
        for count in [fresh, written, written_1h, cached] {
            *count = scale(*count);
            let taken = gone.min(*count);
            *count -= taken;
            gone -= taken;
        }
        usage.whole = whole;
        usage
    }
}
