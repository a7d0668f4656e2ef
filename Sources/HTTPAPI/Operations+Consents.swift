internal import Hummingbird
internal import Model
internal import OrderedCollections
internal import People
internal import Records
internal import Workspaces

extension APIOperation {
    static let consentOperations = [listPurposes, createPurpose, readPurpose, changePurpose, readConsents, recordConsent]

    private static let listPurposes = APIOperation(
        method: .get, path: "/api/v1/purposes", id: "listPurposes", tag: "Consents",
        summary: "What people are asked to consent to, with every version of the texts, and how many have granted or withdrawn it.",
        access: .key(.read), answer: APISchema.object(["purposes": APISchema.list("Purpose")])
    ) { call throws(Problem) in
        let purposes = call.directory.purposes(of: try call.workspace)
        return .json(
            try await call.open().look { view throws(Problem) in
                ["purposes": .array(purposes.map { $0.json(view.consentCount(of: $0.name)) })]
            })
    }

    private static let createPurpose = APIOperation(
        method: .post, path: "/api/v1/purposes", id: "createPurpose", tag: "Consents",
        summary: "Name a purpose, with the first version of the text that people are asked.", access: .key(.manage),
        body: APISchema.newPurpose, status: 201, answer: APISchema.reference("Purpose"), problems: [409, 422], isCommand: true
    ) { call throws(Problem) in
        let body = try ObjectReader(try call.json(), known: ["name", "legalBasis", "text"])
        let wish = NewPurpose(
            name: try body.requiredText("name"), legalBasis: try body.word("legalBasis") ?? .consent,
            text: try body.requiredText("text"))
        let workspace = try call.workspace
        return try await call.command(
            status: 201, { planner throws(Problem) in try planner.newPurpose(in: workspace, wish) }, { $0.json(nil) })
    }

    private static let readPurpose = APIOperation(
        method: .get, path: "/api/v1/purposes/{name}", id: "readPurpose", tag: "Consents", summary: "One purpose.",
        access: .key(.read), answer: APISchema.reference("Purpose"), problems: [404]
    ) { call throws(Problem) in
        let purpose = try call.directory.purpose(call.path["name"] ?? "", of: try call.workspace)
        return .json(
            try await call.open().look { view throws(Problem) in purpose.json(view.consentCount(of: purpose.name)) })
    }

    private static let changePurpose = APIOperation(
        method: .patch, path: "/api/v1/purposes/{name}", id: "changePurpose", tag: "Consents",
        summary: "Change a purpose; another text becomes its next version, and the versions before stay.", access: .key(.manage),
        body: APISchema.purposeWish, answer: APISchema.reference("Purpose"), problems: [404, 422], isCommand: true
    ) { call throws(Problem) in
        let body = try ObjectReader(try call.json(), known: ["legalBasis", "text"])
        let wish = PurposeWish(legalBasis: try body.word("legalBasis"), text: try body.text("text"))
        let (workspace, name) = (try call.workspace, call.path["name"] ?? "")
        return try await call.command(
            status: 200, { planner throws(Problem) in try planner.changedPurpose(name, in: workspace, wish) }, { $0.json(nil) })
    }

    private static let readConsents = APIOperation(
        method: .get, path: "/api/v1/people/{id}/consents", id: "readConsents", tag: "Consents",
        summary: "Where a person stands with each purpose, and everything that was said of it, newest first.", access: .key(.read),
        parameters: [.why],
        answer: APISchema.object(["consents": APISchema.list("ConsentStanding"), "records": APISchema.list("ConsentRecord")]),
        problems: [404]
    ) { call throws(Problem) in
        let id = call.path["id"] ?? ""
        let purposes = call.directory.purposes(of: try call.workspace).map(\.name)
        let (shown, records) = try await call.open().look { view throws(Problem) in
            let shown = try person(id, view)
            return (shown, view.consents(of: shown))
        }
        let standings = purposes.map { name -> JSONValue in
            let status = records.first { $0.purpose == name }.map { $0.isGranted ? "granted" : "withdrawn" } ?? "missing"
            return ["purpose": .string(name), "status": .string(status)]
        }
        try await call.note(Reading(.consents, of: [shown]))
        return .json(["consents": .array(standings), "records": .array(records.map(\.json))])
    }

