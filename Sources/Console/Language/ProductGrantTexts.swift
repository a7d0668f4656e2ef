/// What registered product codes grant.
final class ProductGrantTexts: Sendable {
    let title = Text("What product codes grant", "产品码附带权益")
    let open = Text("By product codes", "产品码附带权益")
    let intro = Text(
        "Whoever registers a code of a product has these benefits from then on, as long as the code is theirs.",
        "登记某产品的产品码后即享有以下权益，直到该码不再属于登记者。")
    let onlyOwner = Text("Only an owner of the workspace says what codes grant.", "只有工作区所有者可以设置产品码附带的权益。")
    let products = Text("Products", "产品")
    let product = Text("Product", "产品")
    let grants = Text("Grants", "附带权益")
    let noneTitle = Text("No product grants anything yet", "还没有产品附带权益")
    let noneText = Text("Choose a product below, and the benefits that its codes grant.", "请在下方选择产品及其产品码附带的权益。")
    let noBatches = Text("There are no product codes yet. Make a batch of them first.", "还没有产品码，请先生成一批。")
    let noBenefits = Text("There are no benefits yet. Define one first.", "还没有权益，请先定义权益。")
    let nothing = Text("nothing from now on", "不再附带权益")
    let line = Text("{benefit}: {amount}, {time}, paid by {payer}", "{benefit}：{amount}，{time}，由 {payer} 付费")
    let months = Text("{count} months", one: "{count} month", "{count} 个月")
    let always = Text("without an end", "不限期")
    let byBenefit = Text("what the benefit says", "按权益设置")
    let change = Text("Change it", "修改")

    let set = Text("Say what a product grants", "设置产品附带权益")
    let setOf = Text("What {product} grants", "{product} 附带的权益")
    let setIntro = Text(
        "It counts for codes that are registered from now on; what was granted stays. Choose none everywhere for a product that grants nothing more.",
        "对此后登记的产品码生效，已授予的权益不变。若不再附带任何权益，请全部选择“无”。")
    let amountHint = Text("Empty for what the benefit says", "留空则按权益设置")
    let time = Text("Months", "月数")
    let timeHint = Text("From the day of the registration; empty for without an end", "自登记之日起；留空表示不限期")
    let payer = Text("Who pays", "付费者")
    let payerHint = Text(
        "The word program for ourselves, or a member who made or sold the goods", "填写 program 表示由商家承担，或填写生产、销售该产品的会员")
    let none = Text("none", "无")
    let save = Text("Save", "保存")
    let taken = Text("This product grants something already. Change it in the list.", "该产品已附带权益，请在列表中修改。")
    let badMonths = Text("Write a number of months from 1 to 1,200.", "请填写 1 到 1,200 的月数。")
    let done = Text("Saved. Codes that are registered from now on grant it.", "已保存，对此后登记的产品码生效。")
}
