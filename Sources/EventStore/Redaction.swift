internal import Columns
internal import Model

/// Blacks out the identities of people who were erased in what is left of others: texts, names of events and of members.
///
/// ``IdentityFinder`` says what counts as one. A messageId that holds one is replaced by its hash, see ``MessageHash``.
struct Redaction: Sendable {
    private let finder: IdentityFinder

    init(_ people: ErasedPeople) { finder = IdentityFinder(people.texts, madeUp: people.madeUp) }

    /// A text of a column without the values; nil when it holds none.
    func redacted(_ text: UnsafeRawBufferPointer, namingSomebody: Bool) -> [UInt8]? {
        finder.redacted(text, namesSomebody: namingSomebody)
    }

    func redacted(_ kind: EventKind) -> EventKind {
        guard let event = kind.event?.withUnsafeBytes({ finder.redacted($0) }) else { return kind }
        return EventKind(event: event, type: kind.type)
    }

    func isIn(_ text: UnsafeRawBufferPointer) -> Bool { finder.isIn(text) }

    /// Costs the unpacking of every messageId.
    func isInMessageIDs(of part: Part) -> Bool {
        var isFound = false
        part.messageIDs.forEach { if !isFound { isFound = finder.isIn($0) } }
        return isFound
    }

    /// The keys of a part's columns that hold a value by the keys in whose place they come.
    ///
    /// Members of one object stay apart: `(erased)`, `(erased) 2`, …; what stood in one object stays in one.
    func renamed(_ keys: some Collection<ColumnKey>) -> [ColumnKey: ColumnKey] {
        let changed = keys.filter { $0.path.withUnsafeBytes(finder.isIn) }
        if changed.isEmpty { return [:] }
        var taken = Set(keys.flatMap(\.beginnings))
        var places: [ColumnKey: ColumnKey] = [:]
        var renamed: [ColumnKey: ColumnKey] = [:]
        for key in changed.sorted() {
            var place = ColumnKey(section: key.section, path: [])
            for beginning in key.beginnings {
                let next = places[beginning] ?? self.place(of: beginning.name, in: place, taken: &taken)
                (places[beginning], place) = (next, next)
            }
            renamed[key] = place
        }
        return renamed
    }

    private func place(of name: [UInt8], in object: ColumnKey, taken: inout Set<ColumnKey>) -> ColumnKey {
        guard let clean = name.withUnsafeBytes({ finder.redacted($0) }) else { return object.appending(name) }
        var place = object.appending(clean)
        var number = 1
        while !taken.insert(place).inserted {
            number += 1
            place = object.appending(clean + Array(" \(number)".utf8))
        }
        return place
    }
}

extension ColumnKey {
    /// Whether its texts are what a member says that names somebody.
    var namesSomebody: Bool { IdentityFinder.namesSomebody(PropertyPath.keys(of: path)) }

    /// The keys of all objects in which it stands, outermost first, and its own.
    fileprivate var beginnings: [ColumnKey] {
        let ends = path.indices.filter { path[$0] == PropertyPath.separator } + [path.count]
        return ends.map { ColumnKey(section: section, path: Array(path[..<$0])) }
    }

    /// Its innermost key.
    fileprivate var name: [UInt8] { Array(path[((path.lastIndex(of: PropertyPath.separator) ?? -1) + 1)...]) }

    fileprivate func appending(_ name: [UInt8]) -> ColumnKey {
        ColumnKey(section: section, path: path.isEmpty ? name : path + [PropertyPath.separator] + name)
    }
}
