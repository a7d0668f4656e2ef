import Model
import OrderedCollections
import Records

/// The number of a hold, a spending or a lot, and in whose book it was made.
struct PointNumber: Hashable {
    let kind: PointRefusal.Thing
    let id: PointID
    /// In whose book it is, then into whom they were merged, one after the other; the last has the points now.
    let owners: [ProgramMemberID]
}

extension ProgramDraft {
    /// Whose number it is, as the member was named: who was merged keeps the numbers that were made before it.
    ///
    /// - Parameter heir: Who is named now.
    mutating func number(
        _ kind: PointRefusal.Thing, _ id: PointID, of wish: MemberWish, _ heir: ProgramMember, _ currency: PointCurrency
    ) throws(ProgramFailure) -> PointNumber {
        var numbers: [PointNumber] = []
        for first in try asking({ transaction throws(Problem) in try transaction.firstMembers(wish) }) {
            var owners = try heirs(of: first)
            guard owners.last == heir.id else { continue }
            // The numbers of a book ended when its member was merged, and those of the heir's went on above them.
            while owners.count > 1,
                try book(PointBookKey(member: owners[0], currency: currency.key)).book.lastNumber < id.number
            { owners.removeFirst() }
            let number = PointNumber(kind: kind, id: id, owners: owners)
            if !numbers.contains(number) { numbers.append(number) }
        }
        if numbers.count > 1 {
            var known: [PointNumber] = []
            for number in numbers where try isThere(number, currency) { known.append(number) }
            if known.count > 1 {
                let members = known.compactMap(\.owners.first?.text).map { JSONValue.string($0) }
                throw .refused(Refusal("NUMBER_AMBIGUOUS", ["number": .int(id.number), "members": .array(members)]))
            }
            numbers = known
        }
        return numbers.first ?? PointNumber(kind: kind, id: id, owners: [heir.id])
    }

    /// A member and those into whom they were merged, one after the other.
    func heirs(of member: ProgramMemberID) throws(ProgramFailure) -> [ProgramMemberID] {
        try asking { transaction throws(Problem) in
            var owners = [member]
            var last: ProgramMemberID? = member
            while let id = last {
                last = try transaction.member(id)?.mergedInto
                if let last { owners.append(last) }
            }
            return owners
        }
    }

    private mutating func isThere(_ number: PointNumber, _ currency: PointCurrency) throws(ProgramFailure) -> Bool {
        let key = PointBookKey(member: number.owners[0], currency: currency.key)
        try load(number, key)
        let book = try book(key).book
        return switch number.kind {
        case .hold: book.holds[number.id] != nil
        case .spending: book.spendings[number.id] != nil
        case .lot: book.lots[number.id] != nil
        }
    }

    /// Sees to it that a book holds what a number is of.
    mutating func load(_ number: PointNumber, _ key: PointBookKey) throws(ProgramFailure) {
        switch number.kind {
        case .hold: try load(hold: number.id, key)
        case .spending: try load(spending: number.id, key)
        case .lot: try load(lots: "number = \(number.id.number)", key)
        }
    }

    /// A lot of somebody who was merged, and all that came of it in the books of the heirs by merging.
    mutating func moved(
        _ number: PointNumber, _ currency: PointCurrency
    ) throws(ProgramFailure) -> [(key: PointBookKey, lot: PointLot)] {
        let first = PointBookKey(member: number.owners[0], currency: currency.key)
        try load(number, first)
        guard let lot = try book(first).book.lots[number.id] else { throw .refused(PointRefusal.unknown(.lot, number.id).refusal) }
        var found = [(key: first, lot: lot)]
        for owner in number.owners.dropFirst() {
            let key = PointBookKey(member: owner, currency: currency.key)
            let parents = found.map { "parent_member = \($0.key.member.number) AND parent_number = \($0.lot.id.number)" }
            try load(lots: "(\(parents.joined(separator: " OR ")))", key)
            // What was given away counts a move: it is the receiver's own.
            found += try book(key).book.lots.values.filter { lot in
                found.contains { $0.key.member == lot.parent?.owner && $0.lot.id == lot.parent?.lot && $0.lot.hop == lot.hop }
            }.sorted { $0.id < $1.id }.map { (key, $0) }
        }
        return found
    }

    /// Lets the command count later than all that was done to a book.
    mutating func follow(_ key: PointBookKey) throws(ProgramFailure) {
        now = max(now, try book(key).recordedAt.advanced(byMicroseconds: 1))
    }
}
