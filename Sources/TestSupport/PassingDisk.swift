package import Columns
package import Disks

/// The machine's disk, of whose files a test changes what it likes: the rest is passed on.
package protocol PassingDisk: Disk {
    /// The file as the test would have it.
    func file(_ file: any DiskFile, at path: String) -> any DiskFile
}

extension PassingDisk {
    private var disk: SystemDisk { SystemDisk() }

    package func makeDirectory(_ path: String) throws(DiskFailure) { try disk.makeDirectory(path) }
    package func names(in directory: String) throws(DiskFailure) -> [String] { try disk.names(in: directory) }
    package func map(_ path: String) throws(DiskFailure) -> ByteRegion? { try disk.map(path) }
    package func remove(_ path: String) throws(DiskFailure) { try disk.remove(path) }
    package func rename(_ from: String, to: String) throws(DiskFailure) { try disk.rename(from, to: to) }
    package func syncDirectory(_ path: String) throws(DiskFailure) { try disk.syncDirectory(path) }
    package func freeBytes(in directory: String) -> Int? { disk.freeBytes(in: directory) }
    package func lock(_ path: String) throws(DiskFailure) -> (any DiskLock)? { try disk.lock(path) }
    package func open(_ path: String) throws(DiskFailure) -> any DiskFile { file(try disk.open(path), at: path) }
}

/// A file of a ``PassingDisk``.
package protocol PassingFile: DiskFile {
    var file: any DiskFile { get }
}

extension PassingFile {
    package func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(DiskFailure) { try file.write(bytes, at: offset) }
    package func sync() throws(DiskFailure) { try file.sync() }
    package func truncate(to size: Int) throws(DiskFailure) { try file.truncate(to: size) }
    package func close() { file.close() }
}
