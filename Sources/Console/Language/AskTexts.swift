/// Questions as data.
final class AskTexts: Sendable {
    let title = Text("Ask", "提问")
    let intro = Text(
        "One question as data, the same here, in the API and on the command line. The address of the answer can be shared.",
        "用数据写成的一个问题，在这里、接口与命令行中都一样。答案的网址可以分享。")
    let question = Text("Question", "问题")
    let linkHint = Text("The answer's address holds the whole question.", "答案的网址中包含完整的问题。")
    let ask = Text("Ask", "提问")
    let answer = Text("Answer", "答案")
    let note = Text(
        "{events} events read in {milliseconds} ms; all received before {watermark} are in.",
        "读取 {events} 个事件，用时 {milliseconds} 毫秒；包含 {watermark} 之前收到的全部数据。")
    let noteAsOf = Text(
        "{events} events read in {milliseconds} ms; nothing received at {watermark} or later is in, and people are as they were known then.",
        "读取 {events} 个事件，用时 {milliseconds} 毫秒；不含 {watermark} 及之后收到的数据，人物按当时所知。")
    let inForm = Text("Change it in a form", "用表单修改")
    let asJSON = Text("Answer as JSON", "JSON 格式的答案")
    let asCurl = Text("Ask with curl", "用 curl 提问")
    let exampleTrend = Text("Active by day", "每日活跃")
    let exampleFunnel = Text("Way to the order", "下单漏斗")
    let exampleCount = Text("Customers who left", "流失的客户")
    let examplePayers = Text("Payers whose users went silent", "付款而其使用者已沉默的人")
    let exampleRetention = Text("Who comes back", "回访留存")
    let exampleDrivers = Text("What goes with ordering", "与下单相关的行为")
    let newPeople = Text("New", "新增")
    let returning = Text("Returning", "持续")
    let resurrecting = Text("Back after a pause", "回流")
    let exampleRevenue = Text("Revenue by week", "每周收入")
    let chartSummary = Text("Chart of the answer; the table below holds the same values.", "答案的图表；下方表格为相同数值。")
    let emptyAnswer = Text("The answer has no rows.", "答案没有任何行。")
    let unknownEvent = Text("No event is named “{name}”.", "没有名为“{name}”的事件。")
    let unknownProperty = Text("No event has a property “{name}”.", "没有事件带有属性“{name}”。")
    let unknownTrait = Text("Nobody has a trait “{name}”.", "没有人带有特征“{name}”。")
    let nearestNames = Text("Nearest known names: {names}", "最接近的已知名称：{names}")
    let badJSON = Text("This is not JSON yet:", "这还不是有效的 JSON：")
    let badQuestion = Text("The question cannot be answered as it stands:", "这个问题还不能回答：")
    let notBuilt = Text("Teahouse cannot do this yet:", "茶馆还不支持：")
}
