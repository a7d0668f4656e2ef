import Columns
import Crypto
import Model
import Records

extension KnownCommand {
    /// What stands in the place of what an erased command said.
    static let erasedContent = JSONValue.string(IdentityFinder.mark)
    /// What everybody is told who sends one again.
    static let erasedAnswer = Refusal("COMMAND_ERASED").json

    /// Whether only its id is left, since it was about somebody who was erased.
    var isErased: Bool { content == KnownCommand.erasedContent.text }
}

extension ProgramErasure {
    /// Leaves of a member's commands nothing but their ids; tells how many there were.
    func forgetCommands(of member: ProgramMemberID) throws(Problem) -> Int {
        var count = 0
        for command in try tables.commands(of: member) { count += try forgetCommand(command.id) }
        return count
    }

    /// The same with all commands that name the person, whoever sent them.
    func forgetNamingCommands() throws(Problem) -> Int {
        var count = 0
        for found in try names.rows(of: .programCommands, on: tables.connection) {
            guard case .text(let id) = found.key[1] else { continue }
            count += try forgetCommand(id)
        }
        return count
    }

    private func forgetCommand(_ id: String) throws(Problem) -> Int {
        try tables.connection.execute(
            "UPDATE loyalty_commands SET id = ?, content = ?, refused = 1, answer = ? WHERE workspace = ? AND id = ?",
            [
                .text(names.finder.isIn(id) ? names.substitute(id) : id), .text(KnownCommand.erasedContent.text),
                .text(KnownCommand.erasedAnswer.text), .text(tables.workspace.text), .text(id),
            ])
    }

    /// Puts a seal in the place of each command's id in the books that names the person, and has the audit keep what was sealed.
    func sealEntries() throws(Problem) {
        let places = try names.rows(of: .pointEntries, on: tables.connection).compactMap { row -> EntryPlace? in
            guard case .integer(let member) = row.key[1], case .text(let currency) = row.key[2],
                case .integer(let position) = row.key[3]
            else { return nil }
            return EntryPlace(book: PointBookKey(member: ProgramMemberID(number: member), currency: currency), position: position)
        }
        guard !places.isEmpty else { return }
        var seals = ""
        for place in places.sorted() {
            let seal = try sealed(place)
            seals += seal
            try tables.connection.execute(
                "UPDATE point_entries SET command = ? WHERE workspace = ? AND member = ? AND currency = ? AND position = ?",
                [.text(seal)] + tables.values(of: place.book) + [.integer(place.position)])
        }
        let digest = KeyDigest(bytes: SHA256.hash(data: Array(seals.utf8))).hex
        try note("points.sealed", "\(places.count) entries: \(digest)")
    }

    private func sealed(_ place: EntryPlace) throws(Problem) -> String {
        let entries = try tables.entries(
            of: place.book, where: "position IN (?, ?) ORDER BY position", .integer(place.position - 1), .integer(place.position))
        guard let entry = entries.last, entry.position == place.position else {
            throw Problem(.damaged, "An entry of \(place.book.member) is gone.", status: 500)
        }
        let before = entries.count > 1 ? entries[0].hash : PointChain.start
        return PointSeal.command(of: entry, after: before)
    }
}

/// Where an entry stands: in the order of the exported file.
private struct EntryPlace: Comparable {
    let book: PointBookKey
    let position: Int64

    static func < (left: EntryPlace, right: EntryPlace) -> Bool {
        let (one, other) = (left.book, right.book)
        return (one.currency, one.member, left.position) < (other.currency, other.member, right.position)
    }
}

extension ProgramTables {
    /// The commands that are a matter of a member.
    ///
    /// Others' commands that name the member, such as points that were sent to them, are theirs.
    /// - Parameter identities: By which the member is named, too.
    func commands(of member: ProgramMemberID, knownAs identities: [Identity] = []) throws(Problem) -> [KnownCommand] {
        let names = [member.text] + identities.map(\.typed)
        // What is escaped in JSON is anything to the database, and compared below.
        let patterns = names.map { name in
            SQLValue.text("%\"\(String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "%" }))\"%")
        }
        let condition = names.map { _ in "content LIKE ? OR answer LIKE ?" }.joined(separator: " OR ")
        let named = try list(
            """
            SELECT id, actor, content, recorded_at, refused, answer FROM loyalty_commands
            WHERE workspace = ? AND (\(condition)) ORDER BY recorded_at, id
            """, [.text(workspace.text)] + patterns.flatMap { [$0, $0] }, ProgramTables.command)
        var commands: [KnownCommand] = []
        for command in named {
            let content = try JSONParser.parse(Array(command.content.utf8))
            if command.answer.body.isAbout(names) || content.isAbout(names) { commands.append(command) }
        }
        return commands
    }
}

extension JSONValue {
    private static let subjects = ["member", "identity", "from", "merged", "beneficiary", "account"]

    /// Whether a command or its answer is a matter of one of these, not only of somebody else who gave them something.
    fileprivate func isAbout(_ names: [String]) -> Bool {
        func isOne(_ value: JSONValue?) -> Bool { value?.stringValue.map(names.contains) ?? false }
        if JSONValue.subjects.contains(where: { isOne(self[$0]) }) { return true }
        // What ended by one command, for one or for many.
        let ended = self["ended"]?.arrayValue ?? []
        return !ended.isEmpty && ended.allSatisfy { isOne($0["member"]) }
    }
}
