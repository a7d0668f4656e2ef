import Columns
import Model
import Testing

@Suite struct TextTests {
    private static func texts(_ random: inout SplitMix64) -> [String] {
        let count = [0, 1, 127, 128, 129, 700].randomElement(using: &random) ?? 0
        return (0 ..< count).map { index in
            switch Int.random(in: 0 ..< 6, using: &random) {
            case 0: ""
            case 1: "https://tea.example/茶/" + String(Int.random(in: 0 ..< 99, using: &random))
            case 2:
                hex(random.next(), 8) + "-" + hex(random.next(), 4) + "-" + hex(random.next(), 4) + "-" + hex(random.next(), 4)
                    + "-"
                    + hex(random.next(), 12)
            case 3: "\u{0}\u{1E}\u{1F}\u{202E}<script>'; DROP TABLE"
            case 4: "A1B2C3D4-0000-4000-8000-ABCDEFABCDEF"
            default: String(repeating: "x", count: index)
            }
        }
    }

    private static func hex(_ value: UInt64, _ digits: Int) -> String {
        let text = String(value, radix: 16)
        return String((String(repeating: "0", count: 16) + text).suffix(digits))
    }

    @Test("Texts come back in their order, packed or plain", arguments: UInt64(0) ..< 30, [nil, 3] as [Int32?])
    func roundTrip(seed: UInt64, level: Int32?) throws {
        var random = SplitMix64(seed: seed)
        let texts = TextTests.texts(&random)
        let region = TextTests.encoded(texts, level: level)
        let blocks = try #require(TextBlocks(region.bytes))
        var read: [String] = []
        blocks.forEach { read.append(String(decoding: $0, as: UTF8.self)) }
        #expect(read == texts)
        for index in texts.indices { #expect(String(decoding: blocks.text(at: index), as: UTF8.self) == texts[index]) }
        let cursor = TextCursor(blocks)
        for text in texts {
            #expect(cursor.withText { String(decoding: $0, as: UTF8.self) } == text)
            cursor.advance()
        }
        #expect(cursor.isAtEnd)
        withExtendedLifetime(region) {}
    }

    @Test("A dictionary finds each of its texts and no other", arguments: UInt64(0) ..< 10)
    func dictionary(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let texts = Array(Set(TextTests.texts(&random))).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        let region = TextTests.encoded(texts, level: 3)
        let dictionary = try #require(StringDictionary(region.bytes, region: region))
        #expect(dictionary.count == texts.count)
        for (code, text) in texts.enumerated() {
            #expect(dictionary.text(code) == text)
            #expect(dictionary.code(of: text) == code)
            #expect(dictionary.code(of: text + "\u{7F}") == texts.firstIndex(of: text + "\u{7F}"))
        }
    }

    @Test("Texts equal to people and unequal in bytes stay apart")
    func bytesDecide() {
        var interner = TextInterner()
        let composed: [UInt8] = [0xC3, 0xA9]
        let decomposed: [UInt8] = [0x65, 0xCC, 0x81]
        let codes = [composed, decomposed, composed].map { bytes in bytes.withUnsafeBytes { interner.code(of: $0) } }
        #expect(codes == [0, 1, 0])
    }

    private static func encoded(_ texts: [String], level: Int32?) -> ByteRegion {
        let bytes = ByteOutput.bytes { out in
            var encoder = TextBlocksEncoder(level: level, appendingTo: &out)
            for text in texts { Array(text.utf8).withUnsafeBytes { encoder.append($0, to: &out) } }
            encoder.finish(&out)
        }
        return ByteRegion(copying: bytes)
    }
}

@Suite struct DecimalScaleTests {
    @Test("Prices become whole cents, and every bit comes back")
    func prices() throws {
        let prices = (0 ..< 5_000).map { Double($0) / 100 }
        let exponent = try #require(DecimalScale.exponent(for: prices))
        #expect(exponent == 2)
        for price in prices {
            let number = try #require(DecimalScale.scaled(price, exponent))
            #expect(DecimalScale.unscaled(number, exponent).bitPattern == price.bitPattern)
        }
    }

    @Test(
        "Doubles that no power of ten makes whole are left alone",
        arguments: [-0.0, 0.1 + 0.2, 1e300, Double.leastNonzeroMagnitude])
    func stubborn(value: Double) {
        #expect(DecimalScale.exponent(for: [1.5, value]) == nil)
    }
}
