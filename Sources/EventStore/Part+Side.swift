internal import Columns
package import Model
internal import Synchronization

extension Part {
    private static func payloadHash(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> UInt32 {
        UInt32(bytes[3 * offset]) | UInt32(bytes[3 * offset + 1]) << 8 | UInt32(bytes[3 * offset + 2]) << 16
    }

    /// The low 24 bits of the payload hash of the call whose messageId has this hash; nil when the part has no such call.
    ///
    /// Exact. Costs a look into one bucket, and for a call that is there the unpacking of 128 ids. Only for parts in files.
    func payloadHash(ofMessage hash: Hash128) -> UInt32? {
        guard let index = dedupe, let hashes = bytes(of: .payloadHashes),
            let offset = index.offset(of: hash, place: { self.place(of: hash, inBlock: $0, seed: index.seed) })
        else { return nil }
        return Part.payloadHash(hashes, at: offset)
    }

    /// The low 24 bits of the hash of a row's payload.
    public func payloadHash(at row: Int) -> UInt64 {
        bytes(of: .payloadHashes).map { UInt64(Part.payloadHash($0, at: Int(arrivalList.value(at: row)))) } ?? 0
    }

    /// Repeats mostly come in the order of the first calls, so the hashes of the last block are kept.
    private func place(of hash: Hash128, inBlock number: Int, seed: UInt64) -> Int? {
        lastMessageHashes.withLock { last in
            if let last, last.number == number { return last.hashes.firstIndex(of: hash) }
            let block = messageIDs.block(number)
            let hashes = (0 ..< block.count).map { block.withText($0) { MessageHash.of($0, seed: seed) } }
            last = (number, hashes)
            return hashes.firstIndex(of: hash)
        }
    }

    /// Calls `body` with each decision made with this part's calls, in arrival order.
    func forEachDecision(_ body: (Decision) -> Void) { decisions.forEach(in: 0 ..< decisions.count, body) }

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
