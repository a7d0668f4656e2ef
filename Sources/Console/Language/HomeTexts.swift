/// The home page: five questions about the people.
final class HomeTexts: Sendable {
    let title = Text("Do you know your users?", "你了解你的用户吗？")
    let introToday = Text("Five questions, answered with what has arrived until now.", "五个问题，用截至此刻收到的数据来回答。")
    let introThen = Text("Five questions, answered as of the end of {date}.", "五个问题，以 {date} 结束时的情况来回答。")
    let introEmpty = Text(
        "Five questions that this page answers as soon as your first events arrive.", "第一批事件到达后，这一页就会回答五个问题。")
    let quietSince = Text("Nothing has happened since {date}.", "自 {date} 以来没有新的事件。")
    let showThatDay = Text("Answer as of that day", "以那一天来回答")
    let asOf = Text("As of", "截至日期")
    let nothingYet = Text("Nothing has arrived yet", "还没有收到任何数据")
    let nothingYetHow = Text(
        "Connect your site, app or shop with its key, or import a file of orders with the command “teahouse import”. The answers appear here by themselves.",
        "用密钥接入网站、应用或店铺，或者用 “teahouse import” 命令导入一份订单文件，答案会自动出现在这里。")
    let connect = Text("Connect a source", "接入数据源")

    let who = Text("Who are they?", "他们是谁？")
    let whoAnswer = Text(
        "Of {all}, {users} use the product and {customers} have paid; {both} do both.",
        "共 {all}，其中 {users} 人在使用，{customers} 人付过费，{both} 人两者兼有。")
    let whoSummary = Text(
        "Euler diagram, circles to scale: {users} users, {customers} customers, {both} both.",
        "欧拉图，圆的面积与人数成比例：用户 {users}，客户 {customers}，两者兼有 {both}。")
    let eulerEmpty = Text("Nobody uses or pays yet", "还没有人使用或付费")
    let eulerTitle = Text("Users and customers", "用户与客户")
    let legendUsers = Text("Users {count}", "用户 {count}")
    let legendCustomers = Text("Customers {count}", "客户 {count}")
    let cellsCaption = Text("People by role", "按身份划分的人数")
    let userOnlyHint = Text("come back each week, have not paid", "每周都来，还没有付费")
    let bothHint = Text("come back and pay", "常来，也付费")
    let customerOnlyHint = Text("have paid, do not come back each week", "付过费，并不常来")
    let neitherHint = Text("looked in", "只是来看看")
    let everybody = Text("Everybody", "所有人")
    let role = Text("Role", "身份")
    let peopleCount = Text("People", "人数")
    let allPeople = Text("Look at the people", "查看这些人")

    let come = Text("How do new ones come, and how do they convert?", "新人从哪里来，又如何转化？")
    let comeAnswer = Text(
        "{new} first came this week. Of those who became customers after a visit, half paid within {days}.",
        "本周有 {new}第一次到来。来访后成为客户的人中，一半在 {days}内付了款。")
    let comeAnswerShort = Text("{new} first came this week.", "本周有 {new}第一次到来。")
    let newPerWeek = Text("New people by week", "每周新增人数")
    let newPeople = Text("New people", "新增")
    let newSummary = Text("Bars: people seen for the first time, by week.", "柱状图：每周第一次出现的人数。")
    let funnelTitle = Text("The way to the first order", "通往首单的路")
    let funnelSummary = Text("Funnel: {first} begin, {last} reach the end.", "漏斗：{first} 开始，{last} 走到最后。")
    let funnelWindow = Text("Last 30 days, within 14 days of the first step", "最近 30 天，自第一步起 14 天内")
    let step = Text("Step", "步骤")
    let fromFirst = Text("Of the first step", "占第一步")
    let lostHere = Text("{count} lost here", "此处流失 {count}")
    let openFunnel = Text("Open this funnel", "打开这个漏斗")
    let funnelMissing = Text(
        "To see how people convert, send at least two kinds of events along their way, for instance “Product Viewed” and “Order Completed”.",
        "要看到转化过程，请至少发送两种先后发生的事件，例如 “Product Viewed” 与 “Order Completed”。")

