import Model
import Testing

@testable import Console

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

struct VisibleTextTests {
    @Test("Control characters and steering marks become visible")
    func visible() {
        #expect(VisibleText.page("a\u{0}b\u{7}") == "a␀b␇")
        #expect(VisibleText.page("evil\u{202E}cod.exe") == "evil⟦U+202E⟧cod.exe")
        #expect(VisibleText.page("x\u{85}\u{7F}\u{FEFF}\u{200B}\u{061C}\u{2066}") == "x⟦U+85⟧␡⟦U+FEFF⟧⟦U+200B⟧⟦U+61C⟧⟦U+2066⟧")
    }

    @Test("Ordinary text of any script stays as it is")
    func ordinary() {
        let text = "茶馆 <b>\n\tقهوة שלום é ü 👩‍👩‍👧 “–” … ™ ⟦ﬁ"
        #expect(VisibleText.page(text) == text)
    }

    @Test("A question in a form says the same when it comes back")
    func escapedJSON() throws {
        let name = "bell\u{7} \u{202E}gpj.exe \u{7F}\u{85}\u{2028}\u{FEFF}\u{E0067} 茶 \\u202e \"q\""
        let question = ["event": .string(name)] as JSONValue
        let escaped = VisibleText.escaped(json: question.text)
        #expect(VisibleText.page(escaped) == escaped && escaped.contains(#"\u202egpj"#) && escaped.contains(#"\udb40\udc67"#))
        #expect(try JSONDecoder().decode([String: String].self, from: Data(escaped.utf8)) == ["event": name])
        let plain = #"{"event":"茶 👩‍👩"}"#
        #expect(VisibleText.escaped(json: plain) == plain)
    }

    @Test("Only paths of this site are gone back to")
    func localPaths() {
        #expect(SiteURL.local("/people?search=a%20b") == "/people?search=a%20b")
        for bad in ["//evil.example", "https://evil.example", "/\\evil", "javascript:x", "", "/a\r\nset-cookie:x", "/a b"] {
            #expect(SiteURL.local(bad) == "/")
        }
        #expect(SiteURL.local(nil) == "/")
    }

    @Test("Addresses encode what they carry")
    func encoding() {
        #expect(SiteURL.people(search: "茶 & co", cell: "both") == "/people?search=%E8%8C%B6%20%26%20co&cell=both")
        #expect(SiteURL.encoded("a-b._~") == "a-b._~")
    }
}
