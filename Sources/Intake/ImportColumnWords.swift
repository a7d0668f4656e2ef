internal import Model

/// The names under which columns go in English and Chinese files, best first.
enum ImportColumnWords {
    static let timestamp = [
        "timestamp", "eventtime", "time", "datetime", "occurredat", "createdat", "eventtimestamp", "date", "orderdate",
        "invoicedate", "createddateutc", "createdutc",
        "purchasedate", "transactiondate", "paidat", "paymentdate", "orderedat", "eventdate", "createtime", "paytime", "ts",
        "付款时间", "支付时间", "下单时间", "订单付款时间", "订单创建时间", "创建时间", "交易时间", "成交时间", "发生时间", "购买时间", "订单时间", "事件时间", "时间",
        "日期", "订单日期", "购买日期", "下单日期", "交易日期",
    ]
    static let person = [
        "userid", "customerid", "clientid", "memberid", "personid", "buyerid", "visitorid", "distinctid", "uid", "user", "customer",
        "person",
        "member", "householdid", "household", "cust", "custid", "actorid", "userpseudoid", "customerno", "customernumber",
        "accountid", "actorlogin", "login", "username", "用户id", "会员id", "客户id", "买家id", "顾客id", "用户编号", "会员编号", "客户编号", "会员号",
        "会员卡号", "用户",
        "客户", "会员",
        "顾客", "买家", "买家昵称", "买家会员名", "openid",
    ]
    static let email = [
        "email", "customeremail", "buyeremail", "useremail", "emailaddress", "mail", "billingemail", "emailbilling",
        "billingemailaddress",
        "contactemail", "邮箱", "电子邮箱",
        "邮箱地址",
    ]
    static let phone = [
        "phone", "customerphone", "phonenumber", "mobile", "mobilephone", "billingphone", "phonebilling", "手机号", "手机号码", "手机",
        "联系电话", "收货人手机号", "买家手机", "买家手机号", "收货人手机", "联系手机",
    ]
    /// Who pays for an order that another made, and whom it is for.
    static let payer = [
        "payer", "payerid", "payeremail", "paidby", "paidbyid", "paidbyemail", "billto", "billedto", "billtoid", "billtoemail",
        "付款人",
        "付款人id", "支付人", "代付人",
    ]
    static let recipient = [
        "recipient", "recipientid", "recipientemail", "giftto", "giftrecipient", "giftrecipientemail", "beneficiary",
        "beneficiaryid", "收礼人", "受赠人", "收礼人id",
    ]
    static let anonymous = ["anonymousid", "deviceid", "cookieid", "clientcookie", "匿名id", "设备id", "设备号"]
    /// Ends of names that say a time when no name is one of ``timestamp``.
    static let timestampEnds = ["timestamp", "datetime", "time", "date", "时间", "日期"]
    /// Columns that say whether an order was paid, and the words in them of orders that brought nothing.
    static let status = [
        "financialstatus", "orderstatus", "paymentstatus", "status", "订单状态", "支付状态", "付款状态", "交易状态", "状态",
    ]
    static let unpaid = [
        "refunded", "voided", "void", "cancelled", "canceled", "failed", "declined", "expired", "unpaid", "pending", "draft",
        "authorized",
        "onhold", "pendingpayment", "awaitingpayment", "checkoutdraft", "已退款", "全额退款", "退款成功", "已取消", "交易关闭", "已关闭", "未付款", "未支付",
        "待付款", "等待买家付款", "支付失败",
    ]
    /// Of them those of orders that were paid, and given back.
    static let givenBack: Set<String> = ["refunded", "已退款", "全额退款", "退款成功"]
    /// Columns of what was given back of an order so far.
    static let refundedTotal = [
        "refundedamount", "amountrefunded", "refundamount", "orderrefundamount", "refundedtotal", "totalrefunded", "退款金额",
        "已退款金额", "退款总额",
    ]
    /// Columns that say how an order fares: another thing in the export of another day, while the order stays the same.
    static let state = ["fulfillmentstatus", "fulfilledat", "cancelledat", "outstandingbalance", "订单备注"]
    /// Columns that tell sales from refunds, and the words in them of refunds.
    static let rowType = ["transactiontype", "rowtype", "recordtype", "type", "kind", "交易类型", "业务类型", "类型"]
    static let refund = [
        "refund", "refunded", "return", "returned", "credit", "creditnote", "chargeback", "reversal", "退款", "退货", "退单",
    ]
    static let event = [
        "event", "eventname", "eventtype", "action", "activity", "type", "事件", "事件名", "事件名称", "行为", "行为类型", "动作", "操作",
    ]
    static let order = [
        "orderid", "orderno", "ordernumber", "order", "invoiceno", "invoiceid", "invoice", "invoicenumber", "transactionid",
        "basketid",
        "receiptid", "receipt", "订单号", "订单编号", "订单id", "主订单编号", "交易号", "交易编号", "流水号", "小票号", "单号",
    ]
    static let product = [
        "productid", "sku", "stockcode", "itemid", "productcode", "skuid", "lineitemsku", "asin", "upc", "itemcode", "商品id", "商品编号",
        "商品编码", "货号",
        "商家编码", "sku编码", "商品代码",
    ]
    static let productName = [
        "productname", "lineitemname", "description", "product", "itemname", "item", "title", "producttitle", "商品名称", "商品标题",
        "宝贝标题", "商品", "品名",
        "产品名称", "产品",
    ]
    static let category = ["category", "productcategory", "categoryname", "department", "类目", "品类", "分类", "商品分类", "商品类目"]
    static let quantity = [
        "quantity", "lineitemquantity", "quantityrefund", "qty", "units", "itemcount", "count", "数量", "件数", "购买数量", "商品数量", "宝贝总数量",
    ]
    static let price = ["unitprice", "lineitemprice", "price", "itemprice", "itemcost", "单价", "商品单价", "价格", "商品价格"]
    static let total = [
        "total", "amount", "revenue", "ordertotal", "ordertotalamount", "totalamount", "totalprice", "linetotal", "salesvalue",
        "sales", "paidamount",
        "payment",
        "grandtotal", "value", "spend", "实付金额", "实付款", "买家实际支付金额", "实收金额", "支付金额", "付款金额", "成交金额", "订单金额", "总金额", "总价", "金额", "销售额",
        "应付金额",
    ]
    /// Of them those that are an order's even when it stands on each of its lines.
    static let orderTotal = ["ordertotal", "ordertotalamount", "grandtotal", "订单金额", "买家实际支付金额"]
    static let currency = ["currency", "currencycode", "币种", "货币"]
    static let messageID = ["messageid", "eventid", "id", "uuid", "insertid", "消息id", "事件id"]
    static let traits = [
        "email", "phone", "mobile", "name", "fullname", "firstname", "lastname", "gender", "sex", "age", "birthday", "birthdate",
        "birthyear",
        "city", "province", "state", "country", "plan", "language", "company", "姓名", "性别", "年龄", "生日", "城市", "省份", "邮箱", "手机号",
        "手机", "等级", "会员等级",
    ]