    let active = Text("How many are active?", "有多少人活跃？")
    let activeAnswer = Text(
        "{day} came on the day itself, {week} in the last 7 days, {month} in the last 30.",
        "当天有 {day}到来，最近 7 天 {week} 人，最近 30 天 {month} 人。")
    let activeAnswerToday = Text(
        "{day} came so far today, {week} in the last 7 days, {month} in the last 30.",
        "今天到目前为止有 {day}到来，最近 7 天 {week} 人，最近 30 天 {month} 人。")
    let activeTitle = Text("Active people by day", "每日活跃人数")
    let activeSummary = Text("Lines: people active by day, within 7 days and within 30 days.", "折线图：日活、周活与月活人数。")
    let hoursTitle = Text("When they come", "他们什么时候来")
    let hoursSummary = Text("Heat table: people by weekday and hour, mean of the last four weeks.", "热力表：最近四周各星期、各小时的平均人数。")
    let hoursCell = Text("{day} {hour}: {people} people", "{day} {hour}：{people} 人")
    let hour = Text("Hour", "小时")
    let daily = Text("That day", "当天")
    let weekly = Text("7 days", "7 天")
    let monthly = Text("30 days", "30 天")
    let usersNow = Text("users now", "当前用户")
    let formerUsers = Text("former users", "曾经的用户")
    let stickiness = Text("day / month", "日活 / 月活")
    let openTrend = Text("Open this trend", "打开这个趋势")

    let pays = Text("Who pays, and are they the ones who use?", "谁在付费？付费的人就是在用的人吗？")
    let paysAnswer = Text(
        "{both} of {customers} customers also use the product each week; {usersPaid} of the users have paid.",
        "{customers} 位客户中有 {both} 每周仍在使用；用户中有 {usersPaid} 付过费。")
    let orders = Text("orders", "订单")
    let revenue = Text("revenue", "收入")
    let refunds = Text("refunded", "退款")
    let perCustomer = Text("per customer", "每位客户")
    let paidUsers = Text("of ever-users paid", "用户中的付费比例")
    let revenueTitle = Text("Revenue by week", "每周收入")
    let revenueSummary = Text("Stacked bars: revenue by week, from those who use and those who do not.", "堆叠柱状图：每周收入，按付费者是否在使用划分。")
    let fromUsers = Text("From users", "来自用户")
    let fromOthers = Text("From others", "来自其他人")
    let customersOnlyLink = Text("Customers who do not use", "付费但不使用的人")
    let usersOnlyLink = Text("Users who have not paid", "使用但未付费的人")
    let paysMissing = Text(
        "No order has arrived yet. Send “Order Completed” with the amount, and this answers itself:",
        "还没有收到订单。发送带金额的 “Order Completed”，这里就会有答案：")

    let say = Text("What do they say?", "他们怎么说？")
    let sayAnswer = Text(
        "{count} reviews, {average} of 5 on average.", one: "{count} review, {average} of 5.",
        "共 {count} 条评价，平均 {average} 分（满分 5 分）。")
    let sayMissing = Text(
        "Nobody's words have arrived yet. Send what people write or rate as “Product Reviewed”:",
        "还没有收到任何评价。把人们写下的话或打分用 “Product Reviewed” 发送过来：")
    let ratingTitle = Text("Ratings", "评分分布")
    let ratingSummary = Text("Bars: number of reviews by rating, 1 to 5.", "柱状图：1 到 5 分各有多少条评价。")
    let rating = Text("{stars} of 5", "{stars} 分")
    let reviews = Text("Reviews", "评价数")
    let stars = Text("Rating", "评分")
}
