import Model
import Records

/// What a desk that writes ahead of the tables knows by heart: what is not in them yet, and what was used lately.
///
/// It holds as long as nobody else writes.
final class ProgramMemory {
    /// About 1 KiB each.
    private static let bookMax = 131_072
    /// About 200 bytes each.
    private static let memberMax = 262_144
    private static let commandMax = 16_384

    struct EarningKey: Hashable {
        let source: PointSource
        let currency: String

        func hash(into hasher: inout Hasher) { hasher.combine(source) }
    }

    let books = Remembered<PointBookKey, KeptPointBook>(limit: bookMax)
    let members = Remembered<ProgramMemberID, ProgramMember>(limit: memberMax)
    let identities = Remembered<Identity, ProgramMemberID>(limit: memberMax)
    /// What receivers have said; nil for nothing.
    let consents = Remembered<ProgramMemberID, TransferConsent?>(limit: memberMax)
    /// What members have given in a month, longer than their books.
    let given = Remembered<PointBookKey, PointsGiven>(limit: memberMax)
    let commands = Remembered<ExactText, KnownCommand>(limit: commandMax)
    /// Whose book has what was earned.
    let earned = Remembered<EarningKey, PointBookKey>(limit: commandMax)
    /// Counts the groups.
    private(set) var turn = 0
    private var numbers: [(turn: Int, number: Int64)] = []
    private var program: Program?

    /// Begins a group.
    ///
    /// - Parameter applied: The last number whose rows are in the tables.
    func begin(applied: Int64) {
        let count = numbers.prefix { $0.number <= applied }.count
        if count > 0 {
            let last = numbers[count - 1].turn
            numbers.removeFirst(count)
            books.settle(until: last)
            members.settle(until: last)
            identities.settle(until: last)
            given.settle(until: last)
            commands.settle(until: last)
            earned.settle(until: last)
        }
        turn += 1
    }

    /// Notes the number of the rows of the group.
    func end(number: Int64) { numbers.append((turn, number)) }

    /// Whether books were read under the rules that hold now.
    func knows(_ program: Program) -> Bool {
        defer { self.program = program }
        return self.program == nil || self.program == program
    }
}
