/// Some rows of a file as calls, and which rows each call came from.
struct ImportChunk: Sendable {
    /// NDJSON.
    var lines: [UInt8] = []
    /// For each call how many of `rows` belong to it and those before it; a call with no row of its own tells traits.
    var rowEnds: [Int] = []
    /// Line numbers of rows in the file.
    var rows: [Int] = []
    /// Rows refused before they became calls.
    var refused: [ImportRefusal] = []
    /// Rows read.
    var rowCount = 0
    /// The first line of the file that is neither in this chunk's calls nor before them.
    var nextLine = 1

    var callCount: Int { rowEnds.count }

    /// The rows of call `index`.
    func rows(ofCall index: Int) -> ArraySlice<Int> { rows[(index == 0 ? 0 : rowEnds[index - 1]) ..< rowEnds[index]] }

    /// Call `index`, its line feed included; the last calls are the cheapest to find.
    func line(ofCall index: Int) -> ArraySlice<UInt8> {
        var end = lines.endIndex
        var place = callCount
        while end > 0 {
            let start = lines[..<(end - 1)].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
            place -= 1
            if place == index { return lines[start ..< end] }
            end = start
        }
        return []
    }

    mutating func add(call: some Collection<UInt8>, rows: some Collection<Int>) {
        lines.append(contentsOf: call)
        self.rows.append(contentsOf: rows)
        rowEnds.append(self.rows.count)
    }
}

/// One row that was not taken.
public struct ImportRefusal: Sendable, Hashable {
    /// Its line in the file, from 1.
    public var line: Int
    /// A stable word such as `missing_identity`.
    public var code: String
    public var reason: String
}
