/// Places and sayings of the shop's people.
enum TeaWords {
    /// City, country, time zone and locale.
    struct Place: Sendable {
        let city: String, country: String, timezone: String, locale: String
    }

    static let chinesePlaces: [Place] = [
        ("杭州", "CN"), ("上海", "CN"), ("北京", "CN"), ("广州", "CN"), ("深圳", "CN"), ("成都", "CN"), ("福州", "CN"), ("厦门", "CN"),
        ("昆明", "CN"),
        ("西安", "CN"), ("武汉", "CN"), ("苏州", "CN"), ("哈尔滨", "CN"), ("拉萨", "CN"),
    ].map { Place(city: $0.0, country: $0.1, timezone: "Asia/Shanghai", locale: "zh-CN") }

    static let foreignPlaces: [Place] = [
        Place(city: "London", country: "GB", timezone: "Europe/London", locale: "en-GB"),
        Place(city: "New York", country: "US", timezone: "America/New_York", locale: "en-US"),
        Place(city: "San Francisco", country: "US", timezone: "America/Los_Angeles", locale: "en-US"),
        Place(city: "Singapore", country: "SG", timezone: "Asia/Singapore", locale: "en-SG"),
        Place(city: "Sydney", country: "AU", timezone: "Australia/Sydney", locale: "en-AU"),
        Place(city: "Kraków", country: "PL", timezone: "Europe/Warsaw", locale: "en-PL"),
    ]

    static let chineseSearches = ["龙井", "普洱", "送礼", "茶具 套装", "茉莉花茶", "白茶 饼", "便宜 红茶", "礼盒", "紫砂壶", "铁观音 浓香", "不苦的茶", "减肥茶"]
    static let englishSearches = [
        "dragon well", "pu'er", "gift", "tea set", "jasmine", "white tea cake", "cheap black tea", "gift box", "teapot", "oolong",
        "not bitter", "caffeine free",
    ]

    /// Texts by rating, one star first.
    static let chineseReviews: [[String]] = [
        ["等了十天才到，茶叶都碎了，失望。", "味道发霉，已申请退货。", "支付失败三次，客服没人理。"],
        ["和图片差距有点大。", "有点苦，不太新鲜。", "包装破了。"],
        ["还可以，一般般。", "中规中矩，送得挺快。", "价格偏高，味道正常。"],
        ["香气不错，会回购。", "汤色清亮，就是量少了点。", "朋友喝了都说好。"],
        ["今年的新茶，清香回甘，五星！", "爸爸特别喜欢，谢谢店家 🍵", "包装精美，送礼很有面子。"],
    ]
    static let englishReviews: [[String]] = [
        [
            "Arrived late and the leaves were crushed.", "Tasted stale. Sent it back.",
            "Payment failed three times, nobody answered.",
        ],
        ["Not quite like the picture.", "A bit bitter for me.", "The tin was dented."],
        ["It's okay.", "Average tea, fast delivery.", "A little pricey for what it is."],
        ["Lovely aroma, would buy again.", "Clear and clean, I only wish there were more.", "My friends liked it."],
        ["Fresh, sweet aftertaste - five stars!", "My dad loves it, thank you 🍵", "Beautiful box, a perfect gift."],
    ]
}
