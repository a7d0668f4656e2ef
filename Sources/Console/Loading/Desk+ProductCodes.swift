import HTTPTypes
import Model
import People
import Records
import Workspaces

/// Codes on goods: batches, what is known of a code, and cases.
extension Desk {
    private static let casesPerPage = 20

    /// What of a form was not taken, and where it is said.
    private struct Refused {
        let problem: Problem
        /// The case whose form it was; nil for that of a code or a new batch.
        var dispute: ProductCaseID?
        /// Whether it was that of a code.
        var isOfCode = false

        var isSilentBlock: Bool { isOfCode && problem.place == "/why" }
    }

    func productCodes(_ visitor: Visitor) async throws(Problem) -> Reply { try await productCodesReply(visitor, nil) }

    private func productCodesReply(_ visitor: Visitor, _ refused: Refused?) async throws(Problem) -> Reply {
        guard let membership = visitor.membership else { return .redirect("/") }
        let (words, workspace) = (visitor.words, membership.workspace)
        let state = ProductCaseState(rawValue: visitor.query["cases"] ?? "") ?? .open
        let cursor = productCursor(visitor.query["cursor"])
        let cases = try await directory.productCases(of: workspace, state, after: cursor, limit: Desk.casesPerPage)
        let batches = try await directory.productBatches(of: workspace)
        let openCount = try await directory.openProductCaseCount(of: workspace)
        let typed = visitor.query["code"] ?? visitor.form["code"] ?? ""
        let inquiry = try await typed.isEmpty ? nil : inquiry(typed, workspace)
        let writer = try await writer(visitor, cases, inquiry)
        var fields = batchFields(visitor)
        let silent = inquiry?.block == nil && inquiry != nil ? refused.flatMap { $0.isSilentBlock ? $0.problem : nil } : nil
        var unplaced: String?
        if let refused, refused.dispute == nil, silent == nil {
            unplaced = refused.isOfCode ? formText(refused.problem, words) : placeBatch(refused.problem, in: &fields, words)
        }
        let isBatchRefused = refused.map { $0.dispute == nil && !$0.isOfCode } ?? false
        var isSaid = false
        let shown = cases.map { one in
            let mine = refused?.dispute == one.dispute.id ? refused?.problem : nil
            isSaid = isSaid || mine != nil
            return writer.one(
                one, mayDecide: visitor.isOwner, form: mine == nil ? [:] : visitor.form,
                error: mine.map { ($0.place == "/why" ? "why" : "outcome", formText($0, words)) })
        }
        // A case that somebody else has just decided is not on this page any more.
        let lost = isSaid ? nil : refused.flatMap { $0.dispute == nil ? nil : Said(text: formText($0.problem, words)) }
        let last = cases.count < Desk.casesPerPage ? nil : cases.last?.dispute
        let page = ProductCodesPage(
            typed: typed, isUnknown: !typed.isEmpty && inquiry == nil,
            found: inquiry.map {
                writer.found(
                    $0, mayBlock: visitor.isOwner, refused: silent.map { (visitor.form["why"] ?? "", formText($0, words)) })
            },
            problem: lost ?? unplaced.map { Said(text: $0) },
            filters: [(ProductCaseState.open, words(\.products.open)), (.closed, words(\.products.closed))].map { one, label in
                .init(
                    url: SiteURL.productCodes(cases: one), label: label, styleClass: nil,
                    count: one == .open ? visitor.formats.number(openCount) : nil, current: one == state)
            },
            cases: shown, hasCases: !shown.isEmpty,
            nextURL: last.map { SiteURL.productCodes(cases: state, cursor: "\($0.openedAt.microseconds)-\($0.id.text)") },
            firstURL: cursor == nil ? nil : SiteURL.productCodes(cases: state),
            noCaseTitle: words(state == .open ? \.products.noOpenTitle : \.products.noClosedTitle),
            noCaseText: words(state == .open ? \.products.noOpenText : \.products.noClosedText),
            batches: batches.map { writer.batch($0, mayDownload: visitor.isOwner) }, hasBatches: !batches.isEmpty,
            mayChange: visitor.isOwner, batchForm: writer.batchForm(fields, isOpen: batches.isEmpty || isBatchRefused))
        var frame = visitor.frame(words(\.products.title), .people)
        switch visitor.query["done"] {
        case "made": frame.notice = .init(kind: "", text: words(\.products.doneMade))
        case "decided": frame.notice = .init(kind: "", text: words(\.products.doneDecided))
        case "blocked": frame.notice = .init(kind: "", text: words(\.products.doneBlocked))
        case "unblocked": frame.notice = .init(kind: "", text: words(\.products.doneUnblocked))
        default: break
        }
        return .page(page, frame, status: refused == nil ? .ok : .unprocessableContent)
    }

    func downloadProductCodes(_ visitor: Visitor) async throws(Problem) -> Reply {
        guard let membership = visitor.membership, let id = ProductBatchID(validating: visitor.parameters["batch"] ?? "") else {
            throw Desk.notFound
        }
        let codes = try await directory.productCodes(of: id, in: membership.workspace)
        return .download("codes-\(id.text).csv", type: "text/csv; charset=utf-8") {
            var codes = codes
            return { codes.piece() }
        }
    }

    // MARK: - Forms

    func createProductBatch(_ visitor: Visitor) async throws(Problem) -> Reply {
        guard let membership = visitor.membership else { return .redirect("/") }
        do throws(Problem) {
            let form = visitor.form
            let months = try whole(form["warranty_months"] ?? "", "/warranty_months")
            let count = try whole(form["count"] ?? "", "/count")
            try await directory.createProductBatch(
                NewProductBatch(
                    name: form["name"] ?? "", product: form["product"] ?? "", reseller: form["reseller"], orderID: form["order_id"],
                    warrantyMonths: months, count: count ?? 0), in: membership.workspace, by: .member(membership.member))
            return .redirect(SiteURL.productCodes(done: "made"))
        } catch {
            guard error.status < 500 else { throw error }
            return try await productCodesReply(visitor, Refused(problem: error))
        }
    }

