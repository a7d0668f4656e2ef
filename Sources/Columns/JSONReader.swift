internal import CSimdjson
public import Model

/// What the data plane forgives in JSON, because real clients send it (specs: collect, §1).
public struct JSONMercies: OptionSet, Sendable, Hashable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Bare `NaN`, `Infinity` and `-Infinity` are read as `null`.
    public static let nonFinite = JSONMercies(rawValue: 1)
    /// Numbers beyond 64 bits or beyond Double are kept as their text.
    public static let bigNumbers = JSONMercies(rawValue: 2)
    /// Invalid UTF-8 and lone surrogates inside strings become U+FFFD.
    public static let badText = JSONMercies(rawValue: 4)
    /// Text nested deeper than 1,024 levels is read all the same, for a caller who refuses only the part that is; never recurse over it.
    public static let depth = JSONMercies(rawValue: 8)

    /// Everything that collect forgives.
    public static let collect: JSONMercies = [.nonFinite, .bigNumbers, .badText]
    /// What a body of calls is read with, where one call that is too deep must not take its neighbours along.
    public static let calls: JSONMercies = [.collect, .depth]
}

/// Reads JSON with simdjson into a tape, again and again with the same buffers.
///
/// For one thread at a time.
///
/// Strict RFC 8259. Where that fails and the caller forgives something, the text is mended in one pass and read a second time.
public final class JSONReader {
    private let parser: OpaquePointer?
    private var text: UnsafeMutableRawBufferPointer
    private var mender = JSONMender()

    public init() {
        parser = teahouse_json_create()
        text = JSONReader.buffer(count: 16 << 10)
    }

    deinit {
        teahouse_json_destroy(parser)
        text.deallocate()
    }

    /// Reads one document; it is valid until the next `read` of this reader, which must be kept alive as long.
    ///
    /// - Throws: ``Problem`` with code `malformed_json` and the line and column of the first error, or `too_deep` beyond 1,024 levels
    ///   (with ``JSONMercies/depth`` beyond two million).
    public func read(_ bytes: UnsafeRawBufferPointer, mercies: JSONMercies = []) throws(Problem) -> JSONDocument {
        let bytes = bytes.starts(with: JSONReader.byteOrderMark) ? UnsafeRawBufferPointer(rebasing: bytes[3...]) : bytes
        hold(bytes)
        var document = teahouse_json_document()
        var status = parse(count: bytes.count, mercies, &document)
        var marks: [JSONMark] = []
        if status == Int32(TEAHOUSE_JSON_INVALID), !mercies.isEmpty, mender.mend(bytes, mercies: mercies) {
            marks = mender.marks
            mender.output.withUnsafeBytes { hold($0) }
            status = parse(count: mender.output.count, mercies, &document)
        }
        guard status == Int32(TEAHOUSE_JSON_OK), let tape = document.tape, let strings = document.strings,
            let structurals = document.structurals
        else { throw JSONReader.problem(status: status, bytes: bytes, mercies: mercies) }
        return JSONDocument(
            tape: tape, strings: strings, text: text.baseAddress.map { UnsafePointer($0.assumingMemoryBound(to: UInt8.self)) },
            structurals: UnsafeBufferPointer(start: structurals, count: document.structural_count), marks: marks)
    }

    /// Reads one document and hands it to `body`; the reader, whose memory the document borrows, lives until `body` returns.
    ///
    /// - Throws: what ``read(_:mercies:)`` and `body` throw.
    public func withDocument<Value>(
        _ bytes: UnsafeRawBufferPointer, mercies: JSONMercies = [], _ body: (JSONDocument) throws(Problem) -> Value
    ) throws(Problem) -> Value {
        defer { withExtendedLifetime(self) {} }
        return try body(try read(bytes, mercies: mercies))
    }

    private func parse(count: Int, _ mercies: JSONMercies, _ document: inout teahouse_json_document) -> Int32 {
        guard let parser, let start = text.baseAddress?.assumingMemoryBound(to: UInt8.self) else {
            return Int32(TEAHOUSE_JSON_MEMORY)
        }
        let status = teahouse_json_parse(parser, start, count, &document)
        guard status == Int32(TEAHOUSE_JSON_DEEP), mercies.contains(.depth) else { return status }
        return teahouse_json_parse_deep(parser, start, count, &document)
    }

    /// Copies `bytes` to where padding follows them.
    private func hold(_ bytes: UnsafeRawBufferPointer) {
        let needed = bytes.count + Int(TEAHOUSE_JSON_PADDING)
        if needed > text.count || (text.count > 16 << 20 && needed < 1 << 20) {
            text.deallocate()
            text = JSONReader.buffer(count: needed + needed / 2)
        }
        if let source = bytes.baseAddress { text.baseAddress?.copyMemory(from: source, byteCount: bytes.count) }
        UnsafeMutableRawBufferPointer(rebasing: text[bytes.count ..< needed]).initializeMemory(as: UInt8.self, repeating: 0x20)
    }

    private static func buffer(count: Int) -> UnsafeMutableRawBufferPointer {
        .allocate(byteCount: count, alignment: 64)
    }

    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    private static func problem(status: Int32, bytes: UnsafeRawBufferPointer, mercies: JSONMercies) -> Problem {
        switch status {
        case Int32(TEAHOUSE_JSON_DEEP):
            Problem(
                .tooDeep,
                mercies.contains(.depth)
                    ? "The JSON is nested deeper than two million levels. Send flatter data."
                    : "The JSON is nested deeper than \("1,024") levels. Send flatter data.")
        case Int32(TEAHOUSE_JSON_MEMORY):
            Problem(.overloaded, "There is no memory to read this JSON now. Try again.", status: 503, retryAfterSeconds: 1)
        default:
            JSONDiagnosis.problem(of: bytes, mercies: mercies)
        }
    }
}

extension Problem.Code {
    /// Nested deeper than allowed.
    public static let tooDeep = Problem.Code("too_deep")
}
