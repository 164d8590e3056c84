//! Merge keys: `<<: *anchor` takes over the entries of another map, of several as a list. What stands in the map itself wins,
//! then the earlier of the list (the merge key type of YAML 1.1, yaml.org/type/merge.html).

use super::node::{Key, Node, Value};
use crate::diag::{Code, Diagnostic, Sink};

/// The entries of a map with those that its merge key names, in the place of that key.
pub(super) fn merged(mut entries: Vec<(Key, Node)>, sink: &mut Sink) -> Vec<(Key, Node)> {
    let Some(at) = entries.iter().position(|(key, _)| &*key.text == "<<") else { return entries };
    let (key, from) = entries.remove(at);
    let own = entries.len();
    let maps = match from.value {
        Value::List(maps) => maps,
        _ => vec![from],
    };
    for map in maps {
        let Value::Map(others) = map.value else {
            let message = "`<<` takes over the entries of maps";
            let label = format!("this is {}", map.noun());
            let found = Diagnostic::at(Code::WrongShape, &map.place, message, label).also(&key.place, "merged here");
            sink.add(found.help("for instance `<<: *base`, where `base: &base {usd_per_gpu_hour: 2.69}` stands above"));
            continue;
        };
        for other in others {
            if entries.iter().all(|(known, _)| known.text != other.0.text) {
                entries.push(other);
            }
        }
    }
    let taken = entries.split_off(own.min(entries.len()));
    let rest = entries.split_off(at.min(entries.len()));
    entries.into_iter().chain(taken).chain(rest).collect()
}