    /// A header without case, spaces, points and underscores.
    static func key(_ header: String) -> String {
        String(header.lowercased().filter { $0.isLetter || $0.isNumber })
    }
}

/// What the values of one column look like in the first rows.
struct ImportColumnStatistics {
    let name: String
    let key: String
    var count = 0
    var numberCount = 0
    /// Values that are numbers with a decimal comma.
    var commaCount = 0
    var integerCount = 0
    var leadingZeroCount = 0
    var pointCount = 0
    var negativeCount = 0
    var dateOnlyCount = 0
    var timeCounts = [Int](repeating: 0, count: ImportTimeFormat.allCases.count)
    var values: Set<String> = []
    private var longestOfAll = 0
    private var longestUsual = 0
    private var oversizeCount = 0
    /// An order in which values that can be a number or a date are judged together.
    var largest = 0.0
    var sample = ""

    /// What is longer is neither an id nor a name, a number or a time.
    private static let usualBytes = 1_000

    init(name: String) {
        self.name = name
        key = ImportColumnWords.key(name)
    }

    /// Bytes of the longest value; few that are beyond every id and name do not count: they are refused row by row.
    var longest: Int { oversizeCount * 5 > count ? longestOfAll : longestUsual }

    /// All values seen are different.
    var isUnique: Bool { count > 0 && values.count == count }
    var isMostlyNumbers: Bool { count > 0 && max(numberCount, commaCount) * 20 >= count * 19 && leadingZeroCount == 0 }
    /// Some values are numbers only when the comma is the decimal mark, and more of them are then.
    var hasDecimalCommas: Bool { commaCount > numberCount }
    var hasPoints: Bool { pointCount * 2 >= max(count, 1) }