    func decideProductCase(_ visitor: Visitor) async throws(Problem) -> Reply {
        guard let membership = visitor.membership, let id = ProductCaseID(validating: visitor.parameters["case"] ?? "") else {
            throw Desk.notFound
        }
        let halves = (visitor.form["outcome"] ?? "").split(separator: ":", maxSplits: 1).map(String.init)
        guard let resolution = ProductResolution(rawValue: halves.first ?? "") else { throw Desk.notFound }
        do throws(Problem) {
            try await directory.resolveProductCase(
                id, resolution, movedTo: halves.count == 2 ? halves[1] : nil, why: visitor.form["why"] ?? "",
                in: membership.workspace, by: .member(membership.member))
            return .redirect(SiteURL.productCodes(done: "decided"))
        } catch {
            guard error.status < 500, error.status != 404 else { throw error }
            return try await productCodesReply(visitor, Refused(problem: error, dispute: id))
        }
    }

    /// Blocks a code, or lets it be registered again.
    func blockProductCode(_ visitor: Visitor) async throws(Problem) -> Reply {
        guard let membership = visitor.membership else { return .redirect("/") }
        let (code, actor) = (visitor.form["code"] ?? "", Actor.member(membership.member))
        do throws(Problem) {
            switch visitor.form["deed"] {
            case "block":
                try await directory.blockProduct(code, why: visitor.form["why"] ?? "", in: membership.workspace, by: actor)
                return .redirect(SiteURL.productCodes(code: code, done: "blocked"))
            case "unblock":
                try await directory.unblockProduct(code, in: membership.workspace, by: actor)
                return .redirect(SiteURL.productCodes(code: code, done: "unblocked"))
            default: throw Desk.notFound
            }
        } catch {
            guard error.status < 500, error.status != 404 else { throw error }
            return try await productCodesReply(visitor, Refused(problem: error, isOfCode: true))
        }
    }

    // MARK: - Parts

    private func inquiry(_ code: String, _ workspace: WorkspaceID) async throws(Problem) -> ProductInquiry? {
        do throws(Problem) { return try await directory.product(code, in: workspace) } catch {
            guard error.code == .unknownProduct else { throw error }
            return nil
        }
    }

    private func writer(
        _ visitor: Visitor, _ cases: [ProductDispute], _ inquiry: ProductInquiry?
    ) async throws(Problem) -> ProductCodeWriter {
        let workspace = try await workspace(visitor)
        let named = Set(
            cases.flatMap { [$0.dispute.holder] + $0.dispute.claims.map(\.who) } + [inquiry?.registration?.who].compactMap(\.self))
        var people: [Identity: PersonID] = [:]
        if !named.isEmpty {
            people = try await workspace.look(now: now) { view in
                Dictionary(uniqueKeysWithValues: named.compactMap { who in view.person(of: who).map { (who, $0) } })
            }
        }
        let members = try await directory.team.members(of: workspace.id).map { ($0.member.id, $0.member.name) }
        return ProductCodeWriter(
            words: visitor.words, formats: visitor.formats, calendar: workspace.calendar, people: people,
            members: Dictionary(uniqueKeysWithValues: members))
    }

    private func batchFields(_ visitor: Visitor) -> [FormField] {
        guard visitor.isOwner else { return [] }
        let words = visitor.words
        func field(
            _ name: String, _ label: KeyPath<Catalogue, Text>, _ hint: KeyPath<Catalogue, Text>? = nil, isRequired: Bool = true
        ) -> FormField {
            var field = FormField(
                name, words(label), value: visitor.form[name] ?? "", hint: hint.map { words($0) }, autocomplete: "off")
            field.required = isRequired
            return field
        }
        return [
            field("name", \.products.batchName), field("product", \.products.product, \.products.productHint),
            field("count", \.products.count, \.products.countHint),
            field("warranty_months", \.products.warrantyMonths, \.products.warrantyHint, isRequired: false),
            field("reseller", \.products.reseller, \.products.resellerHint, isRequired: false),
            field("order_id", \.products.order, \.products.orderHint, isRequired: false),
        ]
    }

    /// Says at its field what is wrong with a new batch; what belongs to none is answered.
    private func placeBatch(_ problem: Problem, in fields: inout [FormField], _ words: Words) -> String? {
        let text = problem.code == Desk.noWholeNumber ? words(\.products.badCount) : formText(problem, words)
        guard let index = fields.firstIndex(where: { "/\($0.name)" == problem.place }) else { return text }
        fields[index].error = text
        return nil
    }

    private static let noWholeNumber = Problem.Code("no_whole_number")

    /// The number that a field holds, with or without commas; nil when it is empty.
    private func whole(_ text: String, _ place: String) throws(Problem) -> Int? {
        let digits = text.filter { $0 != "," && $0 != " " && $0 != "\u{FF0C}" }
        if digits.isEmpty { return nil }
        guard let number = Int(digits) else { throw Problem(Desk.noWholeNumber, "", place: place) }
        return number
    }

    private func productCursor(_ text: String?) -> ProductCaseCursor? {
        let halves = (text ?? "").split(separator: "-", maxSplits: 1).map(String.init)
        guard halves.count == 2, let microseconds = Int64(halves[0]), let id = ProductCaseID(validating: halves[1]) else {
            return nil
        }
        return ProductCaseCursor(openedAt: Instant(microseconds: microseconds), id: id)
    }
}
