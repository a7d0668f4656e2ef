/// Computed traits: what they are called and by which rule they are made.
final class TraitTexts: Sendable {
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
    let intro = Text(
        "Traits that follow from what people do. They count in questions, breakdowns and portraits from the moment they are saved, for the past, too.",
        "由行为得出的特征。保存后立即用于提问、细分和个人画像，对过去的时间同样有效。")
    let none = Text("No computed traits yet", "还没有计算特征")
    let noneHow = Text(
        "Such a trait counts, sums or picks from the events of each person: their orders of the last 90 days, the first campaign, the colour they choose most.",
        "这类特征对每个人的事件计数、求和或取值：例如最近 90 天的订单数、首次来源的活动、最常选择的颜色。")
    let form = Text("Make or change a computed trait", "新建或更改计算特征")
    let key = Text("Name of the trait", "特征名称")
    let keyHint = Text(
        "The rule takes the place of the one that a computed trait of this name has. It counts before a trait of this name that is sent.",
        "若已有同名的计算特征，则替换其规则；它优先于发送的同名特征。")
    let ruleField = Text("Rule", "规则")
    let ruleHint = Text("As in the API, such as {example}", "与 API 中相同，例如 {example}")
    let holdsFor = Text("Has a value for {having} of {people} people.", "{people} 人中有 {having} 人会有此特征。")
    let holdsBeyondZero = Text(
        "Has a value for {having} of {people} people; it is not 0 for {beyond} of them.",
        "{people} 人中有 {having} 人会有此特征，其中 {beyond} 人的值不为 0。")
    let asData = Text("Rule as data", "数据形式的规则")
    let change = Text("Change", "更改")
    let remove = Text("Take this trait away", "移除此特征")
    let removeText = Text(
        "Questions that ask for it find a trait of this name that is sent, if there is one.", "涉及它的提问将改用发送的同名特征（如果有）。")
    let removeButton = Text("Take it away", "确认移除")
    let window = Text("in the last {time}", "最近 {time}内")
}
