import Model

/// The rows of an answer while they are made, counted as held by the question.
struct AnswerRows {
    private let watch: QuestionWatch?
    private(set) var rows: [JSONValue] = []
    private var byteCount = 0
    private var noted = 0

    private static let stepBytes = 1 << 16

    init(_ watch: QuestionWatch?) { self.watch = watch }

    /// - Throws: ``Problem`` as ``QuestionWatch/check()`` when there is no room for more.
    mutating func append(_ row: JSONValue) throws(Problem) {
        rows.append(row)
        guard let watch else { return }
        byteCount += MemoryLayout<JSONValue>.stride + row.outerBytes
        if byteCount - noted >= AnswerRows.stepBytes, !watch.goesOn(holding: byteCount, noted: &noted) { try watch.check() }
    }

    var json: JSONValue { .array(rows) }
}
