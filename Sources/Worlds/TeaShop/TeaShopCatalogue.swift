/// What the shop sells.
struct TeaProduct: Sendable {
    let id: Int
    let category: TeaCategory
    let chinese: String
    let english: String
    /// Price of one unit in fen.
    let price: Int
}

/// The shelves of the shop.
enum TeaCategory: String, Sendable, CaseIterable {
    case green, red, oolong, white, dark, flower, ware, gift, lesson

    var chinese: String {
        switch self {
        case .green: "绿茶"
        case .red: "红茶"
        case .oolong: "乌龙茶"
        case .white: "白茶"
        case .dark: "黑茶"
        case .flower: "花茶"
        case .ware: "茶具"
        case .gift: "礼盒"
        case .lesson: "茶课"
        }
    }

    var english: String {
        switch self {
        case .green: "Green Tea"
        case .red: "Black Tea"
        case .oolong: "Oolong"
        case .white: "White Tea"
        case .dark: "Dark Tea"
        case .flower: "Flower Tea"
        case .ware: "Teaware"
        case .gift: "Gift Boxes"
        case .lesson: "Tea Lessons"
        }
    }
}

extension TeaProduct {
    static let all: [TeaProduct] = rows.enumerated().map { index, row in
        TeaProduct(id: index, category: row.0, chinese: row.1, english: row.2, price: row.3)
    }

    /// The numbers of the products on a shelf.
    static func numbers(of category: TeaCategory) -> [Int] { all.filter { $0.category == category }.map(\.id) }

    /// The most wanted first.
    private static let rows: [(TeaCategory, String, String, Int)] = [
        (.green, "明前龙井", "West Lake Dragon Well", 16_800),
        (.oolong, "铁观音", "Iron Goddess", 9_800),
        (.dark, "普洱熟茶饼", "Ripe Pu'er Cake", 12_800),
        (.flower, "茉莉花茶", "Jasmine Pearls", 5_900),
        (.red, "正山小种", "Lapsang Souchong", 8_800),
        (.white, "白毫银针", "Silver Needle", 22_800),
        (.ware, "盖碗", "Gaiwan", 7_500),
        (.oolong, "大红袍", "Big Red Robe", 19_800),
        (.green, "碧螺春", "Green Snail Spring", 13_800),
        (.red, "祁门红茶", "Keemun", 9_200),
        (.flower, "桂花乌龙", "Osmanthus Oolong", 6_800),
        (.gift, "新春礼盒", "New Year Gift Box", 29_800),
        (.dark, "普洱生茶", "Raw Pu'er", 15_800),
        (.ware, "紫砂壶", "Yixing Teapot", 36_800),
        (.white, "白牡丹", "White Peony", 11_800),
        (.green, "黄山毛峰", "Yellow Mountain Fur Peak", 10_800),
        (.oolong, "凤凰单丛", "Phoenix Dancong", 17_800),
        (.red, "滇红金芽", "Yunnan Golden Bud", 12_600),
        (.flower, "洛神花茶", "Roselle", 3_900),
        (.ware, "旅行茶具", "Travel Tea Set", 15_900),
        (.gift, "中秋茶礼", "Mid-Autumn Selection", 25_800),
        (.green, "六安瓜片", "Lu'an Melon Seed", 11_200),
        (.dark, "安化黑茶", "Anhua Dark Tea", 8_600),
        (.white, "寿眉", "Longevity Eyebrow", 6_600),
        (.ware, "品茗杯 \"一对\"", "Pair of \"Friend\" Cups", 4_900),
        (.oolong, "冻顶乌龙", "Dong Ding Oolong", 13_600),
        (.red, "金骏眉", "Golden Eyebrow", 26_800),
        (.flower, "菊花普洱", "Chrysanthemum Pu'er", 5_200),
        (.gift, "四季茶盒", "Four Seasons Box", 19_900),
        (.green, "信阳毛尖", "Xinyang Tips", 9_900),
        (.ware, "茶漏", "Tea Strainer", 2_500),
        (.flower, "玫瑰花茶", "Rose Buds", 4_500),
        (.dark, "六堡茶", "Liu Bao", 10_200),
        (.white, "老白茶饼", "Aged White Cake", 24_800),
        (.ware, "公道杯", "Fairness Pitcher", 5_500),
        (.gift, "父亲节茶礼", "Father's Day Tin", 16_600),
        (.lesson, "小小茶人·第一季", "Little Tea Masters, Season 1", 9_900),
        (.lesson, "小小茶人·第二季", "Little Tea Masters, Season 2", 9_900),
        (.lesson, "亲子茶会", "Family Tea Party", 4_900),
        (.lesson, "茶与诗", "Tea and Poems", 5_900),
    ]
}
