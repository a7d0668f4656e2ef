import Model
import People
import Records

@testable import Console
@testable import Workspaces

extension Fixtures {
    private static let workspace = WorkspaceID(text: "ws_a")
    private static let cipher = ProductCodeCipher(secret: Array(0 ..< 32))

    private func batch(_ number: Int, _ name: String, product: String, count: Int, registered: Int, months: Int?) -> ProductBatch {
        ProductBatch(
            id: ProductBatchID(text: "bat_\(number)"), workspace: Fixtures.workspace, number: number, name: name, product: product,
            reseller: nil, orderID: nil, warrantyMonths: months, count: count, registeredCount: registered,
            createdAt: Fixtures.now.advanced(byMicroseconds: Int64(-number) * 86_400_000_000))
    }

    private var writer: ProductCodeWriter {
        ProductCodeWriter(
            words: words, formats: formats, calendar: Fixtures.calendar,
            people: [Fixtures.ana: PersonID(ordinal: 42), Fixtures.hostile: PersonID(ordinal: 43)],
            members: [MemberID(text: "mem_a"): language == .chinese ? "陆羽" : "Lu Yu"])
    }

    private static let ana = Identity(type: .userID, value: "u-1042")
    private static let hostile = Identity(type: .email, value: "<script>alert(1)</script>@example.com")
    private static let other = Identity(type: .phone, value: "+8613800138000")

    private func dispute(_ id: String, serial: Int, _ batch: ProductBatch, _ decision: ProductDecision? = nil) -> ProductDispute {
        let place = ProductPlace(batch: batch.number, serial: serial)
        return ProductDispute(
            code: Fixtures.cipher.code(place), batch: batch,
            dispute: ProductCase(
                id: ProductCaseID(text: "case_\(id)"), workspace: Fixtures.workspace, place: place, holder: Fixtures.ana,
                openedAt: Fixtures.now,
                claims: [
                    ProductClaim(who: Fixtures.hostile, claimedAt: Fixtures.now, count: 3),
                    ProductClaim(who: Fixtures.other, claimedAt: Fixtures.now),
                ], decision: decision))
    }

    private func page(
        found: ProductInquiry?, cases: [ProductDispute], batches: [ProductBatch], typed: String, isUnknown: Bool
    ) -> ProductCodesPage {
        var fields = [
            FormField("name", words(\.products.batchName), autocomplete: "off"),
            FormField("count", words(\.products.count), value: "0", hint: words(\.products.countHint), autocomplete: "off"),
        ]
        fields[1].error = isUnknown ? words(\.products.badCount) : nil
        return ProductCodesPage(
            typed: typed, isUnknown: isUnknown, found: found.map { writer.found($0, mayBlock: true) }, problem: nil,
            filters: [
                .init(
                    url: SiteURL.productCodes(), label: words(\.products.open), styleClass: nil, count: formats.number(cases.count),
                    current: true),
                .init(
                    url: SiteURL.productCodes(cases: .closed), label: words(\.products.closed), styleClass: nil, count: nil,
                    current: false),
            ],
            cases: cases.map { writer.one($0, mayDecide: true, form: [:], error: nil) }, hasCases: !cases.isEmpty, nextURL: nil,
            firstURL: nil, noCaseTitle: words(\.products.noOpenTitle), noCaseText: words(\.products.noOpenText),
            batches: batches.map { writer.batch($0, mayDownload: true) }, hasBatches: !batches.isEmpty, mayChange: true,
            batchForm: writer.batchForm(fields, isOpen: true))
    }

    var productCodes: ProductCodesPage {
        let chinese = language == .chinese
        let spring = batch(
            2, chinese ? "2026 春茶" : "Spring 2026", product: "tin-50g", count: 1_000_000, registered: 182_340, months: 24)
        let autumn = batch(
            1, "<b>\u{202E}Autumn", product: chinese ? "铁观音礼盒" : "Oolong gift box", count: 500, registered: 1, months: nil)
        let first = dispute("a", serial: 41, spring)
        let decision = ProductDecision(
            .move, movedTo: Fixtures.other, by: .member(MemberID(text: "mem_a")), at: Fixtures.now,
            reason: chinese ? "出示了小票" : "showed the receipt")
        let inquiry = ProductInquiry(
            code: first.code, batch: spring, serial: 42,
            registration: ProductRegistration(
                workspace: Fixtures.workspace, place: first.dispute.place, who: Fixtures.ana, times: 1, registeredAt: Fixtures.now,
                warrantyUntil: Fixtures.today.advanced(byMonths: 24)), cases: [first.dispute])
        return page(
            found: inquiry, cases: [first, dispute("b", serial: 7, autumn, decision)], batches: [spring, autumn],
            typed: first.code.text.lowercased(), isUnknown: false)
    }

    var noProductCodes: ProductCodesPage {
        page(found: nil, cases: [], batches: [], typed: "<script>alert(1)</script>", isUnknown: true)
    }
}
