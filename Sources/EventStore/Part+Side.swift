internal import Columns
package import Model
internal import Synchronization

extension Part {
    /// The low 24 bits of each call's payload hash, by arrival.
    var payloadHashes: [UInt32] {
        guard let bytes = bytes(of: .payloadHashes) else { return [] }
        return (0 ..< rowCount).map { Part.payloadHash(bytes, at: $0) }
    }

    private static func payloadHash(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> UInt32 {
        UInt32(bytes[3 * offset]) | UInt32(bytes[3 * offset + 1]) << 8 | UInt32(bytes[3 * offset + 2]) << 16
    }

    /// The low 24 bits of the payload hash of the call whose messageId has this hash; nil when the part has no such call.
    ///
    /// Exact. Costs a look into one bucket, and for a call that is there the unpacking of 128 ids. Only for parts in files.
    func payloadHash(ofMessage hash: Hash128) -> UInt32? {
        guard let index = dedupe, let hashes = bytes(of: .payloadHashes),
            let offset = index.offset(of: hash, id: { self.messageIDBytes(atArrivalOffset: $0) })
        else { return nil }
        return Part.payloadHash(hashes, at: offset)
    }

    /// The decisions made with this part's calls, in arrival order.
    var decisions: [Decision] {
        guard let bytes = bytes(of: .decisions) else { return [] }
        return (0 ..< min(info.decisionCount, bytes.count / Decision.byteCount)).map {
            Decision(bytes, at: $0 * Decision.byteCount)
        }
    }

    /// Repeats mostly come in the order of the first calls, so the block of the last one is kept.
    private func messageIDBytes(atArrivalOffset offset: Int) -> [UInt8] {
        let number = offset / messageIDs.blockSize
        let block = lastMessageIDs.withLock { last in
            if let last, last.number == number { return last.block }
            let block = messageIDs.block(number)
            last = (number, block)
            return block
        }
        return block.withText(offset % messageIDs.blockSize) { Array($0) }
    }

    /// Calls `body` with each identity first seen in this part, by ordinal.
    func forEachNewIdentity(_ body: (IdentitySection.Entry) -> Void) {
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
            forEachNewIdentity { entry in
                _ = table.insert(
                    type: entry.type, value: entry.value, arrival: firstArrival + UInt64(entry.arrivalOffset),
                    receivedAt: entry.receivedAt)
            }
        }
        guard info.identityCount == 0 || table.count == expected else {
            let offset = directory.sections[PartLayout.SectionID.identities.rawValue]?.offset ?? 0
            throw PartReader(bytes: region.bytes, name: name).damaged(
                "its identities do not follow those before", at: offset)
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
