internal import Columns
internal import Model

/// What the batch says for all of its calls.
struct CallEnvelope {
    var sentAt: Instant?
    /// Objects, merged under the calls' own.
    var context: JSONNode?
    var integrations: JSONNode?
    /// Bytes and keys that the two add to each call.
    var bytes = 0
    var keys = 0
    /// What was noticed in the envelope, which holds for each call.
    var flags: CallFlags = []

    init() {}

    /// Reads the envelope of `batch`, an object.
    ///
    /// - Throws: ``Problem`` for the whole body, when context or integrations are unusable.
    init(_ batch: JSONNode, survey: inout CallSurvey, checker: CallChecker) throws(Problem) {
        sentAt = batch.member("sentAt").flatMap { CallClock.instant($0) }
        context = try section(batch.member("context"), "context", &survey)
        if let context {
            do {
                try checker.check(context: context)
            } catch {
                throw Problem(error.code, "\(error.reason)", place: error.pointer)
            }
        }
        integrations = try section(batch.member("integrations"), "integrations", &survey)
        for section in [context, integrations] {
            guard let section else { continue }
            var text: [UInt8] = []
            section.writeCanonical(to: &text)
            bytes += text.count
        }
    }

    private mutating func section(
        _ node: JSONNode?, _ name: String, _ survey: inout CallSurvey
    ) throws(Problem) -> JSONNode? {
        guard let node, !node.isNull else { return nil }
        guard node.kind == .object else {
            if node.kind == .array, node.count == 0 { return nil }
            throw Problem(.init("invalid_type"), "\(name) must be an object, but this is \(node.kindName).", place: "/\(name)")
        }
        do {
            try survey.read(section: node)
        } catch {
            throw Problem(error.code, "\(error.reason)", place: "/\(name)")
        }
        keys += survey.keyCount
        if survey.duplicateKeys > 0 { flags.insert(.duplicateKey) }
        if survey.holdsBigNumber { flags.insert(.bigInteger) }
        return node
    }
}
