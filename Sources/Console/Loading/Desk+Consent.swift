import HTTPTypes
import Model
import People
import Records
import Workspaces

/// Purposes, and the consents of people.
extension Desk {
    func consent(_ visitor: Visitor) async throws(Problem) -> Reply { try await consentReply(visitor) }

    func createPurpose(_ visitor: Visitor) async throws(Problem) -> Reply {
        guard let membership = visitor.membership else { return .redirect("/") }
        do throws(Problem) {
            try await directory.createPurpose(
                NewPurpose(
                    name: visitor.form["name"] ?? "", legalBasis: Desk.basis(visitor) ?? .consent, text: visitor.form["text"] ?? ""),
                in: membership.workspace, by: .member(membership.member))
            return .redirect("/settings/consent?done=saved")
        } catch {
            guard error.status < 500 else { throw error }
            return try await consentReply(visitor, problem: error, at: "")
        }
    }

    func changePurpose(_ visitor: Visitor) async throws(Problem) -> Reply {
        guard let membership = visitor.membership else { return .redirect("/") }
        let name = visitor.parameters["purpose"] ?? ""
        do throws(Problem) {
            try await directory.updatePurpose(
                name, in: membership.workspace, PurposeWish(legalBasis: Desk.basis(visitor), text: visitor.form["text"]),
                by: .member(membership.member))
            return .redirect("/settings/consent?done=saved")
        } catch {
            guard error.status < 500, error.status != 404 else { throw error }
            return try await consentReply(visitor, problem: error, at: name)
        }
    }

    private static func basis(_ visitor: Visitor) -> LegalBasis? { visitor.form["basis"].flatMap { LegalBasis(rawValue: $0) } }

    /// - Parameter place: The form that was not taken: a purpose's name, or empty for that of a new one.
    private func consentReply(
        _ visitor: Visitor, problem: Problem? = nil, at place: String? = nil
    ) async throws(Problem) -> Reply {
        let workspace = try await workspace(visitor)
        let purposes = directory.purposes(of: workspace.id)
        let (counts, said) = try await workspace.look(now: now) { view throws(Problem) -> ([ConsentCount], [String]) in
            (purposes.map { view.consentCount(of: $0.name) }, view.purposesSaid)
        }
        let writer = ConsentWriter(words: visitor.words, formats: visitor.formats, calendar: workspace.calendar)
        let names = Set(purposes.map(\.name))
        let text = problem.map { visitor.words($0.wording).text }
        let shown = zip(purposes, counts).enumerated().map { index, pair in
            var form = visitor.isOwner ? writer.form(pair.0, id: "p\(index)") : nil
            if place == pair.0.name { form?.textError = text }
            return writer.purpose(pair.0, pair.1, form: form)
        }
        var newForm = visitor.isOwner ? writer.newForm(visitor, isRefused: place == "") : nil
        var unplaced: String?
        if let problem, place == "" {
            switch problem.place {
            case "/text": newForm?.textError = text
            case "/name": newForm?.nameFields[0].error = text
            default: unplaced = text
            }
        }
        let unnamed = said.filter { !names.contains($0) }
        let page = ConsentPage(
            tabs: tabs(visitor, .consent), problem: unplaced, purposes: shown, hasPurposes: !shown.isEmpty,
            unnamed: Array(unnamed.prefix(50)), hasUnnamed: !unnamed.isEmpty, form: newForm)
        return .page(
            page, visitor.frame(visitor.words(\.consent.title), .settings), status: problem == nil ? .ok : .unprocessableContent)
    }

    // MARK: - Of one person

    func recordConsent(_ visitor: Visitor) async throws(Problem) -> Reply {
        guard let membership = visitor.membership else { return .redirect("/") }
        let workspace = try await workspace(visitor)
        let wanted = visitor.parameters["person"] ?? ""
        guard let person = try await workspace.look(now: now, { view throws(Problem) -> PersonID? in view.person(wanted) }) else {
            throw Desk.notFound
        }
        let reason = visitor.form["reason"] ?? ""
        guard !reason.allSatisfy(\.isWhitespace) else {
            return try await portrait(visitor, consentProblem: visitor.words(\.consent.reasonMissing))
        }
        do throws(Problem) {
            try await directory.record(
                ConsentWish(
                    purpose: visitor.form["purpose"] ?? "", isGranted: visitor.form["status"] == "granted", evidence: reason),
                of: person, in: membership.workspace, by: .member(membership.member),
                why: reason.utf8.count <= AuditEntry.reasonBytesMax ? reason : nil)
            return .redirect(SiteURL.person(person.text) + "?done=saved#consents")
        } catch {
            guard error.status < 500 else { throw error }
            return try await portrait(visitor, consentProblem: visitor.words(error.wording).text)
        }
    }
}
