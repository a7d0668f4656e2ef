import Model
import Testing

@testable import People

@Suite("Identity rules") struct IdentityRulesTests {
    let rules = IdentityRules(blocked: ["Walk-In", "test"], region: "CN")

    @Test(
        "Values that identify nobody are blocked",
        arguments: [
            "", " ", "\t\n", "\u{3000}", "0", "-1", "-", "000", "0-0", "----", "00000000-0000-0000-0000-000000000000", "null",
            "NULL",
            "Guest", "anonymous", "DistinctId", "distinct_id", "id", "not_authenticated", "Email", "undefined", "TRUE", "false",
            "none",
            "nil", "NaN", "N/A", "unknown", "[object Object]", "\"null\"", "'null'", "\"\"", "\"0\"", "'[object Object]'", "\" \"",
            "walk-in", "TEST", "\"Test\"",
        ])
    func blocked(value: String) {
        #expect(rules.isBlocked(value))
        #expect(rules.compared(value, as: .userID) == nil)
    }

    @Test(
        "Ordinary values are not blocked",
        arguments: [
            "0x0", "1", "-2", "-10", "10", "00-01", "null1", "anonymous2", "[object object]", "guest@example.com", "\"null", "\"",
            "'", "ı d",
            "王小明", "　王", "\"u1\"", "nobody",
        ])
    func ordinary(value: String) {
        #expect(!rules.isBlocked(value))
        #expect(rules.compared(value, as: .userID) == value)
    }

    @Test(
        "E-mail is compared trimmed and lower-cased",
        arguments: [
            ("  Amy.Li@Example.COM ", "amy.li@example.com"), ("ÄRA@EXAMPLE.ORG", "ära@example.org"), ("a@b", "a@b"),
        ])
    func email(given: String, compared: String) { #expect(rules.compared(given, as: .email) == compared) }

    @Test("What is no e-mail address is no identity", arguments: ["amy", "@", "a@", "@b", " n/a "])
    func noEmail(given: String) { #expect(rules.compared(given, as: .email) == nil) }

    @Test(
        "Phones are compared as E.164 with the workspace's region",
        arguments: [
            ("CN", "138 0013 8000", "+8613800138000"), ("CN", "+86 138-0013-8000", "+8613800138000"),
            ("CN", "8613800138000", "+8613800138000"), ("CN", "0086 13800138000", "+8613800138000"),
            ("CN", "010-6552 9988", "+861065529988"), ("CN", "１３８００１３８０００", "+8613800138000"),
            ("CN", "+1 (415) 555-2671", "+14155552671"), ("US", "(415) 555-2671", "+14155552671"),
            ("US", "1-415-555-2671", "+14155552671"), ("US", "011 86 13800138000", "+8613800138000"),
            ("GB", "020 7946 0018", "+442079460018"), ("IT", "06 1234 5678", "+390612345678"),
            ("XX", "+4915112345678", "+4915112345678"),
        ])
    func phone(region: String, given: String, compared: String) {
        #expect(IdentityRules(region: region).compared(given, as: .phone) == compared)
    }

    @Test(
        "What is no phone number is no identity", arguments: ["call me", "12", "+", "1+2345678", "+0123456789", "1234567890123456"])
    func noPhone(given: String) { #expect(rules.compared(given, as: .phone) == nil) }

    @Test("A national number without a known region is no identity")
    func unknownRegion() { #expect(IdentityRules(region: "XX").compared("13800138000", as: .phone) == nil) }

    @Test("Identities come by priority, the anonymous id last, each once")
    func priority() {
        let call = Call(
            type: .identify, messageID: "m", timestamp: .epoch, receivedAt: .epoch, userID: "u1", anonymousID: "a1",
            traits: ["email": " Amy@Example.com", "phone": "13800138000"],
            context: [
                "device": ["id": "d1"],
                "externalIds": [
                    ["id": "o1", "type": "wechat_openid"], ["id": "w1", "type": "wechat_unionid"], ["id": "null", "type": "crm"],
                    ["id": 77, "type": "crm"], ["id": "amy@example.com", "type": "email"],
                ],
            ], source: SourceID(text: "src_1"))
        let trusted = rules.identities(of: call, trusted: true)
        #expect(trusted.blocked)
        #expect(
            trusted.identities.map { "\($0.type) \($0.value)" } == [
                "user_id u1", "email amy@example.com", "phone +8613800138000", "wechat_unionid w1", "device_id d1",
                "wechat_openid o1",
                "crm 77", "anonymous_id a1",
            ])
        let open = rules.identities(of: call, trusted: false)
        #expect(!open.identities.contains { $0.type == .phone })
    }

    @Test("The previous id of an alias stands right after the user id")
    func alias() {
        let call = Call(
            type: .alias, messageID: "m", timestamp: .epoch, receivedAt: .epoch, userID: "u1", anonymousID: "a1", previousID: "old",
            source: SourceID(text: "src_1"))
        #expect(rules.identities(of: call, trusted: false).identities.map(\.value) == ["u1", "old", "a1"])
    }

    @Test("The byte path gives what the whole rules give", arguments: UInt64(0) ..< 32)
    func bytePath(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let values = ["u1", "null", "0", "00-0", "guest", "\"NaN\"", "a-b", "", "用户"]
        for _ in 0 ..< 100 {
            let user = Bool.random(using: &random) ? values.randomElement(using: &random) : nil
            let anonymous = Bool.random(using: &random) ? values.randomElement(using: &random) : nil
            let call = Call(
                type: .track, messageID: "m", timestamp: .epoch, receivedAt: .epoch, userID: user, anonymousID: anonymous,
                source: SourceID(text: "src_1"))
            let expected = rules.identities(of: call, trusted: false)
            var found: [Identity] = []
            let userBytes = user.map { Array($0.utf8) }
            let anonymousBytes = anonymous.map { Array($0.utf8) }
            let blocked = (userBytes ?? []).withUnsafeBytes { userBuffer in
                (anonymousBytes ?? []).withUnsafeBytes { anonymousBuffer in
                    rules.emit(
                        userID: userBytes == nil ? nil : userBuffer, anonymousID: anonymousBytes == nil ? nil : anonymousBuffer
                    ) { type, bytes in found.append(Identity(type: type, value: String(decoding: bytes, as: UTF8.self))) }
                }
            }
            #expect(NamedIdentities(identities: found, blocked: blocked) == expected)
        }
    }
}
