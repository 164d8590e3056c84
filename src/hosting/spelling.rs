//! Names as measurements and vendors spell them. Scenarios write the catalogue's own names, which are exact; a table of
//! measurements writes `H100-SXM`, `h100_sxm` or `NVIDIA H100 80GB HBM3`, and means one and the same card.

use std::sync::LazyLock;

use super::catalogue::{gpus, open_models};
use super::{Format, Gpu, OpenModel};

/// The GPU of a spelling: case, separators, the maker's name and the kind of memory aside. A size of memory counts where
/// cards of that name differ by it (A100) and must be right where it is written.
pub fn gpu(text: &str) -> Option<&'static Gpu> {
    static NAMES: LazyLock<Vec<(Vec<String>, &Gpu)>> = LazyLock::new(|| {
        let names = |gpu: &'static Gpu| std::iter::once(&gpu.id).chain(&gpu.aliases).chain([&gpu.name]);
        gpus().iter().flat_map(|gpu| names(gpu).map(move |name| (tokens(name), gpu))).collect()
    });
    let wanted = tokens(text);
    let named = |name: &[String]| NAMES.iter().find(|(known, _)| known == name).map(|(_, gpu)| *gpu);
    named(&wanted).or_else(|| {
        let (sizes, rest): (Vec<String>, Vec<String>) =
            wanted.into_iter().partition(|token| token.bytes().all(|byte| byte.is_ascii_digit()));
        let [size] = sizes.as_slice() else { return None };
        let gigabytes = size.parse::<u64>().ok()?.checked_mul(1_000_000_000);
        named(&rest).filter(|gpu| Some(gpu.nominal_bytes) == gigabytes)
    })
}

/// Words that say nothing about which card it is.
const NOISE: [&str; 13] =
    ["nvidia", "amd", "intel", "google", "aws", "instinct", "gpu", "tensor", "core", "hbm2", "hbm2e", "hbm3", "hbm3e"];

/// The words of a card's name in a fixed order: `A100-SXM4-80GB` is `80 a100 sxm`.
fn tokens(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    let words = lower.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let mut found: Vec<String> = words
        .filter(|word| !NOISE.contains(word))
        .map(|word| match (word.strip_suffix("gb"), word.strip_prefix("sxm")) {
            (Some(size), _) if size.parse::<u32>().is_ok() => size.to_owned(),
            (_, Some(version)) if version.len() <= 1 => "sxm".to_owned(),
            _ => word.to_owned(),
        })
        .collect();
    found.sort();
    found
}

/// What a checkpoint's name may say besides the model.
const SUFFIXES: [&str; 14] =
    ["instruct", "chat", "it", "hf", "bf16", "fp16", "fp8", "nvfp4", "mxfp4", "fp4", "int4", "awq", "gptq", "dynamic"];

/// The open model of a spelling: its id or an alias, case aside, with or without its maker, possibly with the name of a
/// tuned or quantised checkpoint behind it (`-Instruct`, `-FP8`).
pub fn open_model(text: &str) -> Option<&'static OpenModel> {
    static NAMES: LazyLock<Vec<(String, &OpenModel)>> = LazyLock::new(|| {
        let names = |model: &'static OpenModel| std::iter::once(&model.id).chain(&model.aliases);
        open_models().iter().flat_map(|model| names(model).map(move |name| (name.to_lowercase(), model))).collect()
    });
    let wanted = text.trim().to_lowercase();
    if let Some((_, model)) = NAMES.iter().find(|(known, _)| *known == wanted) {
        return Some(model);
    }
    let bare = |name: &str| name.rsplit('/').next().unwrap_or_default().to_owned();
    let mut rest = bare(&wanted);
    loop {
        if let Some((_, model)) = NAMES.iter().find(|(known, _)| known.rsplit('/').next() == Some(&rest)) {
            return Some(model);
        }
        let (before, last) = rest.rsplit_once('-')?;
        if !SUFFIXES.contains(&last) {
            return None;
        }
        rest = before.to_owned();
    }
}

