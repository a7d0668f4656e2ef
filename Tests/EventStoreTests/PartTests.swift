import Columns
import Foundation
import Model
import OrderedCollections
import Synchronization
import TestSupport
import Testing

@testable import EventStore

@Suite struct PartTests {
    @Test("A part gives back every call whole", arguments: UInt64(0) ..< 12)
    func lossless(seed: UInt64) {
        var random = RandomCalls(seed: seed)
        let entries = random.entries([1, 2, 7, 200, 500][Int(seed) % 5])
        let snapshot = StoreSnapshot(calls: entries)
        #expect(snapshot.callsInOrder == entries.map(\.call))
        // Text tells a negative zero from zero, which are equal as numbers.
        #expect(snapshot.callsInOrder.map(\.properties.text) == entries.map(\.call.properties.text))
        #expect(snapshot.eventCount == entries.count)
        #expect(snapshot.watermark == entries.map(\.call.receivedAt).max())
    }

    @Test("Rows are sorted by owner, timestamp and arrival", arguments: UInt64(0) ..< 6)
    func order(seed: UInt64) throws {
        var random = RandomCalls(seed: seed)
        let entries = random.entries(400)
        let snapshot = StoreSnapshot(calls: entries)
        let part = try #require(snapshot.parts.first)
        var rows: [(UInt32, Int64, UInt64)] = []
        for row in 0 ..< part.rowCount { rows.append((part.owner(ofRow: row), part.timestamp(at: row), part.arrival(at: row))) }
        #expect(zip(rows, rows.dropFirst()).allSatisfy { $0 < $1 })
        for index in 0 ..< part.ownerCount {
            #expect(part.rows(ofIdentity: part.owner(at: index)) == part.rows(ofOwnerAt: index))
        }
        for (arrival, entry) in entries.enumerated() {
            let owner = entry.identities.first.flatMap { snapshot.identities.ordinal(of: $0) } ?? Part.nobody
            #expect(part.rows(ofIdentity: owner).contains { part.arrival(at: $0) == UInt64(arrival) + 1 })
        }
        #expect(part.rows(ofIdentity: 4_000_000).isEmpty)
    }

    @Test("Names, types and their row sets agree with the calls", arguments: UInt64(0) ..< 6)
    func names(seed: UInt64) throws {
        var random = RandomCalls(seed: seed)
        let part = try #require(StoreSnapshot(calls: random.entries(300)).parts.first)
        var codes = [UInt32](repeating: 0, count: part.rowCount)
        codes.withUnsafeMutableBufferPointer { part.nameCodes(0 ..< part.rowCount, into: $0) }
        for row in 0 ..< part.rowCount {
            let call = part.call(at: row)
            #expect(part.callType(at: row) == call.type)
            #expect(Int(codes[row]) == part.nameCode(at: row))
            if let event = call.event {
                #expect(part.nameCode(of: event) == part.nameCode(at: row))
                #expect(part.rows(named: part.nameCode(at: row)).contains(row))
            } else {
                #expect(part.nameCode(at: row) == part.eventNames.count + Int(call.type.rawValue))
            }
            #expect(part.rows(ofType: call.type).contains(row))
        }
        #expect(part.eventNames.indices.reduce(0) { $0 + part.rows(named: $1).count } == codes.count { $0 < part.eventNames.count })
        #expect(part.nameCode(of: "never sent") == nil)
    }

