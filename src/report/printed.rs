//! Numbers in the form in which they are printed, so that a report read back from its JSON is the same report: whatever
//! a format makes of the one, it makes of the other, to the last byte.

use super::break_even::{
    Band, BreakEvenReport, CrossoverReport, Curves, IntervalReport, PurchaseReport, ReservedReport, VerdictReport, Wins,
};
use super::comparison::{Asked, CauseChange, ConditionResult, PriceChangeReport, SideReport, StrategyChange};
use super::{
    Advice, Alternatives, Best, BoughtReport, BreakdownPart, BudgetResult, CascadeStepReport, CommitmentReport,
    Comparison, ComponentPart, CostInterval, Costs, DeploymentReport, ExpectationResult, FineTuneReport, Interaction,
    LeverSaving, LimitReport, LineReport, PrefixCacheReport, RateReport, Report, RetrievalReport, Savings,
    StrategyReport, Usage,
};
use crate::units::Exact;

/// What holds exact numbers.
pub(super) trait Print {
    /// Replaces every number that has no finite decimal form by the one that is printed for it.
    fn print(&mut self);
}

impl Print for Exact {
    fn print(&mut self) {
        if self.decimals().is_none() {
            *self = self.round(self.shown_decimals());
        }
    }
}

impl<T: Print> Print for Option<T> {
    fn print(&mut self) {
        self.iter_mut().for_each(T::print);
    }
}

impl<T: Print> Print for (T, T) {
    fn print(&mut self) {
        self.0.print();
        self.1.print();
    }
}

impl<T: Print> Print for Vec<T> {
    fn print(&mut self) {
        self.iter_mut().for_each(T::print);
    }
}

macro_rules! print {
    ($($type:ty { $($field:ident),* })*) => {
        $(impl Print for $type {
            fn print(&mut self) {
                $(self.$field.print();)*
            }
        })*
    };
}

print! {
    Report { currency_per_usd, days_per_month, requests_per_day, strategies, best, comparison, break_even, budgets, expectations, advice }
    Advice { saves_per_month }
    Comparison { base, head, strategies, prices, conditions, quiet_below_percent }
    SideReport { currency_per_usd, days_per_month, requests_per_day }
    StrategyChange { base_per_month, head_per_month, change_per_month, change_percent, ratio, relative_cost, causes }
    CauseChange { change_per_month, change_percent, relative_change }
    PriceChangeReport { per, base, head, change_percent }
    ConditionResult { asked }
    Asked { base, head, change, change_percent }
    Best { per_month, saves_per_month, saves_percent }
    StrategyReport {
        cost, savings, quality, usage, deployments, prefix_caches, cascade_steps, retrieval, fine_tune, limits, commitments, interval, relative_cost, breakdown, components, lines, waterfall,
        shapley,
        interactions, alternatives
    }
    Costs { per_hour, per_day, per_month, per_year, per_request, per_million_tokens, per_accepted_answer, list_per_month }
    Savings { per_day, per_month, percent }
    CostInterval { low_per_month, high_per_month }
    PrefixCacheReport {
        hit_share_of_cacheable_tokens, hit_share_of_input_tokens, break_even_hit_share, break_even_reads_per_write,
        break_even_requests_per_lifetime, requests_per_second_and_prefix, saves_per_month
    }
    CascadeStepReport { calls_per_day, accept_rate, break_even_accept_rate, cost_per_call, saves_per_month }
    RetrievalReport {
        chunks, index_tokens, index_cost, index_per_month, stored_gb, context_tokens, per_month
    }
    FineTuneReport {
        training, per_month, hosting_per_month, calls_per_day, base_per_call, tuned_per_call, saves_per_call, break_even_calls,
        break_even_days
    }
    LimitReport { rates, overflow_share }
    RateReport { limit_per_minute, mean_per_minute, peak_per_minute }
    CommitmentReport {
        spend_per_month, committed_per_month, credit_per_month, unused_per_month, adds_per_month
    }
    LeverSaving { saves_per_month }
    Interaction { saves_more_per_month }
    Usage { calls_per_day, input_tokens_per_day, cached_tokens_per_day, output_tokens_per_day, per_day }
    DeploymentReport {
        at_peak, hours_per_day, utilization, peak_to_mean, throughput, throughput_interval, bought, cold_start_share, overflow_share
    }
    BoughtReport { hours_per_day }
    BreakdownPart { per_month, share }
    ComponentPart { per_month }
    LineReport { quantity, unit_price, list_unit_price, per, per_day }
    Alternatives { cascade_final_only_per_month, cascade_every_attempt_per_month, mean_request_per_month, random_mix_per_month }
    BudgetResult { limit, actual }
    ExpectationResult { equals, within, actual }
    BreakEvenReport {
        api_per_million, self_hosted_full_load_per_million, capacity_per_replica_per_hour, replica_per_hour,
        fixed_per_hour, least_replicas, crossovers_per_hour, crossovers, self_hosted_cheaper,
        permanent_from_per_hour, verdict, band, purchases, reserved, curves
    }
    Curves { self_hosted, other, band }
    CrossoverReport { per_hour, replicas, utilization, regret_per_hour }
    IntervalReport { from_per_hour, to_per_hour }
    Wins { capacity_per_replica_per_hour, self_hosted_cheaper, permanent_from_per_hour }
    Band { low, high }
    PurchaseReport { replica_per_hour, wins }
    ReservedReport { worth_above_utilization }
    VerdictReport {
        volume_per_hour, api_per_hour, self_hosted_per_hour, saves_per_hour, replicas, utilization
    }
}
