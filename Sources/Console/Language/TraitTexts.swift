/// Computed traits: what they are called and by which rule they are made.
struct TraitTexts: Sendable {
    let computed = Text("Computed traits", "计算特征")
    let count = Text("how many times", "次数")
    let sum = Text("sum of {property}", "{property} 之和")
    let average = Text("average of {property}", "{property} 的平均值")
    let least = Text("least {property}", "{property} 的最小值")
    let greatest = Text("greatest {property}", "{property} 的最大值")
    let first = Text("first {property}", "首次的 {property}")
    let last = Text("latest {property}", "最近一次的 {property}")
    let mostFrequent = Text("most frequent {property}", "最常见的 {property}")
    let uniqueList = Text("all different {property}", "{property} 的全部不同取值")
    let uniqueCount = Text("number of different {property}", "{property} 不同取值的个数")
    let anyEvent = Text("any event", "任意事件")
    let onCondition = Text("on a condition", "附条件")
    let window = Text("in the last {time}", "最近 {time}内")
}