/// Words for formats that the catalogue's own words do not cover.
const FORMATS: [(&str, Format); 16] = [
    ("float16", Format::Fp16),
    ("half", Format::Fp16),
    ("bfloat16", Format::Bf16),
    ("fp8_e4m3", Format::Fp8),
    ("fp8_block", Format::Fp8),
    ("e4m3", Format::Fp8),
    ("w8a8", Format::Int8),
    ("w8a16", Format::Int8),
    ("awq", Format::Int4),
    ("gptq", Format::Int4),
    ("w4a16", Format::Int4),
    ("int4_wo", Format::Int4),
    ("w4afp8", Format::Int4),
    ("mxfp4_moe", Format::Mxfp4),
    ("w4a8_mxfp4", Format::Mxfp4),
    ("fp4", Format::Nvfp4),
];

/// The name of a serving program as the table of measurements has it: `TensorRT-LLM` is trtllm.
pub fn engine(text: &str) -> String {
    let name: String = text.to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
    if name == "tensorrtllm" { "trtllm".to_owned() } else { name }
}

/// The format of a spelling, case and `-` for `_` aside; `fp4` is nvfp4.
pub fn format(text: &str) -> Option<Format> {
    let wanted = text.trim().to_lowercase().replace('-', "_");
    Format::named(&wanted).or_else(|| FORMATS.iter().find(|(known, _)| *known == wanted).map(|(_, format)| *format))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cards_as_tables_spell_them() {
        for (text, id) in [
            ("h100_sxm", Some("h100-sxm")),
            ("H100-SXM", Some("h100-sxm")),
            ("NVIDIA H100 80GB HBM3", Some("h100-sxm")),
            ("H100 SXM5 80GB", Some("h100-sxm")),
            ("a100_40_sxm", Some("a100-40-sxm")),
            ("A100-SXM4-80GB", Some("a100-80-sxm")),
            ("NVIDIA A100 80GB PCIe", Some("a100-80-pcie")),
            ("GB200", Some("gb200")),
            ("h200", Some("h200-sxm")),
            ("H200 141GB", Some("h200-sxm")),
            ("AMD Instinct MI300X", Some("mi300x")),
            ("L40S", Some("l40s")),
            ("RTX 4090", Some("rtx-4090")),
            ("H100 40GB", None),
            ("a100", None),
            ("h1000", None),
            ("", None),
        ] {
            assert_eq!(gpu(text).map(|gpu| gpu.id.as_str()), id, "{text}");
        }
    }

    #[test]
    fn every_name_of_the_catalogue_is_a_spelling_of_itself() {
        for card in gpus() {
            for name in std::iter::once(&card.id).chain(&card.aliases).chain([&card.name]) {
                assert_eq!(gpu(&name.to_uppercase()).map(|found| &found.id), Some(&card.id), "{name}");
            }
        }
        for model in open_models() {
            for name in std::iter::once(&model.id).chain(&model.aliases) {
                assert_eq!(open_model(&name.to_uppercase()).map(|found| &found.id), Some(&model.id), "{name}");
            }
        }
    }

    #[test]
    fn models_and_formats_as_tables_spell_them() {
        for (text, id) in [
            ("meta-llama/Llama-3.3-70B-Instruct-FP8", Some("meta-llama/Llama-3.1-70B")),
            ("nvidia/DeepSeek-R1-NVFP4", Some("deepseek-ai/DeepSeek-R1")),
            ("QWEN3-32B-FP8", Some("Qwen/Qwen3-32B")),
            ("Qwen/Qwen3-32B-Turbo", None),
            ("-instruct", None),
            ("", None),
        ] {
            assert_eq!(open_model(text).map(|model| model.id.as_str()), id, "{text}");
        }
        assert_eq!(["TensorRT-LLM", "trt-llm", "vLLM", "SGLang"].map(engine), ["trtllm", "trtllm", "vllm", "sglang"]);
        assert_eq!(format("FP4"), Some(Format::Nvfp4));
        assert_eq!(format("fp8-e4m3"), Some(Format::Fp8));
        assert_eq!(format("BF16"), Some(Format::Bf16));
        assert_eq!((format("fp32"), format("")), (None, None));
    }
}
