package import Columns

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The machine's own file system.
package struct SystemDisk: Disk {
    package init() {}

    package func makeDirectory(_ path: String) throws(DiskFailure) {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw DiskFailure(errno: errno, path: path) }
    }

    package func names(in directory: String) throws(DiskFailure) -> [String] {
        guard let stream = opendir(directory) else { throw DiskFailure(errno: errno, path: directory) }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: entry.pointee.d_name)) {
                    String(cString: $0)
                }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// The files in a folder and the folders in it, by their paths.
    package func files(under folder: String) throws(DiskFailure) -> [String] {
        var files: [String] = []
        for name in try names(in: folder).sorted() {
            let path = "\(folder)/\(name)"
            var status = stat()
            guard lstat(path, &status) == 0 else {
                if errno == ENOENT { continue }
                throw DiskFailure(errno: errno, path: path)
            }
            switch status.st_mode & S_IFMT {
            case S_IFDIR: files += try self.files(under: path)
            case S_IFREG: files.append(path)
            default: break
            }
        }
        return files
    }

    package func map(_ path: String) throws(DiskFailure) -> ByteRegion? {
        let descriptor = systemOpen(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0, errno == ENOENT { return nil }
        guard descriptor >= 0 else { throw DiskFailure(errno: errno, path: path) }
        defer { systemClose(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw DiskFailure(errno: errno, path: path) }
        let size = Int(status.st_size)
        if size == 0 { return ByteRegion(copying: []) }
        // Anonymous pages behind the file's last one give decoders their slack even when the file ends with its page.
        let pageBytes = Int(sysconf(Int32(_SC_PAGESIZE)))
        let mappedBytes = (size + ByteRegion.slackBytes + pageBytes - 1) / pageBytes * pageBytes
        guard let memory = mmap(nil, mappedBytes, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), memory != MAP_FAILED,
            let file = mmap(memory, size, PROT_READ, MAP_PRIVATE | MAP_FIXED, descriptor, 0), file != MAP_FAILED
        else { throw DiskFailure(errno: errno, path: path) }
        nonisolated(unsafe) let owned = memory  // because only the region's deinit uses it
        return ByteRegion(bytes: UnsafeRawBufferPointer(start: memory, count: size)) { munmap(owned, mappedBytes) }
    }

    package func open(_ path: String) throws(DiskFailure) -> any DiskFile {
        let descriptor = systemOpen(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw DiskFailure(errno: errno, path: path) }
        return SystemFile(descriptor: descriptor, path: path)
    }

    package func remove(_ path: String) throws(DiskFailure) {
        guard unlink(path) == 0 || errno == ENOENT else { throw DiskFailure(errno: errno, path: path) }
    }

    package func rename(_ from: String, to: String) throws(DiskFailure) {
        guard systemRename(from, to) == 0 else { throw DiskFailure(errno: errno, path: to) }
    }

    package func syncDirectory(_ path: String) throws(DiskFailure) {
        let descriptor = systemOpen(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw DiskFailure(errno: errno, path: path) }
        defer { systemClose(descriptor) }
        guard fsync(descriptor) == 0 else { throw DiskFailure(errno: errno, path: path) }
    }

    package func freeBytes(in directory: String) -> Int? {
        var status = statvfs()
        guard statvfs(directory, &status) == 0 else { return nil }
        return Int(clamping: status.f_bavail).multipliedReportingOverflow(by: Int(status.f_frsize)).partialValue
    }

    package func lock(_ path: String) throws(DiskFailure) -> (any DiskLock)? {
        let descriptor = systemOpen(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw DiskFailure(errno: errno, path: path) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            systemClose(descriptor)
            if code == EWOULDBLOCK { return nil }
            throw DiskFailure(errno: code, path: path)
        }
        return SystemLock(descriptor: descriptor)
    }
}

private struct SystemFile: DiskFile {
    let descriptor: Int32
    let path: String

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(DiskFailure) {
        var written = 0
        while written < bytes.count {
            let count = pwrite(descriptor, bytes.baseAddress?.advanced(by: written), bytes.count - written, off_t(offset + written))
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw DiskFailure(errno: count == 0 ? ENOSPC : errno, path: path) }
            written += count
        }
    }

    func sync() throws(DiskFailure) {
        guard fdatasync(descriptor) == 0 else { throw DiskFailure(errno: errno, path: path) }
    }

    func truncate(to size: Int) throws(DiskFailure) {
        guard ftruncate(descriptor, off_t(size)) == 0 else { throw DiskFailure(errno: errno, path: path) }
    }

    func close() { systemClose(descriptor) }
}

private struct SystemLock: DiskLock {
    let descriptor: Int32

    /// Unlocks, because a child process that is just being started may keep the file open for a moment longer.
    func release() {
        flock(descriptor, LOCK_UN)
        systemClose(descriptor)
    }
}

extension DiskFailure {
    fileprivate init(errno code: Int32, path: String) {
        let kind: Kind =
            switch code {
            case ENOSPC, EDQUOT: .full
            case EROFS: .readOnly
            case EACCES, EPERM: .denied
            case ENOENT: .missing
            default: .other(code)
            }
        self.init(kind: kind, path: path, reason: String(cString: strerror(code)))
    }
}

private func systemOpen(_ path: String, _ flags: Int32, _ mode: mode_t = 0) -> Int32 { open(path, flags, mode) }
private func systemRename(_ from: String, _ to: String) -> Int32 { rename(from, to) }
@discardableResult private func systemClose(_ descriptor: Int32) -> Int32 { close(descriptor) }
