//! Logs that people have: what their columns are called and what their input counts include.
//!
//! A preset is chosen by the columns that only it has. Where each form was seen: LiteLLM's `LiteLLM_SpendLogs` table,
//! Langfuse's observations, the usage exports of OpenAI and Anthropic and their usage APIs, transcripts of Claude Code,
//! the OpenTelemetry conventions for generative AI, and the files of the traces themselves.

use crate::plan::log::{Counter, Includes, Role, TimeForm as Form, TimeUnit as Unit};

/// A form of log.
#[derive(Debug)]
pub struct Preset {
    /// Its name in a mapping.
    pub name: &'static str,
    /// What people call it.
    pub title: &'static str,
    /// Columns that it always has; of those separated by `|`, one.
    pub needs: &'static [&'static str],
    /// Candidates for each role; the first one that is there is used.
    pub columns: &'static [(Role, &'static [&'static str])],
    /// What its input includes.
    pub includes: Includes,
    /// Whether its output includes reasoning.
    pub reasoning_in_output: bool,
    /// Whether its written tokens include those written for an hour.
    pub written_includes_1h: bool,
    /// How it writes times, where a number does not say.
    pub time: Option<Form>,
    /// A column and its values in records that are requests; others are passed over.
    pub kind: Option<(&'static str, &'static [&'static str])>,
    /// Whether one request stands in several records, of which the largest counts.
    pub repeats: bool,
}

const INPUT: Role = Role::Count(Counter::Input);
const CACHED: Role = Role::Count(Counter::Cached);
const WRITTEN: Role = Role::Count(Counter::Written);
const WRITTEN_1H: Role = Role::Count(Counter::Written1h);
const OUTPUT: Role = Role::Count(Counter::Output);
const REASONING: Role = Role::Count(Counter::Reasoning);
const REQUESTS: Role = Role::Count(Counter::Requests);

const PLAIN: Preset = Preset {
    name: "",
    title: "",
    needs: &[],
    columns: &[],
    includes: Includes::ALL,
    reasoning_in_output: true,
    written_includes_1h: false,
    time: None,
    kind: None,
    repeats: false,
};

/// Every preset; the first one whose columns are there is taken.
pub static PRESETS: &[Preset] = &[
    Preset {
        name: "llmcost",
        title: "a log of whole prompts",
        needs: &["input_tokens", "cache_read_tokens", "cache_write_tokens", "output_tokens"],
        columns: &[
            (Role::Time, &["ts", "time", "timestamp"]),
            (Role::Model, &["model"]),
            (INPUT, &["input_tokens"]),
            (CACHED, &["cache_read_tokens"]),
            (WRITTEN, &["cache_write_tokens"]),
            (WRITTEN_1H, &["cache_write_1h_tokens"]),
            (OUTPUT, &["output_tokens"]),
            (REASONING, &["reasoning_tokens"]),
            (Role::Batch, &["batch"]),
            (Role::Session, &["session"]),
        ],
        ..PLAIN
    },
    Preset {
        name: "claude-code",
        title: "transcripts of Claude Code",
        needs: &["type", "sessionId", "message.usage.input_tokens"],
        columns: &[
            (Role::Time, &["timestamp"]),
            (Role::Model, &["message.model"]),
            (INPUT, &["message.usage.input_tokens"]),
            (CACHED, &["message.usage.cache_read_input_tokens"]),
            (WRITTEN, &["message.usage.cache_creation_input_tokens"]),
            (WRITTEN_1H, &["message.usage.cache_creation.ephemeral_1h_input_tokens"]),
            (OUTPUT, &["message.usage.output_tokens"]),
            (Role::Mode, &["message.usage.service_tier"]),
            (Role::Session, &["sessionId"]),
            (Role::Id, &["message.id"]),
        ],
        includes: Includes::NOTHING,
        written_includes_1h: true,
        kind: Some(("type", &["assistant"])),
        repeats: true,
        ..PLAIN
    },
    Preset {
        name: "litellm",
        title: "LiteLLM spend logs",
        needs: &["request_id|id", "call_type", "prompt_tokens", "completion_tokens", "startTime"],
        columns: &[
            (Role::Time, &["startTime"]),
            (Role::Model, &["model"]),
            (INPUT, &["prompt_tokens"]),
            (
                CACHED,
                &[
                    "cache_read_input_tokens",
                    "metadata.usage_object.prompt_tokens_details.cached_tokens",
                    "metadata.usage_object.cache_read_input_tokens",
                    "metadata.additional_usage_values.cache_read_input_tokens",
                ],
            ),
            (
                WRITTEN,
                &[
                    "cache_creation_input_tokens",
                    "metadata.usage_object.prompt_tokens_details.cache_creation_tokens",
                    "metadata.usage_object.cache_creation_input_tokens",
                    "metadata.additional_usage_values.cache_creation_input_tokens",
                ],
            ),
            (OUTPUT, &["completion_tokens"]),
            (REASONING, &["metadata.usage_object.completion_tokens_details.reasoning_tokens"]),
            (Role::Session, &["session_id"]),
            (Role::Id, &["request_id", "id"]),
        ],
        ..PLAIN
    },
    Preset {
        name: "langfuse",
        title: "observations of Langfuse",
        needs: &[
            "startTime|start_time",
            "traceId|trace_id",
            "usageDetails.input|usage_details.input|usage.input|inputUsage",
        ],
        columns: &[
            (Role::Time, &["startTime", "start_time"]),
            (Role::Model, &["model", "providedModelName", "provided_model_name"]),
            (INPUT, &["usageDetails.input", "usage_details.input", "usage.input", "inputUsage"]),
            (
                CACHED,
                &[
                    "usageDetails.input_cached_tokens",
                    "usageDetails.cache_read_input_tokens",
                    "usageDetails.input_cache_read",
                    "usage_details.input_cached_tokens",
                    "usage_details.cache_read_input_tokens",
                    "usage_details.input_cache_read",
                ],
            ),
            (
                WRITTEN,
                &[
                    "usageDetails.cache_creation_input_tokens",
                    "usageDetails.input_cache_creation",
                    "usage_details.cache_creation_input_tokens",
                    "usage_details.input_cache_creation",
                ],
            ),
            (OUTPUT, &["usageDetails.output", "usage_details.output", "usage.output", "outputUsage"]),
            (
                REASONING,
                &[
                    "usageDetails.output_reasoning_tokens",
                    "usageDetails.output_reasoning",
                    "usage_details.output_reasoning_tokens",
                    "usage_details.output_reasoning",
                ],
            ),
            (Role::Session, &["sessionId", "session_id"]),
            (Role::Id, &["id"]),
        ],
        includes: Includes::NOTHING,
        reasoning_in_output: false,
        kind: Some(("type", &["GENERATION", "EMBEDDING"])),
        ..PLAIN
    },
    Preset {
        name: "openai-usage",
        title: "a usage export of OpenAI",
        needs: &["num_model_requests", "input_tokens", "output_tokens", "start_time|start_time_iso"],
        columns: &[
            (Role::Time, &["start_time", "start_time_iso"]),
            (Role::Model, &["model"]),
            (INPUT, &["input_tokens"]),
            (CACHED, &["input_cached_tokens"]),
            (OUTPUT, &["output_tokens"]),
            (REQUESTS, &["num_model_requests"]),
            (Role::Batch, &["batch"]),
            (Role::Mode, &["service_tier"]),
        ],
        ..PLAIN
    },
    Preset {
        name: "anthropic-usage",
        title: "a usage report of Anthropic",
        needs: &["uncached_input_tokens|usage_input_tokens_no_cache", "output_tokens|usage_output_tokens"],
        columns: &[
            (Role::Time, &["starting_at", "usage_date_utc"]),
            (Role::Model, &["model", "model_version"]),
            (INPUT, &["uncached_input_tokens", "usage_input_tokens_no_cache"]),
            (CACHED, &["cache_read_input_tokens", "usage_input_tokens_cache_read"]),
            (WRITTEN, &["cache_creation.ephemeral_5m_input_tokens", "usage_input_tokens_cache_write_5m"]),
            (WRITTEN_1H, &["cache_creation.ephemeral_1h_input_tokens", "usage_input_tokens_cache_write_1h"]),
            (OUTPUT, &["output_tokens", "usage_output_tokens"]),
            (Role::Mode, &["service_tier", "usage_type"]),
        ],
        includes: Includes::NOTHING,
        ..PLAIN
    },
    Preset {
        name: "opentelemetry",
        title: "spans by the OpenTelemetry conventions",
        needs: &["gen_ai.usage.input_tokens|attributes.gen_ai.usage.input_tokens"],
        columns: &[
            (
                Role::Time,
                &["startTimeUnixNano", "start_time_unix_nano", "start_time", "timestamp", "Timestamp", "time"],
            ),
            (
                Role::Model,
                &[
                    "gen_ai.response.model",
                    "attributes.gen_ai.response.model",
                    "gen_ai.request.model",
                    "attributes.gen_ai.request.model",
                ],
            ),
            (INPUT, &["gen_ai.usage.input_tokens", "attributes.gen_ai.usage.input_tokens"]),
            (CACHED, &["gen_ai.usage.cache_read.input_tokens", "attributes.gen_ai.usage.cache_read.input_tokens"]),
            (
                WRITTEN,
                &["gen_ai.usage.cache_creation.input_tokens", "attributes.gen_ai.usage.cache_creation.input_tokens"],
            ),
            (OUTPUT, &["gen_ai.usage.output_tokens", "attributes.gen_ai.usage.output_tokens"]),
            (Role::Session, &["gen_ai.conversation.id", "attributes.gen_ai.conversation.id"]),
            (Role::Id, &["spanId", "span_id"]),
        ],
        ..PLAIN
    },
    Preset {
        name: "anthropic",
        title: "answers of Anthropic's API",
        needs: &["usage.input_tokens", "usage.cache_read_input_tokens|usage.cache_creation_input_tokens"],
        columns: &[
            (Role::Time, &["timestamp", "created_at", "time", "ts"]),
            (Role::Model, &["model"]),
            (INPUT, &["usage.input_tokens"]),
            (CACHED, &["usage.cache_read_input_tokens"]),
            (WRITTEN, &["usage.cache_creation_input_tokens"]),
            (WRITTEN_1H, &["usage.cache_creation.ephemeral_1h_input_tokens"]),
            (OUTPUT, &["usage.output_tokens"]),
            (Role::Mode, &["usage.service_tier"]),
            (Role::Id, &["id"]),
        ],
        includes: Includes::NOTHING,
        written_includes_1h: true,
        ..PLAIN
    },
    Preset {
        name: "openai",
        title: "answers of OpenAI's API",
        needs: &["usage.prompt_tokens|usage.input_tokens", "usage.completion_tokens|usage.output_tokens"],
        columns: &[
            (Role::Time, &["created", "created_at", "timestamp", "time", "ts"]),
            (Role::Model, &["model"]),
            (INPUT, &["usage.prompt_tokens", "usage.input_tokens"]),
            (CACHED, &["usage.prompt_tokens_details.cached_tokens", "usage.input_tokens_details.cached_tokens"]),
            (OUTPUT, &["usage.completion_tokens", "usage.output_tokens"]),
            (
                REASONING,
                &["usage.completion_tokens_details.reasoning_tokens", "usage.output_tokens_details.reasoning_tokens"],
            ),
            (Role::Mode, &["service_tier"]),
            (Role::Id, &["id"]),
        ],
        ..PLAIN
    },
    Preset {
        name: "azure",
        title: "a trace of Azure",
        needs: &["TIMESTAMP", "ContextTokens", "GeneratedTokens"],
        columns: &[(Role::Time, &["TIMESTAMP"]), (INPUT, &["ContextTokens"]), (OUTPUT, &["GeneratedTokens"])],
        ..PLAIN
    },
    Preset {
        name: "bailian",
        title: "a trace of Bailian",
        needs: &["chat_id", "input_length", "output_length", "hash_ids"],
        columns: &[
            (Role::Time, &["timestamp"]),
            (INPUT, &["input_length"]),
            (OUTPUT, &["output_length"]),
            (Role::Blocks, &["hash_ids"]),
        ],
        time: Some(Form::Relative(Unit::Seconds)),
        ..PLAIN
    },
    Preset {
        name: "mooncake",
        title: "a trace of Mooncake",
        needs: &["timestamp", "input_length", "output_length", "hash_ids"],
        columns: &[
            (Role::Time, &["timestamp"]),
            (INPUT, &["input_length"]),
            (OUTPUT, &["output_length"]),
            (Role::Blocks, &["hash_ids"]),
            (Role::Session, &["session"]),
        ],
        time: Some(Form::Relative(Unit::Millis)),
        ..PLAIN
    },
    Preset {
        name: "burstgpt",
        title: "a trace of BurstGPT",
        needs: &["Timestamp", "Model", "Request tokens", "Response tokens"],
        columns: &[
            (Role::Time, &["Timestamp"]),
            (Role::Model, &["Model"]),
            (INPUT, &["Request tokens"]),
            (OUTPUT, &["Response tokens"]),
            (Role::Session, &["Session ID"]),
        ],
        time: Some(Form::Relative(Unit::Seconds)),
        ..PLAIN
    },
    // Any log that counts input and output and knows no cache.
    Preset {
        name: "plain",
        title: "a log of input and output tokens",
        needs: &[
            "input_tokens|prompt_tokens|input|input_length|num_prefill_tokens",
            "output_tokens|completion_tokens|output|output_length|num_decode_tokens",
        ],
        columns: &[
            (Role::Time, &["ts", "time", "timestamp", "created_at", "start_time"]),
            (Role::Model, &["model"]),
            (INPUT, &["input_tokens", "prompt_tokens", "input", "input_length", "num_prefill_tokens"]),
            (OUTPUT, &["output_tokens", "completion_tokens", "output", "output_length", "num_decode_tokens"]),
            (Role::Batch, &["batch"]),
        ],
        ..PLAIN
    },
];

/// The preset called `name`.
pub fn named(name: &str) -> Option<&'static Preset> {
    PRESETS.iter().find(|preset| preset.name == name)
}

impl Preset {
    /// Whether all its columns are there.
    pub fn fits(&self, has: impl Fn(&str) -> bool) -> bool {
        self.needs.iter().all(|need| need.split('|').any(&has))
    }
}
