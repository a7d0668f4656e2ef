/// One person's way through a funnel, and what kept them from the next step.
final class WayTexts: Sendable {
    let title = Text("The way of {name}", "{name} 的经过")
    let reached = Text("Reached step {step} of {steps}: {label}", "到达第 {step} 步，共 {steps} 步：{label}")
    let reachedNone = Text("Did not reach the first step.", "没有到达第一步。")
    let notCounted = Text("This person does not count in this answer: they are not among those asked about.", "此人不在所问人群之内，未计入此答案。")
    let step = Text("Step", "步骤")
    let event = Text("Event", "事件")
    let time = Text("Time", "时间")
    let attempt = Text("Attempt {number}", "第 {number} 次尝试")
    let notReached = Text("Step {step}, {label}, was not reached: {reason}", "未到达第 {step} 步 {label}：{reason}")
    let noSuchEvent = Text("there is no such event at all.", "根本没有这样的事件。")
    let notAfter = Text("there is such an event, but none after the steps before it.", "有这样的事件，但都不在前面的步骤之后。")
    let tooLate = Text("{event} came too late, {time}.", "{event} 来得太晚，在 {time}。")
    let excluded = Text("{event} lies between, {time}, and excludes it.", "其间有 {event}（{time}），因而被排除。")
    let differs = Text(
        "{property} has to stay the same, but went from {first} to {other}.", "{property} 须保持不变，但从 {first} 变成了 {other}。")
    let interrupted = Text("another event lies between the steps.", "步骤之间夹有其他事件。")
    let sameTime = Text("it happened at the very time of the step before.", "它与上一步发生在同一时刻。")
    let notFirst = Text(
        "only the first time the first step was done counts, and it is another one that leads here.", "只算第一次做第一步，而通向此处的是另一次。")
    let outsideRange = Text("the first step lies outside the range of time.", "第一步不在所选时间内。")
    let several = Text("several conditions together keep it out.", "同时受到几个条件的限制。")
    let why = Text("Why?", "为何？")
    let whyName = Text("Why is {name} at this step?", "为何 {name} 处于这一步？")
}
