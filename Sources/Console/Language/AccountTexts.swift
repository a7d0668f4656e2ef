/// The list of accounts and the page of one.
final class AccountTexts: Sendable {
    let title = Text("Accounts", "账户")
    let intro = Text("Companies, teams and families that people belong to: who uses, and who pays.", "人们所属的公司、团队与家庭：谁在使用，谁在付费。")
    let searchLabel = Text("Search by name or id", "按名称或 ID 搜索")
    let all = Text("All accounts", "全部账户")
    let silent = Text("Silent", "沉默")
    let rule = Text(
        "Silent is an account that has paid within the last {paid} days, or once and has a contract that still runs (its trait contract_until), but that none of its people has used for {silent} days. Use is any event of its people but orders and returns.",
        "沉默的账户：最近 {paid} 天内付过款，或付过款且合同仍有效（特征 contract_until），但其中已有 {silent} 天没有人使用。除订单与退货外，其成员的任何事件都算使用。")
    let moneyRule = Text(
        "Revenue is what its people and its declared payers have paid, before returns; who belongs to two accounts counts in both.",
        "收入为其成员与已声明的付款人所付金额，未扣除退货；属于两个账户的人在两处都计入。")
    let found = Text("{count} accounts", one: "{count} account", "共 {count} 个账户")
    let account = Text("Account", "账户")
    let people = Text("People", "人数")
    let users = Text("Users", "用户")
    let customers = Text("Customers", "客户")
    let payers = Text("Declared payers", "已声明的付款人")
    let whoPays = Text("Who pays", "谁付费")
    let customersCount = Text("{count} customers", one: "{count} customer", "{count} 位客户")
    let payersCount = Text("{count} declared payers", one: "{count} declared payer", "{count} 位已声明的付款人")
    let nobody = Text("nobody", "没有人")
    let revenue = Text("Revenue", "收入")
    let orders = Text("Orders", "订单")
    let lastUse = Text("Last use", "最近使用")
    let lastPayment = Text("Last payment", "最近付款")
    let contract = Text("Contract until", "合同至")
    let noneYet = Text("No account yet", "还没有账户")
    let noneYetHow = Text(
        "People join an account by a call “group”; its traits, such as the name, are said with it:",
        "人们通过 “group” 调用加入账户，账户的特征（如名称）也随之发送：")
    let noneFound = Text("No account fits", "没有符合的账户")
    let noneFoundHow = Text("No name or id contains “{search}”.", "没有名称或 ID 包含 “{search}”。")
    let noneSilent = Text("No account that pays is without use.", "付费的账户都有人在使用。")
    let gone = Text("Back to the first page: this list has changed.", "列表已变化，请回到第一页。")
    let useByWeek = Text("People who used, by week", "每周使用人数")
    let useSummary = Text(
        "Bars: people of this account with an event that is no order, in each of the last {count} weeks.",
        "柱状图：最近 {count} 周每周有（订单以外）事件的成员人数。")
    let paidByWeek = Text("Paid by week", "每周付款")
    let paidSummary = Text("Bars: orders paid in each of the last {count} weeks.", "柱状图：最近 {count} 周每周付款的订单金额。")
    let events = Text("Events", "事件")
    let members = Text("People", "成员")
    let person = Text("Person", "姓名")
    let roles = Text("Roles", "身份")
    let here = Text("Here", "在此账户")
    let member = Text("member", "成员")
    let since = Text("Since", "加入时间")
    let lastSeen = Text("Last seen", "最近出现")
    let membersShown = Text("Shown are {shown} of {count}, those who hold a role here first.", "共 {count} 人，显示 {shown} 人；在此有角色者在前。")
    let traits = Text("Traits", "特征")
    let noTraits = Text("None have been sent. Send them with group.", "尚未收到。可用 group 发送。")
    let noOrders = Text(
        "Nobody of this account has paid yet. Send “Order Completed” with the amount:", "此账户还没有人付款。请发送带金额的 “Order Completed”：")
}
