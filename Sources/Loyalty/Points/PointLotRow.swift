import Model
import Records

/// How a lot stands in its table.
enum PointLotRow {
    static let fixedColumns = [
        "parent_member", "parent_number", "hop", "source", "line", "rule", "original", "earned_at", "vintage", "funded_by",
        "value_minor", "value_points", "transferable", "colours",
    ]
    static let changingColumns = [
        "activation", "activates_at", "expires_at", "frozen", "remaining", "held", "spent", "expired", "revoked", "moved",
        "donated", "repaid", "reinstated", "closed",
    ]

    /// Columns as ``read(_:)`` takes them and ``values(_:)`` gives them.
    static let columns = (["number"] + fixedColumns + changingColumns).joined(separator: ", ")

    static func write(_ lot: PointLot, to row: inout some RowSink) {
        row.add(lot.id.number)
        row.add(lot.parent?.owner.number)
        row.add(lot.parent?.lot.number)
        row.add(Int64(lot.hop))
        row.add(lot.source.id)
        row.add(lot.source.line)
        row.add(lot.source.rule)
        row.add(lot.original)
        row.add(lot.earnedAt)
        row.add(lot.vintage)
        row.add(lot.fundedBy)
        row.add(lot.value.minor)
        row.add(lot.value.points)
        row.add(lot.isTransferable)
        row.add(lot.colours.sorted().joined(separator: "\n"))
        let (word, instant): (String, Instant?) =
            switch lot.activation {
            case .active: ("active", nil)
            case .at(let instant): ("at", instant)
            case .awaited(let until): ("awaited", until)
            }
        row.add(word)
        row.add(instant)
        row.add(lot.expiresAt)
        row.add(lot.isFrozen)
        let all = lot.quantities
        for count in [all.remaining, all.held, all.spent, all.expired, all.revoked, all.moved, all.donated, all.repaid] {
            row.add(count)
        }
        row.add(lot.reinstated)
        row.add(lot.isClosed)
    }

    static func read(_ reader: inout RowReader) throws(Problem) -> PointLot {
        let id = PointID(try reader.integer())
        let (parentMember, parentNumber) = (try reader.optionalCount(), try reader.optionalCount())
        let hop = try reader.count()
        let source = PointSource(id: try reader.text(), line: try reader.text(), rule: try reader.text())
        let (original, earnedAt, vintage) = (try reader.integer(), try reader.instant(), try reader.integer())
        let fundedBy = try reader.optionalText()
        let value = PointValue(minor: try reader.integer(), points: try reader.integer())
        let (isTransferable, colours) = (try reader.flag(), try reader.text())
        let (word, instant, end) = (try reader.text(), try reader.optionalInstant(), try reader.optionalInstant())
        var parent: PointLot.Parent?
        if let parentMember, let parentNumber {
            parent = .init(owner: ProgramMemberID(number: Int64(parentMember)), lot: PointID(Int64(parentNumber)))
        }
        var lot = PointLot(
            id: id, parent: parent, hop: hop, source: source, original: original, earnedAt: earnedAt, vintage: vintage,
            activation: activation(word, instant), expiresAt: end, fundedBy: fundedBy, value: value,
            isTransferable: isTransferable, colours: Set(colours.split(separator: "\n").map(String.init)), quantities: .init())
        lot.isFrozen = try reader.flag()
        lot.quantities = try quantities(&reader)
        (lot.reinstated, _) = (try reader.integer(), try reader.flag())
        return lot
    }

    private static func activation(_ word: String, _ instant: Instant?) -> PointLot.Activation {
        guard let instant else { return .active }
        return word == "awaited" ? .awaited(until: instant) : .at(instant)
    }

    private static func quantities(_ reader: inout RowReader) throws(Problem) -> PointLot.Quantities {
        PointLot.Quantities(
            remaining: try reader.integer(), held: try reader.integer(), spent: try reader.integer(),
            expired: try reader.integer(), revoked: try reader.integer(), moved: try reader.integer(),
            donated: try reader.integer(), repaid: try reader.integer())
    }
}
