import Testing

@testable import Model

@Suite("Identities in texts") struct IdentityFinderTests {
    private static let values: Set<String> = [
        "customer-1", "ann.lee@example.com", "+4915112345678", "42", "王小明的账号", "müller-anna", "CORP\\anna.lee", "a\"quoted-id",
        "50%41off-id",
    ]

    private func redacted(_ text: String, namesSomebody: Bool = false) -> String {
        let finder = IdentityFinder(Self.values)
        var text = text
        let clean = text.withUTF8 { finder.redacted(UnsafeRawBufferPointer($0), namesSomebody: namesSomebody) }
        return clean.map { String(decoding: $0, as: UTF8.self) } ?? text
    }

    @Test(
        "A value is found where it stands by itself",
        arguments: [
            ("customer-1", "(erased)"), ("ask Customer-1.", "ask (erased)."), ("customer-1, customer-12", "(erased), customer-12"),
            ("<ann.lee@example.com>", "<(erased)>"), ("...ann.lee@example.com", "...(erased)"),
            ("/u/customer-1/orders", "/u/(erased)/orders"),
            ("tel:+4915112345678", "tel:(erased)"), ("Tel+4915112345678", "Tel(erased)"),
            ("联系王小明的账号吧customer-1号", "联系(erased)吧(erased)号"),
            ("customer-1@", "(erased)@"), ("@customer-1", "@(erased)"),
        ])
    func found(text: String, clean: String) { #expect(redacted(text) == clean) }

    @Test(
        "A piece of a longer word or address is somebody else's",
        arguments: [
            "customer-12", "customer-1-2", "customer-1_2", "xcustomer-1", "old-customer-1", "customer-1.2",
            "customer-1@mail.example",
            "bob@customer-1", "ann.lee@example.com.au", "mary.ann.lee@example.com", "xann.lee@example.com", "+49151123456789",
            "customer-1%2D2", "customer-1\\u0041", "customer-1\\u005f", "customer-1%40mail.example", "customer%2D12",
            "\\u0041customer-1", "%41customer-1", "customer-1%2e2",
        ])
    func longer(text: String) { #expect(redacted(text) == text) }

    @Test(
        "Escapes are read, of the value and of what stands beside it",
        arguments: [
            ("?m=ann.lee%40example.com&n=1", "?m=(erased)&n=1"), ("m%3Dann.lee%40example.com%26n", "m%3D(erased)%26n"),
            ("%20customer-1%20", "%20(erased)%20"), ("u%253Dann.lee%2540example.com", "u%253D(erased)"),
            (#"line\ncustomer-1\nline"#, #"line\n(erased)\nline"#), (#"\"customer-1\""#, #"\"(erased)\""#),
            (#"m\u00fcller-anna"#, "(erased)"), ("%2B4915112345678", "(erased)"), (#"customer-1\u0020"#, #"(erased)\u0020"#),
            (#"["C:\\customer-1","x"]"#, #"["C:\\(erased)","x"]"#), (#"["a\"quoted-id"]"#, #"["(erased)"]"#),
            (#"["CORP\\anna.lee"]"#, #"["(erased)"]"#), ("C:\\customer-1", "C:\\(erased)"), ("50%41off-id", "(erased)"),
        ])
    func escaped(text: String, clean: String) { #expect(redacted(text) == clean) }

    @Test("In JSON no escape is cut in two")
    func halfEscapes() {
        let finder = IdentityFinder(["nancy-smith"])
        var text = #"["line\nancy-smith"]"#
        #expect(text.withUTF8 { finder.redacted(UnsafeRawBufferPointer($0)) } == nil)
    }

    @Test("What is short or made up is found where it is all that is said of somebody")
    func short() {
        #expect(redacted("42", namesSomebody: true) == "(erased)")
        #expect(redacted("42") == "42" && redacted("42 boxes", namesSomebody: true) == "42 boxes")
        #expect(redacted(#"["42","420"]"#, namesSomebody: true) == #"["(erased)","420"]"#)
        let finder = IdentityFinder(["42"], madeUp: ["Order Completed"])
        for text in [
            #"{"userId":"42"}"#, #"{"a":{"to":{"id":"42"}}}"#, #"{"externalIds":[{"type":"user_id","id":"42"}]}"#,
            #"{"property":"payer","op":"=","value":"42"}"#, #"{"value":["41","42"],"op":"in","property":"to.id"}"#,
            #"{"anonymousId":"order completed"}"#, #"{"userId" : "42", "cut": "o"#,
        ] {
            #expect(finder.isInJSON(text), "\(text)")
        }
        for text in [
            #"{"order_id":"42"}"#, #"{"userId":"420"}"#, #"{"event":"Order Completed"}"#, #"{"id":"42"}"#,
            #"{"property":"size","op":"=","value":"42"}"#, #"{"42":"userId"}"#, #"{"userId":42}"#, "{{{", "]]", #"{"userId":"4"#,
        ] {
            #expect(!finder.isInJSON(text), "\(text)")
        }
    }

    @Test("Nothing is left where something was taken out, and the rest stays", arguments: UInt64(0) ..< 300)
    func nothingLeft(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let pieces = Array(Self.values) + ["%", "%4", "\\", "\\u00", "\\n", "%20", "%25", "2", "-", ".", "@", " ", "\"", "x", "["]
        let text = (0 ..< Int.random(in: 1 ... 8, using: &random)).map { _ in
            pieces[Int.random(in: 0 ..< pieces.count, using: &random)]
        }
        .joined()
        let clean = redacted(text)
        #expect(!IdentityFinder(Self.values).isIn(clean) || clean == text, "\(text) became \(clean)")
        #expect((clean == text) == !IdentityFinder(Self.values).isIn(text))
    }

    @Test("An identity that is written with its type is found by itself, however short, and a short value is not")
    func typed() {
        let identities = [Identity(type: .userID, value: "42"), Identity(type: IdentityType("crm"), value: "7")]
        let finder = IdentityFinder(of: identities, texts: ["42", "7"])
        for text in ["user_id:42", "earn for User_ID:42.", #"{"member":"crm:7"}"#, "crm:7", "(crm:7)"] {
            #expect(finder.isIn(text), "\(text)")
        }
        for text in ["user_id:421", "my_user_id:42", "crm:77", "42", "7", "crm:", "crm:7-1"] {
            #expect(!finder.isIn(text), "\(text)")
        }
        #expect(finder.isInJSON(#"{"member":"user_id:42"}"#) && !finder.isInJSON(#"{"amount":"42"}"#))
    }
}
