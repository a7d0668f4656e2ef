/// Reads `multipart/form-data`, in which browsers send files (RFC 7578).
struct MultipartBody {
    private static let partsMax = 200
    private static let lineEnd: [UInt8] = [0x0D, 0x0A]

    /// By name; of a name that stands twice, the last one.
    private(set) var fields: [String: String] = [:]
    /// What was chosen as a file, as it is; a field in which none was chosen is left out.
    private(set) var files: [String: [UInt8]] = [:]

    /// - Parameter boundary: What parts the body, as its content type says.
    init(_ bytes: [UInt8], boundary: String) {
        let mark = MultipartBody.lineEnd + Array("--\(boundary)".utf8)
        let body = MultipartBody.lineEnd + bytes
        let places = MultipartBody.places(of: mark, in: body)
        // What follows the last mark is no part.
        for (start, end) in zip(places, places.dropFirst()).prefix(MultipartBody.partsMax) {
            take(body[min(start + mark.count, end) ..< end])
        }
    }

    /// What parts a body of such a content type; nil for another type.
    static func boundary(of contentType: String) -> String? {
        let parts = contentType.split(separator: ";").map { $0.drop { $0 == " " } }
        guard parts.first?.lowercased() == "multipart/form-data" else { return nil }
        let boundary = parts.lazy.compactMap { parameter("boundary", in: $0) }.first
        return boundary.flatMap { (1 ... 70).contains($0.utf8.count) ? $0 : nil }
    }

    private static func places(of mark: [UInt8], in body: [UInt8]) -> [Int] {
        var (places, next) = ([Int](), body.startIndex)
        while let at = body[next...].firstIndex(of: 0x0D) {
            if body[at...].starts(with: mark) { places.append(at) }
            next = at + 1
        }
        return places
    }

    /// Headers, an empty line, and what was sent.
    private mutating func take(_ part: ArraySlice<UInt8>) {
        let gap = MultipartBody.lineEnd + MultipartBody.lineEnd
        guard let end = part.indices.first(where: { part[$0...].starts(with: gap) }) else { return }
        let content = part[(end + gap.count)...]
        let lines = String(decoding: part[..<end], as: UTF8.self).split(whereSeparator: \.isNewline)
        guard let line = lines.first(where: { $0.lowercased().hasPrefix("content-disposition:") }) else { return }
        let parameters = line.split(separator: ";").map { $0.drop { $0 == " " } }
        guard let name = parameters.lazy.compactMap({ MultipartBody.parameter("name", in: $0) }).first else { return }
        if let file = parameters.lazy.compactMap({ MultipartBody.parameter("filename", in: $0) }).first {
            if !file.isEmpty || !content.isEmpty { files[name] = Array(content) }
        } else {
            fields[name] = String(decoding: content, as: UTF8.self)
        }
    }

    /// The value of `name=value` or `name="value"`; nil for another name.
    private static func parameter(_ name: String, in text: Substring) -> String? {
        guard let equals = text.firstIndex(of: "="), text[..<equals].lowercased() == name else { return nil }
        let value = text[text.index(after: equals)...]
        return String(value.hasPrefix("\"") ? value.dropFirst().prefix { $0 != "\"" } : value)
    }
}
