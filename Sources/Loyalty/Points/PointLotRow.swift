import Model
import Records

/// How a lot stands in its table.
enum PointLotRow {
    private static let fixedColumns = """
        number, parent_member, parent_number, hop, source, line, rule, original, earned_at, vintage, funded_by, value_minor, \
        value_points, transferable, colours
        """
    private static let changingColumns = [
        "activation", "activates_at", "expires_at", "frozen", "remaining", "held", "spent", "expired", "revoked", "moved",
        "donated",
        "repaid", "reinstated", "closed",
    ]

    /// Columns as ``read(_:)`` takes them.
    static let columns = fixedColumns + ", " + changingColumns.joined(separator: ", ")

    static let insert = """
        INSERT INTO point_lots (workspace, member, currency, \(columns))
        VALUES (\(Array(repeating: "?", count: 18 + changingColumns.count).joined(separator: ", ")))
        """
    static let update = """
        UPDATE point_lots SET \(changingColumns.map { "\($0) = ?" }.joined(separator: ", "))
        WHERE workspace = ? AND member = ? AND currency = ? AND number = ?
        """

    /// What never changes.
    static func fixed(_ lot: PointLot) -> [SQLValue] {
        [
            .integer(lot.id.number), lot.parent.map { .integer($0.owner.number) } ?? .null,
            lot.parent.map { .integer($0.lot.number) } ?? .null, .count(lot.hop), .text(lot.source.id), .text(lot.source.line),
            .text(lot.source.rule), .integer(lot.original), .instant(lot.earnedAt), .integer(lot.vintage), .optional(lot.fundedBy),
            .integer(lot.value.minor), .integer(lot.value.points), .flag(lot.isTransferable),
            .text(lot.colours.sorted().joined(separator: "\n")),
        ]
    }

    static func changing(_ lot: PointLot) -> [SQLValue] {
        let (word, instant): (String, Instant?) =
            switch lot.activation {
            case .active: ("active", nil)
            case .at(let instant): ("at", instant)
            case .awaited(let until): ("awaited", until)
            }
        let all = lot.quantities
        return [
            .text(word), .optional(instant), .optional(lot.expiresAt), .flag(lot.isFrozen), .integer(all.remaining),
            .integer(all.held), .integer(all.spent), .integer(all.expired), .integer(all.revoked), .integer(all.moved),
            .integer(all.donated), .integer(all.repaid), .integer(lot.reinstated), .flag(lot.isClosed),
        ]
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
        var lot = PointLot(
            id: id, parent: nil, hop: hop, source: source, original: original, earnedAt: earnedAt, vintage: vintage,
            activation: activation(word, instant), expiresAt: end, fundedBy: fundedBy, value: value,
            isTransferable: isTransferable, colours: Set(colours.split(separator: "\n").map(String.init)), quantities: .init())
        if let parentMember, let parentNumber {
            lot.parent = .init(owner: ProgramMemberID(number: Int64(parentMember)), lot: PointID(Int64(parentNumber)))
        }
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
