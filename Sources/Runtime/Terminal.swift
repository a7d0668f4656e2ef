#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// What the terminal behind a stream can show.
package struct Terminal: Sendable {
    /// Columns of the window; 80 when unknown.
    package let columns: Int
    /// Whether a person watches: progress bars and colours make sense.
    package let isInteractive: Bool
    private let descriptor: Int32

    package static var output: Terminal { Terminal(descriptor: STDOUT_FILENO) }
    package static var error: Terminal { Terminal(descriptor: STDERR_FILENO) }

    private init(descriptor: Int32) {
        self.descriptor = descriptor
        isInteractive = isatty(descriptor) == 1 && getenv("TERM").map { strcmp($0, "dumb") != 0 } ?? false
        var size = winsize()
        columns = ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
    }

    /// Writes `text` as it is, at once.
    package func write(_ text: String) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let written = bytes.withUnsafeBytes { systemWrite(descriptor, $0.baseAddress, $0.count) }
            if written <= 0 { return }
            bytes = bytes.dropFirst(written)
        }
    }

    /// `text` in bold where that shows.
    package func bold(_ text: String) -> String { styled(text, "1") }
    /// `text` in grey where that shows.
    package func dim(_ text: String) -> String { styled(text, "2") }
    /// `text` in the colour of tea where that shows.
    package func accent(_ text: String) -> String { styled(text, "32") }

    private func styled(_ text: String, _ code: String) -> String {
        isInteractive && getenv("NO_COLOR") == nil ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}

extension String {
    /// Columns that this text takes in a terminal: wide East Asian characters take two, combining ones none.
    package var terminalColumns: Int { reduce(0) { $0 + $1.terminalColumns } }

    /// This text with spaces behind it up to `columns`.
    package func padded(to columns: Int) -> String { self + String(repeating: " ", count: max(0, columns - terminalColumns)) }

    /// This text with spaces before it up to `columns`.
    package func leftPadded(to columns: Int) -> String { String(repeating: " ", count: max(0, columns - terminalColumns)) + self }

    /// The beginning of this text that fits `columns`, with an ellipsis when something was cut.
    package func cut(to columns: Int) -> String {
        guard terminalColumns > columns else { return self }
        var out = ""
        var used = 0
        for character in self {
            used += character.terminalColumns
            if used > columns - 1 { break }
            out.append(character)
        }
        return out + "…"
    }
}

extension Character {
    fileprivate var terminalColumns: Int {
        guard let scalar = unicodeScalars.first else { return 0 }
        switch scalar.value {
        case 0x1100 ... 0x115F, 0x2E80 ... 0x303E, 0x3041 ... 0xA4CF, 0xAC00 ... 0xD7A3, 0xF900 ... 0xFAFF, 0xFE30 ... 0xFE6F,
            0xFF00 ... 0xFF60, 0xFFE0 ... 0xFFE6, 0x1F300 ... 0x1F64F, 0x1F900 ... 0x1F9FF, 0x20000 ... 0x3FFFD:
            return 2
        default:
            return scalar.properties.generalCategory == .nonspacingMark ? 0 : 1
        }
    }
}
