import HTTPTypes
import Loyalty
import Model
import OrderedCollections
import Records
import Workspaces

/// What product codes grant.
extension Desk {
    func productGrants(_ visitor: Visitor) async throws(Problem) -> Reply {
        let workspace = try await workspace(visitor)
        let reader = directory.programReader(of: workspace.id)
        guard try await reader.program().settings != nil else {
            return noProgram(visitor, .benefits, visitor.words(\.grants.title))
        }
        let product = visitor.query["product"] ?? ""
        guard !product.isEmpty else {
            return try await productGrantsReply(visitor, try await grantForm(visitor, workspace, sent: [:]), problem: nil)
        }
        guard let known = try await reader.productGrants().first(where: { $0.product == product }) else { throw Desk.notFound }
        let form = ProductGrantForm(
            product, known.rules, products: try await products(workspace), benefits: try await benefitNames(visitor, workspace),
            words: visitor.words)
        return try await productGrantsReply(visitor, form, problem: nil)
    }

    private func grantForm(
        _ visitor: Visitor, _ workspace: OpenWorkspace, sent: [String: String]
    ) async throws(Problem) -> ProductGrantForm {
        ProductGrantForm(
            sent: sent, products: try await products(workspace), benefits: try await benefitNames(visitor, workspace),
            words: visitor.words)
    }

    /// The products of all batches, each once.
    private func products(_ workspace: OpenWorkspace) async throws(Problem) -> [String] {
        Array(OrderedSet(try await directory.productBatches(of: workspace.id).map(\.product)))
    }

    private func productGrantsReply(
        _ visitor: Visitor, _ form: ProductGrantForm, problem: Said?
    ) async throws(Problem) -> Reply {
        let workspace = try await workspace(visitor)
        let (words, writer) = (visitor.words, benefitWriter(visitor, workspace))
        let names = Dictionary(form.benefits.map { ($0.key, $0.name) }) { one, _ in one }
        let known = try await directory.programReader(of: workspace.id).productGrants()
        let products = known.map { product, rules in
            ProductGrantsPage.Product(
                name: product,
                lines: rules.isEmpty ? [words(\.grants.nothing)] : rules.map { writer.line($0, name: names[$0.benefit]) },
                changeURL: visitor.isOwner ? SiteURL.productGrants(of: product) : nil)
        }
        var missing: PageLink?
        if form.products.isEmpty {
            missing = PageLink(url: SiteURL.productCodes(), label: words(\.grants.noBatches))
        } else if form.benefits.isEmpty {
            missing = PageLink(url: SiteURL.benefits(), label: words(\.grants.noBenefits))
        }
        let title =
            form.product.isEmpty ? words(\.grants.set) : words(\.grants.setOf, ["product": form.product])
        let page = ProductGrantsPage(
            tabs: programTabs(visitor, .benefits), problem: problem, products: products, hasProducts: !products.isEmpty,
            missing: missing,
            form: visitor.isOwner && missing == nil
                ? .init(
                    title: title, command: writer.page, of: form.of, fields: form.fields, parts: form.parts,
                    isOpen: !form.product.isEmpty) : nil,
            mayChange: visitor.isOwner)
        var frame = visitor.frame(words(\.grants.title), .program)
        if visitor.query["done"] == "set" { frame.notice = .init(kind: "", text: words(\.grants.done)) }
        let isRefused = problem != nil || !form.errors.isEmpty
        return .page(page, frame, status: isRefused ? .unprocessableContent : .ok)
    }

    func setProductGrants(_ visitor: Visitor) async throws(Problem) -> Reply {
        let workspace = try await workspace(visitor)
        var form = try await grantForm(visitor, workspace, sent: visitor.form)
        let lines = form.lines()
        let known = try await directory.programReader(of: workspace.id).productGrants().first { $0.product == form.product }
        // Whoever sets what they have not seen would undo it; the same form twice says what stands there already.
        if form.product != form.of, let rules = known?.rules, !rules.isEmpty, !lines.elementsEqual(rules, by: { $0.says($1) }) {
            form.refuse("product", visitor.words(\.grants.taken))
        }
        var wishes: [SetProductGrants.Wish] = []
        for line in lines {
            var payer = BenefitPayer.program
            if ![ProductGrantForm.program, ""].contains(line.payer) {
                do throws(Problem) {
                    payer = .member(try await directory.memberWish(line.payer, in: workspace.id, place: "/payer"))
                } catch {
                    guard error.status < 500 else { throw error }
                    form.refuse("g\(line.place)_payer", visitor.words(error.wording).text)
                }
            }
            wishes.append(.init(line.benefit, amount: line.amount, months: line.months, payer: payer))
        }
        guard form.errors.isEmpty else { return try await productGrantsReply(visitor, form, problem: nil) }
        let answer = try await directory.perform(
            SetProductGrants(wishes, of: form.product), id: commandID(visitor), in: workspace.id, by: actor(visitor))
        if let refusal = refusal(answer, visitor, workspace.calendar, scale: 0) {
            return try await productGrantsReply(visitor, form, problem: refusal)
        }
        return .redirect(SiteURL.productGrants(done: "set"))
    }
}

extension BenefitWriter {
    /// What a code grants.
    ///
    /// - Parameter name: Of the benefit; nil for its key.
    func line(_ rule: ProductCodeRights.Rule, name: String?) -> String {
        words(
            \.grants.line,
            [
                "benefit": name ?? rule.benefit, "amount": rule.amount.map(number) ?? words(\.grants.byBenefit),
                "time": rule.months.map { words(\.grants.months, count: $0) } ?? words(\.grants.always),
                "payer": rule.payer.text == ProductGrantForm.program ? words(\.benefits.program) : rule.payer.text,
            ])
    }
}
