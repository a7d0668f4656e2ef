/// Product codes: batches, what is known of a code, and cases about codes that several people have registered.
final class ProductCodeTexts: Sendable {
    let title = Text("Product codes", "商品码")
    let intro = Text(
        "Codes printed on goods. Whoever registers one first has it: so you learn who uses what, even when a shop bought it.",
        "印在商品上的码。谁先登记就归谁：即使商品由店铺买走，您也能知道谁在使用。")
    let link = Text("Codes on goods", "查看商品码")

    let lookTitle = Text("Look a code up", "查询商品码")
    let code = Text("Code", "商品码")
    let lookHint = Text(
        "As it is printed; small letters, blanks and O for 0 are fine", "按印刷内容输入；小写、空格或把 0 写成 O 都可以")
    let look = Text("Look up", "查询")
    let unknown = Text("No such code was made here. Look at it again.", "没有这个商品码，请核对后重新输入。")
    let product = Text("Product", "商品")
    let batch = Text("Batch", "批次")
    let serial = Text("Serial", "序号")
    let holder = Text("Registered by", "登记人")
    let nobody = Text("nobody yet", "尚未登记")
    let registeredOn = Text("Registered on", "登记时间")
    let warrantyUntil = Text("Warranty until", "保修截止")
    let cases = Text("Cases", "争议")
    let caseCount = Text("{count} cases, {open} of them open", one: "{count} case, {open} open", "共 {count} 起，其中 {open} 起未处理")

    let blocked = Text("Blocked", "已停用")
    let block = Text("Block this code", "停用此商品码")
    let blockIntro = Text(
        "Nobody can register it any more, such as when it was copied. Whoever has it loses it, and what came with it.",
        "停用后任何人都不能再登记，例如商品码被仿冒时。已登记的人将失去它，随之而来的权益也一并取消。")
    let unblock = Text("Let it be registered again", "恢复登记")
    let doneBlocked = Text("The code is blocked.", "商品码已停用。")
    let doneUnblocked = Text("The code can be registered again.", "商品码可以重新登记了。")

    let casesTitle = Text("Registered by several people", "被多人登记的商品码")
    let casesIntro = Text(
        "Somebody registered a code that another person has. Decide who it belongs to; whoever loses it loses what came with it.",
        "有人登记了已归他人的商品码。请判定归属；失去商品码的人，随之而来的权益也一并取消。")
    let filter = Text("Filter cases", "筛选争议")
    let open = Text("To decide", "待处理")
    let closed = Text("Decided", "已处理")
    let first = Text("First", "首位登记人")
    let others = Text("Then", "后来登记人")
    let tried = Text("{count} times", one: "once", "{count} 次")
    let outcome = Text("Who gets the code", "归属")
    let keep = Text("{who} keeps it", "{who} 保留")
    let move = Text("It goes to {who}", "转给 {who}")
    let neither = Text("Neither: the code is free again", "都不归：商品码重新可登记")
    let why = Text("Why", "理由")
    let whyHint = Text("For whoever looks at it later", "供日后查看")
    let decide = Text("Decide", "确认处理")
    let kept = Text("The first person keeps it.", "由首位登记人保留。")
    let moved = Text("It went to {who}.", "已转给 {who}。")
    let freed = Text("Neither has it; the code is free again.", "双方均不保留，商品码可重新登记。")
    let decidedBy = Text("{when}, by {who}: {why}", "{when}，由 {who} 处理：{why}")
    let noOpenTitle = Text("Nothing to decide", "没有待处理的争议")
    let noOpenText = Text(
        "A case appears here when a second person registers a code.", "当第二个人登记同一商品码时，会出现在这里。")
    let noClosedTitle = Text("Nothing decided yet", "还没有处理过的争议")
    let noClosedText = Text("Cases that somebody has decided stand here.", "处理过的争议会列在这里。")

    let batches = Text("Batches", "批次")
    let registered = Text("Registered", "已登记")
    let codes = Text("Codes", "商品码数")
    let warranty = Text("Warranty", "保修")
    let months = Text("{count} months", one: "{count} month", "{count} 个月")
    let download = Text("Download codes", "下载商品码")
    let noBatchTitle = Text("No batch yet", "还没有批次")
    let noBatchText = Text(
        "Make one below, download its codes and print them on the goods.", "在下方新建批次，下载商品码并印到商品上。")

    let newTitle = Text("New batch", "新建批次")
    let newIntro = Text(
        "A batch cannot be changed afterwards: its codes are printed.", "批次建好后不能修改，因为商品码已经印出。")
    let newMore = Text("Warranty and reseller", "保修与经销商")
    let batchName = Text("Name of the batch", "批次名称")
    let productHint = Text("Name or SKU, as in your orders", "名称或 SKU，与订单中一致")
    let count = Text("How many codes", "商品码数量")
    let countHint = Text("Up to 1,000,000", "最多 1,000,000 个")
    let warrantyMonths = Text("Months of warranty", "保修月数")
    let warrantyHint = Text("From the day of registration; empty for none", "自登记之日起算；留空表示无保修")
    let reseller = Text("Reseller", "经销商")
    let resellerHint = Text("Who sells the goods, such as user_id:shop-7; may be empty", "由谁销售，例如 user_id:shop-7；可留空")
    let order = Text("Order", "订单")
    let orderHint = Text("The order with which the goods were bought; may be empty", "商品所属的订单号；可留空")
    let create = Text("Make the batch", "新建批次")
    let onlyOwner = Text(
        "Only an owner of the workspace makes batches, downloads codes and decides cases.",
        "只有工作区所有者可以新建批次、下载商品码和处理争议。")
    let doneMade = Text("The batch is made. Its codes can be downloaded now.", "批次已建好，可以下载商品码了。")
    let doneDecided = Text("Decided.", "已处理。")
    let badCount = Text("Write a whole number.", "请输入整数。")
}

/// What is wrong with what was typed about product codes.
enum ProductCodeRefusalTexts {
    static let all = [
        Text("Write an identity as its type and value, such as user_id:abc.", "请按“类型:值”的形式填写身份标识，例如 user_id:abc。"),
        Text("\"{1}\" identifies nobody. Write the value that one person alone has.", "\"{1}\" 不代表任何人，请填写只属于一个人的值。"),
        Text("An order's id has at most {1} bytes.", "订单号最多 {1} 字节。"),
        Text("A batch has 1 to {1} codes.", "一个批次有 1 到 {1} 个商品码。"),
        Text("A warranty has 1 to {1} months.", "保修期为 1 到 {1} 个月。"),
        Text("A workspace has at most {1} batches of product codes.", "一个工作区最多有 {1} 个商品码批次。"),
        Text("Say why in 1 to 2000 bytes.", "请用 1 到 2000 字节说明理由。"),
        Text("{1} has not claimed this code. Name one of those who have.", "{1} 没有登记过这个商品码。请从登记过的人中选择。"),
        Text("Several people claim this code: say who of them gets it.", "有多人登记了这个商品码：请说明归谁。"),
        Text("This code is blocked already.", "这个商品码已经停用。"),
        Text("This code is not blocked.", "这个商品码没有停用。"),
        Text("This code is blocked. Unblock it before somebody gets it.", "这个商品码已停用，请先恢复再判给他人。"),
        Text(
            "This code is blocked: nobody can register it. Ask whoever sold the goods.", "这个商品码已停用，无法登记。请联系销售商品的人。"),
        Text("This case is closed already. Look at how it was decided.", "这起争议已经处理过了，请查看处理结果。"),
    ]
}