    mutating func add(_ text: String) {
        guard !text.isEmpty else { return }
        let bytes = Array(text.utf8)
        count += 1
        if sample.isEmpty { sample = text }
        longestOfAll = max(longestOfAll, bytes.count)
        guard bytes.count <= ImportColumnStatistics.usualBytes else {
            oversizeCount += 1
            return
        }
        longestUsual = max(longestUsual, bytes.count)
        values.insert(text)
        let isNumber = ImportNumber.isJSON(bytes[...]) || ImportDecimal(bytes) != nil
        let isCommaNumber = ImportDecimal(bytes, mark: .comma) != nil
        if isCommaNumber { commaCount += 1 }
        if isNumber { numberCount += 1 }
        if isNumber || isCommaNumber { addNumber(text, bytes, hasPoint: isNumber ? bytes.contains(UInt8(ascii: ".")) : true) }
        for (index, format) in ImportTimeFormat.allCases.enumerated() {
            guard let instant = ImportClock(format: format, calendar: .init(zone: .utc)).instant(bytes) else { continue }
            // 1970-02 to 2100: a number outside of it is no time.
            guard instant.microseconds > -1_000_000_000_000_000, instant.microseconds < 4_102_444_800_000_000 else { continue }
            if format == .seconds, bytes.count < 9 { continue }
            if format == .milliseconds, bytes.count < 12 { continue }
            timeCounts[index] += 1
            if ImportClock.isDateOnly(bytes, format: format) { dateOnlyCount += 1 }
        }
    }

    private mutating func addNumber(_ text: String, _ bytes: [UInt8], hasPoint: Bool) {
        if hasPoint { pointCount += 1 } else { integerCount += 1 }
        if bytes[0] == UInt8(ascii: "-") { negativeCount += 1 }
        if bytes.count > 1, bytes[0] == UInt8(ascii: "0"), bytes[1] != UInt8(ascii: "."), bytes[1] != UInt8(ascii: ",") {
            leadingZeroCount += 1
        }
        largest = max(largest, Double(text) ?? 0)
    }

    /// The format that reads at least 4 of 5 values as times; nil when none does.
    var timeFormat: ImportTimeFormat? { timeFormat(ofAtLeast: 0.8) }

    /// The format that reads at least this share of the values as times; nil when none does.
    func timeFormat(ofAtLeast share: Double) -> ImportTimeFormat? {
        let order: [ImportTimeFormat] = [.yearFirst, .compact, .milliseconds, .seconds, .monthFirst, .dayFirst]
        let counts = order.map { format in timeCounts[ImportTimeFormat.allCases.firstIndex(of: format) ?? 0] }
        guard let most = counts.max(), count > 0, Double(most) >= Double(count) * share, let index = counts.firstIndex(of: most)
        else {
            return nil
        }
        // Where the day and the month could change places, points between them tell that the day comes first.
        if order[index] == .monthFirst, counts[order.count - 1] == most, sample.contains(".") { return .dayFirst }
        return order[index]
    }

    /// The times have no time of day.
    var isDates: Bool { timeFormat != nil && dateOnlyCount * 5 >= count * 4 }
}

/// Numbers as JSON writes them.
enum ImportNumber {
    /// Whether the text can stand in JSON as a number as it is.
    static func isJSON(_ text: ArraySlice<UInt8>) -> Bool {
        var rest = text
        if rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
        let whole = rest.prefix { $0 >= 0x30 && $0 <= 0x39 }
        guard !whole.isEmpty, whole.count == 1 || whole.first != 0x30 else { return false }
        rest = rest.dropFirst(whole.count)
        if rest.first == UInt8(ascii: ".") {
            let fraction = rest.dropFirst().prefix { $0 >= 0x30 && $0 <= 0x39 }
            guard !fraction.isEmpty else { return false }
            rest = rest.dropFirst(fraction.count + 1)
        }
        if let mark = rest.first, mark | 0x20 == UInt8(ascii: "e") {
            rest = rest.dropFirst()
            if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
            let digits = rest.prefix { $0 >= 0x30 && $0 <= 0x39 }
            guard !digits.isEmpty else { return false }
            rest = rest.dropFirst(digits.count)
        }
        return rest.isEmpty
    }
}
