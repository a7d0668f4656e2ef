internal import Model

/// Somebody whom a file names by one text alone: by an e-mail address, a phone number or an id.
struct ImportParty {
    private enum Kind { case id, email, phone }

    let text: ArraySlice<UInt8>
    private let kind: Kind

    init(_ text: ArraySlice<UInt8>) {
        let isInternational = text.count >= 8 && text.first == UInt8(ascii: "+") && text.dropFirst().allSatisfy(ImportParty.isDigit)
        let isChineseMobile = text.count == 11 && text.first == UInt8(ascii: "1") && text.allSatisfy(ImportParty.isDigit)
        if text.contains(UInt8(ascii: "@")) {
            (self.text, kind) = (text, .email)
        } else {
            (self.text, kind) = (text, isInternational || isChineseMobile ? .phone : .id)
        }
    }

    var isNobody: Bool { text.isEmpty }

    /// An e-mail address as it is compared: its anonymous id is one, however it is written.
    static func compared(email: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        if email.allSatisfy({ $0 < 0x80 && !(0x41 ... 0x5A ~= $0) }) { return email }
        return ArraySlice(String(decoding: email, as: UTF8.self).lowercased().utf8)
    }

    /// Writes the rest of an identify call: an address is no user id, but an anonymous id and a trait.
    func write(at instant: Instant?, writer: inout ImportCallWriter) {
        switch kind {
        case .id: writer.text("userId", text)
        case .email: writer.text("anonymousId", ImportParty.compared(email: text))
        case .phone: writer.text("anonymousId", text)
        }
        if let instant { writer.text("timestamp", instant.rfc3339.utf8) }
        writer.openObject("traits")
        if kind != .id { writer.field(kind == .email ? "email" : "phone", text, as: .text) }
        writer.closeObject()
        writer.end()
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
}
