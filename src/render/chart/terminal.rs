pub fn terminal(_: &super::ChartSpec, _: usize, _: usize) -> String {
    String::new()
}
