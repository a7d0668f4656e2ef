import Model
import Records
import Testing

@testable import Workspaces

@Suite("Product codes") struct ProductCodeTests {
    private static let letters = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")

    private static func cipher(_ seed: UInt64) -> ProductCodeCipher {
        var random = SplitMix64(seed: seed)
        return ProductCodeCipher(secret: (0 ..< 32).map { _ in UInt8(truncatingIfNeeded: random.next()) })
    }

    @Test("Every value of 55 bits has one code, and every code its value", arguments: UInt64(0) ..< 8)
    func permutes(seed: UInt64) {
        var random = SplitMix64(seed: seed &+ 100)
        let cipher = Self.cipher(seed)
        let edges: [UInt64] = [0, 1, 1 << 27, 1 << 28, 1 << 54, 1 << 55 - 1]
        for value in edges + (0 ..< 2_000).map({ _ in random.next() >> 9 }) {
            let there = cipher.encrypted(value)
            #expect(there >> 55 == 0)
            #expect(cipher.decrypted(there) == value)
            #expect(cipher.encrypted(cipher.decrypted(value)) == value)
        }
    }

    @Test("What is typed as it is printed says its batch and serial; another key's code says nothing", arguments: UInt64(0) ..< 8)
    func roundTrip(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let cipher = Self.cipher(seed)
        let other = Self.cipher(seed &+ 1_000)
        for _ in 0 ..< 500 {
            let place = ProductPlace(
                batch: Int.random(in: 1 ... 32_767, using: &random), serial: Int.random(in: 0 ..< 1_000_000, using: &random))
            let text = cipher.code(place).text
            #expect(text.count == 14 && text.wholeMatch(of: /[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}/) != nil, "\(text)")
            #expect(cipher.place(typed: text) == place)
            #expect(other.place(typed: text) == nil)
        }
    }

    @Test("Any one wrong letter is noticed, and any two neighbours that changed places", arguments: UInt64(0) ..< 20)
    func checks(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let code = Array(ProductCode(value: random.next() >> 9).text.filter { $0 != "-" })
        #expect(ProductCode.value(typed: String(code)) != nil)
        for place in code.indices {
            for letter in Self.letters where letter != code[place] {
                var wrong = code
                wrong[place] = letter
                #expect(ProductCode.value(typed: String(wrong)) == nil, "\(String(code)) \(String(wrong))")
            }
            guard place + 1 < code.count, code[place] != code[place + 1] else { continue }
            var swapped = code
            swapped.swapAt(place, place + 1)
            #expect(ProductCode.value(typed: String(swapped)) == nil, "\(String(code)) \(String(swapped))")
        }
    }

    @Test("Case, blanks, hyphens and letters that look alike are forgiven", arguments: UInt64(0) ..< 20)
    func forgives(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let value = random.next() >> 9
        let text = ProductCode(value: value).text
        var typed = ""
        for character in text {
            let twins: [String] =
                switch character {
                case "0": ["0", "o", "O"]
                case "1": ["1", "i", "I", "l", "L"]
                case "-": ["-", "", " ", "\u{2013}", "\u{3000}"]
                default: [String(character), String(character).lowercased()]
                }
            typed += twins.randomElement(using: &random) ?? ""
        }
        #expect(ProductCode.value(typed: "  \(typed)\t") == value, "\(text) \(typed)")
        let wide = String(String.UnicodeScalarView(text.unicodeScalars.map { Unicode.Scalar($0.value + 0xFEE0) ?? $0 }))
        #expect(ProductCode.value(typed: wide.replacing("\u{FF0D}", with: "-")) == value)
    }

    @Test(
        "What is no code says nothing",
        arguments: [
            "", "-", "0000-0000-000", "0000-0000-00000", "UUUU-UUUU-UUUU", "茶茶茶茶-茶茶茶茶-茶茶茶茶", "0000_0000_0000", "0000\u{0}00000000",
        ])
    func rejects(text: String) { #expect(ProductCode.value(typed: text) == nil) }

    @Test("A million codes are all different")
    func million() {
        let batch = ProductBatch(
            id: ProductBatchID(text: "bat_a"), workspace: WorkspaceID(text: "ws_a"), number: 7, name: "a", product: "b",
            reseller: nil,
            orderID: nil, warrantyMonths: nil, count: 1_000_000, createdAt: .epoch)
        var list = ProductCodeList(batch, Self.cipher(5))
        var seen: Set<UInt64> = []
        seen.reserveCapacity(batch.count)
        var lines = 0
        let clock = ContinuousClock()
        let start = clock.now
        while let piece = list.piece() {
            for line in String(decoding: piece, as: UTF8.self).split(separator: "\r\n") where lines > 0 || line != "code,serial" {
                lines += 1
                if let value = ProductCode.value(typed: String(line.prefix(14))) { seen.insert(value) }
                if lines == 1 || lines == 1_000_000 { #expect(line.hasSuffix(",\(lines)")) }
            }
        }
        print("a million codes made and read: \(clock.now - start)")
        #expect(lines == 1_000_000)
        #expect(seen.count == 1_000_000)
    }
}
