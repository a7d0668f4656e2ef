/// The shop's words as JSON bytes, made once.
final class TeaShopJSON: Sendable {
    let eventNames = TeaHappening.Kind.allCases.map { CallWriter.quoted($0.eventName ?? "") }
    let referrers = ["", "https://www.google.com/", "https://www.baidu.com/", "https://mp.weixin.qq.com/"].map(CallWriter.quoted)
    let shareChannels = ["wechat", "weibo", "email"].map(CallWriter.quoted)
    /// `,"city":…,"country":…` for traits.
    let chineseCities = TeaWords.chinesePlaces.map(TeaShopJSON.city)
    let foreignCities = TeaWords.foreignPlaces.map(TeaShopJSON.city)
    /// `,"locale":…,"timezone":…` for the context.
    let chineseLocales = TeaWords.chinesePlaces.map(TeaShopJSON.locale)
    let foreignLocales = TeaWords.foreignPlaces.map(TeaShopJSON.locale)

    private let titles = ["茶馆 - 首页", "The Teahouse"].map(CallWriter.quoted)
    private let chineseProducts = TeaProduct.all.map { TeaShopJSON.members(of: $0, isChinese: true) }
    private let englishProducts = TeaProduct.all.map { TeaShopJSON.members(of: $0, isChinese: false) }
    private let chineseNames = TeaProduct.all.map { CallWriter.quoted($0.chinese) }
    private let englishNames = TeaProduct.all.map { CallWriter.quoted($0.english) }
    private let chineseCategories = TeaCategory.allCases.map { CallWriter.quoted($0.chinese) }
    private let englishCategories = TeaCategory.allCases.map { CallWriter.quoted($0.english) }
    private let chineseSearches = TeaWords.chineseSearches.map(CallWriter.quoted)
    private let englishSearches = TeaWords.englishSearches.map(CallWriter.quoted)
    private let chineseReviews = TeaWords.chineseReviews.map { $0.map(CallWriter.quoted) }
    private let englishReviews = TeaWords.englishReviews.map { $0.map(CallWriter.quoted) }

    func title(isChinese: Bool) -> [UInt8] { titles[isChinese ? 0 : 1] }
    func products(isChinese: Bool) -> [[UInt8]] { isChinese ? chineseProducts : englishProducts }
    func productNames(isChinese: Bool) -> [[UInt8]] { isChinese ? chineseNames : englishNames }
    func categories(isChinese: Bool) -> [[UInt8]] { isChinese ? chineseCategories : englishCategories }
    func searches(isChinese: Bool) -> [[UInt8]] { isChinese ? chineseSearches : englishSearches }
    func reviews(isChinese: Bool) -> [[[UInt8]]] { isChinese ? chineseReviews : englishReviews }
    func utf8(of text: String) -> [UInt8] { Array(text.utf8) }

    func name(of human: TeaHuman) -> [UInt8] {
        CallWriter.quoted(
            HumanNames.full(isChinese: human.isChinese, first: Int(human.firstName), last: Int(human.lastName)))
    }

    private static func members(of product: TeaProduct, isChinese: Bool) -> [UInt8] {
        let number = product.id < 9 ? "0\(product.id + 1)" : "\(product.id + 1)"
        var writer = CallWriter()
        writer.rawText("\"product_id\":\"p\(number)\",\"sku\":\"TH-\(product.category.rawValue)-\(number)\",\"name\":")
        writer.raw(CallWriter.quoted(isChinese ? product.chinese : product.english))
        writer.raw(",\"category\":")
        writer.raw(CallWriter.quoted(isChinese ? product.category.chinese : product.category.english))
        writer.raw(",\"price\":")
        writer.amount(hundredths: product.price)
        return writer.bytes
    }

    private static func city(_ place: TeaWords.Place) -> [UInt8] {
        Array(",\"city\":".utf8) + CallWriter.quoted(place.city) + Array(",\"country\":\"\(place.country)\"".utf8)
            + Array(",\"language\":\"\(place.locale.prefix(2))\"".utf8)
    }

    private static func locale(_ place: TeaWords.Place) -> [UInt8] {
        Array(",\"locale\":\"\(place.locale)\",\"timezone\":\"\(place.timezone)\"".utf8)
    }
}
