import Columns
import Dispatch
package import Model

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What an HTTP server answered.
package struct HTTPReply: Sendable {
    package var status: Int
    /// Names in lower case.
    package var headers: [String: String]
    package var body: [UInt8]

    package var text: String { String(decoding: body, as: UTF8.self) }
    /// The body read as JSON; null when it is none.
    package var json: JSONValue { (try? JSONParser.parse(body)) ?? .null }
}

/// One blocking TCP connection to a server on this machine, with just enough HTTP/1.1, and bytes as raw as a test wants them.
///
/// Use it from ``blocking(_:)``, so that the waiting leaves the shared pool of threads.
package final class LoopbackConnection {
    package struct ConnectionError: Error, CustomStringConvertible {
        package let description: String
    }

    private let descriptor: Int32
    private var received: [UInt8] = []
    private let port: UInt16

    package init(port: UInt16, timeoutSeconds: Int = 30) throws {
        self.port = port
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw ConnectionError("no socket") }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        var wait = timeval(tv_sec: timeoutSeconds, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
        var yes: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in.loopback(port: port)
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, size) }
        }
        guard code == 0 else {
            let reason = String(cString: strerror(errno))
            close(descriptor)
            throw ConnectionError("port \(port): \(reason)")
        }
    }

    deinit { close(descriptor) }

    /// Sends all of `bytes` as they are.
    package func send(_ bytes: some Sequence<UInt8>) throws {
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { sendSome(descriptor, $0) }
            guard count > 0 else { throw ConnectionError("sending failed: \(String(cString: strerror(errno)))") }
            rest = rest.dropFirst(count)
        }
    }

    /// Sends a request with a Content-Length and `headers`.
    package func request(_ method: String, _ path: String, headers: [String: String] = [:], body: [UInt8] = []) throws {
        var head = "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nContent-Length: \(body.count)\r\n"
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        try send(Array((head + "\r\n").utf8) + body)
    }

    /// Says that nothing more will be sent; answers can still be read.
    package func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Ends the connection by a reset instead of the usual farewell.
    package func reset() {
        var hard = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &hard, socklen_t(MemoryLayout<linger>.size))
        shutdown(descriptor, Int32(SHUT_RD))
    }

    /// The next answer.
    ///
    /// - Throws: ``ConnectionError`` when the connection ends or stays silent before the answer is whole.
    package func reply() throws -> HTTPReply {
        var head = try line()
        let parts = head.split(separator: " ", maxSplits: 2)
        guard parts.count >= 2, parts[0].hasPrefix("HTTP/1."), let status = Int(parts[1]) else {
            throw ConnectionError("not an HTTP answer: \(head)")
        }
        var headers: [String: String] = [:]
        while true {
            head = try line()
            guard let colon = head.firstIndex(of: ":") else { break }
            headers[head[..<colon].lowercased()] = String(head[head.index(after: colon)...].drop { $0 == " " })
        }
        if status == 100 { return try reply() }
        if headers["transfer-encoding"] == "chunked" { return HTTPReply(status: status, headers: headers, body: try chunks()) }
        let length = status == 204 || status == 304 ? 0 : headers["content-length"].flatMap { Int($0) } ?? 0
        return HTTPReply(status: status, headers: headers, body: try take(length))
    }

    /// Whether the server has ended the connection, waiting for that up to the connection's timeout.
    package func isClosedByServer() -> Bool {
        do {
            while true { try receive() }
        } catch { return (error as? ConnectionError)?.description == ConnectionError.ended.description }
    }

    private func line() throws -> String {
        while true {
            if let end = received.firstIndex(of: UInt8(ascii: "\n")) {
                var text = received[..<end]
                if text.last == UInt8(ascii: "\r") { text.removeLast() }
                defer { received.removeSubrange(...end) }
                return String(decoding: text, as: UTF8.self)
            }
            try receive()
        }
    }

    private func take(_ count: Int) throws -> [UInt8] {
        while received.count < count { try receive() }
        defer { received.removeFirst(count) }
        return Array(received[..<count])
    }

    private func chunks() throws -> [UInt8] {
        var body: [UInt8] = []
        while true {
            let size = Int(try line().prefix { $0 != ";" }, radix: 16) ?? 0
            body += try take(size)
            _ = try line()
            if size == 0 { return body }
        }
    }

    private func receive() throws {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        if count == 0 { throw ConnectionError.ended }
        guard count > 0 else { throw ConnectionError("no answer: \(String(cString: strerror(errno)))") }
        received += buffer[..<count]
    }
}

extension LoopbackConnection.ConnectionError {
    init(_ description: String) { self.init(description: description) }
    static let ended = Self("the server ended the connection")
}

extension sockaddr_in {
    /// 127.0.0.1 with a port in host order.
    static func loopback(port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }
}

/// Runs work that blocks its thread, such as sockets, away from the shared pool.
package func blocking<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue.global().async { continuation.resume(with: Result { try work() }) }
    }
}

private func sendSome(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
}
