internal import Columns
package import Model

extension Part {
    /// The low bits of each call's payload hash, by arrival.
    var payloadHashes: [UInt32] {
        guard let bytes = bytes(of: .payloadHashes) else { return [] }
        return (0 ..< rowCount).map { bytes.integer(at: 4 * $0) }
    }

    /// The low 32 bits of the payload hash of the call whose messageId has this hash; nil when the part has no such call.
    ///
    /// Exact. Costs a look into one bucket, and for a call that is there the unpacking of 128 ids. Only for parts in files.
    func payloadHash(ofMessage hash: Hash128) -> UInt32? {
        guard let index = dedupe, let hashes = bytes(of: .payloadHashes),
            let offset = index.offset(of: hash, id: { self.messageIDs.text(at: $0) })
        else { return nil }
        return hashes.integer(at: 4 * offset)
    }

    /// The decisions made with this part's calls, in arrival order.
    var decisions: [Decision] {
        guard let bytes = bytes(of: .decisions) else { return [] }
        return (0 ..< min(info.decisionCount, bytes.count / Decision.byteCount)).map { Decision(bytes, at: $0 * Decision.byteCount) }
    }

    /// Calls `body` with type, value and arrival offset of each identity first seen in this part, by ordinal.
    func forEachNewIdentity(_ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer, Int) -> Void) {
        guard let bytes = bytes(of: .identities) else { return }
        let isWhole = IdentitySection.read(bytes, body)
        precondition(isWhole, "\(name): the identities cannot be read")
    }

    /// Adds the identities first seen in this part to those of the parts before it.
    ///
    /// - Throws: ``Problem`` with code `damaged` when they do not follow these.
    func addIdentities(to table: inout IdentityTable) throws(Problem) {
        let expected = Int(info.firstOrdinal) + info.identityCount
        if info.identityCount > 0, Int(info.firstOrdinal) == table.count {
            forEachNewIdentity { type, value, offset in
                _ = table.insert(
                    type: type, value: value, arrival: firstArrival + UInt64(offset), receivedAt: receivedAtList.value(at: offset))
            }
        }
        guard info.identityCount == 0 || table.count == expected else {
            let offset = directory.sections[PartLayout.SectionID.identities.rawValue]?.offset ?? 0
            throw PartReader(bytes: region.bytes, name: name).damaged("The part's identities do not follow those before", at: offset)
        }
    }

    /// Compares every checksum with the bytes as they are now.
    ///
    /// - Throws: ``Problem`` with code `damaged`, with file and offset.
    package func verify() throws(Problem) {
        let reader = PartReader(bytes: region.bytes, name: name)
        try reader.verify(try reader.directory())
    }

    func bytes(of section: PartLayout.SectionID) -> UnsafeRawBufferPointer? {
        directory.sections[section.rawValue].map { region.bytes.slice($0.offset, $0.byteCount) }
    }
}
