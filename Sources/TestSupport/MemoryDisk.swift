package import Columns
package import Disks
package import Model
import Synchronization

/// A disk in memory that keeps apart what was written and what is durable, and fails on command.
package final class MemoryDisk: Disk {
    /// What makes an operation fail.
    package enum Fault: Sendable {
        /// Every operation from the n-th on fails, as if the power were gone.
        case powerLoss(atOperation: Int)
        /// The n-th operation fails, whatever it is, and no other.
        case error(atOperation: Int)
        /// The n-th operation, if it is a write, keeps one bit otherwise than it was told, and says nothing.
        case flippedBit(atOperation: Int)
        /// Writes of file contents fail once this many bytes were written; half of the failing write stays.
        case full(afterBytes: Int)
        case readOnly
        /// Making file contents durable fails.
        case syncFails
        /// Making file contents durable is claimed and not done.
        case syncLies
    }

    fileprivate enum Change {
        case write(offset: Int, bytes: [UInt8])
        case truncate(size: Int)
    }

    fileprivate struct File {
        var content: [UInt8] = []
        var durable: [UInt8] = []
        /// What has been done to it since the last flush, in order.
        var changes: [Change] = []
    }

    fileprivate struct State {
        var files: [Int: File] = [:]
        var names: [String: Int] = [:]
        var durableNames: [String: Int] = [:]
        /// What a name has meant since its directory was flushed last; the disk may have stopped at any of these.
        var passingNames: [String: [Int]] = [:]
        var directories: Set<String> = []
        var nextFile = 0
        var locked: Set<String> = []
        var operations = 0
        var bytesWritten = 0
        var fault: Fault?
        var freeBytes: Int?

        mutating func give(_ name: String, _ file: Int) {
            names[name] = file
            passingNames[name, default: []].append(file)
        }
    }

    /// Small, so that short writes are torn, too.
    private static let sectorBytes = 64

    fileprivate let state = Mutex(State())

    package init() {}

    package var operations: Int { state.withLock { $0.operations } }

    package func fail(_ fault: Fault?) {
        state.withLock {
            $0.fault = fault
            $0.bytesWritten = 0
        }
    }

    /// Says that files may take so much more; nil says nothing.
    package func leave(freeBytes: Int?) { state.withLock { $0.freeBytes = freeBytes } }

    /// The disk after the power came back: of what was not flushed, each name and each change is there or not, in any combination,
    /// and of a write, each sector.
    package func afterPowerLoss(using random: inout SplitMix64) -> MemoryDisk {
        let old = state.withLock { $0 }
        let disk = MemoryDisk()
        disk.state.withLock { state in
            state.directories = old.directories
            state.nextFile = old.nextFile
            state.names = old.durableNames
            if Bool.random(using: &random) {
                let touched = Set(old.names.keys).union(old.durableNames.keys).union(old.passingNames.keys)
                for name in touched.sorted() where Bool.random(using: &random) {
                    let passing = (old.passingNames[name] ?? []).map { Optional($0) }
                    state.names[name] = (passing + [old.names[name]]).randomElement(using: &random) ?? nil
                }
            }
            state.durableNames = state.names
            for (number, file) in old.files.sorted(by: { $0.key < $1.key }) {
                var content = file.durable
                for change in file.changes where Bool.random(using: &random) {
                    MemoryDisk.carryOut(change, in: &content, using: &random)
                }
                state.files[number] = File(content: content, durable: content)
            }
        }
        return disk
    }

    private static func carryOut(_ change: Change, in content: inout [UInt8], using random: inout SplitMix64) {
        switch change {
        case .truncate(let size): content.removeLast(max(0, content.count - size))
        case .write(let offset, let bytes):
            if Bool.random(using: &random) { return put(bytes, at: offset, into: &content) }
            let end = Int.random(in: 0 ... bytes.count, using: &random)
            let isGappy = Bool.random(using: &random)
            for start in stride(from: 0, to: end, by: sectorBytes) where !isGappy || Bool.random(using: &random) {
                put(bytes[start ..< min(start + sectorBytes, end)], at: offset + start, into: &content)
            }
        }
    }

    /// Changes the bytes of a file.
    package func damage(_ path: String, _ change: (inout [UInt8]) -> Void) {
        state.withLock { state in
            guard let number = state.names[path], var file = state.files[number] else { return }
            change(&file.content)
            file.durable = file.content
            state.files[number] = file
        }
    }

    /// The paths of all files that hold something.
    package var paths: [String] { state.withLock { $0.names.keys.sorted() } }

    package func size(_ path: String) -> Int {
        state.withLock { state in state.names[path].flatMap { state.files[$0]?.content.count } ?? 0 }
    }

    fileprivate static func put(_ bytes: some Collection<UInt8>, at offset: Int, into content: inout [UInt8]) {
        if content.count < offset + bytes.count { content += [UInt8](repeating: 0, count: offset + bytes.count - content.count) }
        content.replaceSubrange(offset ..< offset + bytes.count, with: bytes)
    }

    /// Counts an operation, and fails it when the power is gone.
    fileprivate func count(_ path: String, writes: Bool = true) throws(DiskFailure) {
        let failure = state.withLock { state -> DiskFailure? in
            state.operations += 1
            switch state.fault {
            case .powerLoss(let operation) where state.operations >= operation:
                return DiskFailure(kind: .other(5), path: path, reason: "power lost")
            case .error(let operation) where state.operations == operation:
                return DiskFailure(kind: .other(5), path: path, reason: "input/output error")
            case .readOnly where writes: return DiskFailure(kind: .readOnly, path: path, reason: "read-only")
            default: return nil
            }
        }
        if let failure { throw failure }
    }

    // MARK: - Disk

    package func makeDirectory(_ path: String) throws(DiskFailure) {
        if state.withLock({ $0.directories.contains(path) }) { return }
        try count(path)
        state.withLock { _ = $0.directories.insert(path) }
    }

    package func names(in directory: String) throws(DiskFailure) -> [String] {
        try count(directory, writes: false)
        return state.withLock { state in
            state.names.keys.filter { $0.hasPrefix(directory + "/") && !$0.dropFirst(directory.count + 1).contains("/") }
                .map { String($0.dropFirst(directory.count + 1)) }
        }
    }

    package func map(_ path: String) throws(DiskFailure) -> ByteRegion? {
        try count(path, writes: false)
        return state.withLock { state in state.names[path].flatMap { state.files[$0] }.map { ByteRegion(copying: $0.content) } }
    }

    package func open(_ path: String) throws(DiskFailure) -> any DiskFile {
        try count(path)
        let number = state.withLock { state in
            if let number = state.names[path] { return number }
            state.nextFile += 1
            state.files[state.nextFile] = File()
            state.give(path, state.nextFile)
            return state.nextFile
        }
        return MemoryFile(disk: self, number: number, path: path)
    }

    package func remove(_ path: String) throws(DiskFailure) {
        try count(path)
        state.withLock { $0.names[path] = nil }
    }

    package func rename(_ from: String, to: String) throws(DiskFailure) {
        try count(to)
        state.withLock { state in
            if let file = state.names[from] { state.give(to, file) }
            state.names[from] = nil
        }
    }

    package func syncDirectory(_ path: String) throws(DiskFailure) {
        try count(path)
        state.withLock { state in
            for name in Set(state.names.keys).union(state.durableNames.keys) where DiskPath.directory(of: name) == path {
                state.durableNames[name] = state.names[name]
            }
            state.passingNames = state.passingNames.filter { DiskPath.directory(of: $0.key) != path }
        }
    }

    package func freeBytes(in directory: String) -> Int? { state.withLock { $0.freeBytes } }

    package func lock(_ path: String) throws(DiskFailure) -> (any DiskLock)? {
        try count(path)
        let isFree = state.withLock { $0.locked.insert(path).inserted }
        return isFree ? MemoryLock(disk: self, path: path) : nil
    }
}

