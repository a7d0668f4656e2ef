internal import Columns

/// Writes the sections of a part one after another, to memory or, through its output, to a file.
struct PartWriter {
    /// Integers that can be walked as often as it takes.
    typealias IntList = ((Int64) -> Void) -> Void

    /// Zstandard level of text blocks; nil leaves them plain.
    let level: Int32?
    private var out: ByteOutput
    private var directory = PartDirectory()

    init(level: Int32?, out: ByteOutput = ByteOutput()) {
        self.level = level
        self.out = out
        self.out.append(PartLayout.head)
    }

    var info: PartInfo {
        get { directory.info }
        set { directory.info = newValue }
    }

    /// Bytes written so far.
    var byteCount: Int { out.count }

    mutating func section<Failure: Error>(
        _ id: PartLayout.SectionID, _ body: (inout ByteOutput) throws(Failure) -> Void
    ) throws(Failure) {
        directory.sections[id.rawValue] = try extent(body)
    }

    mutating func column<Source: ColumnSource>(_ key: ColumnKey, _ source: Source) throws(Source.Failure) {
        guard source.count > 0 else { return }
        let rowCount = info.rowCount
        let extent = try extent { out throws(Source.Failure) in
            try ColumnEncoder.encode(source, rowCount: rowCount, appendingTo: &out)
        }
        directory.columns.append((key, extent))
    }

    /// Hands on everything written so far.
    mutating func handOn() { out.handOn(isLast: true) }

    /// Writes checksums and directory; the whole part, of a writer to memory.
    mutating func finish() -> [UInt8] {
        let bytes = out.pending
        bytes.withUnsafeBytes { finish(reading: $0) }
        return out.pending
    }

    /// Writes checksums and directory behind the sections, which `bytes` are.
    mutating func finish(reading bytes: UnsafeRawBufferPointer) {
        func sum(_ extent: PartExtent) -> UInt64 { XXHash.hash64(bytes.slice(extent.offset, extent.byteCount)) }
        for (id, extent) in directory.sections { directory.sections[id]?.checksum = sum(extent) }
        for index in directory.columns.indices { directory.columns[index].extent.checksum = sum(directory.columns[index].extent) }
        directory.columns.sort { $0.key < $1.key }
        var body: [UInt8] = []
        directory.write(to: &body)
        let offset = out.count
        out.append(body)
        out.appendInteger(UInt64(offset))
        out.appendInteger(UInt64(body.count))
        out.appendInteger(XXHash.hash64(body))
        out.append(PartLayout.tail)
    }

    private mutating func extent<Failure: Error>(
        _ body: (inout ByteOutput) throws(Failure) -> Void
    ) throws(Failure) -> PartExtent {
        let start = out.count
        try body(&out)
        out.handOn()
        return PartExtent(offset: start, byteCount: out.count - start, checksum: 0)
    }
}
