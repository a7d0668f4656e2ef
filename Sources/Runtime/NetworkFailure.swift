import AsyncHTTPClient
import NIOCore
import NIOPosix

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The network's errors in words for people.
enum NetworkFailure {
    /// What went wrong, as a part of a sentence.
    static func text(_ error: any Error) -> String {
        switch error {
        case let error as IOError: String(cString: strerror(error.errnoCode))
        case let error as NIOConnectionError:
            if let failure = error.connectionErrors.first {
                text(failure.error)
            } else {
                "the host \(error.host) is not known"
            }
        case let error as SocketAddressError.UnknownHost: "the host \(error.host) is not known"
        case let error as ChannelError: error == .connectTimeout(.seconds(10)) ? "it took longer than 10 seconds" : "\(error)"
        case let error as HTTPClientError: error.shortDescription
        default: "\(error)"
        }
    }
}
