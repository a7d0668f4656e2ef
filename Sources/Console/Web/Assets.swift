/// A file that the program carries in itself, under an address that changes with its content.
struct Asset: Sendable {
    let name: String
    let contentType: String
    let bytes: [UInt8]
    /// Sixteen hexadecimal digits that change with the content.
    let fingerprint: String

    init(name: String, contentType: String, bytes: [UInt8]) {
        self.name = name
        self.contentType = contentType
        self.bytes = bytes
        fingerprint = Asset.fingerprint(of: bytes)
    }

    /// May be kept forever: another content has another address.
    var url: String { "/assets/\(fingerprint)/\(name)" }

    /// 64-bit FNV-1a in hexadecimal: names a version of some bytes, nothing more.
    static func fingerprint(of bytes: [UInt8]) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        let text = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - text.count) + text
    }

    static let styles = Asset(name: "console.css", contentType: "text/css; charset=utf-8", bytes: PackageResources.console_css)
    static let script = Asset(name: "console.js", contentType: "text/javascript; charset=utf-8", bytes: PackageResources.console_js)
    static let icon = Asset(name: "icon.svg", contentType: "image/svg+xml", bytes: PackageResources.icon_svg)
    static let all = [styles, script, icon]
}