    private static let recordConsent = APIOperation(
        method: .post, path: "/api/v1/people/{id}/consents", id: "recordConsent", tag: "Consents",
        summary: "Record that a person granted a purpose, or withdrew it.", access: .key(.manage), parameters: [.why],
        body: APISchema.newConsent, status: 201, answer: APISchema.reference("ConsentRecord"), problems: [404, 422]
    ) { call throws(Problem) in
        guard let grant = call.grant else { throw Problem(.unauthorized, "This needs an api key.", status: 401) }
        let body = try ObjectReader(try call.json(), known: ["purpose", "status", "version", "evidence", "timestamp"])
        guard let status = try body.word("status", ConsentStatus.self) else {
            throw Problem(Problem.Code("missing_member"), "\"status\" is missing: granted or withdrawn.", place: "/status")
        }
        let id = call.path["id"] ?? ""
        let wish = ConsentWish(
            purpose: try body.requiredText("purpose"), isGranted: status == .granted, textVersion: try version(body),
            evidence: try body.text("evidence"), at: try timestamp(body))
        let person = try await call.open().look { view throws(Problem) -> PersonID in try APIOperation.person(id, view) }
        return .json(
            try await call.directory.record(wish, of: person, in: grant.workspace, by: .key(grant.key), why: call.why).json)
    }

    private enum ConsentStatus: String, CaseIterable {
        case granted, withdrawn
    }

    private static func version(_ body: ObjectReader) throws(Problem) -> Int? {
        guard let value = body.present("version") else { return nil }
        guard case .int(let number) = value, let version = Int(exactly: number) else {
            throw Problem(.badRequest, "\"version\" is a number such as 2.", place: "/version")
        }
        return version
    }

    private static func timestamp(_ body: ObjectReader) throws(Problem) -> Instant? {
        guard let text = try body.text("timestamp") else { return nil }
        guard let instant = Instant(rfc3339: text) else {
            throw Problem(.badRequest, "\"timestamp\" is an instant such as 2026-03-01T12:00:00Z.", place: "/timestamp")
        }
        return instant
    }
}

extension Purpose {
    fileprivate func json(_ people: ConsentCount?) -> JSONValue {
        var out: OrderedDictionary<String, JSONValue> = [
            "name": .string(name), "legalBasis": .string(legalBasis.rawValue), "version": .int(Int64(version)),
            "texts": .array(
                texts.map {
                    [
                        "version": .int(Int64($0.version)), "text": .string($0.text),
                        "createdAt": .string($0.createdAt.rfc3339),
                    ]
                }), "createdAt": .string(createdAt.rfc3339),
        ]
        if let people {
            out["people"] = [
                "granted": .int(Int64(people.granted)), "withdrawn": .int(Int64(people.withdrawn)),
                "neverAsked": .int(Int64(people.neverAsked)),
            ]
        }
        return .object(out)
    }
}

extension ConsentRecord {
    fileprivate var json: JSONValue {
        [
            "purpose": .string(purpose), "status": isGranted ? "granted" : "withdrawn", "timestamp": .string(at.rfc3339),
            "receivedAt": .string(receivedAt.rfc3339), "version": textVersion.map { .int(Int64($0)) } ?? .null,
            "origin": .string(origin.rawValue), "source": .string(source.text), "evidence": evidence.map { .string($0) } ?? .null,
            "messageId": .string(messageID), "arrival": .int(Int64(clamping: arrival)),
            "identity": ["type": .string(identity.type.text), "value": .string(identity.value)],
        ]
    }
}
