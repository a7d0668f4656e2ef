internal import Columns
internal import Disks

/// Where a long merge keeps what it needs by row, call or text: files beside the one it writes, which are gone when it ends.
///
/// Nothing names them, so that what a crash leaves is removed at the next start.
final class Scratch {
    /// Bytes of a list up to which it stays in memory; longer ones are written in pieces of this size.
    let pieceBytes: Int
    private let disk: any Disk
    private let path: String
    private var fileCount = 0

    /// - Parameter path: that of the file that is written; those made here have a number behind it.
    init(besides path: String, disk: any Disk, pieceBytes: Int) {
        (self.path, self.disk, self.pieceBytes) = (path, disk, pieceBytes)
    }

    func makeFile() throws(DiskFailure) -> ScratchFile {
        fileCount += 1
        return try ScratchFile(path: "\(path).\(fileCount)", disk: disk)
    }
}

/// A file that is written once and then read, and has no name any more when nobody holds it.
final class ScratchFile {
    private let path: String
    private let disk: any Disk
    private let file: any DiskFile
    private var byteCount = 0
    /// Where each piece ends, and its hash.
    private var pieces: [(end: Int, hash: UInt64)] = []

    init(path: String, disk: any Disk) throws(DiskFailure) {
        (self.path, self.disk) = (path, disk)
        file = try disk.open(path)
    }

    deinit {
        file.close()
        disk.discard(path)
    }

    func append(_ bytes: UnsafeRawBufferPointer) throws(DiskFailure) {
        try file.write(bytes, at: byteCount)
        byteCount += bytes.count
        pieces.append((byteCount, XXHash.hash64(bytes)))
    }

    /// Everything that was written, as it was written; stays when the file is gone.
    func map() throws(DiskFailure) -> ByteRegion {
        guard let region = try disk.map(path), region.count == byteCount, isWhole(region.bytes) else {
            throw DiskFailure(kind: .other(5), path: path, reason: "the file does not hold what was written to it")
        }
        return region
    }

    private func isWhole(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var start = 0
        return pieces.allSatisfy { end, hash in
            defer { start = end }
            return XXHash.hash64(bytes.slice(start, end - start)) == hash
        }
    }
}

/// Values in the order in which they come: in memory while they are few, and else, given a place for it, in a file.
struct ListDraft<Element: BitwiseCopyable> {
    private let scratch: Scratch?
    private let pieceCount: Int
    private var pending: [Element] = []
    private var file: ScratchFile?
    private var failure: DiskFailure?
    private(set) var count = 0

    init(in scratch: Scratch?) {
        self.scratch = scratch
        pieceCount = scratch.map { max(1, $0.pieceBytes / MemoryLayout<Element>.stride) } ?? Int.max
    }

    @inline(__always) mutating func append(_ element: Element) {
        pending.append(element)
        count += 1
        if pending.count >= pieceCount { handOn() }
    }

    private mutating func handOn() {
        defer { pending.removeAll(keepingCapacity: true) }
        guard failure == nil, let scratch else { return }
        do throws(DiskFailure) {
            if file == nil { file = try scratch.makeFile() }
            try pending.withUnsafeBufferPointer { values throws(DiskFailure) in
                try file?.append(UnsafeRawBufferPointer(values))
            }
        } catch {
            failure = error
        }
    }

    /// Everything that was added.
    ///
    /// - Throws: what kept some of it from being written; then all is lost.
    mutating func finish() throws(DiskFailure) -> FixedList<Element> {
        if file != nil, !pending.isEmpty { handOn() }
        if let failure { throw failure }
        if let file { return FixedList(try file.map()) }
        return FixedList(pending.withUnsafeBytes { ByteRegion(copying: $0) })
    }
}

/// Values that stay where they are, in memory or in a mapped file.
struct FixedList<Element: BitwiseCopyable>: RandomAccessCollection {
    private let region: ByteRegion
    private let elements: UnsafeBufferPointer<Element>

    init(_ region: ByteRegion) {
        self.region = region
        elements = region.bytes.bindMemory(to: Element.self)
    }

    var startIndex: Int { 0 }
    var endIndex: Int { elements.count }
    @inline(__always) subscript(index: Int) -> Element { elements[index] }
}
