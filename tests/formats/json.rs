//! JSON against a JSON Schema that was written by hand, from the contract.

use serde_json::Value;

use super::reports;

fn schema() -> Value {
    serde_json::from_str(llmcost::schema::REPORT).unwrap()
}

#[test]
fn every_report_follows_the_schema() {
    let validator = jsonschema::validator_for(&schema()).unwrap();
    for report in reports() {
        let json = serde_json::to_value(&report).unwrap();
        let errors: Vec<String> =
            validator.iter_errors(&json).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert_eq!(errors, Vec::<String>::new(), "{}", report.scenario.name);
    }
}

/// The schema is no rubber stamp: what the contract forbids, it refuses.
#[test]
fn the_schema_refuses_what_the_contract_forbids() {
    let validator = jsonschema::validator_for(&schema()).unwrap();
    let sound = serde_json::to_value(&reports()[0]).unwrap();
    assert!(validator.is_valid(&sound));
    let changes: [fn(&mut Value); 7] = [
        |json| json["schema"] = "llmcost.report/2".into(),
        |json| json["strategies"][0]["cost"]["per_day"] = 713.5.into(),
        |json| json["strategies"][0]["cost"]["per_day"] = "1e3".into(),
        |json| json["strategies"][0]["lines"][0]["unit"] = Value::Null,
        |json| json["prices"]["lists"][0]["sha256"] = "abc".into(),
        |json| drop(json["strategies"][0].as_object_mut().unwrap().remove("savings")),
        |json| drop(json.as_object_mut().unwrap().remove("baseline")),
    ];
    for (index, change) in changes.into_iter().enumerate() {
        let mut json = sound.clone();
        change(&mut json);
        assert!(!validator.is_valid(&json), "change {index}");
    }
}
