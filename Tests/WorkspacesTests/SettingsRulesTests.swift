import Model
import Testing

@testable import Workspaces

@Suite("Rules of settings")
struct SettingsRulesTests {
    @Test(
        "Names are trimmed; control and direction characters are refused",
        arguments: ["", "  ", "a\u{0}b", "a\u{202E}b", String(repeating: "x", count: 101), "a\nb"])
    func badNames(name: String) throws {
        let problem = #expect(throws: Problem.self) { try SettingsRules.name(name) }
        #expect(problem?.place == "/name")
    }

    @Test("Names in any script are kept")
    func goodNames() throws {
        #expect(try SettingsRules.name("  茶馆 № 1 🍵 ") == "茶馆 № 1 🍵")
    }

    @Test(
        "Only zones of the table are taken",
        arguments: ["Asia/Peking", "", "localtime", "right/UTC", "../../etc/passwd", "asia/shanghai"])
    func badZones(zone: String) throws {
        let problem = #expect(throws: Problem.self) { try SettingsRules.timezone(zone) }
        #expect(problem?.code == .unknownTimeZone)
        #expect(problem?.place == "/timezone")
    }

    @Test("Only currencies of ISO 4217 are taken, in either case")
    func currencies() throws {
        #expect(try SettingsRules.currency("cny") == .cny)
        for text in ["", "ABC", "RMB", "¥"] {
            let problem = #expect(throws: Problem.self) { try SettingsRules.currency(text) }
            #expect(problem?.place == "/currency")
        }
    }

    @Test("E-mails are trimmed and lower-cased; what is none is refused")
    func emails() throws {
        #expect(try SettingsRules.email(" Mei@Example.COM ") == "mei@example.com")
        for text in ["", "mei", "@example.com", "mei@", "a b@example.com", "a@b@c", "<a@b.c>", "a@.c"] {
            #expect(throws: Problem.self) { try SettingsRules.email(text) }
        }
    }

    @Test("The region follows the zone, else the currency")
    func regions() throws {
        #expect(SettingsRules.proposedRegion(timezone: "Asia/Shanghai", currency: .usd) == "CN")
        #expect(SettingsRules.proposedRegion(timezone: "Europe/Berlin", currency: .usd) == "DE")
        #expect(SettingsRules.proposedRegion(timezone: "UTC", currency: .cny) == "CN")
        #expect(SettingsRules.proposedRegion(timezone: "UTC", currency: try SettingsRules.currency("EUR")) == "US")
    }

    @Test(
        "Weak passwords are refused",
        arguments: [
            "short", "123456789", "password123", "PASSWORD123", "aaaaaaaaaa", "abcdefghij", "0987654321", "mei@example.com",
        ])
    func weakPasswords(password: String) {
        #expect(PasswordRules.problem(password, email: "mei@example.com")?.code == .weakPassword)
    }

    @Test("Long ones of one's own are taken", arguments: ["green tea at dawn", "碧螺春明前茶一两三钱", "x7-Qpl9!vvT"])
    func goodPasswords(password: String) {
        #expect(PasswordRules.problem(password, email: "mei@example.com") == nil)
    }
}
