public import Model
import OrderedCollections
import Records

/// Makes so many codes of a template: they are ready at once, for they are made from their numbers.
public struct MakeCouponBatch: ProgramCommand {
    public let template: String
    public let count: Int64
    /// Symbols of a code without the check; nil for the usual length.
    public let codeLength: Int?

    public init(_ count: Int64, of template: String, codeLength: Int? = nil) {
        self.template = template
        self.count = count
        self.codeLength = codeLength
    }

    public var content: JSONValue {
        [
            "command": "make_coupon_batch", "template": .string(template), "count": .int(count),
            "code_length": codeLength.map { .int(Int64($0)) } ?? .null,
        ]
    }

    public func perform(in draft: inout ProgramDraft) throws(ProgramFailure) -> JSONValue {
        let terms = try draft.couponTerms(template)
        let length = codeLength ?? CouponCodeCipher.lengthDefault
        guard count > 0 else { throw .refused(Refusal("ZERO_VALUE", ["amount": .int(count)])) }
        guard CouponCodeCipher.lengths.contains(length) else {
            throw .refused(
                Refusal(
                    "CODE_LENGTH",
                    [
                        "min": .int(Int64(CouponCodeCipher.lengths.lowerBound)),
                        "max": .int(Int64(CouponCodeCipher.lengths.upperBound)),
                    ]))
        }
        let known = try draft.reading { tables throws(Problem) in try tables.couponCodes(length: length) }
        let room = Int64(CouponCodeCipher.codesMax(length: length)) - known.codes
        guard count <= room else {
            throw .refused(Refusal("CODES_TOO_MANY", ["left": .int(max(0, room)), "length": .int(Int64(length))]))
        }
        guard known.lastBatch + 1 < Int64(CouponCodeCipher.batchCount) else { throw .refused(Refusal("OVERFLOW")) }
        let batch = CouponBatch(
            number: known.lastBatch + 1, template: terms.template.key, count: count, codeLength: length, state: .ready,
            exportedCount: 0, exportedBy: nil, createdAt: draft.now)
        draft.write { tables throws(Problem) in try tables.set(batch) }
        return batch.json
    }
}

/// Notes that codes of a batch were taken out, or ends the batch.
public struct ChangeCouponBatch: ProgramCommand {
    public let number: Int64
    /// Not back to ready.
    public let state: CouponBatch.State

    public init(_ number: Int64, to state: CouponBatch.State) {
        self.number = number
        self.state = state
    }

    public var content: JSONValue {
        ["command": "change_coupon_batch", "batch": .int(number), "state": .string(state.rawValue)]
    }

    public func perform(in draft: inout ProgramDraft) throws(ProgramFailure) -> JSONValue {
        let number = number
        guard var batch = try draft.reading({ tables throws(Problem) in try tables.couponBatch(number) }) else {
            throw .refused(Refusal("NOT_FOUND", ["batch": .int(number)]))
        }
        let isOpen = batch.isOpen
        guard state != .ready, isOpen || batch.state == state && state != .exported else {
            throw .refused(Refusal("BATCH_CLOSED", ["state": .string(batch.state.rawValue)]))
        }
        batch.state = state
        if state == .exported {
            batch.exportedCount += 1
            batch.exportedBy = draft.actor.text
        }
        let (changed, actor, now, word) = (batch, draft.actor, draft.now, state.rawValue)
        draft.write { tables throws(Problem) in
            try tables.set(changed)
            try AuditChain.append(
                AuditEntry(
                    workspace: tables.workspace, at: now, actor: actor, action: "coupon_batch.\(word)", target: String(number),
                    detail: "\(changed.count) codes of \(changed.template.name)"), on: tables.connection)
        }
        return batch.json
    }
}

extension CouponBatch {
    package var json: JSONValue {
        var out = JSONMembers()
        out.put("batch", .int(number))
        out.put("template", template.name)
        out.put("version", template.version)
        out.put("count", .int(count))
        out.put("code_length", codeLength)
        out.put("state", state.rawValue)
        out.put("exported_count", .int(exportedCount))
        out.put("exported_by", exportedBy)
        return out.json
    }
}