    @Test("Columns agree with the calls, by row, in ranges and as numbers", arguments: UInt64(0) ..< 6)
    func columns(seed: UInt64) throws {
        var random = RandomCalls(seed: seed)
        let part = try #require(StoreSnapshot(calls: random.entries(300)).parts.first)
        let price = try #require(part.column(.properties, "price"))
        var numbers = [Double](repeating: 0, count: part.rowCount)
        var codes = [UInt32](repeating: 0, count: part.rowCount)
        numbers.withUnsafeMutableBufferPointer { price.numbers(0 ..< part.rowCount, into: $0) }
        codes.withUnsafeMutableBufferPointer { price.codes(0 ..< part.rowCount, into: $0) }
        var seen: [Int: PropertyValue] = [:]
        price.forEach(in: 0 ..< part.rowCount) { seen[$0] = $1 }
        for row in 0 ..< part.rowCount {
            let value = part.call(at: row).properties["price"]
            // An object with members is columns of its own.
            if let members = value?.objectValue, !members.isEmpty { continue }
            #expect(price.jsonValue(at: row) == value)
            #expect(seen[row].map(price.jsonValue) == value)
            let number: Double? = if case .string = value { nil } else { value?.doubleValue }
            #expect(numbers[row].isNaN ? number == nil : numbers[row] == number)
            #expect(
                codes[row] == UInt32.max ? value?.stringValue == nil : price.dictionary.text(Int(codes[row])) == value?.stringValue)
        }
    }

    @Test("Merging gives the bytes of one part built at once", arguments: UInt64(0) ..< 12)
    func mergeHistory(seed: UInt64) {
        var random = RandomCalls(seed: seed)
        let entries = random.entries(300)
        let whole = StoreSnapshot(calls: entries)
        let cut = StoreSnapshot(calls: entries, rowsPerPart: [1, 2, 3, 7, 50, 299][Int(seed) % 6])
        let level: Int32? = seed % 2 == 0 ? nil : 3
        let expected = PartMerger.bytes(whole.parts, level: level, seed: 9)
        let isEqual = PartMerger.bytes(cut.parts, level: level, seed: 9) == expected
        #expect(isEqual)
        let middle = cut.parts.count / 2
        if middle > 0 {
            let halves = [PartMerger.merge(Array(cut.parts[..<middle])), PartMerger.merge(Array(cut.parts[middle...]))]
            let isEqual = PartMerger.bytes(halves, level: level, seed: 9) == expected
            #expect(isEqual)
        }
        let built = whole.parts[0].region.bytes
        let isBuiltEqual = built.elementsEqual(PartMerger.bytes(cut.parts, level: nil, seed: nil))
        #expect(isBuiltEqual)
    }

    @Test("A part written to a file piece by piece has the bytes of one made in memory", arguments: UInt64(0) ..< 3)
    func writtenInPieces(seed: UInt64) throws {
        var random = RandomCalls(seed: seed)
        let parts = StoreSnapshot(calls: random.entries([20, 3_000, 9_000][Int(seed)]), rowsPerPart: 2_500).parts
        let expected = PartMerger.fileBytes(parts, seed: 5)
        // With all lists in memory, and with all but the shortest in files.
        for scratchBytes in [1 << 20, 40] {
            let disk = MemoryDisk()
            let byteCount = try PartFile.write(parts, seed: 5, to: "/data/1.part", disk: disk, scratchBytes: scratchBytes)
            #expect(byteCount == expected.count)
            let written = try #require(try disk.map("/data/1.part"))
            let isEqual = written.bytes.elementsEqual(expected)
            #expect(isEqual)
            #expect(disk.paths == ["/data/1.part"])
        }
    }

    @Test("A merge that is stopped at any moment leaves nothing", arguments: [1 << 20, 40])
    func stoppedMerge(scratchBytes: Int) throws {
        var random = RandomCalls(seed: 6)
        let parts = StoreSnapshot(calls: random.entries(300), rowsPerPart: 120).parts
        let expected = PartMerger.fileBytes(parts, seed: 5)
        for moment in 1 ... 10_000 {
            let disk = MemoryDisk()
            let looks = Mutex(0)
            func isStopping() -> Bool {
                looks.withLock { looks in
                    looks += 1
                    return looks >= moment
                }
            }
            do {
                _ = try PartFile.write(
                    parts, seed: 5, to: "/data/1.part", disk: disk, scratchBytes: scratchBytes, isStopping: isStopping)
            } catch {
                #expect(disk.paths.isEmpty, "moment \(moment)")
                continue
            }
            let written = try #require(try disk.map("/data/1.part"))
            let isEqual = written.bytes.elementsEqual(expected)
            #expect(isEqual)
            #expect(moment > 20)
            return
        }
        Issue.record("the merge never ended")
    }

    @Test("A list that a long merge keeps in a file comes back as it was, or the merge fails and leaves nothing")
    func damagedScratch() throws {
        var random = RandomCalls(seed: 4)
        let parts = StoreSnapshot(calls: random.entries(60), rowsPerPart: 20).parts
        func write(_ disk: MemoryDisk) throws {
            _ = try PartFile.write(parts, seed: 5, to: "/data/1.part", disk: disk, scratchBytes: 64)
        }
        let whole = MemoryDisk()
        try write(whole)
        let expected = PartMerger.fileBytes(parts, seed: 5)
        var refusals = 0
        for operation in 1 ... whole.operations {
            for fault in [MemoryDisk.Fault.error(atOperation: operation), .flippedBit(atOperation: operation)] {
                let disk = MemoryDisk()
                disk.fail(fault)
                do {
                    try write(disk)
                    let written = try #require(try disk.map("/data/1.part"))
                    // The end of the file is checked when it is opened.
                    let isEqual = written.bytes.elementsEqual(expected)
                    let isRefused = (try? Part(region: written, name: "1.part")) == nil
                    #expect(isEqual || isRefused, "operation \(operation)")
                } catch {
                    refusals += 1
                    #expect(!disk.paths.contains("/data/1.part"), "operation \(operation)")
                }
            }
        }
        #expect(refusals > 20)
    }

    @Test("The index of message ids finds every call and no other", arguments: UInt64(0) ..< 5)
    func dedupe(seed: UInt64) throws {
        var random = RandomCalls(seed: seed)
        let entries = random.entries([1, 5, 300, 2_000, 70_000][Int(seed)])
        let bytes = PartMerger.fileBytes(StoreSnapshot(calls: entries).parts, seed: 77)
        let part = try Part(region: ByteRegion(copying: bytes), name: "test")
        let found = entries.count {
            part.payloadHash(ofMessage: XXHash.hash128(Array($0.call.messageID.utf8), seed: 77)) == 0
        }
        let foundOthers = entries.count {
            part.payloadHash(ofMessage: XXHash.hash128(Array(($0.call.messageID + "x").utf8), seed: 77)) != nil
        }
        #expect(found == entries.count && foundOthers == 0)
    }

    @Test(
        "The index of message ids is the same in whatever runs its entries are put in order", arguments: [0, 1, 63, 64, 500, 3_000])
    func dedupeRuns(count: Int) throws {
        func bytes(runCalls: Int) throws -> [UInt8] {
            var random = SplitMix64(seed: 3)
            var out = ByteOutput()
            var draft = DedupeIndexDraft(count: count, seed: 1, scratch: nil, runCalls: runCalls)
            for _ in 0 ..< count { draft.append(random.next()) }
            try draft.write(to: &out)
            return out.pending
        }
        let expected = try bytes(runCalls: 1 << 19)
        for runCalls in [1, 7, 64, 1_000] { #expect(try bytes(runCalls: runCalls) == expected, "\(runCalls)") }
    }

    @Test("Rows come by arrival with their owners, in windows of any length", arguments: UInt64(0) ..< 3)
    func arrivalWindows(seed: UInt64) {
        var random = RandomCalls(seed: seed)
        for part in StoreSnapshot(calls: random.entries(200), rowsPerPart: 90).parts {
            let expected = (0 ..< part.rowCount).sorted { part.arrival(at: $0) < part.arrival(at: $1) }
            let since = part.firstArrival + 40
            for calls in [1, 13, 1_000] as [UInt64] {
                let found = part.arrivalWindows(calls: calls).map { part.rows(arrivedIn: $0) }
                #expect(found.flatMap(\.rows) == expected.map { UInt32($0) })
                #expect(found.flatMap(\.owners) == expected.map { part.owner(ofRow: $0) })
                let later = part.arrivalWindows(from: since, calls: calls).flatMap { part.rows(arrivedIn: $0).rows }
                #expect(later == expected.filter { part.arrival(at: $0) >= since }.map { UInt32($0) })
            }
            #expect(part.arrivalWindows(from: part.endArrival).isEmpty)
        }
    }

    @Test("Instants of receipt that are kept by row come by arrival, in however many passes", arguments: UInt64(0) ..< 3)
    func receivedAtPasses(seed: UInt64) {
        var random = RandomCalls(seed: seed)
        let entries = random.entries(200)
        for part in StoreSnapshot(calls: entries, rowsPerPart: 90).parts {
            let expected = entries[Int(part.firstArrival) - 1 ..< Int(part.endArrival) - 1].map(\.call.receivedAt.microseconds)
            for passCalls in [1, 13, 1_000] {
                var instants: [Int64] = []
                part.forEachReceivedAt(passCalls: passCalls) { instants.append($0) }
                #expect(instants == expected)
            }
        }
    }

    @Test("One flipped bit anywhere is found when the part is opened", arguments: UInt64(0) ..< 3)
    func flippedBits(seed: UInt64) throws {
        var random = RandomCalls(seed: seed)
        let bytes = PartMerger.fileBytes(StoreSnapshot(calls: random.entries(60)).parts, seed: 1)
        for _ in 0 ..< 300 {
            var damaged = bytes
            let place = Int.random(in: 0 ..< bytes.count, using: &random.random)
            damaged[place] ^= 1 << UInt8.random(in: 0 ..< 8, using: &random.random)
            let problem = #expect(throws: Problem.self) { try Part(region: ByteRegion(copying: damaged), name: "7.part") }
            #expect(problem?.code == .damaged)
            #expect(problem?.place?.hasPrefix("7.part:") == true)
        }
        for _ in 0 ..< 50 {
            let cut = Array(bytes[..<Int.random(in: 0 ..< bytes.count, using: &random.random)])
            #expect(throws: Problem.self) { try Part(region: ByteRegion(copying: cut), name: "7.part") }
        }
    }

    @Test("A part of a later version is named as such, not as damaged")
    func laterVersion() throws {
        var random = RandomCalls(seed: 1)
        var bytes = PartMerger.fileBytes(StoreSnapshot(calls: random.entries(9)).parts, seed: 1)
        let end = bytes.count - PartLayout.trailerBytes
        let offset = bytes.withUnsafeBytes { Int($0.integer(at: end, as: UInt64.self)) }
        bytes.setInteger(PartLayout.version + 1, at: offset)
        bytes.setInteger(XXHash.hash64(Array(bytes[offset ..< end])), at: end + 16)
        let problem = #expect(throws: Problem.self) { try Part(region: ByteRegion(copying: bytes), name: "7.part") }
        #expect(problem?.code == .newerData && problem?.place == "7.part")
    }

    @Test("Decisions come back as they were, from a part and from parts joined", arguments: UInt64(0) ..< 4)
    func decisions(seed: UInt64) {
        var random = RandomCalls(seed: seed)
        let entries = random.entries(200)
        let whole = StoreSnapshot(calls: entries, observer: RecordingObserver())
        let cut = StoreSnapshot(calls: entries, rowsPerPart: 30, observer: RecordingObserver())
        #expect(!whole.decisions.isEmpty)
        for part in [whole.parts[0], PartMerger.merge(cut.parts)] {
            var decisions: [Decision] = []
            part.forEachDecision { decisions.append($0) }
            #expect(decisions == Array(whole.decisions))
        }
    }

    @Test("Snapshots of identities do not change while the table grows")
    func identitySnapshots() throws {
        var table = IdentityTable()
        var copies: [IdentityTable] = []
        for number in 0 ..< 10_000 {
            let value = Array("user-\(number)".utf8)
            let ordinal = "user_id".utf8.withContiguousStorageIfAvailable { type in
                value.withUnsafeBytes {
                    table.insert(type: UnsafeRawBufferPointer(type), value: $0, arrival: UInt64(number), receivedAt: 5)
                }
            }
            #expect(ordinal == UInt32(number))
            if number % 999 == 0 { copies.append(table) }
        }
        for copy in copies {
            #expect(copy.ordinal(of: Identity(type: .userID, value: "user-\(copy.count - 1)")) == UInt32(copy.count - 1))
            #expect(copy.ordinal(of: Identity(type: .userID, value: "user-\(copy.count)")) == nil)
        }
        #expect(table.identity(9_999) == Identity(type: .userID, value: "user-9999"))
        #expect(table.ordinals(containing: "SER-999", limit: 3) == [999, 9_990, 9_991])
        #expect(table.ordinals(containing: "SER-999", type: .email, limit: 3).isEmpty)
    }

    @Test("Identities of every form are found, with their first call, and erased ones are not", arguments: UInt64(0) ..< 4)
    func identityForms(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var table = IdentityTable()
        var expected: [(identity: Identity, arrival: UInt64, receivedAt: Int64)] = []
        for number in 0 ..< UInt64.random(in: 1 ..< 4_000, using: &random) {
            let uuid = UUID(uuid: unsafeBitCast((random.next(), random.next()), to: uuid_t.self)).uuidString
            let values = [uuid.lowercased(), uuid, "u\(number)", String(repeating: "长", count: Int(number % 90)) + "\(number)"]
            let types: [IdentityType] = [.userID, .anonymousID, IdentityType("type\(number % 300)")]
            let identity = Identity(
                type: types[Int(number % 3)], value: values.randomElement(using: &random) ?? "")
            let one = (identity, number * .random(in: 1 ..< 1 << 40, using: &random), Int64(number) * 1_000_003)
            #expect(insert(one, &table) == UInt32(number))
            expected.append(one)
        }
        let copy = table
        let erased = Set((0 ..< UInt32(expected.count)).filter { _ in Int.random(in: 0 ..< 9, using: &random) == 0 })
        table.erase(erased)
        for (ordinal, one) in expected.enumerated() {
            let ordinal = UInt32(ordinal)
            #expect(copy.identity(ordinal) == one.identity && copy.ordinal(of: one.identity) == ordinal)
            #expect(
                copy.firstArrival(of: ordinal) == one.arrival && copy.firstReceivedAt(of: ordinal).microseconds == one.receivedAt)
            #expect(table.ordinal(of: one.identity) == (erased.contains(ordinal) ? nil : ordinal))
            #expect(table.identity(ordinal) == (erased.contains(ordinal) ? Erasure.tombstone(ordinal) : one.identity))
            #expect(table.firstArrival(of: ordinal) == one.arrival)
        }
        #expect(insert(expected[0], &table) == (erased.contains(0) ? UInt32(expected.count) : 0))
    }

    private func insert(
        _ one: (identity: Identity, arrival: UInt64, receivedAt: Int64), _ table: inout IdentityTable
    ) -> UInt32 {
        Array(one.identity.type.text.utf8).withUnsafeBytes { type in
            Array(one.identity.value.utf8).withUnsafeBytes {
                table.insert(type: type, value: $0, arrival: one.arrival, receivedAt: one.receivedAt)
            }
        }
    }
}
