internal import Model

/// A file as UTF-8, unpacked and decoded on the way, whatever it is on disk.
final class FileText {
    private let inflater: FileInflater
    private var isFirst = true
    /// nil while only ASCII was seen.
    private(set) var encoding: FileEncoding?
    private var transcoder: FileTranscoder?
    private var piece: [UInt8]

    /// - Throws: ``Problem`` as ``FileInflater``.
    init(path: String) throws(Problem) {
        inflater = try FileInflater(path: path)
        piece = [UInt8](repeating: 0, count: 256 << 10)
    }

    var compression: FileCompression { inflater.compression }
    /// Bytes of the file read so far, packed as they are.
    var bytesRead: Int { inflater.source.bytesRead }
    var byteCount: Int { inflater.source.byteCount }
    /// The encoding's name for people.
    var encodingName: String { encoding?.rawValue ?? "ASCII" }

    /// Appends some more text to `out`; false at the end.
    ///
    /// - Throws: ``Problem`` when the file cannot be read on.
    func read(into out: inout [UInt8]) throws(Problem) -> Bool {
        let result = piece.withUnsafeMutableBytes { buffer in
            Result { () throws(Problem) in try inflater.read(into: buffer) }
        }
        let count = try result.get()
        guard count > 0 else {
            let before = out.count
            transcoder?.convert(UnsafeRawBufferPointer(start: nil, count: 0), isLast: true, into: &out)
            transcoder = nil
            return out.count > before
        }
        piece.withUnsafeBytes { decode(UnsafeRawBufferPointer(rebasing: $0[..<count]), into: &out) }
        return true
    }

    private func decode(_ bytes: UnsafeRawBufferPointer, into out: inout [UInt8]) {
        var bytes = bytes
        if isFirst {
            isFirst = false
            if let (marked, length) = FileEncoding.marked(bytes) {
                decide(marked)
                bytes = UnsafeRawBufferPointer(rebasing: bytes[length...])
            } else if let wide = FileEncoding.unmarkedWide(bytes) {
                decide(wide)
            }
        }
        // ASCII is the same in all that is left; the first other byte decides.
        if encoding == nil, let first = bytes.firstIndex(where: { $0 >= 0x80 }) {
            decide(FileEncoding.guess(UnsafeRawBufferPointer(rebasing: bytes[first...])))
        }
        if let transcoder {
            transcoder.convert(bytes, isLast: false, into: &out)
        } else {
            out.append(contentsOf: bytes)
        }
    }

    private func decide(_ encoding: FileEncoding) {
        self.encoding = encoding
        if encoding != .utf8 { transcoder = FileTranscoder(from: encoding) }
    }
}
