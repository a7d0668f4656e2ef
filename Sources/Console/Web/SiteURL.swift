import Model
import People
import Records

/// Addresses within the console.
///
/// Values are percent-encoded here and nowhere else.
enum SiteURL {
    static func home(on date: String? = nil, csv: String? = nil) -> String { path("/", [("on", date), ("csv", csv)]) }

    static func people(
        search: String? = nil, cell: String? = nil, purpose: String? = nil, cursor: String? = nil, csv: Bool = false,
        done: String? = nil
    ) -> String {
        path(
            "/people",
            [
                ("search", search), ("cell", cell), ("purpose", purpose), ("cursor", cursor), ("csv", csv ? "people" : nil),
                ("done", done),
            ])
    }

    static func export(_ person: String) -> String { "/people/\(person)/export" }

    static func erase(_ person: String) -> String { "/people/\(person)/erase" }

    static func person(_ id: String, cursor: String? = nil, csv: String? = nil) -> String {
        path("/people/\(id)", [("cursor", cursor), ("csv", csv)])
    }

    static func event(_ person: String, arrival: UInt64) -> String { "/people/\(person)/events/\(arrival)" }

    static func identity(
        kind: DecisionKind = .all, person: String? = nil, cursor: String? = nil, done: String? = nil
    ) -> String {
        path(
            "/people/identity",
            [("kind", kind == .all ? nil : kind.rawValue), ("person", person), ("cursor", cursor), ("done", done)])
    }

    /// - Parameter change: The form that the page is to change.
    static func registration(change: String? = nil, done: String? = nil, csv: String? = nil) -> String {
        path("/people/registration", [("change", change), ("done", done), ("csv", csv)])
    }

    /// The computed traits; `change` fills the form with one of them.
    static func traits(change: String? = nil) -> String { path("/settings/traits", [("change", change)]) }

    static func formDeletion(_ id: FormID) -> String { "/people/registration/\(id)/delete" }

    static func identityChange(_ action: IdentityCommand.Action, _ left: String, _ right: String) -> String {
        path("/people/identity/change", [("action", action.rawValue), ("left", left), ("right", right)])
    }

    /// What records a consent of a person.
    static func personConsents(_ id: String) -> String { "/people/\(id)/consents" }

    /// What changes a purpose.
    static func purpose(_ name: String) -> String { "/settings/consent/\(encoded(name))" }

    /// The address of a page of the audit.
    static func audit(
        kind: String? = nil, actor: String? = nil, person: String? = nil, cursor: String? = nil, csv: Bool = false,
        check: Bool = false
    ) -> String {
        path(
            "/settings/audit",
            [
                ("kind", kind), ("actor", actor), ("person", person), ("cursor", cursor), ("csv", csv ? "audit" : nil),
                ("check", check ? "1" : nil),
            ])
    }

    static func productCodes(
        code: String? = nil, cases: ProductCaseState = .open, cursor: String? = nil, done: String? = nil
    ) -> String {
        path(
            "/people/product-codes",
            [("code", code), ("cases", cases == .open ? nil : cases.rawValue), ("cursor", cursor), ("done", done)])
    }

    static let productBlock = "/people/product-codes/block"

    static func productCase(_ id: ProductCaseID) -> String { "/people/product-codes/cases/\(id)" }

    static func productCodesFile(_ id: ProductBatchID) -> String { "/people/product-codes/\(id)/codes.csv" }

    static func points(currency: String? = nil) -> String { path("/points", [("currency", currency)]) }

    /// A member's statement.
    static func pointMember(
        _ member: String, currency: String? = nil, cursor: String? = nil, month: String? = nil, csv: String? = nil,
        done: String? = nil
    ) -> String {
        path(
            "/points/members/\(member)",
            [("currency", currency), ("month", month), ("cursor", cursor), ("csv", csv), ("done", done)])
    }

    /// Points that come from another system.
    static func opening(currency: String? = nil, done: String? = nil) -> String {
        path("/points/import", [("currency", currency), ("done", done)])
    }

    static func openingClosing(currency: String) -> String { path("/points/import/close", [("currency", currency)]) }

    static func books(
        currency: String? = nil, month: String? = nil, check: Bool = false, csv: String? = nil, done: String? = nil
    ) -> String {
        path(
            "/points/books",
            [("currency", currency), ("month", month), ("check", check ? "1" : nil), ("csv", csv), ("done", done)])
    }

    /// What partners have bought; `bought` and `amount` tell of what was just entered.
    static func partners(currency: String? = nil, bought: String? = nil, amount: Int64? = nil) -> String {
        path("/points/partners", [("currency", currency), ("bought", bought), ("amount", amount.map { String($0) })])
    }

