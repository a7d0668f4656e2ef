import Dispatch
import FoundationEssentials
import RecordsPostgres
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A PostgreSQL server of the tests' own: in a temporary folder, on a free port of this machine.
///
/// It keeps what it has committed as long as this machine runs, whoever is killed, and does not wait for the disk.
/// It is stopped and its folder removed when this process ends, however it ends: a shell that waits for the end of a pipe does that.
package final class TestPostgres: Sendable {
    /// Why there is no server.
    package struct StartError: Error, CustomStringConvertible {
        package let description: String
    }

    /// Whether tests that need it run: PostgreSQL is installed, or `CI` is set, so that its absence fails there.
    package static let isHere: Bool = {
        let hasCI = ProcessInfo.processInfo.environment["CI"].map { !$0.isEmpty } ?? false
        return hasCI || programs != nil
    }()

    /// What to say when it is not.
    package static let absence = "PostgreSQL 15 or newer is not installed: apt-get install postgresql"

    /// The server that tests share; started when it is first asked for.
    package static func shared() throws -> TestPostgres { try sharedResult.get() }
    private static let sharedResult = Result { try TestPostgres() }

    private let folder: String
    private let port: Int
    private let databaseNumber = Atomic(0)
    /// Its other end is what the shell waits for.
    private let lifeline: Int32
    private let shell: pid_t

    /// Makes a server and starts it.
    package init() throws {
        guard TestPostgres.programs != nil else { throw StartError(description: TestPostgres.absence) }
        folder = "/tmp/teahouse-postgres-" + String(UInt64.random(in: 0 ... .max), radix: 36)
        port = try TestPostgres.freePort()
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw StartError(description: "pipe: \(String(cString: strerror(errno)))") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        lifeline = ends[1]
        defer { close(ends[0]) }
        try TestPostgres.makeFolder(folder)
        let data = folder + "/data"
        shell = try TestPostgres.startShell(
            waitingFor: ends[0], then: TestPostgres.asOwner(["pg_ctl", "-D", data, "-m", "immediate", "stop"]), folder)
        try run(["initdb", "-D", data, "-U", "teahouse", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"])
        try start()
    }

    deinit {
        close(lifeline)
        // An ended child that nobody has waited for keeps the test runner's thread for exit tests busy.
        let shell = shell
        DispatchQueue.global().async {
            var status: Int32 = 0
            while waitpid(shell, &status, 0) < 0, errno == EINTR {}
        }
    }

    private var data: String { folder + "/data" }

    /// Starts it again after ``stop(immediately:)``.
    package func start() throws {
        // It remembers ten finished transactions for each connection there can be: beyond that, what is serializable fails by mistake
        // while one of them lasts, in whatever database.
        let settings = [
            "listen_addresses=127.0.0.1", "unix_socket_directories=\(folder)", "max_connections=3000", "shared_buffers=16MB",
            "fsync=off",
        ]
        let options = (["-p \(port)"] + settings.map { "-c \($0)" }).joined(separator: " ")
        try run(["pg_ctl", "-D", data, "-l", folder + "/log", "-o", options, "-w", "-t", "60", "start"])
    }

    /// Stops it; at once as if the power went, or after rolling back what is under way.
    package func stop(immediately: Bool = false) throws {
        try run(["pg_ctl", "-D", data, "-m", immediately ? "immediate" : "fast", "-w", "-t", "60", "stop"])
    }

    /// The URL of a new database: an empty one, or as the one named `template` is, to which nobody may be connected.
    package func database(copying template: String? = nil) throws -> String {
        let name = "t\(databaseNumber.add(1, ordering: .relaxed).newValue)"
        let server = ["-h", "127.0.0.1", "-p", "\(port)", "-U", "teahouse"]
        try run(["createdb"] + server + (template.map { ["-T", $0] } ?? []) + [name])
        return url(of: name)
    }

    /// The URL of a database.
    package func url(of name: String) -> String { "postgresql://teahouse@127.0.0.1:\(port)/\(name)" }

    /// The folder of the newest version's programs that is new enough.
    private static let programs: String? = {
        let root = "/usr/lib/postgresql"
        let versions = ((try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []).compactMap { Int($0) }.filter {
            $0 >= 15
        }
        return versions.sorted().last { FileManager.default.fileExists(atPath: "\(root)/\($0)/bin/initdb") }
            .map { "\(root)/\($0)/bin" }
    }()

    /// PostgreSQL does not run as root.
    private static func asOwner(_ command: [String]) -> [String] {
        let command = ["\(programs ?? "")/\(command[0])"] + command.dropFirst()
        return getuid() == 0 ? ["/usr/sbin/runuser", "-u", "postgres", "--"] + command : command
    }

    private static func makeFolder(_ path: String) throws {
        guard mkdir(path, 0o700) == 0 else { throw StartError(description: "\(path): \(String(cString: strerror(errno)))") }
        if getuid() == 0, let user = getpwnam("postgres") { chown(path, user.pointee.pw_uid, user.pointee.pw_gid) }
    }

    private static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard isBound else { throw StartError(description: "no free port: \(String(cString: strerror(errno)))") }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}

extension TestPostgres {
    /// Starts a shell that outlives this process, in a session of its own, to stop the server and remove its folder.
    private static func startShell(waitingFor pipe: Int32, then stop: [String], _ folder: String) throws -> pid_t {
        let script = "trap '' INT TERM HUP; read -r _; \"$@\" >/dev/null 2>&1; rm -rf '\(folder)'"
        return try spawn(["/usr/bin/setsid", "/bin/sh", "-c", script, "sh"] + stop, input: pipe, output: nil)
    }

    private func run(_ command: [String]) throws {
        let log = "\(folder)/\(UInt64.random(in: 0 ... .max)).log"
        defer { unlink(log) }
        let pid = try TestPostgres.spawn(TestPostgres.asOwner(command), input: nil, output: log)
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        guard status == 0 else {
            let said = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
            throw StartError(description: "\(command.joined(separator: " ")) failed: \(said)")
        }
    }

    private static func spawn(_ command: [String], input: Int32?, output: String?) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let input {
            posix_spawn_file_actions_adddup2(&actions, input, 0)
        } else {
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        }
        posix_spawn_file_actions_addopen(&actions, 1, output ?? "/dev/null", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        // Threads of the pool block signals, and a child would inherit that.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var noSignals = sigset_t()
        sigemptyset(&noSignals)
        posix_spawnattr_setsigmask(&attributes, &noSignals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
        defer { arguments.forEach { free($0) } }
        var pid: pid_t = 0
        let code = posix_spawn(&pid, command[0], &actions, &attributes, &arguments, environ)
        guard code == 0 else { throw StartError(description: "\(command[0]): \(String(cString: strerror(code)))") }
        return pid
    }
}
