import Columns
import EventStore
import Model
import Synchronization

/// A disk in memory that keeps apart what was written and what is durable, and fails on command.
final class MemoryDisk: Disk {
    /// What makes an operation fail.
    enum Fault: Sendable {
        /// Every operation from the n-th on fails, as if the power were gone.
        case powerLoss(atOperation: Int)
        /// Writes of file contents fail once this many bytes were written; half of the failing write stays.
        case full(afterBytes: Int)
        case readOnly
        /// Making file contents durable fails.
        case syncFails
        /// Making file contents durable is claimed and not done.
        case syncLies
    }

    fileprivate struct File {
        var content: [UInt8] = []
        var durable: [UInt8] = []
        /// Writes since the last flush, in order.
        var writes: [(offset: Int, bytes: [UInt8])] = []
    }

    fileprivate struct State {
        var files: [Int: File] = [:]
        var names: [String: Int] = [:]
        var durableNames: [String: Int] = [:]
        var directories: Set<String> = []
        var nextFile = 0
        var locked: Set<String> = []
        var operations = 0
        var bytesWritten = 0
        var fault: Fault?
    }

    fileprivate let state = Mutex(State())

    var operations: Int { state.withLock { $0.operations } }

    func fail(_ fault: Fault?) {
        state.withLock {
            $0.fault = fault
            $0.bytesWritten = 0
        }
    }

    /// The disk after the power came back: unflushed names are gone or there, unflushed writes are there, gone or torn.
    func afterPowerLoss(using random: inout SplitMix64) -> MemoryDisk {
        let old = state.withLock { $0 }
        let disk = MemoryDisk()
        disk.state.withLock { state in
            state.directories = old.directories
            state.nextFile = old.nextFile
            state.names = old.durableNames
            if Bool.random(using: &random) {
                for (name, file) in old.names where Bool.random(using: &random) && old.durableNames[name] == nil {
                    state.names[name] = file
                }
            }
            state.durableNames = state.names
            for (number, file) in old.files {
                var content = file.durable
                for write in file.writes where Bool.random(using: &random) {
                    let kept =
                        Bool.random(using: &random) ? write.bytes.count : Int.random(in: 0 ... write.bytes.count, using: &random)
                    MemoryDisk.put(write.bytes[..<kept], at: write.offset, into: &content)
                }
                state.files[number] = File(content: content, durable: content)
            }
        }
        return disk
    }

    /// Changes the bytes of a file.
    func damage(_ path: String, _ change: (inout [UInt8]) -> Void) {
        state.withLock { state in
            guard let number = state.names[path], var file = state.files[number] else { return }
            change(&file.content)
            file.durable = file.content
            state.files[number] = file
        }
    }

    /// The paths of all files that hold something.
    var paths: [String] { state.withLock { $0.names.keys.sorted() } }

    func size(_ path: String) -> Int {
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
            case .readOnly where writes: return DiskFailure(kind: .readOnly, path: path, reason: "read-only")
            default: return nil
            }
        }
        if let failure { throw failure }
    }

    // MARK: - Disk

    func makeDirectory(_ path: String) throws(DiskFailure) {
        if state.withLock({ $0.directories.contains(path) }) { return }
        try count(path)
        state.withLock { _ = $0.directories.insert(path) }
    }

    func names(in directory: String) throws(DiskFailure) -> [String] {
        state.withLock { state in
            state.names.keys.filter { $0.hasPrefix(directory + "/") && !$0.dropFirst(directory.count + 1).contains("/") }
                .map { String($0.dropFirst(directory.count + 1)) }
        }
    }

    func map(_ path: String) throws(DiskFailure) -> ByteRegion? {
        state.withLock { state in state.names[path].flatMap { state.files[$0] }.map { ByteRegion(copying: $0.content) } }
    }

    func open(_ path: String) throws(DiskFailure) -> any DiskFile {
        try count(path)
        let number = state.withLock { state in
            if let number = state.names[path] { return number }
            state.nextFile += 1
            state.files[state.nextFile] = File()
            state.names[path] = state.nextFile
            return state.nextFile
        }
        return MemoryFile(disk: self, number: number, path: path)
    }

    func remove(_ path: String) throws(DiskFailure) {
        try count(path)
        state.withLock { $0.names[path] = nil }
    }

    func rename(_ from: String, to: String) throws(DiskFailure) {
        try count(to)
        state.withLock { state in
            state.names[to] = state.names[from]
            state.names[from] = nil
        }
    }

    func syncDirectory(_ path: String) throws(DiskFailure) {
        try count(path)
        state.withLock { state in
            for name in Set(state.names.keys).union(state.durableNames.keys) where DiskPath.directory(of: name) == path {
                state.durableNames[name] = state.names[name]
            }
        }
    }

    func lock(_ path: String) throws(DiskFailure) -> (any DiskLock)? {
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
            guard var file = state.files[number] else { return isFull }
            state.files[number] = nil
            MemoryDisk.put(kept, at: offset, into: &file.content)
            file.writes.append((offset, kept))
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
            file.writes = []
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
            if file.durable.count > size { file.durable.removeLast(file.durable.count - size) }
            file.writes.removeAll { $0.offset >= size }
            state.files[number] = file
        }
    }

    func close() {}
}
