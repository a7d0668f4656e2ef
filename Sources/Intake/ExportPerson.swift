public import Model
import OrderedCollections
public import People

/// Writes everything about one person as one JSON object: the portrait, relationships, decisions, memberships of the program, and every
/// call, oldest first.
///
/// Memory: some sixty bytes for each of the person's calls.
public struct PersonExport: Sendable {
    /// What comes before the calls; empty once it was given out.
    private var head: [UInt8]
    private let calls: PersonCalls
    private var count = 0
    private var isEnded = false

    /// nil when there is no such person.
    ///
    /// - Parameter memberships: What the program knows of them.
    public init?(_ view: PeopleView, of person: PersonID, memberships: [JSONValue] = []) throws(Problem) {
        guard let profile = view.profile(person), case .object(var members) = profile.json else { return nil }
        members["relationships"] = .array(view.relationships(of: person).map(\.json))
        let decisions = try view.everyDecision(about: person)
        members["decisions"] = .array(decisions.map(\.json))
        members["memberships"] = .array(memberships)
        var head = JSONValue.object(members).utf8
        head.removeLast()
        self.head = head + Array(",\"calls\":[".utf8)
        calls = view.calls(of: person)
    }

    /// Number of the person's calls.
    public var callCount: Int { calls.count }

    /// The next piece, about 256 KB of calls at most, the first one with all that comes before them; nil at the end.
    public mutating func next() -> [UInt8]? {
        if isEnded { return nil }
        var piece = head
        head = []
        while count < calls.count, piece.count < EventExport.pieceBytes {
            if count > 0 { piece.append(UInt8(ascii: ",")) }
            calls[count].wireJSON.write(to: &piece)
            count += 1
        }
        if count == calls.count {
            piece += Array("]}\n".utf8)
            isEnded = true
        }
        return piece
    }
}
