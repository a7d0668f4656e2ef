import Model
import Testing

@testable import Loyalty

/// Codes say their batch and number again, and nothing to those without the key.
@Suite("Coupon codes") struct CouponCodeTests {
    private static func cipher(_ seed: UInt64) -> CouponCodeCipher {
        var random = SplitMix64(seed: seed)
        return CouponCodeCipher(secret: (0 ..< 32).map { _ in UInt8(truncatingIfNeeded: random.next()) })
    }

    @Test("C11: codes of a batch are distinct, say their place, and come out the same again", arguments: CouponCodeCipher.lengths)
    func roundTrip(length: Int) throws {
        let (cipher, again, other) = (Self.cipher(1), Self.cipher(1), Self.cipher(2))
        var seen: Set<String> = []
        var foreign = 0
        for index in UInt64(0) ..< 1_000 {
            let place = CouponCodeCipher.Place(batch: UInt32(index % 3) * 500_000 + 1, index: index)
            let code = try #require(cipher.code(place, length: length))
            #expect(code.text.filter { $0 != "-" }.count == length + 1)
            #expect(!code.text.contains { "0O1IL".contains($0) })
            #expect(seen.insert(code.text).inserted)
            #expect(cipher.place(typed: code.text) == place)
            #expect(again.code(place, length: length) == code)
            // Another key reads another place, or none.
            if let there = other.place(typed: code.text) {
                #expect(there != place)
                foreign += 1
            }
        }
        #expect(foreign < 50)
    }

    @Test("The length leaves at most one code in a hundred million, and places beyond it have none")
    func lengths() {
        #expect(CouponCodeCipher.shortestLength(codes: 8_000) == 8)
        #expect(CouponCodeCipher.shortestLength(codes: 1_000_000) == 10)
        #expect(CouponCodeCipher.shortestLength(codes: 1_000_000_000) == 12)
        #expect(CouponCodeCipher.shortestLength(codes: 10_000_000_000) == nil)
        let cipher = Self.cipher(3)
        for length in CouponCodeCipher.lengths {
            let max = CouponCodeCipher.codesMax(length: length)
            #expect(Double(max) / Double(CouponCodeCipher.space(length)) <= 1e-8)
            for (batch, index, isThere) in [
                (1 << 20 - 1, max - 1, true), (1, max, false), (1 << 20, 0, false), (1, UInt64.max, false),
            ] as [(UInt32, UInt64, Bool)] {
                let place = CouponCodeCipher.Place(batch: batch, index: index)
                let code = cipher.code(place, length: length)
                #expect((code != nil) == isThere)
                if let code { #expect(cipher.place(typed: code.text) == place) }
            }
        }
        #expect(
            cipher.code(.init(batch: 1, index: 0), length: 13) == nil && cipher.code(.init(batch: 1, index: 0), length: 7) == nil)
    }

    @Test("Case, blanks, dashes, full width and symbols that look alike are forgiven", arguments: Seeds.upTo(100))
    func typed(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let cipher = Self.cipher(seed)
        let place = CouponCodeCipher.Place(batch: 7, index: random.next() % 1_000_000)
        let code = try #require(cipher.code(place)).text
        let full = code.unicodeScalars.map { $0 == "-" ? "－" : String(Unicode.Scalar($0.value + 0xFEE0) ?? $0) }.joined()
        for text in [
            code.lowercased(), code.replacing("-", with: ""), " \(code.replacing("-", with: " – ")) ",
            full.replacing("－", with: ""),
        ] {
            #expect(cipher.place(typed: text) == place, "\(text)")
        }
        let pairs: [(Character, Character)] = [
            ("Q", "O"), ("Q", "0"), ("D", "o"), ("D", "０"), ("7", "1"), ("J", "I"), ("J", "l"), ("T", "1"),
        ]
        for (printed, typed) in pairs {
            guard let there = code.firstIndex(of: printed) else { continue }
            let wrong = code[..<there] + String(typed) + code[code.index(after: there)...]
            #expect(cipher.place(typed: String(wrong)) == place, "\(code) typed as \(wrong)")
        }
    }

    @Test("Any one wrong symbol is noticed, and any two neighbours that changed places", arguments: Seeds.upTo(10))
    func checks(seed: UInt64) throws {
        let code = Array(try #require(Self.cipher(seed).code(.init(batch: 1, index: seed))).text.filter { $0 != "-" })
        #expect(CouponCode.value(typed: String(code)) != nil)
        for place in code.indices {
            for symbol in CouponCode.symbols.map({ Character(UnicodeScalar($0)) }) where symbol != code[place] {
                var wrong = code
                wrong[place] = symbol
                #expect(CouponCode.value(typed: String(wrong)) == nil)
            }
            guard place + 1 < code.count, code[place] != code[place + 1] else { continue }
            var swapped = code
            swapped.swapAt(place, place + 1)
            #expect(CouponCode.value(typed: String(swapped)) == nil)
        }
    }

    @Test(
        "What is no code says nothing",
        arguments: ["", "-", "ABC", "7KQ2-M4XZ-PWAB-CDEF", "茶茶茶茶茶茶茶茶茶", "!!!!!!!!!!!!!", "2222 2222 222 000"])
    func nonsense(text: String) { #expect(Self.cipher(1).place(typed: text) == nil) }

    #if DEBUG
    private static let count: UInt64 = 20_000
    #else
    private static let count: UInt64 = 1_000_000
    #endif

    @Test("A million codes are distinct and take less than ten seconds")
    func million() throws {
        let cipher = Self.cipher(5)
        var seen: Set<String> = []
        seen.reserveCapacity(Int(Self.count))
        let clock = ContinuousClock()
        let start = clock.now
        for index in 0 ..< Self.count { seen.insert(try #require(cipher.code(.init(batch: 9, index: index))).text) }
        #expect(clock.now - start < .seconds(10))
        #expect(seen.count == Int(Self.count))
    }
}