private struct MemoryLock: DiskLock {
    let disk: MemoryDisk
    let path: String
    func release() { disk.state.withLock { _ = $0.locked.remove(path) } }
}

private struct MemoryFile: DiskFile {
    let disk: MemoryDisk
    let number: Int
    let path: String

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(DiskFailure) {
        try disk.count(path)
        let isFull = disk.state.withLock { state -> Bool in
            state.bytesWritten += bytes.count
            var kept = Array(bytes)
            var isFull = false
            if case .full(let limit) = state.fault, state.bytesWritten > limit {
                kept.removeLast(kept.count - kept.count / 2)
                isFull = true
            }
            if case .flippedBit(let operation) = state.fault, state.operations == operation, !kept.isEmpty {
                kept[operation * 31 % kept.count] ^= 1 << UInt8(operation % 8)
            }
            guard var file = state.files[number] else { return isFull }
            state.files[number] = nil
            MemoryDisk.put(kept, at: offset, into: &file.content)
            file.changes.append(.write(offset: offset, bytes: kept))
            state.files[number] = file
            return isFull
        }
        if isFull { throw DiskFailure(kind: .full, path: path, reason: "no space left") }
    }

    func sync() throws(DiskFailure) {
        try disk.count(path)
        let fails = disk.state.withLock { state -> Bool in
            if case .syncFails = state.fault { return true }
            if case .syncLies = state.fault { return false }
            guard var file = state.files[number] else { return false }
            file.durable = file.content
            file.changes = []
            state.files[number] = file
            return false
        }
        if fails { throw DiskFailure(kind: .other(5), path: path, reason: "input/output error") }
    }

    func truncate(to size: Int) throws(DiskFailure) {
        try disk.count(path)
        disk.state.withLock { state in
            guard var file = state.files[number] else { return }
            if file.content.count > size { file.content.removeLast(file.content.count - size) }
            file.changes.append(.truncate(size: size))
            state.files[number] = file
        }
    }

    func close() {}
}
