internal import Hummingbird
internal import Loyalty
internal import Model
internal import OrderedCollections
internal import Records
internal import Workspaces

extension APIOperation {
    /// Taking over points from another system.
    static let pointOpeningOperations = [importPoints, importPointFile, readOpening, closeOpening]

    private static let importPoints = APIOperation(
        method: .post, path: "/api/v1/points/import", id: "importPoints", tag: "Points",
        summary: "Take over up to 5,000 lots from another system: each row once, and those that cannot come with all reasons.",
        access: .key(.manage), body: OpeningSchemas.rows, answer: OpeningSchemas.report, problems: [409], isCommand: true
    ) { call throws(Problem) in
        let body = try ObjectReader(try call.json(), known: ["currency", "total", "effective_at", "trial", "rows"])
        var rows: [OpeningRow] = []
        for reader in try body.objects("rows", known: OpeningFile.columns) ?? [] {
            let text = try reader.requiredText("member")
            rows.append(.lot(try reader.lot(of: try await call.member(text, "/rows/\(rows.count)/member"))))
        }
        guard let total = try body.amount("total", least: 0) else {
            throw body.refused("total", "Say what the rows add up to.")
        }
        var command = ImportPoints(rows, of: try body.text("currency") ?? "points", total: total)
        (command.effectiveAt, command.isTrial) = (try body.instant("effective_at"), try body.flag("trial") ?? false)
        return try await call.perform(command)
    }

    private static let importPointFile = APIOperation(
        method: .post, path: "/api/v1/points/import/csv", id: "importPointFile", tag: "Points",
        summary:
            "As importPoints, of CSV with the columns row, member, amount and earned_at, and perhaps original, units, expires_at (a date is the last day), activates_at, funded_by, colours (parted by spaces) and transferable.",
        access: .key(.manage),
        parameters: [
            currencyParameter, .text("total", "What the rows add up to."),
            .text("effective_at", "When they came, as the books see it: an instant, or a date; now without it."),
            .word("trial", "Tell what would be, and change nothing.", ["true", "false"]),
        ], body: ["type": "string"], bodyType: "text/csv", answer: OpeningSchemas.report, problems: [409], isCommand: true
    ) { call throws(Problem) in
        guard let total = call.query["total"].flatMap({ Int64($0) }) else {
            throw APICall.badParameter("total", "is the sum of all amounts, a whole number")
        }
        guard let text = String(validating: call.bytes, as: UTF8.self) else {
            throw Problem(.badRequest, "The file is not UTF-8.")
        }
        let calendar = try await call.program().program().calendar
        let rows = try await call.directory.openingRows(of: text, in: try call.workspace)
        var command = ImportPoints(rows, of: call.query["currency"] ?? "points", total: total)
        command.effectiveAt = try call.instant("effective_at", calendar)
        command.isTrial = call.query["trial"] == "true"
        return try await call.perform(command)
    }

    private static let readOpening = APIOperation(
        method: .get, path: "/api/v1/points/import", id: "readPointOpening", tag: "Points",
        summary: "What has been taken over of a currency, and whether more can come.", access: .key(.read),
        parameters: [currencyParameter], answer: OpeningSchemas.opening, problems: [404]
    ) { call throws(Problem) in
        let currency = try await call.currency(call.query["currency"] ?? "points")
        let opening = try await call.program().opening(of: currency.key)
        var members = JSONMembers()
        members.put("currency", currency.key)
        members.put("rows", .int(opening.rows))
        members.put("points", .int(opening.points))
        members.put("members", .int(opening.members))
        members.put("closed_at", opening.closedAt)
        members.put("closed_by", opening.closedBy)
        return .json(members.json)
    }

    private static let closeOpening = APIOperation(
        method: .post, path: "/api/v1/points/import/close", id: "closePointOpening", tag: "Points",
        summary: "End the taking over for good, when all that came is what the other system says.", access: .key(.manage),
        body: PointSchemas.closed(
            ["currency": PointSchemas.currency, "total": ["type": "integer", "description": "Of all rows that came."]],
            required: ["total"]), answer: OpeningSchemas.opening, problems: [409], isCommand: true
    ) { call throws(Problem) in
        let body = try ObjectReader(try call.json(), known: ["currency", "total"])
        guard let total = try body.amount("total", least: 0) else {
            throw body.refused("total", "Say what the rows add up to.")
        }
        return try await call.perform(CloseOpening(of: try body.text("currency") ?? "points", total: total))
    }
}

extension ObjectReader {
    fileprivate func lot(of member: MemberWish) throws(Problem) -> OpeningLot {
        guard let points = try amount("amount"), let earnedAt = try instant("earned_at") else {
            throw refused("amount", "A row has an amount and earned_at.")
        }
        var lot = OpeningLot(try requiredText("row"), points, of: member, earnedAt: earnedAt)
        lot.original = try amount("original")
        lot.units = try amount("units") ?? 1
        (lot.expiresAt, lot.activatesAt) = (try instant("expires_at"), try instant("activates_at"))
        (lot.fundedBy, lot.colours) = (try text("funded_by"), Set(try texts("colours") ?? []))
        lot.isTransferable = try flag("transferable") ?? true
        return lot
    }
}

private enum OpeningSchemas {
    private static let sum = APISchema.object(["rows": APISchema.count, "points": ["type": "integer"]])
    private static let row = PointSchemas.closed(
        [
            "row": ["type": "string", "minLength": 1, "maxLength": 200, "description": "The row's key there: it comes once."],
            "member": PointSchemas.member, "amount": PointSchemas.amount, "earned_at": APISchema.instant,
            "original": [
                "type": "integer", "minimum": 1,
                "description": "How many were earned, spent ones included: so many can be taken back.",
            ],
            "units": ["type": "integer", "minimum": 1, "default": 1],
            "expires_at": ["type": "string", "format": "date-time", "description": "Never without it."],
            "activates_at": APISchema.instant, "funded_by": APISchema.text,
            "colours": ["type": "array", "items": APISchema.text], "transferable": ["type": "boolean", "default": true],
        ], required: ["row", "member", "amount", "earned_at"])
    static let rows = PointSchemas.closed(
        [
            "currency": PointSchemas.currency,
            "total": ["type": "integer", "description": "What the rows add up to: another sum refuses all of them."],
            "effective_at": [
                "type": "string", "format": "date-time",
                "description": "When they came, as the books see it: not in a closed month, nor before what members did here.",
            ],
            "trial": ["type": "boolean", "default": false, "description": "Tell what would be, and change nothing."],
            "rows": ["type": "array", "items": row, "minItems": 1, "maxItems": 5_000],
        ], required: ["total", "rows"])
    static let report = APISchema.object([
        "currency": APISchema.text, "trial": APISchema.flag, "taken": sum, "repeated": sum, "members": APISchema.count,
        "enrolled": APISchema.count,
        "by_end": [
            "type": "array", "items": APISchema.object(["month": APISchema.optionalText, "points": ["type": "integer"]]),
        ],
        "refused": [
            "type": "array",
            "items": APISchema.object([
                "row": APISchema.text, "amount": ["type": "integer"],
                "reasons": APISchema.list("Reason"),
            ]),
        ],
    ])
    static let opening = APISchema.object(
        [
            "currency": APISchema.text, "rows": APISchema.count, "points": ["type": "integer"], "members": APISchema.count,
            "closed_at": APISchema.optionalInstant, "closed_by": APISchema.optionalText,
        ], required: ["currency", "rows", "points", "members", "closed_at"])
}
