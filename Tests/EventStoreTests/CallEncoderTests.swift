import Model
import Testing

@testable import EventStore

@Suite struct CallEncoderTests {
    @Test("Encoded calls come back whole", arguments: UInt64(0) ..< 20)
    func roundTrip(seed: UInt64) {
        var random = RandomCalls(seed: seed)
        let entries = random.entries(50)
        let batch = entries.batch
        #expect(batch.count == entries.count)
        for (index, entry) in entries.enumerated() {
            #expect(batch.call(at: index) == entry.call)
            #expect(batch.identities(at: index) == entry.identities)
            #expect(batch.withCall(at: index) { $0.isValid })
        }
    }

    @Test("A call that is cut anywhere is not valid")
    func cut() {
        var random = RandomCalls(seed: 3)
        let batch = random.entries(1).batch
        let bytes = batch.bytes
        bytes.withUnsafeBytes { whole in
            for count in 0 ..< CallEncoder.headerBytes {
                #expect(!EncodedCall(bytes: UnsafeRawBufferPointer(rebasing: whole[..<count])).isValid)
            }
        }
    }

    @Test("A call that was begun can be taken back")
    func abandon() {
        var random = RandomCalls(seed: 4)
        let entries = random.entries(2)
        var encoder = CallEncoder()
        encoder.append(entries[0].call, identities: entries[0].identities, payloadHash: 0)
        encoder.begin(CallHeader(type: .track, timestamp: .epoch, receivedAt: .epoch, payloadHash: 0))
        encoder.text(.messageID, "half")
        encoder.abandon()
        encoder.append(entries[1].call, identities: entries[1].identities, payloadHash: 0)
        let batch = encoder.finish()
        #expect((0 ..< batch.count).map(batch.call(at:)) == entries.map(\.call))
    }

    @Test(
        "Paths keep every key",
        arguments: [["a"], ["a", "b"], [""], ["", ""], ["a\u{1F}b", "\u{1E}", "c.d"], ["\u{1E}e", "\u{1F}"]])
    func paths(keys: [String]) {
        #expect(PropertyPath.keys(of: PropertyPath.encode(keys)) == keys)
    }
}
