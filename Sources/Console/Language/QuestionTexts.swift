/// The pages that build a question from a form.
final class QuestionTexts: Sendable {
    let title = Text("Questions", "问题")
    let kinds = Text("Kinds of question", "问题类型")
    let trends = Text("Trends", "趋势")
    let trendsIntro = Text("How much of something happens, over time.", "某类行为随时间发生了多少。")
    let funnels = Text("Funnels", "漏斗")
    let funnelsIntro = Text("How many people get from one step to the next, and where they are lost.", "有多少人走完每一步，又在哪里流失。")
    let retention = Text("Retention", "留存")
    let retentionIntro = Text("Of those who began at the same time, how many come back.", "同一时期开始的人当中，有多少人会回来。")
    let lifecycle = Text("Lifecycle", "生命周期")
    let lifecycleIntro = Text(
        "Who is new, who stays, who is back after a pause, and who is gone.", "谁是新来的，谁一直在，谁暂停后回来，谁离开了。")
    let stages = Text("Stages", "阶段")
    let stagesIntro = Text(
        "Where people stand on the way from attention to advocacy, and who moved.", "人们在从关注到推荐的路上处于哪一步，又有谁移动了。")
    let stickiness = Text("Stickiness", "粘性")
    let stickinessIntro = Text("On how many days, weeks or months people are active.", "人们在多少天、周或月里活跃。")
    let paths = Text("Paths", "路径")
    let pathsIntro = Text(
        "What people do next within a visit. Choose a step of the answer to go on from there.",
        "人们在一次访问中接下来做什么。点选答案中的一步，便从那里继续。")
    let time = Text("Time to convert", "转化用时")
    let timeIntro = Text("How long people take from the first step to the last.", "人们从第一步到最后一步要用多久。")
    let attribution = Text("Attribution", "归因")
    let attributionIntro = Text("Which touches share the credit for what people did.", "转化的功劳如何分给此前的触点。")
    let drivers = Text("Drivers", "驱动因素")
    let driversIntro = Text(
        "What people who reach a target did beforehand more often than others. This shows what goes together, not what causes it.",
        "达成目标的人事先更常做什么。这只说明两者相关，并不说明因果。")
    let answer = Text("Answer", "答案")
    let show = Text("Show the answer", "查看答案")
    let asData = Text("The question as data", "数据形式的问题")
    let openInAsk = Text("Change it as data", "以数据形式修改")
    let manyNames = Text(
        "There are {count} event names; the first {shown} are proposed, any other can be typed.",
        "共有 {count} 个事件名称；仅提示前 {shown} 个，其他名称可直接输入。")
    let noData = Text("No events yet", "还没有事件")
    let noDataHow = Text("As soon as a source sends events, questions can be asked here.", "数据源一发送事件，就可以在这里提问。")
    let emptyTitle = Text("Nothing matches", "没有符合的数据")
    let emptyHow = Text(
        "No such event happened in this range. Look at the spelling of the names, or choose a longer range.",
        "所选时间内没有这样的事件。请检查名称的写法，或选择更长的时间。")
    let wideTitle = Text("The chart shows the greatest values; the table has them all.", "图中为最大的几项；表格包含全部。")
    let peopleHint = Text("Choose a point, a bar, a step or a cell to see the people in it.", "点选数据点、柱形、步骤或格子，查看其中的人。")
    let lastIsOpen = Text(
        "The last interval is not over yet: its figures will still change.", "最后一个间隔尚未结束，其数值还会变化。")
    let peopleTitle = Text("People in an answer", "答案中的人")
    let peopleIntro = Text("Those who meet this condition now:", "目前符合以下条件的人：")
    let peopleNone = Text("Nobody", "没有人")
    let peopleNoneHow = Text("Nobody meets this condition any more.", "已经没有人符合这个条件。")
    let backToAnswer = Text("Back to the answer", "返回答案")
    let seePeople = Text("People: {what}", "查看其中的人：{what}")
    let median = Text("Median", "中位数")
    let average = Text("Average", "平均数")
    let ninety = Text("Nine in ten within", "九成在此时间内")
    let others = Text("All others", "其余全部")
    let unattributed = Text("No touch found", "未找到触点")
    let dormant = Text("Gone", "离开")
    let lift = Text("{lift} times as likely", "可能性为 {lift} 倍")
    let withWithout = Text("Reached it: {with} with, {without} without", "达成比例：做过 {with}，未做 {without}")
    let step = Text("Step {number}", "第 {number} 步")
    let byProperty = Text("{what}, by {property}", "{what}，按 {property} 细分")
    let measureOf = Text("{measure}: {property}", "{property} 的{measure}")
    let retentionFigure = Text(
        "Share of those who began together that is back, by intervals since", "同期开始的人中回访者的比例，按之后的间隔")
    let lifecycleFigure = Text(
        "Active people; below the line those who were active one interval before and are gone", "活跃的人；横线以下为上一间隔活跃、此间隔未活跃的人")
    let stagesFigure = Text("People of each stage at the end of each interval", "每个间隔结束时各阶段的人数")
    let stickinessFigure = Text("People by the number of intervals in which they were active", "按活跃间隔数统计的人数")
    let timeFigure = Text("People by the time they took", "按用时统计的人数")
    let pathsFigure = Text("Moves from one event to the next", "从一个事件到下一个事件")
    let attributionFigure = Text("Credit by touch", "各触点的功劳")
    let driversFigure = Text("Events before the target, the surest first", "目标之前的事件，把握最大的在前")
    let anyEvent = Text("Any event", "任意事件")
}
