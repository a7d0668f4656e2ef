internal import Columns
internal import Model

/// Reads the outside of a part, and says what is wrong with it.
struct PartReader {
    let bytes: UnsafeRawBufferPointer
    let name: String

    func damaged(_ what: String, at offset: Int) -> Problem {
        Problem(
            .damaged, "The file is damaged at byte \(offset): \(what). Restore it from a backup; the other files are as they were.",
            place: "\(name):\(offset)", status: 500)
    }

    func directory() throws(Problem) -> PartDirectory {
        let end = bytes.count - PartLayout.trailerBytes
        guard end >= PartLayout.head.count, bytes[..<8].elementsEqual(PartLayout.head) else {
            throw damaged("the file is no part of an event store", at: 0)
        }
        guard bytes[(end + 24)...].elementsEqual(PartLayout.tail) else { throw damaged("the part has no end", at: end) }
        let offset: UInt64 = bytes.integer(at: end)
        let count: UInt64 = bytes.integer(at: end + 8)
        guard offset <= UInt64(end), count == UInt64(end) - offset else { throw damaged("the part's end is damaged", at: end) }
        let body = bytes.slice(Int(offset), Int(count))
        let isWhole = XXHash.hash64(body) == bytes.integer(at: end + 16)
        if isWhole, body.count >= 4 {
            let version: UInt32 = body.integer(at: 0)
            if version > PartLayout.version { throw .newerFile(name) }
        }
        guard isWhole, let directory = PartDirectory(body) else {
            throw damaged("the part's directory is damaged", at: Int(offset))
        }
        for extent in Array(directory.sections.values) + directory.columns.map(\.extent)
        where extent.offset + extent.byteCount > end {
            throw damaged("a section lies outside of the part", at: extent.offset)
        }
        return directory
    }

    /// Compares every checksum.
    func verify(_ directory: PartDirectory) throws(Problem) {
        for (id, extent) in directory.sections.sorted(by: { $0.value.offset < $1.value.offset }) where !isGood(extent) {
            let section = PartLayout.SectionID(rawValue: id).map { "\($0)" } ?? "\(id)"
            throw damaged("the checksum of the section '\(section)' is wrong", at: extent.offset)
        }
        for (key, extent) in directory.columns where !isGood(extent) {
            throw damaged("the checksum of column \(key.section) is wrong", at: extent.offset)
        }
    }

    private func isGood(_ extent: PartExtent) -> Bool {
        XXHash.hash64(bytes.slice(extent.offset, extent.byteCount)) == extent.checksum
    }

    func section(_ directory: PartDirectory, _ id: PartLayout.SectionID) throws(Problem) -> UnsafeRawBufferPointer {
        guard let extent = directory.sections[id.rawValue] else { throw damaged("the section '\(id)' is missing", at: 0) }
        return bytes.slice(extent.offset, extent.byteCount)
    }

    func list(_ directory: PartDirectory, _ id: PartLayout.SectionID, count: Int) throws(Problem) -> PackedInts {
        guard let list = PackedInts(try section(directory, id)), list.count == count else { throw unreadable(directory, id) }
        return list
    }

    func texts(_ directory: PartDirectory, _ id: PartLayout.SectionID, count: Int) throws(Problem) -> TextBlocks {
        guard let texts = TextBlocks(try section(directory, id)), texts.count == count else { throw unreadable(directory, id) }
        return texts
    }

    func receivedAts(_ directory: PartDirectory) throws(Problem) -> (isDelay: Bool, PackedInts) {
        let bytes = try section(directory, .receivedAts)
        guard bytes.count > 1, let list = PackedInts(bytes.slice(1, bytes.count - 1)), list.count == directory.info.rowCount,
            bytes[0] == 1 || directory.info.rowCount == directory.info.callCount
        else {
            throw unreadable(directory, .receivedAts)
        }
        return (bytes[0] == 1, list)
    }

    func decisions(_ directory: PartDirectory) throws(Problem) -> DecisionList {
        let bytes = try section(directory, .decisions)
        guard let list = DecisionList(bytes, firstArrival: directory.info.firstArrival),
            list.count == directory.info.decisionCount
        else { throw unreadable(directory, .decisions) }
        return list
    }

    func owners(_ bytes: UnsafeRawBufferPointer) throws(Problem) -> (ordinals: PackedInts, starts: PackedInts) {
        guard bytes.count >= 4 else { throw damaged("the section 'owners' cannot be read", at: 0) }
        let size = Int(bytes.integer(at: 0, as: UInt32.self))
        guard size <= bytes.count - 4, let ordinals = PackedInts(bytes.slice(4, size)),
            let starts = PackedInts(bytes.slice(4 + size, bytes.count - 4 - size)), ordinals.count == starts.count
        else { throw damaged("the section 'owners' cannot be read", at: 0) }
        return (ordinals, starts)
    }

    func kinds(_ bytes: UnsafeRawBufferPointer) throws(Problem) -> ([EventKind], PackedInts) {
        var reader = ByteReader(bytes)
        var kinds: [EventKind] = []
        guard let count = reader.integer(as: UInt32.self) else { throw damaged("the section 'kinds' cannot be read", at: 0) }
        for _ in 0 ..< count {
            guard let hasEvent = reader.integer(as: UInt8.self), let type = reader.integer(as: UInt8.self),
                let event = reader.counted()
            else {
                throw damaged("the section 'kinds' cannot be read", at: 0)
            }
            kinds.append(EventKind(event: hasEvent == 0 ? nil : Array(event), type: type))
        }
        guard let codes = PackedInts(bytes.slice(reader.offset, reader.remaining)) else {
            throw damaged("the section 'kinds' cannot be read", at: 0)
        }
        return (kinds, codes)
    }

    private func unreadable(_ directory: PartDirectory, _ id: PartLayout.SectionID) -> Problem {
        damaged("the section '\(id)' cannot be read", at: directory.sections[id.rawValue]?.offset ?? 0)
    }
}
