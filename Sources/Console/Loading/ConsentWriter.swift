import Model
import People
import Records

/// Puts purposes and people's consents into words.
struct ConsentWriter {
    let words: Words
    let formats: Formats
    let calendar: ZoneCalendar

    // MARK: - Purposes

    func purpose(_ purpose: Purpose, _ count: ConsentCount, form: ConsentPage.Form?) -> ConsentPage.Purpose {
        let answered = count.granted + count.withdrawn
        let earlier = purpose.texts.dropLast().reversed().map(version)
        return ConsentPage.Purpose(
            name: purpose.name, basis: words(ConsentWriter.word(purpose.legalBasis)),
            stats: [
                Stat(label: words(\.consent.granted), value: formats.number(count.granted)),
                Stat(label: words(\.consent.withdrawn), value: formats.number(count.withdrawn)),
                Stat(label: words(\.consent.neverAsked), value: formats.number(count.neverAsked)),
            ],
            coverage: words(
                \.consent.coverage,
                [
                    "share": formats.percent(answered, of: answered + count.neverAsked),
                    "granted": formats.percent(count.granted, of: answered),
                ]),
            now: version(purpose.texts.last ?? PurposeText(version: 0, text: "", createdAt: purpose.createdAt)), earlier: earlier,
            earlierTitle: earlier.isEmpty ? nil : words(\.consent.earlier, count: earlier.count), form: form)
    }

    private func version(_ text: PurposeText) -> ConsentPage.Version {
        ConsentPage.Version(
            title: words(\.consent.version, ["number": String(text.version)]),
            since: words(\.consent.sinceDate, ["date": formats.date(calendar.date(at: text.createdAt))]), text: text.text)
    }

    func form(_ purpose: Purpose, id: String) -> ConsentPage.Form {
        ConsentPage.Form(
            id: id, action: SiteURL.purpose(purpose.name), basisField: basisField(purpose.legalBasis, id: id),
            text: purpose.texts.last?.text ?? "", button: words(\.settings.save), buttonKind: "")
    }

    func newForm(_ visitor: Visitor, isRefused: Bool) -> ConsentPage.Form {
        let given = isRefused ? visitor.form : [:]
        return newForm(
            name: given["name"] ?? "", basis: given["basis"].flatMap { LegalBasis(rawValue: $0) } ?? .consent,
            text: given["text"] ?? "")
    }

    func newForm(name: String = "", basis: LegalBasis = .consent, text: String = "") -> ConsentPage.Form {
        let field = FormField(
            "name", words(\.consent.name), value: name, hint: words(\.consent.nameHint), autocomplete: "off")
        return ConsentPage.Form(
            id: "new", action: "/settings/consent", nameFields: [field], basisField: basisField(basis, id: "new"), text: text,
            button: words(\.consent.create), buttonKind: "first")
    }

    private func basisField(_ current: LegalBasis, id: String) -> FormField {
        FormField(
            "basis", id: "\(id)-basis", words(\.consent.basis),
            options: LegalBasis.allCases.map {
                .init(value: $0.rawValue, label: words(ConsentWriter.word($0)), selected: $0 == current)
            })
    }

    private static func word(_ basis: LegalBasis) -> KeyPath<Catalogue, Text> {
        switch basis {
        case .consent: \.consent.basisConsent
        case .contract: \.consent.basisContract
        case .legalObligation: \.consent.basisLegalObligation
        case .vitalInterests: \.consent.basisVitalInterests
        case .publicTask: \.consent.basisPublicTask
        case .legitimateInterests: \.consent.basisLegitimateInterests
        }
    }

    // MARK: - Of one person

    /// Records shown of one purpose.
    private static let recordsMax = 20

    /// Where a person stands with each purpose that the workspace names or that something was said of.
    ///
    /// - Parameter sources: Names of those who said it, by id.
    func consents(
        _ records: [ConsentRecord], purposes: [String], person: String, sources: [String: String]
    ) -> [PortraitPage.ConsentItem] {
        let said = Set(records.map(\.purpose)).subtracting(purposes).sorted()
        return (purposes + said).map { purpose in
            let own = records.filter { $0.purpose == purpose }
            return PortraitPage.ConsentItem(
                purpose: purpose, tag: tag(own.first?.isGranted), why: own.first.map { why($0, sources) },
                records: own.prefix(ConsentWriter.recordsMax).map { record in
                    let status = words(record.isGranted ? \.consent.granted : \.consent.withdrawn)
                    return .init(
                        text: "\(status) · \(why(record, sources))", evidence: record.evidence,
                        rawURL: SiteURL.event(person, arrival: record.arrival))
                }, hasRecords: !own.isEmpty)
        }
    }

    private func tag(_ isGranted: Bool?) -> TagItem {
        switch isGranted {
        case true?: TagItem(kind: "user", label: words(\.consent.granted))
        case false?: TagItem(kind: "bad", label: words(\.consent.withdrawn))
        case nil: TagItem(kind: "", label: words(\.consent.missing))
        }
    }

    private func why(_ record: ConsentRecord, _ sources: [String: String]) -> String {
        let parts: [String?] = [
            formats.dateTime(record.at, calendar),
            record.textVersion.map { words(\.consent.version, ["number": String($0)]) },
            words(record.origin == .said ? \.consent.said : \.consent.declared), sources[record.source.text] ?? record.source.text,
        ]
        return parts.compactMap(\.self).joined(separator: " · ")
    }

    func recordForm(_ purposes: [String], person: String, given: [String: String], problem: String?) -> PortraitPage.ConsentForm? {
        guard !purposes.isEmpty else { return nil }
        let reason = FormField("reason", words(\.consent.reason), value: given["reason"] ?? "", autocomplete: "off")
        return PortraitPage.ConsentForm(
            action: SiteURL.personConsents(person),
            fields: [
                FormField(
                    "purpose", words(\.consent.purpose),
                    options: purposes.map { .init(value: $0, label: $0, selected: $0 == given["purpose"]) }),
                FormField(
                    "status", words(\.consent.status),
                    options: [
                        .init(value: "granted", label: words(\.consent.grants), selected: given["status"] != "withdrawn"),
                        .init(value: "withdrawn", label: words(\.consent.withdraws), selected: given["status"] == "withdrawn"),
                    ]), reason,
            ], problem: problem)
    }
}
