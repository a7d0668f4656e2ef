/// Why points are not taken over, given or counted as somebody wished.
enum PointRefusalTexts {
    static let all = openings + dormancy + offers

    private static let openings = [
        Text("A row has a key of 1 to {1} bytes.", "每行的键须为 1 到 {1} 个字节。"),
        Text("A file has 1 to {1} rows. Send a larger one in parts.", "一个文件有 1 到 {1} 行，更大的请分批发送。"),
        Text("\"{1}\" cannot be \"{2}\".", "“{1}”不能是“{2}”。"),
        Text(
            "Line {1}: \"{2}\" cannot be \"{3}\". Write a whole number in digits alone, such as 1200.",
            "第 {1} 行：“{2}”不能是“{3}”，请只用数字填写整数，例如 1200。"),
        Text(
            "Line {1}: \"{2}\" cannot be \"{3}\". Write a date such as 2026-03-31, or an instant such as 2026-03-31T12:00:00Z.",
            "第 {1} 行：“{2}”不能是“{3}”，请填写日期（例如 2026-03-31）或时间（例如 2026-03-31T12:00:00Z）。"),
        Text(
            "Line {1}: \"{2}\" cannot be \"{3}\". Write an identity, such as user_id:abc, or a member's number.",
            "第 {1} 行：“{2}”不能是“{3}”，请填写身份（例如 user_id:abc）或会员编号。"),
        Text("Line {1}: \"{2}\" cannot be \"{3}\". Write true or false.", "第 {1} 行：“{2}”不能是“{3}”，请填写 true 或 false。"),
        Text("Line {1} has more fields than the head has columns.", "第 {1} 行的字段多于表头的列数。"),
        Text("The row \"{1}\" was taken over before, and said something else.", "行 \"{1}\" 此前已迁入，且内容不同。"),
        Text("The points ended at {1}, before they came.", "积分已于 {1} 到期，早于入账时间。"),
        Text(
            "The points end at {1} and could be spent from {2} on. Let them end later.",
            "积分于 {1} 到期，而自 {2} 起才可使用，请填写更晚的到期时间。"),
        Text("The rows add up to {1}, not to {2}. Look for what is missing.", "各行合计为 {1}，而不是 {2}，请查找缺少的部分。"),
        Text("Taking over was ended at {1}. Adjust what is missing.", "迁入已于 {1} 结束，缺少的部分请用调整补入。"),
        Text("The file is empty. Its first line names the columns.", "文件为空。第一行应为列名。"),
        Text("There is no column \"{1}\" here. Known are {2}.", "没有列 \"{1}\"。可用的列：{2}。"),
        Text("The column \"{1}\" is missing.", "缺少列 \"{1}\"。"), Text("A column stands there twice.", "有一列重复出现。"),
        Text("A quote is not closed.", "引号没有闭合。"),
        Text("Nothing can count at {1} yet.", "{1} 尚未到来，不能以此时间记账。"),
        Text("The points were earned at {1}: nothing can be done to them before.", "积分于 {1} 获得，在此之前不能进行任何操作。"),
        Text(
            "The member's book is written until {1}. Name a later instant, or none.", "该会员的账目已记到 {1}，请填写更晚的时间或不填。"),
    ]

    private static let dormancy = [
        Text(
            "Points of \"{1}\" become no coupon. Name one in the currency's rules for dormant points.",
            "“{1}”的积分不能兑换优惠券，请在该积分的休眠规则中指定一种。"),
        Text("Say for how many points there is one coupon.", "请说明多少积分兑换一张优惠券。"),
        Text("Offer coupon, too, or leave \"coupon\" out.", "请在可选项中加入 coupon，或不填写“coupon”。"),
        Text("The points of {1} are not dormant.", "{1} 的积分并未休眠。"),
        Text("No notice of {1} days was asked for.", "没有要求发送过提前 {1} 天的通知。"),
        Text("The notice was asked for at {1}: nothing can have been sent before.", "通知于 {1} 才要求发送，不可能更早发出。"),
        Text("In {1} points do not end by time alone. Leave the end out.", "在 {1}，积分不能仅因时间到期，请不要填写到期时间。"),
        Text("\"{1}\" is no jurisdiction. Write one such as CA or CA-ON.", "\"{1}\" 不是法域，请填写如 CA 或 CA-ON。"),
        Text(
            "Write 1 to 10 numbers of days from 366 to 1, each less than the one before.", "请填写 1 到 10 个天数，从 366 到 1，依次递减。"),
        Text("An offer is spend, transfer, donate or coupon.", "可选项为 spend、transfer、donate 或 coupon。"),
        Text("Write jurisdictions such as CA or CA-ON.", "请填写如 CA 或 CA-ON 的法域。"),
    ]

    private static let offers = [
        Text("There is no offer \"{1}\".", "没有转赠邀请 \"{1}\"。"),
        Text("The offer was answered already: it is {1}.", "该转赠邀请已处理：{1}。"),
        Text("The offer was over at {1}, and the points are back.", "转赠邀请已于 {1} 失效，积分已退回。"),
        Text("The points were offered to somebody else.", "这些积分是转赠给其他人的。"),
        Text("{1} has to accept first. Offer the points instead.", "须先由 {1} 接受，请改为发起转赠邀请。"),
        Text("{1} takes no points from others.", "{1} 不接受他人转赠的积分。"),
    ]
}
