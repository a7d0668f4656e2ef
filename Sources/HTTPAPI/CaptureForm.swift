internal import Intake
internal import Model

/// What the SDKs of other protocols put beside their messages, and in what they wrap them.
///
/// Messages are JSON, or stand in the field `data` or `data_list` of a form or of the address: as JSON, or as base64 of JSON; in each of
/// these places also gzipped. Which it is, is told by how the bytes begin, as not every SDK says so.
struct CaptureForm {
    private var fields: [String: [UInt8]] = [:]

    /// Reads `name=value&…`; what was read first stays.
    mutating func read(_ form: [UInt8]) {
        for pair in form.split(separator: UInt8(ascii: "&")) {
            let halves = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(decoding: QueryText.decoded(utf8: Array(halves[0]), plusIsSpace: true), as: UTF8.self)
            guard fields[name] == nil, halves.count > 1 else { continue }
            fields[name] = QueryText.decoded(utf8: Array(halves[1]), plusIsSpace: true)
        }
    }

    func text(_ name: String) -> String? { fields[name].map { String(decoding: $0, as: UTF8.self) } }

    /// Whether a Mixpanel SDK wants more than `1` as its answer.
    var isVerbose: Bool { text("verbose") == "1" || text("verbose") == "true" }

    /// The JSON of the messages in `body`, or in the address where it is empty.
    ///
    /// - Throws: ``Problem`` with code `malformed_json`, `bad_encoding` or `body_too_large`.
    mutating func messages(in body: CollectBody, limit: Int) throws(Problem) -> CollectBody {
        let bytes = try CaptureForm.unzipped(body.withBytes { Array($0) }, limit: limit)
        if CaptureForm.isJSON(bytes) { return .inflated(bytes) }
        read(bytes)
        guard let data = fields["data"] ?? fields["data_list"] else { throw .noMessages }
        if CaptureForm.isJSON(data) { return .inflated(data) }
        // A plus that was not escaped has become a space.
        let text = data.map { $0 == UInt8(ascii: " ") ? UInt8(ascii: "+") : $0 }
        guard let decoded = CollectHead.decodeBase64(text, limit: .max) else { throw .unreadableMessages }
        return .inflated(try CaptureForm.unzipped(decoded, limit: limit))
    }

    private static func isJSON(_ bytes: [UInt8]) -> Bool {
        let first = bytes.first { !" \t\r\n".utf8.contains($0) }
        return first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
    }

    private static func unzipped(_ bytes: [UInt8], limit: Int) throws(Problem) -> [UInt8] {
        guard bytes.starts(with: [0x1F, 0x8B]) else { return bytes }
        let inflated = bytes.withUnsafeBytes { bytes in
            Result { () throws(Problem) in try BodyInflater.inflate(bytes, encoding: .gzip, limit: limit) }
        }
        return try inflated.get()
    }
}

extension Problem {
    static let noMessages = Problem(
        .init("malformed_json"), "The body is neither JSON nor a form with data or data_list. Send one of them.")
    static let unreadableMessages = Problem(
        .init("bad_encoding"), "What stands in data is neither JSON nor base64 of it. Send one of them.")
}
