import Model
import Records
import Testing

@testable import Workspaces

@Suite("Secrets")
struct SecretTests {
    @Test("scrypt gives what RFC 7914 says")
    func scryptVector() throws {
        // RFC 7914 §12: scrypt("password", "NaCl", 1024, 8, 16), first 32 of 64 bytes. The first bytes of a longer output are equal.
        let salt = Array("NaCl".utf8).hex
        let hash = "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
        let known = try #require(PasswordHash(text: "scrypt$10$8$16$\(salt)$\(hash)"))
        #expect(try known.matches("password"))
        #expect(try !known.matches("Password"))
    }

    @Test("A hash is read back, and two of one password differ")
    func hashText() throws {
        let first = try PasswordHash(password: "green tea at dawn", cost: .weak)
        let second = try PasswordHash(password: "green tea at dawn", cost: .weak)
        #expect(first.text != second.text)
        #expect(PasswordHash(text: first.text) == first)
        #expect(PasswordHash(text: "scrypt$99$8$1$00$00") == nil)
        #expect(PasswordHash(text: "plain") == nil)
    }

    @Test("The usual cost is 32 MB three times over")
    func usualCost() throws {
        let hash = try PasswordHash(password: "green tea at dawn")
        #expect(hash.text.hasPrefix("scrypt$15$8$3$"))
        #expect(try hash.matches("green tea at dawn"))
    }

    @Test("Keys are long, of one alphabet, and never the same")
    func keys() {
        let keys = (0 ..< 1_000).map { _ in Secret.key(prefix: "wk") }
        #expect(Set(keys).count == 1_000)
        #expect(keys.allSatisfy { $0.hasPrefix("wk_") && $0.utf8.count == 35 })
        #expect(Secret.token().utf8.count == 52)
    }

    @Test("A stored answer opens only under its secret")
    func sealed() throws {
        let sealed = try #require(SealedBody.seal(Array("{\"writeKey\":\"wk_secret\"}".utf8), secret: "bearer"))
        #expect(SealedBody.open(sealed, secret: "bearer") == Array("{\"writeKey\":\"wk_secret\"}".utf8))
        #expect(SealedBody.open(sealed, secret: "other") == nil)
        #expect(SealedBody.open("00", secret: "bearer") == nil)
    }
}
