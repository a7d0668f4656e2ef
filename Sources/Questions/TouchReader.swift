import EventStore
import Model

/// Names the touches of histories: each gets the interned number of its name, from 1; 0 is no touch.
struct TouchReader {
    private(set) var interner = ValueInterner()
    /// By part; empty when channels name the touches.
    private var columns: [InternedColumn] = []
    private var channels: [(bit: UInt64, number: Int32)] = []

    init(_ touch: AttributionQuestion.Touch, selectors: [Selector], _ parts: [Part]) {
        switch touch {
        case .property(let name): columns = parts.map { InternedColumn(name, in: $0) }
        case .channels(let list):
            for channel in list {
                channels.append((QuestionRun.bit(of: channel.selector, in: selectors), interner.number(of: .string(channel.name))))
            }
        }
    }

    var byteCount: Int { interner.byteCount + InternedColumn.byteCount([columns]) }

    mutating func number(of value: JSONValue) -> Int32 { interner.number(of: value) }

    mutating func number(at index: Int, _ history: borrowing History) -> Int32 {
        if columns.isEmpty {
            let marks = history.marks[index]
            for channel in channels where marks & channel.bit != 0 { return channel.number }
            return 0
        }
        return columns[Int(history.parts[index])].number(at: Int(history.rows[index]), &interner)
    }
}