    /// A month of a partner's block.
    static func partner(_ name: String, currency: String, month: String? = nil) -> String {
        path("/points/partners/statement", [("currency", currency), ("partner", name), ("month", month)])
    }

    /// Offers that wait, and points that are dormant.
    static func openPoints(currency: String? = nil) -> String { path("/points/open", [("currency", currency)]) }

    static func bookClosing(currency: String, month: String) -> String {
        path("/points/books/close", [("currency", currency), ("month", month)])
    }

    static func bookEntries(currency: String) -> String { path("/points/books/entries.csv", [("currency", currency)]) }

    /// The coupons; `look` looks a code, a coupon or a member up.
    static func coupons(look: String? = nil, done: String? = nil) -> String {
        path("/coupons", [("look", look), ("done", done)])
    }

    static func couponTemplate(_ name: String, done: String? = nil) -> String {
        path("/coupons/template", [("name", name), ("done", done)])
    }

    /// The form of a new template, or of the next version of one.
    static func couponForm(of name: String? = nil) -> String { path("/coupons/new", [("of", name)]) }

    static func couponBatch(_ number: Int64, _ deed: String) -> String { "/coupons/batches/\(number)/\(deed)" }

    /// How points are earned; `of` fills the form with a version.
    static func earning(program: String? = nil, version: Int64? = nil, of draft: Int64? = nil, done: String? = nil) -> String {
        path(
            "/program/earning",
            [
                ("program", program), ("version", version.map { String($0) }), ("of", draft.map { String($0) }), ("done", done),
            ])
    }

    /// The catalogue of benefits; `of` opens the form of the next version of one.
    static func benefits(of key: String? = nil) -> String { path("/benefits", [("of", key)]) }

    static func benefit(_ key: String, cursor: String? = nil, done: String? = nil) -> String {
        path("/benefits/benefit", [("key", key), ("cursor", cursor), ("done", done)])
    }

    /// Payers, caps, pools and gifts of a benefit.
    static func benefitCare(_ key: String, done: Bool = false) -> String {
        path("/benefits/care", [("key", key), ("done", done ? "1" : nil)])
    }

    /// The plans; `of` opens the form of the next version of one, `member` looks for those of a member.
    static func plans(of key: String? = nil, member: String? = nil, done: String? = nil) -> String {
        path("/benefits/plans", [("of", key), ("member", member), ("done", done)])
    }

    /// A plan that was bought.
    static func plan(_ id: String, done: String? = nil) -> String { path("/benefits/plans/plan", [("id", id), ("done", done)]) }

    static func planRefund(_ id: String) -> String { path("/benefits/plans/refund", [("id", id)]) }

    /// What product codes grant; `of` fills the form with what those of a product do.
    static func productGrants(of product: String? = nil, done: String? = nil) -> String {
        path("/benefits/products", [("product", product), ("done", done)])
    }

    /// A member's card, for whoever has its address.
    static func memberCard(_ token: String) -> String { "/m/\(token)" }

    static func live(source: String? = nil) -> String { path("/live", [("source", source)]) }

    static func liveFragment(source: String? = nil) -> String { path("/live/rows", [("source", source)]) }

    static func source(_ id: SourceID) -> String { "/settings/sources/\(id)" }

    static func sourceReady(_ id: SourceID) -> String { path("/setup/ready", [("source", id.text)]) }

    static func waiting(for id: SourceID) -> String { path("/setup/waiting", [("source", id.text)]) }

    static func ask(_ question: String, csv: Bool = false) -> String {
        path("/ask", [("q", question), ("csv", csv ? "answer" : nil)])
    }

    static func preference(language: Language? = nil, theme: Theme? = nil, back: String) -> String {
        path("/preferences", [("language", language?.rawValue), ("theme", theme?.rawValue), ("back", back)])
    }

    /// A path with those pairs of its query that have a value.
    static func path(_ path: String, _ query: [(String, String?)]) -> String {
        let pairs = query.compactMap { name, value in value.map { "\(name)=\(encoded($0))" } }
        return pairs.isEmpty ? path : path + "?" + pairs.joined(separator: "&")
    }

    /// Everything but unreserved characters as `%XX` (RFC 3986, 2.3).
    static func encoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var out: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a") ... UInt8(ascii: "z"), UInt8(ascii: "A") ... UInt8(ascii: "Z"),
                UInt8(ascii: "0") ... UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
                out.append(byte)
            default: out += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// `back` when it is a path of this site, else the home page: never another host.
    static func local(_ back: String?) -> String {
        guard let back, back.utf8.count < 4_000, back.hasPrefix("/"), !back.hasPrefix("//"), !back.hasPrefix("/\\"),
            back.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") })
        else { return "/" }
        return back
    }
}
