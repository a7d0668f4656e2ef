package import Model
import OrderedCollections
import Records

/// The coupons of a wish, each of which is named by its id or by its printed code, however that is typed.
struct NamedCoupons {
    /// In the order in which they are named; what names no coupon that there is stands as it was written.
    let ids: [String]
    /// By name: the ids of those that are named by a code.
    let codes: [String: String]

    func id(of name: String) -> String { codes[name] ?? name }

    /// A name under which the wish has a coupon: the code, where it has that alone.
    func name(of id: String) -> String {
        guard let index = ids.firstIndex(of: id) else { return id }
        return names[index]
    }

    /// What is added to the answer of a wish: which coupons its codes are; nothing without a code.
    var members: OrderedDictionary<String, JSONValue> {
        codes.isEmpty ? [:] : ["codes": JSONValue.couponCodes(codes)]
    }

    private let names: [String]

    fileprivate init(_ names: [String], codes: [String: String]) {
        (self.names, self.codes) = (names, codes)
        ids = names.map { codes[$0] ?? $0 }
    }
}

extension JSONValue {
    /// The ids of coupons by their codes.
    package static func couponCodes(_ codes: [String: String]) -> JSONValue {
        .object(OrderedDictionary(uniqueKeysWithValues: codes.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))
    }
}

extension ProgramTables {
    func hasCoupon(_ id: String) throws(Problem) -> Bool {
        try connection.row("SELECT 1 FROM coupons WHERE workspace = ? AND id = ?", values(.text(id))) != nil
    }

    /// Finds what coupons are named by: ids go first, and a code that nobody has claimed names none.
    func couponsNamed(_ names: [String]) throws(Problem) -> NamedCoupons {
        var codes: [String: String] = [:]
        for name in names where codes[name] == nil {
            guard try !hasCoupon(name), let id = try couponID(ofCode: name), try hasCoupon(id) else { continue }
            codes[name] = id
        }
        return NamedCoupons(names, codes: codes)
    }
}
