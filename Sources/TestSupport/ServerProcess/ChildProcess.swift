import Dispatch
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Another program started by a test: its output is kept, it can be signalled and waited for, and it never outlives its handle.
package final class ChildProcess: Sendable {
    /// How a process ended.
    package enum Exit: Hashable, Sendable {
        case exited(Int32)
        case signalled(Int32)
    }

    /// Why a program could not be started.
    package struct StartError: Error, CustomStringConvertible {
        package let path: String
        package let reason: String
        package var description: String { "\(path) could not be started: \(reason)" }
    }

    private struct State {
        var output = ""
        var errors = ""
        var openPipes = 2
        var exit: Exit?
    }

    package let pid: Int32
    private let state: Mutex<State>

    /// Starts `path`, with `environment` in place of this process's variables of the same names.
    package init(
        _ path: String, _ arguments: [String], environment: [String: String] = [:]
    ) throws {
        let output = try Pipe()
        let errors = try Pipe()
        defer {
            close(output.writeEnd)
            close(errors.writeEnd)
        }
        pid = try ChildProcess.spawn(path, arguments, environment, output.writeEnd, errors.writeEnd)
        state = Mutex(State())
        read(output.readEnd, into: \.output)
        read(errors.readEnd, into: \.errors)
    }

    deinit {
        guard state.withLock({ $0.exit == nil }) else { return }
        kill(pid, SIGKILL)
        var status: Int32 = 0
        waitpid(pid, &status, 0)
    }

    /// What it has written to standard output so far.
    package var output: String { state.withLock { $0.output } }
    /// What it has written to standard error so far.
    package var errors: String { state.withLock { $0.errors } }
    /// Whether it has not ended yet.
    package var isRunning: Bool { exit == nil }

    /// How it ended; nil while it runs.
    package var exit: Exit? {
        state.withLock { state in
            if state.exit == nil {
                var status: Int32 = 0
                if waitpid(pid, &status, WNOHANG) == pid { state.exit = ChildProcess.exit(status) }
            }
            return state.exit
        }
    }

    /// Sends a signal, unless it has ended.
    package func signal(_ number: Int32) {
        state.withLock { state in
            if state.exit == nil { kill(pid, number) }
        }
    }

    /// Waits until it has ended and its output is read to the end; nil when that takes longer than `limit`.
    package func wait(upTo limit: Duration = .seconds(60)) async throws -> Exit? {
        let end = ContinuousClock.now + limit
        while ContinuousClock.now < end {
            if let exit, state.withLock({ $0.openPipes == 0 }) { return exit }
            try await Task.sleep(for: .milliseconds(2))
        }
        return exit
    }

    /// Runs a program to its end.
    ///
    /// - Throws: ``StartError`` when it cannot be started or takes longer than `limit`.
    package static func run(
        _ path: String, _ arguments: [String], environment: [String: String] = [:],
        upTo limit: Duration = .seconds(120)
    ) async throws -> (exit: Exit, output: String, errors: String) {
        let child = try ChildProcess(path, arguments, environment: environment)
        guard let exit = try await child.wait(upTo: limit) else {
            throw StartError(path: path, reason: "it did not end within \(limit). It said: \(child.output)\(child.errors)")
        }
        return (exit, child.output, child.errors)
    }

    private static func exit(_ status: Int32) -> Exit {
        let signal = status & 0x7F
        return signal == 0 ? .exited((status >> 8) & 0xFF) : .signalled(signal)
    }

    private static func spawn(
        _ path: String, _ arguments: [String], _ environment: [String: String], _ output: Int32, _ errors: Int32
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, errors, 2)

        // Threads of the pool block signals, and a child would inherit that: SIGTERM would never reach it.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var noSignals = sigset_t()
        sigemptyset(&noSignals)
        posix_spawnattr_setsigmask(&attributes, &noSignals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))

        var arguments: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] = merged(environment).map { strdup($0) } + [nil]
        defer { (arguments + variables).forEach { free($0) } }
        var pid: pid_t = 0
        let code = posix_spawnp(&pid, path, &actions, &attributes, &arguments, &variables)
        guard code == 0 else { throw StartError(path: path, reason: String(cString: strerror(code))) }
        return pid
    }

    private static func merged(_ changes: [String: String]) -> [String] {
        var kept: [String] = []
        var place = environ
        while let text = place.pointee.map({ String(cString: $0) }) {
            if !changes.keys.contains(where: { text.hasPrefix($0 + "=") }) { kept.append(text) }
            place += 1
        }
        return kept + changes.map { "\($0.key)=\($0.value)" }
    }

    private func read(_ descriptor: Int32, into text: any WritableKeyPath<State, String> & Sendable) {
        DispatchQueue.global().async { [weak self] in
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while true {
                let count = readSome(descriptor, &buffer)
                guard count > 0, let self else { break }
                state.withLock { $0[keyPath: text] += String(decoding: buffer[..<count], as: UTF8.self) }
            }
            close(descriptor)
            self?.state.withLock { $0.openPipes -= 1 }
        }
    }

    private struct Pipe {
        let readEnd: Int32
        let writeEnd: Int32

        init() throws {
            var ends: [Int32] = [0, 0]
            guard pipe(&ends) == 0 else { throw StartError(path: "pipe", reason: String(cString: strerror(errno))) }
            (readEnd, writeEnd) = (ends[0], ends[1])
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        }
    }
}

private func readSome(_ descriptor: Int32, _ buffer: inout [UInt8]) -> Int {
    while true {
        let count = read(descriptor, &buffer, buffer.count)
        if count >= 0 || errno != EINTR { return count }
    }
}
