import Loyalty
import Model
import Records

/// The lines of a member's ledger, and what there was before them: all of it, or of one month, as a bank tells it.
struct MemberStatement {
    /// So many are read at once.
    private static let step = 500

    /// The newest first.
    private(set) var lines: [PointStatementLine] = []
    /// What could be spent before the first of them.
    private(set) var opening: Int64 = 0
    /// Whether there are more of them.
    private(set) var isCut = false

    /// What could be spent after the last of them.
    var closing: Int64 { lines.first?.balance ?? opening }

    /// - Parameters:
    ///   - times: nil for all.
    ///   - linesMax: The most lines; the newest are taken.
    init(
        of member: ProgramMemberID, in currency: PointCurrency, within times: Range<Instant>?, linesMax: Int,
        _ reader: ProgramReader, at now: Instant
    ) async throws(Problem) {
        var cursor: Int64?
        repeat {
            let page = try await reader.statement(
                of: member, in: currency, before: cursor, limit: MemberStatement.step, at: now)
            for line in page.lines where line.effectiveAt < times?.upperBound ?? .distantFuture {
                isCut = lines.count == linesMax
                if isCut || line.effectiveAt < times?.lowerBound ?? .distantPast {
                    isCut = isCut && line.effectiveAt >= times?.lowerBound ?? .distantPast
                    opening = line.balance
                    return
                }
                lines.append(line)
            }
            cursor = page.next
        } while cursor != nil
    }
}

extension PointWriter {
    /// A statement as a file: instants and amounts as they are.
    func table(_ lines: [PointStatementLine]) -> FigureTable {
        func amount(_ amount: Int64?) -> FigureTable.Cell {
            FigureTable.Cell(
                amount.map(points) ?? "", raw: amount.map { Formats.decimalText($0, digits: currency.scale) }, numeric: true)
        }
        return FigureTable(
            headers: [
                (words(\.points.date), numeric: false), (words(\.points.what), numeric: false),
                (words(\.points.source), numeric: false), (words(\.points.by), numeric: false),
                (words(\.points.into), numeric: true), (words(\.points.out), numeric: true),
                (words(\.points.balance), numeric: true),
            ],
            rows: lines.map { line in
                let told = self.line(line)
                return [
                    .text(told.timestamp), .text(told.what), .text(told.source ?? ""), .text(told.by ?? ""),
                    amount(line.change > 0 ? line.change : nil), amount(line.change < 0 ? -line.change : nil),
                    amount(line.balance),
                ]
            })
    }
}
