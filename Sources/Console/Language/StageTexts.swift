/// The stages of the life cycle.
final class StageTexts: Sendable {
    let stage = Text("Stage", "阶段")
    let attention = Text("Attention", "关注")
    let use = Text("Use", "使用")
    let fan = Text("Fan", "热爱")
    let pay = Text("Pay", "付费")
    let advocate = Text("Advocate", "推荐")
    let lapsed = Text("Lapsed", "流失")
    let none = Text("No stage", "没有阶段")
    let notSeen = Text("Not seen before", "此前未出现")
    let moves = Text("Moves from one stage to another in this range, from row to column", "所选时间内的阶段变化：从行到列")
    let times = Text("Time in each stage", "在各阶段停留的时间")
    let timesHow = Text(
        "From the end of the interval in which people came to that in which they had gone on: a shorter interval is more exact.",
        "从进入阶段的间隔结束时算起，到离开阶段的间隔结束时为止：间隔越短越精确。")
    let endedStays = Text("Went on", "已离开的次数")
    let endedMedian = Text("Median time", "停留时间中位数")
    let openStays = Text("Still there", "仍在其中")
    let openMedian = Text("Median so far", "迄今中位数")
    let move = Text("{from} → {to}: {people}", "从{from}到{to}：{people}")
    let meanings = Text("What the stages mean", "各阶段的含义")
    let last = Text(
        "Everybody stands in the last of these whose rule holds, at the end of each interval.", "每个间隔结束时，每个人处于规则成立的最后一个阶段。")
    let attentionMeans = Text("Has been seen, and no more.", "出现过，仅此而已。")
    let useMeans = Text(
        "Is a user: came at least twice in a week, and that is at most four weeks ago.", "是用户：曾在一周内至少来访两次，且距今不超过四周。")
    let fanMeans = Text(
        "Is a user who was active in three of the last four weeks, or has the trait \"subscribed\".",
        "是用户，并在最近四周中有三周活跃，或带有特征 subscribed。")
    let payMeans = Text("Is a customer: has paid for an order that was not returned.", "是客户：付过款，且未全部退货。")
    let advocateMeans = Text(
        #"Has brought somebody ("Referral Qualified"), or rated a product with four of five or more ("Product Reviewed")."#,
        "带来过他人（Referral Qualified），或给商品打过四分及以上（Product Reviewed）。")
    let lapsedMeans = Text(
        "Was a user or is a customer, uses no more, and has ordered nothing for 90 days.", "曾是用户或是客户，已不再使用，且 90 天内没有下单。")

    let settings = Text("Stages", "阶段")
    let settingsIntro = Text(
        "Everybody stands in the last stage whose rule holds. Rules are expressions, as in questions; what you save counts for all answers from then on, the past included.",
        "每个人处于规则成立的最后一个阶段。规则与提问中的表达式相同；保存后，所有结果（包括过去的时间）都按新规则计算。")
    let change = Text("Change the stages", "更改阶段")
    let standard = Text("These are the standard stages.", "这些是标准阶段。")
    let toStandard = Text("Fill in the standard stages", "填入标准阶段")
    let name = Text("Name in answers", "结果中的名称")
    let rule = Text("Rule", "规则")
    let up = Text("Move up", "上移")
    let down = Text("Move down", "下移")
    let remove = Text("Remove", "移除")
    let add = Text("Add a stage", "添加阶段")
    let nowThen = Text("Where people stand now (rows), and where they would (columns)", "现在所处的阶段（行）与更改后的阶段（列）")
    let wouldMove = Text(
        "Standing in another stage: {moved} of {people} people.", "{people} 人中有 {moved} 人会处于不同的阶段。")
    let history = Text("How they came there", "阶段变化")
    let byOthers = Text("somebody else's order", "他人的订单")
    let takesTooLong = Text(
        "Not found within two seconds: the rules of the stages ask about other people, too. The page Stages counts everybody.",
        "两秒内未能得出：阶段规则还涉及其他人。“阶段”页面会统计所有人。")
    let byTime = Text("as time passed", "随时间推移")

    /// Each stage with what puts people in it, in order.
    static let standard: [(name: any KeyPath<Catalogue, Text> & Sendable, meaning: any KeyPath<Catalogue, Text> & Sendable)] = [
        (\.stages.attention, \.stages.attentionMeans), (\.stages.use, \.stages.useMeans), (\.stages.fan, \.stages.fanMeans),
        (\.stages.pay, \.stages.payMeans), (\.stages.advocate, \.stages.advocateMeans), (\.stages.lapsed, \.stages.lapsedMeans),
    ]
}
