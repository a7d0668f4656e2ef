import Testing

@testable import Console

struct CatalogueTests {
    @Test("Every text says something in both languages")
    func complete() {
        #expect(Catalogue.entries.count == Mirror(reflecting: Catalogue.shared).children.count && Catalogue.entries.count > 9)
        for (group, texts) in Catalogue.entries {
            #expect(!texts.isEmpty)
            for (key, text) in texts {
                #expect(!text.english.isEmpty && !text.chinese.isEmpty, "\(group).\(key)")
                #expect(text.one.map { !$0.isEmpty } ?? true, "\(group).\(key)")
            }
        }
    }

    @Test("Both languages name the same places")
    func places() {
        for (group, texts) in Catalogue.entries {
            for (key, text) in texts {
                #expect(Self.places(text.english) == Self.places(text.chinese), "\(group).\(key)")
                if let one = text.one { #expect(Self.places(one).isSubset(of: Self.places(text.english)), "\(group).\(key)") }
            }
        }
    }

    @Test("Chinese is Chinese: only names of things may stand in Latin letters alone")
    func chineseLetters() {
        let names: Set<String> = ["curl"]
        for (group, texts) in Catalogue.entries {
            for (key, text) in texts where !names.contains(text.chinese) && !text.chinese.contains("SDK") {
                let hasHan = text.chinese.unicodeScalars.contains { (0x3400 ... 0x9FFF).contains($0.value) }
                #expect(hasHan, "\(group).\(key)")
            }
        }
    }

    @Test("Templates hold no words of their own and name only texts that exist", arguments: Template.allCases)
    func templatesUseTheCatalogue(template: Template) {
        let source = String(decoding: template.bytes, as: UTF8.self)
        for match in source.matches(of: /\{\{t\.(\w+)\.(\w+)\}\}/) {
            #expect(Catalogue.entries[String(match.1)]?[String(match.2)] != nil, "\(match.0)")
        }
        // What is left without tags, attributes and braces is only punctuation.
        let bare = source.replacing(/<[^>]*>/, with: " ").replacing(/\{\{\{?[^}]*\}?\}\}/, with: " ")
        #expect(!bare.contains { $0.isLetter }, "\(template.rawValue): \(bare.filter { $0.isLetter })")
    }

    @Test("A count chooses its English form; Chinese has one")
    func plural() {
        #expect(Words(.english)(\.common.people, count: 1) == "1 person")
        #expect(Words(.english)(\.common.people, count: 12_345) == "12,345 people")
        #expect(Words(.chinese)(\.common.people, count: 1) == "1 人")
    }

    @Test("A value that looks like a place stays as it is")
    func hostileValue() {
        let text = Words(.english)(\.setup.arrivedText, ["event": "{count}", "ago": "{event}"])
        #expect(text == "{count}, {event}.")
    }

    @Test("The language is the best of what the browser accepts")
    func negotiation() {
        #expect(Language.negotiated(acceptLanguage: "zh-CN,zh;q=0.9,en;q=0.8") == .chinese)
        #expect(Language.negotiated(acceptLanguage: "fr, en-GB;q=0.7, zh;q=0.3") == .english)
        #expect(Language.negotiated(acceptLanguage: "fr") == nil)
        #expect(Language.negotiated(acceptLanguage: ";;q=,,") == nil)
    }

    private static func places(_ text: String) -> Set<String> { Set(text.matches(of: /\{\w+\}/).map { String($0.0) }) }
}
